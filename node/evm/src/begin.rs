//! X2: what a block does before its transactions, in the chain's own name.

use crate::{
    BlockEnvironment,
    error::Stop,
    institutions::unknown,
    machine::{Machine, Ran},
};
use alloy::{
    primitives::{B256, Log, U256},
    sol_types::SolCall,
};
use edgeloom_bindings::{IEpochs, IUpgrades, addresses};
use revm::Database;

/// Where `IUpgrades` keeps the height of the next forks (U1).
const NEXT_FORKS_SLOT: U256 = U256::ZERO;

/// What X2's calls left beside state.
#[derive(Debug, Default)]
pub(crate) struct Begun {
    /// Wei.
    pub(crate) destroyed: U256,
    pub(crate) logs: Vec<Log>,
}

impl<DB: Database> Machine<DB> {
    /// X2.
    pub(crate) fn begin(&mut self, environment: &BlockEnvironment) -> Result<Begun, Stop<DB::Error>> {
        let mut begun = Begun::default();
        self.apply_forks(environment.number, &mut begun)?;
        self.store_parent_hash(environment.parent_hash)?;
        self.begin_epochs(environment, &mut begun)?;
        Ok(begun)
    }

    /// What a call that succeeded did stays.
    fn keep(&mut self, ran: Ran, begun: &mut Begun) {
        self.commit(ran.state);
        begun.destroyed += ran.destroyed;
        begun.logs.extend(ran.result.into_logs());
    }

    /// `IUpgrades`, U1 to U5.
    fn apply_forks(&mut self, number: u64, begun: &mut Begun) -> Result<(), Stop<DB::Error>> {
        let next = self.overlay().storage(addresses::UPGRADES, NEXT_FORKS_SLOT).map_err(Stop::Database)?;
        if next.is_zero() || next != U256::from(number) {
            return Ok(());
        }
        let pending = self.call_as_system(addresses::UPGRADES, IUpgrades::pendingCall {}.abi_encode().into())?;
        let pending = answer::<IUpgrades::pendingCall>(&pending).unwrap_or_default();
        let due = pending.iter().filter(|fork| fork.height <= number);
        if let Some(rule) = unknown(due.map(|fork| fork.rule)) {
            return Err(Stop::Fault(format!(
                "block {number} begins rule {rule}, which this version does not know: update"
            )));
        }
        let applied = self.call_as_system(addresses::UPGRADES, IUpgrades::appliedCall {}.abi_encode().into())?;
        let Some(forks) = answer::<IUpgrades::appliedCall>(&applied) else { return Ok(()) };
        self.keep(applied, begun);
        for fork in forks.iter().filter(|fork| fork.rule == 0) {
            self.overlay().copy_code(fork.source, fork.target).map_err(Stop::Database)?;
        }
        Ok(())
    }

    /// EIP-2935.
    pub(crate) fn store_parent_hash(&mut self, parent: B256) -> Result<(), Stop<DB::Error>> {
        let ran = self.call_as_system(addresses::HISTORY_STORAGE, parent.into())?;
        if !ran.result.is_success() {
            return Err(Stop::Fault(format!("the block hash history contract failed: {}", ran.result)));
        }
        self.commit(ran.state);
        Ok(())
    }

    /// A chain whose genesis has no such contract goes on without.
    fn begin_epochs(&mut self, environment: &BlockEnvironment, begun: &mut Begun) -> Result<(), Stop<DB::Error>> {
        let certificates = environment.included.iter().flatten().filter_map(|included| {
            let epoch = u32::try_from(included.epoch.get()).ok()?;
            Some(IEpochs::Included { epoch, seats: included.seats })
        });
        let input = IEpochs::beginCall { certificates: certificates.collect() }.abi_encode();
        let ran = self.call_as_system(addresses::EPOCHS, input.into())?;
        if ran.result.is_success() {
            self.keep(ran, begun);
        }
        Ok(())
    }
}

/// `None` when the call failed, or what it returned is no answer.
fn answer<C: SolCall>(ran: &Ran) -> Option<C::Return> {
    ran.result.is_success().then(|| C::abi_decode_returns(ran.result.output()?).ok())?
}
