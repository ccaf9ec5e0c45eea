//! What a payee does with vouchers, and what anybody may do for one.

use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
    sol_types::SolEvent as _,
};
use edgeloom_bindings::{
    ICredits,
    IPaymentPool::{self, Phase, Reason, Redeemed, VoucherSkipped},
    addresses::PAYMENT_POOL,
};

use super::{Pair, Payments, Voucher, voucher};
use crate::Error;

/// What a payee is to think of a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appraisal {
    /// All of it is earmarked: it is payable for a notice period from now, whatever the payer does, but not after `until`.
    Covered {
        /// What it pays beyond what was redeemed, wei.
        gain: U256,
        /// Unix seconds, the last at which its session's vouchers are redeemed; `None` for the payer's own.
        until: Option<u64>,
    },
    /// Not to be accepted as payment.
    Doubtful(Doubt),
}

/// Why a voucher is not to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// No such pool, or it is closed.
    #[error("there is no such pool, or it is closed")]
    NoPool,
    /// Neither the payer nor the session signed it, or it is of another chain.
    #[error("who owes did not sign it")]
    WrongSignature,
    /// The session is over, or was never there.
    #[error("its session is over since {expiry}")]
    SessionOver {
        /// Unix seconds; 0 where there was none.
        expiry: u64,
    },
    /// The session pays somebody else alone.
    #[error("its session pays {payee} alone")]
    OutOfScope {
        /// The only one that it pays.
        payee: Address,
    },
    /// So much was redeemed.
    #[error("{redeemed} wei were redeemed")]
    NothingOwed {
        /// Wei.
        redeemed: U256,
    },
    /// Beyond this much it draws on what serves whoever comes first.
    #[error("{covered} wei are earmarked")]
    NotCovered {
        /// Wei.
        covered: U256,
    },
}

/// What became of a voucher of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// Who owes whom.
    pub pair: Pair,
    /// Of the voucher, wei.
    pub total: U256,
    /// Why it was not paid; `None` (the reason of that name) where it was.
    pub reason: Reason,
}

