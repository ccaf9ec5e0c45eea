//! The index's REST.

mod tokens;

use std::time::Duration;

use alloy::primitives::{B256, U256};
use edgeloom_index_api::{
    AuctionDetail, AuctionQuery, AuctionRow, BidQuery, BidRow, CheckpointRow, CommitteeRow, HistoryQuery, JobDetail,
    JobQuery, JobRow, LeaseDetail, LeaseQuery, LeaseRow, MarketEventQuery, MarketEventRow, Meta, ModelQuery, ModelRow,
    NodeQuery, NodeRow, OrderQuery, OrderRow, Page, PairQuery, PairRow, ParameterChangeRow, PoolDetail, PoolQuery,
    PoolRow, PositionQuery, PositionRow, Problem, ProposalDetail, ProposalQuery, ProposalRow, Readiness, SessionRow,
    SlashQuery, SlashRow, TransferQuery, TransferRow, VoteQuery, VoteRow, WorkerQuery, WorkerRow, paths,
};
use futures::{Stream, stream};
use reqwest::{Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::{Error, rpc::retried};

/// Longest answer that is read: a full page of any list and the largest job stay far below.
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// Longest error message that is kept.
const MESSAGE_CHARS_MAX: usize = 500;

/// The indexer, which remembers what contracts do not. It is convenient and not trusted: what decides about money is read
/// from the chain.
#[derive(Clone, Debug)]
pub struct Index {
    url: Url,
    http: reqwest::Client,
    deadline: Duration,
}

impl Index {
    pub(crate) const fn new(url: Url, http: reqwest::Client, deadline: Duration) -> Self {
        Self { url, http, deadline }
    }

    /// A page of jobs.
    ///
    /// # Errors
    /// [`Error::Index`] when the index refuses the query, [`Error::Transport`] when it cannot be reached.
    pub async fn jobs(&self, query: &JobQuery) -> Result<Page<JobRow>, Error> {
        self.get(paths::JOBS, query).await
    }

    /// One job with its history.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a job the index does not know.
    pub async fn job(&self, id: u64) -> Result<JobDetail, Error> {
        self.get(&format!("{}/{id}", paths::JOBS), &()).await
    }

    /// Every job that matches, page after page. `query.after` is where it begins.
    pub fn all_jobs(&self, query: JobQuery) -> impl Stream<Item = Result<JobRow, Error>> + Send + Unpin {
        let state = (self.clone(), Some(query), Vec::new().into_iter());
        Box::pin(stream::try_unfold(state, |(index, mut query, mut rows)| async move {
            loop {
                if let Some(row) = rows.next() {
                    return Ok(Some((row, (index, query, rows))));
                }
                let Some(asked) = query.take() else { return Ok(None) };
                let page = index.jobs(&asked).await?;
                rows = page.items.into_iter();
                if page.page_info.has_next_page && page.page_info.end_cursor.is_some() {
                    query = Some(JobQuery { after: page.page_info.end_cursor, ..asked });
                }
            }
        }))
    }

    /// A page of orders, each with how many of its jobs are where.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn orders(&self, query: &OrderQuery) -> Result<Page<OrderRow>, Error> {
        self.get(paths::ORDERS, query).await
    }

    /// One order.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for an order the index does not know.
    pub async fn order(&self, id: u64) -> Result<OrderRow, Error> {
        self.get(&format!("{}/{id}", paths::ORDERS), &()).await
    }

    /// A page of leases.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn leases(&self, query: &LeaseQuery) -> Result<Page<LeaseRow>, Error> {
        self.get(paths::LEASES, query).await
    }

    /// One lease with its history.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a lease the index does not know.
    pub async fn lease(&self, id: u64) -> Result<LeaseDetail, Error> {
        self.get(&format!("{}/{id}", paths::LEASES), &()).await
    }

    /// A page of auctions.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn auctions(&self, query: &AuctionQuery) -> Result<Page<AuctionRow>, Error> {
        self.get(paths::AUCTIONS, query).await
    }

    /// One auction, by the hash of its terms, with its history.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for an auction the index does not know.
    pub async fn auction(&self, id: B256) -> Result<AuctionDetail, Error> {
        self.get(&format!("{}/{id}", paths::AUCTIONS), &()).await
    }

    /// A page of bids.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn bids(&self, query: &BidQuery) -> Result<Page<BidRow>, Error> {
        self.get(paths::BIDS, query).await
    }

    /// A page of payment pools.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn pools(&self, query: &PoolQuery) -> Result<Page<PoolRow>, Error> {
        self.get(paths::POOLS, query).await
    }

    /// One payment pool with its history.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a pool the index does not know.
    pub async fn pool(&self, id: u64) -> Result<PoolDetail, Error> {
        self.get(&format!("{}/{id}", paths::POOLS), &()).await
    }

    /// A page of what pools owe payees.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn pairs(&self, query: &PairQuery) -> Result<Page<PairRow>, Error> {
        self.get(paths::PAIRS, query).await
    }

    /// A page of keys that sign in the name of pools' payers.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn sessions(&self, query: &PairQuery) -> Result<Page<SessionRow>, Error> {
        self.get(paths::SESSIONS, query).await
    }

    /// A page of what leases, auctions, payments and verifiers wrote.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn market_events(&self, query: &MarketEventQuery) -> Result<Page<MarketEventRow>, Error> {
        self.get(paths::MARKET_EVENTS, query).await
    }

    /// A page of workers.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn workers(&self, query: &WorkerQuery) -> Result<Page<WorkerRow>, Error> {
        self.get(paths::WORKERS, query).await
    }

    /// A page of models.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn models(&self, query: &ModelQuery) -> Result<Page<ModelRow>, Error> {
        self.get(paths::MODELS, query).await
    }

    /// A page of transfers.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn transfers(&self, query: &TransferQuery) -> Result<Page<TransferRow>, Error> {
        self.get(paths::TRANSFERS, query).await
    }

    /// A page of validators, guardians and edge nodes, with their stakes.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn nodes(&self, query: &NodeQuery) -> Result<Page<NodeRow>, Error> {
        self.get(paths::NODES, query).await
    }

    /// A page of what accounts have on nodes.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn positions(&self, query: &PositionQuery) -> Result<Page<PositionRow>, Error> {
        self.get(paths::POSITIONS, query).await
    }

    /// A page of slashes.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn slashes(&self, query: &SlashQuery) -> Result<Page<SlashRow>, Error> {
        self.get(paths::SLASHES, query).await
    }

    /// A page of committees.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn committees(&self, query: &HistoryQuery) -> Result<Page<CommitteeRow>, Error> {
        self.get(paths::COMMITTEES, query).await
    }

    /// A page of blocks that guardians certified.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn checkpoints(&self, query: &HistoryQuery) -> Result<Page<CheckpointRow>, Error> {
        self.get(paths::CHECKPOINTS, query).await
    }

    /// A page of proposals.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn proposals(&self, query: &ProposalQuery) -> Result<Page<ProposalRow>, Error> {
        self.get(paths::PROPOSALS, query).await
    }

    /// A page of votes.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn votes(&self, query: &VoteQuery) -> Result<Page<VoteRow>, Error> {
        self.get(paths::VOTES, query).await
    }

    /// A page of what votes set.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn parameter_changes(&self, query: &HistoryQuery) -> Result<Page<ParameterChangeRow>, Error> {
        self.get(paths::PARAMETER_CHANGES, query).await
    }

    /// One proposal, by the governor's id, with its text and what it does.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a proposal the index does not know.
    pub async fn proposal(&self, id: U256) -> Result<ProposalDetail, Error> {
        self.get(&format!("{}/{id}", paths::PROPOSALS), &()).await
    }

    /// How far the index has come.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn meta(&self) -> Result<Meta, Error> {
        self.get(paths::META, &()).await
    }

    /// Whether it has caught up; an answer also while it has not.
    ///
    /// # Errors
    /// [`Error::Transport`] when it cannot be reached.
    pub async fn ready(&self) -> Result<Readiness, Error> {
        let url = self.at(paths::READY)?;
        let failed = |error| unreachable_index(paths::READY, error);
        let response = self.http.get(url).send().await.map_err(failed)?;
        decode(paths::READY, &body(paths::READY, response).await?)
    }

    async fn get<Q: Serialize, T: DeserializeOwned>(&self, path: &str, query: &Q) -> Result<T, Error> {
        let mut url = self.at(path)?;
        let text = query_string(query)?;
        if !text.is_empty() {
            url.set_query(Some(&text));
        }
        retried(self.deadline, || async {
            let sent = self.http.get(url.clone()).send().await;
            let response = sent.map_err(|error| unreachable_index(path, error))?;
            let status = response.status();
            let bytes = body(path, response).await?;
            if status == StatusCode::OK { decode(path, &bytes) } else { Err(problem(status, &bytes)) }
        })
        .await
    }

    fn at(&self, path: &str) -> Result<Url, Error> {
        self.url.join(path).map_err(|error| Error::Settings(format!("index address {}: {error}", self.url)))
    }
}

