mod members;

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    IBls, IKeyRegistry,
    addresses::{BLS, KEY_REGISTRY},
};
use edgeloom_bls::{CHUNK_PLACES, Domain, SecretKey, Signature};

pub use members::{Member, Members};

use crate::{Client, Error, jobs::event};

/// BLS keys of operators, and sets of them that sign together. Writing calls wait for their block; their errors are
/// [`Error::Keys`] and the general ones.
#[derive(Clone, Debug)]
pub struct Keys {
    client: Client,
}

/// A set as it was when its owner sealed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Counts the set's snapshots, from 1. Signatures are over one epoch.
    pub epoch: u64,
    /// Where the snapshot's code is.
    pub snapshot: Address,
}

impl Keys {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Registers a key for the signer, for good: proves its possession, and has it consent. Gives its id, keccak256 of the
    /// public key.
    ///
    /// # Errors
    /// `KeyTaken`.
    pub async fn register(&self, key: &SecretKey) -> Result<B256, Error> {
        let operator = self.client.address()?;
        let consent = Domain::consent(self.client.chain_id(), KEY_REGISTRY.into_array(), operator.into_array());
        let call = IKeyRegistry::registerCall {
            publicKey: key.public_key().to_bytes().into(),
            possession: key.prove_possession().to_bytes().into(),
            consent: key.sign(&consent).to_bytes().into(),
        };
        self.client.send(KEY_REGISTRY, &call, U256::ZERO).await?;
        Ok(keccak256(&call.publicKey))
    }

    /// Who registered a key.
    ///
    /// # Errors
    /// `KeyUnknown`.
    pub async fn operator_of(&self, key: B256) -> Result<Address, Error> {
        self.client.call(KEY_REGISTRY, &IKeyRegistry::operatorOfCall { keyId: key }).await
    }

    /// The name of an account's set of a role, 1 to 255: the owner's 20 bytes, 11 zeros, the role.
    #[must_use]
    pub fn set_of(owner: Address, role: u8) -> B256 {
        let mut set = B256::ZERO;
        set[..20].copy_from_slice(owner.as_slice());
        set[31] = role;
        set
    }

    /// Gives a registered key a stake, at least 1, in the signer's set of a role: whoever has none yet joins.
    ///
    /// # Errors
    /// `RoleIsReserved` for role 0, `KeyUnknown`, `SetIsFull`; `NotAMember` for a stake of 0 of who has none.
    pub async fn set_stake(&self, role: u8, key: B256, stake: u64) -> Result<TransactionReceipt, Error> {
        let call = IKeyRegistry::setStakeCall { role, keyId: key, stake };
        self.client.send(KEY_REGISTRY, &call, U256::ZERO).await
    }

    /// Takes a key out of the signer's set of a role.
    ///
    /// # Errors
    /// `RoleIsReserved`, `KeyUnknown`, `NotAMember`.
    pub async fn leave(&self, role: u8, key: B256) -> Result<TransactionReceipt, Error> {
        self.set_stake(role, key, 0).await
    }

    /// A key's stake in a set; 0 for who is no member.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn stake_of(&self, set: B256, key: B256) -> Result<u64, Error> {
        self.client.call(KEY_REGISTRY, &IKeyRegistry::stakeOfCall { set, keyId: key }).await
    }

    /// A set as it is now; all zero for one that nobody ever joined.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn describe(&self, set: B256) -> Result<IKeyRegistry::Set, Error> {
        self.client.call(KEY_REGISTRY, &IKeyRegistry::describeCall { set }).await
    }

    /// Writes what changed of a set into code, 248 places a transaction: what [`Self::seal`] needs. Anybody may. Gives how many
    /// transactions it took.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn write(&self, set: B256) -> Result<usize, Error> {
        let places = self.describe(set).await?.places;
        let chunks = places.div_ceil(U256::from(CHUNK_PLACES)).to::<u64>();
        let mut written = 0;
        for chunk in (0..chunks).map(U256::from) {
            if !self.client.call(KEY_REGISTRY, &IKeyRegistry::isWrittenCall { set, chunk }).await? {
                self.client.send(KEY_REGISTRY, &IKeyRegistry::writeCall { set, chunk }, U256::ZERO).await?;
                written += 1;
            }
        }
        Ok(written)
    }

    /// Seals the signer's set of a role as it is now, after [`Self::write`].
    ///
    /// # Errors
    /// `RoleIsReserved`; `ChunkNotWritten` when the set changed since it was written.
    pub async fn seal(&self, role: u8) -> Result<Sealed, Error> {
        let receipt = self.client.send(KEY_REGISTRY, &IKeyRegistry::sealCall { role }, U256::ZERO).await?;
        let sealed = event::<IKeyRegistry::SnapshotSealed>(KEY_REGISTRY, &receipt)?;
        Ok(Sealed { epoch: sealed.epoch, snapshot: sealed.snapshot })
    }

    /// Where the snapshot of a set's epoch is.
    ///
    /// # Errors
    /// `SnapshotUnknown`.
    pub async fn snapshot_at(&self, set: B256, epoch: u64) -> Result<Address, Error> {
        self.client.call(KEY_REGISTRY, &IKeyRegistry::snapshotAtCall { set, epoch }).await
    }

    /// Who was in a set when it was sealed, with keys and stakes. The node is believed as to what code it shows.
    ///
    /// # Errors
    /// `SnapshotUnknown`; [`Error::Answer`] if what the node shows is no snapshot.
    pub async fn members(&self, set: B256, epoch: u64) -> Result<Members, Error> {
        let snapshot = self.snapshot_at(set, epoch).await?;
        members::read(&self.client, snapshot).await
    }

    /// What the chain says of a certificate: whether `signature` is the aggregate of what exactly the members at `signers`
    /// signed to say `payload` in an epoch of their set, and what they have at stake.
    ///
    /// # Errors
    /// `SnapshotUnknown`; `NotAMember` as [`Error::Bls`] for a place that no member has; [`Error::Answer`] for bytes that name
    /// no set.
    pub async fn quorum(
        &self,
        (set, epoch): (B256, u64),
        payload: &[u8; 32],
        signers: &[usize],
        signature: &Signature,
    ) -> Result<IBls::Quorum, Error> {
        let domain = Domain::of_set(self.client.chain_id(), &set.0, epoch);
        let domain = domain.ok_or_else(|| Error::Answer(format!("{set} names no set of keys")))?;
        let snapshot = self.snapshot_at(set, epoch).await?;
        let places = members::places(&self.client, snapshot).await?;
        let call = IBls::fastAggregateVerifyCall {
            snapshot,
            message: domain.message(payload).into(),
            signers: bitmap(signers, places).into(),
            signature: Bytes::from(signature.to_bytes()),
        };
        self.client.call(BLS, &call).await
    }
}

/// A bit for each place, the lowest of a byte first. One beyond the last makes it longer, which the chain refuses.
pub(crate) fn bitmap(signers: &[usize], places: usize) -> Vec<u8> {
    let last = signers.iter().map(|place| place + 1).max().unwrap_or_default();
    let mut bitmap = vec![0; places.max(last).div_ceil(8)];
    for place in signers {
        bitmap[place / 8] |= 1 << (place % 8);
    }
    bitmap
}

#[cfg(test)]
mod tests;
