//! Filters that are polled. Each remembers the first height it has not reported, so nothing is queued for it; those of
//! pending transactions hold a bounded queue of hashes. What nobody polls for five minutes is forgotten, and where there
//! are too many, what was not polled for longest.

use crate::{
    error::Fault,
    logs::{RANGE_MAX, check},
    node::Context,
};
use alloy::{
    eips::BlockNumberOrTag,
    primitives::{B256, U64},
    rpc::types::{Filter, FilterBlockOption, FilterChanges, Log},
};
use edgeloom_state::Cursor;
use edgeloom_types::Height;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

/// Most filters at a time.
const FILTERS_MAX: usize = 1024;

/// How long a filter lives without being polled.
const LIFE: Duration = Duration::from_secs(300);

/// Most blocks that one poll reports.
const BLOCKS_MAX: u64 = 10_000;

#[rpc(server, namespace = "eth")]
pub(crate) trait FilterApi {
    #[method(name = "newFilter")]
    fn new_filter(&self, filter: Filter) -> RpcResult<U64>;

    #[method(name = "newBlockFilter")]
    fn new_block_filter(&self) -> RpcResult<U64>;

    #[method(name = "newPendingTransactionFilter")]
    fn new_pending_transaction_filter(&self) -> RpcResult<U64>;

    /// What is new since the last poll.
    #[method(name = "getFilterChanges")]
    fn get_filter_changes(&self, id: U64) -> RpcResult<FilterChanges>;

    /// Everything that a log filter matches.
    #[method(name = "getFilterLogs")]
    fn get_filter_logs(&self, id: U64) -> RpcResult<Vec<Log>>;

    #[method(name = "uninstallFilter")]
    fn uninstall_filter(&self, id: U64) -> RpcResult<bool>;
}

#[derive(Debug)]
enum Kind {
    Logs { filter: Box<Filter>, cursor: Cursor },
    Blocks(Cursor),
    Pending(Receiver<B256>),
}

#[derive(Debug)]
struct Installed {
    kind: Arc<Mutex<Kind>>,
    polled: Instant,
}

#[derive(Debug)]
pub(crate) struct Filters {
    context: Arc<Context>,
    installed: Mutex<HashMap<u64, Installed>>,
}

impl Filters {
    pub(crate) fn new(context: Arc<Context>) -> Self {
        Self { context, installed: Mutex::new(HashMap::new()) }
    }

    fn install(&self, kind: Kind) -> U64 {
        let mut installed = self.installed.lock();
        installed.retain(|_, filter| filter.polled.elapsed() < LIFE);
        if installed.len() >= FILTERS_MAX {
            let oldest = installed.iter().min_by_key(|(_, filter)| filter.polled).map(|(id, _)| *id);
            oldest.map(|id| installed.remove(&id));
        }
        // Not to be guessed: whoever knows it can take what is reported.
        let id = RandomState::new().hash_one(installed.len());
        installed.insert(id, Installed { kind: Arc::new(Mutex::new(kind)), polled: Instant::now() });
        U64::from(id)
    }

    fn kind(&self, id: U64) -> Result<Arc<Mutex<Kind>>, Fault> {
        let mut installed = self.installed.lock();
        installed.retain(|_, filter| filter.polled.elapsed() < LIFE);
        let filter = installed.get_mut(&id.to()).ok_or(Fault::NoFilter)?;
        filter.polled = Instant::now();
        Ok(filter.kind.clone())
    }

    /// The newest height, with `cursor` at the first that it has not reported.
    fn tip(&self, cursor: &mut Cursor) -> Result<u64, Fault> {
        let tip = self.context.store.follow(cursor).ok_or_else(|| Fault::Internal("the store has no tip".into()))?;
        Ok(tip.height.get())
    }

    fn changes(&self, kind: &mut Kind) -> Result<FilterChanges, Fault> {
        match kind {
            Kind::Logs { filter, cursor } => {
                let tip = self.tip(cursor)?;
                let last = filter.get_to_block().map_or(tip, |to| to.min(tip));
                let last = last.min(cursor.next.saturating_add(RANGE_MAX - 1));
                if cursor.next > last {
                    return Ok(FilterChanges::Empty);
                }
                let found = self.context.scan(filter, cursor.next, last)?;
                cursor.next = found.next;
                Ok(FilterChanges::Logs(found.logs))
            }
            Kind::Blocks(cursor) => {
                let end = (self.tip(cursor)? + 1).min(cursor.next.saturating_add(BLOCKS_MAX));
                let hashes = (cursor.next..end).map(|height| self.context.store.hash_at(Height::new(height)));
                let hashes = hashes.filter_map(Result::transpose).collect::<Result<_, _>>()?;
                cursor.next = end.max(cursor.next);
                Ok(FilterChanges::Hashes(hashes))
            }
            Kind::Pending(admissions) => Ok(FilterChanges::Hashes(drain(admissions))),
        }
    }
}

/// Hashes of what was admitted; a poller that fell behind the queue misses the oldest.
fn drain(admissions: &mut Receiver<B256>) -> Vec<B256> {
    let mut out = Vec::new();
    loop {
        match admissions.try_recv() {
            Ok(hash) => out.push(hash),
            Err(TryRecvError::Lagged(_)) => {}
            Err(TryRecvError::Empty | TryRecvError::Closed) => return out,
        }
    }
}

impl FilterApiServer for Filters {
    fn new_filter(&self, filter: Filter) -> RpcResult<U64> {
        check(&filter)?;
        let first = match filter.block_option {
            FilterBlockOption::AtBlockHash(_) => {
                return Err(Fault::Params("a filter by block hash never changes: use eth_getLogs".into()).into());
            }
            // As geth does: changes begin with the next block, unless an earlier one is named.
            FilterBlockOption::Range { from_block: Some(BlockNumberOrTag::Number(from)), .. } => Some(from),
            FilterBlockOption::Range { from_block: Some(BlockNumberOrTag::Earliest), .. } => Some(0),
            FilterBlockOption::Range { .. } => None,
        };
        let cursor = self.context.store.cursor(first.map(Height::new));
        Ok(self.install(Kind::Logs { filter: Box::new(filter), cursor }))
    }

    fn new_block_filter(&self) -> RpcResult<U64> {
        Ok(self.install(Kind::Blocks(self.context.store.cursor(None))))
    }

    fn new_pending_transaction_filter(&self) -> RpcResult<U64> {
        Ok(self.install(Kind::Pending(self.context.pool.subscribe())))
    }

    fn get_filter_changes(&self, id: U64) -> RpcResult<FilterChanges> {
        let kind = self.kind(id)?;
        let mut kind = kind.lock();
        Ok(self.changes(&mut kind)?)
    }

    fn get_filter_logs(&self, id: U64) -> RpcResult<Vec<Log>> {
        let kind = self.kind(id)?;
        let filter = match &*kind.lock() {
            Kind::Logs { filter, .. } => filter.clone(),
            Kind::Blocks(_) | Kind::Pending(_) => return Err(Fault::NoFilter.into()),
        };
        Ok(self.context.logs(&filter)?)
    }

    fn uninstall_filter(&self, id: U64) -> RpcResult<bool> {
        Ok(self.installed.lock().remove(&id.to()).is_some())
    }
}