/// The fields of a flat query as `a=1&b=x`, absent ones left out.
fn query_string<Q: Serialize>(query: &Q) -> Result<String, Error> {
    let unfit = |error| Error::Settings(format!("query: {error}"));
    let serde_json::Value::Object(fields) = serde_json::to_value(query).map_err(unfit)? else {
        return Ok(String::new());
    };
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::String(text) => drop(pairs.append_pair(&name, &text)),
            other => drop(pairs.append_pair(&name, &other.to_string())),
        }
    }
    Ok(pairs.finish())
}

async fn body(path: &str, mut response: Response) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| unreachable_index(path, error))? {
        if bytes.len() + part.len() > ANSWER_BYTES_MAX {
            return Err(Error::Answer(format!("index {path}: more than {ANSWER_BYTES_MAX} bytes")));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn decode<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| Error::Answer(format!("index {path}: {error}")))
}

fn problem(status: StatusCode, bytes: &[u8]) -> Error {
    let message = match serde_json::from_slice::<Problem>(bytes) {
        Ok(problem) => problem.error.message,
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
    Error::Index { status: status.as_u16(), message: message.chars().take(MESSAGE_CHARS_MAX).collect() }
}

fn unreachable_index(path: &str, error: reqwest::Error) -> Error {
    Error::Transport { method: format!("index {path}"), source: Box::new(error) }
}

#[cfg(test)]
mod tests;
