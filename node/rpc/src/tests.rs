//! The server over a real chain, through its port.

mod access_list;
mod calls;
mod clients;
mod gas;
mod hostile;
mod logs;
mod otterscan;
mod parity;
mod prestate;
mod reads;
mod scenario;
mod sends;
mod socket;
mod speed;
mod trace_bounds;
mod traces;
mod world;
