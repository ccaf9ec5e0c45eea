//! Filling orders, one or many at once.

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::{Log, TransactionReceipt},
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    IExchange::{self, Filled, Side, Skipped},
    addresses::EXCHANGE,
};

use super::{Exchange, Outcome, SignedOrder, Take, Trade, prepare::asked_most};
use crate::{Error, jobs::decode};

impl Exchange {
    /// Fills one unit of an order that leaves no choice, with the TFUEL that it costs where that is its currency.
    ///
    /// # Errors
    /// What [`Self::check`] tells beforehand; [`Error::Settings`] for an order that leaves a choice.
    pub async fn fill(&self, signed: &SignedOrder) -> Result<Trade, Error> {
        self.fill_with(&Take::new(signed.clone())).await
    }

    /// Fills an order as its taker says.
    ///
    /// # Errors
    /// What [`Self::check`] tells beforehand, and what the taker's own tokens and money refuse; [`Error::Settings`] for choices that the order does
    /// not leave.
    pub async fn fill_with(&self, take: &Take) -> Result<Trade, Error> {
        let (record, value) = self.priced(take, self.client.head_time().await?).await?;
        let receipt = self.send(&IExchange::fillCall { take: record }, value).await?;
        let trade = trades(&receipt)?.into_iter().next();
        trade.ok_or_else(|| Error::Answer(format!("no {} in the receipt", Filled::SIGNATURE)))
    }

    /// Fills each order that can be, and says of every other why not: in the order in which they were given.
    ///
    /// # Errors
    /// [`Error::Settings`] as [`Self::fill_with`]; of the chain's those alone that stop all of them.
    pub async fn sweep(&self, takes: &[Take]) -> Result<Vec<Outcome>, Error> {
        let now = self.client.head_time().await?;
        let priced = futures::future::try_join_all(takes.iter().map(|take| self.priced(take, now))).await?;
        let (records, values): (Vec<_>, Vec<U256>) = priced.into_iter().unzip();
        let sum = values.into_iter().try_fold(U256::ZERO, U256::checked_add);
        let value = sum.ok_or_else(|| Error::Settings("all together cost more than there is".to_owned()))?;
        let receipt = self.send(&IExchange::sweepCall { takes: records }, value).await?;
        let orders: Vec<B256> = takes.iter().map(|take| take.signed.hash()).collect();
        outcomes(&receipt, &orders)
    }

    async fn priced(&self, take: &Take, now: u64) -> Result<(IExchange::Take, U256), Error> {
        take.signed.of_chain(self.client.chain_id())?;
        let royalty_max = match take.royalty_max {
            Some(bps) => bps,
            None if take.order().terms().side == Side::Buy => asked_most(&self.client, take.given()?).await?,
            None => 0,
        };
        Ok((take.record(royalty_max)?, take.value(now)?))
    }
}

/// Each take was filled or skipped: trades are in the order of the takes that were filled.
pub(super) fn outcomes(receipt: &TransactionReceipt, orders: &[B256]) -> Result<Vec<Outcome>, Error> {
    let mut skipped = std::collections::BTreeMap::new();
    for log in logs(receipt, Skipped::SIGNATURE_HASH) {
        let Skipped { index, reason, .. } = decode(log)?;
        skipped.insert(index, reason);
    }
    let mut filled = trades(receipt)?.into_iter();
    let outcome = |(index, order): (usize, &B256)| match skipped.remove(&U256::from(index)) {
        Some(reason) => Ok(Outcome::Skipped(Error::from_revert(Some(EXCHANGE), reason))),
        None => {
            let trade = filled.next().filter(|trade| trade.order == *order);
            trade.map(Outcome::Filled).ok_or_else(|| Error::Answer(format!("nothing is said of order {order}")))
        }
    };
    orders.iter().enumerate().map(outcome).collect()
}

fn trades(receipt: &TransactionReceipt) -> Result<Vec<Trade>, Error> {
    let (tx, block) = (receipt.transaction_hash, receipt.block_number.unwrap_or_default());
    let trade = |log: &Log| Ok(Trade::new(decode(log)?, tx, block));
    logs(receipt, Filled::SIGNATURE_HASH).map(trade).collect()
}

fn logs(receipt: &TransactionReceipt, event: B256) -> impl Iterator<Item = &Log> {
    let at: Address = EXCHANGE;
    receipt.logs().iter().filter(move |log| log.address() == at && log.topic0() == Some(&event))
}
