//! Filters as clients write them, in Ponder's manner: `field` is equality, `field_gte` and the like compare.

use crate::filter::{BadArgument, JobFilter, ModelFilter, TransferFilter, WorkerFilter, address, hash, wei};
use async_graphql::InputObject;
use edgeloom_index_api::{Asset, Phase};

/// Phases in one filter; there are six.
const PHASES_MAX: usize = 6;

#[derive(Debug, Default, InputObject)]
pub(super) struct JobWhere {
    phase: Option<Phase>,
    #[graphql(name = "phase_in")]
    phase_in: Option<Vec<Phase>>,
    requester: Option<String>,
    worker: Option<String>,
    model_id: Option<String>,
    /// The order's number.
    order: Option<u64>,
    #[graphql(name = "priceWei_gte")]
    price_wei_gte: Option<String>,
    #[graphql(name = "priceWei_lte")]
    price_wei_lte: Option<String>,
    #[graphql(name = "postedBlock_gte")]
    posted_block_gte: Option<u64>,
    #[graphql(name = "postedBlock_lte")]
    posted_block_lte: Option<u64>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct WorkerWhere {
    #[graphql(name = "stakeWei_gte")]
    stake_wei_gte: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct ModelWhere {
    owner: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct TransferWhere {
    asset: Option<Asset>,
    from: Option<String>,
    to: Option<String>,
    /// Sender or receiver.
    account: Option<String>,
    #[graphql(name = "block_gte")]
    block_gte: Option<u64>,
    #[graphql(name = "block_lte")]
    block_lte: Option<u64>,
}

impl TryFrom<JobWhere> for JobFilter {
    type Error = BadArgument;

    fn try_from(given: JobWhere) -> Result<Self, BadArgument> {
        let phases = match (given.phase, given.phase_in) {
            (None, listed) => listed.unwrap_or_default(),
            (Some(phase), None) => vec![phase],
            (Some(phase), Some(listed)) if listed.contains(&phase) => vec![phase],
            (Some(_), Some(_)) => return Err(BadArgument::Phase),
        };
        if phases.len() > PHASES_MAX {
            return Err(BadArgument::TooMany { argument: "phase_in", length: phases.len(), max: PHASES_MAX });
        }
        Ok(Self {
            phases,
            requester: given.requester.as_deref().map(|text| address("requester", text)).transpose()?,
            worker: given.worker.as_deref().map(|text| address("worker", text)).transpose()?,
            model: given.model_id.as_deref().map(|text| hash("modelId", text)).transpose()?,
            order: given.order,
            price_min: given.price_wei_gte.as_deref().map(|text| wei("priceWei_gte", text)).transpose()?,
            price_max: given.price_wei_lte.as_deref().map(|text| wei("priceWei_lte", text)).transpose()?,
            posted_block_min: given.posted_block_gte,
            posted_block_max: given.posted_block_lte,
        })
    }
}

impl TryFrom<WorkerWhere> for WorkerFilter {
    type Error = BadArgument;

    fn try_from(given: WorkerWhere) -> Result<Self, BadArgument> {
        Ok(Self { stake_min: given.stake_wei_gte.as_deref().map(|text| wei("stakeWei_gte", text)).transpose()? })
    }
}

impl TryFrom<ModelWhere> for ModelFilter {
    type Error = BadArgument;

    fn try_from(given: ModelWhere) -> Result<Self, BadArgument> {
        let owner = given.owner.as_deref().map(|text| address("owner", text)).transpose()?;
        Ok(Self { owner, name: given.name })
    }
}

impl TryFrom<TransferWhere> for TransferFilter {
    type Error = BadArgument;

    fn try_from(given: TransferWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            asset: given.asset,
            from: given.from.as_deref().map(|text| address("from", text)).transpose()?,
            to: given.to.as_deref().map(|text| address("to", text)).transpose()?,
            account: given.account.as_deref().map(|text| address("account", text)).transpose()?,
            block_min: given.block_gte,
            block_max: given.block_lte,
        })
    }
}
