use std::sync::{Arc, OnceLock};

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::Log,
};
use edgeloom_bindings::IJobMarket::{JobsPosted, Phase, Reason, Terms, Ticket};

use super::{Delivery, decode, inputs};
use crate::Error;

/// An order as it was posted: the market asks for it again with every call about it, since the hash of it is where its state lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Number of its first job; the others follow.
    pub number: U256,
    /// What holds to its end.
    pub terms: Terms,
    /// What its requester published for workers.
    pub inputs: Bytes,
    /// The posting transaction.
    pub tx: B256,
    /// Its block.
    pub block: u64,
    tree: Tree,
}

/// The tree over an order's inputs, once somebody asked for a path in it: whoever answers all jobs of an order asks for as many.
#[derive(Clone, Debug, Default)]
struct Tree(OnceLock<Arc<Grown>>);

/// A tree, and what it is of.
#[derive(Debug)]
struct Grown {
    of: (u16, u32, Bytes),
    tree: inputs::Tree,
}

/// It says nothing that the inputs do not.
impl PartialEq for Tree {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Tree {}

/// A job as the chain has it, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobState {
    /// Where it is in its life. `Untaken` is open to be taken; jobs that nobody took in an order that ended are `Cancelled` or `Expired`.
    pub phase: Phase,
    /// Why it ended.
    pub reason: Reason,
    /// The worker, zero when nobody took it.
    pub worker: Address,
    /// The block in which it was taken; 0 when nobody took it.
    pub taken_at: u64,
    /// Unix seconds until which the worker delivers; 0 when nobody took it.
    pub deadline: u64,
}

impl Order {
    /// The order that a log of `JobsPosted` is of.
    ///
    /// # Errors
    /// [`Error::Answer`] for another log.
    pub fn of_log(log: &Log) -> Result<Self, Error> {
        let JobsPosted { order, terms, inputs, .. } = decode(log)?;
        let (tx, block) = (log.transaction_hash.unwrap_or_default(), log.block_number.unwrap_or_default());
        Ok(Self { number: order, terms, inputs, tx, block, tree: Tree::default() })
    }

    /// Numbers of its jobs.
    pub fn jobs(&self) -> impl Iterator<Item = U256> + use<> {
        let number = self.number;
        (0..self.terms.count).map(move |place| number + U256::from(place))
    }

    /// Unix seconds until which its jobs can be taken.
    #[must_use]
    pub fn take_by(&self) -> u64 {
        self.terms.takeBy.to()
    }

    /// Wei, for each job.
    #[must_use]
    pub fn price(&self) -> U256 {
        U256::from(self.terms.price)
    }

    /// Wei of stake that each job binds.
    #[must_use]
    pub fn bond(&self) -> U256 {
        U256::from(self.terms.bond)
    }

    /// Whether `job` is one of its numbers.
    #[must_use]
    pub fn contains(&self, job: U256) -> bool {
        job >= self.number && job - self.number < U256::from(self.terms.count)
    }

    /// The input of a job, where inputs are published one after the other, all of the same length; `None` for one of another order, and
    /// where what was published does not divide.
    #[must_use]
    pub fn input(&self, job: U256) -> Option<Bytes> {
        let (each, place) = (self.each()?, self.place(job)?);
        Some(self.inputs.slice(place * each..(place + 1) * each))
    }

    /// What shows that the input of a job is the one that its requester committed to.
    ///
    /// # Errors
    /// [`Error::Answer`] where what was published is not what was committed to, or the job is of another order.
    pub fn ticket(&self, job: U256) -> Result<Ticket, Error> {
        let wrong = || Error::Answer(format!("order {} publishes no input of job {job}", self.number));
        let place = self.place(job).ok_or_else(wrong)?;
        if self.terms.count == 1 {
            return Ok(Ticket { jobId: job, inputHash: self.terms.inputRoot, path: Vec::new() });
        }
        let grown = self.tree().filter(|grown| grown.tree.root() == self.terms.inputRoot).ok_or_else(wrong)?;
        let (input_hash, path) = grown.tree.path(place).ok_or_else(wrong)?;
        Ok(Ticket { jobId: job, inputHash: input_hash, path })
    }

    /// The answer to a job's input, as an inference is delivered.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn answer(&self, job: U256, output: Bytes) -> Result<Delivery, Error> {
        let ticket = self.ticket(job)?;
        let proof = self.committed_input(job)?;
        Ok(Delivery { ticket, output, proof })
    }

    /// Nothing to show: of a job that ended elsewhere, by a claim or a committee, the chain knows what became of it.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn decided(&self, job: U256) -> Result<Delivery, Error> {
        Ok(Delivery { ticket: self.ticket(job)?, output: Bytes::new(), proof: Bytes::new() })
    }

    /// The input of a job, as its requester committed to it.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn committed_input(&self, job: U256) -> Result<Bytes, Error> {
        let ticket = self.ticket(job)?;
        let input = self.input(job).filter(|input| inputs::hash(self.terms.kind, input) == ticket.inputHash);
        input.ok_or_else(|| Error::Answer(format!("the input of job {job} is not the one committed to")))
    }

    fn place(&self, job: U256) -> Option<usize> {
        self.contains(job).then(|| (job - self.number).to())
    }

    /// Over what is published now: whoever changed it has a tree of that.
    fn tree(&self) -> Option<Arc<Grown>> {
        let (each, of) = (self.each()?, (self.terms.kind, self.terms.count, self.inputs.clone()));
        let grow = || {
            let hashes = self.inputs.chunks(each).map(|input| inputs::hash(self.terms.kind, input)).collect();
            Arc::new(Grown { of: of.clone(), tree: inputs::Tree::over(hashes) })
        };
        let grown = self.tree.0.get_or_init(grow);
        Some(if grown.of == of { Arc::clone(grown) } else { grow() })
    }

    fn each(&self) -> Option<usize> {
        let count = self.terms.count as usize;
        let each = self.inputs.len().checked_div(count)?;
        (each != 0 && each * count == self.inputs.len()).then_some(each)
    }
}

#[cfg(test)]
mod tests;
