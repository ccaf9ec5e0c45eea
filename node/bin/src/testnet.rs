//! `edgeloom testnet init`: everything that the machines of a network need, a folder for each.

use crate::{
    arguments::{LISTEN_PORT, METRICS_PORT, Peer, RPC_PORT, TestnetInit},
    durable,
    genesis::{self, Network, Owners, Start},
    keys::{Secrets, write_private},
    keystore::{self, BlsKeystore, Password},
};
use alloy::{
    primitives::{Address, B256, U256, hex},
    signers::{k256::elliptic_curve::rand_core::OsRng, local::PrivateKeySigner},
};
use edgeloom_bls::SecretKey;
use eyre::{Result, WrapErr, ensure, eyre};
use std::{
    fmt::Write as _,
    fs::{self, Permissions},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// What an operator and a guardian have for gas, TFUEL.
const GAS_TFUEL: u64 = 10_000;

/// Writes the folder; a network is never written over another.
///
/// # Errors
/// When the options do not fit together, or the folder is not empty or cannot be written.
pub(crate) fn init(arguments: &TestnetInit) -> Result<()> {
    let places = places(arguments)?;
    let out = &arguments.out;
    let empty = !out.exists() || fs::read_dir(out)?.next().is_none();
    ensure!(empty, "{} is not empty: choose another folder", out.display());

    let operators = accounts(arguments.validators);
    let guardians = accounts(arguments.guardians);
    let treasury = PrivateKeySigner::random();
    let owners = Owners { treasury: treasury.address(), operators: addresses(&operators) };
    let mut funds = arguments.funds.fund.clone();
    funds.extend(owners.operators.iter().copied().chain(addresses(&guardians)).map(gas));
    let start = Start::of(&arguments.epochs, &arguments.voted);
    let network = genesis::testnet(arguments.chain_id, &owners, &funds, start)?;

    let folders = Folders { out, genesis: serde_json::to_string_pretty(network.genesis.file())?, arguments };
    folder(out, 0o755)?;
    let peers: Vec<_> = network.secrets.iter().zip(&places).map(|(secrets, place)| place.peer(secrets)).collect();
    for (index, ((secrets, place), operator)) in network.secrets.iter().zip(&places).zip(&operators).enumerate() {
        folders.validator(index, (secrets, operator), place, &peers)?;
    }
    for (index, guardian) in guardians.iter().enumerate() {
        folders.guardian(index, guardian)?;
    }
    folders.account("treasury", "account.json", &treasury)?;
    folders.rest(&places, &network)?;
    println!(
        "{}: {} validators and {} guardians of chain {}; README.md there says how to start them",
        out.display(),
        arguments.validators,
        arguments.guardians,
        arguments.chain_id
    );
    Ok(())
}

fn accounts(count: u16) -> Vec<PrivateKeySigner> {
    (0..count).map(|_| PrivateKeySigner::random()).collect()
}

fn addresses(accounts: &[PrivateKeySigner]) -> Vec<Address> {
    accounts.iter().map(PrivateKeySigner::address).collect()
}

fn gas(address: Address) -> (Address, U256) {
    (address, genesis::tfuel(GAS_TFUEL))
}

/// Where a validator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Where its peers reach it.
    peer: SocketAddr,
    /// Where it listens for them: on a machine of its own at every address.
    listen: SocketAddr,
    rpc: u16,
    metrics: u16,
}

impl Place {
    fn peer(&self, secrets: &Secrets) -> Peer {
        Peer { identity: secrets.keys.identity(), address: self.peer }
    }

    const fn host(&self) -> IpAddr {
        self.peer.ip()
    }
}

