//! What the contracts of genesis say, and what is assumed beside it.

use crate::{
    cast::{Cast, Counts, WEI},
    founding,
    world::World,
};
use alloy::{
    primitives::{Address, U256},
    sol_types::SolCall,
};
use edgeloom_bindings::{
    IAttested, IAudits, IDisputable, IDisputes, IKinds,
    IParameters::{self, Parameter},
    ITill, addresses,
};
use eyre::Result;

const BASIS_POINTS: f64 = 10_000.0;
/// A price, TFUEL, of which shares are more than what is taken at least.
const DEAR: f64 = 10_000.0;

/// Bond and limits of a kind of jobs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// Of the price.
    pub(crate) bond_share: f64,
    /// TFUEL, as `price_min`.
    pub(crate) bond_min: f64,
    pub(crate) price_min: f64,
    pub(crate) price_max: f64,
}

/// TFUEL, and shares of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Published {
    pub(crate) fee_share: f64,
    pub(crate) burn_share: f64,
    pub(crate) executed: Kind,
    pub(crate) proven: Kind,
    pub(crate) disputable: Kind,
    pub(crate) attested: Kind,
    pub(crate) claim_bond: f64,
    pub(crate) challenge_bond: f64,
    pub(crate) audit_rate: f64,
    /// Of an audit at least, all members together.
    pub(crate) audit_fee_min: f64,
    /// Of a price, what an audit takes.
    pub(crate) audit_share: f64,
    pub(crate) audit_size: u32,
    pub(crate) audit_deposit: f64,
    /// Of an audit's fee, what an entry takes.
    pub(crate) entry_share: f64,
    pub(crate) committee: u32,
    pub(crate) quorum: u32,
    /// Of a claim at least, all members together.
    pub(crate) committee_fee_min: f64,
    /// Of a price, what a committee takes.
    pub(crate) committee_share: f64,
    /// Of a bid's reserve price, what is deposited: a constant of `Auctions` that no view tells.
    pub(crate) bid_share: f64,
    pub(crate) assumed: Assumed,
}

/// Of the world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assumed {
    /// Of auditors, and of committees' members, who say what the cheat wants.
    pub(crate) liars: f64,
    /// Of blocks that the cheat proposes, and of the capacity that is its.
    pub(crate) proposers: f64,
    /// Of claims that are audited, those that were planted to be wrong (`PRECOMPILES.md` 5).
    pub(crate) canaries: f64,
    /// Of a price, what doing the work costs: where the chain checks it, where auditors do, and where a committee does.
    pub(crate) work: f64,
    pub(crate) work_audited: f64,
    pub(crate) work_attested: f64,
    /// Of claims that others make, how often one is wrong.
    pub(crate) wrong: f64,
}

impl Kind {
    pub(crate) fn bond(self, price: f64) -> f64 {
        (price * self.bond_share).max(self.bond_min)
    }
}

impl Published {
    /// Of an audit of a job at this price, all members together.
    pub(crate) fn audit_fee(&self, price: f64) -> f64 {
        (price * self.audit_share).max(self.audit_fee_min)
    }

    pub(crate) fn entry_fee(&self, price: f64) -> f64 {
        self.audit_fee(price) * self.entry_share
    }

    /// Of a job at this price, all members together.
    pub(crate) fn committee_fee(&self, price: f64) -> f64 {
        (price * self.committee_share).max(self.committee_fee_min)
    }

    /// As genesis has it.
    pub(crate) fn ask(seed: u64) -> Result<Self> {
        let cast = Cast::new(Counts::of(40)?, 4, seed)?;
        let (world, _) = founding::world(&cast, seed)?;
        let mut said = Said(world);
        let dear = U256::from(DEAR as u128) * U256::from(WEI);
        Ok(Self {
            fee_share: said.tokens(addresses::JOB_MARKET, &ITill::feeForCall { price: U256::from(WEI) })?,
            burn_share: {
                let asked = IParameters::valueOfCall { parameter: Parameter::BurnShare };
                count(said.ask(addresses::PARAMETERS, &asked)?) / BASIS_POINTS
            },
            executed: said.kind(1)?,
            proven: said.kind(2)?,
            disputable: said.kind(3)?,
            attested: said.kind(4)?,
            claim_bond: said.tokens(addresses::DISPUTES, &IDisputes::CLAIM_MINCall {})?,
            challenge_bond: said.tokens(addresses::DISPUTES, &IDisputes::CHALLENGE_MINCall {})?,
            audit_rate: count(said.ask(addresses::DISPUTABLE, &IDisputable::auditRateCall {})?) / BASIS_POINTS,
            audit_fee_min: said.tokens(addresses::DISPUTABLE, &IDisputable::auditFeeCall { price: U256::ZERO })?,
            audit_share: said.tokens(addresses::DISPUTABLE, &IDisputable::auditFeeCall { price: dear })? / DEAR,
            audit_size: said.ask(addresses::AUDITS, &IAudits::SIZECall {})?.saturating_to(),
            audit_deposit: said.tokens(addresses::AUDITS, &IAudits::DEPOSITCall {})?,
            entry_share: said.tokens(addresses::DISPUTABLE, &IDisputable::entryFeeCall { price: dear })?
                / said.tokens(addresses::DISPUTABLE, &IDisputable::auditFeeCall { price: dear })?,
            committee: said.ask(addresses::ATTESTED, &IAttested::SIZECall {})?.saturating_to(),
            quorum: said.ask(addresses::ATTESTED, &IAttested::QUORUMCall {})?.saturating_to(),
            committee_fee_min: said.tokens(addresses::ATTESTED, &IAttested::feeOfCall { price: U256::ZERO })?,
            committee_share: said.tokens(addresses::ATTESTED, &IAttested::feeOfCall { price: dear })? / DEAR,
            bid_share: 0.05,
            assumed: Assumed {
                liars: 1.0 / 3.0,
                proposers: 1.0 / 3.0,
                canaries: 0.01,
                work: 0.6,
                work_audited: 0.4,
                work_attested: 0.06,
                wrong: 0.001,
            },
        })
    }
}

/// The contracts' answers.
struct Said(World);

impl Said {
    fn ask<C: SolCall>(&mut self, of: Address, call: &C) -> Result<C::Return> {
        self.0.ask(of, call)
    }

    fn tokens<C: SolCall<Return = U256>>(&mut self, of: Address, call: &C) -> Result<f64> {
        Ok(count(self.ask(of, call)?) / WEI as f64)
    }

    fn kind(&mut self, kind: u16) -> Result<Kind> {
        let rules = self.ask(addresses::KINDS, &IKinds::rulesOfCall { kind })?;
        let [bond_min, price_min, price_max] =
            [rules.bondMin, rules.priceMin, rules.priceMax].map(|bound| count(U256::from(bound)) / WEI as f64);
        Ok(Kind { bond_share: f64::from(rules.bondShare) / BASIS_POINTS, bond_min, price_min, price_max })
    }
}

fn count(number: U256) -> f64 {
    number.saturating_to::<u128>() as f64
}
