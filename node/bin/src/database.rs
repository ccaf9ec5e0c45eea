//! `edgeloom db`: a chain whose node does not run, read, rewritten, taken out and put in.

mod blocks;
mod import;

use crate::{
    arguments::{Check, Database, Export, Storage, Where},
    genesis, open,
};
use alloy::primitives::Bytes;
use blocks::Writer;
use edgeloom_chain::{Audit, AuditError};
use edgeloom_state::Store;
use edgeloom_types::Height;
use eyre::{Result, WrapErr, ensure, eyre};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Blocks that are read side by side between two steps of the bar.
const STRIDE: u64 = 256;

/// # Errors
/// When a node runs on the directory, it holds no chain, or what was asked for fails; the first fault that was found.
pub(crate) fn command(command: &Database) -> Result<()> {
    match command {
        Database::Check(arguments) => check(arguments),
        Database::Compact(arguments) => compact(arguments),
        Database::Export(arguments) => export(arguments),
        Database::Import(arguments) => import::command(arguments),
    }
}

/// The store of a directory that has one: none is made.
fn store(place: &Where) -> Result<Store> {
    let path = open::chain_path(&place.data);
    ensure!(path.exists(), "{} holds no chain", place.data.display());
    open::store(&place.data, &Storage::default())
}

fn check(arguments: &Check) -> Result<()> {
    let genesis = Arc::new(genesis::read(&arguments.genesis)?);
    let audit =
        Audit::new(store(&arguments.place)?, genesis).wrap_err_with(|| arguments.place.data.display().to_string())?;
    let (from, tip) = (arguments.from, audit.tip().get());
    ensure!(from <= tip, "--from {from} is above the newest block, {tip}");
    let bar = bar("blocks", tip - from + 1)?;
    let mut next = from;
    while next <= tip {
        let end = tip.min(next + STRIDE - 1);
        // In parallel: most of it is recovering signers. The lowest fault is the first.
        let faults = (next..=end)
            .into_par_iter()
            .filter_map(|height| audit.block(Height::new(height)).err().map(|fault| (height, fault)));
        if let Some((_, fault)) = faults.min_by_key(|(height, _)| *height) {
            bar.abandon();
            return Err(fault.into());
        }
        bar.inc(end - next + 1);
        next = end + 1;
    }
    bar.finish();
    println!("reading every account of block {tip}");
    audit.state().map_err(|fault: AuditError| eyre!(fault))?;
    println!("{} blocks from {from} to {tip} are whole, and the newest state has its header's root", tip - from + 1);
    Ok(())
}

fn compact(arguments: &Where) -> Result<()> {
    let store = store(arguments)?;
    let sum = |tables: &BTreeMap<&'static str, u64>| tables.values().sum::<u64>();
    let before = store.table_bytes()?;
    println!("rewriting {} bytes of {} tables", sum(&before), before.len());
    store.compact()?;
    let after = store.table_bytes()?;
    println!("{} bytes are left", sum(&after));
    Ok(())
}

fn export(arguments: &Export) -> Result<()> {
    let store = store(&arguments.place)?;
    let tip = store.tip().ok_or_else(|| eyre!("{} holds no chain", arguments.place.data.display()))?.height.get();
    let (from, to) = (arguments.from, arguments.to.unwrap_or(tip));
    ensure!(from <= to && to <= tip, "blocks {from} to {to} are not all there: the newest is {tip}");
    let genesis = store.hash_at(Height::GENESIS)?.ok_or_else(|| missing(0))?;
    let mut file = Writer::create(&arguments.out, blocks::Range { genesis, from, to })?;
    let bar = bar("blocks", to - from + 1)?;
    for height in from..=to {
        let place = Height::new(height);
        let block = store.block(place)?.ok_or_else(|| missing(height))?;
        file.put(&block, store.certificate(place)?.as_ref().map(Bytes::as_ref))?;
        bar.inc(1);
    }
    let bytes = file.finish()?;
    bar.finish();
    println!("{}: blocks {from} to {to}, {bytes} bytes", arguments.out.display());
    Ok(())
}

fn missing(height: u64) -> eyre::Report {
    eyre!("block {height} is missing: `edgeloom db check` says what else is wrong")
}

/// Shown where standard error is a terminal.
fn bar(what: &str, length: u64) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}, {per_sec}, {eta} left")?;
    Ok(ProgressBar::new(length).with_style(style).with_message(what.to_owned()))
}

/// For messages.
fn named(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests;
