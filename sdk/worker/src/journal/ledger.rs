use std::collections::BTreeMap;

use alloy::primitives::{B256, Bytes, U256};
use edgeloom_sdk::SignedTx;
use serde::{Deserialize, Serialize};

use super::{End, Record, Trade};

/// How far a job under way has come, by the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Taking { tx: SignedTx },
    Taken,
    Computed { output: Bytes },
    Submitting { output: Bytes, tx: SignedTx },
}

/// A claim of this account's, as it was decided on. Its input and model are files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claiming {
    pub job: B256,
    pub model: B256,
    /// Opens the claim's seal.
    pub salt: B256,
    pub planted: bool,
    /// The claim is in a later block.
    pub from_block: u64,
}

/// What this account found of a claim that it audits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testifying {
    pub output_root: B256,
    pub trace_root: B256,
    /// Opens the commitment.
    pub salt: B256,
}

/// A round, as far as it is computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundWork {
    /// Of the first product.
    pub seed: B256,
    /// Of all products so far.
    pub roots: Vec<B256>,
}

/// What was done for the rounds of an epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    pub rounds: BTreeMap<u8, RoundWork>,
}

impl Attendance {
    /// Adds a line to what is known of epochs, if it is about one.
    pub(crate) fn apply(epochs: &mut BTreeMap<u32, Self>, record: &Record) {
        match record {
            Record::EpochBegun { epoch } => drop(epochs.entry(*epoch).or_default()),
            Record::RoundBegun { epoch, round, seed } => {
                let work = RoundWork { seed: *seed, roots: Vec::new() };
                epochs.entry(*epoch).or_default().rounds.insert(*round, work);
            }
            Record::RoundComputed { epoch, round, root } => {
                epochs.entry(*epoch).or_default().rounds.entry(*round).or_default().roots.push(*root);
            }
            Record::EpochEnded { epoch, .. } => drop(epochs.remove(epoch)),
            _ => {}
        }
    }

    /// Lines that make this of nothing.
    fn records(&self, epoch: u32) -> Vec<Record> {
        let mut records = vec![Record::EpochBegun { epoch }];
        for (&round, RoundWork { seed, roots }) in &self.rounds {
            records.push(Record::RoundBegun { epoch, round, seed: *seed });
            records.extend(roots.iter().map(|root| Record::RoundComputed { epoch, round, root: *root }));
        }
        records
    }
}

/// Sums over finished jobs and epochs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    pub settled: u64,
    /// Jobs that cost or may cost a bond.
    pub failed: u64,
    pub earned_wei: U256,
    /// Of jobs and rounds.
    pub gas_wei: U256,
    /// Rounds of capacity that were paid.
    pub rounds: u64,
    /// What the node was paid for rounds, and for its work beside the prices of its jobs.
    pub rewards_wei: U256,
    /// By vouchers.
    pub redeemed_wei: U256,
    /// For leases.
    pub leased_wei: U256,
}

/// The journal, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    pub open: BTreeMap<U256, Stage>,
    /// Claims that are not closed.
    pub claims: BTreeMap<B256, Claiming>,
    /// Audits that are not over.
    pub audits: BTreeMap<B256, Testifying>,
    /// Epochs in which something is left to be done.
    pub epochs: BTreeMap<u32, Attendance>,
    /// Bids, leases and vouchers.
    pub trade: Trade,
    pub totals: Totals,
}

