use super::*;
use crate::testing::{
    Blocks, ETHER, MODEL, REQUESTER, Tx, WORKER, busy, encode_receipts, opening, post, settle, take, theta,
};
use alloy::primitives::{LogData, keccak256};
use edgeloom_bindings::{ICollection, IEdgeStaking, IEditions, IJobMarket, IModelRegistry};
use edgeloom_types::encode_system_logs;
use proptest::prelude::*;

fn one_block(txs: Vec<Tx>) -> FeedBlock {
    let mut blocks = Blocks::new(0);
    blocks.push(txs);
    blocks.tip().clone()
}

#[test]
fn reads_events_in_order_of_execution() {
    let decoded =
        decode(&one_block(vec![opening().remove(0), post(1, ETHER), take(1, ETHER), settle(1, ETHER)])).unwrap();
    assert_eq!((decoded.facts.height, decoded.facts.transactions, decoded.facts.gas_used), (1, 4, 84_000));
    assert_eq!(decoded.facts.timestamp_ms, 1_700_000_000_250);
    let (places, kinds): (Vec<_>, Vec<_>) = decoded
        .events
        .iter()
        .map(|event| {
            let kind = match &event.what {
                What::Registry(IModelRegistryEvents::ModelRegistered(model)) if model.modelId == MODEL => "model",
                What::Transfer { asset: Asset::Tfuel, from, amount, .. } => {
                    assert_eq!((*from, *amount), (REQUESTER, U256::from(ETHER)));
                    "tfuel"
                }
                What::Market(IJobMarketEvents::JobsPosted(_)) => "posted",
                What::Market(IJobMarketEvents::JobTaken(taken)) if taken.worker == WORKER => "taken",
                What::Bonds(IEdgeStakingEvents::Locked(_)) => "locked",
                What::Market(IJobMarketEvents::JobAnswered(_)) => "answered",
                What::Market(IJobMarketEvents::JobClosed(_)) => "closed",
                What::Bonds(IEdgeStakingEvents::Unlocked(_)) => "unlocked",
                other => panic!("unexpected {other:?}"),
            };
            ((event.tx_index, event.log_index), kind)
        })
        .unzip();
    assert_eq!(kinds, ["model", "tfuel", "posted", "taken", "locked", "answered", "closed", "unlocked"]);
    let logs =
        [(0, Some(0)), (1, None), (1, Some(1)), (2, Some(2)), (2, Some(3)), (3, Some(4)), (3, Some(5)), (3, Some(6))];
    assert_eq!(places, logs);
}

#[test]
fn value_moves_only_when_the_transaction_succeeds_and_creation_has_a_receiver() {
    let failed = Tx { success: false, ..Tx::new(REQUESTER, WORKER).value(5) };
    let creating = Tx { to: TxKind::Create, ..Tx::new(REQUESTER, WORKER).value(7) };
    let decoded = decode(&one_block(vec![failed, creating, Tx::new(REQUESTER, WORKER)])).unwrap();
    let [event] = decoded.events.as_slice() else { panic!("{:?}", decoded.events) };
    let What::Transfer { asset: Asset::Tfuel, from, to, amount } = event.what else { panic!("{event:?}") };
    assert_eq!((from, to, amount), (REQUESTER, REQUESTER.create(1), U256::from(7)));
}

#[test]
fn logs_of_others_and_events_without_rows_are_skipped() {
    let stranger = Address::repeat_byte(0x99);
    let approval = ITheta::Approval { owner: REQUESTER, spender: WORKER, amount: U256::from(1) };
    let (one, market) = (U256::from(1), addresses::JOB_MARKET);
    let locked = IEdgeStaking::Locked { worker: WORKER, node: 1, jobId: one, amount: one, market };
    let tx = Tx::new(REQUESTER, stranger).log(addresses::THETA, &approval).log(stranger, &locked);
    assert!(decode(&one_block(vec![tx])).unwrap().events.is_empty());
}

/// What an ERC-20 token writes has the same signature as an ERC-721's transfer, and one topic less.
#[test]
fn transfers_of_tokens_are_told_from_those_of_money() {
    let stranger = Address::repeat_byte(0x99);
    let money = ITheta::Transfer { from: REQUESTER, to: WORKER, amount: U256::from(1) };
    assert_eq!(ITheta::Transfer::SIGNATURE_HASH, ICollection::Transfer::SIGNATURE_HASH);
    let token = ICollection::Transfer { from: REQUESTER, to: WORKER, id: U256::from(7) };
    let approval = ICollection::Approval { owner: REQUESTER, account: WORKER, id: U256::from(7) };
    let tx = Tx::new(REQUESTER, stranger).log(stranger, &money).log(stranger, &approval).log(stranger, &token);
    let decoded = decode(&one_block(vec![tx])).unwrap();
    let [event] = decoded.events.as_slice() else { panic!("{:?}", decoded.events) };
    let What::Creation(of, says) = &event.what else { panic!("{event:?}") };
    assert_eq!((*of, event.log_index), (stranger, Some(2)));
    assert!(matches!(**says, CreationSays::Moved { from: REQUESTER, to: WORKER, id } if id == U256::from(7)));
}

