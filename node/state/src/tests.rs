mod concurrent;
mod kill;
mod refusal;
mod rows;
mod state;
mod undo;
mod world;
