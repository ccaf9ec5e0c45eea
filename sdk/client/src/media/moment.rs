//! A gate as it is at one block.

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
};
use edgeloom_bindings::{
    IMediaGate::{self, Quorum as Record},
    addresses::MEDIA_GATE,
};

use super::Media;
use crate::Error;

/// What the chain says of a gate, all of it at the newest block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The epoch.
    pub epoch: U256,
    /// When it began, Unix seconds.
    pub since: u64,
    /// The block's time, Unix seconds.
    pub time: u64,
    /// Of the quorum.
    pub version: u32,
    /// The nodes, and the commitments to the secret.
    pub quorum: Record,
}

impl Media {
    /// Which epoch it is, for how long, and whose quorum opens it.
    ///
    /// # Errors
    /// `GateUnknown`; `WrongStart` before the first epoch.
    pub async fn moment(&self, gate: U256) -> Result<Moment, Error> {
        let head = self.client.head().await?;
        let at = (BlockId::from(head.hash), None);
        let (epoch, quorum) = (IMediaGate::currentEpochCall { gate }, IMediaGate::quorumOfCall { gate });
        let epoch = self.client.call_at(MEDIA_GATE, &epoch, at);
        let (now, found) = futures::try_join!(epoch, self.client.call_at(MEDIA_GATE, &quorum, at))?;
        let since = now.since.saturating_to();
        Ok(Moment { epoch: now.epoch, since, time: head.timestamp, version: found.version, quorum: found.quorum })
    }

    /// The epoch of a gate and whether it is an account's, by a token; and the block that both are of.
    pub(super) async fn entitlement(
        &self,
        gate: U256,
        (token, account): (U256, Address),
    ) -> Result<(BlockId, U256, bool), Error> {
        let block = BlockId::from(self.client.head().await?.hash);
        let (epoch, entitled) =
            (IMediaGate::currentEpochCall { gate }, IMediaGate::isEntitledCall { gate, token, account });
        let epoch = self.client.call_at(MEDIA_GATE, &epoch, (block, None));
        let (now, entitled) = futures::try_join!(epoch, self.client.call_at(MEDIA_GATE, &entitled, (block, None)))?;
        Ok((block, now.epoch, entitled))
    }
}
