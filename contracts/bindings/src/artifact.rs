//! The compiled contracts as `cargo xtask bindings` commits them, and where genesis puts each.

use crate::addresses;
use alloy::primitives::{Address, Bytes};
use serde::Deserialize;

/// A contract of genesis that is compiled from sources of this repository.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compiled {
    pub(crate) name: &'static str,
    pub(crate) address: Address,
    /// ABI, runtime code and storage layout.
    pub(crate) json: &'static str,
    /// What solc wrote.
    pub(crate) metadata: &'static str,
}

/// The part of `artifacts/<Name>.json` that genesis needs. The files also hold the ABI and the storage layout.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    deployed_bytecode: Bytes,
}

macro_rules! compiled {
    ($($name:literal at $address:ident,)*) => {
        [$(Compiled {
            name: $name,
            address: addresses::$address,
            json: include_str!(concat!("../artifacts/", $name, ".json")),
            metadata: include_str!(concat!("../artifacts/", $name, ".metadata.json")),
        }),*]
    };
}

/// All of them, in the order in which genesis lists them.
pub(crate) const COMPILED: &[Compiled] = &compiled![
    "Theta" at THETA,
    "EdgeStaking" at EDGE_STAKING,
    "ModelRegistry" at MODEL_REGISTRY,
    "JobMarket" at JOB_MARKET,
    "Kinds" at KINDS,
    "Inference" at INFERENCE,
    "Possession" at POSSESSION,
    "Disputable" at DISPUTABLE,
    "Attested" at ATTESTED,
    "Sealed" at SEALED,
    "Auctions" at AUCTIONS,
    "Profiles" at PROFILES,
    "Leases" at LEASES,
    "PaymentPool" at PAYMENT_POOL,
    "Deliveries" at DELIVERIES,
    "KeyRegistry" at KEY_REGISTRY,
    "Beacon" at BEACON,
    "Disputes" at DISPUTES,
    "Audits" at AUDITS,
    "Staking" at STAKING,
    "Committee" at COMMITTEE,
    "Checkpoints" at CHECKPOINTS,
    "Rewards" at REWARDS,
    "EdgeRewards" at EDGE_REWARDS,
    "Parameters" at PARAMETERS,
    "Epochs" at EPOCHS,
    "Wtfuel" at WTFUEL,
    "Emission" at EMISSION,
    "Governor" at GOVERNOR,
    "Timelock" at TIMELOCK,
    "Upgrades" at UPGRADES,
    "Collection" at COLLECTION,
    "Editions" at EDITIONS,
    "NftFactory" at NFT_FACTORY,
    "Exchange" at EXCHANGE,
    "AuctionHouse" at AUCTION_HOUSE,
    "Rentals" at RENTALS,
    "Drops" at DROPS,
    "Packs" at PACKS,
    "MediaGate" at MEDIA_GATE,
];

impl Compiled {
    /// # Panics
    /// Never: the artifacts are part of this crate, and its tests parse each of them.
    pub(crate) fn code(&self) -> Bytes {
        let artifact: Artifact = serde_json::from_str(self.json).expect("a committed artifact");
        artifact.deployed_bytecode
    }
}
