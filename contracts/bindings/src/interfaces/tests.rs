use crate::{
    IAudits, IBeacon,
    ICredits::{ICreditsCalls, ICreditsErrors, ICreditsEvents},
    IDisputes, IEdgeStaking, IJobMarket, IKeyRegistry, IModelRegistry, ITheta, artifact,
};
use alloy::{
    json_abi::JsonAbi,
    primitives::{B256, Selector},
    sol_types::{SolEnum, SolInterface},
};
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct Compiled {
    abi: JsonAbi,
}

fn abi(artifact: &str) -> JsonAbi {
    serde_json::from_str::<Compiled>(artifact).expect("a committed artifact").abi
}

/// What the compiled contract has that neither its interface names nor `ICredits`.
fn unnamed<Calls: SolInterface, Errors: SolInterface>(artifact: &str) -> Vec<String> {
    let abi = abi(artifact);
    let calls: BTreeSet<Selector> = Calls::selectors().chain(ICreditsCalls::selectors()).map(Selector::from).collect();
    let errors: BTreeSet<Selector> =
        Errors::selectors().chain(ICreditsErrors::selectors()).map(Selector::from).collect();
    let functions = abi.functions().filter(|function| !calls.contains(&function.selector())).map(|f| f.signature());
    let faults = abi.errors().filter(|error| !errors.contains(&error.selector())).map(|e| e.signature());
    functions.chain(faults).collect()
}

/// What an interface names that the compiled contract does not have.
fn missing<Calls: SolInterface>(artifact: &str) -> Vec<Selector> {
    let has: BTreeSet<Selector> = abi(artifact).functions().map(|function| function.selector()).collect();
    Calls::selectors().map(Selector::from).filter(|selector| !has.contains(selector)).collect()
}

#[test]
fn the_types_name_everything_that_the_compiled_contracts_have() {
    use IAudits::{IAuditsCalls, IAuditsErrors};
    use IBeacon::{IBeaconCalls, IBeaconErrors};
    use IDisputes::{IDisputesCalls, IDisputesErrors};
    use IEdgeStaking::{IEdgeStakingCalls, IEdgeStakingErrors};
    use IJobMarket::{IJobMarketCalls, IJobMarketErrors};
    use IKeyRegistry::{IKeyRegistryCalls, IKeyRegistryErrors};
    use IModelRegistry::{IModelRegistryCalls, IModelRegistryErrors};

    // A bound that a library checks and that guards before it already exclude.
    let casts = ["SafeCastOverflowedUintDowncast(uint8,uint256)"];
    assert_eq!(unnamed::<IEdgeStakingCalls, IEdgeStakingErrors>(artifact::EDGE_STAKING), casts);
    assert_eq!(unnamed::<IJobMarketCalls, IJobMarketErrors>(artifact::JOB_MARKET), casts);
    assert_eq!(unnamed::<IDisputesCalls, IDisputesErrors>(artifact::DISPUTES), casts);
    // What the library says that checks certificates.
    let certificates = ["CertificateInvalid()", casts[0], "SignersLength(uint256,uint256)"];
    assert_eq!(unnamed::<IAuditsCalls, IAuditsErrors>(artifact::AUDITS), certificates);
    // Keys of the registry are on the curve, and so is every sum of them.
    assert_eq!(unnamed::<IKeyRegistryCalls, IKeyRegistryErrors>(artifact::KEY_REGISTRY), ["NotOnTheCurve()"]);
    // Of bytes that are no list; whoever sends a block's header does not see it.
    assert_eq!(unnamed::<IBeaconCalls, IBeaconErrors>(artifact::BEACON), ["RLPInvalidEncoding()"]);
    assert_eq!(unnamed::<IModelRegistryCalls, IModelRegistryErrors>(artifact::MODEL_REGISTRY), [""; 0]);
}

#[test]
fn the_compiled_contracts_have_everything_that_the_types_name() {
    assert_eq!(missing::<IEdgeStaking::IEdgeStakingCalls>(artifact::EDGE_STAKING), [Selector::ZERO; 0]);
    assert_eq!(missing::<IJobMarket::IJobMarketCalls>(artifact::JOB_MARKET), [Selector::ZERO; 0]);
    assert_eq!(missing::<IDisputes::IDisputesCalls>(artifact::DISPUTES), [Selector::ZERO; 0]);
    assert_eq!(missing::<IAudits::IAuditsCalls>(artifact::AUDITS), [Selector::ZERO; 0]);
    for paying in [artifact::JOB_MARKET, artifact::DISPUTES, artifact::AUDITS] {
        assert_eq!(missing::<ICreditsCalls>(paying), [Selector::ZERO; 0]);
    }
    assert_eq!(missing::<IBeacon::IBeaconCalls>(artifact::BEACON), [Selector::ZERO; 0]);
    assert_eq!(missing::<IKeyRegistry::IKeyRegistryCalls>(artifact::KEY_REGISTRY), [Selector::ZERO; 0]);
    assert_eq!(missing::<IModelRegistry::IModelRegistryCalls>(artifact::MODEL_REGISTRY), [Selector::ZERO; 0]);
    assert_eq!(missing::<ITheta::IThetaCalls>(artifact::THETA), [Selector::ZERO; 0]);
}

#[test]
fn events_hash_alike() {
    let declared: BTreeSet<B256> = [
        artifact::AUDITS,
        artifact::DISPUTES,
        artifact::EDGE_STAKING,
        artifact::JOB_MARKET,
        artifact::KEY_REGISTRY,
        artifact::MODEL_REGISTRY,
        artifact::THETA,
    ]
    .into_iter()
    .flat_map(|artifact| abi(artifact).events().map(|event| event.selector()).collect::<Vec<_>>())
    .collect();
    let named: BTreeSet<B256> = [
        IAudits::IAuditsEvents::SELECTORS,
        ICreditsEvents::SELECTORS,
        IDisputes::IDisputesEvents::SELECTORS,
        IEdgeStaking::IEdgeStakingEvents::SELECTORS,
        IJobMarket::IJobMarketEvents::SELECTORS,
        IKeyRegistry::IKeyRegistryEvents::SELECTORS,
        IModelRegistry::IModelRegistryEvents::SELECTORS,
        ITheta::IThetaEvents::SELECTORS,
    ]
    .concat()
    .into_iter()
    .map(B256::from)
    .collect();
    assert_eq!(declared, named);
}

#[test]
fn an_unknown_phase_is_refused() {
    assert_eq!(IJobMarket::Phase::try_from(6).ok(), Some(IJobMarket::Phase::Rejected));
    assert!(IJobMarket::Phase::try_from(IJobMarket::Phase::COUNT as u8).is_err());
}
