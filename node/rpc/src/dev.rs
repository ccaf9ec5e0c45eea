//! What hardhat's and anvil's users call on a development chain. The names of all three families mean the same here;
//! where hardhat and anvil differ, anvil is followed and the method says so. Elsewhere these methods do not exist.

mod accounts;
mod chain;
mod mining;
mod refused;
mod signing;
mod tokens;

use crate::{error::Fault, node::Context};
use accounts::{Accounts, AccountsApiServer};
use chain::{ChainControl, ChainControlApiServer};
use edgeloom_dev::{DevError, Solo};
use jsonrpsee::{RpcModule, core::RegisterMethodError};
use mining::{Mining, MiningApiServer};
use refused::{Refused, RefusedApiServer};
use signing::{Signing, SigningApiServer};
use std::sync::Arc;
use tokens::{Tokens, TokensApiServer};

/// Adds them where the node is in dev mode.
pub(crate) fn register(module: &mut RpcModule<()>, context: &Arc<Context>) -> Result<(), RegisterMethodError> {
    let Some(solo) = context.solo() else { return Ok(()) };
    let bench = Bench { context: context.clone(), solo: solo.clone() };
    module.merge(Mining::new(bench.clone()).into_rpc())?;
    module.merge(ChainControl::new(bench.clone()).into_rpc())?;
    module.merge(Accounts::new(bench.clone()).into_rpc())?;
    module.merge(Tokens::new(bench).into_rpc())?;
    module.merge(Refused.into_rpc())?;
    module.merge(Signing::new(context.clone()).into_rpc())
}

/// What all of them share.
#[derive(Clone, Debug)]
struct Bench {
    context: Arc<Context>,
    solo: Solo,
}

impl Bench {
    /// Runs what takes as long as a block, or many.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Solo) -> Result<T, DevError> + Send + 'static,
    ) -> Result<T, Fault> {
        let solo = self.solo.clone();
        let done = tokio::task::spawn_blocking(move || work(&solo)).await;
        Ok(done.map_err(|error| Fault::Internal(error.to_string()))??)
    }
}

impl From<DevError> for Fault {
    fn from(error: DevError) -> Self {
        match error {
            DevError::Stopped(_) | DevError::Chain(_) | DevError::Seat(_) | DevError::Key => {
                Self::Internal(error.to_string())
            }
            refused => Self::Params(refused.to_string()),
        }
    }
}
