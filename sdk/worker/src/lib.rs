//! The reference edge worker: it finds paid jobs, runs their models with the kernel that the chain runs, and submits the
//! answers. It learns of jobs from an index and decides by the chain, so a lying index can waste its time but not its bond.
//! It is an outsider: it knows JSON-RPC and contracts, and neither the EVM, the node's storage nor the BFT engine.
//!
//! In rounds it shows its capacity to compute, and has its node paid for that. It bids in auctions of jobs, lets the machine by the second where its
//! operator names a program that serves, and keeps and redeems vouchers that pay it.
//!
//! Besides, it claims answers that the chain only checks when somebody disputes them, audits such claims, and tells the story of a
//! dispute.
//!
//! plan (pure) → shelf (the model, proved to be the one on chain) → life (take, compute, submit) → journal (every step on
//! disk before it happens). Killed between any two steps, it continues where it was: nothing is submitted twice, and no
//! paid job is lost.

mod audit;
mod bids;
mod bond;
mod card;
pub mod claim;
pub mod crash;
mod desk;
mod discovery;
mod dispute;
pub mod doctor;
mod errand;
mod gates;
pub mod journal;
mod kernel;
mod leases;
mod life;
mod page;
pub mod plan;
mod prosecute;
mod rounds;
mod settings;
mod shared;
mod shelf;
pub mod status_line;
mod tally;
mod vouchers;
mod worker;

pub use audit::{Audit, AuditOrder, Seated};
pub use bond::BondError;
pub use card::{CardError, Device};
pub use desk::CaseError;
pub use dispute::Replay;
pub use gates::GateOwners;
pub use leases::Letting;
pub use plan::Skip;
pub use rounds::Enrolment;
pub use settings::{Config, Settings, SettingsError, Switch};
pub use tally::{Finished, Status};
pub use worker::{Watch, Worker, WorkerError};
