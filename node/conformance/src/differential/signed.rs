//! Random transactions, signed.

use super::dice::Dice;
use alloy::{
    eips::{
        eip2718::Encodable2718,
        eip2930::{AccessList, AccessListItem},
        eip7702::{Authorization, SignedAuthorization},
    },
    primitives::{Address, B256, Bytes, Signature, TxKind, U256},
    signers::{SignerSync, local::PrivateKeySigner},
};
use alloy_consensus::{
    SignableTransaction, Signed, TxEip1559, TxEip2930, TxEip4844, TxEip4844Variant, TxEip7702, TxEnvelope, TxLegacy,
};

/// What a random transaction has whatever its type is.
pub(super) struct Draft {
    pub(super) kind: TxKind,
    pub(super) input: Bytes,
    pub(super) nonce: u64,
    pub(super) gas_limit: u64,
    pub(super) value: U256,
    pub(super) base_fee: u64,
    /// Whom access lists and authorizations may name.
    pub(super) targets: Vec<Address>,
}

/// The key that is `seed` in each byte.
pub(super) fn signer(seed: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(seed)).expect("a small scalar is a key")
}

impl Draft {
    /// Signed by `sender`. `authorities` sign authorizations; their nonces are as given. Only legacy transactions name
    /// another chain: the specification takes typed ones of any.
    pub(super) fn sign(self, dice: &mut Dice, sender: &PrivateKeySigner, authorities: &[(u8, u64)]) -> Bytes {
        let call = match self.kind {
            TxKind::Call(to) => Some(to),
            TxKind::Create => None,
        };
        match (dice.below(6), call) {
            (0, _) => seal(sender, self.legacy(dice)),
            (1, _) => seal(sender, self.with_access_list(dice)),
            (2, Some(to)) => {
                let blobs: TxEip4844Variant = self.with_blobs(dice, to).into();
                seal(sender, blobs)
            }
            (3 | 4, Some(to)) => seal(sender, self.with_authorizations(dice, to, authorities)),
            _ => seal(sender, self.dynamic(dice)),
        }
    }

    /// The most per gas, and the tip: seldom too little, seldom the wrong way around.
    fn fees(&self, dice: &mut Dice) -> (u128, u128) {
        let most = if dice.chance(2) { self.base_fee.saturating_sub(1) } else { self.base_fee + dice.below(40) };
        let tip = if dice.chance(2) { most + 1 } else { dice.below(most + 1) };
        (most.into(), tip.into())
    }

    fn access_list(&self, dice: &mut Dice) -> AccessList {
        let items = (0..dice.below(4)).map(|_| AccessListItem {
            address: dice.pick(&self.targets),
            storage_keys: (0..dice.below(4)).map(|_| U256::from(dice.below(6)).into()).collect(),
        });
        AccessList(items.collect())
    }

    fn legacy(self, dice: &mut Dice) -> TxLegacy {
        let (gas_price, _) = self.fees(dice);
        let chain_id = dice.pick(&[None, Some(1), Some(1), Some(1), Some(1), Some(2)]);
        let Self { kind: to, input, nonce, gas_limit, value, .. } = self;
        TxLegacy { chain_id, nonce, gas_price, gas_limit, to, value, input }
    }

    fn with_access_list(self, dice: &mut Dice) -> TxEip2930 {
        let ((gas_price, _), access_list) = (self.fees(dice), self.access_list(dice));
        let Self { kind: to, input, nonce, gas_limit, value, .. } = self;
        TxEip2930 { chain_id: 1, nonce, gas_price, gas_limit, to, value, access_list, input }
    }

    fn dynamic(self, dice: &mut Dice) -> TxEip1559 {
        let ((max_fee_per_gas, max_priority_fee_per_gas), access_list) = (self.fees(dice), self.access_list(dice));
        let Self { kind: to, input, nonce, gas_limit, value, .. } = self;
        TxEip1559 {
            chain_id: 1,
            nonce,
            gas_limit,
            max_fee_per_gas,
            max_priority_fee_per_gas,
            to,
            value,
            access_list,
            input,
        }
    }

    fn with_blobs(self, dice: &mut Dice, to: Address) -> TxEip4844 {
        let ((max_fee_per_gas, max_priority_fee_per_gas), access_list) = (self.fees(dice), self.access_list(dice));
        let blobs = if dice.chance(4) { dice.below(12) } else { dice.between(1, 3) };
        let blob_versioned_hashes = (0..blobs).map(|_| {
            let version = if dice.chance(2) { 2 } else { 1 };
            let mut hash = B256::from_slice(&dice.bytes(32));
            hash[0] = version;
            hash
        });
        let blob_versioned_hashes = blob_versioned_hashes.collect();
        let max_fee_per_blob_gas = dice.below(20).into();
        let Self { input, nonce, gas_limit, value, .. } = self;
        TxEip4844 {
            chain_id: 1,
            nonce,
            gas_limit,
            max_fee_per_gas,
            max_priority_fee_per_gas,
            to,
            value,
            access_list,
            blob_versioned_hashes,
            max_fee_per_blob_gas,
            input,
        }
    }

    fn with_authorizations(self, dice: &mut Dice, to: Address, authorities: &[(u8, u64)]) -> TxEip7702 {
        let ((max_fee_per_gas, max_priority_fee_per_gas), access_list) = (self.fees(dice), self.access_list(dice));
        let count = if dice.chance(2) { 0 } else { dice.between(1, 4) };
        let authorization_list = (0..count).map(|_| self.authorization(dice, authorities)).collect();
        let Self { input, nonce, gas_limit, value, .. } = self;
        TxEip7702 {
            chain_id: 1,
            nonce,
            gas_limit,
            max_fee_per_gas,
            max_priority_fee_per_gas,
            to,
            value,
            access_list,
            authorization_list,
            input,
        }
    }

    /// Most are right; the rest are for another chain or nonce, or badly signed.
    fn authorization(&self, dice: &mut Dice, authorities: &[(u8, u64)]) -> SignedAuthorization {
        let (seed, nonce) = dice.pick(authorities);
        let chain_id = U256::from(dice.pick(&[0, 1, 1, 1, 1, 2]));
        let address = if dice.chance(10) { Address::ZERO } else { dice.pick(&self.targets) };
        let nonce = match dice.below(8) {
            0 => nonce.wrapping_add(1),
            1 => dice.pick(&[0, u64::MAX]),
            _ => nonce,
        };
        let authorization = Authorization { chain_id, address, nonce };
        let hash = authorization.signature_hash();
        let signature = signer(seed).sign_hash_sync(&hash).expect("a local key signs");
        if dice.chance(90) {
            return authorization.into_signed(signature);
        }
        let parity = dice.pick(&[0, 1, 27, 255]);
        let s = if dice.chance(50) { U256::MAX - signature.s() } else { dice.word() };
        SignedAuthorization::new_unchecked(authorization, parity, signature.r(), s)
    }
}

fn seal<T: SignableTransaction<Signature>>(sender: &PrivateKeySigner, transaction: T) -> Bytes
where
    TxEnvelope: From<Signed<T>>,
{
    let signature = sender.sign_hash_sync(&transaction.signature_hash()).expect("a local key signs");
    TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into()
}