impl Payments {
    /// What a payee is to think of a voucher: by its signature, and by what is earmarked now.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn appraise(&self, voucher: &Voucher) -> Result<Appraisal, Error> {
        let Pair { pool, session, payee } = voucher.pair;
        let found = match self.pool(pool).await {
            Ok(found) if !matches!(found.phase, Phase::None | Phase::Closed) => found,
            Ok(_) | Err(Error::Payments(_)) => return Ok(Appraisal::Doubtful(Doubt::NoPool)),
            Err(error) => return Err(error),
        };
        let owes = if session.is_zero() { found.payer } else { session };
        if voucher.signer(self.client.chain_id()) != Some(owes) {
            return Ok(Appraisal::Doubtful(Doubt::WrongSignature));
        }
        let (mandate, pair, covered, now) = futures::try_join!(
            self.mandate(pool, session),
            self.pair(voucher.pair),
            self.guaranteed(voucher.pair),
            self.client.head_time()
        )?;
        let expiry = u64::from(mandate.expiry);
        let until = (!session.is_zero()).then_some(expiry);
        let scoped = until.is_some() && !mandate.payee.is_zero() && mandate.payee != payee;
        let redeemed = U256::from(pair.redeemed);
        let doubt = match voucher.total {
            _ if until.is_some_and(|until| until < now) => Doubt::SessionOver { expiry },
            _ if scoped => Doubt::OutOfScope { payee: mandate.payee },
            total if total <= redeemed => Doubt::NothingOwed { redeemed },
            total if total > covered => Doubt::NotCovered { covered },
            total => return Ok(Appraisal::Covered { gain: total - redeemed, until }),
        };
        Ok(Appraisal::Doubtful(doubt))
    }

    /// Until when what was earmarked for a pair is payable, as far as an end of it is announced, Unix seconds: what is released then, or the pool
    /// closed, or the session over.
    ///
    /// # Errors
    /// `PoolUnknown`.
    pub async fn covered_until(&self, pair: Pair) -> Result<Option<u64>, Error> {
        let (pool, release, mandate) =
            futures::try_join!(self.pool(pair.pool), self.release_of(pair), self.mandate(pair.pool, pair.session))?;
        let released = release.from.to::<u64>();
        let ends = [
            (released != 0 && pool.phase == Phase::Open).then_some(released),
            matches!(pool.phase, Phase::Closing | Phase::Closed).then(|| pool.until.to::<u64>()),
            (!pair.session.is_zero()).then(|| mandate.expiry.into()),
        ];
        Ok(ends.into_iter().flatten().min())
    }

    /// Redeems a voucher for its payee; [`Self::collect`] and [`Self::withdraw`] pay it. Anybody may.
    ///
    /// # Errors
    /// `VoucherRefused`, which says why.
    pub async fn redeem(&self, voucher: &Voucher) -> Result<TransactionReceipt, Error> {
        let Pair { pool, session, .. } = voucher.pair;
        let call = IPaymentPool::redeemCall { pool, session, voucher: voucher.record()? };
        self.client.send(PAYMENT_POOL, &call, U256::ZERO).await
    }

    /// Redeems those of some vouchers that can be, the highest of each pair: [`Self::redemptions`] says which. About a thousand fit into a transaction.
    ///
    /// # Errors
    /// [`Error::GasCap`] for too many; the general ones.
    pub async fn redeem_batch(&self, vouchers: &[Voucher]) -> Result<TransactionReceipt, Error> {
        let call = IPaymentPool::redeemBatchCall { bundles: voucher::bundles(vouchers)? };
        self.client.send(PAYMENT_POOL, &call, U256::ZERO).await
    }

    /// What a transaction did with vouchers.
    #[must_use]
    pub fn redemptions(receipt: &TransactionReceipt) -> Vec<Redemption> {
        let logs = receipt.logs().iter().filter(|log| log.address() == PAYMENT_POOL);
        let redemption = |log: &alloy::rpc::types::Log| {
            if let Ok(paid) = Redeemed::decode_log(&log.inner) {
                let pair = Pair { pool: paid.pool, session: paid.session, payee: paid.payee };
                return Some(Redemption { pair, total: paid.total, reason: Reason::None });
            }
            let skipped = VoucherSkipped::decode_log(&log.inner).ok()?;
            let pair = Pair { pool: skipped.pool, session: skipped.session, payee: skipped.payee };
            Some(Redemption { pair, total: skipped.total, reason: skipped.reason })
        };
        logs.filter_map(redemption).collect()
    }

    /// Pays `amount` wei more to a payee, in the name of the payer whose session the signer is.
    ///
    /// # Errors
    /// `VoucherRefused`, which says why.
    pub async fn charge(&self, pool: U256, payee: Address, amount: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(PAYMENT_POOL, &IPaymentPool::chargeCall { pool, payee, amount }, U256::ZERO).await
    }

    /// Credits payees what was redeemed for them. Anybody may.
    ///
    /// # Errors
    /// The general ones.
    pub async fn collect(&self, pairs: &[Pair]) -> Result<TransactionReceipt, Error> {
        let pairs = pairs.iter().map(Pair::id).collect();
        self.client.send(PAYMENT_POOL, &IPaymentPool::collectCall { pairs }, U256::ZERO).await
    }

    /// Pays out the signer's credit.
    ///
    /// # Errors
    /// [`Error::Credits`] with `NothingToWithdraw`.
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.client.send(PAYMENT_POOL, &ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.client.call(PAYMENT_POOL, &ICredits::creditOfCall { account }).await
    }

    /// Shows by vouchers of one pool that more is signed beyond earmarks than its free reserve holds: its collateral is forfeited.
    /// Anybody may.
    ///
    /// # Errors
    /// `NotOverspent`, `WrongPhase`; `OtherPool` for vouchers of several.
    pub async fn prove_overspend(&self, pool: U256, vouchers: &[Voucher]) -> Result<TransactionReceipt, Error> {
        let call = IPaymentPool::proveOverspendCall { pool, bundles: voucher::bundles(vouchers)? };
        self.client.send(PAYMENT_POOL, &call, U256::ZERO).await
    }

    /// Claims what a voucher is owed beyond its earmark from a forfeited pool, for a notice period after the proof. Anybody may.
    ///
    /// # Errors
    /// `WrongPhase`, `TooLate`, `VoucherRefused`.
    pub async fn claim(&self, voucher: &Voucher) -> Result<TransactionReceipt, Error> {
        let Pair { pool, session, .. } = voucher.pair;
        let call = IPaymentPool::claimCall { pool, session, voucher: voucher.record()? };
        self.client.send(PAYMENT_POOL, &call, U256::ZERO).await
    }

    /// Ends the time of claims on a forfeited pool. Anybody may.
    ///
    /// # Errors
    /// `WrongPhase`, `TooEarly`.
    pub async fn settle(&self, pool: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(PAYMENT_POOL, &IPaymentPool::settleCall { pool }, U256::ZERO).await
    }

    /// Redeems a pair's part of a settled pool. Anybody may.
    ///
    /// # Errors
    /// `WrongPhase`, `NothingClaimed`.
    pub async fn award(&self, pair: Pair) -> Result<TransactionReceipt, Error> {
        let Pair { pool, session, payee } = pair;
        self.client.send(PAYMENT_POOL, &IPaymentPool::awardCall { pool, session, payee }, U256::ZERO).await
    }
}
