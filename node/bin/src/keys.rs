//! Key files and the accounts of the test mnemonic.

use crate::{
    arguments::{self, Encrypt, Show},
    keystore::{self, Crypto, Password},
    secrets,
};
use alloy::{
    primitives::{B256, FixedBytes},
    signers::local::{
        PrivateKeySigner,
        coins_bip39::{English, Mnemonic},
    },
};
use coins_bip32::{
    ecdsa::SigningKey,
    prelude::{Parent as _, XPriv},
};
use edgeloom_consensus::ValidatorKeys;
use eyre::{Result, WrapErr, bail, ensure, eyre};
use serde::{Deserialize, Serialize};
use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path, sync::LazyLock};
use zeroize::Zeroizing;

/// The mnemonic of development chains everywhere. Its keys are public knowledge.
pub(crate) const TEST_MNEMONIC: &str = "test test test test test test test test test test test junk";

/// Of Ethereum's accounts (BIP-44); an index comes after it.
const ACCOUNTS_PATH: &str = "m/44'/60'/0'/0";

/// A validator's keys at rest.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyFile {
    /// ed25519 public key: what peers and genesis call this validator.
    identity: B256,
    /// Compressed BLS12-381 public key.
    voting_key: FixedBytes<48>,
    /// ed25519 seed. Without it and the next the secrets are in `crypto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity_secret: Option<B256>,
    /// BLS12-381 scalar, big-endian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    voting_secret: Option<B256>,
    /// The two secrets, one after the other, under a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crypto: Option<Crypto>,
}

/// A validator's keys from one seed of 32 bytes.
///
/// # Errors
/// Only when the seed gives no key, which no seed is known to do.
pub(crate) fn derive(seed: B256) -> Result<Secrets> {
    let part = |label: &str| alloy::primitives::keccak256([seed.as_slice(), label.as_bytes()].concat());
    let mut voting = part("voting");
    // The order of the group is a little below 2^255: clearing the two top bits is always below it.
    voting.0[0] &= 0x3f;
    Secrets::new(part("identity"), voting)
}

/// Secret bytes together with the keys they make.
pub(crate) struct Secrets {
    identity: B256,
    voting: B256,
    pub(crate) keys: ValidatorKeys,
}

impl Secrets {
    fn new(identity: B256, voting: B256) -> Result<Self> {
        Ok(Self { identity, voting, keys: ValidatorKeys::new(&identity.0, &voting.0)? })
    }

    /// Of the vote and reveal key.
    pub(crate) const fn voting(&self) -> B256 {
        self.voting
    }

    /// Writes a key file that only its owner can read, in the clear: for networks of one machine.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let file = KeyFile {
            identity_secret: Some(self.identity),
            voting_secret: Some(self.voting),
            crypto: None,
            ..self.public()
        };
        write_private(path, &serde_json::to_string_pretty(&file)?)
    }

    /// Writes a key file that only its owner can read, and only with the password.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub(crate) fn write_encrypted(&self, path: &Path, password: &str, kind: Password) -> Result<()> {
        let secrets = Zeroizing::new([self.identity, self.voting].concat());
        let crypto = Some(keystore::encrypt(&secrets, password.as_bytes(), kind));
        write_private(path, &serde_json::to_string_pretty(&KeyFile { crypto, ..self.public() })?)
    }

    fn public(&self) -> KeyFile {
        let identity = self.keys.identity();
        let voting_key = self.keys.validator(Default::default()).voting_key;
        KeyFile { identity, voting_key, identity_secret: None, voting_secret: None, crypto: None }
    }
}

/// Writes a file that only its owner can read, and never over another.
///
/// # Errors
/// When the file exists or cannot be written.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    let open = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut out = open.wrap_err_with(|| format!("cannot write {}", path.display()))?;
    out.write_all(text.as_bytes())?;
    out.sync_all().wrap_err_with(|| format!("cannot write {}", path.display()))
}

/// Reads a key file. Where it is encrypted, `password_file` or what [`secrets::password`] finds otherwise opens it.
///
/// # Errors
/// When it is not one, others than its owner may read it, or its public keys are not those of its secrets; when there is no password,
/// or a wrong one.
pub(crate) fn read(path: &Path, password_file: Option<&Path>) -> Result<ValidatorKeys> {
    Ok(secrets_of(path, password_file)?.keys)
}

