//! A typed client of an Edgeloom chain: post jobs and wait for paid answers, upload and run models, bond workers, claim
//! answers, dispute and audit claims, pay by vouchers, make, trade, auction and rent out tokens, keep keys and sets of them, stake, show capacity, co-sign checkpoints, vote, read randomness, follow
//! events, ask the index, and verify a chain from one trusted hash. It knows
//! contracts, JSON-RPC and the index's REST; it does not know the EVM, databases or the BFT engine, trusts the node only for
//! what no local check can show, and decides nothing about money by the index.
//!
//! ```no_run
//! use alloy::{primitives::U256, signers::local::PrivateKeySigner};
//! use edgeloom_sdk::{Client, ClientBuilder};
//!
//! # async fn example(model_id: alloy::primitives::B256, image: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! let signer: PrivateKeySigner = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80".parse()?;
//! let client = Client::connect(ClientBuilder::new("http://127.0.0.1:8545").signer(signer)).await?;
//! let price = U256::from(10).pow(U256::from(15));
//! let answer = client.jobs().post(model_id, image, price).await?.result().await?;
//! println!("{} says {}", answer.worker, answer.output);
//! # Ok(()) }
//! ```
//!
//! Every wait has a deadline ([`Deadlines`]); reads are repeated while the connection fails, at the next node if there are
//! several, transactions only under the same nonce. Only validator-final blocks are visible, so nothing that was seen is ever taken back.
#![warn(missing_docs)]

mod attested;
mod auction_house;
mod auctions;
mod audits;
mod beacon;
mod checkout;
mod checkpoints;
mod client;
mod committee;
mod credits;
mod decimal;
mod deliveries;
mod disputable;
mod disputes;
mod drops;
mod edge_rewards;
mod error;
mod exchange;
mod follow;
mod governance;
mod heads;
mod index;
mod jobs;
mod keys;
pub mod keystore;
mod leases;
mod light;
mod media;
mod merkle;
mod model;
mod models;
mod nfts;
mod node;
mod nonces;
mod payments;
mod rentals;
mod rpc;
mod sealed;
mod sender;
mod signature;
mod staking;
mod tokens;

pub use attested::{Attested, AttestedTerms};
pub use auction_house::{AuctionDraft, AuctionHouse, TokenAuction};
pub use auctions::{Auction, AuctionOffer, Auctions, Placed, SealedBid};
pub use audits::{AuditEvent, AuditTerms, Audits, Finding, Testimony};
pub use beacon::Beacon;
pub use checkout::Checkout;
pub use checkpoints::{Checkpoints, Guardians};
pub use client::{Client, ClientBuilder, Deadlines};
pub use committee::Committee;
pub use deliveries::{Deliveries, Receipt, Served};
pub use disputable::{Disputable, DisputableTerms};
pub use disputes::{
    Answer, Asked, Challenge, Defence, DisputeEvent, DisputeTerms, Disputes, Duty, Line, Move, Proceedings, Refutation,
    Statement,
};
pub use drops::{DrawnPack, Drops, Kept, PackDraft, PackPurchase, Packs, Phase, Phases, Purchase, Secrets, Tier};
pub use edge_rewards::{Due, EdgeRewards, Entrant, Round, Schedule, Window, chain_after, digest_of};
pub use error::{Error, Library, ModelError};
pub use exchange::{Asset, Exchange, Obstacle, OrderDraft, Outcome, Progress, SignedOrder, Take, Trade, TradeOrder};
pub use follow::Closing;
pub use governance::{Ballot, Governance, Proposal, Standing, Tally};
pub use index::Index;
pub use jobs::{
    ATTESTED, DISPUTABLE, Delivery, Events, INFERENCE, JobEvent, JobEventKind, JobResult, JobState, Jobs, Offer, Order,
    PostedJob, Requirements, SEALED, decided_after, input_root,
};
pub use keys::{Keys, Member, Members, Sealed};
pub use leases::{Lease, LeaseOffer, Leases};
pub use light::{
    Age, Chain, LightClient, LightError, LightHeader, LightState, ProvedCheckpoint, ProvedTransaction, window,
};
pub use media::{
    Dealt, KeyDoubt, KeyRequest, Media, Moment, Origin, Player, SealedPart, SealedShare, Show, quorum_of, share_about,
};
pub use merkle::{Allowlist, IdSet, MerkleTree, is_in};
pub use model::LocalModel;
pub use models::{CHUNK_BYTES_MAX, IMAGE_BYTES_MAX, Models, RegisteredGraph, Registration};
pub use nfts::{
    Collection, Creation, CreationKind, CreationTerms, Editions, MintDraft, MintVoucher, Nfts, SignedMint, Use,
    content_of,
};
pub use node::Node;
pub use payments::{Appraisal, Doubt, Pair, Payments, Redemption, SessionLimits, Voucher};
pub use rentals::{RentalDraft, RentalOffer, Rentals, SignedRental};
pub use sealed::{Envelope, Fault, Opened, SEALED_BYTES_MAX, Seals, pieces as sealed_pieces, seed_of};
pub use sender::SignedTx;
pub use staking::{EdgeStaking, StakeBook, Staking};
pub use tokens::{Theta, Wtfuel};
