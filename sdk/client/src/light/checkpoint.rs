//! Checkpoints by the guardians' certificate. Who the guardians are, and what each has at stake, is proved: the snapshot in force in the
//! block's epoch, and the code that holds its keys; the aggregate signature is verified here, over those. The contract that took the
//! certificate is asked only where it lies.

use alloy::{
    consensus::Transaction as _,
    primitives::{Address, B256, Bytes, U256},
    sol_types::SolCall as _,
};
use edgeloom_bindings::{
    ICheckpoints::submitCall,
    addresses::{CHECKPOINTS, KEY_REGISTRY, STAKING},
};
use edgeloom_bls::{Chunk, Domain, KeySum, Manifest, Signature, Signers, Tally};
use edgeloom_types::Block;

use super::{LightClient, LightError, LightHeader, proof::mapped, prover::Prover};
use crate::{Error, checkpoints};

/// `Checkpoints._checkpoints`.
const BY_HASH: U256 = U256::from_limbs([2, 0, 0, 0]);
/// `Staking._inForce`.
const IN_FORCE: U256 = U256::from_limbs([14, 0, 0, 0]);
/// `KeyRegistry._tables`.
const TABLES: U256 = U256::from_limbs([1, 0, 0, 0]);
/// `Table.snapshots`.
const SNAPSHOTS: U256 = U256::from_limbs([10, 0, 0, 0]);

/// A block that guardians co-signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedCheckpoint {
    /// The block.
    pub block: LightHeader,
    /// Number of the key registry's snapshot that its guardians are.
    pub snapshot: u64,
    /// How many signed.
    pub signers: usize,
    /// What they have at stake, gwei.
    pub signed_stake: u128,
    /// What all guardians have, gwei.
    pub total_stake: u128,
}

/// A certificate as it was submitted.
struct Submitted {
    signers: Bytes,
    signature: Bytes,
}

/// What is counted of a snapshot: who of it signed, chunk after chunk.
struct Count {
    sum: KeySum,
    signers: usize,
    signed: u128,
    total: u128,
}

impl LightClient {
    /// The height of the newest checkpoint, by the state at the head; `None` before the first.
    ///
    /// # Errors
    /// [`LightError`] as [`Error::Light`]; [`Error::Transport`] and its like.
    pub async fn latest_checkpoint(&self) -> Result<Option<u64>, Error> {
        let proved = self.prover.contract(&self.trusted.head, CHECKPOINTS, &[B256::ZERO]).await?;
        let slot = proved.and_then(|proved| proved.values.first().copied()).unwrap_or_default();
        let height = slot.as_limbs()[0];
        Ok((height != 0).then_some(height))
    }

    /// The checkpoint at a height, by its guardians' signatures.
    ///
    /// # Errors
    /// [`LightError::NotCheckpointed`], [`LightError::CheckpointCall`], [`LightError::NoGuardians`], [`LightError::Snapshot`],
    /// [`LightError::Signers`], [`LightError::CheckpointQuorum`], [`LightError::CheckpointSignature`], and those of
    /// [`Self::header`], as [`Error::Light`]; [`Error::Transport`] and its like.
    pub async fn checkpoint(&mut self, height: u64) -> Result<ProvedCheckpoint, Error> {
        let block = self.header(height).await?;
        let submitted = self.submitted(&block).await?;
        let epoch = self.trusted.chain.epoch(height);
        let (snapshot, at) = self.guardians(epoch).await?;
        let count = self.count(at, height, &submitted).await?;
        let (signed, total) = (count.signed, count.total);
        if signed.saturating_mul(3) <= total.saturating_mul(2) {
            return Err(LightError::CheckpointQuorum { height, signed, total }.into());
        }
        let message = self.message(snapshot, &block);
        let signature: Option<&[u8; 96]> = submitted.signature.as_ref().try_into().ok();
        let signature = signature.and_then(|bytes| Signature::from_bytes(bytes).ok());
        let verified = signature.zip(count.sum.key()).is_some_and(|(signature, key)| signature.verify(&key, &message));
        if !verified {
            return Err(LightError::CheckpointSignature { height }.into());
        }
        Ok(ProvedCheckpoint { block, snapshot, signers: count.signers, signed_stake: signed, total_stake: total })
    }

