//! The node's Unix socket: requests one after the other, answers in any order, a line each.

use crate::{
    answer,
    attack::{Attack, BROKEN_MAX, MESSAGE_BYTES_MAX, MESSAGES, answerable},
    dice::Dice,
    findings::Findings,
    mutation,
};
use serde_json::Value;
use std::{collections::BTreeSet, io, path::PathBuf, sync::Arc};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
    time::timeout,
};

const ANSWER_BYTES_MAX: u64 = 256 << 20;

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
        let mut stream = BufReader::new(UnixStream::connect(path).await?);
        let (mut index, mut awaited) = (first, BTreeSet::new());
        for _ in 0..MESSAGES {
            let body = mutation::body(&self.catalogue, &mut Dice::new(self.seed, index), index);
            let whole = serde_json::from_slice::<Value>(&body).is_ok_and(|value| value.is_object() || value.is_array());
            if !whole || body.len() > MESSAGE_BYTES_MAX {
                while !awaited.is_empty() {
                    self.listen(&mut stream, &mut awaited).await?;
                }
                return self.garble(stream, &body).await;
            }
            awaited.extend(answerable(&body));
            stream.write_all(&body).await?;
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
    async fn garble(&self, mut stream: BufReader<UnixStream>, body: &[u8]) -> io::Result<()> {
        // Who hangs up at the first byte need not read the rest.
        drop(stream.write_all(body).await);
        match timeout(BROKEN_MAX, self.listen(&mut stream, &mut BTreeSet::new())).await {
            Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => Err(error),
            _ => Ok(()),
        }
    }

    async fn listen(&self, stream: &mut BufReader<UnixStream>, awaited: &mut BTreeSet<u64>) -> io::Result<()> {
        let mut line = Vec::new();
        (&mut *stream).take(ANSWER_BYTES_MAX).read_until(b'\n', &mut line).await?;
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
