//! The chain of one process: a state in memory, a queue of transactions, and blocks made of them by the node's own executor.

mod state;

use crate::dice::{Dice, Stream};
use alloy::{
    primitives::{Address, B64, B256, Bytes, Log, Signature, TxKind, U256, map::AddressMap, map::B256Map},
    sol_types::{Revert, SolCall, SolError},
};
use alloy_consensus::{
    Header, SignableTransaction, TxEip1559, TxEnvelope,
    constants::{EMPTY_OMMER_ROOT_HASH, EMPTY_WITHDRAWALS},
    transaction::Recovered,
};
use edgeloom_bindings::{
    ICheckpoints, ICommittee, IEdgeRewards, IEdgeStaking, IJobMarket, IRewards, IStakeBook, IStaking, ITheta, addresses,
};
use edgeloom_chain::next_base_fee;
use edgeloom_evm::{BlockEnvironment, Limits, Overrides, build, call};
use edgeloom_types::{Genesis, Included, next_mix};
use eyre::{Result, bail, ensure, eyre};
use revm::context::TxEnv;
pub(crate) use state::State;
use std::{collections::BTreeMap, sync::Arc};

/// Blocks of an epoch: the fewest whose rounds of capacity all lie in it (`Rounds`: four of 150 blocks).
pub(crate) const EPOCH_BLOCKS: u64 = 600;
/// An epoch is a day.
pub(crate) const BLOCK_SECONDS: u64 = 86_400 / EPOCH_BLOCKS;
/// Wei for each gas above the base fee.
const TIP: u128 = 100_000_000_000;
const BLOCK_BYTES: usize = 4 << 20;
const QUESTION_GAS: u64 = 1 << 40;

/// Who makes a block, and whose certificates it carries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seal {
    pub(crate) beneficiary: Address,
    pub(crate) certificate: Option<Included>,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) state: State,
    chain_id: u64,
    genesis_hash: B256,
    genesis_time: u64,
    head: Header,
    head_hash: B256,
    floor: u64,
    nonces: AddressMap<u64>,
    waiting: Vec<Arc<Recovered<TxEnvelope>>>,
    calls: B256Map<&'static str>,
    reveals: Dice,
    /// Headers of blocks, for whoever shows them.
    headers: BTreeMap<u64, Header>,
    /// Wei that left the supply as base fees.
    pub(crate) burned: U256,
    /// Gas of all transactions.
    pub(crate) gas: u64,
    /// Calls that reverted, with what they said.
    pub(crate) reverted: BTreeMap<String, u64>,
    pub(crate) transactions: u64,
}

impl World {
    /// At block 0. `floor` is the least base fee, wei.
    pub(crate) fn new(genesis: &Genesis, floor: u64, seed: u64) -> Result<Self> {
        // Nobody asks for the root of a state here, so none is computed, in no block.
        let block = genesis.block(B256::ZERO)?;
        let (head, head_hash) = (block.header().clone(), block.hash());
        let mut state = State::default();
        state.apply(genesis.delta());
        Ok(Self {
            state,
            chain_id: genesis.chain_id(),
            genesis_hash: head_hash,
            genesis_time: head.timestamp,
            head,
            head_hash,
            floor,
            nonces: AddressMap::default(),
            waiting: Vec::new(),
            calls: B256Map::default(),
            reveals: Dice::new(seed, Stream::Mix),
            headers: BTreeMap::new(),
            burned: U256::ZERO,
            gas: 0,
            reverted: BTreeMap::new(),
            transactions: 0,
        })
    }

    pub(crate) const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    pub(crate) const fn genesis_hash(&self) -> B256 {
        self.genesis_hash
    }

    /// Of the newest block.
    pub(crate) const fn number(&self) -> u64 {
        self.head.number
    }

    /// Unix seconds of the newest block.
    pub(crate) const fn time(&self) -> u64 {
        self.head.timestamp
    }

    pub(crate) const fn hash(&self) -> B256 {
        self.head_hash
    }

    /// Wei a gas, of the newest block.
    pub(crate) fn base_fee(&self) -> u64 {
        self.head.base_fee_per_gas.unwrap_or_default()
    }

    /// RLP of the header of a recent block.
    pub(crate) fn header(&self, number: u64) -> Result<Bytes> {
        let header = self.headers.get(&number).ok_or_else(|| eyre!("no header of block {number} is kept"))?;
        Ok(alloy_rlp::encode(header).into())
    }

