mod graph;
mod image;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    IEdgeProof,
    IModelRegistry::{self, IModelRegistryErrors, Model},
    addresses::{EDGE_PROOF, MODEL_REGISTRY},
};
use futures::{StreamExt, TryStreamExt, stream};

pub use graph::RegisteredGraph;
pub use image::{CHUNK_BYTES_MAX, IMAGE_BYTES_MAX};

use crate::{Client, Error, LocalModel, error::ModelError};

/// Chunks uploaded or read at a time.
const PARALLEL: usize = 8;

/// The registry of models, and the chain's own runs of them.
#[derive(Clone, Debug)]
pub struct Models {
    client: Client,
}

/// What [`Models::upload_and_register`] did.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The model's id.
    pub id: B256,
    /// Chunks of the image.
    pub chunks: usize,
    /// Chunks that were not on chain yet.
    pub uploaded: usize,
    /// Gas of all transactions together.
    pub gas_used: u64,
    /// The registering transaction; `None` if the model was registered already, by `owner` and under the name and metadata
    /// that `owner` gave it.
    pub tx: Option<B256>,
    /// Who registered it.
    pub owner: Address,
}

impl Models {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Puts a model on chain: uploads those chunks of the image that are not there yet, one a transaction, and registers
    /// it. Repeating it after a failure costs only what is missing; for a registered model it does nothing.
    ///
    /// # Errors
    /// [`Error::Model`] before anything is sent if the image is no model; [`Error::Models`] with `TextTooLong` for a name
    /// over 64 or metadata over 512 bytes.
    pub async fn upload_and_register(&self, image: &[u8], name: &str, metadata: &str) -> Result<Registration, Error> {
        let chunks = image::chunks(image)?;
        let id = LocalModel::from_image(image.to_vec())?.id();
        let owner = self.client.address()?;
        let mut done = Registration { id, chunks: chunks.len(), uploaded: 0, gas_used: 0, tx: None, owner };
        if self.exists(id).await? {
            done.owner = self.get(id).await?.owner;
            return Ok(done);
        }
        let uploads = chunks.into_iter().map(|chunk| self.upload(Bytes::copy_from_slice(chunk)));
        let uploaded: Vec<_> = stream::iter(uploads).buffered(PARALLEL).try_collect().await?;
        let mut addresses = Vec::with_capacity(uploaded.len());
        for (address, receipt) in uploaded {
            addresses.push(address);
            if let Some(receipt) = receipt {
                done.uploaded += 1;
                done.gas_used += receipt.gas_used;
            }
        }
        let call =
            IModelRegistry::registerCall { chunks: addresses, name: name.to_owned(), metadata: metadata.to_owned() };
        match self.client.send(MODEL_REGISTRY, &call, U256::ZERO).await {
            Ok(receipt) => {
                done.gas_used += receipt.gas_used;
                done.tx = Some(receipt.transaction_hash);
            }
            // Somebody was faster; it is the same model.
            Err(Error::Models(IModelRegistryErrors::ModelExists(_))) => done.owner = self.get(id).await?.owner,
            Err(error) => return Err(error),
        }
        Ok(done)
    }

    /// Uploads one chunk unless it is there; its address and, if there was one, the transaction.
    async fn upload(&self, chunk: Bytes) -> Result<(Address, Option<TransactionReceipt>), Error> {
        let call = IModelRegistry::chunkAddressCall { chunk: chunk.clone() };
        let address = self.client.call(MODEL_REGISTRY, &call).await?;
        if !self.code(address).await?.is_empty() {
            return Ok((address, None));
        }
        let receipt = self.client.send(MODEL_REGISTRY, &IModelRegistry::uploadCall { chunk }, U256::ZERO).await?;
        Ok((address, Some(receipt)))
    }

    /// The registry's record of a model.
    ///
    /// # Errors
    /// `ModelUnknown` as [`Error::Models`].
    pub async fn get(&self, id: B256) -> Result<Model, Error> {
        self.client.call(MODEL_REGISTRY, &IModelRegistry::modelCall { modelId: id }).await
    }

    /// Whether a model is registered.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn exists(&self, id: B256) -> Result<bool, Error> {
        self.client.call(MODEL_REGISTRY, &IModelRegistry::existsCall { modelId: id }).await
    }

    /// Models registered so far.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn count(&self) -> Result<U256, Error> {
        self.client.call(MODEL_REGISTRY, &IModelRegistry::countCall {}).await
    }

    /// The addresses of a model's chunks, from its manifest contract.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] if that code is no manifest.
    pub async fn chunks(&self, manifest: Address) -> Result<Vec<Address>, Error> {
        let code = self.code(manifest).await?;
        Ok(image::decode_manifest(&code).ok_or(ModelError::Manifest(manifest))?)
    }

    /// Reads a registered model from chain, code chunk by code chunk, and proves that it is the one asked for: the node
    /// need not be trusted.
    ///
    /// # Errors
    /// `ModelUnknown` as [`Error::Models`]; [`Error::Model`] if what the node shows is not that model.
    pub async fn load(&self, id: B256) -> Result<LocalModel, Error> {
        let call = IModelRegistry::manifestOfCall { modelId: id };
        let manifest = self.client.call(MODEL_REGISTRY, &call).await?.manifest;
        let chunks = self.chunks(manifest).await?;
        let codes = stream::iter(chunks).map(|chunk| async move { Ok::<_, Error>((chunk, self.code(chunk).await?)) });
        let mut image = Vec::new();
        let mut codes = codes.buffered(PARALLEL);
        while let Some((chunk, code)) = codes.try_next().await? {
            image.extend_from_slice(image::chunk_content(&code).ok_or(ModelError::Chunk(chunk))?);
            if image.len() > IMAGE_BYTES_MAX {
                return Err(ModelError::Size { actual: image.len(), limit: IMAGE_BYTES_MAX }.into());
            }
        }
        Ok(LocalModel::verified(image, id)?)
    }

    /// Lets the node run a model, without a transaction: what the chain would answer at the newest block. The node is
    /// believed; to believe nobody, [`Self::load`] the model and run it here.
    ///
    /// # Errors
    /// `InputLength`, `MalformedManifest` as [`Error::EdgeProof`].
    pub async fn infer(&self, manifest: Address, input: impl Into<Bytes>) -> Result<Bytes, Error> {
        self.client.call(EDGE_PROOF, &IEdgeProof::inferCall { manifest, input: input.into() }).await
    }

    /// Lets the chain check and describe the model of a manifest.
    ///
    /// # Errors
    /// `MalformedManifest`, `MalformedModel` as [`Error::EdgeProof`].
    pub async fn describe(&self, manifest: Address) -> Result<IEdgeProof::Shape, Error> {
        self.client.call(EDGE_PROOF, &IEdgeProof::describeCall { manifest }).await
    }

    async fn code(&self, address: Address) -> Result<Bytes, Error> {
        self.client.rpc().read("eth_getCode", (address, "latest")).await
    }
}
