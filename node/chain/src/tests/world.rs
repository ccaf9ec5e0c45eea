//! Four validators, four funded accounts, the predeploys, and whoever may propose does.

use crate::{Chain, ChainError, Decided, Founder, Proposal, found};
use alloy::{
    genesis::{ChainConfig, Genesis as GenesisFile, GenesisAccount},
    primitives::{Address, B256, Bytes, Signature, TxKind, U256},
    signers::{SignerSync, local::PrivateKeySigner},
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope, transaction::Recovered};
use edgeloom_bindings::{addresses::KEY_REGISTRY, predeploys};
use edgeloom_bls::{Domain, SecretKey, aggregate_signatures};
use edgeloom_state::Store;
use edgeloom_types::{Epoch, Genesis, Height, Namespace, SealedBlock, VoteKind, reveal_message};
use serde_json::json;
use std::{num::NonZeroU64, sync::Arc};

pub(crate) const CHAIN_ID: u64 = 31_337;
pub(crate) const EPOCH_LENGTH: u64 = 100;
pub(crate) const SEATS: u8 = 4;
/// Holds the THETA that nobody staked.
pub(crate) const TREASURY: Address = Address::ZERO;
pub(crate) type Transaction = Arc<Recovered<TxEnvelope>>;

pub(crate) struct World {
    pub(crate) genesis: Arc<Genesis>,
}

pub(crate) fn voting_key(seat: u8) -> SecretKey {
    SecretKey::from_seed(&[seat + 1; 32]).expect("32 bytes are enough")
}

/// A point of ed25519: y = 1, 3, 4, 5 and 6 are on the curve. Higher seats are nobody's.
pub(crate) fn identity(seat: u8) -> B256 {
    let mut bytes = B256::ZERO;
    bytes[0] = [1, 3, 4, 5, 6].get(usize::from(seat)).copied().unwrap_or(seat);
    bytes
}

pub(crate) fn beneficiary(seat: u8) -> Address {
    Address::repeat_byte(0xb0 + seat)
}

/// Wei.
pub(crate) fn theta(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

pub(crate) fn signer(seed: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(seed)).expect("a small scalar is a key")
}

pub(crate) fn sign(seed: u8, transaction: TxEip1559) -> Transaction {
    let signature: Signature = signer(seed).sign_hash_sync(&transaction.signature_hash()).expect("a local key signs");
    Arc::new(Recovered::new_unchecked(transaction.into_signed(signature).into(), signer(seed).address()))
}

pub(crate) fn call(nonce: u64, to: TxKind) -> TxEip1559 {
    let (max_fee_per_gas, max_priority_fee_per_gas) = (3_000_000_000, 5);
    let base = TxEip1559 { chain_id: CHAIN_ID, nonce, to, gas_limit: 500_000, ..Default::default() };
    TxEip1559 { max_fee_per_gas, max_priority_fee_per_gas, ..base }
}

