//! The sources of the contracts of genesis, as they were compiled: what whoever verifies them asks for.

use crate::artifact::{self, Compiled};
use alloy::primitives::{Address, B256, Bytes, keccak256};
use std::collections::BTreeMap;

/// A contract of genesis that is compiled from sources of this repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub name: &'static str,
    pub address: Address,
    /// Runtime code that the compiler made of the sources. It has no trailer, no library and no immutable.
    pub code: Bytes,
    /// JSON of solc: compiler, settings, ABI, and the hash of every source.
    pub metadata: &'static str,
}

/// Sources from npm that the contracts import, by path: a JSON object.
const LIBRARIES: &str = include_str!("../artifacts/libraries.json");

/// Sources of this repository by path.
const OURS: [(&str, &str); 135] = [
    ("src/bls/Bls.sol", include_str!("../../src/bls/Bls.sol")),
    ("src/bls/KeyRegistry.sol", include_str!("../../src/bls/KeyRegistry.sol")),
    ("src/bls/Signers.sol", include_str!("../../src/bls/Signers.sol")),
    ("src/bls/Snapshot.sol", include_str!("../../src/bls/Snapshot.sol")),
    ("src/chain/Beacon.sol", include_str!("../../src/chain/Beacon.sol")),
    ("src/checkpoint/Checkpoints.sol", include_str!("../../src/checkpoint/Checkpoints.sol")),
    ("src/governance/Governor.sol", include_str!("../../src/governance/Governor.sol")),
    ("src/governance/Parameters.sol", include_str!("../../src/governance/Parameters.sol")),
    ("src/governance/Timelock.sol", include_str!("../../src/governance/Timelock.sol")),
    ("src/governance/Upgrades.sol", include_str!("../../src/governance/Upgrades.sol")),
    ("src/interfaces/IAttested.sol", include_str!("../../src/interfaces/IAttested.sol")),
    ("src/interfaces/IAuctionHouse.sol", include_str!("../../src/interfaces/IAuctionHouse.sol")),
    ("src/interfaces/IAuctions.sol", include_str!("../../src/interfaces/IAuctions.sol")),
    ("src/interfaces/IAudits.sol", include_str!("../../src/interfaces/IAudits.sol")),
    ("src/interfaces/IBeacon.sol", include_str!("../../src/interfaces/IBeacon.sol")),
    ("src/interfaces/IBls.sol", include_str!("../../src/interfaces/IBls.sol")),
    ("src/interfaces/ICheckout.sol", include_str!("../../src/interfaces/ICheckout.sol")),
    ("src/interfaces/ICheckpoints.sol", include_str!("../../src/interfaces/ICheckpoints.sol")),
    ("src/interfaces/ICollection.sol", include_str!("../../src/interfaces/ICollection.sol")),
    ("src/interfaces/ICommittee.sol", include_str!("../../src/interfaces/ICommittee.sol")),
    ("src/interfaces/ICreation.sol", include_str!("../../src/interfaces/ICreation.sol")),
    ("src/interfaces/ICredits.sol", include_str!("../../src/interfaces/ICredits.sol")),
    ("src/interfaces/IDeliveries.sol", include_str!("../../src/interfaces/IDeliveries.sol")),
    ("src/interfaces/IDisputable.sol", include_str!("../../src/interfaces/IDisputable.sol")),
    ("src/interfaces/IDisputes.sol", include_str!("../../src/interfaces/IDisputes.sol")),
    ("src/interfaces/IDrops.sol", include_str!("../../src/interfaces/IDrops.sol")),
    ("src/interfaces/IERC6551Account.sol", include_str!("../../src/interfaces/IERC6551Account.sol")),
    ("src/interfaces/IEdgeProof.sol", include_str!("../../src/interfaces/IEdgeProof.sol")),
    ("src/interfaces/IEdgeRewards.sol", include_str!("../../src/interfaces/IEdgeRewards.sol")),
    ("src/interfaces/IEdgeStaking.sol", include_str!("../../src/interfaces/IEdgeStaking.sol")),
    ("src/interfaces/IEditions.sol", include_str!("../../src/interfaces/IEditions.sol")),
    ("src/interfaces/IEmission.sol", include_str!("../../src/interfaces/IEmission.sol")),
    ("src/interfaces/IEpochs.sol", include_str!("../../src/interfaces/IEpochs.sol")),
    ("src/interfaces/IEquivocation.sol", include_str!("../../src/interfaces/IEquivocation.sol")),
    ("src/interfaces/IExchange.sol", include_str!("../../src/interfaces/IExchange.sol")),
    ("src/interfaces/IGovernance.sol", include_str!("../../src/interfaces/IGovernance.sol")),
    ("src/interfaces/IInference.sol", include_str!("../../src/interfaces/IInference.sol")),
    ("src/interfaces/IJobMarket.sol", include_str!("../../src/interfaces/IJobMarket.sol")),
    ("src/interfaces/IKeyRegistry.sol", include_str!("../../src/interfaces/IKeyRegistry.sol")),
    ("src/interfaces/IKinds.sol", include_str!("../../src/interfaces/IKinds.sol")),
    ("src/interfaces/ILeases.sol", include_str!("../../src/interfaces/ILeases.sol")),
    ("src/interfaces/IMediaGate.sol", include_str!("../../src/interfaces/IMediaGate.sol")),
    ("src/interfaces/IModelRegistry.sol", include_str!("../../src/interfaces/IModelRegistry.sol")),
    ("src/interfaces/INftFactory.sol", include_str!("../../src/interfaces/INftFactory.sol")),
    ("src/interfaces/IPacks.sol", include_str!("../../src/interfaces/IPacks.sol")),
    ("src/interfaces/IParameters.sol", include_str!("../../src/interfaces/IParameters.sol")),
    ("src/interfaces/IPaymentPool.sol", include_str!("../../src/interfaces/IPaymentPool.sol")),
    ("src/interfaces/IPhases.sol", include_str!("../../src/interfaces/IPhases.sol")),
    ("src/interfaces/IPossession.sol", include_str!("../../src/interfaces/IPossession.sol")),
    ("src/interfaces/IProfiles.sol", include_str!("../../src/interfaces/IProfiles.sol")),
    ("src/interfaces/IRentals.sol", include_str!("../../src/interfaces/IRentals.sol")),
    ("src/interfaces/IRewards.sol", include_str!("../../src/interfaces/IRewards.sol")),
    ("src/interfaces/ISealed.sol", include_str!("../../src/interfaces/ISealed.sol")),
    ("src/interfaces/ISplits.sol", include_str!("../../src/interfaces/ISplits.sol")),
    ("src/interfaces/IStakeBook.sol", include_str!("../../src/interfaces/IStakeBook.sol")),
    ("src/interfaces/IStaking.sol", include_str!("../../src/interfaces/IStaking.sol")),
    ("src/interfaces/ITheta.sol", include_str!("../../src/interfaces/ITheta.sol")),
    ("src/interfaces/ITill.sol", include_str!("../../src/interfaces/ITill.sol")),
    ("src/interfaces/IUpgrades.sol", include_str!("../../src/interfaces/IUpgrades.sol")),
    ("src/interfaces/IVerifier.sol", include_str!("../../src/interfaces/IVerifier.sol")),
    ("src/interfaces/IWtfuel.sol", include_str!("../../src/interfaces/IWtfuel.sol")),
    ("src/jobs/Audits.sol", include_str!("../../src/jobs/Audits.sol")),
    ("src/jobs/Credits.sol", include_str!("../../src/jobs/Credits.sol")),
    ("src/jobs/Disputes.sol", include_str!("../../src/jobs/Disputes.sol")),
    ("src/jobs/Docket.sol", include_str!("../../src/jobs/Docket.sol")),
    ("src/jobs/Draw.sol", include_str!("../../src/jobs/Draw.sol")),
    ("src/jobs/Evidence.sol", include_str!("../../src/jobs/Evidence.sol")),
    ("src/jobs/JobMarket.sol", include_str!("../../src/jobs/JobMarket.sol")),
    ("src/jobs/ModelRegistry.sol", include_str!("../../src/jobs/ModelRegistry.sol")),
    ("src/market/Attested.sol", include_str!("../../src/market/Attested.sol")),
    ("src/market/Auctions.sol", include_str!("../../src/market/Auctions.sol")),
    ("src/market/Ciphertext.sol", include_str!("../../src/market/Ciphertext.sol")),
    ("src/market/Disputable.sol", include_str!("../../src/market/Disputable.sol")),
    ("src/market/Inference.sol", include_str!("../../src/market/Inference.sol")),
    ("src/market/Kinds.sol", include_str!("../../src/market/Kinds.sol")),
    ("src/market/Leases.sol", include_str!("../../src/market/Leases.sol")),
    ("src/market/Possession.sol", include_str!("../../src/market/Possession.sol")),
    ("src/market/Profiles.sol", include_str!("../../src/market/Profiles.sol")),
    ("src/market/Sealed.sol", include_str!("../../src/market/Sealed.sol")),
    ("src/market/Till.sol", include_str!("../../src/market/Till.sol")),
    ("src/nft/AuctionHouse.sol", include_str!("../../src/nft/AuctionHouse.sol")),
    ("src/nft/Checkout.sol", include_str!("../../src/nft/Checkout.sol")),
    ("src/nft/Collection.sol", include_str!("../../src/nft/Collection.sol")),
    ("src/nft/Consents.sol", include_str!("../../src/nft/Consents.sol")),
    ("src/nft/Creation.sol", include_str!("../../src/nft/Creation.sol")),
    ("src/nft/Drops.sol", include_str!("../../src/nft/Drops.sol")),
    ("src/nft/Editions.sol", include_str!("../../src/nft/Editions.sol")),
    ("src/nft/Exchange.sol", include_str!("../../src/nft/Exchange.sol")),
    ("src/nft/Items.sol", include_str!("../../src/nft/Items.sol")),
    ("src/nft/MediaGate.sol", include_str!("../../src/nft/MediaGate.sol")),
    ("src/nft/Metadata.sol", include_str!("../../src/nft/Metadata.sol")),
    ("src/nft/NftFactory.sol", include_str!("../../src/nft/NftFactory.sol")),
    ("src/nft/Orders.sol", include_str!("../../src/nft/Orders.sol")),
    ("src/nft/Packs.sol", include_str!("../../src/nft/Packs.sol")),
    ("src/nft/Phases.sol", include_str!("../../src/nft/Phases.sol")),
    ("src/nft/Rentals.sol", include_str!("../../src/nft/Rentals.sol")),
    ("src/payments/Deliveries.sol", include_str!("../../src/payments/Deliveries.sol")),
    ("src/payments/Overspend.sol", include_str!("../../src/payments/Overspend.sol")),
    ("src/payments/PaymentPool.sol", include_str!("../../src/payments/PaymentPool.sol")),
    ("src/payments/Reserves.sol", include_str!("../../src/payments/Reserves.sol")),
    ("src/payments/Splits.sol", include_str!("../../src/payments/Splits.sol")),
    ("src/payments/Tills.sol", include_str!("../../src/payments/Tills.sol")),
    ("src/payments/Vouchers.sol", include_str!("../../src/payments/Vouchers.sol")),
    ("src/rewards/EdgeRewards.sol", include_str!("../../src/rewards/EdgeRewards.sol")),
    ("src/rewards/Emission.sol", include_str!("../../src/rewards/Emission.sol")),
    ("src/rewards/Rewards.sol", include_str!("../../src/rewards/Rewards.sol")),
    ("src/rewards/Rounds.sol", include_str!("../../src/rewards/Rounds.sol")),
    ("src/rewards/Schedule.sol", include_str!("../../src/rewards/Schedule.sol")),
    ("src/staking/Committee.sol", include_str!("../../src/staking/Committee.sol")),
    ("src/staking/EdgeStaking.sol", include_str!("../../src/staking/EdgeStaking.sol")),
    ("src/staking/Epochs.sol", include_str!("../../src/staking/Epochs.sol")),
    ("src/staking/Equivocation.sol", include_str!("../../src/staking/Equivocation.sol")),
    ("src/staking/Identity.sol", include_str!("../../src/staking/Identity.sol")),
    ("src/staking/Nodes.sol", include_str!("../../src/staking/Nodes.sol")),
    ("src/staking/StakeBook.sol", include_str!("../../src/staking/StakeBook.sol")),
    ("src/staking/Staking.sol", include_str!("../../src/staking/Staking.sol")),
    ("src/token/Theta.sol", include_str!("../../src/token/Theta.sol")),
    ("src/token/Wtfuel.sol", include_str!("../../src/token/Wtfuel.sol")),
    ("src/types/Bid.sol", include_str!("../../src/types/Bid.sol")),
    ("src/types/Code.sol", include_str!("../../src/types/Code.sol")),
    ("src/types/G1.sol", include_str!("../../src/types/G1.sol")),
    ("src/types/Keystream.sol", include_str!("../../src/types/Keystream.sol")),
    ("src/types/Ladder.sol", include_str!("../../src/types/Ladder.sol")),
    ("src/types/Manifest.sol", include_str!("../../src/types/Manifest.sol")),
    ("src/types/PackedPair.sol", include_str!("../../src/types/PackedPair.sol")),
    ("src/types/Pool.sol", include_str!("../../src/types/Pool.sol")),
    ("src/types/Predeploys.sol", include_str!("../../src/types/Predeploys.sol")),
    ("src/types/Progress.sol", include_str!("../../src/types/Progress.sol")),
    ("src/types/Purchase.sol", include_str!("../../src/types/Purchase.sol")),
    ("src/types/Requirements.sol", include_str!("../../src/types/Requirements.sol")),
    ("src/types/Sets.sol", include_str!("../../src/types/Sets.sol")),
    ("src/types/Structs.sol", include_str!("../../src/types/Structs.sol")),
    ("src/types/Subtree.sol", include_str!("../../src/types/Subtree.sol")),
    ("src/types/Tiers.sol", include_str!("../../src/types/Tiers.sol")),
    ("src/types/Typed.sol", include_str!("../../src/types/Typed.sol")),
];

