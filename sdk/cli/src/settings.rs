//! Which node, and whose key.

use std::path::PathBuf;

use alloy::signers::local::PrivateKeySigner;
use edgeloom_sdk::{Client, ClientBuilder, keystore};
use eyre::{Result, WrapErr, bail};

/// What every command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// Node's HTTP address; several with commas, all of one chain: when one fails, the next is asked
    #[arg(
        long,
        global = true,
        env = "EDGELOOM_RPC",
        value_name = "URL",
        default_value = "http://127.0.0.1:8545",
        value_delimiter = ','
    )]
    rpc: Vec<String>,
    /// Encrypted key of the account that posts and pays
    #[arg(long, global = true, env = "EDGELOOM_KEYSTORE", value_name = "FILE", requires = "password_file")]
    keystore: Option<PathBuf>,
    /// File whose first line is the keystore's password
    #[arg(long, global = true, env = "EDGELOOM_PASSWORD_FILE", value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Key in hexadecimal, for development chains: others can read it in the list of processes
    #[arg(
        long,
        global = true,
        env = "EDGELOOM_KEY",
        value_name = "HEX",
        hide_env_values = true,
        conflicts_with = "keystore"
    )]
    key: Option<String>,
    /// Machine-readable output: a line of JSON for each thing that happens
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Settings {
    /// A client that only reads.
    pub(crate) async fn reader(&self) -> Result<Client> {
        self.connect(None).await
    }

    /// A client that signs.
    pub(crate) async fn signer(&self) -> Result<Client> {
        let signer = match (&self.key, &self.keystore) {
            (Some(key), _) => {
                key.parse::<PrivateKeySigner>().wrap_err("--key is no private key of 32 bytes in hexadecimal")?
            }
            (None, Some(_)) => keystore::open(self.keystore.as_deref(), self.password_file.as_deref())?,
            (None, None) => bail!(
                "this costs money: name an account with --keystore and --password-file (or --key on a development chain)"
            ),
        };
        self.connect(Some(signer)).await
    }

    async fn connect(&self, signer: Option<PrivateKeySigner>) -> Result<Client> {
        let mut nodes = self.rpc.iter();
        let first = ClientBuilder::new(nodes.next().map_or("", String::as_str));
        let builder = nodes.fold(first, ClientBuilder::fallback);
        let builder = match signer {
            Some(signer) => builder.signer(signer),
            None => builder,
        };
        Client::connect(builder).await.wrap_err_with(|| format!("no node answers at {}", self.rpc.join(", ")))
    }
}
