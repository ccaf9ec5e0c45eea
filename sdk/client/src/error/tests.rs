use alloy::{primitives::U256, sol_types::SolError};
use edgeloom_bindings::{
    IAudits, IBeacon, IBls, ICredits, IDeliveries, IDisputes, IEdgeProof, IEdgeRewards, IEdgeStaking, IInference,
    IJobMarket, IKeyRegistry, IModelRegistry, IPaymentPool, ISplits,
};

use super::*;

fn reverted(to: Option<Address>, error: &impl SolError) -> Error {
    Error::from_revert(to, error.abi_encode().into())
}

#[test]
fn a_nested_revert_keeps_the_type_of_the_contract_that_raised_it() {
    let short = IEdgeStaking::InsufficientFreeStake { worker: Address::ZERO, free: U256::ZERO, needed: U256::ONE };
    let error = reverted(Some(addresses::JOB_MARKET), &short);
    assert!(matches!(error, Error::EdgeStaking(IEdgeStakingErrors::InsufficientFreeStake(found)) if found == short));

    let malformed = IEdgeProof::MalformedModel { rule: 7, op: 3 };
    let error = reverted(Some(addresses::MODEL_REGISTRY), &malformed);
    assert!(matches!(error, Error::EdgeProof(IEdgeProofErrors::MalformedModel(found)) if found == malformed));
}

#[test]
fn an_error_declared_twice_belongs_to_the_contract_that_was_called() {
    let unknown = IModelRegistry::ModelUnknown { modelId: B256::repeat_byte(9) };
    assert!(matches!(reverted(Some(addresses::MODEL_REGISTRY), &unknown), Error::Models(_)));
    assert!(matches!(reverted(Some(addresses::JOB_MARKET), &unknown), Error::Models(_)), "what the market asked");

    let length = IInference::InputLength { expected: U256::from(64), actual: U256::ZERO };
    assert!(matches!(reverted(Some(addresses::EDGE_PROOF), &length), Error::EdgeProof(_)));
    assert!(matches!(reverted(Some(addresses::JOB_MARKET), &length), Error::Inference(_)));
}

#[test]
fn keys_certificates_and_randomness_have_errors_of_their_own() {
    let taken = IKeyRegistry::KeyTaken { keyId: B256::repeat_byte(9) };
    assert!(matches!(reverted(Some(addresses::KEY_REGISTRY), &taken), Error::Keys(_)));
    let malformed = IBls::MalformedSignature { index: U256::ZERO };
    assert!(matches!(reverted(Some(addresses::KEY_REGISTRY), &malformed), Error::Bls(_)), "what the registry called");
    assert!(matches!(reverted(Some(addresses::BLS), &malformed), Error::Bls(_)));
    assert!(matches!(reverted(Some(addresses::EDGE_PROOF), &malformed), Error::EdgeProof(_)));
    let unrecorded = IBeacon::NotRecorded { height: U256::ONE };
    let error = reverted(Some(addresses::BEACON), &unrecorded);
    assert!(matches!(error, Error::Beacon(_)) && error.is_revert());
}

#[test]
fn what_a_pool_refuses_is_told_apart_also_where_deliveries_ask_it() {
    let refused = IPaymentPool::VoucherRefused {
        pool: U256::ONE,
        session: Address::ZERO,
        payee: Address::repeat_byte(1),
        total: U256::ONE,
        reason: IPaymentPool::Reason::CapExceeded,
    };
    for contract in [addresses::PAYMENT_POOL, addresses::DELIVERIES] {
        let error = reverted(Some(contract), &refused);
        assert!(matches!(error, Error::Payments(IPaymentPoolErrors::VoucherRefused(_))) && error.is_revert());
    }
    let wrong = ISplits::ZeroShare { index: U256::ONE };
    assert!(matches!(reverted(Some(addresses::PAYMENT_POOL), &wrong), Error::Splits(_)));
    let nothing = ICredits::NothingToWithdraw { account: Address::ZERO };
    assert!(matches!(reverted(Some(addresses::PAYMENT_POOL), &nothing), Error::Credits(_)));
    let late = IDeliveries::ReceiptsInvalid {};
    assert!(matches!(reverted(Some(addresses::DELIVERIES), &late), Error::Deliveries(_)));
}