/// Of each validator, in order.
fn places(arguments: &TestnetInit) -> Result<Vec<Place>> {
    let TestnetInit { validators, hosts, base_port, rpc_port, metrics_port, .. } = arguments;
    if hosts.is_empty() {
        let place = |index: u16| {
            let port = |first: u16| first.checked_add(index);
            let peer = (Ipv4Addr::LOCALHOST, port(*base_port)?).into();
            Some(Place { peer, listen: peer, rpc: port(*rpc_port)?, metrics: port(*metrics_port)? })
        };
        let places = (0..*validators).map(|index| place(index).ok_or_else(|| eyre!("ports end at 65535")));
        return places.collect();
    }
    ensure!(
        hosts.len() == usize::from(*validators),
        "--hosts names {} machines for {validators} validators: one each",
        hosts.len()
    );
    let place = |host: &IpAddr| {
        let any: IpAddr = if host.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        Place {
            peer: (*host, LISTEN_PORT).into(),
            listen: (any, LISTEN_PORT).into(),
            rpc: RPC_PORT,
            metrics: METRICS_PORT,
        }
    };
    Ok(hosts.iter().map(place).collect())
}

/// The network's folder while it is written.
struct Folders<'a> {
    out: &'a Path,
    genesis: String,
    arguments: &'a TestnetInit,
}

impl Folders<'_> {
    fn validator(
        &self,
        index: usize,
        (secrets, operator): (&Secrets, &PrivateKeySigner),
        place: &Place,
        peers: &[Peer],
    ) -> Result<()> {
        let name = format!("validator-{index}");
        let (folder, password) = self.secret(&name)?;
        secrets.write_encrypted(&folder.join("keys.json"), &password, Password::Random)?;
        account(&folder.join("operator.json"), operator, &password)?;
        durable::write(&folder.join("genesis.json"), &self.genesis)?;
        durable::write(&folder.join("config.toml"), &self.config(index, place, peers))?;
        let unit = include_str!("testnet/edgeloom.service");
        durable::write(&folder.join("edgeloom.service"), &self.filled(unit, &name, index))?;
        script(&folder.join("start.sh"), &self.filled(include_str!("testnet/start.sh"), &name, index))
    }

    fn config(&self, index: usize, place: &Place, peers: &[Peer]) -> String {
        let mut text = format!(
            "# Validator {index} of chain {}. Every key is an option of `edgeloom run`, whose --help explains it.\n\
             data = \"data\"\n\
             genesis = \"genesis.json\"\n\
             keys = \"keys.json\"\n\
             password-file = \"password\"\n\
             listen = \"{}\"\n\
             # JSON-RPC and metrics are for this machine alone unless their addresses say otherwise.\n\
             rpc = \"127.0.0.1:{}\"\n\
             metrics = \"127.0.0.1:{}\"\n\
             # Every state is kept (an archive). With this line those of the last so many blocks are:\n\
             # history = 100000\n\
             peers = [\n",
            self.arguments.chain_id, place.listen, place.rpc, place.metrics
        );
        for peer in peers {
            writeln!(text, "    \"{peer}\",").expect("writing to a string");
        }
        text + "]\n"
    }

    /// An account and a BLS key. The configuration of who signs checkpoints with them has its place in this folder.
    fn guardian(&self, index: usize, guardian: &PrivateKeySigner) -> Result<()> {
        let name = format!("guardian-{index}");
        let (folder, password) = self.secret(&name)?;
        account(&folder.join("account.json"), guardian, &password)?;
        let (secret, key) = bls_key();
        let crypto = keystore::encrypt(secret.as_slice(), password.as_bytes(), Password::Random);
        let description = format!("guardian {} of chain {}", guardian.address(), self.arguments.chain_id);
        let file = BlsKeystore::new(&key.public_key().to_bytes(), crypto, &description);
        write_private(&folder.join("bls.json"), &serde_json::to_string_pretty(&file)?)
    }

    fn account(&self, name: &str, file: &str, signer: &PrivateKeySigner) -> Result<()> {
        let (folder, password) = self.secret(name)?;
        account(&folder.join(file), signer, &password)
    }

    /// A folder that only its owner enters, with a fresh password in it.
    fn secret(&self, name: &str) -> Result<(PathBuf, String)> {
        let path = self.out.join(name);
        folder(&path, 0o700)?;
        let password = hex::encode(B256::random());
        write_private(&path.join("password"), &format!("{password}\n"))?;
        Ok((path, password))
    }

    fn rest(&self, places: &[Place], network: &Network) -> Result<()> {
        ensure!(network.secrets.len() == places.len(), "a place for each validator");
        let path = |name: &str| self.out.join(name);
        let write = |name: &str, text: &str| durable::write(&path(name), &self.filled(text, "", 0));
        if self.arguments.hosts.is_empty() {
            script(&path("start-all.sh"), include_str!("testnet/start-all.sh"))?;
            script(&path("stop-all.sh"), include_str!("testnet/stop-all.sh"))?;
        }
        write("README.md", include_str!("testnet/README.md"))?;
        write("Containerfile", include_str!("testnet/Containerfile"))?;
        folder(&path("monitoring"), 0o755)?;
        durable::write(&path("monitoring/prometheus.yml"), &scrapes(places))?;
        durable::write(&path("monitoring/alerts.yml"), include_str!("../monitoring/alerts.yml"))?;
        durable::write(&path("monitoring/grafana.json"), include_str!("../monitoring/grafana.json"))?;
        // Last: a folder with a genesis file is complete.
        durable::write(&path("genesis.json"), &self.genesis)
    }

    fn filled(&self, text: &str, name: &str, index: usize) -> String {
        let TestnetInit { chain_id, validators, guardians, .. } = self.arguments;
        let text = text.replace("{chain}", &chain_id.to_string()).replace("{index}", &index.to_string());
        let text = text.replace("{validators}", &validators.to_string());
        text.replace("{guardians}", &guardians.to_string()).replace("{name}", name)
    }
}

