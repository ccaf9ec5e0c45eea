//! Blocks that guardians co-signed, and what the reserve pays for it.

use std::collections::BTreeMap;

use alloy::{
    primitives::{B256, Bytes, U256, keccak256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    ICheckpoints::{self, Checkpoint},
    IEpochs,
    IRewards::{self, Pot, Presence, Sample},
    IStaking,
    addresses::{CHECKPOINTS, EPOCHS, REWARDS, STAKING},
};
use edgeloom_bls::{Domain, Signature, aggregate_signatures};

use crate::{Client, Error, Keys, Members, keys::bitmap};

/// The role of the guardians' set, which the staking contract owns.
const GUARDIANS: u8 = 2;

/// Checkpoints and the rewards of validators and guardians. Writing calls wait for their block; their errors are
/// [`Error::Checkpoints`], [`Error::Rewards`] and the general ones.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    client: Client,
}

/// Who co-signs in an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardians {
    /// Number of the key registry's snapshot.
    pub snapshot: u64,
    /// Keys, places and stakes.
    pub members: Members,
}

impl Checkpoints {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// The highest certified block, and its hash as long as the chain's history has it; `None` before the first.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn latest(&self) -> Result<Option<(u64, Option<B256>)>, Error> {
        let latest = self.client.call(CHECKPOINTS, &ICheckpoints::latestCall {}).await?;
        let hash = Some(latest.blockHash).filter(|hash| !hash.is_zero());
        Ok((latest.height != 0).then_some((latest.height, hash)))
    }

    /// What is known of a certified block; `None` for another.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn describe(&self, block: B256) -> Result<Option<Checkpoint>, Error> {
        let found = self.client.call(CHECKPOINTS, &ICheckpoints::checkpointOfCall { blockHash: block }).await?;
        Ok((found.certifiedAt != 0).then_some(found))
    }

    /// Who co-signs the blocks of an epoch; `None` where there is nobody.
    ///
    /// # Errors
    /// [`Error::Answer`] if what the node shows is no snapshot.
    pub async fn guardians(&self, epoch: u32) -> Result<Option<Guardians>, Error> {
        let found = self.client.call(STAKING, &IStaking::guardiansOfCall { epoch }).await?;
        if found.snapshot == 0 {
            return Ok(None);
        }
        let members = self.client.keys().members(guardians_set(), found.snapshot).await?;
        Ok(Some(Guardians { snapshot: found.snapshot, members }))
    }

    /// What a guardian signs about a block, under a snapshot of its epoch.
    #[must_use]
    pub fn message(&self, snapshot: u64, height: u64, block: B256) -> Vec<u8> {
        let domain = Domain::of_set(self.client.chain_id(), &guardians_set().0, snapshot);
        domain.expect("the set has a role").message(&payload(height, block).0).to_vec()
    }

    /// Submits the first certificate of a block: the aggregate of what the guardians at these places signed. Its gas is
    /// refunded, at the base fee.
    ///
    /// # Errors
    /// `QuorumMissed`, `AlreadyCertified`, `NotACheckpointHeight`, `NotInHistory`; [`Error::Answer`] without signatures.
    pub async fn submit(
        &self,
        height: u64,
        block: B256,
        guardians: &Guardians,
        signatures: &BTreeMap<usize, Signature>,
    ) -> Result<TransactionReceipt, Error> {
        let (signers, signature) = certificate(guardians, signatures)?;
        let call = ICheckpoints::submitCall { height, blockHash: block, signers, signature };
        self.client.send(CHECKPOINTS, &call, U256::ZERO).await
    }

    /// Submits a certificate that adds signers to those at `before`, whom the checkpoint has.
    ///
    /// # Errors
    /// `WindowOver`, `NotItsSigners`, `NothingGained`.
    pub async fn extend(
        &self,
        block: B256,
        guardians: &Guardians,
        before: &[usize],
        signatures: &BTreeMap<usize, Signature>,
    ) -> Result<TransactionReceipt, Error> {
        let (signers, signature) = certificate(guardians, signatures)?;
        let before = bitmap(before, guardians.members.places).into();
        let call = ICheckpoints::extendCall { blockHash: block, before, signers, signature };
        self.client.send(CHECKPOINTS, &call, U256::ZERO).await
    }

    /// The epoch of the newest block.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn epoch(&self) -> Result<u32, Error> {
        self.client.call(EPOCHS, &IEpochs::currentCall {}).await
    }

    /// The rules of an epoch, up to the one after the newest block's; all zero where there are none.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn rules(&self, epoch: u32) -> Result<IEpochs::Rules, Error> {
        self.client.call(EPOCHS, &IEpochs::rulesOfCall { epoch }).await
    }

    /// What the reserve released in an epoch, and what of it was paid.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn pot(&self, epoch: u32) -> Result<Pot, Error> {
        self.client.call(REWARDS, &IRewards::potOfCall { epoch }).await
    }

    /// Pays the validators of an epoch, once. Anybody may, from the second epoch after it on.
    ///
    /// # Errors
    /// `NotSettling`.
    pub async fn settle_seats(&self, epoch: u32) -> Result<TransactionReceipt, Error> {
        self.client.send(REWARDS, &IRewards::settleSeatsCall { epoch }, U256::ZERO).await
    }

    /// Heights of the checkpoints by which guardians' presence in an epoch is measured.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn samples(&self, epoch: u32) -> Result<Vec<u64>, Error> {
        self.client.call(REWARDS, &IRewards::samplesOfCall { epoch }).await
    }

    /// Pays guardians of an epoch that were not paid yet: keys with their places. `signers` has the block and the signers of
    /// each certified checkpoint of [`Self::samples`], by height; the events `Certified` and `Extended` name them.
    ///
    /// # Errors
    /// `NotSettling`, `NoSamples`, `NotItsSigners`, `NotAtPlace`.
    pub async fn settle_places(
        &self,
        epoch: u32,
        signers: &BTreeMap<u64, (B256, Bytes)>,
        guardians: impl IntoIterator<Item = (B256, usize)>,
    ) -> Result<TransactionReceipt, Error> {
        let heights = self.samples(epoch).await?;
        let sample = |height: &u64| {
            let (block, signers) = signers.get(height).cloned().unwrap_or_default();
            Sample { blockHash: block, signers }
        };
        let presence = |(key, place): (B256, usize)| Presence { keyId: key, place: U256::from(place) };
        let call = IRewards::settlePlacesCall {
            epoch,
            samples: heights.iter().map(sample).collect(),
            guardians: guardians.into_iter().map(presence).collect(),
        };
        self.client.send(REWARDS, &call, U256::ZERO).await
    }
}

/// The name of the guardians' set.
pub(crate) fn guardians_set() -> B256 {
    Keys::set_of(STAKING, GUARDIANS)
}

/// `ICheckpoints.payloadOf`.
pub(crate) fn payload(height: u64, block: B256) -> B256 {
    use alloy::sol_types::SolValue;
    keccak256(("edgeloom/checkpoint/1".to_owned(), height, block).abi_encode_params())
}

/// The bitmap of who signed, and the aggregate of what they signed.
fn certificate(guardians: &Guardians, signatures: &BTreeMap<usize, Signature>) -> Result<(Bytes, Bytes), Error> {
    let (places, signatures): (Vec<_>, Vec<_>) = signatures.iter().map(|(place, signed)| (*place, *signed)).unzip();
    let aggregate = aggregate_signatures(&signatures).map_err(|error| Error::Answer(error.to_string()))?;
    let signers = bitmap(&places, guardians.members.places);
    Ok((signers.into(), Bytes::from(aggregate.to_bytes())))
}
