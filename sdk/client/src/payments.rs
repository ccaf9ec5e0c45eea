//! Many small payments out of one deposit: vouchers that a payer signs off chain, and a pool that stands behind them.

mod payee;
mod voucher;

use alloy::{
    primitives::{Address, U256, aliases::U96},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    IPaymentPool::{self, Mandate, Pool, Release},
    ISplits,
    addresses::PAYMENT_POOL,
};

pub use payee::{Appraisal, Doubt, Redemption};
pub use voucher::{Pair, Voucher};

use crate::{Client, Error, jobs::event};

/// Wei of the unit that ceilings and caps are in.
const GWEI: U256 = U256::from_limbs([1_000_000_000, 0, 0, 0]);

/// The payment pool. Writing calls wait for their block; their errors are [`Error::Payments`], [`Error::Splits`], [`Error::Credits`] and the
/// general ones. Amounts are wei; those of ceilings and caps are whole gwei, or [`Error::Settings`].
#[derive(Clone, Debug)]
pub struct Payments {
    client: Client,
}

/// What a session may do in its payer's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// The only one that it pays; `None` for anybody.
    pub payee: Option<Address>,
    /// Of all that it pays, wei, what is earmarked for its pairs included.
    pub cap: U256,
    /// Unix seconds, the last at which its vouchers are redeemed.
    pub expiry: u32,
}

impl Payments {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Opens a pool of the signer's and gives its number. `notice` is how long everything is announced that takes from payees: 3,600 to
    /// 604,800 seconds.
    ///
    /// # Errors
    /// `PeriodOutOfRange`; `CollateralShort` for less of it than reserve.
    pub async fn open(&self, notice: u32, reserve: U256, collateral: U256) -> Result<U256, Error> {
        let (call, value) =
            (IPaymentPool::openCall { notice, collateral: u96(collateral)? }, sum(reserve, collateral)?);
        let receipt = self.client.send(PAYMENT_POOL, &call, value).await?;
        Ok(event::<IPaymentPool::PoolOpened>(PAYMENT_POOL, &receipt)?.pool)
    }

    /// Adds to an open pool. Anybody may.
    ///
    /// # Errors
    /// `PoolUnknown`, `WrongPhase`, `CollateralShort`.
    pub async fn deposit(&self, pool: U256, reserve: U256, collateral: U256) -> Result<TransactionReceipt, Error> {
        let call = IPaymentPool::depositCall { pool, collateral: u96(collateral)? };
        self.client.send(PAYMENT_POOL, &call, sum(reserve, collateral)?).await
    }

    /// Earmarks reserve, `value` wei sent along first, so that a pair is covered up to a total of `ceiling` wei.
    ///
    /// # Errors
    /// `NotPayer`, `WrongCeiling` for a lower one, `ReserveShort`, `SessionRefused`.
    pub async fn earmark(&self, pair: Pair, ceiling: U256, value: U256) -> Result<TransactionReceipt, Error> {
        let Pair { pool, session, payee } = pair;
        let call = IPaymentPool::earmarkCall { pool, session, payee, ceilingGwei: gwei(ceiling)? };
        self.client.send(PAYMENT_POOL, &call, value).await
    }

    /// Announces that a pair's ceiling falls to `to` wei after the notice period.
    ///
    /// # Errors
    /// `NotPayer`, `WrongCeiling`.
    pub async fn announce_release(&self, pair: Pair, to: U256) -> Result<TransactionReceipt, Error> {
        let Pair { pool, session, payee } = pair;
        let call = IPaymentPool::announceReleaseCall { pool, session, payee, toGwei: gwei(to)? };
        self.client.send(PAYMENT_POOL, &call, U256::ZERO).await
    }

    /// Lowers a ceiling as was announced.
    ///
    /// # Errors
    /// `NotAnnounced`, `TooEarly`, `CollateralShort`.
    pub async fn release(&self, pair: Pair) -> Result<TransactionReceipt, Error> {
        let Pair { pool, session, payee } = pair;
        self.client.send(PAYMENT_POOL, &IPaymentPool::releaseCall { pool, session, payee }, U256::ZERO).await
    }

