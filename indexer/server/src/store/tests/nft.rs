//! As the tests around it, for creations, their tokens and their trade.

use crate::{
    decode::decode,
    filter::nft::{
        BALANCES_BY_NUMBER, BalanceFilter, CREATIONS_BY_NUMBER, CreationFilter, DROPS_BY_ID, DropFilter,
        EDITIONS_BY_NUMBER, EditionFilter, GATES_BY_ID, GateFilter, LOT_BIDS_BY_ID, LOTS_BY_ID, LotBidFilter,
        LotFilter, PACK_SALES_BY_ID, PACKS_BY_ID, PackFilter, RENTALS_BY_ID, RentalFilter, SALES_BY_ID, SaleFilter,
        TOKEN_TRANSFERS_BY_ID, TOKENS_BY_NUMBER, TokenFilter, TokenTransferFilter,
    },
    page::{Ordering, PageArguments, PageRequest},
    project,
    record::{
        Balance, Creation, Drop, Edition, Gate, Lot, LotBid, Pack, PackSale, Rental, Sale, Token, TokenKey,
        TokenTransfer,
    },
    store::{
        Count, Store,
        rewind::{History, Rewind},
        tests::{decoded, everything, identity, open},
    },
    testing::{
        Blocks, ETHER, REQUESTER, Tx, WORKER,
        nft::{ANNA, BEN, CARL, COLLECTION, FOREIGN, NOBODY, made, moved, nfts, sold},
        theta,
    },
};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::SelfDealing;
use tempfile::TempDir;

pub(super) type Nft = (
    (Vec<Creation>, Vec<Token>, Vec<Edition>, Vec<Balance>, Vec<TokenTransfer>),
    (Vec<Sale>, Vec<Lot>, Vec<LotBid>, Vec<Rental>, Vec<Gate>),
    (Vec<Drop>, Vec<PackSale>, Vec<Pack>),
);

fn page(ordering: Ordering) -> PageRequest {
    PageRequest::parse(ordering, &PageArguments { limit: Some(1000), ..PageArguments::default() }).expect("a page")
}

pub(super) async fn read(store: &Store) -> Nft {
    macro_rules! all {
        ($list:ident, $filter:ty, $ordering:expr) => {
            store.$list(&<$filter>::default(), &page($ordering), Count::No).await.expect("reads").items
        };
    }
    (
        (
            all!(creations, CreationFilter, CREATIONS_BY_NUMBER),
            all!(tokens, TokenFilter, TOKENS_BY_NUMBER),
            all!(editions, EditionFilter, EDITIONS_BY_NUMBER),
            all!(balances, BalanceFilter, BALANCES_BY_NUMBER),
            all!(token_transfers, TokenTransferFilter, TOKEN_TRANSFERS_BY_ID),
        ),
        (
            all!(sales, SaleFilter, SALES_BY_ID),
            all!(lots, LotFilter, LOTS_BY_ID),
            all!(lot_bids, LotBidFilter, LOT_BIDS_BY_ID),
            all!(rentals, RentalFilter, RENTALS_BY_ID),
            all!(gates, GateFilter, GATES_BY_ID),
        ),
        (
            all!(drops, DropFilter, DROPS_BY_ID),
            all!(pack_sales, DropFilter, PACK_SALES_BY_ID),
            all!(packs, PackFilter, PACKS_BY_ID),
        ),
    )
}

pub(super) fn projected(rows: project::Nft) -> Nft {
    fn sorted<K, T>(rows: std::collections::BTreeMap<K, T>, number: fn(&T) -> u64) -> Vec<T> {
        let mut rows: Vec<T> = rows.into_values().collect();
        rows.sort_by_key(number);
        rows
    }
    (
        (
            sorted(rows.creations, |row| row.number),
            sorted(rows.tokens, |row| row.number),
            sorted(rows.editions, |row| row.number),
            sorted(rows.balances, |row| row.number),
            rows.transfers,
        ),
        (
            sorted(rows.sales, |row| row.id),
            sorted(rows.lots, |row| row.id),
            rows.lot_bids,
            rows.rentals,
            sorted(rows.gates, |row| row.id),
        ),
        (sorted(rows.drops, |row| row.id), sorted(rows.pack_sales, |row| row.id), sorted(rows.packs, |row| row.id)),
    )
}

async fn adopted(blocks: &Blocks, history: History) -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.adopt(identity(blocks), history).await.unwrap();
    (folder, store)
}

/// The factory's word is in the file: what a clone writes after a restart is kept, and what a foreign contract writes is not.
#[tokio::test]
async fn creations_are_known_after_a_restart() {
    let mut blocks = Blocks::new(0);
    blocks.push(vec![made(COLLECTION), moved(COLLECTION, NOBODY, ANNA, 1)]);
    blocks.push(vec![moved(COLLECTION, ANNA, BEN, 1), moved(FOREIGN, NOBODY, ANNA, 1), theta(REQUESTER, WORKER, 1)]);
    let (folder, store) = adopted(&blocks, History::Final).await;
    let all = decoded(&blocks);
    store.apply(&all[..2]).await.unwrap();
    store.close().await;
    drop(store);
    let store = open(&folder).await;
    store.apply(&all[2..]).await.unwrap();
    let ((creations, tokens, ..), ..) = read(&store).await;
    assert_eq!((creations.len(), creations[0].transfers), (1, 2));
    assert_eq!((tokens.len(), tokens[0].owner), (1, BEN));
    assert!(store.token(TokenKey::new(FOREIGN, U256::ONE)).await.unwrap().is_none());
}

