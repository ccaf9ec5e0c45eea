//! Rows that other rows refer to, fetched together: a page of a hundred jobs asks once for their models, not a hundred times.

use crate::{
    record::{JobEvent, Model, Worker},
    store::{Store, StoreError},
};
use alloy::primitives::{Address, B256};
use async_graphql::dataloader::Loader;
use std::{collections::HashMap, sync::Arc};

pub(super) struct Rows(pub(super) Store);

/// The key of a job's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct HistoryOf(pub(super) u64);

impl Loader<B256> for Rows {
    type Value = Model;
    type Error = Arc<StoreError>;

    async fn load(&self, ids: &[B256]) -> Result<HashMap<B256, Model>, Arc<StoreError>> {
        let models = self.0.models_by_id(ids).await.map_err(Arc::new)?;
        Ok(models.into_iter().map(|model| (model.id, model)).collect())
    }
}

impl Loader<Address> for Rows {
    type Value = Worker;
    type Error = Arc<StoreError>;

    async fn load(&self, addresses: &[Address]) -> Result<HashMap<Address, Worker>, Arc<StoreError>> {
        let workers = self.0.workers_by_address(addresses).await.map_err(Arc::new)?;
        Ok(workers.into_iter().map(|worker| (worker.address, worker)).collect())
    }
}

impl Loader<HistoryOf> for Rows {
    type Value = Vec<JobEvent>;
    type Error = Arc<StoreError>;

    async fn load(&self, jobs: &[HistoryOf]) -> Result<HashMap<HistoryOf, Vec<JobEvent>>, Arc<StoreError>> {
        let ids: Vec<u64> = jobs.iter().map(|job| job.0).collect();
        let mut histories: HashMap<_, Vec<_>> = HashMap::new();
        for event in self.0.job_events(&ids).await.map_err(Arc::new)? {
            histories.entry(HistoryOf(event.job)).or_default().push(event);
        }
        Ok(histories)
    }
}
