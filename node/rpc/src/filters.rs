//! Filters that are polled. Each remembers the first height it has not reported, so nothing is queued for it; those of
//! pending transactions hold a bounded queue of hashes. What nobody polls for five minutes is forgotten, and where there
//! are too many, what was not polled for longest.

use crate::{
    error::Fault,
    logs::{Pages, RANGE_MAX, WHOLE, check},
    node::Context,
    short::Short,
};
use alloy::{
    eips::{BlockNumberOrTag, eip2718::Encodable2718},
    primitives::{B256, U64},
    rpc::types::{Filter, FilterBlockOption, Transaction},
};
use edgeloom_state::Cursor;
use edgeloom_types::Height;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::value::RawValue;
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

/// What is new, as one array.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum FilterChanges {
    Hashes(Vec<B256>),
    Transactions(Vec<Transaction>),
    Logs(Box<RawValue>),
}

/// Most encoded bytes of whole transactions that one poll reports; what is left comes with the next.
const PENDING_BYTES_MAX: usize = 16 * 1024 * 1024;

#[rpc(server, namespace = "eth")]
pub(crate) trait FilterApi {
    /// Reports logs.
    #[method(name = "newFilter")]
    fn new_filter(&self, filter: Short<Filter>) -> RpcResult<U64>;

    /// Reports the hashes of blocks.
    #[method(name = "newBlockFilter")]
    fn new_block_filter(&self) -> RpcResult<U64>;

    /// Reports what comes to wait: hashes, or whole transactions.
    #[method(name = "newPendingTransactionFilter")]
    fn new_pending_transaction_filter(&self, full: Option<bool>) -> RpcResult<U64>;

    /// What is new since the last poll.
    #[method(name = "getFilterChanges")]
    fn get_filter_changes(&self, id: U64) -> RpcResult<FilterChanges>;

    /// Everything that a log filter matches.
    #[method(name = "getFilterLogs")]
    fn get_filter_logs(&self, id: U64) -> RpcResult<Box<RawValue>>;

    /// Forgets a filter.
    #[method(name = "uninstallFilter")]
    fn uninstall_filter(&self, id: U64) -> RpcResult<bool>;
}

#[derive(Debug)]
enum Kind {
    Logs { filter: Box<Filter>, cursor: Cursor },
    Blocks(Cursor),
    Pending { admissions: Receiver<B256>, full: bool },
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
                    return Ok(FilterChanges::Hashes(Vec::new()));
                }
                let found = self.context.scan(filter, (cursor.next, last), WHOLE)?;
                let logs = Pages::new(*cursor, found.blocks).whole(&self.context)?;
                // What could not be written is still to be reported.
                cursor.next = found.next;
                Ok(FilterChanges::Logs(logs))
            }
            Kind::Blocks(cursor) => {
                let end = (self.tip(cursor)? + 1).min(cursor.next.saturating_add(BLOCKS_MAX));
                let hashes = (cursor.next..end).map(|height| self.context.store.hash_at(Height::new(height)));
                let hashes = hashes.filter_map(Result::transpose).collect::<Result<_, _>>()?;
                cursor.next = end.max(cursor.next);
                Ok(FilterChanges::Hashes(hashes))
            }
            Kind::Pending { admissions, full: false } => Ok(FilterChanges::Hashes(admitted(admissions).collect())),
            Kind::Pending { admissions, full: true } => Ok(FilterChanges::Transactions(self.transactions(admissions)?)),
        }
    }

    /// As many as fit in an answer; those that are gone already are passed over.
    fn transactions(&self, admissions: &mut Receiver<B256>) -> Result<Vec<Transaction>, Fault> {
        let (mut out, mut bytes) = (Vec::new(), 0);
        for hash in admitted(admissions) {
            let Some(transaction) = self.context.transaction(hash)? else { continue };
            bytes += transaction.inner.encode_2718_len();
            out.push(transaction);
            if bytes > PENDING_BYTES_MAX {
                break;
            }
        }
        Ok(out)
    }
}

/// Hashes of what was admitted; a poller that fell behind the queue misses the oldest.
fn admitted(admissions: &mut Receiver<B256>) -> impl Iterator<Item = B256> {
    std::iter::from_fn(|| {
        loop {
            match admissions.try_recv() {
                Ok(hash) => return Some(hash),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    })
}

impl FilterApiServer for Filters {
    fn new_filter(&self, Short(filter): Short<Filter>) -> RpcResult<U64> {
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

    fn new_pending_transaction_filter(&self, full: Option<bool>) -> RpcResult<U64> {
        let admissions = self.context.pool.subscribe();
        Ok(self.install(Kind::Pending { admissions, full: full.unwrap_or(false) }))
    }

    fn get_filter_changes(&self, id: U64) -> RpcResult<FilterChanges> {
        let kind = self.kind(id)?;
        let mut kind = kind.lock();
        Ok(self.changes(&mut kind)?)
    }

    fn get_filter_logs(&self, id: U64) -> RpcResult<Box<RawValue>> {
        let kind = self.kind(id)?;
        let filter = match &*kind.lock() {
            Kind::Logs { filter, .. } => filter.clone(),
            Kind::Blocks(_) | Kind::Pending { .. } => return Err(Fault::NoFilter.into()),
        };
        Ok(self.context.logs(&filter)?)
    }

    fn uninstall_filter(&self, id: U64) -> RpcResult<bool> {
        Ok(self.installed.lock().remove(&id.to()).is_some())
    }
}
