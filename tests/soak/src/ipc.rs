//! The node's Unix socket: requests one after the other, answers in any order, a line each.

use crate::{
    answer,
    attack::{Attack, BROKEN_MAX, MESSAGE_BYTES_MAX, MESSAGES, answerable},
    dice::Dice,
    findings::Findings,
    mutation,
};
use serde_json::Value;
use std::{collections::BTreeSet, io, mem, path::PathBuf, pin::pin, sync::Arc};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::timeout,
};

const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// What a node says, line by line.
struct Answers {
    reader: BufReader<OwnedReadHalf>,
    line: Vec<u8>,
}

impl Attack {
    pub(crate) async fn over_ipc(self: Arc<Self>, path: PathBuf) {
        while let Some(first) = self.take().await {
            let ended = match timeout(self.answer_max, self.talk(&path, first)).await {
                Ok(ended) => ended,
                Err(_) => Err(io::Error::other(format!("no answer within {:?}", self.answer_max))),
            };
            if let Err(error) = ended {
                let last = self.next.load(std::sync::atomic::Ordering::Relaxed);
                self.blame(first, format!("requests up to {last}").as_bytes(), &format!("over IPC: {error}"));
            }
        }
    }

    /// A connection's life: whole requests and their answers, until one comes that is no JSON, which ends it.
    async fn talk(&self, path: &PathBuf, first: u64) -> io::Result<()> {
        let (reader, mut writer) = UnixStream::connect(path).await?.into_split();
        let mut stream = Answers { reader: BufReader::new(reader), line: Vec::new() };
        let (mut index, mut awaited) = (first, BTreeSet::new());
        for _ in 0..MESSAGES {
            let body = mutation::body(&self.catalogue, &mut Dice::new(self.seed, index), index);
            let whole = serde_json::from_slice::<Value>(&body).is_ok_and(|value| value.is_object() || value.is_array());
            if !whole || body.len() > MESSAGE_BYTES_MAX {
                while !awaited.is_empty() {
                    self.listen(&mut stream, &mut awaited).await?;
                }
                return self.garble(stream, writer, &body).await;
            }
            awaited.extend(answerable(&body));
            // Whoever writes without reading waits for a node that waits for it: answers may be longer than what lies between.
            let mut written = pin!(writer.write_all(&body));
            loop {
                tokio::select! {
                    written = &mut written => break written?,
                    heard = self.listen(&mut stream, &mut awaited) => heard?,
                }
            }
            while awaited.len() > 8 {
                self.listen(&mut stream, &mut awaited).await?;
            }
            let Some(next) = self.take().await else { break };
            index = next;
        }
        while !awaited.is_empty() {
            self.listen(&mut stream, &mut awaited).await?;
        }
        Ok(())
    }

    /// What is answered to garbage, if anything, is an answer all the same.
    async fn garble(&self, mut stream: Answers, mut writer: OwnedWriteHalf, body: &[u8]) -> io::Result<()> {
        // Who hangs up at the first byte need not read the rest.
        drop(writer.write_all(body).await);
        match timeout(BROKEN_MAX, self.listen(&mut stream, &mut BTreeSet::new())).await {
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => Err(error),
            _ => Ok(()),
        }
    }

    /// May be dropped before it ends: what was read of an answer stays.
    async fn listen(&self, stream: &mut Answers, awaited: &mut BTreeSet<u64>) -> io::Result<()> {
        (&mut stream.reader).take(ANSWER_BYTES_MAX).read_until(b'\n', &mut stream.line).await?;
        let line = mem::take(&mut stream.line);
        if line.is_empty() {
            return Err(io::Error::other(format!("ended with {} answers to come", awaited.len())));
        }
        let wrong = |sentence| io::Error::new(io::ErrorKind::InvalidData, sentence);
        let answer = answer::check(&line).map_err(wrong)?;
        if let Some(id) = answer["id"].as_u64() {
            awaited.remove(&id);
        }
        Findings::count(&self.findings.answered);
        Ok(())
    }
}
