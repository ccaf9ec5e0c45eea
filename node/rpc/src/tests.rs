//! The server over a real chain, through its port.

mod calls;
mod clients;
mod dev;
mod gas;
mod hostile;
mod logs;
mod reads;
mod sends;
mod socket;
mod speed;
mod world;
