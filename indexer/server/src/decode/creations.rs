//! D4: events of collections and editions, by their signatures alone.
//!
//! An ERC-20 token's `Transfer` has the signature of an ERC-721's, and one topic less: such logs, by far the most, are no candidates.
//! Of a foreign ERC-721 or ERC-1155 they are, and nothing comes of them.

use alloy::{
    primitives::{Address, Log, U256},
    sol_types::SolEvent,
};
use edgeloom_bindings::{ICollection, ICreation, IEditions};

alloy::sol! {
    /// Of solady's `Ownable`.
    event OwnershipTransferred(address indexed oldOwner, address indexed newOwner);
}

/// Ids and how many of each.
pub type Amounts = Vec<(U256, U256)>;

#[derive(Clone, Debug)]
pub enum Says {
    Created(ICreation::Terms),
    /// To nobody: the zero address.
    Owner(Address),
    Royalty {
        to: Address,
        bps: u16,
    },
    Policy(ICreation::Policy),
    Frozen,
    ContractUri,
    /// Tokens show something else: the first of them, and the last.
    Updated(U256, U256),
    /// Of editions.
    Uri(U256, String),
    Cap(U256, U256),
    /// A token of a collection; from or to the zero address when it was minted or burned.
    Moved {
        from: Address,
        to: Address,
        id: U256,
    },
    /// Copies of editions, likewise.
    MovedCopies {
        from: Address,
        to: Address,
        copies: Amounts,
    },
    User {
        id: U256,
        user: Address,
        expires: u64,
    },
    /// It has the signature, and not the form. No creation writes that.
    Unreadable(String),
}

/// Topics of an ERC-721's `Transfer`, with the signature.
const MOVED_TOPICS: usize = 4;

/// What a creation would say by this log; `None` for what changes no row.
pub(super) fn says(log: &Log) -> Option<Says> {
    let topics = log.topics();
    let read = match *topics.first()? {
        ICollection::Transfer::SIGNATURE_HASH if topics.len() == MOVED_TOPICS => {
            read(log, |event: ICollection::Transfer| Says::Moved { from: event.from, to: event.to, id: event.id })
        }
        IEditions::TransferSingle::SIGNATURE_HASH => read(log, |event: IEditions::TransferSingle| Says::MovedCopies {
            from: event.from,
            to: event.to,
            copies: vec![(event.id, event.amount)],
        }),
        IEditions::TransferBatch::SIGNATURE_HASH => return Some(batch(log)),
        ICollection::UpdateUser::SIGNATURE_HASH => read(log, |event: ICollection::UpdateUser| Says::User {
            id: event.tokenId,
            user: event.user,
            expires: event.expires,
        }),
        ICreation::Created::SIGNATURE_HASH => read(log, |event: ICreation::Created| Says::Created(event.terms)),
        OwnershipTransferred::SIGNATURE_HASH => read(log, |event: OwnershipTransferred| Says::Owner(event.newOwner)),
        ICreation::RoyaltySet::SIGNATURE_HASH => {
            read(log, |event: ICreation::RoyaltySet| Says::Royalty { to: event.to, bps: event.bps })
        }
        ICreation::PolicySet::SIGNATURE_HASH => read(log, |event: ICreation::PolicySet| Says::Policy(event.policy)),
        ICreation::MetadataFrozen::SIGNATURE_HASH => read(log, |_: ICreation::MetadataFrozen| Says::Frozen),
        ICreation::ContractURIUpdated::SIGNATURE_HASH => {
            read(log, |_: ICreation::ContractURIUpdated| Says::ContractUri)
        }
        ICreation::MetadataUpdate::SIGNATURE_HASH => {
            read(log, |event: ICreation::MetadataUpdate| Says::Updated(event._tokenId, event._tokenId))
        }
        ICreation::BatchMetadataUpdate::SIGNATURE_HASH => {
            read(log, |event: ICreation::BatchMetadataUpdate| Says::Updated(event._fromTokenId, event._toTokenId))
        }
        IEditions::URI::SIGNATURE_HASH => read(log, |event: IEditions::URI| Says::Uri(event.id, event.value)),
        IEditions::CapSet::SIGNATURE_HASH => read(log, |event: IEditions::CapSet| Says::Cap(event.id, event.cap)),
        _ => return None,
    };
    Some(read)
}

fn read<E: SolEvent>(log: &Log, says: impl Fn(E) -> Says) -> Says {
    let decoded = E::decode_raw_log(log.topics().iter().copied(), log.data.data.as_ref());
    decoded.map_or_else(|error| Says::Unreadable(error.to_string()), says)
}

fn batch(log: &Log) -> Says {
    read(log, |event: IEditions::TransferBatch| {
        if event.ids.len() != event.amounts.len() {
            return Says::Unreadable("a list is longer than the other".into());
        }
        let copies = event.ids.into_iter().zip(event.amounts).collect();
        Says::MovedCopies { from: event.from, to: event.to, copies }
    })
}
