//! Requests completed but not signed, and many slots at once: what wallets and multicalls ask before they act.

use crate::{convert, error::Fault, node::Context, turns::Turns};
use alloy::{
    eips::{BlockId, eip2718::Encodable2718},
    primitives::{Address, B256, Bytes, Signature, U256},
    rpc::types::{Transaction, TransactionRequest},
    serde::JsonStorageKey,
};
use alloy_consensus::{TxEnvelope, TypedTransaction, transaction::Recovered};
use jsonrpsee::{
    Extensions,
    core::{RpcResult, async_trait},
    proc_macros::rpc,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Most slots in one question (geth's limit).
const SLOTS_MAX: usize = 1024;

#[rpc(server, namespace = "eth")]
pub(crate) trait FillApi {
    /// A transaction with everything that the request leaves open, not signed.
    #[method(name = "fillTransaction", with_extensions)]
    async fn fill_transaction(&self, request: TransactionRequest) -> RpcResult<Filled>;

    /// Many storage slots of many accounts: 1024 at most.
    #[method(name = "getStorageValues")]
    fn get_storage_values(&self, slots: Slots, block: Option<BlockId>) -> RpcResult<BTreeMap<Address, Vec<B256>>>;
}

/// Storage slots by account.
pub(crate) type Slots = BTreeMap<Address, Vec<JsonStorageKey>>;

/// A transaction that is complete but for its signature, which is all zeros.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Filled {
    raw: Bytes,
    tx: Transaction,
}

#[derive(Debug)]
pub(crate) struct Fill {
    context: Arc<Context>,
}

impl Fill {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    fn values(&self, slots: Slots, block: Option<BlockId>) -> Result<BTreeMap<Address, Vec<B256>>, Fault> {
        let count: usize = slots.values().map(Vec::len).sum();
        if count > SLOTS_MAX {
            return Err(Fault::Limit(format!("{count} slots, at most {SLOTS_MAX} are possible in one question")));
        }
        if count == 0 {
            return Err(Fault::Params("no slots are named".into()));
        }
        let state = self.context.state(block)?;
        let read = |address: Address, slot: &JsonStorageKey| Ok(state.slot(address, slot.as_b256().into())?.into());
        let account = |(address, slots): (Address, Vec<JsonStorageKey>)| {
            let values: Result<_, Fault> = slots.iter().map(|slot| read(address, slot)).collect();
            values.map(|values| (address, values))
        };
        slots.into_iter().map(account).collect()
    }
}

/// With a signature of zeros, as geth shows what nobody signed.
pub(crate) fn unsigned(transaction: TypedTransaction) -> TxEnvelope {
    transaction.into_envelope(Signature::new(U256::ZERO, U256::ZERO, false))
}

#[async_trait]
impl FillApiServer for Fill {
    async fn fill_transaction(&self, extensions: &Extensions, request: TransactionRequest) -> RpcResult<Filled> {
        let turns = extensions.get::<Turns>().unwrap_or(&self.context.turns);
        let from = request.from.unwrap_or_default();
        let transaction = unsigned(self.context.complete(request, turns).await?);
        let raw = transaction.encoded_2718().into();
        Ok(Filled { raw, tx: convert::pending(&Recovered::new_unchecked(transaction, from)) })
    }

    fn get_storage_values(&self, slots: Slots, block: Option<BlockId>) -> RpcResult<BTreeMap<Address, Vec<B256>>> {
        Ok(self.values(slots, block)?)
    }
}
