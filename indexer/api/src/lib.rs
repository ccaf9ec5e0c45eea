//! What the index answers: rows of jobs, orders, leases, auctions, payment pools, workers, models, transfers, stakes, committees, votes, and of
//! tokens and their trade, pages of them, and how far the index has come.
//! The same types are the server's JSON and GraphQL and the SDK's answers, so neither can drift. This crate knows no
//! database, no node and no HTTP; it promises shapes and names, not that any index is up to date.
//!
//! Conventions: addresses, hashes and bytes are lowercase hex with `0x`; amounts are wei as decimal strings (a JSON
//! number would lose digits); times are milliseconds since the Unix epoch unless a name says seconds. Only
//! validator-final blocks are indexed: a row never goes back, there are no reorgs.

mod auction;
mod committee;
mod contract;
mod creation;
mod drop;
mod gate;
mod governance;
mod house;
mod job;
mod lease;
mod market;
mod meta;
mod model;
mod node;
mod pack;
mod page;
pub mod paths;
mod pool;
mod rental;
mod sale;
mod token;
mod transfer;
mod worker;

pub use auction::{AuctionDetail, AuctionPhase, AuctionQuery, AuctionRow, BidQuery, BidReason, BidRow};
pub use committee::{CheckpointRow, CommitteeRow, HistoryQuery, NotLiveRow};
pub use contract::{ContractDetail, ContractQuery, ContractRow, MatchKind, SourceFile};
pub use creation::{CreationKind, CreationQuery, CreationRow, TransferPolicy};
pub use drop::{DropQuery, DropRow, PhaseRow};
pub use gate::{GateDetail, GateQuery, GateRow};
pub use governance::{
    CallRow, ParameterChangeRow, ProposalDetail, ProposalPhase, ProposalQuery, ProposalRow, Support, VoteQuery, VoteRow,
};
pub use house::{LotBidQuery, LotBidRow, LotDetail, LotPhase, LotQuery, LotRow, TokenStandard};
pub use job::{JobDetail, JobEventKind, JobEventRow, JobOrder, JobQuery, JobRow, Phase, Reason};
pub use lease::{LeaseDetail, LeasePhase, LeaseQuery, LeaseReason, LeaseRow};
pub use market::{EventField, MarketContract, MarketEventQuery, MarketEventRow, OrderQuery, OrderRow};
pub use meta::{BlockMeta, Health, Meta, Problem, ProblemBody, Readiness};
pub use model::{ModelOrder, ModelQuery, ModelRow};
pub use node::{NodeOrder, NodeQuery, NodeRow, PositionOrder, PositionQuery, PositionRow, Role, SlashQuery, SlashRow};
pub use pack::{PackPhase, PackQuery, PackRow, PackSaleRow};
pub use page::{OrderDirection, Page, PageInfo};
pub use pool::{PairQuery, PairRow, PoolDetail, PoolPhase, PoolQuery, PoolRow, SessionRow, SkipReason};
pub use rental::{RentalQuery, RentalRow};
pub use sale::{SaleItem, SaleKind, SaleQuery, SaleRow, SelfDealing};
pub use token::{
    BalanceQuery, BalanceRow, EditionQuery, EditionRow, TokenQuery, TokenRow, TokenTransferQuery, TokenTransferRow,
};
pub use transfer::{Asset, TransferOrder, TransferQuery, TransferRow};
pub use worker::{WorkerOrder, WorkerQuery, WorkerRow};

/// Where an indexer serves and its clients look for it unless told otherwise.
pub const DEFAULT_PORT: u16 = 8550;
