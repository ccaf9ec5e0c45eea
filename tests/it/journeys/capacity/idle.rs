//! A node that enrols, and answers nothing.

use alloy::primitives::U256;
use edgeloom_bindings::IEdgeRewards::IEdgeRewardsErrors;
use edgeloom_sdk::{Client, Entrant, Error};
use edgeloom_tests::Dev;
use eyre::{Result, ensure};

pub(super) async fn enrolled(dev: &Dev) -> Result<(Client, Entrant)> {
    super::enrolled(dev, 3).await
}

/// Settled like everybody, nodes that showed nothing get nothing.
pub(super) async fn unpaid(watcher: &Client, entrants: [Entrant; 2], operators: [&Client; 2]) -> Result<()> {
    let rewards = watcher.edge_rewards();
    let before = rewards.pot(entrants[0].epoch).await?.paid;
    rewards.settle(entrants[0].epoch, entrants.iter().map(|entrant| entrant.node).collect()).await?;
    assert_eq!(rewards.pot(entrants[0].epoch).await?.paid, before);
    for (entrant, operator) in entrants.into_iter().zip(operators) {
        assert_eq!(rewards.share(entrant).await?, (U256::ZERO, U256::ZERO));
        let position = watcher.edge_staking().book().position_of(entrant.node, operator.address()?).await?;
        assert_eq!(position.reward, U256::ZERO);
        let drawn = rewards.draws(entrant).await;
        let silent = matches!(drawn, Err(Error::EdgeRewards(IEdgeRewardsErrors::NothingAnswered(_))));
        ensure!(silent == (rewards.tally(entrant).await?.answered == 0), "{drawn:?}");
    }
    Ok(())
}
