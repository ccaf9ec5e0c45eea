//! The progress bar of a backfill, on a terminal only.

use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::{io::IsTerminal, time::Duration};
use tokio::time::sleep;

/// Backfills shorter than this many blocks show nothing: they are over before a bar is read.
const BLOCKS_MIN: u64 = 512;

pub(crate) async fn show(progress: Progress) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let mut changes = progress.subscribe();
    let known = changes.wait_for(|state| state.blocks_behind().is_some()).await;
    let Some(behind) = known.ok().and_then(|state| state.blocks_behind()).filter(|behind| *behind >= BLOCKS_MIN) else {
        return;
    };
    let bar = ProgressBar::new(behind);
    let template = "{spinner} indexing {bar:40} {pos}/{len} blocks, {per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let first = progress.state().block.map_or(0, |block| block.height);
    loop {
        let state = progress.state();
        let done = state.block.map_or(0, |block| block.height) - first;
        bar.set_length(done + state.blocks_behind().unwrap_or(0));
        bar.set_position(done);
        if state.ready || state.failed {
            break;
        }
        sleep(Duration::from_millis(200)).await;
    }
    bar.finish_and_clear();
}
