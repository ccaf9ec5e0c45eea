mod dumps;
mod sealing;
mod snapshots;
