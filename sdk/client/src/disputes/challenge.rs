//! What somebody does who computed the same, and came to something else. Pure: the caller reads the chain, and sends.
//!
//! * C1 Where the trace that the worker committed to is another than one's own, or it committed to none and the answer differs, the
//!   dispute is about the trace; where the trace is one's own and the answer differs, about the answer. A thread that asked for
//!   the trace before the worker committed to the right one turns to the answer.
//! * C2 One thread is enough: while one of one's own runs, no other is opened. Who has several moves each.
//! * C3 At each node one's own values tell which child differs first; at the bytes, which element.
//! * C4 What was shown on the way proves it (`edgeloom_edge_proof`, D3).

use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_bindings::IDisputes::Tree;
use edgeloom_edge_proof::{Evidence, Model, Node, Opened, Place, Shown, Tree as Hashed, Work};

use super::{Answer, Line, Proceedings};
use crate::Finding;

/// Shows that an element of a claim does not follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// What the model's id is the hash of.
    pub model: Bytes,
    /// The element.
    pub place: Place,
    /// What opens everything that it is computed from, and itself.
    pub proof: Bytes,
}

/// What a challenger does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Nothing: as far as can be seen, the claim says what one computed oneself.
    Nothing,
    /// Open a thread.
    Open(Tree),
    /// Wait for the worker's answer, or convict it of silence after the deadline, Unix seconds.
    Await {
        /// Of what it is a part.
        tree: Tree,
        /// Which.
        node: Node,
        /// Unix seconds.
        deadline: u64,
    },
    /// Go on to a child.
    Descend {
        /// The thread.
        thread: U256,
        /// The children's values, as the worker answered them.
        values: Vec<B256>,
        /// Which child.
        child: usize,
    },
    /// Turn from the trace to the answer: the worker committed to the right trace.
    Turn {
        /// The thread.
        thread: U256,
    },
    /// Refute it.
    Refute(Refutation),
}

impl Move {
    /// What can be said before the work is at hand: that nothing differs, that there is no thread yet, or that every thread waits
    /// for an answer. `None` where only a [`Challenge`] tells how to go on.
    #[must_use]
    pub fn foreseen(finding: &Finding, proceedings: &Proceedings, challenger: Address) -> Option<Self> {
        let Some(tree) = finding.dispute(proceedings) else { return Some(Self::Nothing) };
        if proceedings.running(challenger).next().is_none() {
            return Some(Self::Open(tree));
        }
        let answered = proceedings.running(challenger).any(|(_, line)| unanswered(proceedings, line).is_none());
        if answered { None } else { first_awaited(proceedings, challenger) }
    }
}

/// What a thread waits for, and until when; `None` once that is answered.
fn unanswered(proceedings: &Proceedings, line: &Line) -> Option<(Tree, Node, u64)> {
    let (tree, node) = (line.tree, line.node?);
    let asked = proceedings.asked(tree, node).filter(|asked| asked.answer.is_none())?;
    Some((tree, node, asked.deadline))
}

fn first_awaited(proceedings: &Proceedings, challenger: Address) -> Option<Move> {
    let awaited = proceedings.running(challenger).filter_map(|(_, line)| unanswered(proceedings, line));
    let first = awaited.min_by_key(|(_, _, deadline)| *deadline);
    first.map(|(tree, node, deadline)| Move::Await { tree, node, deadline })
}

impl Finding {
    /// What is in dispute about a claim by who found this (C1); `None` where nothing can be seen to differ.
    #[must_use]
    pub fn dispute(&self, proceedings: &Proceedings) -> Option<Tree> {
        let claimed = proceedings.claimed()?;
        let trace_root = proceedings.trace_root();
        let other_answer = claimed.outputRoot != self.output_root;
        if trace_root == self.trace_root {
            other_answer.then_some(Tree::Output)
        } else if trace_root.is_zero() {
            other_answer.then_some(Tree::Trace)
        } else {
            Some(Tree::Trace)
        }
    }
}

/// One's own work, to hold against a claim.
#[derive(Clone, Debug)]
pub struct Challenge<'a> {
    model: &'a Model,
    evidence: Evidence<'a>,
    own: Work<Hashed<'a>>,
}

impl<'a> Challenge<'a> {
    /// Hashes the model and the trace that one computed from the claim's input. `None` where the trace has another length than
    /// the model's.
    #[must_use]
    pub fn of(model: &'a Model, trace: &'a [u8]) -> Option<Self> {
        let own = model.plan().work(trace)?.map(Hashed::of);
        Some(Self { model, evidence: Evidence::of(model.image())?, own })
    }

