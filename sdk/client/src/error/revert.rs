//! Whose error a revert is.

use alloy::{
    primitives::{Address, Bytes},
    sol_types::SolInterface,
};
use edgeloom_bindings::addresses;

use super::{Error, IEditionsErrors};

alloy::sol! {
    /// What solady and OpenZeppelin say in the contracts' name.
    #[sol(all_derives)]
    interface Library {
        /// The caller is not the owner of what it called: of a creation, not its creator.
        error Unauthorized();
        /// A contract was called by what it called.
        error Reentrancy();
        /// A currency did not move from who pays: too little of it, or not approved.
        error TransferFromFailed();
        /// A currency did not move.
        error TransferFailed();
        /// Nobody can own it.
        error NewOwnerIsZeroAddress();
        /// A number is too large for what it is kept in.
        error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value);
    }
}

/// Of whom an error may be.
type Rule = fn(&[u8]) -> Option<Error>;

const MARKET: Rule = |data| sorted(data, Error::Market);
const LEASES: Rule = |data| sorted(data, Error::Leases);
const AUCTIONS: Rule = |data| sorted(data, Error::Auctions);
const DISPUTABLE: Rule = |data| sorted(data, Error::Disputable);
const ATTESTED: Rule = |data| sorted(data, Error::Attested);
const SEALED: Rule = |data| sorted(data, Error::Sealed);
const MEDIA: Rule = |data| sorted(data, Error::Media);
const PAYMENTS: Rule = |data| sorted(data, Error::Payments);
const TILL: Rule = |data| sorted(data, Error::Till);
const SPLITS: Rule = |data| sorted(data, Error::Splits);
const DELIVERIES: Rule = |data| sorted(data, Error::Deliveries);
const INFERENCE: Rule = |data| sorted(data, Error::Inference);
const STAKING: Rule = |data| sorted(data, Error::Staking);
const EDGE: Rule = |data| sorted(data, Error::EdgeStaking);
const STAKE: Rule = |data| sorted(data, Error::Stake);
const PARAMETERS: Rule = |data| sorted(data, Error::Parameters);
const COMMITTEE: Rule = |data| sorted(data, Error::Committee);
const CHECKPOINTS: Rule = |data| sorted(data, Error::Checkpoints);
const REWARDS: Rule = |data| sorted(data, Error::Rewards);
const EDGE_REWARDS: Rule = |data| sorted(data, Error::EdgeRewards);
const GOVERNOR: Rule = |data| sorted(data, Error::Governor);
const MODELS: Rule = |data| sorted(data, Error::Models);
const PROOF: Rule = |data| sorted(data, Error::EdgeProof);
const KEYS: Rule = |data| sorted(data, Error::Keys);
const BLS: Rule = |data| sorted(data, Error::Bls);
const BEACON: Rule = |data| sorted(data, Error::Beacon);
const DISPUTES: Rule = |data| sorted(data, Error::Disputes);
const AUDITS: Rule = |data| sorted(data, Error::Audits);
const CREDITS: Rule = |data| sorted(data, Error::Credits);
const CHECKOUT: Rule = |data| sorted(data, Error::Checkout);
const FACTORY: Rule = |data| sorted(data, Error::NftFactory);
const EXCHANGE: Rule = |data| sorted(data, Error::Exchange);
const HOUSE: Rule = |data| sorted(data, Error::AuctionHouse);
const DROPS: Rule = |data| sorted(data, Error::Drops);
const PACKS: Rule = |data| sorted(data, Error::Packs);
const PHASES: Rule = |data| sorted(data, Error::Phases);
const RENTALS: Rule = |data| sorted(data, Error::Rentals);
const LIBRARY: Rule = |data| sorted(data, Error::Library);
const CREATION: Rule = |data| sorted(data, Error::Creation);
const COLLECTION: Rule = |data| sorted(data, Error::Collection);
const EDITIONS: Rule = |data| sorted(data, Error::Editions);

/// Whoever was called may have called others.
const ANYBODYS: &[Rule] = &[
    MARKET,
    EDGE,
    STAKE,
    MODELS,
    PROOF,
    KEYS,
    BLS,
    BEACON,
    STAKING,
    PARAMETERS,
    COMMITTEE,
    CHECKPOINTS,
    REWARDS,
    GOVERNOR,
    AUCTIONS,
    DISPUTABLE,
    ATTESTED,
    SEALED,
    TILL,
    PAYMENTS,
    SPLITS,
    DELIVERIES,
    LEASES,
    EDGE_REWARDS,
    DISPUTES,
    AUDITS,
    EXCHANGE,
    HOUSE,
    RENTALS,
    FACTORY,
    CHECKOUT,
    DROPS,
    PACKS,
    PHASES,
];

