//! Several nodes of one chain, one asked at a time: a request goes to the node whose turn it is, and a node that does not
//! answer passes the turn on.
//!
//! alloy's fallback layer asks all nodes at once, or a fixed list of methods one after the other: the first costs each
//! read several times and lets the fastest node answer, however far behind it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use alloy::{
    rpc::json_rpc::{RequestPacket, ResponsePacket},
    transports::{TransportError, TransportFut, http::Http},
};
use tower::Service;

/// Which of several nodes is asked; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turn(Arc<AtomicUsize>);

impl Turn {
    /// Counts up; a list of nodes takes it modulo its length.
    pub(crate) fn now(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// The node that was asked at `turn` failed. However many requests failed with it, one node is passed over.
    pub(crate) fn pass(&self, turn: usize) {
        // Losing means that somebody else has passed it already.
        let _lost = self.0.compare_exchange(turn, turn.wrapping_add(1), Ordering::Relaxed, Ordering::Relaxed);
    }
}

#[derive(Clone, Debug)]
pub(super) struct Failover {
    nodes: Arc<[Http<reqwest::Client>]>,
    turn: Turn,
}

impl Failover {
    /// `nodes` holds at least one.
    pub(super) fn new(nodes: Vec<Http<reqwest::Client>>, turn: Turn) -> Self {
        Self { nodes: nodes.into(), turn }
    }
}

impl Service<RequestPacket> for Failover {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: RequestPacket) -> Self::Future {
        let turn = self.turn.clone();
        let at = turn.now();
        let mut node = self.nodes[at % self.nodes.len()].clone();
        Box::pin(async move {
            let answer = node.call(request).await;
            if answer.is_err() {
                turn.pass(at);
            }
            answer
        })
    }
}
