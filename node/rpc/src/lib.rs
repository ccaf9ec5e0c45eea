//! The node's JSON-RPC server: HTTP and WebSocket on one port, in the words that Ethereum tools expect. It reads the
//! store directly and knows nothing of consensus: new blocks arrive on a feed, new transactions leave through the pool.
//! On a development chain it also serves what drives that (`dev`), and nothing it said of a height is for ever.
//!
//! Every method sees final blocks only: `latest`, `safe` and `pending` are the newest final block, `finalized` too while
//! there are no guardians (CHAIN.md C10). Errors carry geth's codes and phrases, because clients classify by them.

mod account;
mod cache;
mod call;
mod calls;
mod chain;
mod convert;
mod descriptors;
mod dev;
mod error;
mod estimate;
mod eth;
mod fees;
mod filters;
mod http;
mod listener;
mod logs;
mod net;
mod node;
mod overrides;
mod request;
mod resolve;
mod room;
mod server;
mod submit;
mod subscribe;
mod turns;
mod websocket;

pub use node::{Node, Submit};
pub use server::{RpcConfig, ServeError, Server, serve};

#[cfg(test)]
mod tests;
