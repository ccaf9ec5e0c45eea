//! What accounts hold of ERC-20 tokens. A token keeps that where its compiler put it, so the slot is found as forge finds
//! it: ask the token, look which slots it read, and see on which of them the answer depends.

use super::Bench;
use crate::{call::Question, error::Fault, node::Context};
use alloy::{
    primitives::{Address, B256, Bytes, U256, map::B256HashMap},
    rpc::types::{
        TransactionRequest,
        state::{AccountOverride, StateOverride},
    },
    sol,
    sol_types::SolCall as _,
};
use jsonrpsee::{
    core::{RpcResult, async_trait},
    proc_macros::rpc,
};
use std::sync::Arc;

/// Most slots that are tried: a balance is among the first that a token reads.
const SLOTS_MAX: usize = 256;

sol! {
    function balanceOf(address holder) external view returns (uint256);
    function allowance(address holder, address spender) external view returns (uint256);
}

#[rpc(server)]
pub(super) trait TokensApi {
    /// Sets what an account has of an ERC-20 token; the token's total supply stays as it is.
    #[method(name = "anvil_dealERC20", aliases = ["hardhat_dealERC20", "anvil_setERC20Balance"])]
    async fn deal_erc20(&self, holder: Address, token: Address, amount: U256) -> RpcResult<()>;

    /// Sets how much of a holder's ERC-20 tokens a spender may move.
    #[method(name = "anvil_setERC20Allowance", aliases = ["hardhat_setERC20Allowance"])]
    async fn set_erc20_allowance(
        &self,
        holder: Address,
        spender: Address,
        token: Address,
        amount: U256,
    ) -> RpcResult<()>;
}

#[derive(Debug)]
pub(super) struct Tokens(Bench);

impl Tokens {
    pub(super) const fn new(bench: Bench) -> Self {
        Self(bench)
    }

    /// Makes the token answer `question` with `amount`.
    async fn set(&self, token: Address, question: Vec<u8>, amount: U256) -> Result<(), Fault> {
        let (context, question) = (self.0.context.clone(), Bytes::from(question));
        let find = move || context.slot_behind(token, &question, amount);
        let (keeper, slot) = self.0.context.turns.for_connection().run(find).await??;
        self.0.run(move |solo| solo.set_storage(keeper, slot, amount)).await
    }
}

#[async_trait]
impl TokensApiServer for Tokens {
    async fn deal_erc20(&self, holder: Address, token: Address, amount: U256) -> RpcResult<()> {
        let question = balanceOfCall { holder }.abi_encode();
        Ok(self.set(token, question, amount).await?)
    }

    async fn set_erc20_allowance(
        &self,
        holder: Address,
        spender: Address,
        token: Address,
        amount: U256,
    ) -> RpcResult<()> {
        let question = allowanceCall { holder, spender }.abi_encode();
        Ok(self.set(token, question, amount).await?)
    }
}

impl Context {
    /// The account and slot in which `amount` has to stand for `token` to answer `question` with it.
    ///
    /// # Errors
    /// [`Fault::Refused`] when no slot alone decides the answer.
    fn slot_behind(self: &Arc<Self>, token: Address, question: &Bytes, amount: U256) -> Result<(Address, U256), Fault> {
        let request = TransactionRequest::default().to(token).input(question.clone().into());
        let asked = |state| Question { request: request.clone(), state, ..Question::default() };
        let read = self.create_access_list(asked(None))?.access_list;
        let slots = read.0.iter().flat_map(|item| item.storage_keys.iter().map(|slot| (item.address, *slot)));
        for (keeper, slot) in slots.take(SLOTS_MAX) {
            // Two values: an answer that is `amount` already depends on no slot.
            let mut decides = true;
            for value in [!amount, amount] {
                decides &=
                    self.call_whole(asked(Some(with(keeper, slot, value)))).is_ok_and(|said| said == word(value));
            }
            if decides {
                return Ok((keeper, slot.into()));
            }
        }
        Err(Fault::Refused(format!(
            "{token} reads no storage slot that alone is the answer: it is no ERC-20 token, or works its balances out"
        )))
    }
}

fn with(keeper: Address, slot: B256, value: U256) -> StateOverride {
    let diff: B256HashMap<B256> = [(slot, value.into())].into_iter().collect();
    [(keeper, AccountOverride { state_diff: Some(diff), ..Default::default() })].into_iter().collect()
}

fn word(value: U256) -> Bytes {
    value.to_be_bytes_vec().into()
}
