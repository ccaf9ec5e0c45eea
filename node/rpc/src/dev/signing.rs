//! Signatures of the accounts whose keys the node has: those of the public test mnemonic.

use crate::{error::Fault, node::Context, submit::sign, turns::Turns};
use alloy::{
    dyn_abi::TypedData,
    eips::eip2718::Encodable2718,
    primitives::{Address, B256, Bytes, Signature, eip191_hash_message},
    rpc::types::TransactionRequest,
};
use jsonrpsee::{
    Extensions,
    core::{RpcResult, async_trait},
    proc_macros::rpc,
};
use k256::ecdsa::SigningKey;
use std::sync::Arc;

#[rpc(server)]
pub(super) trait SigningApi {
    /// The accounts that this node signs for.
    #[method(name = "eth_requestAccounts")]
    fn request_accounts(&self) -> RpcResult<Vec<Address>>;

    /// EIP-191.
    #[method(name = "eth_sign")]
    fn eth_sign(&self, address: Address, message: Bytes) -> RpcResult<Bytes>;

    /// The same with its parameters the other way round.
    #[method(name = "personal_sign")]
    fn personal_sign(&self, message: Bytes, address: Address) -> RpcResult<Bytes>;

    /// Signs and does not send. What the request leaves open is filled in.
    #[method(name = "eth_signTransaction", with_extensions)]
    async fn sign_transaction(&self, request: TransactionRequest) -> RpcResult<Bytes>;

    /// EIP-712.
    #[method(name = "eth_signTypedData_v4", aliases = ["eth_signTypedData", "eth_signTypedData_v3"])]
    fn sign_typed_data(&self, address: Address, message: TypedMessage) -> RpcResult<Bytes>;
}

/// An object, or its text.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum TypedMessage {
    Text(String),
    Object(Box<TypedData>),
}

#[derive(Debug)]
pub(super) struct Signing(Arc<Context>);

impl Signing {
    pub(super) const fn new(context: Arc<Context>) -> Self {
        Self(context)
    }

    fn key(&self, address: &Address) -> Result<&SigningKey, Fault> {
        self.0.keys.get(address).ok_or_else(|| Fault::Refused("unknown account".into()))
    }

    fn sign(&self, address: &Address, hash: B256) -> Result<Bytes, Fault> {
        let signed = self.key(address)?.sign_prehash_recoverable(hash.as_slice());
        let (signature, recovery) = signed.map_err(|error| Fault::Internal(format!("cannot sign: {error}")))?;
        Ok(Signature::from((signature, recovery)).as_bytes().into())
    }
}

#[async_trait]
impl SigningApiServer for Signing {
    fn request_accounts(&self) -> RpcResult<Vec<Address>> {
        Ok(self.0.accounts.clone())
    }

    fn eth_sign(&self, address: Address, message: Bytes) -> RpcResult<Bytes> {
        Ok(self.sign(&address, eip191_hash_message(message))?)
    }

    fn personal_sign(&self, message: Bytes, address: Address) -> RpcResult<Bytes> {
        Ok(self.sign(&address, eip191_hash_message(message))?)
    }

    async fn sign_transaction(&self, extensions: &Extensions, request: TransactionRequest) -> RpcResult<Bytes> {
        let from = request.from.ok_or_else(|| Fault::Params("\"from\" is missing".into()))?;
        let key = self.key(&from)?;
        let turns = extensions.get::<Turns>().unwrap_or(&self.0.turns);
        let transaction = self.0.complete(request, turns).await?;
        Ok(sign(transaction, key)?.encoded_2718().into())
    }

    fn sign_typed_data(&self, address: Address, message: TypedMessage) -> RpcResult<Bytes> {
        let malformed = |error: String| Fault::Params(format!("not typed data of EIP-712: {error}"));
        let message = match message {
            TypedMessage::Object(message) => *message,
            TypedMessage::Text(text) => serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?,
        };
        let hash = message.eip712_signing_hash().map_err(|error| malformed(error.to_string()))?;
        Ok(self.sign(&address, hash)?)
    }
}
