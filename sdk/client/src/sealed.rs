//! Answers that only their requester can read, and what is done about ciphertexts that are not the answer.

mod ciphertext;
mod share;

use alloy::{
    primitives::{Address, B256, Bytes, U256, b256, keccak256},
    rpc::types::{Filter, TransactionReceipt},
    sol_types::{SolCall, SolEvent, SolValue as _},
};
use edgeloom_bindings::{
    ICredits,
    ISealed::{self, Demand, Opening, Seal},
    addresses::SEALED,
};
use edgeloom_edge_proof::Blob;

pub use ciphertext::{Envelope, Fault, SEALED_BYTES_MAX, pieces};
pub(crate) use share::key_of_worker;

use crate::{
    Client, Error, JobState, Offer, Order, PostedJob,
    jobs::{SEALED as SEALED_KIND, decode},
};

/// `edgeloom/sealed/1`, padded with zeros.
const TAG: B256 = b256!("0x656467656c6f6f6d2f7365616c65642f31000000000000000000000000000000");

/// Sealed answers. Writing calls wait for their block; their errors are [`Error::Sealed`] and the general ones.
#[derive(Clone, Debug)]
pub struct Seals {
    client: Client,
}

impl Seals {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Makes the subject of jobs whose answers are sealed with what requester and worker share, unless there is one, and gives it.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn register(&self, model: B256, share: B256) -> Result<B256, Error> {
        let share_hash = keccak256(share);
        let subject = subject_of(model, share_hash);
        if self.subject(subject).await?.is_none() {
            self.send(&ISealed::registerCall { inner: model, shareHash: share_hash }, U256::ZERO).await?;
        }
        Ok(subject)
    }

    /// What the signer shares with a worker, for an order about a model with this input root ([`crate::input_root`], of BLAKE3 hashes). Both have it
    /// without having met.
    ///
    /// # Errors
    /// [`Error::Answer`] for an account that registered no node itself; [`Error::Missing`] without a signer.
    pub async fn share_with_worker(&self, worker: Address, about: (B256, B256)) -> Result<B256, Error> {
        let key = key_of_worker(&self.client, worker).await?;
        Ok(share::share(self.client.signer()?, &key, about))
    }

    /// What the signer, who works on an order, shares with its requester.
    ///
    /// # Errors
    /// [`Error::Answer`] where the requester did not post the order itself; [`Error::Missing`] without a signer.
    pub async fn share_with_requester(&self, order: &Order, model: B256) -> Result<B256, Error> {
        let key = share::key_of_sender(&self.client, (order.terms.requester, order.tx)).await?;
        Ok(share::share(self.client.signer()?, &key, (model, order.terms.inputRoot)))
    }

    /// Posts an offer of jobs, whatever kind it is of, to one worker, with answers that only the signer and that worker can read; gives it with what
    /// opens them.
    ///
    /// # Errors
    /// As [`Self::share_with_worker`] and [`crate::Jobs::offer`].
    pub async fn offer(&self, offer: Offer, worker: Address) -> Result<(PostedJob, B256), Error> {
        let mut offer = offer.of_kind(SEALED_KIND);
        let share = self.share_with_worker(worker, (offer.model_id, offer.input_root())).await?;
        offer.model_id = self.register(offer.model_id, share).await?;
        offer.worker = Some(worker);
        Ok((self.client.jobs().offer(offer).await?, share))
    }

    /// Commits the signer to a ciphertext, once for each job.
    ///
    /// # Errors
    /// `SealExists`, `SubjectUnknown`, `LengthOutOfRange`.
    pub async fn seal(
        &self,
        (job, subject): (U256, B256),
        (output, cipher_root): (Blob, B256),
        key: B256,
    ) -> Result<TransactionReceipt, Error> {
        let call = ISealed::sealCall {
            jobId: job,
            subject,
            outputRoot: output.root.into(),
            outputLength: output.bytes,
            cipherRoot: cipher_root,
            keyHash: keccak256(key),
        };
        self.send(&call, U256::ZERO).await
    }

    /// Publishes the signer's key.
    ///
    /// # Errors
    /// `Released`, `NotTheKey`, `TooLate`; `NotClaimed` where the dispute does not let the answer live.
    pub async fn release(
        &self,
        order: &Order,
        (job, state): (U256, &JobState),
        key: B256,
    ) -> Result<TransactionReceipt, Error> {
        let job = ISealed::Job {
            jobId: job,
            takenAt: state.taken_at,
            deadline: state.deadline,
            inputHash: order.ticket(job)?.inputHash,
            price: order.price(),
        };
        self.send(&ISealed::releaseCall { job, key }, U256::ZERO).await
    }

    /// Shows that a ciphertext is not the answer that was claimed. Anybody who has the share.
    ///
    /// # Errors
    /// `NothingWrong`, `NotTheShare`, `NotReleased`, `Complained`, `TooLate`.
    pub async fn complain(
        &self,
        (worker, job): (Address, U256),
        share: B256,
        fault: Fault,
    ) -> Result<TransactionReceipt, Error> {
        match fault {
            Fault::List(list) => {
                self.send(&ISealed::complainOfListCall { worker, jobId: job, share, list }, U256::ZERO).await
            }
            Fault::Chunk { list, index, chunk } => {
                let call = ISealed::complainOfChunkCall { worker, jobId: job, share, list, index, chunk };
                self.send(&call, U256::ZERO).await
            }
        }
    }