pub(crate) fn transfer(seed: u8, nonce: u64, value: u64) -> Transaction {
    let to = TxKind::Call(Address::repeat_byte(0x70));
    sign(seed, TxEip1559 { value: U256::from(value), gas_limit: 21_000, ..call(nonce, to) })
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_alloc(|alloc| alloc)
    }

    pub(crate) fn with_alloc(
        change: impl Fn(Vec<(Address, GenesisAccount)>) -> Vec<(Address, GenesisAccount)>,
    ) -> Self {
        Self { genesis: Arc::new(Genesis::new(Self::file(SEATS, EPOCH_LENGTH, change)).expect("valid genesis")) }
    }

    /// There are `seats` validators, without stakes.
    pub(crate) fn bare(seats: u8, epoch_length: u64) -> Self {
        let file = Self::file(seats, epoch_length, |alloc| alloc);
        Self { genesis: Arc::new(Genesis::new(file).expect("valid genesis")) }
    }

    /// There are `seats` validators, who have stakes, and operators that sign: seeds from 1 on. [`TREASURY`] has the rest.
    pub(crate) fn staked(
        seats: u8,
        epoch_length: u64,
        change: impl Fn(Vec<(Address, GenesisAccount)>) -> Vec<(Address, GenesisAccount)>,
    ) -> Self {
        let genesis = Genesis::new(Self::file(seats, epoch_length, change)).expect("valid genesis");
        let founders = Self::founders(&genesis, theta(1_000_000));
        let file = found(genesis.file().clone(), TREASURY, &founders, &[]).expect("founders found");
        Self { genesis: Arc::new(Genesis::new(file).expect("valid genesis")) }
    }

    /// The validators of `genesis`, in the order of their seats.
    pub(crate) fn founders(genesis: &Genesis, stake: U256) -> Vec<Founder> {
        let founders = (0..).zip(&genesis.config().validators).map(|(seat, validator)| {
            let operator = signer(seat + 1).address();
            let consent = Domain::consent(CHAIN_ID, KEY_REGISTRY.into_array(), operator.into_array());
            let consent = voting_key(seat).sign(&consent).to_bytes().into();
            Founder { validator: validator.clone(), operator, consent, stake, commission: 0 }
        });
        founders.collect()
    }

    fn file(
        seats: u8,
        epoch_length: u64,
        change: impl Fn(Vec<(Address, GenesisAccount)>) -> Vec<(Address, GenesisAccount)>,
    ) -> GenesisFile {
        let validators: Vec<_> = (0..seats)
            .map(|seat| {
                let key = voting_key(seat);
                json!({
                    "identity": identity(seat),
                    "votingKey": Bytes::from(key.public_key().to_bytes().to_vec()),
                    "possession": Bytes::from(key.prove_possession().to_bytes().to_vec()),
                    "beneficiary": beneficiary(seat),
                })
            })
            .collect();
        let mut config = ChainConfig { chain_id: CHAIN_ID, ..Default::default() };
        let parameters = json!({ "epochLength": epoch_length, "validators": validators });
        config.extra_fields.insert_value("edgeloom".into(), parameters).expect("is JSON");
        let funded = GenesisAccount { balance: U256::from(10).pow(U256::from(20)), ..Default::default() };
        let mut alloc: Vec<_> = (1..=seats.max(4)).map(|seed| (signer(seed).address(), funded.clone())).collect();
        alloc.extend(predeploys(TREASURY, NonZeroU64::new(epoch_length).expect("not zero")).into_iter().map(
            |predeploy| {
                let storage = Some(predeploy.storage);
                let account =
                    GenesisAccount { nonce: Some(1), code: Some(predeploy.code), storage, ..Default::default() };
                (predeploy.address, account)
            },
        ));
        let alloc = change(alloc).into_iter().collect();
        GenesisFile { config, gas_limit: 30_000_000, timestamp: 1_800_000_000, alloc, ..Default::default() }
    }

    pub(crate) fn chain(&self) -> Chain {
        self.open(Store::memory())
    }

    pub(crate) fn open(&self, store: Store) -> Chain {
        Chain::open(store, self.genesis.clone()).expect("the store is ours")
    }

    /// What `seat` brings to a child of `parent`, a second later.
    pub(crate) fn proposal(&self, chain: &Chain, parent: &SealedBlock, seat: u8) -> Proposal {
        let height = parent.height().next();
        let epoch = Epoch::containing(height, self.genesis.config().epoch_length);
        Proposal {
            parent: parent.hash(),
            timestamp_ms: parent.timestamp_ms() + 1000,
            beneficiary: beneficiary(seat),
            context: (epoch.get(), height.get(), height.get() - 1),
            leader: identity(seat),
            reveal: voting_key(seat).sign(&reveal_message(chain.genesis_hash(), epoch, height)).to_bytes(),
            certificates: Vec::new(),
        }
    }

    pub(crate) fn propose(
        &self,
        chain: &mut Chain,
        parent: &SealedBlock,
        seat: u8,
        transactions: &[Transaction],
    ) -> Arc<SealedBlock> {
        let proposal = self.proposal(chain, parent, seat);
        let (block, rejected) = chain.propose(proposal, transactions.iter().cloned()).expect("proposes");
        assert!(rejected.is_empty(), "{rejected:?}");
        block
    }

    /// Proposes on the tip and makes the block final.
    pub(crate) fn extend(&self, chain: &mut Chain, transactions: &[Transaction]) -> Arc<Decided> {
        let tip = chain.tip().clone();
        let block = self.propose(chain, &tip, 0, transactions);
        chain.finalize(&block, None).expect("finalizes").expect("new")
    }
}

/// A finalization certificate of `block` by `signers`, as the engine encodes it; views are small.
pub(crate) fn certificate(chain: &Chain, block: &SealedBlock, signers: &[u8]) -> Bytes {
    certificate_of_seats(chain, block, SEATS, signers)
}

/// As [`certificate`], where `seats` of them are elected.
pub(crate) fn certificate_of_seats(chain: &Chain, block: &SealedBlock, seats: u8, signers: &[u8]) -> Bytes {
    let record = block.consensus();
    let small = |number: u64| u8::try_from(number % 100).expect("below 100");
    let mut bytes = vec![small(record.epoch), small(record.view), small(record.parent_view)];
    bytes.extend(block.hash());
    let message = Namespace::new(chain.genesis_hash(), Epoch::new(record.epoch)).message(VoteKind::Finalize, &bytes);
    let signatures: Vec<_> = signers.iter().map(|seat| voting_key(*seat).sign(&message)).collect();
    bytes.extend(u64::from(seats).to_be_bytes());
    bytes.push(signers.iter().fold(0, |bits, seat| bits | 1 << seat));
    bytes.extend(aggregate_signatures(&signatures).expect("not empty").to_bytes());
    bytes.into()
}

/// Every wei is in an account or was burned.
pub(crate) fn assert_conserved(world: &World, chain: &Chain) {
    let (height, balances) = chain.store().scan_supply().expect("scans");
    let burned = chain.store().burned(Height::new(height.get())).expect("committed");
    assert_eq!(balances + burned, world.genesis.supply());
}

pub(crate) fn invalid(result: Result<(), ChainError>) -> crate::Invalid {
    match result {
        Err(ChainError::Invalid(invalid)) => invalid,
        other => panic!("expected a verdict, got {other:?}"),
    }
}