    /// Where the contract says that the block was certified, with what.
    async fn submitted(&self, block: &LightHeader) -> Result<Submitted, Error> {
        let (head, height) = (&self.trusted.head, block.number());
        let slot = B256::from(mapped(block.hash, BY_HASH));
        let proved = self.prover.contract(head, CHECKPOINTS, &[slot]).await?;
        let packed = proved.and_then(|proved| proved.values.first().copied()).unwrap_or_default();
        // Height, signed stake, height of the first certificate, epoch: the lowest first.
        let at = packed.as_limbs()[2];
        if at == 0 {
            return Err(LightError::NotCheckpointed { height, at: head.number() }.into());
        }
        let shown = self.prover.node.feed(at, 1).await?;
        let shown = shown.first().and_then(|shown| Block::decode(&shown.block).ok());
        let shown = shown.ok_or(LightError::Malformed { what: "block", height: at })?;
        // Whatever block that is: a signature that verifies is good wherever it was found.
        for transaction in shown.transactions {
            let Ok(call) = submitCall::abi_decode(transaction.input()) else { continue };
            let asks = transaction.to() == Some(CHECKPOINTS);
            if asks && call.height == height && call.blockHash == block.hash {
                return Ok(Submitted { signers: call.signers, signature: call.signature });
            }
        }
        Err(LightError::CheckpointCall { height, at }.into())
    }

    /// The number of the snapshot in force in an epoch, and where it lies.
    async fn guardians(&self, epoch: u64) -> Result<(u64, Address), Error> {
        let head = &self.trusted.head;
        let first = |proved: Option<super::prover::Proved>| {
            proved.and_then(|proved| proved.values.first().copied()).unwrap_or_default()
        };
        let slot = mapped(B256::from(U256::from(epoch)), IN_FORCE);
        let snapshot = first(self.prover.contract(head, STAKING, &[B256::from(slot)]).await?).as_limbs()[0];
        let table = mapped(checkpoints::guardians_set(), TABLES);
        let slot = mapped(B256::from(U256::from(snapshot)), table.wrapping_add(SNAPSHOTS));
        let at = first(self.prover.contract(head, KEY_REGISTRY, &[B256::from(slot)]).await?);
        if snapshot == 0 || at.is_zero() {
            return Err(LightError::NoGuardians { epoch }.into());
        }
        Ok((snapshot, Address::from_word(B256::from(at))))
    }

    /// Goes through the snapshot's code, a chunk at a time: at most 64 of 248 keys.
    async fn count(&self, snapshot: Address, height: u64, submitted: &Submitted) -> Result<Count, Error> {
        let head = &self.trusted.head;
        let code = code_at(&self.prover, head, snapshot).await?;
        let wrong = |address| move |fault| LightError::Snapshot { address, fault };
        let manifest = Manifest::parse(&code).map_err(wrong(snapshot))?;
        let refused = |fault| LightError::Signers(fault, height);
        Signers::bitmap(&submitted.signers, manifest.places()).map_err(refused)?;
        let mut count = Count { sum: KeySum::of([]), signers: 0, signed: 0, total: 0 };
        let mut bitmaps = submitted.signers.chunks(edgeloom_bls::CHUNK_PLACES / 8);
        for chunk in manifest.chunks() {
            let Chunk { keys_at, stakes_at, .. } = *chunk;
            let [keys_at, stakes_at] = [keys_at, stakes_at].map(Address::from);
            let stakes = code_at(&self.prover, head, stakes_at).await?;
            let stakes: Vec<u64> = chunk.stakes(&stakes).map_err(wrong(stakes_at))?.collect();
            let signers = Signers::bitmap(bitmaps.next().unwrap_or_default(), chunk.places).map_err(refused)?;
            let tally = Tally::of(&signers, &stakes).map_err(refused)?;
            count.signers += tally.present.len();
            count.signed += tally.signed_stake;
            count.total += tally.total_stake;
            if !tally.present.is_empty() {
                let keys = code_at(&self.prover, head, keys_at).await?;
                let present = tally.present.iter().map(|(place, _)| *place);
                let keys = chunk.keys(&keys, present).map_err(wrong(keys_at))?;
                count.sum = count.sum.with(&KeySum::of(&keys));
            }
        }
        Ok(count)
    }

    fn message(&self, snapshot: u64, block: &LightHeader) -> Vec<u8> {
        let set = checkpoints::guardians_set();
        let domain = Domain::of_set(self.trusted.chain.chain_id, &set.0, snapshot);
        let payload = checkpoints::payload(block.number(), block.hash);
        domain.map(|domain| domain.message(&payload.0).to_vec()).unwrap_or_default()
    }
}

async fn code_at(prover: &Prover, at: &LightHeader, address: Address) -> Result<Bytes, Error> {
    let proved = prover.account(at, address, &[]).await?;
    prover.code(at, (address, &proved.account)).await
}
