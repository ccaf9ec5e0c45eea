//! Guardians: how thousands of them co-sign one block in seconds. This crate decides what is recorded before it is signed ([`Journal`]), whom a
//! guardian talks to ([`Committee`]), what it says ([`Contribution`]), what it checks ([`Check`]) and what comes of it ([`Session`],
//! [`Certificate`]). It knows no chain, no consensus, no network, no clock and no chance: a caller brings the block that it verified, moves
//! messages, says what time it is, and runs checks on threads of its own. [`simulation`] is such a caller, of ten thousand guardians.
//!
//! * G1 A signature is made of what a journal recorded first, and a journal records one block for a height ([`Recorded`]).
//! * G2 Everybody signs the same bytes ([`Subject`]), so that all signatures make one aggregate, and every aggregate is told by a bitmap:
//!   each signer is in it once. That is what `ICheckpoints.submit` takes; an aggregate that holds somebody twice cannot be made into one.
//! * G3 Members of a snapshot are put in an order that a public seed gives, which is halved, and each half halved again, down to one. The
//!   other halves are a position's levels, 0 the largest. What a guardian knows of one is disjoint from all else that it knows.
//! * G4 On a level only [`CONTACTS`] of the other half are listened to, whom the seed draws: so nobody can be reached by more strangers than
//!   that, however many guardians a liar has. Contacts of each other are so in both directions.
//! * G5 Nothing is passed on unless it was checked. Contributions are checked many at once, and by halves where that fails; whoever sent an
//!   invalid one, one that is malformed, or too many, is not listened to any more ([`Fault`]). Nobody else loses by it.
//! * G6 Where levels have not brought a quorum in time, what a guardian knows of a level is also relayed inside its own half. (Gossip
//!   that adds aggregates with multiplicities spreads as fast, but what it makes is no bitmap: rule G2.)

mod bits;
mod check;
mod committee;
mod contribution;
mod early;
mod journal;
mod session;
pub mod simulation;
mod subject;
mod tally;

pub use bits::Bits;
pub use check::{Check, Checked, Judge, Pairings, Statement, Verdict, Work};
pub use committee::{CONTACTS, Committee, CommitteeError, Level, Member, Position, RELAYS};
pub use contribution::{Contribution, Malformed, Role, Scope, height_of};
pub use early::Early;
pub use journal::{Journal, JournalError, Ledger, LedgerError, Recorded, Refused};
pub use session::{Certificate, Fault, NotStarted, Output, Pace, Refusal, Session};
pub use subject::Subject;
pub use tally::{Part, Tally};
