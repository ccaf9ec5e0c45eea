//! What a transaction offers for its gas, and when that has become too little.

use std::time::Duration;

use alloy::{
    consensus::{TxEip1559, TxEnvelope},
    eips::eip2718::Decodable2718,
    rpc::types::TransactionReceipt,
};
use tokio::time::{Instant, timeout_at};

use super::{Sender, SignedTx};
use crate::Error;

/// Between two looks at whether a waiting transaction bids enough.
pub(super) const REBID: Duration = Duration::from_secs(5);

/// What is offered now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fees {
    /// Base fee of the next block, wei per gas.
    pub(super) base: u64,
    /// Most wei per gas, tip included.
    pub(super) max: u128,
    /// Wei per gas for the proposer.
    pub(super) tip: u128,
    /// When the node was asked.
    pub(super) at: Instant,
}

impl Fees {
    /// `tx` with a bid that nodes prefer; `None` while its own bid still pays for the next block.
    pub(super) fn raise(&self, mut tx: TxEip1559) -> Option<TxEip1559> {
        if tx.max_fee_per_gas >= u128::from(self.base).saturating_add(tx.max_priority_fee_per_gas) {
            return None;
        }
        tx.max_fee_per_gas = self.max.max(eighth_more(tx.max_fee_per_gas));
        tx.max_priority_fee_per_gas = self.tip.max(eighth_more(tx.max_priority_fee_per_gas)).min(tx.max_fee_per_gas);
        Some(tx)
    }
}

/// Nodes want both fees a tenth above those of the transaction that is replaced.
const fn eighth_more(wei: u128) -> u128 {
    wei.saturating_add(wei.div_ceil(8)).saturating_add(1)
}

/// What a raw transaction says, if it is of the kind that this crate signs.
pub(super) fn decode(raw: &[u8]) -> Option<TxEip1559> {
    let envelope = TxEnvelope::decode_2718_exact(raw).ok()?;
    Some(envelope.as_eip1559()?.tx().clone())
}

impl Sender {
    /// Waits until one of `bids` is in a block, and bids higher when the newest no longer pays for one.
    pub(crate) async fn see_through(&self, mut bids: Vec<SignedTx>) -> Result<TransactionReceipt, Error> {
        let after = self.rpc.deadlines.transaction;
        let deadline = Instant::now() + after;
        loop {
            let Some(newest) = bids.last() else { return Err(Error::Missing("a transaction to wait for")) };
            let ended = match self.confirm(newest, REBID.min(deadline - Instant::now())).await {
                Err(Error::Replaced { .. }) => self.of_any(&bids).await,
                ended => ended,
            };
            match ended {
                Err(error) if error.is_transient() || matches!(error, Error::Unconfirmed { .. }) => {}
                ended => return ended,
            }
            if Instant::now() >= deadline {
                return Err(Error::Unconfirmed { hash: newest.hash, bids, after });
            }
            self.outbid(&mut bids, deadline).await;
        }
    }

    /// How the one of `bids` ended that is in a block.
    async fn of_any(&self, bids: &[SignedTx]) -> Result<TransactionReceipt, Error> {
        for bid in bids {
            if let Some(receipt) = self.landed(bid).await? {
                return self.conclude(bid, receipt).await;
            }
        }
        let last = &bids[bids.len() - 1];
        Err(Error::Replaced { tx: last.hash, nonce: last.nonce })
    }

    /// Adds a higher bid if one is needed, and takes it away again only if the node surely refused it.
    async fn outbid(&self, bids: &mut Vec<SignedTx>, deadline: Instant) {
        let higher = match timeout_at(deadline, self.rebid(&bids[bids.len() - 1])).await {
            Ok(Ok(Some(higher))) => higher,
            Ok(Ok(None)) | Err(_) => return,
            Ok(Err(error)) => return tracing::debug!(%error, "cannot bid higher now"),
        };
        bids.push(higher.clone());
        if let Ok(Err(error)) = timeout_at(deadline, self.broadcast(&higher)).await
            && matches!(error, Error::Rpc { .. })
        {
            tracing::debug!(%error, "a higher bid is refused");
            bids.pop();
        }
    }

    /// The same call under the same nonce with a higher bid, signed and sent to nobody; `None` while `tx` itself pays for
    /// the next block.
    pub(crate) async fn rebid(&self, tx: &SignedTx) -> Result<Option<SignedTx>, Error> {
        let fees = self.fees().await?;
        let Some(raised) = decode(&tx.raw).and_then(|tx| fees.raise(tx)) else { return Ok(None) };
        tracing::info!(nonce = tx.nonce, wei_per_gas = raised.max_fee_per_gas, "bidding higher for a nonce");
        self.sign_raw(raised).map(Some)
    }
}
