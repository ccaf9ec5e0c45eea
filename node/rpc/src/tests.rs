//! The server over a real chain, through its port.

mod access_list;
mod archive;
mod calls;
mod clients;
mod dev;
mod dev_surface;
mod discover;
mod gas;
mod hostile;
mod ipc;
mod logs;
mod otterscan;
mod parity;
mod pending;
mod prestate;
mod reads;
mod scenario;
mod sends;
mod simulate;
mod socket;
mod speed;
mod storage_range;
mod trace_bounds;
mod traces;
mod txpool;
mod world;
