//! A node that did not compute what it answers with: its roots are made up.

use super::EPOCH;
use alloy::primitives::{B256, keccak256};
use edgeloom_bindings::IEdgeRewards::{IEdgeRewardsErrors, Opening};
use edgeloom_sdk::{Client, Entrant, Error, digest_of};
use edgeloom_tests::Dev;
use eyre::{OptionExt as _, Result, ensure};

pub(super) async fn enrolled(dev: &Dev) -> Result<(Client, Entrant)> {
    super::enrolled(dev, 2).await
}

fn roots() -> Vec<B256> {
    [0_u8, 1, 2].map(|link| keccak256([link])).to_vec()
}

/// Answers the first round.
pub(super) async fn answer(liar: &Client, entrant: Entrant) -> Result<()> {
    liar.edge_rewards().answer(EPOCH, 0, &roots()).await?;
    assert_eq!(liar.edge_rewards().tally(entrant).await?.answered, 1);
    Ok(())
}

/// It computes what is drawn, now that it knows what that is; the chain sees that this is not what it answered with, nor anything else.
pub(super) async fn refused(liar: &Client, entrant: Entrant) -> Result<()> {
    let rewards = liar.edge_rewards();
    let height = rewards.schedule(EPOCH).await?.rounds[0].height;
    if !liar.beacon().is_recorded(height).await? {
        liar.beacon().record(height).await?;
    }
    let round = rewards.round(entrant, 0, B256::ZERO).await?;
    // Its own SDK makes no such opening.
    let mut openings = Vec::new();
    for draw in rewards.draws(entrant).await? {
        let asked = round.drawn(&draw, &roots()).ok_or_eyre("a product of the round")?;
        let product = asked.compute();
        ensure!(round.open(&draw, &roots(), &product).is_none(), "the root is another");
        let proof = asked.prove(&product, &draw.challenge.0, 8);
        openings.push(Opening { roots: roots(), proof: proof.into() });
    }
    let wrong = rewards.open(entrant, vec![digest_of(&roots())], openings.clone()).await;
    ensure!(matches!(wrong, Err(Error::EdgeRewards(IEdgeRewardsErrors::NotComputed(_)))), "{wrong:?}");
    let other: Vec<_> = roots().into_iter().rev().collect();
    let wrong = rewards.open(entrant, vec![digest_of(&other)], openings).await;
    ensure!(matches!(wrong, Err(Error::EdgeRewards(IEdgeRewardsErrors::NotItsAnswers(_)))), "{wrong:?}");
    Ok(())
}
