//! What the chain's logs say of a claim, in order, folded. Pure: whoever reads the logs applies them.

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::Log,
    sol_types::SolEventInterface,
};
use edgeloom_bindings::IDisputes::{Claimed, Closed, IDisputesEvents, Refuted, Tree};
use edgeloom_edge_proof::Node;

use super::Answer;
use crate::Error;

/// Level of nodes that are answered by their bytes.
const BYTES_LEVEL: u8 = 3;

/// An event with its place in the chain.
#[derive(Clone, Debug)]
pub struct DisputeEvent {
    /// What happened.
    pub event: IDisputesEvents,
    /// Block height.
    pub block: u64,
    /// Position among the block's logs.
    pub log: u64,
    /// The transaction.
    pub tx: B256,
}

impl DisputeEvent {
    /// # Errors
    /// [`Error::Answer`] for a log that is none of the contract's.
    pub(super) fn of(log: &Log) -> Result<Self, Error> {
        let event = IDisputesEvents::decode_raw_log(log.topics(), &log.inner.data.data)
            .map_err(|error| Error::Answer(format!("log of the disputes' contract: {error}")))?;
        Ok(Self {
            event,
            block: log.block_number.unwrap_or_default(),
            log: log.log_index.unwrap_or_default(),
            tx: log.transaction_hash.unwrap_or_default(),
        })
    }
}

/// A challenger's line of questions: a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who asks.
    pub challenger: Address,
    /// What is asked about now.
    pub tree: Tree,
    /// Wei.
    pub bond: u128,
    /// Where it is now; `None` only between two logs of one transaction.
    pub node: Option<Node>,
    /// Block in which it came there.
    pub moved_in: u64,
    /// Whether it is over.
    pub ended: bool,
}

/// A node that somebody named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Until when it has to be answered, Unix seconds.
    pub deadline: u64,
    /// The answer, and its block.
    pub answer: Option<(Answer, u64)>,
}

/// The story of one claim so far.
#[derive(Clone, Debug)]
pub struct Proceedings {
    claim: B256,
    claimed: Option<Claimed>,
    trace_root: B256,
    lines: BTreeMap<U256, Line>,
    nodes: BTreeMap<(u8, Node), Asked>,
    refuted: Option<Refuted>,
    closed: Option<Closed>,
    events: Vec<DisputeEvent>,
    next: u64,
}

impl Proceedings {
    /// Of a claim of which nothing is known but that it was not made before block `from`.
    #[must_use]
    pub const fn new(claim: B256, from: u64) -> Self {
        Self {
            claim,
            claimed: None,
            trace_root: B256::ZERO,
            lines: BTreeMap::new(),
            nodes: BTreeMap::new(),
            refuted: None,
            closed: None,
            events: Vec::new(),
            next: from,
        }
    }

    /// Adds what happened next. An event of another claim changes nothing.
    pub fn apply(&mut self, event: DisputeEvent) {
        let block = event.block;
        match &event.event {
            IDisputesEvents::Claimed(made) if made.claimId == self.claim => {
                self.trace_root = made.traceRoot;
                self.claimed = Some(made.clone());
            }
            IDisputesEvents::TraceCommittedTo(made) if made.claimId == self.claim => self.trace_root = made.traceRoot,
            IDisputesEvents::Challenged(opened) if opened.claimId == self.claim => {
                let (challenger, tree, bond) = (opened.challenger, opened.tree, opened.bond);
                let line = Line { challenger, tree, bond, node: None, moved_in: block, ended: false };
                self.lines.insert(opened.thread, line);
            }
            IDisputesEvents::Named(named) if named.claimId == self.claim => {
                let node = Node { level: named.level, index: named.index };
                if let Some(line) = self.lines.get_mut(&named.thread) {
                    (line.tree, line.node, line.moved_in) = (named.tree, Some(node), block);
                }
                let asked = Asked { deadline: named.deadline, answer: None };
                self.nodes.entry((named.tree as u8, node)).or_insert(asked);
            }
            IDisputesEvents::Answered(given) if given.claimId == self.claim => {
                let node = Node { level: given.level, index: given.index };
                self.answered((given.tree, node), Answer::Values(given.values.clone()), block);
            }
            IDisputesEvents::AnsweredWithBytes(given) if given.claimId == self.claim => {
                let node = Node { level: BYTES_LEVEL, index: given.index };
                // The values beside the bytes were checked, and are in no log.
                let answer = Answer::Bytes { data: given.data.clone(), beside: Vec::new() };
                self.answered((given.tree, node), answer, block);
            }
            IDisputesEvents::ThreadClosed(ended) if ended.claimId == self.claim => {
                if let Some(line) = self.lines.get_mut(&ended.thread) {
                    line.ended = true;
                }
            }
            IDisputesEvents::Refuted(shown) if shown.claimId == self.claim => self.refuted = Some(shown.clone()),
            IDisputesEvents::Closed(ended) if ended.claimId == self.claim => self.closed = Some(ended.clone()),
            IDisputesEvents::Burned(burned) if burned.claimId == self.claim => {}
            _ => return,
        }
        self.events.push(event);
    }

    fn answered(&mut self, (tree, node): (Tree, Node), answer: Answer, block: u64) {
        if let Some(asked) = self.nodes.get_mut(&(tree as u8, node)) {
            asked.answer = Some((answer, block));
        }
    }

    /// The claim's id.
    #[must_use]
    pub const fn claim(&self) -> B256 {
        self.claim
    }

    /// How the claim was made; `None` while that was not read.
    #[must_use]
    pub const fn claimed(&self) -> Option<&Claimed> {
        self.claimed.as_ref()
    }

    /// What the worker committed to as its trace; zero while it has not.
    #[must_use]
    pub const fn trace_root(&self) -> B256 {
        self.trace_root
    }

    /// All threads by number.
    #[must_use]
    pub const fn lines(&self) -> &BTreeMap<U256, Line> {
        &self.lines
    }

    /// The threads of a challenger's that are not over.
    pub fn running(&self, challenger: Address) -> impl Iterator<Item = (U256, &Line)> {
        let own = move |line: &&Line| line.challenger == challenger && !line.ended;
        self.lines.iter().map(|(thread, line)| (*thread, line)).filter(move |(_, line)| own(line))
    }

    /// What is known of a node that somebody named.
    #[must_use]
    pub fn asked(&self, tree: Tree, node: Node) -> Option<&Asked> {
        self.nodes.get(&(tree as u8, node))
    }

    /// Nodes without an answer, the most urgent first.
    #[must_use]
    pub fn owed(&self) -> Vec<(Tree, Node, u64)> {
        let open = self.nodes.iter().filter(|(_, asked)| asked.answer.is_none());
        let named = open.filter_map(|((tree, node), asked)| Some((Tree::try_from(*tree).ok()?, *node, asked.deadline)));
        let mut owed: Vec<_> = named.collect();
        owed.sort_by_key(|(_, _, deadline)| *deadline);
        owed
    }

    /// The element that was found wrong.
    #[must_use]
    pub const fn refuted(&self) -> Option<&Refuted> {
        self.refuted.as_ref()
    }

    /// How the claim ended.
    #[must_use]
    pub const fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    /// Everything in order.
    #[must_use]
    pub fn events(&self) -> &[DisputeEvent] {
        &self.events
    }

    /// The first block that was not read.
    #[must_use]
    pub const fn next_block(&self) -> u64 {
        self.next
    }

    pub(super) fn read_before(&mut self, block: u64) {
        self.next = self.next.max(block);
    }
}