    /// What an honest claim would say.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let root = |tree: &Hashed<'_>| tree.blob().root.into();
        Finding { output_root: root(&self.own.output), trace_root: root(&self.own.trace) }
    }

    /// What `challenger` does next.
    #[must_use]
    pub fn next(&self, proceedings: &Proceedings, challenger: Address) -> Move {
        if let Some(foreseen) = Move::foreseen(&self.finding(), proceedings, challenger) {
            return foreseen;
        }
        let answered = proceedings.running(challenger).filter(|(_, line)| unanswered(proceedings, line).is_none());
        let mut moves = answered.map(|(thread, line)| self.on(proceedings, (thread, line)));
        let next = moves.find(|next| *next != Move::Nothing);
        next.or_else(|| first_awaited(proceedings, challenger)).unwrap_or(Move::Nothing)
    }

    /// How a thread goes on whose node is answered.
    fn on(&self, proceedings: &Proceedings, (thread, line): (U256, &Line)) -> Move {
        let subject = self.finding().dispute(proceedings);
        let (hashed, root) = match line.tree {
            Tree::Trace if subject == Some(Tree::Output) => {
                // One that is further down can only end.
                let at_root = line.node == Some(Node::root(&self.own.trace.blob()));
                return if at_root { Move::Turn { thread } } else { Move::Nothing };
            }
            Tree::Trace => (&self.own.trace, proceedings.trace_root()),
            Tree::Output => (&self.own.output, proceedings.claimed().map_or(B256::ZERO, |claimed| claimed.outputRoot)),
            _ => return Move::Nothing,
        };
        self.descend(Shown::nothing(hashed, root.0), proceedings, (thread, line))
    }

    /// Goes down what was answered until where the thread is, and one step on (C3).
    fn descend(&self, mut shown: Shown<'a>, proceedings: &Proceedings, (thread, line): (U256, &Line)) -> Move
    where
        Self: 'a,
    {
        loop {
            let node = shown.node();
            let here = line.node == Some(node);
            let Some(asked) = proceedings.asked(line.tree, node) else { return Move::Nothing };
            match &asked.answer {
                None => return Move::Await { tree: line.tree, node, deadline: asked.deadline },
                Some((Answer::Values(values), _)) => {
                    let plain: Vec<_> = values.iter().map(|value| value.0).collect();
                    let Some(child) = shown.descend(&plain) else { return Move::Nothing };
                    if here {
                        return Move::Descend { thread, values: values.clone(), child };
                    }
                }
                Some((Answer::Bytes { data, .. }, _)) => {
                    let refutation = shown.difference(data).and_then(|byte| self.refutation(line.tree, byte, &shown));
                    return refutation.map_or(Move::Nothing, Move::Refute);
                }
            }
        }
    }

    /// The refutation of a claim of which everything is known, so that nothing has to be asked for: it is announced first. `None`
    /// where the claim is right.
    #[must_use]
    pub fn at_once(&self, theirs: Work<&[u8]>) -> Option<Refutation> {
        let theirs = theirs.map(Hashed::of);
        let first = |own: &Hashed<'_>, other: &Hashed<'_>| {
            let (own, other) = (own.content(), other.content());
            (own.len() == other.len()).then(|| own.iter().zip(other).position(|(a, b)| a != b))?
        };
        let place = match first(&self.own.trace, &theirs.trace) {
            Some(byte) => self.model.plan().place(byte)?,
            None => Place { op: Place::OUTPUT, element: first(&self.own.output, &theirs.output)? as u64 },
        };
        self.proved(theirs.as_ref().map(|tree| tree as &dyn Opened), place)
    }

    /// By what was shown of one tree, the first difference being at `byte` of it (C4).
    fn refutation(&self, tree: Tree, byte: u64, shown: &Shown<'_>) -> Option<Refutation> {
        let own = self.own.as_ref().map(|tree| tree as &dyn Opened);
        let (place, known) = match tree {
            Tree::Output => (Place { op: Place::OUTPUT, element: byte }, Work { output: shown as &dyn Opened, ..own }),
            _ => (self.model.plan().place(usize::try_from(byte).ok()?)?, Work { trace: shown as &dyn Opened, ..own }),
        };
        self.proved(known, place)
    }

    fn proved(&self, known: Work<&dyn Opened>, place: Place) -> Option<Refutation> {
        let proof = self.evidence.prove(known, place)?;
        let model = self.model.commitment().encode();
        Some(Refutation { model: Bytes::copy_from_slice(&model), place, proof: proof.into() })
    }
}
