//! Reads of the node's JSON-RPC: a deadline on every attempt, and on all attempts together.

mod failover;

use std::{ops::RangeInclusive, time::Duration};

use alloy::{
    primitives::{Address, U64},
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::{
        client::RpcClient,
        json_rpc::{RpcRecv, RpcSend},
        types::{Filter, Log},
    },
    transports::http::Http,
};
use tokio::time::{Instant, sleep};
use url::Url;

use failover::Failover;
pub(crate) use failover::Turn;

use crate::{Error, client::Deadlines};

const BACKOFF_FIRST: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(1);
/// Blocks in one question for logs.
pub(crate) const RANGE: u64 = 5_000;
/// Code of an answer that would be too long, or take too long.
const LIMIT: i64 = -32005;

/// A connection to a chain, through the first of its nodes that answers.
#[derive(Clone, Debug)]
pub(crate) struct Rpc {
    pub(crate) provider: DynProvider,
    pub(crate) deadlines: Deadlines,
    pub(crate) turn: Turn,
}

impl Rpc {
    /// `urls` holds at least one.
    pub(crate) fn new(urls: &[Url], deadlines: Deadlines) -> Result<Self, Error> {
        let http = http(deadlines.request)?;
        let nodes = urls.iter().map(|url| Http::with_client(http.clone(), url.clone())).collect();
        let turn = Turn::default();
        let client = RpcClient::new(Failover::new(nodes, turn.clone()), true);
        let provider = ProviderBuilder::new().disable_recommended_fillers().connect_client(client).erased();
        Ok(Self { provider, deadlines, turn })
    }

    /// Asks until there is an answer: failures of the connection are retried, refusals are not.
    pub(crate) async fn read<P, R>(&self, method: &'static str, params: P) -> Result<R, Error>
    where
        P: RpcSend + Clone + 'static,
        R: RpcRecv,
    {
        self.read_of(method, params, None).await
    }

    /// [`Self::read`] of a contract at `to`, whose custom errors are decoded first.
    pub(crate) async fn read_of<P, R>(&self, method: &'static str, params: P, to: Option<Address>) -> Result<R, Error>
    where
        P: RpcSend + Clone + 'static,
        R: RpcRecv,
    {
        retried(self.deadlines.read, || self.once(method, params.clone(), to)).await
    }

    /// Asks once, for at most [`Deadlines::request`]. For what must not be repeated blindly, and for what has a better
    /// moment to be repeated.
    pub(crate) async fn once<P, R>(&self, method: &'static str, params: P, to: Option<Address>) -> Result<R, Error>
    where
        P: RpcSend + 'static,
        R: RpcRecv,
    {
        let answer = self.provider.client().request::<P, R>(method, params).await;
        answer.map_err(|error| Error::from_transport(method, to, error))
    }

    /// Logs of all blocks from `from` to the newest, in order, and the number of the block after that.
    pub(crate) async fn logs_since(&self, filter: &Filter, from: u64) -> Result<(Vec<Log>, u64), Error> {
        let head: U64 = self.read("eth_blockNumber", ()).await?;
        let mut found = Vec::new();
        let mut from = from;
        while from <= head.to() {
            let to = head.to::<u64>().min(from.saturating_add(RANGE - 1));
            found.extend(self.logs(filter, from..=to, self.deadlines.read).await?);
            from = to + 1;
        }
        Ok((found, from))
    }

    /// Logs of the blocks `from..=to` in order. A range that the node finds too rich is halved; each question is repeated
    /// for up to `patience`.
    pub(crate) async fn logs(
        &self,
        filter: &Filter,
        range: RangeInclusive<u64>,
        patience: Duration,
    ) -> Result<Vec<Log>, Error> {
        let mut found = Vec::new();
        let mut ranges = vec![range];
        while let Some(range) = ranges.pop() {
            let (&from, &to) = (range.start(), range.end());
            let filter = filter.clone().from_block(from).to_block(to);
            match retried(patience, || self.once("eth_getLogs", (filter.clone(),), None)).await {
                Ok::<Vec<Log>, _>(logs) => found.extend(logs),
                Err(Error::Rpc { code, message, .. })
                    if from < to && (code == LIMIT || message.contains("more than")) =>
                {
                    let middle = from + (to - from) / 2;
                    ranges.push(middle + 1..=to);
                    ranges.push(from..=middle);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// Repeats an idempotent read while its failures are transient and `deadline` is not reached.
pub(crate) async fn retried<T, F>(deadline: Duration, mut ask: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let start = Instant::now();
    let mut pause = BACKOFF_FIRST;
    loop {
        match ask().await {
            Err(error) if error.is_transient() && start.elapsed() + pause < deadline => {
                tracing::debug!(%error, "asking again");
                sleep(pause).await;
                pause = (pause * 2).min(BACKOFF_MAX);
            }
            answer => return answer,
        }
    }
}

/// An HTTP client whose requests end after `request`, answered or not.
pub(crate) fn http(request: Duration) -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .timeout(request)
        .connect_timeout(request.min(Duration::from_secs(3)))
        .build()
        .map_err(|error| Error::Settings(format!("HTTP client: {error}")))
}

#[cfg(test)]
mod tests;
