use crate::{
    IAttested, IAuctionHouse, IAuctions, IAudits, IBeacon, ICheckout, ICheckpoints, ICollection, ICommittee, ICreation,
    ICredits::{ICreditsCalls, ICreditsErrors, ICreditsEvents},
    IDeliveries, IDisputable, IDisputes, IDrops, IEdgeRewards, IEdgeStaking, IEditions, IEmission, IEpochs, IExchange,
    IGovernance, IInference, IJobMarket, IKeyRegistry, IKinds, ILeases, IMediaGate, IModelRegistry, INftFactory,
    IPacks, IParameters, IPaymentPool, IPhases, IPossession, IProfiles, IRentals, IRewards, ISealed,
    ISplits::{ISplitsCalls, ISplitsErrors, ISplitsEvents},
    IStakeBook::{IStakeBookCalls, IStakeBookErrors, IStakeBookEvents},
    IStaking, ITheta,
    ITill::{ITillCalls, ITillErrors, ITillEvents},
    IUpgrades,
    IVerifier::IVerifierCalls,
    IWtfuel,
    artifact::COMPILED,
};
use alloy::{
    json_abi::{Event, JsonAbi},
    primitives::{B256, Selector},
    sol_types::{SolEnum, SolInterface},
};
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct Artifact {
    abi: JsonAbi,
}

fn abi(name: &str) -> JsonAbi {
    let contract = COMPILED.iter().find(|contract| contract.name == name).expect("a contract of that name");
    serde_json::from_str::<Artifact>(contract.json).expect("a committed artifact").abi
}

/// What the compiled contract has that neither its interface names nor what that inherits.
fn unnamed<Calls: SolInterface, Errors: SolInterface>(name: &str) -> Vec<String> {
    let abi = abi(name);
    let calls: BTreeSet<Selector> = Calls::selectors()
        .chain(ICreditsCalls::selectors())
        .chain(IStakeBookCalls::selectors())
        .chain(ITillCalls::selectors())
        .chain(ISplitsCalls::selectors())
        .chain(IVerifierCalls::selectors())
        .map(Selector::from)
        .collect();
    let errors: BTreeSet<Selector> = Errors::selectors()
        .chain(ICreditsErrors::selectors())
        .chain(IStakeBookErrors::selectors())
        .chain(ISplitsErrors::selectors())
        .chain(ITillErrors::selectors())
        .map(Selector::from)
        .collect();
    let functions = abi.functions().filter(|function| !calls.contains(&function.selector())).map(|f| f.signature());
    let faults = abi.errors().filter(|error| !errors.contains(&error.selector())).map(|e| e.signature());
    functions.chain(faults).collect()
}

/// What an interface names that the compiled contract does not have.
fn missing<Calls: SolInterface>(name: &str) -> Vec<Selector> {
    let has: BTreeSet<Selector> = abi(name).functions().map(|function| function.selector()).collect();
    Calls::selectors().map(Selector::from).filter(|selector| !has.contains(selector)).collect()
}

