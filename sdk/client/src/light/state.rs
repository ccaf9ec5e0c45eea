//! What a light client keeps between its lives: which chain, the newest verified header, and who votes. A few kilobytes, however far it
//! came. Whoever can write it can make the client believe anything.

use std::{collections::BTreeMap, num::NonZeroU64};

use alloy::primitives::{Address, B256, Bytes, FixedBytes};
use edgeloom_types::{Committee, Seat};
use serde::{Deserialize, Serialize};

use super::{Chain, LightError, LightHeader};

const VERSION: u32 = 1;

/// To be kept where nobody else writes, and given back to [`LightClient::resume`](super::LightClient::resume).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LightState {
    version: u32,
    genesis: B256,
    chain_id: u64,
    epoch_length: NonZeroU64,
    /// RLP.
    head: Bytes,
    /// By epoch: the newest two at most.
    committees: BTreeMap<u64, Vec<KeptSeat>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeptSeat {
    identity: B256,
    voting_key: FixedBytes<48>,
    beneficiary: Address,
}

/// In use.
#[derive(Clone, Debug)]
pub(super) struct Trusted {
    pub(super) chain: Chain,
    pub(super) head: LightHeader,
    pub(super) committees: BTreeMap<u64, Committee>,
}

impl LightState {
    pub(super) fn of(trusted: &Trusted) -> Self {
        let Chain { genesis, chain_id, epoch_length } = trusted.chain;
        let kept = |seat: &Seat| KeptSeat {
            identity: seat.identity,
            voting_key: seat.voting_key,
            beneficiary: seat.beneficiary,
        };
        let committees = trusted.committees.iter();
        let committees = committees.map(|(epoch, committee)| (*epoch, committee.seats().map(kept).collect()));
        let head = alloy_rlp::encode(&trusted.head.header).into();
        Self { version: VERSION, genesis, chain_id, epoch_length, head, committees: committees.collect() }
    }

    /// # Errors
    /// [`LightError::State`] naming what was never written so.
    pub(super) fn read(self) -> Result<Trusted, LightError> {
        if self.version != VERSION {
            return Err(LightError::State("it is of another version"));
        }
        let head = LightHeader::decode(0, &self.head).map_err(|_| LightError::State("its head is no header"))?;
        let seat =
            |KeptSeat { identity, voting_key, beneficiary }: KeptSeat| Seat { identity, voting_key, beneficiary };
        let committees = self.committees.into_iter().map(|(epoch, seats)| {
            let committee = Committee::elected(seats.into_iter().map(seat));
            committee.map(|committee| (epoch, committee)).ok_or(LightError::State("a committee of it cannot vote"))
        });
        let committees = committees.collect::<Result<BTreeMap<_, _>, _>>()?;
        let Self { genesis, chain_id, epoch_length, .. } = self;
        let chain = Chain { genesis, chain_id, epoch_length };
        // The head's own, or that of the epoch after, which the head decided.
        let epoch = chain.epoch(head.number());
        match committees.last_key_value() {
            Some((newest, _)) if *newest == epoch || *newest == epoch.saturating_add(1) => {}
            _ => return Err(LightError::State("it lacks the committee of its head")),
        }
        Ok(Trusted { chain, head, committees })
    }
}
