//! What others claimed, computed again. A trace takes all of a machine's memory that it can get, so that there is one at a time, and
//! only while somebody looks at it: a claim is open for a day, and whoever needs its trace again has it computed again.

use std::sync::Arc;

use alloy::primitives::{Bytes, U256};
use edgeloom_bindings::{IDisputes::Claimed, IJobMarket::IJobMarketErrors};
use edgeloom_edge_proof::Blob;
use edgeloom_sdk::{Error, LocalModel, Proceedings};
use tokio::{sync::Mutex, task::spawn_blocking};

use crate::desk::{CaseError, Desk};

/// Held while a trace is in memory.
#[derive(Debug, Default)]
pub(crate) struct Kernel {
    alone: Mutex<()>,
}

impl Kernel {
    /// Computes what was claimed, and has `look` look at the model and the trace. `None` where that says so, or where the input or
    /// the model cannot be had.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        desk: &Desk,
        proceedings: &Proceedings,
        look: impl FnOnce(&LocalModel, &[u8]) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>, CaseError> {
        let claim = proceedings.claim();
        let Some(claimed) = proceedings.claimed() else {
            tracing::error!(%claim, "the node has no log of the claim");
            return Ok(None);
        };
        let Some(input) = published(desk, claimed).await? else {
            tracing::warn!(%claim, "the input was published neither with the claim nor with its job: cannot compute it");
            return Ok(None);
        };
        let model = match desk.shelf.disputed(&desk.client, claimed.modelId).await {
            Ok(model) => model,
            Err(error) if is_final(&error) => {
                tracing::warn!(%claim, model = %claimed.modelId, %error, "the model cannot be had: see --models");
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let _alone = self.alone.lock().await;
        let kernel = Arc::clone(&model);
        let run = spawn_blocking(move || kernel.trace(&input).map(|trace| look(&kernel, &trace)));
        match run.await.map_err(|panicked| CaseError::Kernel(panicked.to_string()))? {
            Ok(seen) => Ok(seen),
            Err(fault) => {
                tracing::warn!(%claim, %fault, "what was published is no input of the model: cannot compute it");
                Ok(None)
            }
        }
    }
}

/// The input of a claim, as its worker published it, or the requester of the job that it is about.
async fn published(desk: &Desk, claimed: &Claimed) -> Result<Option<Bytes>, Error> {
    let is_input = |bytes: &Bytes| Blob::of(bytes).root == claimed.inputRoot.0;
    if is_input(&claimed.input) {
        return Ok(Some(claimed.input.clone()));
    }
    let job = U256::from_be_bytes(claimed.jobId.0);
    match desk.client.jobs().order_of(job).await {
        Ok(order) => Ok(order.committed_input(job).ok().filter(is_input)),
        Err(Error::Market(IJobMarketErrors::JobUnknown(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a model cannot be had from the chain, now or later. Whatever else goes wrong says nothing about the model.
const fn is_final(error: &Error) -> bool {
    error.is_revert() || matches!(error, Error::Model(_))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{B256, Bytes};
    use edgeloom_bindings::IModelRegistry::{IModelRegistryErrors, ModelUnknown};
    use edgeloom_sdk::ModelError;

    use super::*;

    #[test]
    fn only_the_chain_says_that_there_is_no_such_model() {
        let (id, data) = (B256::ZERO, Bytes::new());
        assert!(is_final(&Error::Models(IModelRegistryErrors::ModelUnknown(ModelUnknown { modelId: id }))));
        assert!(is_final(&Error::Revert { data }));
        assert!(is_final(&Error::Model(ModelError::Identity { expected: id, actual: id })));
        let refused = |message: &str| Error::Rpc { method: String::new(), code: -32603, message: message.to_owned() };
        for passing in [refused("internal error"), refused("the node is busy"), Error::Answer(String::new())] {
            assert!(!is_final(&passing), "{passing}");
        }
    }
}
