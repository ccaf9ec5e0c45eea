//! `eth_simulateV1`: blocks that nobody proposed, each with transactions that nobody signed, one after the other.
//!
//! Rules (execution-apis):
//! * S1 Heights and seconds grow from block to block; heights that are left out are empty blocks. 256 blocks at most.
//! * S2 A transaction has what gas its block has left, unless it says; a block has what its parent had, unless overridden.
//!   All together have [`BLOCKS_GAS`] times what a block of the chain has.
//! * S3 Who sends must own what is sent. With `validation` nonces, fees and signers are checked as in a block that exists;
//!   without it the base fee is zero unless overridden.
//! * S4 A transaction that cannot start fails the whole question, one that reverts or halts does not.
//! * S5 A block's hash covers what it did, so later blocks and `BLOCKHASH` see it. No trie is built: its state root is zero.

mod call;
mod outcome;

use crate::{error::Fault, node::Context, overrides};
use alloy::{
    eips::BlockId,
    primitives::{Address, U256, map::HashSet},
    rpc::types::{
        BlockOverrides, TransactionRequest,
        simulate::{MAX_SIMULATE_BLOCKS, SimBlock, SimulatePayload, SimulatedBlock},
        state::StateOverride,
    },
};
use alloy_consensus::{Header, transaction::Recovered};
use edgeloom_chain::{StateDb, next_base_fee};
use edgeloom_evm::{BlockEnvironment, CallError, Overlay, Scene, Simulation, Transfers};
use edgeloom_txpool::TRANSACTION_GAS_MAX;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use outcome::Draft;
use std::sync::Arc;

/// Gas of all transactions of a simulation, in blocks of the chain.
const BLOCKS_GAS: u64 = 4;

/// Seconds between blocks that do not say when they are.
const SECONDS: u64 = 1;

#[rpc(server, namespace = "eth")]
pub(crate) trait SimulateApi {
    /// What blocks of these calls would do after a block: 256 at most.
    #[method(name = "simulateV1")]
    fn simulate_v1(&self, payload: SimulatePayload, block: Option<BlockId>) -> RpcResult<Vec<SimulatedBlock>>;
}

#[derive(Debug)]
pub(crate) struct Simulate {
    context: Arc<Context>,
}

impl Simulate {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

impl SimulateApiServer for Simulate {
    fn simulate_v1(&self, payload: SimulatePayload, block: Option<BlockId>) -> RpcResult<Vec<SimulatedBlock>> {
        Ok(self.context.simulate(payload, block)?)
    }
}

/// Codes of execution-apis.
mod code {
    pub(super) const NONCE_LOW: i32 = -38010;
    pub(super) const NONCE_HIGH: i32 = -38011;
    pub(super) const BASE_FEE: i32 = -38012;
    pub(super) const INTRINSIC_GAS: i32 = -38013;
    pub(super) const FUNDS: i32 = -38014;
    pub(super) const BLOCK_GAS: i32 = -38015;
    pub(super) const NUMBER: i32 = -38020;
    pub(super) const TIMESTAMP: i32 = -38021;
    pub(super) const MOVE_SELF: i32 = -38022;
    pub(super) const MOVE_TWICE: i32 = -38023;
    pub(super) const SENDER: i32 = -38024;
    pub(super) const INITCODE: i32 = -38025;
    pub(super) const LIMIT: i32 = -38026;
    pub(super) const HALT: i32 = -32015;
}

const fn fault(code: i32, reason: String) -> Fault {
    Fault::Simulation { code, reason }
}

impl Context {
    pub(crate) fn simulate(&self, payload: SimulatePayload, id: Option<BlockId>) -> Result<Vec<SimulatedBlock>, Fault> {
        let (base, database) = match self.pending_at(id)? {
            Some(pending) => (pending.record.block.header().clone(), pending.state.clone()),
            None => {
                let height = self.state_height(id)?;
                (self.header(height)?, self.database(height)?)
            }
        };
        let SimulatePayload { block_state_calls, trace_transfers, validation, return_full_transactions } = payload;
        let blocks = line_up(&base, block_state_calls)?;
        let mut run = Run {
            chain_id: self.chain_id(),
            trace_transfers,
            validation,
            full: return_full_transactions,
            gas_left: base.gas_limit.saturating_mul(BLOCKS_GAS),
            bytes_left: outcome::BYTES_MAX,
            base_fee_floor: self.terms.of_block(edgeloom_types::Height::new(base.number).next()).rules.base_fee_floor,
            parent: base,
        };
        let mut state = Overlay::new(database);
        let mut out = Vec::new();
        for block in blocks {
            let (simulated, after) = run.block(block, state)?;
            out.push(simulated);
            state = after;
        }
        Ok(out)
    }
}

/// S1: the blocks with their heights and times, and the empty ones between.
fn line_up(base: &Header, asked: Vec<SimBlock>) -> Result<Vec<SimBlock>, Fault> {
    if asked.is_empty() {
        return Err(Fault::Params("empty input: no blocks to simulate".into()));
    }
    let many = || fault(code::LIMIT, format!("too many blocks: at most {MAX_SIMULATE_BLOCKS} above {}", base.number));
    let (mut out, mut height, mut time) = (Vec::new(), base.number, base.timestamp);
    for mut block in asked {
        let mut overrides = block.block_overrides.take().unwrap_or_default();
        let wanted = overrides.number.unwrap_or_else(|| U256::from(height) + U256::from(1));
        if wanted <= U256::from(height) {
            return Err(fault(code::NUMBER, format!("block numbers must be in order: {wanted} <= {height}")));
        }
        let wanted = u64::try_from(wanted).ok().filter(|wanted| wanted - base.number <= MAX_SIMULATE_BLOCKS);
        let wanted = wanted.ok_or_else(many)?;
        for between in height + 1..wanted {
            time = time.saturating_add(SECONDS);
            out.push(SimBlock::default().with_block_overrides(at(BlockOverrides::default(), between, time)));
        }
        let when = overrides.time.unwrap_or(time.saturating_add(SECONDS));
        if when <= time {
            return Err(fault(code::TIMESTAMP, format!("block timestamps must be in order: {when} <= {time}")));
        }
        (height, time) = (wanted, when);
        overrides = at(overrides, height, time);
        out.push(block.with_block_overrides(overrides));
    }
    Ok(out)
}

fn at(overrides: BlockOverrides, number: u64, time: u64) -> BlockOverrides {
    BlockOverrides { number: Some(U256::from(number)), time: Some(time), ..overrides }
}

/// A simulation in progress.
struct Run {
    chain_id: u64,
    trace_transfers: bool,
    validation: bool,
    full: bool,
    gas_left: u64,
    bytes_left: usize,
    parent: Header,
    /// Wei per gas.
    base_fee_floor: u64,
}

impl Run {
    fn block(&mut self, block: SimBlock, state: Overlay<StateDb>) -> Result<(SimulatedBlock, Overlay<StateDb>), Fault> {
        let environment = self.environment(block.block_overrides.unwrap_or_default())?;
        let (accounts, moves) = moves(block.state_overrides.unwrap_or_default())?;
        let overrides = overrides::state(accounts)?;
        let scene = Scene { environment: &environment, overrides: &overrides, moves: &moves, strict: self.validation };
        let mut simulation = Simulation::begin(scene, state, Transfers::new(self.trace_transfers)).map_err(broken)?;
        let mut draft = Draft::default();
        for request in block.calls {
            let gas_left = environment.gas_limit - draft.gas_used;
            let (transaction, from) = self.transaction(request, gas_left, &mut simulation)?;
            let result = simulation.run(Recovered::new_unchecked(&transaction, from)).map_err(call::refusal)?;
            self.gas_left -= result.tx_gas_used();
            let bytes = draft.push(transaction, from, result);
            let crowded = || fault(code::LIMIT, "the answer would be too large: simulate less at once".into());
            self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or_else(crowded)?;
        }
        let (simulated, header) = draft.seal(&environment, &self.parent, self.full);
        self.parent = header;
        Ok((simulated, simulation.finish()))
    }

