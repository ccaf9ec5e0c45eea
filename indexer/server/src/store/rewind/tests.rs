use super::*;
use crate::{
    record::{Contract, Sources},
    store::tests::{decoded, everything, identity, open},
    testing::{
        Blocks, REQUESTER, WORKER, busy,
        institutions::{certified, elected, history, log},
        market::deals,
        theta,
    },
    verify::compare::Match,
};
use alloy::primitives::b256;
use edgeloom_bindings::addresses;
use tempfile::TempDir;

async fn indexed(blocks: &Blocks, length: usize) -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.adopt(identity(blocks), History::Revisable).await.unwrap();
    store.apply(&decoded(blocks)[..length]).await.unwrap();
    (folder, store)
}

fn back(blocks: &Blocks, to: u64) -> Rewind {
    Rewind { identity: identity(blocks), to: Some(to), contracts: Vec::new() }
}

/// Some blocks with jobs, then some with transfers alone.
fn mixed() -> Blocks {
    let mut blocks = busy(3);
    for amount in 1..4 {
        blocks.push(vec![theta(REQUESTER, WORKER, amount)]);
    }
    blocks
}

/// From wherever it went back to, the index is what it would be if it had never been further, and goes on from there.
#[tokio::test]
async fn rows_are_those_of_the_blocks_that_are_left() {
    let blocks = mixed();
    let all = decoded(&blocks);
    for to in 0..all.len() {
        let (_folder, store) = indexed(&blocks, all.len()).await;
        let newest = store.rewind(&back(&blocks, to as u64)).await.unwrap();
        let left = newest.map_or(0, |block| block.height as usize + 1);
        assert!(left == to + 1 || (left == 0 && to < 7), "went to {left} for {to}");
        let (_other, fresh) = indexed(&blocks, left).await;
        assert_eq!(everything(&store).await, everything(&fresh).await, "back to {to}");
        store.apply(&all[left..]).await.unwrap();
        let (_other, fresh) = indexed(&blocks, all.len()).await;
        assert_eq!(everything(&store).await, everything(&fresh).await, "and forth from {to}");
    }
}

/// As above, for what stakers, committees, guardians and voters did: all of it changes rows in place, but what a block adds by
/// itself at the end of this.
#[tokio::test]
async fn institutions_are_those_of_the_blocks_that_are_left() {
    let mut blocks = history();
    blocks.push_with(&[log(addresses::COMMITTEE, &elected(3, &[2, 1]))], vec![]);
    blocks.push(vec![theta(REQUESTER, WORKER, 1).log(addresses::CHECKPOINTS, &certified(6))]);
    let all = decoded(&blocks);
    for to in 0..all.len() {
        let (_folder, store) = indexed(&blocks, all.len()).await;
        let newest = store.rewind(&back(&blocks, to as u64)).await.unwrap();
        let left = newest.map_or(0, |block| block.height as usize + 1);
        assert_eq!(left, if to < 5 { 0 } else { to + 1 }, "back to {to}");
        let (_other, fresh) = indexed(&blocks, left).await;
        assert_eq!(everything(&store).await, everything(&fresh).await, "back to {to}");
        store.apply(&all[left..]).await.unwrap();
        let (_other, fresh) = indexed(&blocks, all.len()).await;
        assert_eq!(everything(&store).await, everything(&fresh).await, "and forth from {to}");
    }
}

/// As above, for leases, auctions and claims: what they wrote before is there once, and what they wrote after is gone.
#[tokio::test]
async fn deals_are_those_of_the_blocks_that_are_left() {
    let mut blocks = deals();
    blocks.push(vec![theta(REQUESTER, WORKER, 1)]);
    let all = decoded(&blocks);
    for to in 0..all.len() {
        let (_folder, store) = indexed(&blocks, all.len()).await;
        let newest = store.rewind(&back(&blocks, to as u64)).await.unwrap();
        let left = newest.map_or(0, |block| block.height as usize + 1);
        assert_eq!(left, if to < all.len() - 2 { 0 } else { to + 1 }, "back to {to}");
        let (_other, fresh) = indexed(&blocks, left).await;
        assert_eq!(everything(&store).await, everything(&fresh).await, "back to {to}");
        store.apply(&all[left..]).await.unwrap();
        let (_other, fresh) = indexed(&blocks, all.len()).await;
        assert_eq!(everything(&store).await, everything(&fresh).await, "and forth from {to}");
    }
}