/// A sale that closes a circle finds the sales before it, whose volume is then known for what it is.
#[tokio::test]
async fn marks_reach_back_over_batches() {
    let mut blocks = Blocks::new(0);
    blocks.push(vec![made(COLLECTION), moved(COLLECTION, NOBODY, ANNA, 1)]);
    for (from, to) in [(ANNA, BEN), (BEN, CARL), (CARL, ANNA)] {
        blocks.push(vec![sold(from, to, 1)]);
    }
    let (_folder, store) = adopted(&blocks, History::Final).await;
    for block in decoded(&blocks) {
        store.apply(&[block]).await.unwrap();
    }
    let ((creations, ..), (sales, ..), _) = read(&store).await;
    assert!(sales.iter().all(|sale| sale.mark == Some(SelfDealing::Circle)), "{sales:?}");
    assert_eq!((creations[0].sales, creations[0].marked), (3, 3));
    assert_eq!(creations[0].volume, creations[0].volume_marked);
    let marked = |marked| SaleFilter { marked: Some(marked), ..SaleFilter::default() };
    assert_eq!(store.sales(&marked(true), &page(SALES_BY_ID), Count::Yes).await.unwrap().total_count, 3);
    assert_eq!(store.sales(&marked(false), &page(SALES_BY_ID), Count::Yes).await.unwrap().total_count, 0);
}

/// Who paid first is looked up among all transfers, those of the same batch too.
#[tokio::test]
async fn funders_are_found_whatever_the_batches() {
    let fund = |from: Address, to| Tx::new(from, to).value(ETHER);
    let mut blocks = Blocks::new(0);
    blocks.push(vec![made(COLLECTION), moved(COLLECTION, NOBODY, ANNA, 1), fund(REQUESTER, ANNA)]);
    blocks.push((0..40).map(|to| fund(WORKER, Address::with_last_byte(to + 1))).collect());
    blocks.push(vec![fund(REQUESTER, BEN), sold(ANNA, BEN, 1)]);
    blocks.push(vec![fund(WORKER, BEN), fund(WORKER, CARL), sold(BEN, CARL, 1)]);
    blocks.push(vec![fund(WORKER, Address::repeat_byte(0x71))]);
    blocks.push(vec![fund(WORKER, Address::repeat_byte(0x72)), sold(CARL, Address::repeat_byte(0x71), 1)]);
    let all = decoded(&blocks);
    for size in 1..=all.len() {
        let (_folder, store) = adopted(&blocks, History::Final).await;
        for batch in all.chunks(size) {
            store.apply(batch).await.unwrap();
        }
        let (_, (sales, ..), _) = read(&store).await;
        let marks: Vec<_> = sales.iter().map(|sale| sale.mark).collect();
        assert_eq!(marks, [Some(SelfDealing::SameFunder), None, None], "in batches of {size}");
    }
}

/// From wherever it went back to, the index is what it would be if it had never been further.
#[tokio::test]
async fn rows_are_those_of_the_blocks_that_are_left() {
    let mut blocks = nfts();
    blocks.push(vec![theta(REQUESTER, WORKER, 1)]);
    blocks.push(vec![theta(REQUESTER, WORKER, 2)]);
    let all = decoded(&blocks);
    for to in 0..all.len() {
        let (_folder, store) = adopted(&blocks, History::Revisable).await;
        store.apply(&all).await.unwrap();
        let rewind = Rewind { identity: identity(&blocks), to: Some(to as u64), contracts: Vec::new() };
        let newest = store.rewind(&rewind).await.unwrap();
        let left = newest.map_or(0, |block| block.height as usize + 1);
        assert_eq!(left, if to < all.len() - 3 { 0 } else { to + 1 }, "back to {to}");
        let (_other, fresh) = adopted(&blocks, History::Revisable).await;
        fresh.apply(&all[..left]).await.unwrap();
        assert_eq!(everything(&store).await, everything(&fresh).await, "back to {to}");
        store.apply(&all[left..]).await.unwrap();
        fresh.apply(&all[left..]).await.unwrap();
        assert_eq!(everything(&store).await, everything(&fresh).await, "and forth from {to}");
    }
}

/// What a clone alone wrote is no event of the market, and undone all the same.
#[tokio::test]
async fn what_a_creation_alone_wrote_is_taken_back() {
    let mut blocks = Blocks::new(0);
    blocks.push(vec![made(COLLECTION)]);
    blocks.push(vec![moved(COLLECTION, NOBODY, ANNA, 1)]);
    let (_folder, store) = adopted(&blocks, History::Revisable).await;
    store.apply(&blocks.feed.iter().map(|block| decode(block).expect("ours")).collect::<Vec<_>>()).await.unwrap();
    let rewind = Rewind { identity: identity(&blocks), to: Some(1), contracts: Vec::new() };
    assert_eq!(store.rewind(&rewind).await.unwrap(), None, "it is built anew");
    assert_eq!(read(&store).await, Nft::default());
}