    /// Takes free reserve and collateral off a pool; after the notice period [`Self::take_back`] pays it.
    ///
    /// # Errors
    /// `NotPayer`, `ReserveShort`, `CollateralShort`.
    pub async fn announce_withdrawal(
        &self,
        pool: U256,
        reserve: U256,
        collateral: U256,
    ) -> Result<TransactionReceipt, Error> {
        let (reserve, collateral) = (u96(reserve)?, u96(collateral)?);
        let call = IPaymentPool::announceWithdrawalCall { pool, reserve, collateral };
        self.client.send(PAYMENT_POOL, &call, U256::ZERO).await
    }

    /// Pays the signer what it took off its pool.
    ///
    /// # Errors
    /// `NotAnnounced`, `TooEarly`.
    pub async fn take_back(&self, pool: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(PAYMENT_POOL, &IPaymentPool::takeBackCall { pool }, U256::ZERO).await
    }

    /// Announces that a pool of the signer's closes after the notice period.
    ///
    /// # Errors
    /// `NotPayer`, `WrongPhase`.
    pub async fn announce_close(&self, pool: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(PAYMENT_POOL, &IPaymentPool::announceCloseCall { pool }, U256::ZERO).await
    }

    /// Pays the signer all that is left of a pool that is closing.
    ///
    /// # Errors
    /// `WrongPhase`, `TooEarly`.
    pub async fn close(&self, pool: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(PAYMENT_POOL, &IPaymentPool::closeCall { pool }, U256::ZERO).await
    }

    /// Has a key or a contract owe in the payer's name. Limits that are there only grow.
    ///
    /// # Errors
    /// `NotPayer`, `WrongMandate`.
    pub async fn authorize(
        &self,
        pool: U256,
        session: Address,
        limits: SessionLimits,
    ) -> Result<TransactionReceipt, Error> {
        let SessionLimits { payee, cap, expiry } = limits;
        let mandate = Mandate { payee: payee.unwrap_or_default(), capGwei: gwei(cap)?, expiry };
        self.client.send(PAYMENT_POOL, &IPaymentPool::authorizeCall { pool, session, mandate }, U256::ZERO).await
    }

    /// Has a session expire after the notice period, if not before.
    ///
    /// # Errors
    /// `NotPayer`, `SessionUnknown`.
    pub async fn revoke(&self, pool: U256, session: Address) -> Result<TransactionReceipt, Error> {
        self.client.send(PAYMENT_POOL, &IPaymentPool::revokeCall { pool, session }, U256::ZERO).await
    }

    /// The signer's voucher for all that it owes in a pair so far, `total` wei: as the payer where the pair has no session, else as the session.
    /// Nothing is sent. Who keeps what it signed beyond earmarks within the free reserve is never overspent.
    ///
    /// # Errors
    /// [`Error::Missing`] without a signer; [`Error::Settings`] for 2^96 wei or more.
    pub fn sign(&self, pair: Pair, total: U256) -> Result<Voucher, Error> {
        let digest = pair.digest(self.client.chain_id(), total)?;
        Ok(Voucher::new(pair, total, &self.client.sign_hash(&digest)?))
    }

    /// Moves the credit of a rule's account to its recipients, by their shares in basis points. Anybody may.
    ///
    /// # Errors
    /// [`Error::Splits`] for what is no rule; [`Error::Credits`] where nothing is there.
    pub async fn distribute(&self, recipients: &[Address], shares: &[u16]) -> Result<TransactionReceipt, Error> {
        let call = ISplits::distributeCall { recipients: recipients.to_vec(), shares: shares.to_vec() };
        self.client.send(PAYMENT_POOL, &call, U256::ZERO).await
    }

