//! The server over a real chain, through its port.

mod archive;
mod calls;
mod clients;
mod discover;
mod gas;
mod hostile;
mod ipc;
mod logs;
mod reads;
mod sends;
mod simulate;
mod socket;
mod speed;
mod txpool;
mod world;
