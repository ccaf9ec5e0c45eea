//! `edgeloom-indexer`: see the library, and `--help`.

use clap::Parser;
use edgeloom_indexer::{args::Args, run::run};
use eyre::WrapErr;
use tracing_subscriber::EnvFilter;

fn main() -> eyre::Result<()> {
    color_eyre::config::HookBuilder::default().display_env_section(false).install()?;
    let args = Args::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,edgeloom_indexer=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was installed before");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().wrap_err("cannot start threads")?;
    runtime.block_on(run(args)).wrap_err("the indexer stopped")
}