    /// Queues a call, with `gas` at most, as if its sender had signed it.
    pub(crate) fn send<C: SolCall>(&mut self, sender: Address, to: Address, call: &C, gas: u64) {
        self.pay(sender, to, U256::ZERO, call, gas);
    }

    /// As [`Self::send`], with wei.
    pub(crate) fn pay<C: SolCall>(&mut self, sender: Address, to: Address, value: U256, call: &C, gas: u64) {
        let most = 4 * u128::from(self.floor.max(self.base_fee())) + TIP;
        let nonce = self.nonces.entry(sender).or_default();
        let transaction = TxEip1559 {
            chain_id: self.chain_id,
            nonce: *nonce,
            gas_limit: gas,
            max_fee_per_gas: most,
            max_priority_fee_per_gas: TIP,
            to: TxKind::Call(to),
            value,
            input: call.abi_encode().into(),
            ..Default::default()
        };
        *nonce += 1;
        // The executor takes the signer as recovered, so that no time goes into signing.
        let envelope = TxEnvelope::from(transaction.into_signed(Signature::test_signature()));
        self.calls.insert(*envelope.tx_hash(), C::SIGNATURE);
        self.waiting.push(Arc::new(Recovered::new_unchecked(envelope, sender)));
    }

    /// Makes the next block of what waits, and gives what its transactions logged.
    pub(crate) fn block(&mut self, seal: Seal) -> Result<Vec<Log>> {
        let environment = self.next(seal);
        let waiting = std::mem::take(&mut self.waiting);
        let limits = Limits { bytes: BLOCK_BYTES };
        let (chosen, rejected, executed) = build(&environment, &mut self.state, waiting.iter().cloned(), limits)?;
        if let Some(rejected) = rejected.first() {
            bail!("block {}: {} can never run: {}", environment.number, self.calls[&rejected.hash], rejected.reason);
        }
        if chosen.len() < waiting.len() {
            let ran: B256Map<()> = chosen.iter().map(|chosen| (*chosen.tx_hash(), ())).collect();
            self.waiting = waiting.into_iter().filter(|left| !ran.contains_key(left.tx_hash())).collect();
        }
        self.state.apply(executed.delta);
        self.burned += executed.burned;
        self.gas += executed.gas_used;
        self.transactions += chosen.len() as u64;
        self.seal(&environment, executed.gas_used, executed.logs_bloom);

        let mut logs = Vec::new();
        for (transaction, receipt) in chosen.iter().zip(&executed.receipts) {
            let call = self.calls.remove(transaction.tx_hash()).unwrap_or_default();
            if !receipt.status() {
                self.explain(call, transaction);
            }
            logs.extend_from_slice(receipt.logs());
        }
        Ok(logs)
    }

    /// Asks a contract, of the state after the newest block and in that block.
    pub(crate) fn ask<C: SolCall>(&mut self, to: Address, question: &C) -> Result<C::Return> {
        self.ask_as(Address::ZERO, to, question)
    }

    /// Wei of an account.
    pub(crate) fn balance(&self, address: Address) -> U256 {
        self.state.account(address).map_or(U256::ZERO, |account| account.balance)
    }

    fn ask_as<C: SolCall>(&mut self, caller: Address, to: Address, question: &C) -> Result<C::Return> {
        let data = question.abi_encode().into();
        let output = self.call(TxEnv { caller, kind: TxKind::Call(to), data, ..Default::default() })?;
        let output = output.map_err(|reason| eyre!("{} of {to}: {reason}", C::SIGNATURE))?;
        C::abi_decode_returns(&output).map_err(|error| eyre!("{} of {to}: {error}", C::SIGNATURE))
    }

    /// The output, or what was said in reverting.
    fn call(&mut self, transaction: TxEnv) -> Result<Result<Bytes, String>> {
        let environment = self.environment(Seal { beneficiary: self.head.beneficiary, certificate: None });
        let transaction = TxEnv { gas_limit: QUESTION_GAS, ..transaction };
        let result = call(&environment, &mut self.state, transaction, &Overrides::new())?;
        let succeeded = result.is_success();
        let output = result.output().cloned().unwrap_or_default();
        Ok(if succeeded { Ok(output) } else { Err(reason(&output)) })
    }