#[test]
fn the_types_name_everything_that_the_compiled_contracts_have() {
    use IAttested::{IAttestedCalls, IAttestedErrors};
    use IAuctions::{IAuctionsCalls, IAuctionsErrors};
    use IAudits::{IAuditsCalls, IAuditsErrors};
    use IBeacon::{IBeaconCalls, IBeaconErrors};
    use ICheckpoints::{ICheckpointsCalls, ICheckpointsErrors};
    use IDeliveries::{IDeliveriesCalls, IDeliveriesErrors};
    use IDisputable::{IDisputableCalls, IDisputableErrors};
    use IDisputes::{IDisputesCalls, IDisputesErrors};
    use IEdgeRewards::{IEdgeRewardsCalls, IEdgeRewardsErrors};
    use IEdgeStaking::{IEdgeStakingCalls, IEdgeStakingErrors};
    use IEmission::{IEmissionCalls, IEmissionErrors};
    use IEpochs::{IEpochsCalls, IEpochsErrors};
    use IInference::IInferenceErrors;
    use IJobMarket::{IJobMarketCalls, IJobMarketErrors};
    use IKeyRegistry::{IKeyRegistryCalls, IKeyRegistryErrors};
    use IKinds::{IKindsCalls, IKindsErrors};
    use ILeases::{ILeasesCalls, ILeasesErrors};
    use IModelRegistry::{IModelRegistryCalls, IModelRegistryErrors};
    use IParameters::{IParametersCalls, IParametersErrors};
    use IPaymentPool::{IPaymentPoolCalls, IPaymentPoolErrors};
    use IPossession::{IPossessionCalls, IPossessionErrors};
    use IProfiles::{IProfilesCalls, IProfilesErrors};
    use IRewards::{IRewardsCalls, IRewardsErrors};
    use ISealed::{ISealedCalls, ISealedErrors};
    use IStaking::{IStakingCalls, IStakingErrors};
    use IUpgrades::{IUpgradesCalls, IUpgradesErrors};
    use IWtfuel::{IWtfuelCalls, IWtfuelErrors};

    // A bound that a library checks and that guards before it already exclude.
    let casts = ["SafeCastOverflowedUintDowncast(uint8,uint256)"];
    assert_eq!(unnamed::<IEdgeStakingCalls, IEdgeStakingErrors>("EdgeStaking"), casts);
    assert_eq!(unnamed::<IStakingCalls, IStakingErrors>("Staking"), casts);
    assert_eq!(unnamed::<IEdgeRewardsCalls, IEdgeRewardsErrors>("EdgeRewards"), casts);
    assert_eq!(unnamed::<IRewardsCalls, IRewardsErrors>("Rewards"), casts);
    assert_eq!(unnamed::<IEpochsCalls, IEpochsErrors>("Epochs"), casts);
    assert_eq!(unnamed::<IJobMarketCalls, IJobMarketErrors>("JobMarket"), casts);
    assert_eq!(unnamed::<ILeasesCalls, ILeasesErrors>("Leases"), casts);
    assert_eq!(unnamed::<IPaymentPoolCalls, IPaymentPoolErrors>("PaymentPool"), casts);
    assert_eq!(unnamed::<IDeliveriesCalls, IDeliveriesErrors>("Deliveries"), [""; 0]);
    assert_eq!(unnamed::<IDisputesCalls, IDisputesErrors>("Disputes"), casts);
    assert_eq!(unnamed::<ISealedCalls, ISealedErrors>("Sealed"), casts);
    assert_eq!(unnamed::<IAuctionsCalls, IAuctionsErrors>("Auctions"), casts);
    assert_eq!(unnamed::<IPossessionCalls, IPossessionErrors>("Possession"), casts);
    assert_eq!(unnamed::<IVerifierCalls, IInferenceErrors>("Inference"), [""; 0]);
    assert_eq!(unnamed::<IDisputableCalls, IDisputableErrors>("Disputable"), casts);
    assert_eq!(unnamed::<IKindsCalls, IKindsErrors>("Kinds"), [""; 0]);
    assert_eq!(unnamed::<IProfilesCalls, IProfilesErrors>("Profiles"), [""; 0]);
    // What the library says that checks certificates.
    let certificates = ["CertificateInvalid()", casts[0], "SignersLength(uint256,uint256)"];
    assert_eq!(unnamed::<ICheckpointsCalls, ICheckpointsErrors>("Checkpoints"), certificates[..2]);
    assert_eq!(unnamed::<IAuditsCalls, IAuditsErrors>("Audits"), certificates);
    assert_eq!(unnamed::<IAttestedCalls, IAttestedErrors>("Attested"), certificates);
    // Keys of the registry are on the curve, and so is every sum of them.
    assert_eq!(unnamed::<IKeyRegistryCalls, IKeyRegistryErrors>("KeyRegistry"), ["NotOnTheCurve()"]);
    // Of bytes that are no list; whoever sends a block's header does not see it.
    assert_eq!(unnamed::<IBeaconCalls, IBeaconErrors>("Beacon"), ["RLPInvalidEncoding()"]);
    assert_eq!(unnamed::<IModelRegistryCalls, IModelRegistryErrors>("ModelRegistry"), [""; 0]);
    assert_eq!(unnamed::<IParametersCalls, IParametersErrors>("Parameters"), [""; 0]);
    assert_eq!(unnamed::<IEmissionCalls, IEmissionErrors>("Emission"), casts);
    assert_eq!(unnamed::<IUpgradesCalls, IUpgradesErrors>("Upgrades"), [""; 0]);
    // The library's, of what it is not asked to do.
    let library = ["AllowanceOverflow()", "AllowanceUnderflow()", "Permit2AllowanceIsFixedAtInfinity()"];
    assert_eq!(unnamed::<IWtfuelCalls, IWtfuelErrors>("Wtfuel"), library);
}

