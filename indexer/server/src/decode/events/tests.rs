use super::*;
use crate::testing::{REQUESTER, WORKER, market, nft};
use alloy::{
    primitives::{LogData, U256},
    sol_types::SolEvent,
};
use edgeloom_bindings::{IAuctions::Reason, IDeliveries, IMediaGate, ISplits};

fn log(contract: Address, event: &impl SolEvent) -> Log {
    Log { address: contract, data: event.encode_log_data() }
}

fn field<'d>(deal: &'d Deal, name: &str) -> &'d str {
    let found = deal.fields.iter().find(|field| field.name == name);
    &found.unwrap_or_else(|| panic!("no {name} in {deal:?}")).value
}

#[test]
fn every_contract_of_the_market_is_known() {
    for (address, contract) in CONTRACTS {
        let events = KNOWN.iter().filter(|((at, _), known)| *at == address && known.contract == contract);
        assert!(events.count() >= 2, "{contract:?}");
    }
}

#[test]
fn arguments_are_text_and_those_of_structs_have_their_names() {
    let deal = deal(&log(addresses::LEASES, &market::offered(7))).unwrap().expect("an event of the market");
    assert_eq!((deal.contract, deal.name.as_str()), (MarketContract::Leases, "LeaseOffered"));
    assert_eq!((deal.subject.as_deref(), deal.reason, deal.evidence), (Some("7"), None, None));
    let fields = deal.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>();
    assert_eq!(fields[..5], ["lease", "requester", "subject", "terms.requester", "terms.burnShare"]);
    assert!(matches!(deal.says, Says::Lease(ILeasesEvents::LeaseOffered(_))));
}

#[test]
fn long_bytes_are_told_by_length_and_hash() {
    let deal = deal(&log(addresses::LEASES, &market::offered(7))).unwrap().expect("an event of the market");
    assert_eq!((field(&deal, "spec.length"), field(&deal, "terms.rate")), ("300", "1000"));
    assert_eq!(field(&deal, "spec.hash"), keccak256([1; 300]).to_string());
}

#[test]
fn reasons_and_evidence_are_told_apart() {
    let ended = market::lease_ended(3, ILeases::Reason::LeftEarly, 5, 0);
    let left = deal(&log(addresses::LEASES, &ended)).unwrap().expect("an event of the market");
    assert_eq!((left.reason.as_deref(), left.evidence), (Some("leftEarly"), Some(market::EVIDENCE)));
    let closed = market::bid_closed(WORKER, Reason::NotDrawn, 0);
    let closed = deal(&log(addresses::AUCTIONS, &closed)).unwrap().expect("an event of the market");
    assert_eq!((closed.reason.as_deref(), closed.subject), (Some("notDrawn"), Some(market::AUCTION.to_string())));
}

#[test]
fn what_a_contract_inherits_is_known_and_what_others_write_is_not() {
    let distributed = ISplits::Distributed { split: REQUESTER, amount: U256::from(5) };
    let known = deal(&log(addresses::PAYMENT_POOL, &distributed)).unwrap().expect("an event of the market");
    assert_eq!((known.name.as_str(), field(&known, "amount")), ("Distributed", "5"));
    assert_eq!(known.subject.as_deref(), Some("0x1111111111111111111111111111111111111111"));
    assert!(deal(&log(addresses::DELIVERIES, &distributed)).unwrap().is_none());
    assert!(deal(&log(REQUESTER, &distributed)).unwrap().is_none());
}

#[test]
fn an_event_that_does_not_decode_is_an_error() {
    let topics = vec![IDeliveries::Delivered::SIGNATURE_HASH, B256::ZERO, B256::ZERO];
    let short = Log { address: addresses::DELIVERIES, data: LogData::new_unchecked(topics, vec![1].into()) };
    assert!(deal(&short).is_err());
}

/// What was sold is in the rows of sales.
#[test]
fn lists_of_structs_are_told_by_length_and_enums_in_structs_by_name() {
    let filled = nft::filled(REQUESTER, WORKER, vec![nft::item(REQUESTER, 1, WORKER)]);
    let deal = deal(&log(addresses::EXCHANGE, &filled)).unwrap().expect("an event of the exchange");
    assert_eq!((deal.contract, deal.subject.as_deref()), (MarketContract::Exchange, Some(&*nft::ORDER.to_string())));
    assert_eq!((field(&deal, "items.length"), field(&deal, "side"), field(&deal, "price")), ("1", "sell", "1000"));
    let created = super::deal(&log(addresses::AUCTION_HOUSE, &nft::lot_created(1, REQUESTER, 2)));
    let created = created.unwrap().expect("an event of the auction house");
    assert_eq!((field(&created, "lot.standard"), field(&created, "lot.id")), ("eRC721", "2"));
    let content = IMediaGate::ContentSet { gate: U256::from(1), root: B256::ZERO, uri: "x".repeat(300) };
    let content = super::deal(&log(addresses::MEDIA_GATE, &content)).unwrap().expect("an event of the gate");
    assert_eq!((field(&content, "uri.length"), content.subject.as_deref()), ("300", Some("1")));
}
