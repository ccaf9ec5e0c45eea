use std::{
    fs::File,
    io::{self, Write},
    thread,
};

use tokio::sync::{mpsc, oneshot};

use super::JournalError;

/// Lines that may wait for the disk; jobs wait beyond that.
const QUEUE: usize = 256;

struct Line {
    bytes: Vec<u8>,
    durable: oneshot::Sender<()>,
}

/// A thread that appends lines. Those that came while the disk was busy are written and synced as one.
#[derive(Debug)]
pub(super) struct Writer {
    lines: mpsc::Sender<Line>,
}

impl Writer {
    pub(super) fn start(file: File) -> Self {
        let (lines, queue) = mpsc::channel(QUEUE);
        thread::spawn(move || run(file, queue));
        Self { lines }
    }

    pub(super) async fn append(&self, bytes: Vec<u8>) -> Result<(), JournalError> {
        let (durable, written) = oneshot::channel();
        self.lines.send(Line { bytes, durable }).await.map_err(|_| JournalError::Stopped)?;
        written.await.map_err(|_| JournalError::Stopped)
    }
}

/// Ends with the first error: what was not written is then never acknowledged.
fn run(mut file: File, mut queue: mpsc::Receiver<Line>) {
    while let Some(first) = queue.blocking_recv() {
        let mut group = vec![first];
        while let Ok(more) = queue.try_recv() {
            group.push(more);
        }
        if let Err(error) = append(&mut file, &group) {
            tracing::error!(%error, "the journal cannot be written");
            return;
        }
        for line in group {
            // Nobody waits any more when its job was given up meanwhile.
            line.durable.send(()).unwrap_or(());
        }
    }
}

fn append(file: &mut File, group: &[Line]) -> io::Result<()> {
    let bytes: Vec<u8> = group.iter().flat_map(|line| line.bytes.iter().copied()).collect();
    file.write_all(&bytes)?;
    file.sync_data()
}