/// The contracts of genesis that have sources here.
pub fn published() -> Vec<Published> {
    let published = |contract: &Compiled| Published {
        name: contract.name,
        address: contract.address,
        code: contract.code(),
        metadata: contract.metadata,
    };
    artifact::COMPILED.iter().map(published).collect()
}

/// keccak256 of the code that genesis puts at an address; `None` where it puts none of ours.
pub fn code_hash_of(address: Address) -> Option<B256> {
    let compiled = artifact::COMPILED.iter().find(|contract| contract.address == address)?;
    Some(keccak256(compiled.code()))
}

/// Every source that one of them is compiled from, by path.
pub fn sources() -> BTreeMap<String, String> {
    let libraries = serde_json::from_str::<BTreeMap<String, String>>(LIBRARIES)
        .expect("the file is part of this crate, and its tests parse it");
    libraries.into_iter().chain(OURS.map(|(path, text)| (path.to_owned(), text.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predeploys;
    use serde_json::Value;
    use std::{collections::BTreeSet, num::NonZeroU64};

    /// By the hashes that the compiler wrote; and nothing is kept that no contract needs.
    #[test]
    fn the_sources_are_those_that_were_compiled() {
        let (sources, mut used) = (sources(), BTreeSet::new());
        for contract in published() {
            let metadata: Value = serde_json::from_str(contract.metadata).unwrap();
            let target = metadata["settings"]["compilationTarget"].as_object().unwrap();
            assert_eq!(target.values().collect::<Vec<_>>(), [contract.name]);
            for (path, listed) in metadata["sources"].as_object().unwrap() {
                let hash: B256 = listed["keccak256"].as_str().unwrap().parse().unwrap();
                assert_eq!(keccak256(&sources[path]), hash, "{path}");
                used.insert(path.clone());
            }
        }
        assert!(sources.keys().eq(used.iter()), "kept: {:?}, used: {used:?}", sources.keys());
    }

    #[test]
    fn genesis_holds_the_published_code() {
        let genesis = predeploys(Address::ZERO, NonZeroU64::MIN);
        for contract in published() {
            let held = genesis.iter().find(|held| held.address == contract.address).unwrap();
            assert_eq!((held.name, &held.code), (contract.name, &contract.code));
            assert_eq!(code_hash_of(contract.address), Some(keccak256(&held.code)));
        }
        assert_eq!(code_hash_of(Address::ZERO), None);
    }
}
