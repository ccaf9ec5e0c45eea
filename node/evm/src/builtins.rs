//! The precompiles of a machine. Ethereum's and their addresses are shared by all machines of the process; a machine for
//! one call would else spend more time on building maps than on the call.

use alloy::primitives::{Address, map::AddressSet};
use alloy_evm::precompiles::{MovePrecompileError, PrecompilesMap};
use revm::{
    context::Cfg,
    context_interface::ContextTr,
    handler::PrecompileProvider,
    interpreter::{CallInputs, InterpreterResult},
    precompile::Precompiles,
    primitives::hardfork::SpecId,
};
use std::sync::LazyLock;

static NONE: LazyLock<Precompiles> = LazyLock::new(Precompiles::default);

static WARM: LazyLock<AddressSet> = LazyLock::new(|| whole(SpecId::OSAKA).addresses().copied().collect());

/// Where each precompile answers.
#[derive(Debug)]
pub(crate) enum Builtins {
    /// Osaka's and the chain's own (X1), each at its address. The map of the chain's own is made when one is called.
    Chain { ethereum: PrecompilesMap, own: Option<PrecompilesMap> },
    /// Others, or at other addresses.
    Other(PrecompilesMap),
}

impl Builtins {
    pub(crate) fn chain(spec: SpecId) -> Self {
        if spec != SpecId::OSAKA {
            return Self::Other(whole(spec));
        }
        Self::Chain { ethereum: ethereum(spec), own: None }
    }

    /// Ethereum's alone.
    pub(crate) fn ethereum(spec: SpecId) -> Self {
        Self::Other(ethereum(spec))
    }

    /// Has precompiles answer at other addresses than their own.
    pub(crate) fn relocate(&mut self, moves: &[(Address, Address)]) -> Result<(), MovePrecompileError> {
        if let Self::Chain { .. } = self {
            *self = Self::Other(whole(SpecId::OSAKA));
        }
        match self {
            Self::Chain { .. } => Ok(()),
            Self::Other(all) => all.move_precompiles(moves.iter().copied()),
        }
    }
}

/// Whether a precompile of the chain is at the address.
pub(crate) fn is_precompile(address: &Address) -> bool {
    WARM.contains(address)
}

/// In one map.
pub(crate) fn whole(spec: SpecId) -> PrecompilesMap {
    let mut all = ethereum(spec);
    edgeloom_provider::install(&mut all);
    all
}

/// The chain's own alone.
fn provider() -> PrecompilesMap {
    let mut own = PrecompilesMap::from_static(&NONE);
    edgeloom_provider::install(&mut own);
    own
}

fn ethereum(spec: SpecId) -> PrecompilesMap {
    PrecompilesMap::from_static(Precompiles::new(spec.into()))
}

impl<C> PrecompileProvider<C> for Builtins
where
    C: ContextTr,
    PrecompilesMap: PrecompileProvider<C, Output = InterpreterResult>,
{
    type Output = InterpreterResult;

    /// As [`PrecompilesMap`]'s: a machine keeps its rules.
    fn set_spec(&mut self, _: <C::Cfg as Cfg>::Spec) -> bool {
        false
    }

    fn run(&mut self, context: &mut C, inputs: &CallInputs) -> Result<Option<InterpreterResult>, String> {
        match self {
            Self::Chain { ethereum, own } => match ethereum.run(context, inputs)? {
                None if is_precompile(&inputs.bytecode_address) => {
                    own.get_or_insert_with(provider).run(context, inputs)
                }
                ran => Ok(ran),
            },
            Self::Other(all) => all.run(context, inputs),
        }
    }

    fn warm_addresses(&self) -> &AddressSet {
        match self {
            Self::Chain { .. } => &WARM,
            Self::Other(all) => PrecompileProvider::<C>::warm_addresses(all),
        }
    }

    fn contains(&self, address: &Address) -> bool {
        match self {
            Self::Chain { .. } => WARM.contains(address),
            Self::Other(all) => PrecompileProvider::<C>::contains(all, address),
        }
    }
}

#[cfg(test)]
mod tests;