impl Ledger {
    /// Adds a line. A line that contradicts earlier ones (a second end, an answer to an unknown job) changes only what it
    /// can: the chain decides what is true, the journal only what to ask it.
    pub fn apply(&mut self, record: &Record) {
        match record {
            Record::Chain { .. } => {}
            Record::Taking { job, tx } => drop(self.open.insert(*job, Stage::Taking { tx: tx.clone() })),
            Record::Taken { job } => drop(self.open.insert(*job, Stage::Taken)),
            Record::Computed { job, output } => {
                drop(self.open.insert(*job, Stage::Computed { output: output.clone() }));
            }
            Record::Submitting { job, tx } => {
                let known = self.open.remove(job);
                let stage = match known {
                    Some(Stage::Computed { output } | Stage::Submitting { output, .. }) => {
                        Stage::Submitting { output, tx: tx.clone() }
                    }
                    // Without its answer the job is done again; the transaction stays what the chain knows of it.
                    _ => Stage::Taken,
                };
                self.open.insert(*job, stage);
            }
            Record::Settled { job, paid_wei, gas_wei } => {
                self.open.remove(job);
                self.totals.settled += 1;
                self.totals.earned_wei = self.totals.earned_wei.saturating_add(*paid_wei);
                self.totals.gas_wei = self.totals.gas_wei.saturating_add(*gas_wei);
            }
            Record::Ended { job, why, gas_wei } => {
                self.open.remove(job);
                self.totals.failed += u64::from(!matches!(why, End::NotTaken(_) | End::Unknown));
                self.totals.gas_wei = self.totals.gas_wei.saturating_add(*gas_wei);
            }
            Record::Claiming { claim, claiming } => drop(self.claims.insert(*claim, claiming.clone())),
            Record::ClaimEnded { claim } => drop(self.claims.remove(claim)),
            Record::Testifying { claim, testifying } => drop(self.audits.insert(*claim, testifying.clone())),
            Record::AuditEnded { claim } => drop(self.audits.remove(claim)),
            Record::EpochBegun { .. } | Record::RoundBegun { .. } | Record::RoundComputed { .. } => {
                Attendance::apply(&mut self.epochs, record);
            }
            Record::EpochEnded { rounds, paid_wei, gas_wei, .. } => {
                Attendance::apply(&mut self.epochs, record);
                self.totals.rounds += rounds;
                self.totals.rewards_wei = self.totals.rewards_wei.saturating_add(*paid_wei);
                self.totals.gas_wei = self.totals.gas_wei.saturating_add(*gas_wei);
            }
            Record::Bidding { .. } | Record::Leasing { .. } | Record::Vouched { .. } | Record::VoucherLost { .. } => {
                self.trade.apply(record);
            }
            Record::BidEnded { gas_wei, .. } | Record::Redeemed { gas_wei, .. } | Record::Collected { gas_wei, .. } => {
                let redeemed = self.trade.apply(record);
                self.totals.redeemed_wei = self.totals.redeemed_wei.saturating_add(redeemed);
                self.totals.gas_wei = self.totals.gas_wei.saturating_add(*gas_wei);
            }
            Record::LeaseEnded { paid_wei, gas_wei, .. } => {
                self.trade.apply(record);
                self.totals.leased_wei = self.totals.leased_wei.saturating_add(*paid_wei);
                self.totals.gas_wei = self.totals.gas_wei.saturating_add(*gas_wei);
            }
            Record::Totals { totals } => self.totals = *totals,
        }
    }

    /// Lines that fold to this ledger.
    pub(super) fn records(&self) -> Vec<Record> {
        let mut records = vec![Record::Totals { totals: self.totals }];
        let claiming =
            |(claim, claiming): (&B256, &Claiming)| Record::Claiming { claim: *claim, claiming: claiming.clone() };
        records.extend(self.claims.iter().map(claiming));
        let testifying = |(claim, testifying): (&B256, &Testifying)| Record::Testifying {
            claim: *claim,
            testifying: testifying.clone(),
        };
        records.extend(self.audits.iter().map(testifying));
        records.extend(self.epochs.iter().flat_map(|(epoch, attendance)| attendance.records(*epoch)));
        records.extend(self.trade.records());
        for (&job, stage) in &self.open {
            match stage {
                Stage::Taking { tx } => records.push(Record::Taking { job, tx: tx.clone() }),
                Stage::Taken => records.push(Record::Taken { job }),
                Stage::Computed { output } => records.push(Record::Computed { job, output: output.clone() }),
                Stage::Submitting { output, tx } => {
                    records.push(Record::Computed { job, output: output.clone() });
                    records.push(Record::Submitting { job, tx: tx.clone() });
                }
            }
        }
        records
    }
}
