mod concurrent;
mod kill;
mod logs;
mod refusal;
mod rows;
mod state;
mod world;
