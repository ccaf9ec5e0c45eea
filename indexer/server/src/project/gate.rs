//! Gates: opened, with a quorum from the same transaction on; quorum and content are set anew.

use super::{
    Contradiction, Rows, TouchedNft,
    nft::{self, number},
};
use crate::record::{Gate, Stamp};
use alloy::primitives::{Bytes, U256};
use edgeloom_bindings::{IMediaGate, IMediaGate::IMediaGateEvents};

impl TouchedNft {
    pub(super) fn gate(&mut self, event: &IMediaGateEvents) {
        self.gates.extend(number(match event {
            IMediaGateEvents::GateOpened(event) => event.gate,
            IMediaGateEvents::QuorumSet(event) => event.gate,
            IMediaGateEvents::ContentSet(event) => event.gate,
        }));
    }
}

impl Rows {
    pub(super) fn gate(&mut self, event: &IMediaGateEvents, at: Stamp) -> Result<(), Contradiction> {
        match event {
            IMediaGateEvents::GateOpened(event) => return self.gate_opened(event, at),
            IMediaGateEvents::QuorumSet(event) => {
                let (gate, quorum) = (self.gate_of(event.gate)?, &event.quorum);
                (gate.quorum_version, gate.threshold) = (event.version, quorum.threshold);
                (gate.nodes, gate.commitments) = (quorum.nodes.clone(), quorum.commitments.clone());
                gate.changed = at;
            }
            IMediaGateEvents::ContentSet(event) => {
                let gate = self.gate_of(event.gate)?;
                (gate.content, gate.changed) = (Some((event.root, nft::uri(&event.uri))), at);
            }
        }
        Ok(())
    }

    fn gate_of(&mut self, id: U256) -> Result<&mut Gate, Contradiction> {
        let unknown = Contradiction::GateUnknown(id);
        self.nft.gates.get_mut(&number(id).ok_or(Contradiction::GateUnknown(id))?).ok_or(unknown)
    }

    fn gate_opened(&mut self, event: &IMediaGate::GateOpened, at: Stamp) -> Result<(), Contradiction> {
        let (id, terms) = (number(event.gate).ok_or(Contradiction::GateUnknown(event.gate))?, &event.terms);
        let gate = Gate {
            id,
            owner: event.owner,
            collection: event.collection,
            first: terms.first,
            last: terms.last,
            start: terms.start.to(),
            epoch_seconds: terms.epochSeconds,
            quorum_version: 0,
            threshold: 0,
            nodes: Vec::new(),
            commitments: Bytes::new(),
            content: None,
            opened: at,
            changed: at,
        };
        if self.nft.gates.insert(id, gate).is_some() { Err(Contradiction::GateKnown(id)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
