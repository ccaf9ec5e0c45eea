//! `eth_createAccessList`: the accounts and slots that a transaction touches, once it is given all of them.

use crate::{
    call::{Question, Stage, failure},
    error::Fault,
    node::Context,
    trace::{Bounded, Bounds, watch},
};
use alloy::{
    eips::{
        BlockId,
        eip2930::{AccessList, AccessListResult},
    },
    primitives::U256,
    rpc::types::{TransactionRequest, state::StateOverride},
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use revm::context::TxEnv;
use revm_inspectors::access_list::AccessListInspector;
use std::{sync::Arc, time::Duration};

/// How often a list is tried: one that depends on gas need never settle.
const ROUNDS_MAX: usize = 16;

const TIME_MAX: Duration = Duration::from_secs(5);

#[rpc(server, namespace = "eth")]
pub(crate) trait AccessListApi {
    /// The accounts and slots that a call touches (EIP-2930), and its gas with them declared.
    #[method(name = "createAccessList")]
    fn create_access_list(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        state: Option<StateOverride>,
    ) -> RpcResult<AccessListResult>;
}

#[derive(Debug)]
pub(crate) struct AccessLists {
    context: Arc<Context>,
}

impl AccessLists {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

impl AccessListApiServer for AccessLists {
    fn create_access_list(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        state: Option<StateOverride>,
    ) -> RpcResult<AccessListResult> {
        let question = Question { request, block, state, ..Question::default() };
        Ok(self.context.create_access_list(question)?)
    }
}

impl Context {
    pub(crate) fn create_access_list(&self, question: Question) -> Result<AccessListResult, Fault> {
        let stage = Stage::new(self, question)?;
        let bounds = Bounds::new(TIME_MAX);
        let transaction = TxEnv { gas_limit: stage.gas_limit()?, ..stage.request.transaction.clone() };
        let mut list = transaction.access_list.clone();
        for _ in 0..ROUNDS_MAX {
            let mut machine = stage.machine(Bounded::frames(AccessListInspector::new(list.clone()), bounds))?;
            let watched = watch(&mut machine, with_list(&transaction, list.clone()))?;
            let touched = machine.inspector().inner.access_list();
            if touched == list {
                let result = watched.ran.result;
                let gas_used = U256::from(result.tx_gas_used());
                let error = (!result.is_success()).then(|| failure(Ok(result)).to_string());
                return Ok(AccessListResult { access_list: list, gas_used, error });
            }
            list = touched;
        }
        Err(Fault::Refused(format!("the access list does not settle within {ROUNDS_MAX} rounds: it depends on gas")))
    }
}

fn with_list(transaction: &TxEnv, list: AccessList) -> TxEnv {
    let mut transaction = transaction.clone();
    if transaction.tx_type == 0 && !list.is_empty() {
        transaction.tx_type = 1;
    }
    transaction.access_list = list;
    transaction
}