impl Error {
    /// Decodes revert data. Some errors are declared by two contracts; the one that was called is asked first, then those
    /// it calls.
    pub(crate) fn from_revert(to: Option<Address>, data: Bytes) -> Self {
        let rules = called(to).iter().chain(ANYBODYS);
        rules.map(|rule| rule(&data)).find_map(|error| error).unwrap_or(Self::Revert { data })
    }

    /// The same, of a call whose contract is known to be editions: some errors are declared by collections, too.
    pub(crate) fn of_editions(self) -> Self {
        match &self {
            Self::Collection(inner) => match IEditionsErrors::abi_decode(&inner.abi_encode()) {
                Ok(editions) => Self::Editions(editions),
                Err(_) => self,
            },
            _ => self,
        }
    }
}

/// What a contract says, in the order in which it is asked.
const fn called(to: Option<Address>) -> &'static [Rule] {
    match to {
        Some(addresses::JOB_MARKET) => &[MARKET, TILL, INFERENCE, DISPUTABLE, ATTESTED, SEALED, CREDITS],
        Some(addresses::AUCTIONS) => &[AUCTIONS, MARKET, TILL, CREDITS, BEACON],
        Some(addresses::DISPUTABLE) => &[DISPUTABLE, DISPUTES, AUDITS, BEACON],
        Some(addresses::ATTESTED) => &[ATTESTED, CREDITS, BEACON, KEYS],
        Some(addresses::SEALED) => &[SEALED, CREDITS, PROOF, DISPUTABLE],
        Some(addresses::LEASES) => &[LEASES, TILL, CREDITS],
        Some(addresses::MEDIA_GATE) => &[MEDIA],
        Some(addresses::PAYMENT_POOL) => &[PAYMENTS, SPLITS, CREDITS],
        Some(addresses::DELIVERIES) => &[DELIVERIES, PAYMENTS, PROOF, KEYS],
        Some(addresses::EDGE_STAKING) => &[EDGE, STAKE],
        Some(addresses::STAKING) => &[STAKING, STAKE],
        Some(addresses::PARAMETERS) => &[PARAMETERS],
        Some(addresses::COMMITTEE) => &[COMMITTEE, STAKING, STAKE],
        Some(addresses::CHECKPOINTS) => &[CHECKPOINTS, KEYS, BLS],
        Some(addresses::REWARDS) => &[REWARDS],
        Some(addresses::EDGE_REWARDS) => &[EDGE_REWARDS, BEACON, PROOF],
        Some(addresses::GOVERNOR) => &[GOVERNOR, PARAMETERS],
        Some(addresses::MODEL_REGISTRY) => &[MODELS],
        Some(addresses::EDGE_PROOF) => &[PROOF],
        // Some of what the precompile says, the edge-proof precompile says, too.
        Some(addresses::KEY_REGISTRY) => &[KEYS, BLS],
        Some(addresses::BLS) => &[BLS],
        Some(addresses::BEACON) => &[BEACON],
        Some(addresses::DISPUTES) => &[DISPUTES, CREDITS, PROOF],
        Some(addresses::AUDITS) => &[AUDITS, CREDITS, DISPUTES, KEYS],
        Some(addresses::NFT_FACTORY) => &[FACTORY, CREATION, COLLECTION, EDITIONS],
        // Of tokens that they move they pass on what these say.
        Some(addresses::EXCHANGE) => &[EXCHANGE, CHECKOUT, CREDITS, CREATION, COLLECTION, EDITIONS, LIBRARY],
        Some(addresses::AUCTION_HOUSE) => &[HOUSE, CHECKOUT, CREDITS, CREATION, COLLECTION, EDITIONS, LIBRARY],
        Some(addresses::RENTALS) => &[RENTALS, CHECKOUT, CREDITS, CREATION, COLLECTION, EDITIONS, LIBRARY],
        Some(addresses::DROPS) => &[DROPS, PHASES, CHECKOUT, CREDITS, CREATION, COLLECTION, EDITIONS, LIBRARY],
        Some(addresses::PACKS) => {
            &[PACKS, PHASES, DROPS, CHECKOUT, CREDITS, BEACON, CREATION, COLLECTION, EDITIONS, LIBRARY]
        }
        Some(addresses::THETA | addresses::WTFUEL) => &[],
        // Clones of collections and editions have any address.
        Some(_) => &[CREATION, COLLECTION, EDITIONS, LIBRARY],
        None => &[],
    }
}

fn sorted<E: SolInterface>(data: &[u8], wrap: fn(E) -> Error) -> Option<Error> {
    E::abi_decode(data).ok().map(wrap)
}