#[test]
fn unknown_or_cut_revert_data_stays_raw() {
    let whole = IJobMarket::JobUnknown { jobId: U256::ONE }.abi_encode();
    for cut in 0..whole.len() {
        let error = Error::from_revert(Some(addresses::JOB_MARKET), whole[..cut].to_vec().into());
        assert!(matches!(error, Error::Revert { ref data } if data.len() == cut), "{cut}: {error:?}");
    }
    assert!(matches!(Error::from_revert(None, vec![1, 2, 3, 4].into()), Error::Revert { .. }));
}

#[test]
fn the_nodes_payload_is_sorted_into_reverts_and_refusals() {
    let data = alloy::hex::encode_prefixed(IJobMarket::JobUnknown { jobId: U256::ONE }.abi_encode());
    let reverted = format!(r#"{{"code":3,"message":"execution reverted","data":"{data}"}}"#);
    let bare = r#"{"code":3,"message":"execution reverted"}"#;
    let refused = r#"{"code":-32000,"message":"nonce too low"}"#;
    let sort = |text: &str| {
        let payload: ErrorPayload = serde_json::from_str(text).expect("payload");
        Error::from_transport("eth_call", Some(addresses::JOB_MARKET), RpcError::ErrorResp(payload))
    };
    assert!(matches!(sort(&reverted), Error::Market(IJobMarketErrors::JobUnknown(_))));
    assert!(matches!(sort(bare), Error::Revert { data } if data.is_empty()));
    assert!(matches!(sort(refused), Error::Rpc { code: -32000, message, .. } if message == "nonce too low"));
    assert!(sort(bare).is_revert() && !sort(bare).is_transient() && !sort(refused).is_transient());
}

#[test]
fn disputes_and_audits_have_errors_of_their_own_and_pass_on_those_that_they_call() {
    let unknown = IDisputes::ClaimUnknown { claimId: B256::repeat_byte(9) };
    assert!(matches!(reverted(Some(addresses::DISPUTES), &unknown), Error::Disputes(_)));
    assert!(matches!(reverted(Some(addresses::AUDITS), &unknown), Error::Disputes(_)));
    let drawn = IAudits::NotDrawn { claimId: B256::repeat_byte(9), place: U256::ONE };
    assert!(matches!(reverted(Some(addresses::AUDITS), &drawn), Error::Audits(_)));
    // Both declare it; it is the contract's that was called.
    let early = IAudits::TooEarly { deadline: 5 };
    assert!(matches!(reverted(Some(addresses::AUDITS), &early), Error::Audits(_)));
    assert!(matches!(reverted(Some(addresses::DISPUTES), &early), Error::Disputes(_)));
    let nothing = ICredits::NothingToWithdraw { account: Address::ZERO };
    for contract in [addresses::JOB_MARKET, addresses::DISPUTES, addresses::AUDITS] {
        assert!(matches!(reverted(Some(contract), &nothing), Error::Credits(_)), "all pay in the same way");
    }
    // Staking, which they call, has an error of its own that looks the same.
    let payout = ICredits::PayoutFailed { to: Address::ZERO, amount: U256::ONE };
    assert!(matches!(reverted(Some(addresses::DISPUTES), &payout), Error::Credits(_)));
    let missing = IBeacon::NotRecorded { height: U256::from(7) };
    assert!(matches!(reverted(Some(addresses::AUDITS), &missing), Error::Beacon(_)));
}

#[test]
fn edge_rewards_have_errors_of_their_own_and_pass_on_those_that_they_call() {
    let late = IEdgeRewards::NotOpening { epoch: 3, from: U256::ONE, until: U256::from(2) };
    let error = reverted(Some(addresses::EDGE_REWARDS), &late);
    assert!(matches!(&error, Error::EdgeRewards(IEdgeRewardsErrors::NotOpening(found)) if *found == late));
    assert!(error.is_revert());
    let missing = IBeacon::NotRecorded { height: U256::from(7) };
    assert!(matches!(reverted(Some(addresses::EDGE_REWARDS), &missing), Error::Beacon(_)));
    let many = IEdgeProof::WrongCount { limit: U256::ONE, actual: U256::from(2) };
    assert!(matches!(reverted(Some(addresses::EDGE_REWARDS), &many), Error::EdgeProof(_)));
}
