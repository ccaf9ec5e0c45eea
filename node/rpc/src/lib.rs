//! The node's JSON-RPC server: HTTP and WebSocket on one port, and a Unix socket beside it, in the words that Ethereum tools expect. It reads the
//! store directly and knows nothing of consensus: new blocks arrive on a feed, new transactions leave through the pool.
//! On a development chain it also serves what drives that (`dev`), and nothing it said of a height is for ever.
//!
//! Every method sees final blocks only: `latest` and `safe` are the newest final block, `finalized` too while there are
//! no guardians (CHAIN.md C10); `pending` is the block after it, as it would be now (`pending.rs`). Errors carry geth's
//! codes and phrases, because clients classify by them.

mod access_list;
mod account;
mod archive;
mod buffers;
mod cache;
mod call;
mod calls;
mod chain;
mod convert;
mod cors;
mod debug;
mod descriptors;
mod dev;
mod discover;
mod error;
mod estimate;
mod eth;
mod fees;
mod fill;
mod filters;
mod http;
mod intake;
mod ipc;
mod lanes;
mod logs;
mod meters;
mod net;
mod node;
mod otterscan;
mod overrides;
mod parity;
mod pending;
mod plain;
mod progress;
mod request;
mod resolve;
mod room;
mod rules;
mod server;
mod short;
mod simulate;
mod storage_range;
mod stream;
mod submit;
mod subscribe;
mod trace;
mod turns;
mod txpool;
mod websocket;

pub use meters::Gauges;
pub use node::{Node, Submit};
pub use server::{RpcConfig, ServeError, Server, serve};

#[cfg(test)]
mod tests;
