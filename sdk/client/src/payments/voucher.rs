//! What a payer signs off chain. Pure.

use alloy::{
    primitives::{Address, B256, U256},
    signers::Signature,
    sol_types::{Eip712Domain, SolStruct, eip712_domain},
};
use edgeloom_bindings::{
    IPaymentPool::{self, Bundle, PairId},
    addresses::PAYMENT_POOL,
};
use serde::{Deserialize, Serialize};

use crate::Error;

/// Bits of a total, wei.
const TOTAL_BITS: usize = 96;

mod typed {
    alloy::sol! {
        /// What EIP-712 hashes, by these names.
        struct Voucher {
            uint256 pool;
            address session;
            address payee;
            uint128 total;
        }
    }
}

/// Who owes whom: what vouchers add up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair {
    /// The payer's pool.
    pub pool: U256,
    /// A key or a contract that owes in the payer's name; zero for the payer itself.
    pub session: Address,
    /// Who is paid.
    pub payee: Address,
}

/// All that is owed in a pair so far, signed. A later one has a higher total; the older ones are worth nothing more then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// Who owes whom.
    #[serde(flatten)]
    pub pair: Pair,
    /// Wei, below 2^96.
    pub total: U256,
    /// Of the signature.
    pub r: B256,
    /// Of the signature, as in EIP-2098.
    pub vs: B256,
}

impl Pair {
    /// Vouchers of a payer itself.
    #[must_use]
    pub const fn of_payer(pool: U256, payee: Address) -> Self {
        Self { pool, session: Address::ZERO, payee }
    }

    /// What is signed: `IPaymentPool.digestOf` on this chain.
    ///
    /// # Errors
    /// [`Error::Settings`] for a total of 2^96 wei or more.
    pub fn digest(&self, chain_id: u64, total: U256) -> Result<B256, Error> {
        let typed = typed::Voucher { pool: self.pool, session: self.session, payee: self.payee, total: wei(total)? };
        Ok(typed.eip712_signing_hash(&domain(chain_id)))
    }

    pub(crate) const fn id(&self) -> PairId {
        PairId { pool: self.pool, session: self.session, payee: self.payee }
    }
}

impl Voucher {
    /// With a signature of [`Pair::digest`].
    #[must_use]
    pub fn new(pair: Pair, total: U256, signature: &Signature) -> Self {
        let bytes = signature.as_erc2098();
        Self { pair, total, r: B256::from_slice(&bytes[..32]), vs: B256::from_slice(&bytes[32..]) }
    }

    /// Whose key signed it for a chain; `None` where nobody's did. Whether that is who owes, the pool says.
    #[must_use]
    pub fn signer(&self, chain_id: u64) -> Option<Address> {
        let digest = self.pair.digest(chain_id, self.total).ok()?;
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(self.r.as_slice());
        bytes[32..].copy_from_slice(self.vs.as_slice());
        Signature::from_erc2098(&bytes).recover_address_from_prehash(&digest).ok()
    }

    pub(crate) fn record(&self) -> Result<IPaymentPool::Voucher, Error> {
        let Self { pair, total, r, vs } = *self;
        Ok(IPaymentPool::Voucher { payee: pair.payee, total: wei(total)?, r, vs })
    }
}

/// The highest voucher of each pair, by pool and session in ascending order, and by payee in each: as the contract wants them.
pub(crate) fn bundles(vouchers: &[Voucher]) -> Result<Vec<Bundle>, Error> {
    let mut sorted = vouchers.to_vec();
    sorted.sort_by(|one, other| one.pair.cmp(&other.pair).then(other.total.cmp(&one.total)));
    sorted.dedup_by_key(|voucher| voucher.pair);
    let mut bundles: Vec<Bundle> = Vec::new();
    for voucher in sorted {
        let Pair { pool, session, .. } = voucher.pair;
        match bundles.last_mut() {
            Some(last) if (last.pool, last.session) == (pool, session) => last.vouchers.push(voucher.record()?),
            _ => bundles.push(Bundle { pool, session, vouchers: vec![voucher.record()?] }),
        }
    }
    Ok(bundles)
}

/// An amount that the pool can hold.
pub(crate) fn wei(amount: U256) -> Result<u128, Error> {
    let fits = amount.bit_len() <= TOTAL_BITS;
    let refused = || Error::Settings(format!("{amount} wei is more than a pool can hold"));
    u128::try_from(amount).ok().filter(|_| fits).ok_or_else(refused)
}

fn domain(chain_id: u64) -> Eip712Domain {
    eip712_domain! {
        name: "Edgeloom PaymentPool",
        version: "1",
        chain_id: chain_id,
        verifying_contract: PAYMENT_POOL,
    }
}
