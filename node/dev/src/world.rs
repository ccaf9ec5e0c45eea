//! A small chain for the tests of this crate: one validator, funded accounts, signed transfers.

use crate::{Config, Mode, Parts, Solo};
use alloy::{
    consensus::SignableTransaction as _,
    genesis::{ChainConfig, Genesis as GenesisFile, GenesisAccount},
    primitives::{Address, B256, Bytes, TxKind, U256, keccak256},
    signers::{SignerSync as _, local::PrivateKeySigner},
};
use alloy_consensus::{TxEip1559, TxEnvelope, transaction::Recovered};
use edgeloom_bindings::{addresses, predeploys};
use edgeloom_bls::SecretKey;
use edgeloom_chain::{Chain, next_base_fee};
use edgeloom_state::{Store, StoreError};
use edgeloom_txpool::{Limits, Origin, Pool};
use edgeloom_types::{Genesis, Validator};
use parking_lot::Mutex;
use serde_json::json;
use std::{num::NonZeroU64, path::Path, sync::Arc, time::Duration};
use tokio::sync::watch;

pub(crate) const CHAIN_ID: u64 = 31_337;
/// As much as the leader timeout below admits.
const GAS_LIMIT: u64 = 24_000_000;
const ACCOUNTS: u64 = 8;
const EPOCH_LENGTH: NonZeroU64 = NonZeroU64::new(100).expect("not zero");

const IDENTITY: B256 = B256::with_last_byte(1);

pub(crate) struct World {
    pub(crate) genesis: Arc<Genesis>,
    pub(crate) accounts: Vec<PrivateKeySigner>,
}

/// Opens a store whose sealing thread may be about to end.
pub(crate) fn reopen(path: &Path) -> Store {
    loop {
        match Store::open(path) {
            Err(StoreError::Locked(_)) => std::thread::yield_now(),
            opened => return opened.expect("ours"),
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let accounts: Vec<_> = (0..ACCOUNTS).map(account).collect();
        let key = voting_key();
        let validators = [Validator {
            identity: IDENTITY,
            voting_key: key.public_key().to_bytes().into(),
            possession: key.prove_possession().to_bytes().into(),
            beneficiary: Address::repeat_byte(0xbe),
        }];
        let mut config = ChainConfig { chain_id: CHAIN_ID, ..Default::default() };
        let parameters = json!({
            "blockTimeMs": 100, "heartbeatMs": 300, "leaderTimeoutMs": 800, "epochLength": EPOCH_LENGTH, "validators": validators,
        });
        config.extra_fields.insert_value("edgeloom".into(), parameters).expect("is JSON");
        let funded = GenesisAccount { balance: U256::from(10).pow(U256::from(24)), ..Default::default() };
        let funded = accounts.iter().map(|account| (account.address(), funded.clone()));
        let predeploys = predeploys(Address::ZERO, EPOCH_LENGTH).into_iter().map(|predeploy| {
            let storage = Some(predeploy.storage);
            (
                predeploy.address,
                GenesisAccount { nonce: Some(1), code: Some(predeploy.code), storage, ..Default::default() },
            )
        });
        let alloc = funded.chain(predeploys).collect();
        let file = GenesisFile { config, gas_limit: GAS_LIMIT, alloc, ..Default::default() };
        Self { genesis: Arc::new(Genesis::new(file).expect("valid genesis")), accounts }
    }

    pub(crate) fn parts(&self, store: Store) -> Parts {
        let chain = Chain::open(store, self.genesis.clone()).expect("the store is ours");
        let pool = Pool::new(CHAIN_ID, next_base_fee(chain.tip().header(), 0), Limits::default());
        let feed = watch::Sender::new(chain.tip().height());
        Parts { chain: Arc::new(Mutex::new(chain)), pool: Arc::new(pool), feed }
    }

    pub(crate) fn config(&self, interval: Option<Duration>) -> Config {
        let mode = Mode { automine: interval.is_none(), interval };
        Config {
            genesis: self.genesis.clone(),
            identity: IDENTITY,
            voting: voting_key().to_bytes().into(),
            mode,
            console: None,
        }
    }

    pub(crate) fn start(&self, store: Store, interval: Option<Duration>) -> (Solo, Parts) {
        let parts = self.parts(store);
        (Solo::start(self.config(interval), parts.clone()).expect("starts"), parts)
    }

    /// One of genesis.
    pub(crate) fn contract(&self) -> Address {
        addresses::THETA
    }

    /// A transfer of one wei from an account to nobody in particular.
    pub(crate) fn transfer(&self, account: usize, nonce: u64) -> Arc<Recovered<TxEnvelope>> {
        self.transaction(account, nonce, Bytes::new())
    }

    /// The same with calldata, to make it large.
    pub(crate) fn transaction(&self, account: usize, nonce: u64, input: Bytes) -> Arc<Recovered<TxEnvelope>> {
        let signer = &self.accounts[account];
        let gas_limit = 21_000 + 40 * input.len() as u64;
        let transaction = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce,
            gas_limit,
            max_fee_per_gas: 10_000_000_000,
            max_priority_fee_per_gas: 1_000_000_000,
            to: TxKind::Call(Address::repeat_byte(0xaa)),
            value: U256::ONE,
            access_list: Default::default(),
            input,
        };
        let signature = signer.sign_hash_sync(&transaction.signature_hash()).expect("local signer");
        let envelope = TxEnvelope::from(transaction.into_signed(signature));
        Arc::new(Recovered::new_unchecked(envelope, signer.address()))
    }
}

fn voting_key() -> SecretKey {
    SecretKey::from_seed(&[1; 32]).expect("32 bytes are enough")
}

fn account(index: u64) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&keccak256(index.to_be_bytes())).expect("a hash is a key")
}

/// As the RPC admits what a user sends.
pub(crate) fn submit(parts: &Parts, transaction: Arc<Recovered<TxEnvelope>>) {
    let chain = parts.chain.lock();
    let account = chain.store().view().account(transaction.signer()).expect("readable").expect("funded");
    drop(chain);
    parts.pool.admit(transaction, Origin::Local, account, GAS_LIMIT).expect("admissible");
}