/// A foreign contract may write what it likes: it stops nobody's index.
#[test]
fn what_only_looks_like_a_creations_is_handed_on_unread() {
    let stranger = Address::repeat_byte(0x99);
    let topics = vec![IEditions::TransferBatch::SIGNATURE_HASH];
    let mut tx = theta(REQUESTER, WORKER, 1);
    tx.logs.push(Log::new_unchecked(stranger, topics, Bytes::from_static(&[1, 2, 3])));
    let (ids, amounts) = (vec![U256::from(1)], Vec::new());
    let uneven = IEditions::TransferBatch { operator: stranger, from: stranger, to: stranger, ids, amounts };
    let decoded = decode(&one_block(vec![tx.log(stranger, &uneven)])).unwrap();
    let unread = |event: &&Event| matches!(&event.what, What::Creation(of, says) if *of == stranger && matches!(**says, CreationSays::Unreadable(_)));
    assert_eq!(decoded.events.iter().filter(unread).count(), 2);
}

#[test]
fn an_event_of_ours_that_does_not_decode_stops_the_index() {
    let data = LogData::new_unchecked(vec![IJobMarket::JobsPosted::SIGNATURE_HASH], Bytes::from_static(&[1, 2, 3]));
    let mut tx = theta(REQUESTER, WORKER, 1);
    tx.logs.push(Log { address: addresses::JOB_MARKET, data });
    let error = decode(&one_block(vec![tx])).unwrap_err();
    assert!(matches!(error, DecodeError::Log { log_index: 1, contract: addresses::JOB_MARKET, .. }), "{error}");
}

/// Anybody can register a model: a name that is not UTF-8 must not stop anybody's index.
#[test]
fn text_that_is_not_utf_8_is_read_with_replacements() {
    let mut opening = opening();
    let data = opening[0].logs[0].data.data.to_vec();
    let at = data.windows(6).position(|window| window == b"digits").unwrap();
    let mut broken = data;
    broken[at] = 0xff;
    opening[0].logs[0].data.data = broken.into();
    let decoded = decode(&one_block(opening)).unwrap();
    let What::Registry(IModelRegistryEvents::ModelRegistered(IModelRegistry::ModelRegistered { name, .. })) =
        &decoded.events[0].what
    else {
        panic!("{:?}", decoded.events[0])
    };
    assert_eq!(name, "\u{fffd}igits");
}

#[test]
fn refuses_what_the_header_does_not_commit_to() {
    let block = one_block(vec![theta(REQUESTER, WORKER, 1)]);
    let refused = |change: &dyn Fn(&mut FeedBlock)| {
        let mut changed = block.clone();
        change(&mut changed);
        decode(&changed).unwrap_err()
    };
    assert!(matches!(refused(&|block| block.hash = keccak256("x")), DecodeError::Hash { .. }));
    assert!(matches!(refused(&|block| block.height = 2), DecodeError::Height { claimed: 2, actual: 1 }));
    assert!(matches!(refused(&|block| block.senders.clear()), DecodeError::Counts { senders: 0, .. }));
    assert!(matches!(refused(&|block| block.block = Bytes::new()), DecodeError::Block { .. }));
    assert!(matches!(refused(&|block| block.receipts = Bytes::from_static(b"\xc1")), DecodeError::Receipts { .. }));
    let other = decode_receipts(1, &one_block(vec![theta(REQUESTER, WORKER, 2)]).receipts).unwrap();
    let error = refused(&|block| block.receipts = encode_receipts(&other));
    assert!(matches!(error, DecodeError::Root { what: "receipts", .. }), "{error}");
    let lied = encode_system_logs(&[Log::new_unchecked(addresses::COMMITTEE, vec![], Bytes::new())]);
    let error = refused(&|block| block.system_logs = lied.clone());
    assert!(matches!(error, DecodeError::Root { what: "system logs", .. }), "{error}");
    assert!(matches!(refused(&|block| block.system_logs = Bytes::new()), DecodeError::SystemLogs { .. }));
    let body = Block::decode(&one_block(vec![theta(WORKER, REQUESTER, 1).value(1)]).block).unwrap().transactions;
    let mut swapped = Block::decode(&block.block).unwrap();
    swapped.transactions = body;
    let error = refused(&|block| block.block = swapped.encode().into());
    assert!(matches!(error, DecodeError::Root { what: "transactions", .. }), "{error}");
}

proptest! {
    /// One flipped byte is either refused or harmless (a bloom inside a receipt's encoding is committed to; nothing is not).
    #[test]
    fn a_changed_byte_never_changes_what_is_read(at in any::<prop::sample::Index>(), flip in 1u8.., receipts in any::<bool>()) {
        let block = busy(1).tip().clone();
        let mut changed = block.clone();
        let bytes = if receipts { &mut changed.receipts } else { &mut changed.block };
        let mut copy = bytes.to_vec();
        let index = at.index(copy.len());
        copy[index] ^= flip;
        *bytes = copy.into();
        prop_assert!(decode(&block).is_ok());
        prop_assert!(decode(&changed).is_err());
    }
}
