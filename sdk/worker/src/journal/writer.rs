use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::{JournalError, JournalFile, Record};

/// Lines that may wait for the disk; jobs wait beyond that.
const QUEUE: usize = 256;

struct Line {
    record: Record,
    durable: oneshot::Sender<()>,
}

/// A thread that appends lines. Those that came while the disk was busy are written and synced as one.
#[derive(Debug)]
pub(super) struct Writer {
    lines: mpsc::Sender<Line>,
}

impl Writer {
    pub(super) fn start(file: JournalFile) -> Self {
        let (lines, queue) = mpsc::channel(QUEUE);
        thread::spawn(move || run(file, queue));
        Self { lines }
    }

    pub(super) async fn append(&self, record: Record) -> Result<(), JournalError> {
        let (durable, written) = oneshot::channel();
        self.lines.send(Line { record, durable }).await.map_err(|_| JournalError::Stopped)?;
        written.await.map_err(|_| JournalError::Stopped)
    }
}

/// Ends with the first error: what was not written is then never acknowledged.
fn run(mut file: JournalFile, mut queue: mpsc::Receiver<Line>) {
    while let Some(first) = queue.blocking_recv() {
        let mut group = vec![first];
        while let Ok(more) = queue.try_recv() {
            group.push(more);
        }
        let (records, waiting): (Vec<_>, Vec<_>) = group.into_iter().map(|line| (line.record, line.durable)).unzip();
        if let Err(error) = file.append(&records) {
            tracing::error!(%error, "the journal cannot be written");
            return;
        }
        for durable in waiting {
            // Nobody waits any more when its job was given up meanwhile.
            durable.send(()).unwrap_or(());
        }
        if let Err(error) = file.compact_if_large() {
            tracing::error!(%error, "the journal cannot be put in place");
            return;
        }
    }
}