    /// Has the whole ciphertext published, for a deposit of which what its pieces do not cost comes back.
    ///
    /// # Errors
    /// `NotReleased`, `Demanded`, `TooLate`.
    pub async fn demand(&self, worker: Address, job: U256) -> Result<TransactionReceipt, Error> {
        let length = self.get(worker, job).await?.outputLength;
        let deposit = self.call(&ISealed::depositOfCall { outputLength: length }).await?;
        self.send(&ISealed::demandCall { worker, jobId: job }, deposit).await
    }

    /// Publishes a piece of a ciphertext that somebody demanded. Anybody may; the worker is paid.
    ///
    /// # Errors
    /// `NotDemanded`, `PieceAnswered`, `PieceUnknown`, `NotTheCiphertext`, `TooLate`.
    pub async fn answer(
        &self,
        (worker, job): (Address, U256),
        piece: u64,
        shown: Opening,
    ) -> Result<TransactionReceipt, Error> {
        self.send(&ISealed::answerCall { worker, jobId: job, piece, shown }, U256::ZERO).await
    }

    /// Credits who demanded with the deposit of pieces that nobody published in time; anybody may.
    ///
    /// # Errors
    /// `NotDemanded`, `TooEarly`, `NothingToReclaim`.
    pub async fn reclaim(&self, worker: Address, job: U256) -> Result<TransactionReceipt, Error> {
        self.send(&ISealed::reclaimCall { worker, jobId: job }, U256::ZERO).await
    }

    /// Pays out the signer's credit.
    ///
    /// # Errors
    /// `NothingToWithdraw` as [`Error::Credits`].
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.send(&ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.call(&ICredits::creditOfCall { account }).await
    }

    /// The chain's record of a worker's ciphertext.
    ///
    /// # Errors
    /// `SealUnknown`.
    pub async fn get(&self, worker: Address, job: U256) -> Result<Seal, Error> {
        self.call(&ISealed::sealOfCall { sealId: seal_id_of(worker, job) }).await
    }

    /// Who demanded it, and which pieces were published; zeros for nobody.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn demand_of(&self, worker: Address, job: U256) -> Result<Demand, Error> {
        self.call(&ISealed::demandOfCall { sealId: seal_id_of(worker, job) }).await
    }

    /// What a registered subject stands for: the model, and the hash of what is shared.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn subject(&self, subject: B256) -> Result<Option<ISealed::Subject>, Error> {
        match self.call(&ISealed::subjectOfCall { subject }).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::Sealed(ISealed::ISealedErrors::SubjectUnknown(_))) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The ciphertext that was published on demand; `None` while pieces of it are missing.
    ///
    /// # Errors
    /// `SealUnknown`; [`Error::Answer`] for logs that are none of the contract's.
    pub async fn published(&self, worker: Address, job: U256) -> Result<Option<Vec<u8>>, Error> {
        let seal = self.get(worker, job).await?;
        let filter = Filter::new().address(SEALED).event_signature(ISealed::PieceShown::SIGNATURE_HASH);
        let filter = filter.topic1(seal_id_of(worker, job));
        let (logs, _) = self.client.rpc().logs_since(&filter, 0).await?;
        let mut pieces = std::collections::BTreeMap::new();
        for log in &logs {
            let shown: ISealed::PieceShown = decode(log)?;
            pieces.insert(shown.piece, shown.data);
        }
        let cipher: Vec<u8> = pieces.into_values().flat_map(Vec::from).collect();
        Ok((B256::from(Blob::of(&cipher).root) == seal.cipherRoot).then_some(cipher))
    }

    /// What a ciphertext opens to, once its key was released, for whoever has the share.
    ///
    /// # Errors
    /// `SealUnknown`, [`Error::Answer`] while the key is not released, and for bytes that are not the ciphertext; [`Opened::Wrong`] is no error.
    pub async fn open(&self, (worker, job): (Address, U256), share: B256, cipher: &[u8]) -> Result<Opened, Error> {
        let seal = self.get(worker, job).await?;
        if seal.releasedAt == 0 {
            return Err(Error::Answer(format!("the key of job {job} is not released yet")));
        }
        if B256::from(Blob::of(cipher).root) != seal.cipherRoot {
            return Err(Error::Answer(format!("this is not the ciphertext that the worker of job {job} committed to")));
        }
        let output = Blob { root: seal.outputRoot.0, bytes: seal.outputLength };
        let envelope = Envelope { output, seed: seed_of(self.client.chain_id(), (worker, job), seal.key, share) };
        if cipher.len() as u64 != envelope.cipher_bytes() {
            return Err(Error::Answer(format!("the ciphertext of job {job} has another length than it has to have")));
        }
        Ok(match envelope.open(cipher) {
            Ok(output) => Opened::Answer(output.into()),
            Err(fault) => Opened::Wrong(fault),
        })
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(SEALED, call, value).await
    }

    async fn call<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(SEALED, call).await
    }
}

/// What comes out of a ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// What was claimed.
    Answer(Bytes),
    /// Something else: what to complain of.
    Wrong(Box<Fault>),
}

/// Of the keystream of a worker's ciphertext, on a chain.
#[must_use]
pub fn seed_of(chain_id: u64, (worker, job): (Address, U256), key: B256, share: B256) -> B256 {
    keccak256((TAG, U256::from(chain_id), SEALED, worker, job, key, share).abi_encode())
}

fn subject_of(model: B256, share_hash: B256) -> B256 {
    keccak256((TAG, model, share_hash).abi_encode())
}

fn seal_id_of(worker: Address, job: U256) -> B256 {
    keccak256((worker, job).abi_encode())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_says_whose_it_is() {
        assert_eq!(TAG.0.split(|byte| *byte == 0).next(), Some(b"edgeloom/sealed/1".as_slice()));
    }
}
