//! Models that the registry knows by their graph alone, so that claims about them can be disputed.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::Filter,
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    IModelRegistry::{self, GraphRegistered, IModelRegistryErrors},
    addresses::MODEL_REGISTRY,
};
use edgeloom_edge_proof::{Commitment, Plan};

use super::Models;
use crate::{Error, LocalModel, error::ModelError};

/// A graph as it was registered, proved to be that of the model.
#[derive(Clone, Debug)]
pub struct RegisteredGraph {
    /// The model.
    pub id: B256,
    /// Who registered it.
    pub owner: Address,
    /// Its name, at most 64 bytes.
    pub name: String,
    /// Whatever its owner says of it, at most 512 bytes.
    pub metadata: String,
    /// Header and descriptors.
    pub graph: Bytes,
    /// What the model's id is the hash of.
    pub commitment: Commitment,
}

impl Models {
    /// Registers a model by its graph, and gives its id: claims can be made about it then. For a graph that is registered it does
    /// nothing. The weights stay here.
    ///
    /// # Errors
    /// [`Error::Models`] with `TextTooLong`; [`Error::EdgeProof`] with `MalformedModel` for a graph that the chain refuses.
    pub async fn register_graph(&self, model: &LocalModel, name: &str, metadata: &str) -> Result<B256, Error> {
        let (id, commitment) = (model.id(), model.model().commitment());
        if self.has_graph(id).await? {
            return Ok(id);
        }
        let graph = model.image().len() - model.model().weights().len();
        let call = IModelRegistry::registerGraphCall {
            graph: Bytes::copy_from_slice(&model.image()[..graph]),
            weightsRoot: commitment.weights_root.into(),
            weightsTransposedRoot: commitment.weights_t_root.into(),
            name: name.to_owned(),
            metadata: metadata.to_owned(),
        };
        match self.client.send(MODEL_REGISTRY, &call, U256::ZERO).await {
            // Somebody was faster; it is the same graph.
            Ok(_) | Err(Error::Models(IModelRegistryErrors::GraphExists(_))) => Ok(id),
            Err(error) => Err(error),
        }
    }

    /// Whether claims can be made about a model.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn has_graph(&self, id: B256) -> Result<bool, Error> {
        match self.client.call(MODEL_REGISTRY, &IModelRegistry::traceOfCall { modelId: id }).await {
            Ok(_) => Ok(true),
            Err(Error::Models(IModelRegistryErrors::ModelUnknown(_))) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads a registered graph from the log of its registration, and proves that it is that of the model: the node need not be
    /// trusted.
    ///
    /// # Errors
    /// [`Error::Answer`] if the node has no such log; [`Error::Model`] if what it shows is not that model.
    pub async fn graph(&self, id: B256) -> Result<RegisteredGraph, Error> {
        let filter = Filter::new().address(MODEL_REGISTRY);
        let filter = filter.event_signature(GraphRegistered::SIGNATURE_HASH).topic1(id);
        let (logs, _) = self.client.rpc().logs_since(&filter, 0).await?;
        let log = logs.first().ok_or_else(|| Error::Answer(format!("no graph of model {id} was registered")))?;
        let event = crate::jobs::decode::<GraphRegistered>(log)?;
        let plan = Plan::read(&event.graph).map_err(ModelError::from)?;
        let roots = (event.weightsRoot.0, event.weightsTransposedRoot.0);
        let commitment = plan.commitment(&event.graph, roots.0, roots.1);
        let actual = B256::from(commitment.model_id(|bytes| keccak256(bytes).0));
        if actual != id {
            return Err(ModelError::Identity { expected: id, actual }.into());
        }
        let GraphRegistered { owner, name, metadata, graph, .. } = event;
        Ok(RegisteredGraph { id, owner, name, metadata, graph, commitment })
    }
}
