//! What the contract would do with each move, and log of it.

use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::IDisputes::{self, IDisputesEvents, Tree};
use edgeloom_edge_proof::{Blob, Node, Work, fold};

use super::{Answer, DisputeEvent, Duty, Proceedings};

pub(super) const CHALLENGER: Address = Address::repeat_byte(0xcc);
const CLAIM: B256 = B256::repeat_byte(0xaa);
const TURN: u64 = 3_600;

/// A claim, with who asked what.
pub(super) struct Court {
    pub(super) proceedings: Proceedings,
    work: Work<Blob>,
    threads: u64,
    block: u64,
}

impl Court {
    /// Of a claim with these commitments, that of the trace only if it is `eager`.
    pub(super) fn of(work: Work<Blob>, eager: bool) -> Self {
        let mut court = Self { proceedings: Proceedings::new(CLAIM, 0), work, threads: 0, block: 0 };
        court.log(IDisputesEvents::Claimed(IDisputes::Claimed {
            claimId: CLAIM,
            worker: Address::repeat_byte(1),
            modelId: B256::ZERO,
            jobId: B256::ZERO,
            inputRoot: work.input.root.into(),
            outputRoot: work.output.root.into(),
            traceRoot: if eager { work.trace.root.into() } else { B256::ZERO },
            bond: 1,
            input: vec![].into(),
        }));
        court
    }

    /// A block is a second.
    pub(super) const fn now(&self) -> u64 {
        self.block
    }

    /// Of what was asked for last.
    pub(super) const fn deadline(&self) -> u64 {
        self.block + TURN
    }

    pub(super) const fn pass(&mut self, seconds: u64) {
        self.block += seconds;
    }

    fn log(&mut self, event: IDisputesEvents) {
        self.block += 1;
        self.proceedings.apply(DisputeEvent { event, block: self.block, log: 0, tx: B256::ZERO });
    }

    pub(super) fn challenge(&mut self, tree: Tree) {
        self.threads += 1;
        let thread = U256::from(self.threads);
        let challenged = IDisputes::Challenged { claimId: CLAIM, thread, challenger: CHALLENGER, tree, bond: 1 };
        self.log(IDisputesEvents::Challenged(challenged));
        self.name(thread, tree, Node::root(&self.blob(tree)));
    }

    pub(super) fn descend(&mut self, thread: U256, values: &[B256], child: usize) {
        let line = self.proceedings.lines()[&thread].clone();
        let node = line.node.expect("it was named");
        let children = node.children(&self.blob(line.tree));
        assert_eq!(values.len(), children.len());
        self.name(thread, line.tree, children[child]);
    }

    pub(super) fn turn(&mut self, thread: U256) {
        let line = &self.proceedings.lines()[&thread];
        assert_eq!((line.tree, line.node), (Tree::Trace, Some(Node::root(&self.work.trace))));
        self.name(thread, Tree::Output, Node::root(&self.work.output));
    }

    /// Goes on with the newest thread to its node's last child, where it has any.
    pub(super) fn wander(&mut self) {
        let (thread, line) = self.proceedings.lines().last_key_value().expect("a thread");
        let (thread, tree, node) = (*thread, line.tree, line.node.expect("it was named"));
        let answered = self.proceedings.asked(tree, node).is_some_and(|asked| asked.answer.is_some());
        if let (true, Some(last)) = (answered, node.children(&self.blob(tree)).last()) {
            self.name(thread, tree, *last);
        }
    }

    pub(super) fn perform(&mut self, duty: Duty) {
        match duty {
            Duty::CommitTrace(root) => {
                assert!(self.proceedings.trace_root().is_zero());
                let committed = IDisputes::TraceCommittedTo { claimId: CLAIM, traceRoot: root };
                self.log(IDisputesEvents::TraceCommittedTo(committed));
            }
            Duty::Answer { tree, node, answer, .. } => self.answer(tree, node, answer),
        }
    }

    pub(super) fn answer(&mut self, tree: Tree, node: Node, answer: Answer) {
        let blob = self.blob(tree);
        let Node { level, index } = node;
        match answer {
            Answer::Values(values) => {
                let plain: Vec<_> = values.iter().map(|value| value.0).collect();
                assert_eq!(plain.len(), node.children(&blob).len());
                if node == Node::root(&blob) {
                    assert_eq!(fold(&plain, true), Some(blob.root));
                }
                let answered = IDisputes::Answered { claimId: CLAIM, tree, level, index, values };
                self.log(IDisputesEvents::Answered(answered));
            }
            Answer::Bytes { data, beside } => {
                let beside: Vec<_> = beside.iter().map(|value| value.0).collect();
                assert!(blob.opens(&node.chunks(&blob), &data, &beside), "{tree:?}, {node:?}");
                let event = IDisputes::AnsweredWithBytes { claimId: CLAIM, tree, index, data };
                self.log(IDisputesEvents::AnsweredWithBytes(event));
            }
        }
    }

    fn name(&mut self, thread: U256, tree: Tree, node: Node) {
        let answered = self.proceedings.asked(tree, node).is_some_and(|asked| asked.answer.is_some());
        let deadline = if answered { 0 } else { self.block + 1 + TURN };
        let Node { level, index } = node;
        let named = IDisputes::Named { claimId: CLAIM, thread, tree, level, index, deadline };
        self.log(IDisputesEvents::Named(named));
    }

    const fn blob(&self, tree: Tree) -> Blob {
        match tree {
            Tree::Output => self.work.output,
            Tree::Input => self.work.input,
            _ => self.work.trace,
        }
    }
}