#[test]
fn the_compiled_contracts_have_everything_that_the_types_name() {
    assert_eq!(missing::<IEdgeStaking::IEdgeStakingCalls>("EdgeStaking"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IStaking::IStakingCalls>("Staking"), [Selector::ZERO; 0]);
    for book in ["EdgeStaking", "Staking"] {
        assert_eq!(missing::<IStakeBookCalls>(book), [Selector::ZERO; 0]);
    }
    assert_eq!(missing::<IEdgeRewards::IEdgeRewardsCalls>("EdgeRewards"), [Selector::ZERO; 0]);
    assert_eq!(missing::<ICheckpoints::ICheckpointsCalls>("Checkpoints"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IRewards::IRewardsCalls>("Rewards"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IEpochs::IEpochsCalls>("Epochs"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IParameters::IParametersCalls>("Parameters"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IJobMarket::IJobMarketCalls>("JobMarket"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IDisputes::IDisputesCalls>("Disputes"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IAudits::IAuditsCalls>("Audits"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IPaymentPool::IPaymentPoolCalls>("PaymentPool"), [Selector::ZERO; 0]);
    assert_eq!(missing::<ISplitsCalls>("PaymentPool"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IDeliveries::IDeliveriesCalls>("Deliveries"), [Selector::ZERO; 0]);
    assert_eq!(missing::<ILeases::ILeasesCalls>("Leases"), [Selector::ZERO; 0]);
    for till in ["JobMarket", "Leases"] {
        assert_eq!(missing::<ITillCalls>(till), [Selector::ZERO; 0]);
    }
    assert_eq!(missing::<IKinds::IKindsCalls>("Kinds"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IProfiles::IProfilesCalls>("Profiles"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IPossession::IPossessionCalls>("Possession"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IDisputable::IDisputableCalls>("Disputable"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IAttested::IAttestedCalls>("Attested"), [Selector::ZERO; 0]);
    assert_eq!(missing::<ISealed::ISealedCalls>("Sealed"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IAuctions::IAuctionsCalls>("Auctions"), [Selector::ZERO; 0]);
    for verifier in ["Inference", "Possession", "Disputable", "Attested", "Sealed"] {
        assert_eq!(missing::<IVerifierCalls>(verifier), [Selector::ZERO; 0]);
    }
    for paying in ["Attested", "Sealed", "Auctions", "JobMarket", "Leases", "PaymentPool", "Disputes", "Audits"] {
        assert_eq!(missing::<ICreditsCalls>(paying), [Selector::ZERO; 0]);
    }
    assert_eq!(missing::<IBeacon::IBeaconCalls>("Beacon"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IKeyRegistry::IKeyRegistryCalls>("KeyRegistry"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IModelRegistry::IModelRegistryCalls>("ModelRegistry"), [Selector::ZERO; 0]);
    assert_eq!(missing::<ITheta::IThetaCalls>("Theta"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IWtfuel::IWtfuelCalls>("Wtfuel"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IEmission::IEmissionCalls>("Emission"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IUpgrades::IUpgradesCalls>("Upgrades"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IGovernance::IGovernanceCalls>("Governor"), [Selector::ZERO; 0]);
    for creation in ["Collection", "Editions"] {
        assert_eq!(missing::<ICreation::ICreationCalls>(creation), [Selector::ZERO; 0]);
    }
    assert_eq!(missing::<ICollection::ICollectionCalls>("Collection"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IEditions::IEditionsCalls>("Editions"), [Selector::ZERO; 0]);
    assert_eq!(missing::<INftFactory::INftFactoryCalls>("NftFactory"), [Selector::ZERO; 0]);
    for checkout in ["Exchange", "AuctionHouse", "Rentals", "Drops", "Packs"] {
        assert_eq!(missing::<ICheckout::ICheckoutCalls>(checkout), [Selector::ZERO; 0]);
        assert_eq!(missing::<ICreditsCalls>(checkout), [Selector::ZERO; 0]);
    }
    for sale in ["Drops", "Packs"] {
        assert_eq!(missing::<IPhases::IPhasesCalls>(sale), [Selector::ZERO; 0]);
    }
    assert_eq!(missing::<IExchange::IExchangeCalls>("Exchange"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IAuctionHouse::IAuctionHouseCalls>("AuctionHouse"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IRentals::IRentalsCalls>("Rentals"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IDrops::IDropsCalls>("Drops"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IPacks::IPacksCalls>("Packs"), [Selector::ZERO; 0]);
    assert_eq!(missing::<IMediaGate::IMediaGateCalls>("MediaGate"), [Selector::ZERO; 0]);
}

#[test]
fn events_hash_alike() {
    // Those of these two are OpenZeppelin's.
    let declared: BTreeSet<B256> = COMPILED
        .iter()
        .filter(|contract| !["Governor", "Timelock"].contains(&contract.name))
        .flat_map(|contract| {
            // Solady's, of whoever owns a creation.
            let ours = |event: &&Event| !event.name.starts_with("Ownership");
            abi(contract.name).events().filter(ours).map(Event::selector).collect::<Vec<_>>()
        })
        .collect();
    let named: BTreeSet<B256> = [
        IAuctionHouse::IAuctionHouseEvents::SELECTORS,
        ICheckout::ICheckoutEvents::SELECTORS,
        ICollection::ICollectionEvents::SELECTORS,
        ICreation::ICreationEvents::SELECTORS,
        IDrops::IDropsEvents::SELECTORS,
        IEditions::IEditionsEvents::SELECTORS,
        IExchange::IExchangeEvents::SELECTORS,
        IMediaGate::IMediaGateEvents::SELECTORS,
        INftFactory::INftFactoryEvents::SELECTORS,
        IPacks::IPacksEvents::SELECTORS,
        IRentals::IRentalsEvents::SELECTORS,
        IAudits::IAuditsEvents::SELECTORS,
        IDisputable::IDisputableEvents::SELECTORS,
        IAttested::IAttestedEvents::SELECTORS,
        ISealed::ISealedEvents::SELECTORS,
        IAuctions::IAuctionsEvents::SELECTORS,
        IBeacon::IBeaconEvents::SELECTORS,
        ICheckpoints::ICheckpointsEvents::SELECTORS,
        ICommittee::ICommitteeEvents::SELECTORS,
        ICreditsEvents::SELECTORS,
        IDeliveries::IDeliveriesEvents::SELECTORS,
        IDisputes::IDisputesEvents::SELECTORS,
        IEdgeRewards::IEdgeRewardsEvents::SELECTORS,
        IEdgeStaking::IEdgeStakingEvents::SELECTORS,
        IEmission::IEmissionEvents::SELECTORS,
        IEpochs::IEpochsEvents::SELECTORS,
        IJobMarket::IJobMarketEvents::SELECTORS,
        IKeyRegistry::IKeyRegistryEvents::SELECTORS,
        IKinds::IKindsEvents::SELECTORS,
        ILeases::ILeasesEvents::SELECTORS,
        IModelRegistry::IModelRegistryEvents::SELECTORS,
        IParameters::IParametersEvents::SELECTORS,
        IPaymentPool::IPaymentPoolEvents::SELECTORS,
        IProfiles::IProfilesEvents::SELECTORS,
        IRewards::IRewardsEvents::SELECTORS,
        ISplitsEvents::SELECTORS,
        IStakeBookEvents::SELECTORS,
        IStaking::IStakingEvents::SELECTORS,
        ITheta::IThetaEvents::SELECTORS,
        ITillEvents::SELECTORS,
        IUpgrades::IUpgradesEvents::SELECTORS,
        IWtfuel::IWtfuelEvents::SELECTORS,
    ]
    .concat()
    .into_iter()
    .map(B256::from)
    .collect();
    assert_eq!(declared, named);
}

#[test]
fn an_unknown_phase_is_refused() {
    assert_eq!(IJobMarket::Phase::try_from(5).ok(), Some(IJobMarket::Phase::Rejected));
    assert!(IJobMarket::Phase::try_from(IJobMarket::Phase::COUNT as u8).is_err());
}