    /// The account of a rule of 1 to 16 recipients, whose shares are 10,000 basis points together.
    ///
    /// # Errors
    /// [`Error::Splits`] for what is no rule.
    pub async fn split_of(&self, recipients: &[Address], shares: &[u16]) -> Result<Address, Error> {
        let call = ISplits::splitOfCall { recipients: recipients.to_vec(), shares: shares.to_vec() };
        self.client.call(PAYMENT_POOL, &call).await
    }

    /// Pools ever opened; their numbers are 1 to this.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn count(&self) -> Result<U256, Error> {
        self.client.call(PAYMENT_POOL, &IPaymentPool::poolCountCall {}).await
    }

    /// What is in a pool, and what becomes of it.
    ///
    /// # Errors
    /// `PoolUnknown`.
    pub async fn pool(&self, pool: U256) -> Result<Pool, Error> {
        self.client.call(PAYMENT_POOL, &IPaymentPool::poolOfCall { pool }).await
    }

    /// What was redeemed and withdrawn in a pair, and up to which total it is earmarked.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn pair(&self, pair: Pair) -> Result<IPaymentPool::Pair, Error> {
        let Pair { pool, session, payee } = pair;
        self.client.call(PAYMENT_POOL, &IPaymentPool::pairOfCall { pool, session, payee }).await
    }

    /// What was announced to be released of a pair; zeros for nothing.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn release_of(&self, pair: Pair) -> Result<Release, Error> {
        let Pair { pool, session, payee } = pair;
        self.client.call(PAYMENT_POOL, &IPaymentPool::releaseOfCall { pool, session, payee }).await
    }

    /// What a pair claims of a forfeited pool and was not awarded, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn claim_of(&self, pair: Pair) -> Result<U256, Error> {
        let Pair { pool, session, payee } = pair;
        self.client.call(PAYMENT_POOL, &IPaymentPool::claimOfCall { pool, session, payee }).await
    }

    /// What a session may do; zeros where there is none.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn mandate(&self, pool: U256, session: Address) -> Result<Mandate, Error> {
        self.client.call(PAYMENT_POOL, &IPaymentPool::mandateOfCall { pool, session }).await
    }

    /// What a session that pays anybody used of its cap, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn committed_by(&self, pool: U256, session: Address) -> Result<U256, Error> {
        self.client.call(PAYMENT_POOL, &IPaymentPool::committedByCall { pool, session }).await
    }

    /// The total up to which a payee should accept vouchers of a pair, wei: they are payable for a notice period from now, and while the session
    /// lasts.
    ///
    /// # Errors
    /// `PoolUnknown`.
    pub async fn guaranteed(&self, pair: Pair) -> Result<U256, Error> {
        let Pair { pool, session, payee } = pair;
        self.client.call(PAYMENT_POOL, &IPaymentPool::guaranteedCall { pool, session, payee }).await
    }

    /// What is signed, as the contract hashes it: [`Pair::digest`].
    ///
    /// # Errors
    /// [`Error::Settings`] for 2^96 wei or more.
    pub async fn digest_of(&self, pair: Pair, total: U256) -> Result<alloy::primitives::B256, Error> {
        let (Pair { pool, session, payee }, total) = (pair, voucher::wei(total)?);
        self.client.call(PAYMENT_POOL, &IPaymentPool::digestOfCall { pool, session, payee, total }).await
    }
}

fn u96(wei: U256) -> Result<U96, Error> {
    U96::try_from(voucher::wei(wei)?).map_err(|_| Error::Settings(format!("{wei} wei is more than a pool can hold")))
}

fn sum(reserve: U256, collateral: U256) -> Result<U256, Error> {
    let all = reserve.checked_add(collateral);
    all.ok_or_else(|| Error::Settings(format!("{reserve} and {collateral} wei are more than there is")))
}

fn gwei(wei: U256) -> Result<u64, Error> {
    let (whole, rest) = wei.div_rem(GWEI);
    let whole = u64::try_from(whole).ok().filter(|_| rest.is_zero());
    whole.ok_or_else(|| Error::Settings(format!("{wei} wei is not a number of gwei that a pool can hold")))
}

#[cfg(test)]
mod tests;
