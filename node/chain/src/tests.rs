//! The chain over real stores, with real signatures and certificates.

mod audit;
mod certificates;
mod contracts;
mod finality;
mod restart;
mod same;
mod terms;
mod verdicts;
mod world;
