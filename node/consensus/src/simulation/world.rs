//! A small chain: validators, funded accounts, signed transfers.

use crate::{Equivocations, ValidatorKeys, decide::Feed, network::Shared};
use alloy::{
    consensus::SignableTransaction as _,
    genesis::{ChainConfig, Genesis as GenesisFile, GenesisAccount},
    primitives::{Address, Bytes, TxKind, U256, keccak256},
    signers::{SignerSync as _, local::PrivateKeySigner},
    sol_types::SolCall,
};
use alloy_consensus::{TxEip1559, TxEnvelope, transaction::Recovered};
use edgeloom_bindings::{addresses::KEY_REGISTRY, predeploys};
use edgeloom_chain::{Chain, Founder, found};
use edgeloom_state::Store;
#[cfg(test)]
use edgeloom_txpool::Origin;
use edgeloom_txpool::{Limits, Pool};
use edgeloom_types::Genesis;
use parking_lot::Mutex;
use serde_json::json;
use std::{num::NonZeroU64, sync::Arc};

pub(crate) const CHAIN_ID: u64 = 31_337;
/// As much as the leader timeout below admits.
pub(crate) const GAS_LIMIT: u64 = 24_000_000;
const ACCOUNTS: u64 = 16;
const BENEFICIARY: Address = Address::repeat_byte(0xbe);

pub(crate) struct World {
    pub(crate) genesis: Arc<Genesis>,
    /// In order of seat.
    pub(crate) keys: Vec<ValidatorKeys>,
    pub(crate) accounts: Vec<PrivateKeySigner>,
}

/// What each of those with a stake has of it, wei.
pub(crate) fn stake() -> U256 {
    U256::from(1_000_000) * U256::from(10).pow(U256::from(18))
}

pub(crate) fn validator_keys(seed: u8) -> ValidatorKeys {
    ValidatorKeys::new(&[seed + 1; 32], &[seed + 1; 32]).expect("small scalars are keys")
}

impl World {
    /// `epoch_length` in blocks.
    #[cfg(test)]
    pub(crate) fn new(validators: u8, epoch_length: u64) -> Self {
        let (file, keys, accounts) = Self::file(validators, validators, epoch_length);
        Self { genesis: Arc::new(Genesis::new(file).expect("valid genesis")), keys, accounts }
    }

    /// All but one of `nodes` have stakes; the operator of each is the account of its number.
    pub(crate) fn staked(nodes: u8, epoch_length: u64) -> Self {
        let (file, keys, accounts) = Self::file(nodes, nodes - 1, epoch_length);
        let founders = keys.iter().zip(&accounts).take(usize::from(nodes) - 1).map(|(keys, account)| Founder {
            validator: keys.validator(BENEFICIARY),
            operator: account.address(),
            consent: keys.consent(CHAIN_ID, KEY_REGISTRY, account.address()),
            stake: stake(),
            commission: 0,
        });
        let file = found(file, accounts[usize::from(nodes)].address(), &founders.collect::<Vec<_>>(), &[]);
        let genesis = Genesis::new(file.expect("founders found")).expect("valid genesis");
        Self { genesis: Arc::new(genesis), keys, accounts }
    }

