mod concurrent;
mod kill;
mod migrate;
mod prune;
mod refusal;
mod rows;
mod state;
mod world;
