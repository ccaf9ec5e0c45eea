use crate::{
    project::{
        Contradiction,
        creation::tests::{after, contradiction, project},
    },
    testing::{
        Tx,
        nft::{ANNA, BEN, CARL, COLLECTION, FOREIGN, lot_bid, lot_created, lot_delivered, lot_settled, nfts, wrote},
    },
};
use alloy::{primitives::U256, sol_types::SolEvent};
use edgeloom_bindings::{IAuctionHouse, addresses::AUCTION_HOUSE};
use edgeloom_index_api::{LotPhase, SaleKind, TokenStandard};

fn house(event: &impl SolEvent) -> Tx {
    wrote(AUCTION_HOUSE, event)
}

#[test]
fn an_auction_lives_from_open_to_sold() {
    let rows = project(&nfts()).expect("consistent");
    let row = rows.nft.lots[&1].row();
    assert_eq!((row.phase, row.standard, row.token_id.as_str()), (LotPhase::Sold, TokenStandard::Erc721, "2"));
    assert_eq!((row.bids, row.bidder, row.highest.as_deref()), (2, Some(CARL.to_string().to_lowercase()), Some("200")));
    assert_eq!((row.until, row.reserve.as_str(), row.royalty_max), (1_700_003_800, "100", 1000));
    assert_eq!((row.fee.as_deref(), row.royalty.as_deref(), row.sale), (Some("2"), Some("10"), Some(5)));
    assert_eq!((row.created_block, row.closed_block), (6, Some(8)));
    let sale = rows.nft.sales[&5].row();
    assert_eq!((sale.kind, sale.reference.as_str(), sale.price.as_str()), (SaleKind::Auction, "1", "200"));
    assert_eq!((sale.seller, sale.buyer), (ANNA.to_string().to_lowercase(), CARL.to_string().to_lowercase()));
    let bids: Vec<_> = rows.nft.lot_bids.iter().map(|bid| (bid.id, bid.lot, bid.bidder)).collect();
    assert_eq!(bids, [(1, 1, BEN), (2, 1, CARL)]);
}

#[test]
fn every_other_ending_has_its_phase() {
    let id = U256::from(1);
    let phase = |txs: Vec<Tx>| {
        let txs = [vec![house(&lot_created(1, FOREIGN, 2)), house(&lot_bid(1, BEN, 100))], txs].concat();
        let rows = after(txs).expect("consistent");
        let lot = rows.nft.lots[&1].row();
        (lot.phase, lot.sale, lot.closed_block)
    };
    assert_eq!(phase(vec![]), (LotPhase::Open, None, None));
    let kept = || vec![house(&IAuctionHouse::LotKept { auction: id, winner: BEN }), house(&lot_settled(1, BEN, 100))];
    assert_eq!(phase(kept()), (LotPhase::Kept, Some(1), Some(1)));
    assert_eq!(phase([kept(), vec![house(&lot_delivered(1, CARL))]].concat()), (LotPhase::Sold, Some(1), Some(1)));
    let voided = IAuctionHouse::AuctionVoided { auction: id, winner: BEN, refunded: id };
    assert_eq!(phase(vec![house(&voided)]), (LotPhase::Voided, None, Some(1)));
    let returned = IAuctionHouse::LotReturned { auction: id, seller: ANNA };
    assert_eq!(phase(vec![house(&voided), house(&returned)]), (LotPhase::Returned, None, Some(1)));
}

#[test]
fn what_has_no_beginning_or_two_is_a_contradiction() {
    let created = || house(&lot_created(1, COLLECTION, 2));
    assert!(matches!(contradiction(vec![created(), created()]), Contradiction::LotKnown(1)));
    assert!(matches!(contradiction(vec![house(&lot_settled(3, BEN, 9))]), Contradiction::LotUnknown(_)));
}
