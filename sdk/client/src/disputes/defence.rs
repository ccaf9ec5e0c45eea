//! What a worker answers for its claim, or anybody else who knows what it claims. Pure: the caller reads the chain, and sends.

use alloy::primitives::{B256, Bytes};
use edgeloom_bindings::IDisputes::Tree;
use edgeloom_edge_proof::{Blob, Node, Opened as _, Tree as Hashed, Work};

use super::Proceedings;

/// What shows a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The chaining values of its children.
    Values(Vec<B256>),
    /// Its bytes.
    Bytes {
        /// At most 8 KiB.
        data: Bytes,
        /// The values beside it, which with the bytes are its opening; none where the chain has checked them already.
        beside: Vec<B256>,
    },
}

/// What is owed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// To commit to the trace: somebody asked about it.
    CommitTrace(B256),
    /// To answer for a node.
    Answer {
        /// Of what it is a part.
        tree: Tree,
        /// Which.
        node: Node,
        /// What to answer.
        answer: Answer,
        /// Until when, Unix seconds.
        deadline: u64,
    },
}

/// Input, trace and answer of a claim, hashed once.
#[derive(Clone, Debug)]
pub struct Defence<'a> {
    work: Work<Hashed<'a>>,
}

impl<'a> Defence<'a> {
    /// Hashes what the worker committed to, or will.
    #[must_use]
    pub fn of(work: Work<&'a [u8]>) -> Self {
        Self { work: work.map(Hashed::of) }
    }

    /// What the claim has to say.
    #[must_use]
    pub fn commitments(&self) -> Work<Blob> {
        Work { input: self.work.input.blob(), trace: self.work.trace.blob(), output: self.work.output.blob() }
    }

    /// What is to be done when the chain's time is `now`, Unix seconds; `None` while nobody waits. What is answered already, and
    /// what it is too late for, hides nothing else.
    #[must_use]
    pub fn next(&self, proceedings: &Proceedings, now: u64) -> Option<Duty> {
        let mut owed = proceedings.owed().into_iter().filter(|(_, _, deadline)| *deadline >= now);
        owed.find_map(|(tree, node, deadline)| {
            if matches!(tree, Tree::Trace) && proceedings.trace_root().is_zero() {
                return Some(Duty::CommitTrace(self.trace_root()));
            }
            let answer = self.answer(tree, node)?;
            Some(Duty::Answer { tree, node, answer, deadline })
        })
    }

    /// What the worker commits to as its trace.
    #[must_use]
    pub fn trace_root(&self) -> B256 {
        self.work.trace.blob().root.into()
    }

    /// What shows a node. `None` where there is no such node.
    #[must_use]
    pub fn answer(&self, tree: Tree, node: Node) -> Option<Answer> {
        let tree = self.tree(tree)?;
        let blob = tree.blob();
        if !exists(&blob, node) {
            return None;
        }
        if !node.is_bytes() {
            return Some(Answer::Values(values(tree.values(&node))));
        }
        let run = node.chunks(&blob);
        Some(Answer::Bytes { data: tree.data(&run)?.into(), beside: values(tree.values_beside(&run)?) })
    }

    const fn tree(&self, tree: Tree) -> Option<&Hashed<'a>> {
        match tree {
            Tree::Trace => Some(&self.work.trace),
            Tree::Output => Some(&self.work.output),
            Tree::Input => Some(&self.work.input),
            _ => None,
        }
    }
}

/// Whether a blob has a node: the way down to it from the root is at most seven steps.
fn exists(blob: &Blob, node: Node) -> bool {
    let mut at = Node::root(blob);
    let Some(first) = node.index.checked_shl(node.level.into()) else { return false };
    while at != node {
        let Some(child) = at.children(blob).into_iter().find(|child| child.chunks(blob).contains(&first)) else {
            return false;
        };
        at = child;
    }
    true
}

fn values(values: Vec<[u8; 32]>) -> Vec<B256> {
    values.into_iter().map(B256::from).collect()
}
