use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::{IEdgeStaking, IJobMarket, IModelRegistry, ITill};

use super::*;

fn fault(error: Error) -> Option<Skip> {
    match Fault::from(error) {
        Fault::Skip(why) => Some(why),
        Fault::Unreachable(_) => None,
    }
}

#[test]
fn a_job_that_the_node_does_not_know_yet_is_not_taken_for_closed() {
    let unknown = || IJobMarket::JobUnknown { jobId: U256::ONE };
    assert_eq!(fault(Error::Market(IJobMarketErrors::JobUnknown(unknown()))), Some(Skip::Unknown));
    let model = IModelRegistry::ModelUnknown { modelId: B256::ZERO };
    assert_eq!(fault(Error::Models(IModelRegistryErrors::ModelUnknown(model))), Some(Skip::Unknown));
}

#[test]
fn a_revert_is_an_answer_and_a_lost_connection_is_none() {
    let late = IJobMarket::TooLate { id: U256::ONE, deadline: U256::from(5) };
    assert_eq!(fault(Error::Market(IJobMarketErrors::TooLate(late))), Some(Skip::TooLate));
    let unbonded = IEdgeStaking::NotBonded { worker: Address::ZERO };
    assert_eq!(fault(Error::EdgeStaking(IEdgeStakingErrors::NotBonded(unbonded))), Some(Skip::StakeTooSmall));
    let unmet = ITill::RequirementsNotMet { deal: U256::ONE, worker: Address::ZERO };
    assert_eq!(fault(Error::Till(ITillErrors::RequirementsNotMet(unmet))), Some(Skip::RequirementsNotMet));
    assert_eq!(fault(Error::Revert { data: Bytes::new() }), Some(Skip::NotOpen));
    assert_eq!(fault(Error::Missing("a test")), None);
}
