//! Trade of tokens by signed orders.

mod asset;
mod bulk;
mod check;
mod draft;
mod fill;
mod order;
mod prepare;
mod signed;
mod take;
mod typed;
mod wire;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionReceipt,
    sol_types::SolCall,
};
use edgeloom_bindings::{
    IExchange::{self, CounterIncremented},
    addresses::EXCHANGE,
};

pub use asset::Asset;
pub use check::Obstacle;
pub use draft::OrderDraft;
pub use order::TradeOrder;
pub use signed::SignedOrder;
pub use take::{Outcome, Take, Trade};

use crate::{Checkout, Client, Error, jobs::event, signature};

/// What `filledOf` says of an order that was cancelled.
const CANCELLED: U256 = U256::MAX;

/// The exchange. Makers sign, which costs nothing; takers fill. Writing calls wait for their block; their errors are [`Error::Exchange`],
/// [`Error::Checkout`], [`Error::Credits`], those of the tokens ([`Error::Creation`], [`Error::Collection`], [`Error::Editions`]),
/// [`Error::Library`] with `TransferFromFailed` for a currency that does not move, and the general ones.
#[derive(Clone, Debug)]
pub struct Exchange {
    client: Client,
}

/// How much of an order was filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many units. Of an order that gives an ERC-721 they are not counted: the token's nonce moves.
    Units(U256),
    /// Its maker took it back.
    Cancelled,
}

impl Exchange {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Its money: approvals, credits, fees.
    #[must_use]
    pub fn checkout(&self) -> Checkout {
        Checkout::new(self.client.clone(), EXCHANGE)
    }

    /// Signs an order of the signer's. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::Missing`] without a signer; [`Error::Settings`] for somebody else's order.
    pub fn sign(&self, order: TradeOrder) -> Result<SignedOrder, Error> {
        self.check_maker(&order)?;
        let chain_id = self.client.chain_id();
        let signature = self.client.sign_hash(&order.digest(chain_id))?;
        Ok(SignedOrder::new(chain_id, order, Bytes::from(signature.as_bytes())))
    }

    /// Signs several orders of the signer's at once: one signature over a tree of them. Each stands by itself, and is sent by itself.
    ///
    /// # Errors
    /// As [`Self::sign`]; [`Error::Settings`] for none, or more than 65,536.
    pub fn sign_all(&self, orders: Vec<TradeOrder>) -> Result<Vec<SignedOrder>, Error> {
        orders.iter().try_for_each(|order| self.check_maker(order))?;
        if orders.len() == 1 {
            return orders.into_iter().map(|order| self.sign(order)).collect();
        }
        let hashes: Vec<B256> = orders.iter().map(TradeOrder::hash).collect();
        let (tree, chain_id) = (bulk::Bulk::new(&hashes)?, self.client.chain_id());
        let digest = typed::digest(chain_id, typed::bulk_hash(tree.root(), tree.height()));
        let signature = Bytes::from(self.client.sign_hash(&digest)?.as_bytes());
        let signed = |(index, order): (usize, TradeOrder)| {
            SignedOrder::new(chain_id, order, signature.clone()).with_place(index as u64, tree.proof(index))
        };
        Ok(orders.into_iter().enumerate().map(signed).collect())
    }

    /// Whether its maker signed an order: by its key, or as its contract says (ERC-1271).
    ///
    /// # Errors
    /// [`Error::WrongChain`] for an order of another chain; [`Error::Transport`] and its like.
    pub async fn verify(&self, signed: &SignedOrder) -> Result<bool, Error> {
        signed.of_chain(self.client.chain_id())?;
        let Some(digest) = signed.digest() else { return Ok(false) };
        signature::is_valid(&self.client, signed.maker(), &digest, &signed.signature).await
    }

    /// Ends orders of the signer's.
    ///
    /// # Errors
    /// `NotMaker`.
    pub async fn cancel(&self, orders: &[&TradeOrder]) -> Result<TransactionReceipt, Error> {
        let orders = orders.iter().map(|order| order.terms().clone()).collect();
        self.send(&IExchange::cancelCall { orders }, U256::ZERO).await
    }

    /// Ends every order that the signer signed so far, and gives its new counter.
    ///
    /// # Errors
    /// The general ones.
    pub async fn increment_counter(&self) -> Result<U256, Error> {
        let receipt = self.send(&IExchange::incrementCounterCall {}, U256::ZERO).await?;
        Ok(event::<CounterIncremented>(EXCHANGE, &receipt)?.counter)
    }

    /// How much of an order was filled.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn filled(&self, order: B256) -> Result<Progress, Error> {
        Ok(match self.call(&IExchange::filledOfCall { order }).await? {
            CANCELLED => Progress::Cancelled,
            units => Progress::Units(units),
        })
    }

    /// A maker's counter, which its orders name.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn counter_of(&self, maker: Address) -> Result<U256, Error> {
        self.call(&IExchange::counterOfCall { maker }).await
    }

    /// What an order that gives an ERC-721 has to name.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn nonce_of(&self, token: Address, id: U256) -> Result<u64, Error> {
        self.call(&IExchange::nonceOfCall { token, id }).await
    }

    /// Whether prices can be in a currency.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn is_listed(&self, currency: Address) -> Result<bool, Error> {
        self.call(&IExchange::isListedCall { currency }).await
    }

    /// The number of an order, as the contract hashes it: [`TradeOrder::hash`].
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn hash_of(&self, order: &TradeOrder) -> Result<B256, Error> {
        self.call(&IExchange::hashOfCall { order: order.terms().clone() }).await
    }

    /// What a maker signs, as the contract hashes it: [`TradeOrder::digest`].
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn digest_of(&self, order: &TradeOrder) -> Result<B256, Error> {
        self.call(&IExchange::digestOfCall { order: order.terms().clone() }).await
    }

    fn check_maker(&self, order: &TradeOrder) -> Result<(), Error> {
        let (maker, signer) = (order.terms().maker, self.client.address()?);
        match maker == signer {
            true => Ok(()),
            false => Err(Error::Settings(format!("{signer} does not sign an order of {maker}"))),
        }
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(EXCHANGE, call, value).await
    }

    async fn call<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(EXCHANGE, call).await
    }
}

#[cfg(test)]
mod tests;
