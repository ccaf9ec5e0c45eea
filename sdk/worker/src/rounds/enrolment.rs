//! Whether the node takes part in an epoch.

use std::time::Duration;

use edgeloom_bindings::IParameters::Parameter;
use edgeloom_gpu::Gpu;
use edgeloom_sdk::{Client, EdgeRewards, Entrant, Error, Window};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::{Fault, Rounds, compute, say};
use crate::{crash, desk::decided, life::Bench};

/// Of a round's window, what its products may take for a machine to keep up: the rest is for the transaction, and for jobs.
const KEEPS_UP: f64 = 0.8;

/// Whether the node enrols for rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enrolment {
    /// Where this machine computes a round in its time
    #[default]
    Auto,
    /// Always
    On,
    /// Never; what was earned before is still shown, settled and claimed
    Off,
}

/// What a round of these products takes on this machine, and what it may take there.
pub(crate) struct Pace {
    pub(crate) size: u32,
    pub(crate) links: u32,
    pub(crate) takes: Duration,
    pub(crate) may_take: Duration,
}

impl Pace {
    /// Tries a part of a product on what computes here, for some tenths of a second.
    pub(crate) async fn of_next_epoch(client: &Client, card: Option<Gpu>) -> Result<Self, Error> {
        let (rewards, checkpoints) = (client.edge_rewards(), client.checkpoints());
        let epoch = checkpoints.epoch().await?;
        let governance = client.governance();
        let block_time = governance.parameter(Parameter::BlockTimeMs);
        let (pot, rules, block_time) = futures::try_join!(rewards.pot(epoch + 1), rewards.rules(), block_time)?;
        let (size, links) = if pot.size == 0 { rules } else { (pot.size.into(), pot.links.into()) };
        let Window { height, until } = rewards.schedule(epoch + 1).await?.rounds[0];
        // Blocks come no faster; most of the time they come slower.
        let window =
            Duration::from_millis(until.saturating_sub(height).saturating_mul(block_time.value.saturating_to()));
        let pace = spawn_blocking(move || compute::pace(card.as_ref(), size)).await;
        let pace = pace.map_err(|lost| Error::Answer(lost.to_string()))?;
        Ok(Self { size, links, takes: pace * links, may_take: window.mul_f64(KEEPS_UP) })
    }

    pub(crate) fn keeps_up(&self) -> bool {
        self.takes <= self.may_take
    }
}

impl Rounds {
    /// Enrols the node for an epoch, unless that is done or not wanted.
    pub(super) async fn enrol(&mut self, bench: &Bench, entrant: Entrant) -> Result<(), Fault> {
        let (client, rewards, epoch) = (&bench.client, bench.client.edge_rewards(), entrant.epoch);
        if self.enrolment == Enrolment::Off || self.enrolled == Some(epoch) {
            return Ok(());
        }
        if rewards.tally(entrant).await?.stake.is_zero() {
            if !client.edge_staking().is_bonded(bench.worker).await? {
                say(bench, "not enrolled: the stake is below the least, or the node in jail");
                return Ok(());
            }
            if self.enrolment == Enrolment::Auto && !self.keeps_up(bench).await? {
                self.enrolled = Some(epoch);
                return Ok(());
            }
            self.begin(bench, epoch).await?;
            crash::after("round-enrolling");
            let sent = decided(client, rewards.enrol().await).await?;
            self.spent(epoch, &sent);
            crash::after("round-enrolled");
            // Its block may have been the first of the next epoch.
            let epoch = EdgeRewards::enrolled(&sent)?.epoch;
            tracing::info!(epoch, "rounds: enrolled");
        }
        self.enrolled = Some(epoch);
        say(bench, format!("enrolled for epoch {epoch}"));
        Ok(())
    }

    /// Whether this machine computes a round of the next epoch in its time. It is tried once an epoch: what it does besides differs.
    async fn keeps_up(&mut self, bench: &Bench) -> Result<bool, Fault> {
        let pace = Pace::of_next_epoch(&bench.client, bench.card.clone()).await?;
        if pace.keeps_up() {
            return Ok(true);
        }
        let (takes, may_take) = (pace.takes.as_secs(), pace.may_take.as_secs());
        let (size, links) = (pace.size, pace.links);
        if self.told.insert((size, links)) {
            tracing::warn!(
                "rounds: {links} products of {size} rows take about {takes} s here and may take {may_take} s, so the node does \
                 not enrol. Use a faster machine, or say --rounds on to try all the same, or --rounds off"
            );
        }
        say(bench, format!("not enrolled: a round takes about {takes} s here and may take {may_take} s"));
        Ok(false)
    }
}