    /// The first `seated` of `nodes` are validators. THETA is with the account after those of the nodes.
    fn file(nodes: u8, seated: u8, epoch_length: u64) -> (GenesisFile, Vec<ValidatorKeys>, Vec<PrivateKeySigner>) {
        let mut keys: Vec<_> = (0..nodes).map(validator_keys).collect();
        keys.sort_by_key(ValidatorKeys::identity);
        let accounts: Vec<_> = (0..ACCOUNTS).map(account).collect();
        let validators: Vec<_> = keys.iter().take(seated.into()).map(|keys| keys.validator(BENEFICIARY)).collect();
        let mut config = ChainConfig { chain_id: CHAIN_ID, ..Default::default() };
        let parameters = json!({
            "blockTimeMs": 100, "heartbeatMs": 300, "leaderTimeoutMs": 800, "epochLength": epoch_length, "validators": validators,
        });
        config.extra_fields.insert_value("edgeloom".into(), parameters).expect("is JSON");
        let funded = GenesisAccount { balance: U256::from(10).pow(U256::from(24)), ..Default::default() };
        let funded = accounts.iter().map(|account| (account.address(), funded.clone()));
        let predeploys = predeploys(
            accounts[usize::from(nodes)].address(),
            NonZeroU64::new(epoch_length).expect("an epoch has blocks"),
        )
        .into_iter()
        .map(|predeploy| {
            let storage = Some(predeploy.storage);
            (
                predeploy.address,
                GenesisAccount { nonce: Some(1), code: Some(predeploy.code), storage, ..Default::default() },
            )
        });
        let alloc = funded.chain(predeploys).collect();
        let file = GenesisFile { config, gas_limit: GAS_LIMIT, alloc, ..Default::default() };
        (file, keys, accounts)
    }

    /// A node's own view of this chain over `store`.
    pub(crate) fn shared(&self, store: Store) -> Shared {
        let chain = Chain::open(store, self.genesis.clone()).expect("the store is ours");
        let pool = Pool::new(CHAIN_ID, chain.terms().next_base_fee(chain.tip().header()), Limits::default());
        let feed = Feed::new(chain.tip().height());
        Shared {
            chain: Arc::new(Mutex::new(chain)),
            pool: Arc::new(pool),
            feed,
            heard: Feed::default(),
            peers: Arc::default(),
            equivocations: Equivocations::default(),
        }
    }

    /// A transfer of one wei from an account to nobody in particular.
    pub(crate) fn transfer(&self, account: usize, nonce: u64) -> Arc<Recovered<TxEnvelope>> {
        self.transaction(account, nonce, Bytes::new())
    }

    /// The same with calldata, to make it large.
    pub(crate) fn transaction(&self, account: usize, nonce: u64, input: Bytes) -> Arc<Recovered<TxEnvelope>> {
        self.sign(account, nonce, (Address::repeat_byte(0xaa), U256::ONE), input)
    }

    /// A call of a contract of genesis.
    pub(crate) fn call(
        &self,
        account: usize,
        nonce: u64,
        to: Address,
        call: &impl SolCall,
    ) -> Arc<Recovered<TxEnvelope>> {
        self.sign(account, nonce, (to, U256::ZERO), call.abi_encode().into())
    }

    fn sign(
        &self,
        account: usize,
        nonce: u64,
        (to, value): (Address, U256),
        input: Bytes,
    ) -> Arc<Recovered<TxEnvelope>> {
        let signer = &self.accounts[account];
        let gas_limit = if value.is_zero() { 2_000_000 } else { 21_000 + 40 * input.len() as u64 };
        let transaction = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce,
            gas_limit,
            max_fee_per_gas: 10_000_000_000,
            max_priority_fee_per_gas: 1_000_000_000,
            to: TxKind::Call(to),
            value,
            access_list: Default::default(),
            input,
        };
        let signature = signer.sign_hash_sync(&transaction.signature_hash()).expect("local signer");
        let envelope = TxEnvelope::from(transaction.into_signed(signature));
        Arc::new(Recovered::new_unchecked(envelope, signer.address()))
    }
}

fn account(index: u64) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&keccak256(index.to_be_bytes())).expect("a hash is a key")
}

/// As the RPC admits what a user sends.
#[cfg(test)]
pub(crate) fn submit(shared: &Shared, transaction: Arc<Recovered<TxEnvelope>>) {
    let chain = shared.chain.lock();
    let account = chain.store().view().account(transaction.signer()).expect("readable").expect("funded");
    drop(chain);
    shared.pool.admit(transaction, Origin::Local, account, GAS_LIMIT).expect("admissible");
}
