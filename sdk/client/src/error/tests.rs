use alloy::{primitives::U256, rpc::json_rpc::ErrorPayload, sol_types::SolError, transports::RpcError};
use edgeloom_bindings::{
    IAuctionHouse, IAudits, IBeacon, IBls, ICheckout, ICollection, ICreation, ICredits, IDeliveries, IDisputes, IDrops,
    IEdgeProof, IEdgeRewards, IEdgeStaking, IEditions, IExchange, IInference, IJobMarket, IKeyRegistry, IModelRegistry,
    INftFactory, IPacks, IPaymentPool, IPhases, IRentals, ISplits, addresses,
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

#[test]
fn sales_of_tokens_have_errors_of_their_own_and_pass_on_those_of_tokens() {
    let expired = IExchange::OrderExpired { until: U256::ONE };
    let error = reverted(Some(addresses::EXCHANGE), &expired);
    assert!(matches!(&error, Error::Exchange(IExchangeErrors::OrderExpired(found)) if *found == expired));
    assert!(error.is_revert());
    let low = IAuctionHouse::BidTooLow { auction: U256::ONE, amount: U256::ONE, least: U256::from(2) };
    assert!(matches!(reverted(Some(addresses::AUCTION_HOUSE), &low), Error::AuctionHouse(_)));
    let renter = IRentals::WrongRenter { renter: Address::ZERO, caller: Address::ZERO };
    assert!(matches!(reverted(Some(addresses::RENTALS), &renter), Error::Rentals(_)));
    for contract in [addresses::EXCHANGE, addresses::AUCTION_HOUSE, addresses::RENTALS] {
        let listed = ICheckout::CurrencyNotListed { currency: Address::ZERO };
        assert!(matches!(reverted(Some(contract), &listed), Error::Checkout(_)));
        let nothing = ICredits::NothingToWithdraw { account: Address::ZERO };
        assert!(matches!(reverted(Some(contract), &nothing), Error::Credits(_)));
        let runs = ICollection::UserRuns { id: U256::ONE, user: Address::ZERO, until: U256::ONE };
        assert!(matches!(reverted(Some(contract), &runs), Error::Collection(_)));
        assert!(matches!(reverted(Some(contract), &Library::TransferFromFailed {}), Error::Library(_)));
    }
    let used = INftFactory::SaltUsed { creation: Address::ZERO };
    assert!(matches!(reverted(Some(addresses::NFT_FACTORY), &used), Error::NftFactory(_)));
    let high = ICreation::RoyaltyTooHigh { bps: U256::from(1001), most: U256::from(1000) };
    assert!(matches!(reverted(Some(addresses::NFT_FACTORY), &high), Error::Creation(_)), "what it made");
}

#[test]
fn three_sales_call_the_same_error_theirs() {
    let moved = IRentals::CounterMoved { signed: U256::ZERO, current: U256::ONE };
    assert!(matches!(reverted(Some(addresses::RENTALS), &moved), Error::Rentals(_)));
    assert!(matches!(reverted(Some(addresses::EXCHANGE), &moved), Error::Exchange(_)));
    let unmoved = IAuctionHouse::NotAToken { token: Address::ZERO };
    assert!(matches!(reverted(Some(addresses::AUCTION_HOUSE), &unmoved), Error::AuctionHouse(_)));
    assert!(matches!(reverted(Some(addresses::EXCHANGE), &unmoved), Error::Exchange(_)));
}

#[test]
fn clones_have_any_address_and_their_errors_are_known_all_the_same() {
    let clone = Some(Address::repeat_byte(0xc1));
    let frozen = reverted(clone, &ICreation::Frozen {});
    assert!(matches!(frozen, Error::Creation(ICreationErrors::Frozen(_))));
    let burned = reverted(clone, &ICollection::Burned { id: U256::ONE });
    assert!(matches!(burned, Error::Collection(ICollectionErrors::Burned(_))));
    let cap = IEditions::AboveCap { id: U256::ONE, minted: U256::ONE, cap: U256::ONE };
    assert!(matches!(reverted(clone, &cap), Error::Editions(_)));
    assert!(matches!(reverted(clone, &Library::Unauthorized {}), Error::Library(LibraryErrors::Unauthorized(_))));
    // Both declare it; who called editions knows whose it is.
    let both = || reverted(clone, &IEditions::NotOwnerNorApproved {});
    assert!(matches!(both(), Error::Collection(_)));
    assert!(matches!(both().of_editions(), Error::Editions(IEditionsErrors::NotOwnerNorApproved(_))));
    assert!(matches!(burned.of_editions(), Error::Collection(_)), "editions have no such error");
    // Theirs, not that of editions.
    let short = IEditions::InsufficientBalance {};
    for token in [addresses::THETA, addresses::WTFUEL] {
        assert!(matches!(reverted(Some(token), &short), Error::Revert { .. }));
    }
}

#[test]
fn first_sales_have_errors_of_their_own_and_share_those_of_phases() {
    let packs = IDrops::OnlyPacks { caller: Address::ZERO };
    assert!(matches!(reverted(Some(addresses::DROPS), &packs), Error::Drops(_)));
    let empty = IPacks::EmptyTier { tier: U256::ONE };
    assert!(matches!(reverted(Some(addresses::PACKS), &empty), Error::Packs(_)));
    let missing = IBeacon::NotRecorded { height: U256::ONE };
    assert!(matches!(reverted(Some(addresses::PACKS), &missing), Error::Beacon(_)));
    for contract in [addresses::DROPS, addresses::PACKS] {
        let error = reverted(Some(contract), &IPhases::NoQuantity {});
        assert!(matches!(error, Error::Phases(_)) && error.is_revert());
        let short = ICheckout::NotEnoughSent { price: U256::ONE, sent: U256::ZERO };
        assert!(matches!(reverted(Some(contract), &short), Error::Checkout(_)));
    }
}
