//! The clients' scripts against a network with real consensus: production answers as the development chain does.

use super::clients::script;
use edgeloom_tests::{Net, NetConfig};
use eyre::{Result, WrapErr as _};

#[tokio::test]
async fn four_validators_answer_clients_as_a_development_chain_does() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let net = Net::start(NetConfig::on_free_ports(folder.path().join("net"), 4, 0)?).await?;
    for (validator, (name, account)) in
        (0..).zip([("viem.mjs", 3), ("ethers.mjs", 4), ("web3py.py", 8), ("metamask.mjs", 9)])
    {
        script(name, &net.rpc(validator), &[account]).wrap_err_with(|| format!("validator {validator}"))?;
    }
    Ok(())
}