    fn environment(&self, wanted: BlockOverrides) -> Result<BlockEnvironment, Fault> {
        let mut environment = edgeloom_chain::environment(self.chain_id, &self.parent, &[]);
        environment.parent_hash = self.parent.hash_slow();
        environment.base_fee = if self.validation { next_base_fee(&self.parent, self.base_fee_floor) } else { 0 };
        environment.prevrandao = Default::default();
        let gas_limit = wanted.gas_limit.unwrap_or(self.parent.gas_limit);
        Ok(BlockEnvironment { gas_limit, ..overrides::environment(environment, wanted)? })
    }

    /// S2.
    fn transaction(
        &self,
        request: TransactionRequest,
        gas_left: u64,
        simulation: &mut Simulation<StateDb>,
    ) -> Result<(alloy_consensus::TxEnvelope, Address), Fault> {
        if let Some(wanted) = request.gas.filter(|wanted| *wanted > gas_left) {
            let sentence = format!("block gas limit reached: remaining: {gas_left}, required: {wanted}");
            return Err(fault(code::BLOCK_GAS, sentence));
        }
        let most = if self.validation { gas_left.min(TRANSACTION_GAS_MAX) } else { gas_left };
        let gas = request.gas.unwrap_or_else(|| most.min(self.gas_left));
        if gas > self.gas_left || self.gas_left == 0 {
            let sentence = format!("the simulation has {} gas left, required: {gas}", self.gas_left);
            return Err(fault(code::LIMIT, sentence));
        }
        let from = request.from.unwrap_or_default();
        let nonce = match request.nonce {
            Some(nonce) => nonce,
            None => simulation.nonce(from).map_err(call::refusal)?,
        };
        let filled = TransactionRequest { gas: Some(gas), nonce: Some(nonce), ..request };
        Ok((call::complete(filled, self.chain_id)?, from))
    }
}

/// The overrides without the precompiles that move, and where those move.
fn moves(mut accounts: StateOverride) -> Result<(StateOverride, Vec<(Address, Address)>), Fault> {
    let (mut out, mut taken) = (Vec::new(), HashSet::<Address>::default());
    for (address, account) in &mut accounts {
        let Some(to) = account.move_precompile_to.take() else { continue };
        if to == *address {
            return Err(fault(code::MOVE_SELF, format!("MovePrecompileToAddress referenced itself: {address}")));
        }
        if !taken.insert(to) {
            return Err(fault(code::MOVE_TWICE, format!("multiple MovePrecompileToAddress to the same address: {to}")));
        }
        out.push((*address, to));
    }
    Ok((accounts, out))
}

fn broken(error: CallError<edgeloom_chain::StateDbError>) -> Fault {
    match error {
        error @ CallError::Precompile(_) => Fault::Refused(error.to_string()),
        error @ CallError::Code { .. } => Fault::Params(error.to_string()),
        error => call::refusal(error),
    }
}
