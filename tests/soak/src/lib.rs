//! Soaks of a whole node process through its public doors. It links no node crate, and its requests, their judges and the
//! faults that can be planted (a proxy in between, [`Fault`]) are its own.
//!
//! `rpc`, malformed and mutated requests:
//!
//! * R1 Request `i` of seed `s` is a function of `(s, i)` and of the node's own description of its methods
//!   (`rpc.discover`), so a finding can be made again.
//! * R2 The node lives, and its log has no panic and no error of ours.
//! * R3 Every whole request is answered: with JSON-RPC under 200, nothing under 204, or a 4xx; never a 5xx. Overload is no
//!   exception: who asks for too much gets -32005 in an answer, and connections beyond the limit wait to be accepted.
//!   Codes are those of [`answer`](mod@answer), and -32603 is not among them: it would be a fault of ours.
//! * R4 Memory is flat: the median resident size of the last third of the run is at most 64 MiB or a tenth, whichever is
//!   more, above that of the middle third.
//! * R5 An honest client on a connection of its own reads, calls and sends at its own pace all the time. Quiet turns and
//!   turns of attack alternate; over all turns the 99th percentile of what it waited in the attack is below twice that in
//!   quiet. The attacker has idle priority and a fixed rate: the subject is what the node gives to whom, not
//!   what the machine's scheduler does between processes that both want all of it.
//! * R6 Afterwards the node still makes blocks, and the state is what honest traffic left.
//!
//! The attacker comes over HTTP, WebSockets and the Unix socket. It does not ask for the methods that drive a development
//! chain (`evm_`, `hardhat_`, `anvil_`): they break the chain on request. `rpc --cheats` asks a node of its own for them
//! as well, without honest traffic: R2, R3 and R4 hold there too, and afterwards `hardhat_reset` gives a chain that goes on.

pub mod answer;
mod attack;
mod catalogue;
mod cheats;
mod dice;
mod fault;
mod findings;
mod honest;
mod http;
mod ipc;
mod mutation;
mod node;
mod proxy;
mod rpc;
mod websocket;

pub use cheats::cheats;
pub use fault::Fault;
pub use proxy::proxy;
pub use rpc::{Report, Settings, rpc};
