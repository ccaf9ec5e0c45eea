//! One line for a terminal: what is earned, what is under way.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::interval;

use crate::{Status, Watch, page::tfuel};

/// Draws the line until the future is dropped.
pub async fn draw(watch: Watch) {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {msg}").expect("a constant template"));
    let mut ticks = interval(Duration::from_millis(250));
    loop {
        ticks.tick().await;
        bar.set_message(line(&watch.status()));
        bar.tick();
    }
}

fn line(status: &Status) -> String {
    let trouble = match (status.draining, status.node_ok, status.index_ok) {
        (true, ..) => " | draining",
        (_, false, _) => " | node unreachable",
        (.., false) => " | index unreachable",
        _ => "",
    };
    format!(
        "block {} | earned {} TFUEL ({} jobs) and {} ({} rounds) | gas {} | under way {} | at stake {}{trouble}",
        status.head,
        tfuel(&status.earned_wei),
        status.jobs_settled,
        tfuel(&status.rewards_wei),
        status.rounds_paid,
        tfuel(&status.gas_wei),
        status.running,
        tfuel(&status.exposure_wei),
    )
}
