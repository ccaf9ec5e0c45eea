//! What tokens open, as the chain and the index say it. That clips play is a journey of its own.

use super::{
    fair::{PATIENCE, hex},
    stage::Stage,
};
use alloy::primitives::{B256, U256, aliases::U40};
use edgeloom_bindings::IMediaGate::{IMediaGateErrors, Terms};
use edgeloom_index_api::GateQuery;
use edgeloom_sdk::{Error, RentalDraft};
use edgeloom_tests::{dev_signer, wait_for};
use eyre::Result;

const EPOCH: u64 = 60;

#[tokio::test]
async fn a_gate_opens_for_who_holds_or_rents_a_token_and_the_index_knows_it() -> Result<()> {
    let stage = Stage::start().await?;
    let (looms, one) = (stage.collection(2).await?, U256::ONE);
    let (seller, buyer, media) = (stage.seller.address()?, stage.buyer.address()?, stage.creator.media());
    let start = stage.creator.head_time().await? + 30;
    let terms = Terms {
        collection: looms.address(),
        first: one,
        last: U256::from(2),
        start: U40::from(start),
        epochSeconds: u32::try_from(EPOCH)?,
    };
    let nodes =
        |from: u32| (from..from + 4).map(|account| Ok(dev_signer(account)?.address())).collect::<Result<Vec<_>>>();
    let foreign = stage.seller.media().open(terms.clone(), nodes(10)?).await;
    assert!(matches!(foreign, Err(Error::Media(IMediaGateErrors::NotCreator(_)))), "{foreign:?}");
    let gate = media.open(terms.clone(), nodes(10)?).await?.gate;
    media.set_content(gate, B256::repeat_byte(4), "https://clips.example/1".to_owned()).await?;

    // Who rents it within an epoch waits for the next, and who let it out has no next one.
    let rights = async || -> Result<_> {
        Ok((media.is_entitled(gate, one, seller).await?, media.is_entitled(gate, one, buyer).await?))
    };
    stage.at(start).await?;
    assert_eq!(rights().await?, (true, false));
    let rentals = stage.seller.rentals();
    rentals.checkout().approve_tokens(looms.address(), true).await?;
    let offer = rentals.sign(RentalDraft::new(looms.address(), one, U256::from(1_000))).await?;
    let rented = stage.buyer.rentals().rent(&offer, 3_600, None).await?.rental;
    assert_eq!(rights().await?, (false, false));
    stage.at(start + EPOCH).await?;
    assert_eq!(rights().await?, (false, true));
    // The epoch after the one in which it ends is its owner's again.
    let after = rented.until + 1 - start;
    stage.at(start + after.div_ceil(EPOCH) * EPOCH + EPOCH).await?;
    assert_eq!(rights().await?, (true, false));

    media.share_anew(gate, nodes(12)?).await?;
    let (index, (version, quorum)) = (stage.buyer.index()?, media.quorum(gate).await?);
    let known = async || Ok(index.gate(gate.to()).await.ok().filter(|found| found.gate.quorum_version == version));
    let found = wait_for("the index to know the new quorum", PATIENCE, known).await?;
    let names: Vec<_> = found.history.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["GateOpened", "QuorumSet", "ContentSet", "QuorumSet"]);
    let row = found.gate;
    assert_eq!((row.owner.clone(), row.collection.clone()), (hex(stage.creator.address()?), hex(looms.address())));
    assert_eq!(
        (row.first.as_str(), row.last.as_str(), row.start, row.epoch_seconds),
        ("1", "2", start, terms.epochSeconds)
    );
    assert_eq!((row.threshold, row.commitments.clone()), (quorum.threshold, quorum.commitments.to_string()));
    assert_eq!(row.nodes, quorum.nodes.iter().copied().map(hex).collect::<Vec<_>>());
    let content = media.content(gate).await?;
    assert_eq!(
        (row.content_root.clone(), row.content_uri.clone()),
        (Some(content.root.to_string()), Some(content.uri))
    );
    let query = GateQuery { collection: Some(hex(looms.address())), ..GateQuery::default() };
    assert_eq!(index.gates(&query).await?.items, [row]);
    Ok(())
}
