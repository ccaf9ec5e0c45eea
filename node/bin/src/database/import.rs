//! Blocks of a file become final here as they did elsewhere: executed, and only as far as a quorum's certificate proves them. A
//! certificate proves its block and all below it, so what waits for one is kept, within bounds.

use super::{bar, blocks::Reader, named};
use crate::{
    arguments::{Import, Storage},
    genesis, open,
};
use alloy::primitives::Bytes;
use edgeloom_chain::Chain;
use edgeloom_types::{Certificate, Epoch, Genesis, Height, SealedBlock};
use eyre::{Result, WrapErr, ensure, eyre};
use std::sync::Arc;

/// Most blocks that wait for the certificate of one above them, and most bytes of those.
const WAITING_MAX: usize = 1024;
const WAITING_BYTES_MAX: usize = 128 << 20;

/// `edgeloom db import`.
///
/// # Errors
/// When a node runs on the directory, the file is another chain's or damaged, a block is not valid, or too many in a row have no
/// certificate. What became final before stays: the next import goes on after it.
pub(super) fn command(arguments: &Import) -> Result<()> {
    let genesis = Arc::new(genesis::read(&arguments.genesis)?);
    let told = || named(&arguments.file);
    let mut file = Reader::open(&arguments.file).wrap_err_with(told)?;
    // Before anything is made for it.
    let store = open::store(&arguments.place.data, &Storage::default())?;
    let chain = Chain::open(store, genesis.clone())?;
    let range = file.range;
    let ours = chain.genesis_hash();
    ensure!(range.genesis == ours, "{} is of the chain of genesis {}, this is {ours}", told(), range.genesis);
    let tip = chain.tip().height().get();
    ensure!(range.from <= tip + 1, "{} begins with block {}, and the next one here is {}", told(), range.from, tip + 1);

    let bar = bar("blocks", range.to - range.from + 1)?;
    let mut import = Importing { chain, genesis, waiting: Vec::new(), bytes: 0 };
    while let Some((block, certificate)) = file.next().wrap_err_with(told)? {
        import.take(block, certificate)?;
        bar.inc(1);
    }
    bar.finish();
    let now = import.chain.tip().height().get();
    println!("block {now} is the newest, {} are new", now - tip);
    if !import.waiting.is_empty() {
        println!("{} more have no certificate and were left: the network has them", import.waiting.len());
    }
    Ok(())
}

struct Importing {
    chain: Chain,
    genesis: Arc<Genesis>,
    /// Above the tip, in order.
    waiting: Vec<(Arc<SealedBlock>, Option<Bytes>)>,
    bytes: usize,
}

impl Importing {
    fn take(&mut self, block: SealedBlock, certificate: Option<Bytes>) -> Result<()> {
        let height = block.height();
        if height <= self.chain.tip().height() {
            let here = self.chain.store().hash_at(height)?;
            ensure!(here == Some(block.hash()), "block {height} is {} there and {here:?} here: a fork", block.hash());
            return Ok(());
        }
        let before = self.waiting.last().map_or_else(|| self.chain.tip().hash(), |(block, _)| block.hash());
        ensure!(block.header().parent_hash == before, "block {height} does not follow {before}, the one before it");
        self.bytes += block.block().encode().len();
        let proves = certificate.is_some();
        self.waiting.push((Arc::new(block), certificate));
        if proves {
            self.prove(height)?;
            return self.keep();
        }
        ensure!(
            self.waiting.len() < WAITING_MAX && self.bytes < WAITING_BYTES_MAX,
            "no certificate for blocks {} to {height}: nothing proves that they are final",
            self.chain.tip().height().next()
        );
        Ok(())
    }

    /// Whether the newest that waits has a quorum's certificate.
    fn prove(&self, height: Height) -> Result<()> {
        let told = || format!("the certificate of block {height}");
        let (block, certificate) = self.waiting.last().ok_or_else(|| eyre!("nothing waits"))?;
        let certificate = Certificate::decode(certificate.as_ref().map_or(&[], Bytes::as_ref)).wrap_err_with(told)?;
        let epoch = Epoch::containing(height, self.genesis.config().epoch_length);
        let ours = certificate.block_hash == block.hash() && certificate.epoch == epoch;
        ensure!(ours, "{} is of block {} in epoch {}", told(), certificate.block_hash, certificate.epoch);
        let term = self.chain.terms().of_epoch(epoch);
        // The committee is decided an epoch before, and each epoch's last block has a certificate where somebody kept it.
        let term = term.ok_or_else(|| {
            eyre!(
                "no certificate proves the first block of epoch {}, which decides who may sign in epoch {epoch}",
                epoch.get() - 1
            )
        })?;
        certificate.verify(self.chain.genesis_hash(), &term.committee).wrap_err_with(told)
    }

    /// Executes what waits and makes it final.
    fn keep(&mut self) -> Result<()> {
        self.bytes = 0;
        for (block, certificate) in std::mem::take(&mut self.waiting) {
            let height = block.height();
            self.chain.finalize(&block, certificate).wrap_err_with(|| format!("block {height}"))?;
        }
        Ok(())
    }
}