/// As [`read`], with the secret bytes.
///
/// # Errors
/// As [`read`].
pub(crate) fn secrets_of(path: &Path, password_file: Option<&Path>) -> Result<Secrets> {
    let text = Zeroizing::new(secrets::read(path)?);
    let file = parse(path, &text)?;
    let secrets = match (file.identity_secret, file.voting_secret, &file.crypto) {
        (Some(identity), Some(voting), None) => Secrets::new(identity, voting)?,
        (None, None, Some(crypto)) => {
            let password = secrets::password(password_file)?;
            let opened = crypto.decrypt(password.as_bytes());
            split(&opened.wrap_err_with(|| format!("cannot open {}", path.display()))?)?
        }
        _ => bail!("{} is not a key file: it has either two secrets or `crypto`", path.display()),
    };
    let validator = secrets.keys.validator(Default::default());
    let matches = validator.identity == file.identity && validator.voting_key == file.voting_key;
    ensure!(matches, "{}: the secret keys are not those of the public ones", path.display());
    Ok(secrets)
}

fn split(secrets: &[u8]) -> Result<Secrets> {
    let halves = secrets.split_first_chunk::<32>().and_then(|(first, rest)| Some((first, rest.try_into().ok()?)));
    let (identity, voting): (&[u8; 32], [u8; 32]) =
        halves.ok_or_else(|| eyre!("not the two secrets of a validator"))?;
    Secrets::new(B256::new(*identity), B256::new(voting))
}

/// `edgeloom keys`.
///
/// # Errors
/// When a file is no key file or cannot be written, or there is no password.
pub(crate) fn command(command: &arguments::Keys) -> Result<()> {
    match command {
        arguments::Keys::Encrypt(Encrypt { keys, out, password_file }) => {
            let secrets = secrets_of(keys, password_file.as_deref())?;
            let password = secrets::password(password_file.as_deref())?;
            secrets.write_encrypted(out, &password, Password::Chosen)?;
            println!("{} holds the keys of {} under the password", out.display(), secrets.keys.identity());
        }
        arguments::Keys::Show(Show { keys }) => {
            let file = parse(keys, &secrets::read(keys)?)?;
            println!("identity   {}\nvoting key {}", file.identity, file.voting_key);
            println!("encrypted  {}", if file.crypto.is_some() { "yes" } else { "no" });
        }
    }
    Ok(())
}

fn parse(path: &Path, text: &str) -> Result<KeyFile> {
    serde_json::from_str(text).wrap_err_with(|| format!("{} is not a key file", path.display()))
}

/// The `index`th account of the test mnemonic.
///
/// # Errors
/// Never for the indices of BIP-44.
pub(crate) fn test_account(index: u32) -> Result<PrivateKeySigner> {
    test_wallet().account(index)
}

fn test_wallet() -> &'static Wallet {
    static WALLET: LazyLock<Wallet> =
        LazyLock::new(|| Wallet::derive(TEST_MNEMONIC).expect("the test mnemonic is one of BIP-39"));
    &WALLET
}

/// The accounts of a mnemonic. Its seed is stretched once, which takes longer than everything else that a node does until
/// it serves; an account then takes a thousandth of that.
#[derive(Clone)]
pub(crate) struct Wallet(XPriv);

impl Wallet {
    /// # Errors
    /// When it is not a mnemonic of BIP-39 in English.
    pub(crate) fn of(mnemonic: &str) -> Result<Self> {
        if mnemonic == TEST_MNEMONIC { Ok(test_wallet().clone()) } else { Self::derive(mnemonic) }
    }

    fn derive(mnemonic: &str) -> Result<Self> {
        let mnemonic = Mnemonic::<English>::new_from_phrase(mnemonic).wrap_err("mnemonic")?;
        Ok(Self(mnemonic.derive_key(ACCOUNTS_PATH, None).wrap_err("mnemonic")?))
    }

    /// The `index`th account, under Ethereum's path.
    ///
    /// # Errors
    /// Never for the indices of BIP-44.
    pub(crate) fn account(&self, index: u32) -> Result<PrivateKeySigner> {
        let key = self.0.derive_child(index)?;
        let secret: &SigningKey = key.as_ref();
        Ok(PrivateKeySigner::from_slice(&secret.to_bytes())?)
    }
}

#[cfg(test)]
mod tests;
