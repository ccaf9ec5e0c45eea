//! The command line. Every flag can be given as an environment variable, too.

use clap::Parser;
use edgeloom_index_api::DEFAULT_PORT;
use std::{net::SocketAddr, path::PathBuf};
use url::Url;

/// Indexes an Edgeloom chain and serves what it finds: GraphQL, REST, health and metrics on one port.
#[derive(Clone, Debug, Parser)]
#[command(name = "edgeloom-indexer", version)]
pub struct Args {
    /// A node of the chain; several with commas, all of one chain: when one fails, the next is asked.
    #[arg(long, env = "EDGELOOM_RPC", value_delimiter = ',', required = true, value_name = "URL")]
    pub rpc: Vec<Url>,

    /// The database file; made if it is not there. It belongs to one chain and to one process.
    #[arg(long, env = "EDGELOOM_INDEX_DB", default_value = "edgeloom-index.db", value_name = "FILE")]
    pub db: PathBuf,

    /// Where to serve; port 0 takes a free one.
    #[arg(long, env = "EDGELOOM_INDEX_LISTEN", default_value_t = SocketAddr::from(([127, 0, 0, 1], DEFAULT_PORT)), value_name = "ADDR")]
    pub listen: SocketAddr,

    /// Give up when no node answers for so long at the start. (Later it is waited for without end.)
    #[arg(long, env = "EDGELOOM_INDEX_PATIENCE", default_value_t = 60, value_name = "SECONDS")]
    pub patience_seconds: u64,

    /// Print the ready line as JSON.
    #[arg(long)]
    pub json: bool,
}
