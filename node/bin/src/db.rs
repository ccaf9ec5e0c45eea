//! `edgeloom db`: what is done to a data directory while no node runs from it.

use crate::{arguments::Db, open};
use edgeloom_state::{Migration, Store};
use eyre::Result;

/// # Errors
/// When a node runs from the directory, or it holds no database, or none that this build can migrate.
pub(crate) fn command(arguments: &Db) -> Result<()> {
    let Db::Migrate { data } = arguments;
    match Store::migrate(&open::chain_path(data))? {
        Migration::Unneeded => println!("{} has this build's layout already", data.display()),
        Migration::Done { first_proof } => {
            println!("{} is migrated: eth_getProof answers from block {first_proof} on", data.display());
        }
    }
    Ok(())
}
