//! Journeys through public doors: command lines, JSON-RPC, GraphQL, REST and the SDK, against real processes.

mod auctions;
mod audits;
mod capacity;
mod certificates;
mod claimed;
mod cli;
mod clients;
mod demo;
mod durability;
mod errands;
mod governance;
mod hardhat_cheats;
mod indexer;
mod institutions;
mod leases;
mod malformed;
mod market;
mod media;
mod nfts;
mod nonces;
mod payments;
mod production;
mod projects;
mod restarts;
mod verify;
mod worker;
