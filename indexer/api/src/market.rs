use crate::{OrderDirection, Reason};
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Jobs of the same terms that were posted together, and how many of them are where.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderRow {
    /// The number of its first job.
    pub id: u64,
    /// The market's number of what kind of work it is; 1 is an inference.
    pub kind: u16,
    pub requester: String,
    /// The contract that says what became of the work.
    pub verifier: String,
    /// Who alone can take its jobs; absent where everybody can. An auction's order names the contract of auctions.
    pub offered_to: Option<String>,
    /// The model that its jobs run, or what else they work on.
    pub model_id: String,
    /// Of all inputs.
    pub input_root: String,
    /// What a worker has to be, decimal (`types/Requirements.sol`); 0 for nothing.
    pub requirements: String,
    /// Jobs.
    pub count: u32,
    /// Of each job.
    pub price_wei: String,
    /// Of each job: stake of its worker that it locks.
    pub bond_wei: String,
    /// Of the fee, what is burned, basis points.
    pub burn_share: u16,
    /// Unix seconds until which its jobs may be taken.
    pub take_by: u64,
    /// Unix seconds from which listed cloud providers may take them, too.
    pub providers_from: u64,
    /// Seconds that who takes one may work.
    pub work_seconds: u64,
    /// Jobs that nobody took yet, and that can be taken until `take_by`.
    pub open: u32,
    /// Jobs that somebody took, and that are not over.
    pub running: u32,
    pub settled: u32,
    pub rejected: u32,
    /// Jobs that a worker was silent about, or that nobody took in time.
    pub expired: u32,
    pub cancelled: u32,
    /// What workers were paid so far.
    pub paid_wei: String,
    /// Why jobs ended that nobody took; absent until some do.
    pub returned_reason: Option<Reason>,
    /// What the requester got back for those.
    pub refunded_wei: String,
    pub posted_block: u64,
    pub posted_tx: String,
    pub posted_ms: u64,
    /// When the last of its jobs was over; absent before.
    pub closed_block: Option<u64>,
    pub closed_ms: Option<u64>,
}

/// Query of `/api/orders`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_direction: Option<OrderDirection>,
    /// Rows on the page, 1 to 1000; 100 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// `pageInfo.endCursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A contract of the market all of whose events are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum MarketContract {
    Auctions,
    Leases,
    PaymentPool,
    Deliveries,
    /// Judge of jobs of kind 3, with `Disputes` and `Audits`.
    Disputable,
    Disputes,
    Audits,
    /// Judge of jobs of kind 4.
    Attested,
    /// Judge of jobs of kind 5.
    Sealed,
    /// Where collections and editions come from.
    NftFactory,
    /// Of tokens, by signed orders.
    Exchange,
    /// Of tokens; `Auctions` is of jobs.
    AuctionHouse,
    Rentals,
    Drops,
    Packs,
    MediaGate,
}

/// An event, as the contract wrote it.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MarketEventRow {
    /// Position among all of them, from 1.
    pub id: u64,
    pub contract: MarketContract,
    /// Its name in Solidity.
    pub name: String,
    /// What it is of: the number of a lease, pool or tariff, an auction, a claim. It is the first argument that is indexed; absent
    /// where none is.
    pub subject: Option<String>,
    /// Who sent the transaction.
    pub actor: String,
    /// Why, where the event says so: the name in Solidity with a small letter.
    pub reason: Option<String>,
    /// Hash of what shows it, where the event has one.
    pub evidence: Option<String>,
    /// All arguments in order, those of structs as `terms.rate`.
    pub fields: Vec<EventField>,
    pub block: u64,
    pub tx: String,
    pub tx_index: u32,
    /// Position in the block's logs.
    pub log_index: u32,
    pub ms: u64,
}

/// An argument of an event as text: numbers decimal, bytes as hex, lists with commas between. Bytes and text beyond 256 bytes, lists beyond 64 entries
/// and lists of structs are not kept: `NAME.length` and, of bytes and text, `NAME.hash` (keccak256) stand for them.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
pub struct EventField {
    pub name: String,
    pub value: String,
}

/// Query of `/api/market-events`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MarketEventQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub contract: Option<MarketContract>,
    /// As rows have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// An event's name in Solidity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_direction: Option<OrderDirection>,
    /// Rows on the page, 1 to 1000; 100 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// `pageInfo.endCursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
