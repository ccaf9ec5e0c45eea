//! Many calls in one message. They are answered in order and one after the other, with one exception: neighbouring
//! calls that send small raw transactions run together, so that in dev mode they share a block instead of waiting for
//! one each.

use super::{Caller, Calls, Reply, entry::Entry, refusal};
use crate::{error::Fault, server::RESPONSE_BYTES_MAX, submit::is_brief_send};
use futures::future::{MaybeDone, join_all, maybe_done};
use jsonrpsee::types::{
    ErrorCode, ErrorObjectOwned,
    error::{reject_too_big_batch_request, reject_too_big_batch_response},
};
use serde_json::value::RawValue;
use std::{
    pin::Pin,
    time::{Duration, Instant},
};
use tokio::task::{consume_budget, yield_now};

const BATCH_MAX: usize = 1000;

/// After this long in a batch its thread looks what else there is to do.
const STRETCH: Duration = Duration::from_millis(1);

impl Calls {
    /// `None` when there is nothing but notifications.
    ///
    /// # Errors
    /// The answer: when this is no batch, or its answers are too large together.
    pub(super) async fn batch(
        &self,
        body: &[u8],
        caller: Caller<'_>,
    ) -> Result<Option<Box<RawValue>>, ErrorObjectOwned> {
        let entries = serde_json::from_slice::<Vec<&RawValue>>(body).map_err(|_| ErrorCode::ParseError)?;
        if entries.is_empty() {
            return Err(ErrorCode::InvalidRequest.into());
        }
        if entries.len() > BATCH_MAX {
            return Err(reject_too_big_batch_request(BATCH_MAX));
        }
        let began = Instant::now();
        let mut stretch = began;
        let (mut answers, mut sends) = (Answers::default(), Sends::default());
        for entry in &entries {
            // Its neighbours on this thread want to go on as well.
            consume_budget().await;
            if stretch.elapsed() > STRETCH {
                yield_now().await;
                stretch = Instant::now();
            }
            let in_time = began.elapsed() < self.batch_time_max;
            match Entry::parse(entry.get().as_bytes()) {
                Entry::Call(call) if in_time && is_brief_send(&call.request) => {
                    sends.begin(async move { self.call(&call, caller).await }).await;
                }
                Entry::Call(call) => {
                    sends.finish(&mut answers).await?;
                    answers.append(&match in_time {
                        true => self.call(&call, caller).await.text,
                        false => call.refuse(self.late()),
                    })?;
                }
                Entry::Notification => {}
                Entry::Malformed(id, _) => {
                    sends.finish(&mut answers).await?;
                    answers.append(&refusal(id, ErrorCode::InvalidRequest).into_json())?;
                }
            }
        }
        sends.finish(&mut answers).await?;
        Ok(answers.whole())
    }

    fn late(&self) -> Fault {
        Fault::Limit(format!("the batch took longer than {:?}: ask for less at once", self.batch_time_max))
    }
}

/// Sends that are under way.
struct Sends<F: Future>(Vec<Pin<Box<MaybeDone<F>>>>);

impl<F: Future> Default for Sends<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Future<Output = Reply>> Sends<F> {
    /// The first step of a send has its transaction admitted, the next asks for a block: nobody takes that before all
    /// have taken the first.
    async fn begin(&mut self, send: F) {
        let mut send = Box::pin(maybe_done(send));
        // Nothing is lost: whoever finishes asks again.
        let _: std::task::Poll<()> = futures::poll!(send.as_mut());
        self.0.push(send);
    }

    async fn finish(&mut self, answers: &mut Answers) -> Result<(), ErrorObjectOwned> {
        join_all(self.0.iter_mut().map(Pin::as_mut)).await;
        for mut send in self.0.drain(..) {
            answers.append(&send.as_mut().take_output().expect("it is done").text)?;
        }
        Ok(())
    }
}

/// The answers to a batch: a JSON array that is not closed yet.
#[derive(Default)]
struct Answers(String);

impl Answers {
    /// # Errors
    /// When there is no room for it.
    fn append(&mut self, answer: &RawValue) -> Result<(), ErrorObjectOwned> {
        // With what comes before it, and the end.
        if self.0.len() + answer.get().len() + 2 > RESPONSE_BYTES_MAX {
            return Err(reject_too_big_batch_response(RESPONSE_BYTES_MAX));
        }
        self.0.push(if self.0.is_empty() { '[' } else { ',' });
        self.0.push_str(answer.get());
        Ok(())
    }

    /// `None` when nothing was answered.
    fn whole(mut self) -> Option<Box<RawValue>> {
        if self.0.is_empty() {
            return None;
        }
        self.0.push(']');
        Some(RawValue::from_string(self.0).expect("an array of answers is JSON"))
    }
}
