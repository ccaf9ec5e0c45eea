//! Tokens through the SDK, on a chain, with an index that says what the chain does: made, minted, traded, auctioned, rented out, dropped, and
//! sold in packs. Every price is followed to the last wei.
//!
//! Trades run on a validator with consensus. What takes an hour, or rounds of hundreds of blocks, runs on a development chain, whose clock moves
//! as it is told, with the same contracts.

mod auction;
mod drops;
mod fair;
mod gates;
mod orders;
mod packs;
mod stage;
mod terminal;
mod trade;
mod wash;