fn scrapes(places: &[Place]) -> String {
    let mut text = include_str!("testnet/prometheus.yml").to_owned();
    for (index, place) in places.iter().enumerate() {
        let target = SocketAddr::from((place.host(), place.metrics));
        writeln!(text, "      - targets: [\"{target}\"]\n        labels: {{ node: \"validator-{index}\" }}")
            .expect("writing to a string");
    }
    text
}

/// A fresh one, and its 32 bytes.
fn bls_key() -> (B256, SecretKey) {
    loop {
        let mut secret = B256::random();
        // Below 2^254, and so mostly below the order of the group.
        secret.0[0] &= 0x3f;
        if let Ok(key) = SecretKey::from_bytes(&secret.0) {
            return (secret, key);
        }
    }
}

fn folder(path: &Path, mode: u32) -> Result<()> {
    fs::create_dir_all(path)
        .and_then(|()| fs::set_permissions(path, Permissions::from_mode(mode)))
        .wrap_err_with(|| format!("cannot make {}", path.display()))
}

fn script(path: &Path, text: &str) -> Result<()> {
    durable::write(path, text)?;
    fs::set_permissions(path, Permissions::from_mode(0o755)).wrap_err_with(|| format!("{}", path.display()))
}

/// Writes an account's key as wallets read it (Web3 Secret Storage), for its owner alone.
fn account(path: &Path, signer: &PrivateKeySigner, password: &str) -> Result<()> {
    let folder = path.parent().ok_or_else(|| eyre!("{} is not a file", path.display()))?;
    // Its writer knows no permissions: it writes where nobody else looks.
    let private = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir_in(folder)?;
    PrivateKeySigner::encrypt_keystore(private.path(), &mut OsRng, signer.to_bytes(), password, Some("key"))?;
    let written = private.path().join("key");
    let text = fs::read_to_string(&written).wrap_err_with(|| format!("cannot read {}", written.display()))?;
    write_private(path, &text)
}

#[cfg(test)]
mod tests;