    /// Counts a revert with its reason, as the state after the block gives it.
    fn explain(&mut self, name: &'static str, transaction: &Recovered<TxEnvelope>) {
        use alloy_consensus::Transaction as _;
        let repeated = TxEnv {
            caller: transaction.signer(),
            kind: transaction.kind(),
            value: transaction.value(),
            data: transaction.input().clone(),
            ..Default::default()
        };
        let reason = match self.call(repeated) {
            Ok(Err(reason)) => reason,
            Ok(Ok(_)) => "only then".to_owned(),
            Err(error) => error.to_string(),
        };
        *self.reverted.entry(format!("{name}: {reason}")).or_default() += 1;
    }

    /// Of the newest block.
    fn environment(&self, seal: Seal) -> BlockEnvironment {
        BlockEnvironment {
            chain_id: self.chain_id,
            number: self.head.number,
            timestamp: self.head.timestamp,
            beneficiary: seal.beneficiary,
            gas_limit: self.head.gas_limit,
            base_fee: self.base_fee(),
            prevrandao: self.head.mix_hash,
            parent_hash: self.head.parent_hash,
            contracts_send: false,
            included: [seal.certificate, None, None, None],
        }
    }

    fn next(&mut self, seal: Seal) -> BlockEnvironment {
        let number = self.head.number + 1;
        // Nobody's signature, which nobody could have known either.
        let mut reveal = [0; 96];
        reveal.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.reveals.next().to_be_bytes()));
        BlockEnvironment {
            number,
            timestamp: self.genesis_time + number * BLOCK_SECONDS,
            base_fee: next_base_fee(&self.head, self.floor),
            prevrandao: next_mix(self.head.mix_hash, &reveal),
            parent_hash: self.head_hash,
            ..self.environment(seal)
        }
    }

    fn seal(&mut self, environment: &BlockEnvironment, gas_used: u64, logs_bloom: alloy::primitives::Bloom) {
        self.head = Header {
            parent_hash: environment.parent_hash,
            ommers_hash: EMPTY_OMMER_ROOT_HASH,
            beneficiary: environment.beneficiary,
            logs_bloom,
            nonce: B64::ZERO,
            number: environment.number,
            gas_limit: environment.gas_limit,
            gas_used,
            timestamp: environment.timestamp,
            mix_hash: environment.prevrandao,
            base_fee_per_gas: Some(environment.base_fee),
            withdrawals_root: Some(EMPTY_WITHDRAWALS),
            blob_gas_used: Some(0),
            excess_blob_gas: Some(0),
            parent_beacon_block_root: Some(B256::ZERO),
            requests_hash: Some(alloy::eips::eip7685::EMPTY_REQUESTS_HASH),
            ..Default::default()
        };
        self.head_hash = self.head.hash_slow();
        self.headers.insert(environment.number, self.head.clone());
        // EIP-2935's history is longer, and nobody here waits so long.
        if self.headers.len() as u64 > 2 * EPOCH_BLOCKS {
            self.headers.pop_first();
        }
    }
}

/// A revert's text or selector.
fn reason(output: &Bytes) -> String {
    match Revert::abi_decode(output) {
        Ok(revert) => revert.reason,
        Err(_) => output.first_chunk().map_or_else(|| "without a word".to_owned(), |selector| named(*selector)),
    }
}

/// The contracts' name of an error, or its selector.
fn named(selector: [u8; 4]) -> String {
    let names = [
        IStakeBook::IStakeBookErrors::name_by_selector,
        IStaking::IStakingErrors::name_by_selector,
        IEdgeStaking::IEdgeStakingErrors::name_by_selector,
        ICommittee::ICommitteeErrors::name_by_selector,
        IRewards::IRewardsErrors::name_by_selector,
        IEdgeRewards::IEdgeRewardsErrors::name_by_selector,
        ICheckpoints::ICheckpointsErrors::name_by_selector,
        IJobMarket::IJobMarketErrors::name_by_selector,
        ITheta::IThetaErrors::name_by_selector,
    ];
    let name = names.into_iter().find_map(|name| name(selector));
    name.map_or_else(|| Bytes::copy_from_slice(&selector).to_string(), str::to_owned)
}

/// Gas that calls of these kinds never reach.
pub(crate) const GAS: u64 = 600_000;
/// Most gas of a transaction.
pub(crate) const GAS_MAX: u64 = 1 << 24;

/// Fails unless the contracts of genesis are there.
pub(crate) fn check_founded(state: &State) -> Result<()> {
    for address in [addresses::STAKING, addresses::EPOCHS, addresses::EMISSION] {
        ensure!(state.account(address).is_some(), "genesis has no contract at {address}");
    }
    Ok(())
}
