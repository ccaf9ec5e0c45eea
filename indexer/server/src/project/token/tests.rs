use crate::{
    project::creation::tests::{after, project},
    record::TokenKey,
    testing::nft::{ANNA, BEN, CARL, COLLECTION, EDITIONS, NOBODY, copies, made, many_copies, moved, nfts, user},
};
use alloy::primitives::{Address, U256};

fn key(creation: Address, id: u64) -> TokenKey {
    TokenKey::new(creation, U256::from(id))
}

#[test]
fn a_token_has_an_owner_until_it_is_burned() {
    let rows = project(&nfts()).expect("consistent");
    let row = rows.nft.tokens[&key(COLLECTION, 1)].row();
    assert_eq!((row.number, row.id.as_str(), row.owner), (1, "1", Some(ANNA.to_string().to_lowercase())));
    assert_eq!((row.moves, row.burned, row.minted_block, row.moved_block), (3, false, 2, 6));
    let burned = rows.nft.tokens[&key(COLLECTION, 4)].row();
    assert_eq!((burned.owner, burned.burned, burned.moves, burned.moved_block), (None, true, 1, 3));
    let used = rows.nft.tokens[&key(COLLECTION, 3)].row();
    assert_eq!((used.user, used.user_until), (Some(CARL.to_string().to_lowercase()), Some(1_700_000_900)));
    assert_eq!(used.updated_block, Some(8));
    let first = rows.nft.transfers[0].row();
    assert_eq!((first.id, first.from, first.token_id.as_str(), first.amount.as_str()), (1, None, "1", "1"));
    assert_eq!((rows.nft.transfers.len(), rows.nft.transfers[14].id), (15, 15));
}

#[test]
fn a_user_stays_when_the_token_goes_and_gives_it_up_later() {
    let rows = after(vec![
        made(COLLECTION),
        moved(COLLECTION, NOBODY, ANNA, 1),
        user(1, CARL, 9),
        moved(COLLECTION, ANNA, NOBODY, 1),
        user(1, NOBODY, 8),
    ]);
    assert_eq!(rows.expect("consistent").nft.tokens[&key(COLLECTION, 1)].user, None);
}

#[test]
fn copies_add_up() {
    let rows = project(&nfts()).expect("consistent");
    let row = rows.nft.editions[&key(EDITIONS, 1)].row();
    assert_eq!((row.minted.as_str(), row.burned.as_str(), row.supply.as_str(), row.holders), ("12", "1", "11", 2));
    assert_eq!((row.cap, row.uri), (None, None));
    let second = rows.nft.editions[&key(EDITIONS, 2)].row();
    assert_eq!((second.cap.as_deref(), second.uri.as_deref(), second.holders), (Some("7"), Some("ipfs://two"), 1));
    let amount = |holder| rows.nft.balances[&(key(EDITIONS, 1), holder)].row().amount;
    assert_eq!((amount(ANNA).as_str(), amount(BEN).as_str()), ("6", "5"));
}

#[test]
fn a_balance_stays_at_nothing_and_its_holder_is_none() {
    let rows = after(vec![
        made(EDITIONS),
        many_copies(NOBODY, ANNA, &[(1, 1), (1, 2)]),
        copies(ANNA, BEN, 1, 3),
        copies(BEN, BEN, 1, 3),
        // Moving nothing is open to everybody.
        copies(CARL, ANNA, 1, 0),
    ])
    .expect("consistent");
    assert_eq!(rows.nft.balances[&(key(EDITIONS, 1), ANNA)].row().amount, "0");
    assert_eq!(rows.nft.editions[&key(EDITIONS, 1)].row().holders, 1);
    assert_eq!((rows.nft.balances.len(), rows.nft.transfers.len()), (2, 4));
}