#[tokio::test]
async fn another_genesis_leaves_no_row() {
    let (old, new) = (busy(2), Blocks::new(9));
    let (_folder, store) = indexed(&old, old.feed.len()).await;
    let rewind = Rewind { identity: identity(&new), to: None, contracts: Vec::new() };
    assert_eq!((store.rewind(&rewind).await.unwrap(), store.cursor().await.unwrap()), (None, None));
    store.adopt(identity(&new), History::Revisable).await.unwrap();
    store.apply(&decoded(&new)).await.unwrap();
    let (_other, fresh) = indexed(&new, 1).await;
    assert_eq!(everything(&store).await, everything(&fresh).await);
}

#[tokio::test]
async fn contracts_stay_where_their_code_does() {
    let blocks = busy(1);
    let (_folder, store) = indexed(&blocks, blocks.feed.len()).await;
    let addresses = [1, 2, 3].map(Address::repeat_byte);
    let created = crate::record::Deployment {
        tx: b256!("0x1111111111111111111111111111111111111111111111111111111111111111"),
        block: 1,
        index: 0,
        deployer: REQUESTER,
        arguments: Default::default(),
    };
    for address in addresses {
        let contract = Contract {
            number: 0,
            address,
            file: "A.sol".into(),
            name: "A".into(),
            compiler: "0.8.37".into(),
            runtime: Match::ExactMatch,
            creation: Some(Match::ExactMatch),
            created: Some(created.clone()),
            code_hash: Some(created.tx),
            verified_ms: 0,
        };
        assert!(store.publish(0, &(contract, Sources::default()), 7).await.unwrap());
    }
    let known = store.presences().await.unwrap();
    assert_eq!(
        known[0],
        Presence { address: addresses[0], code_hash: Some(created.tx), created: Some((created.tx, 1)) }
    );
    let standings = [Standing::Stands, Standing::Recreated, Standing::Gone];
    let rewind = Rewind { contracts: addresses.into_iter().zip(standings).collect(), ..back(&blocks, 1) };
    store.rewind(&rewind).await.unwrap();
    let [stands, recreated, gone] = addresses;
    let stands = store.contract(stands).await.unwrap().unwrap();
    assert_eq!((stands.created, stands.creation), (Some(created), Some(Match::ExactMatch)));
    let recreated = store.contract(recreated).await.unwrap().unwrap();
    assert_eq!((recreated.created, recreated.creation, recreated.runtime), (None, None, Match::ExactMatch));
    assert!(store.contract(gone).await.unwrap().is_none() && store.sources(gone).await.unwrap().is_none());
}

/// What was judged before the chain went back is judged again, and that costs no attempt.
#[tokio::test]
async fn a_verification_that_began_before_is_begun_again() {
    use crate::verify::input::Submission;
    use alloy::primitives::B128;
    let blocks = busy(1);
    let (_folder, store) = indexed(&blocks, blocks.feed.len()).await;
    let submission = Submission {
        address: Address::repeat_byte(1),
        compiler: semver::Version::new(0, 8, 37),
        file: None,
        name: "A".into(),
        input: "{}".into(),
        creation_tx: None,
        arguments: None,
    };
    let id = B128::random();
    store.submit(id, &submission, 1).await.unwrap();
    let begun = store.rewinds();
    assert_eq!(store.next_submission(&[]).await.unwrap().map(|(id, attempt, _)| (id, attempt)), Some((id, 1)));
    store.rewind(&back(&blocks, 0)).await.unwrap();
    let refused = || Err(crate::store::contracts::Failure { code: "no_match".into(), message: "no".into() });
    store.finish(id, begun, refused(), 2).await.unwrap();
    assert_eq!(store.verification(id).await.unwrap().unwrap().end, None);
    assert_eq!(store.next_submission(&[]).await.unwrap().map(|(id, attempt, _)| (id, attempt)), Some((id, 1)));
    store.finish(id, store.rewinds(), refused(), 3).await.unwrap();
    assert!(store.verification(id).await.unwrap().unwrap().end.is_some());
}
