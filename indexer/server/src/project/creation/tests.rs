use crate::{
    decode::decode,
    project::{Contradiction, Inconsistent, Rows},
    testing::{
        Blocks, Tx,
        nft::{
            ANNA, BEN, COLLECTION, CREATOR, EDITIONS, FOREIGN, NOBODY, copies, made, moved, nfts, owned, terms, user,
            wrote,
        },
    },
};
use alloy::primitives::{Address, Bytes, Log, U256};
use edgeloom_bindings::{ICreation, IEditions};
use edgeloom_index_api::{CreationKind, TransferPolicy};

pub(in crate::project) fn project(blocks: &Blocks) -> Result<Rows, Inconsistent> {
    let mut rows = Rows::default();
    for block in &blocks.feed {
        rows.project(&decode(block).expect("a block of ours"))?;
    }
    Ok(rows)
}

pub(in crate::project) fn after(txs: Vec<Tx>) -> Result<Rows, Inconsistent> {
    let mut blocks = Blocks::new(0);
    blocks.push(txs);
    project(&blocks)
}

pub(in crate::project) fn contradiction(txs: Vec<Tx>) -> Contradiction {
    after(txs).expect_err("contradicts").what
}

#[test]
fn a_creation_is_what_its_terms_say_and_what_was_changed_since() {
    let rows = project(&nfts()).expect("consistent");
    let row = rows.nft.creations[&COLLECTION].row();
    assert_eq!(
        (row.number, row.kind, row.creator),
        (1, CreationKind::Collection, Some(BEN.to_string().to_lowercase()))
    );
    assert_eq!((row.name.as_str(), row.symbol.as_str(), row.royalty_bps, row.split), ("Stones", "ST", 500, 1000));
    assert_eq!(
        (row.contract_uri.as_deref(), row.base_uri.as_deref()),
        (Some("ipfs://contract"), Some("ipfs://stones/"))
    );
    assert_eq!((row.policy, row.frozen, row.royalty_to), (TransferPolicy::Operators, false, None));
    assert_eq!((row.tokens, row.burned, row.transfers), (3, 1, 10));
    assert_eq!((row.created_block, row.updated_block), (1, Some(8)));
    let row = rows.nft.creations[&EDITIONS].row();
    assert_eq!((row.number, row.kind, row.tokens, row.transfers), (2, CreationKind::Editions, 2, 5));
    assert_eq!(row.creator, Some(CREATOR.to_string().to_lowercase()));
}

#[test]
fn every_change_is_in_the_row() {
    let set = |event: ICreation::RoyaltySet| wrote(COLLECTION, &event);
    let rows = after(vec![
        made(COLLECTION),
        set(ICreation::RoyaltySet { to: ANNA, bps: 100 }),
        wrote(COLLECTION, &ICreation::PolicySet { policy: ICreation::Policy::Open }),
        wrote(COLLECTION, &ICreation::MetadataFrozen {}),
        wrote(COLLECTION, &ICreation::ContractURIUpdated {}),
        owned(COLLECTION, NOBODY),
    ]);
    let row = rows.expect("consistent").nft.creations[&COLLECTION].row();
    assert_eq!((row.royalty_to, row.royalty_bps), (Some(ANNA.to_string().to_lowercase()), 100));
    assert_eq!((row.policy, row.frozen, row.creator), (TransferPolicy::Open, true, None));
    assert_eq!((row.contract_uri, row.base_uri.as_deref()), (None, Some("ipfs://stones/")));
    let all = ICreation::BatchMetadataUpdate { _fromTokenId: U256::ZERO, _toTokenId: U256::MAX };
    let rows = after(vec![made(COLLECTION), wrote(COLLECTION, &all)]).expect("consistent");
    assert_eq!(rows.nft.creations[&COLLECTION].base_uri, None);
}

