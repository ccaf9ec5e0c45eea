//! What holds up a transaction that waits: gaps below it, sent again or filled, and a bid that nobody raises any more.

use std::time::Duration;

use alloy::{
    consensus::TxEip1559,
    primitives::{B256, Bytes, TxKind, U64, U256},
};
use tokio::time::Instant;

use super::{
    Call, Reserved, Sender,
    bid::{self, REBID},
};
use crate::{Error, nonces::Gap};

const TRANSFER_GAS: u64 = 21_000;
/// What others have waited behind for this long has no owner any more: one that lives broadcasts, and raises its bid.
const PATIENCE: Duration = REBID.saturating_mul(2);
/// Gaps looked at in one go; the lowest hold up the rest.
const GAPS: usize = 16;

impl Sender {
    /// Sends what is missing below `waiting`. What fails here is tried again while somebody waits.
    pub(super) async fn heal(&self, waiting: u64) {
        let count = |tag: &'static str| self.rpc.once::<_, U64>("eth_getTransactionCount", (self.address(), tag), None);
        // Everything between the two is in the node's pool.
        let Ok((lowest, missing)) = futures::try_join!(count("latest"), count("pending")) else { return };
        let (lowest, missing): (u64, u64) = (lowest.to(), missing.to());
        let (first, gaps) = {
            let nonces = self.nonces.lock();
            let gaps: Vec<Gap> = nonces.gaps(missing.min(waiting)..waiting).take(GAPS).collect();
            (nonces.sent(lowest).filter(|_| lowest < waiting), gaps)
        };
        let outgrown = self.outgrown(first).await;
        let silent = gaps.iter().filter_map(|gap| if let Gap::Silent(nonce) = gap { Some(*nonce) } else { None });
        let ripe = self.ripe(silent.chain(outgrown.iter().map(|tx| tx.nonce)).collect(), waiting);
        for gap in gaps {
            let result = match gap {
                Gap::Lost(raw) => self.rpc.once::<_, B256>("eth_sendRawTransaction", (raw,), None).await.map(drop),
                Gap::Silent(nonce) if !ripe.contains(&nonce) => Ok(()),
                Gap::Free(_) | Gap::Silent(_) => self.fill(&gap).await,
            };
            if let Err(error) = result {
                tracing::debug!(%error, "a nonce gap stays");
            }
        }
        if let Some(tx) = outgrown.filter(|tx| ripe.contains(&tx.nonce))
            && let Err(error) = self.give_up(tx).await
        {
            tracing::debug!(%error, "a bid that is too low stays");
        }
    }

    /// A transaction with a higher bid, if its own no longer pays for the next block.
    async fn outgrown(&self, first: Option<Bytes>) -> Option<TxEip1559> {
        let tx = bid::decode(&first?)?;
        self.fees().await.ok()?.raise(tx)
    }

    /// Those that have been in the way for long enough.
    pub(super) fn ripe(&self, in_the_way: Vec<u64>, waiting: u64) -> Vec<u64> {
        let mut seen = self.silent.lock();
        seen.retain(|nonce, _| *nonce >= waiting || in_the_way.contains(nonce));
        let now = Instant::now();
        in_the_way.into_iter().filter(|&nonce| now - *seen.entry(nonce).or_insert(now) > PATIENCE).collect()
    }

    /// Replaces a transaction whose bid nobody raises by a transfer of nothing.
    async fn give_up(&self, tx: TxEip1559) -> Result<(), Error> {
        tracing::warn!(nonce = tx.nonce, "giving up a transaction whose bid is too low and holds up others");
        let filler = self.sign_raw(TxEip1559 {
            gas_limit: TRANSFER_GAS,
            to: TxKind::Call(self.address()),
            value: U256::ZERO,
            input: Bytes::new(),
            ..tx
        })?;
        self.broadcast(&filler).await
    }

    /// Sends a transfer of nothing under the nonce of a gap.
    async fn fill(&self, gap: &Gap) -> Result<(), Error> {
        let fees = self.fees().await?;
        let Some(nonce) = self.nonces.lock().claim(gap) else { return Ok(()) };
        let mut reserved = Reserved { nonces: &self.nonces, nonce, kept: false };
        let nothing = Call { to: self.address(), value: U256::ZERO, input: Bytes::new(), gas: Some(TRANSFER_GAS) };
        let filler = self.seal(&nothing, TRANSFER_GAS, fees, nonce)?;
        reserved.kept = true;
        tracing::info!(nonce, "filling a nonce that others wait behind");
        self.broadcast(&filler).await
    }
}
