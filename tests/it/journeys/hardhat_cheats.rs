//! What hardhat's tests ask of a development chain alone: time, blocks, snapshots, accounts and storage as they want them.

use super::projects::hardhat;
use edgeloom_tests::Dev;
use eyre::{Result, ensure};

#[tokio::test]
async fn network_helpers_of_hardhat() -> Result<()> {
    let tested = hardhat(&Dev::start().await?, &["cheats/cheats.ts"])?;
    ensure!(tested.contains("8 passing"), "{tested}");
    Ok(())
}