#[test]
fn texts_are_bounded() {
    let terms =
        ICreation::Terms {
            name: "ä".repeat(500), contractUri: "x".repeat(4096), baseUri: "x".repeat(4097), ..terms()
        };
    let mut tx = made(COLLECTION);
    tx.logs.truncate(1);
    let rows = after(vec![tx.log(COLLECTION, &ICreation::Created { creator: CREATOR, terms })]).expect("consistent");
    let row = rows.nft.creations[&COLLECTION].row();
    assert_eq!((row.name, row.contract_uri.map(|uri| uri.len()), row.base_uri), ("ä".repeat(128), Some(4096), None));
}

/// Anybody writes the same words. Only what the factory made is believed.
#[test]
fn what_others_write_leaves_no_row() {
    let rows = after(vec![
        moved(FOREIGN, NOBODY, ANNA, 1),
        moved(FOREIGN, BEN, ANNA, 7),
        owned(FOREIGN, ANNA),
        wrote(FOREIGN, &ICreation::Created { creator: CREATOR, terms: terms() }),
        wrote(FOREIGN, &IEditions::CapSet { id: U256::ONE, cap: U256::ONE }),
        moved(COLLECTION, NOBODY, ANNA, 1),
    ])
    .expect("nothing to contradict");
    assert_eq!(rows.nft, crate::project::Nft { purses: rows.nft.purses.clone(), ..Default::default() });
    let mut impostor = made(COLLECTION);
    impostor.logs[0].address = FOREIGN;
    assert!(after(vec![impostor]).expect("no factory").nft.creations.is_empty());
}

#[test]
fn what_cannot_be_is_a_contradiction() {
    assert!(matches!(
        contradiction(vec![made(COLLECTION), made(COLLECTION)]),
        Contradiction::CreationKnown(COLLECTION)
    ));
    let wrong = contradiction(vec![made(COLLECTION), moved(COLLECTION, ANNA, BEN, 1)]);
    assert!(matches!(wrong, Contradiction::TokenUnknown(COLLECTION, U256::ONE)));
    let mint = || moved(COLLECTION, NOBODY, ANNA, 1);
    let wrong = contradiction(vec![made(COLLECTION), mint(), mint()]);
    assert!(matches!(wrong, Contradiction::TokenKnown(COLLECTION, U256::ONE)));
    let wrong = contradiction(vec![made(COLLECTION), mint(), moved(COLLECTION, BEN, ANNA, 1)]);
    assert!(matches!(wrong, Contradiction::TokenOwner(COLLECTION, U256::ONE)));
    let wrong = contradiction(vec![made(COLLECTION), user(1, ANNA, 5)]);
    assert!(matches!(wrong, Contradiction::TokenUnknown(..)));
    let wrong = contradiction(vec![made(EDITIONS), copies(NOBODY, ANNA, 1, 2), copies(ANNA, BEN, 1, 3)]);
    assert!(matches!(wrong, Contradiction::Copies(EDITIONS, U256::ONE)));
    let wrong = contradiction(vec![made(EDITIONS), moved(EDITIONS, NOBODY, ANNA, 1)]);
    assert!(matches!(wrong, Contradiction::CreationKind(EDITIONS)));
}

/// Of a clone such a log would be a fault of ours; anybody else may write what it likes.
#[test]
fn a_log_of_a_creation_that_does_not_decode_is_an_error() {
    let short = |address: Address| {
        let mut tx = wrote(address, &ICreation::MetadataUpdate { _tokenId: U256::ONE });
        let topics = tx.logs[0].topics().to_vec();
        tx.logs[0] = Log::new_unchecked(address, topics, Bytes::from_static(&[1]));
        tx
    };
    assert!(after(vec![made(COLLECTION), short(FOREIGN)]).is_ok());
    let wrong = contradiction(vec![made(COLLECTION), short(COLLECTION)]);
    assert!(matches!(wrong, Contradiction::CreationLog(COLLECTION, _)), "{wrong}");
}
