use super::*;
use crate::{
    decode::decode,
    testing::{
        Blocks, ETHER, REQUESTER, Tx, WORKER,
        market::{AUCTION, SHY, auction, bid_closed, cleared, committed, deals, opened, revealed, units_taken},
    },
};

fn project(blocks: &Blocks) -> Result<Rows, super::super::Inconsistent> {
    let mut rows = Rows::default();
    for block in &blocks.feed {
        rows.project(&decode(block).expect("a block of ours"))?;
    }
    Ok(rows)
}

fn after(txs: Vec<Tx>) -> Result<Rows, super::super::Inconsistent> {
    let mut blocks = Blocks::new(0);
    blocks.push(txs);
    project(&blocks)
}

#[test]
fn an_auction_lives_from_open_to_cleared_and_its_bids_to_their_ends() {
    let rows = project(&deals()).expect("consistent");
    let row = rows.auctions[&AUCTION].row();
    assert_eq!((row.phase, row.number, row.count), (AuctionPhase::Cleared, 1, 2));
    assert_eq!((row.bids, row.revealed, row.counted), (2, 1, 1));
    assert_eq!((row.deposits_wei.as_str(), row.most_wei), ("1400", ETHER.to_string()));
    assert_eq!((row.order, row.price_wei, row.margin), (Some(1), Some(ETHER.to_string()), Some(257)));
    assert_eq!((row.won, row.taken_by_winners, row.taken_by_others), (2, 1, 0));
    // What was not revealed burned at once; what a winner did not take, at its end.
    assert_eq!((row.refunded_wei.as_str(), row.burned_wei.as_str()), ("11", "900"));
    assert_eq!((row.opened_block, row.closed_block), (2, Some(5)));

    let bid = rows.bids[&(AUCTION, WORKER)].row();
    assert_eq!((bid.reason, bid.tick, bid.units, bid.counts), (BidReason::NotTaken, Some(128), Some(2), Some(true)));
    assert_eq!((bid.taken, bid.won), (1, Some(2)));
    assert_eq!((bid.refunded_wei.as_deref(), bid.burned_wei.as_deref()), (Some("500"), Some("500")));
    let shy = rows.bids[&(AUCTION, SHY)].row();
    assert_eq!((shy.id, shy.reason, shy.tick), (2, BidReason::NotRevealed, None));
    let order = rows.orders[&1].row();
    assert_eq!((order.count, order.open, order.running, order.closed_block), (2, 1, 1, None));
}

#[test]
fn nobody_who_counts_is_nobody() {
    let txs = |counts| {
        let bids = vec![auction(WORKER, &committed(WORKER, 1)), auction(WORKER, &revealed(WORKER, counts))];
        [vec![auction(REQUESTER, &opened())], bids, vec![auction(SHY, &cleared(1, 0))]].concat()
    };
    assert_eq!(after(txs(false)).expect("consistent").auctions[&AUCTION].phase, AuctionPhase::Unbid);
    assert_eq!(after(txs(true)).expect("consistent").auctions[&AUCTION].phase, AuctionPhase::Cleared);
}

#[test]
fn a_voided_auction_gives_back() {
    let voided = IAuctions::AuctionVoided { auction: AUCTION, requester: REQUESTER, refunded: U256::from(2 * ETHER) };
    let rows = after(vec![auction(REQUESTER, &opened()), auction(SHY, &voided)]).expect("consistent");
    let row = rows.auctions[&AUCTION].row();
    assert_eq!((row.phase, row.refunded_wei), (AuctionPhase::Voided, (2 * ETHER).to_string()));
    assert_eq!((row.closed_block, row.order), (Some(1), None));
}

#[test]
fn what_others_take_is_no_winners() {
    let txs = vec![
        auction(REQUESTER, &opened()),
        auction(WORKER, &committed(WORKER, 1)),
        auction(WORKER, &units_taken(WORKER, false)),
    ];
    let rows = after(txs).expect("consistent");
    assert_eq!((rows.auctions[&AUCTION].taken_by_others, rows.bids[&(AUCTION, WORKER)].taken), (1, 0));
}

#[test]
fn what_has_no_beginning_is_a_contradiction() {
    let wrong = after(vec![auction(WORKER, &committed(WORKER, 1))]).expect_err("no auction");
    assert!(matches!(wrong.what, Contradiction::AuctionUnknown(AUCTION)));
    let end = bid_closed(WORKER, IAuctions::Reason::Lost, 0);
    let wrong = after(vec![auction(REQUESTER, &opened()), auction(WORKER, &end)]).expect_err("no bid");
    assert!(matches!(wrong.what, Contradiction::BidUnknown(AUCTION, WORKER)));
    let bid = || auction(WORKER, &committed(WORKER, 1));
    let wrong = after(vec![auction(REQUESTER, &opened()), bid(), bid()]).expect_err("twice");
    assert!(matches!(wrong.what, Contradiction::BidKnown(AUCTION, WORKER)));
}
