//! Batches. Calls are answered in order and one after the other, with one exception: neighbouring calls that send raw
//! transactions run together, so that in dev mode they share a block instead of waiting for one each.

use futures::future::join_all;
use jsonrpsee::{
    core::middleware::{Batch, BatchEntry, Notification},
    server::{
        BatchResponseBuilder, MethodResponse,
        middleware::rpc::{Request, RpcServiceT},
    },
};

const SEND: &str = "eth_sendRawTransaction";

/// Layer over jsonrpsee's service that answers batches as said above.
#[derive(Clone, Debug)]
pub(crate) struct Batches<S> {
    pub(crate) inner: S,
    /// Most bytes of one answer.
    pub(crate) response_max: usize,
}

impl<S> RpcServiceT for Batches<S>
where
    S: RpcServiceT<
            MethodResponse = MethodResponse,
            NotificationResponse = MethodResponse,
            BatchResponse = MethodResponse,
        > + Clone
        + Send
        + Sync
        + 'static,
{
    type MethodResponse = MethodResponse;
    type NotificationResponse = MethodResponse;
    type BatchResponse = MethodResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        self.inner.call(request)
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let service = self.clone();
        async move { service.answer(batch).await }
    }

    fn notification<'a>(&self, notification: Notification<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        self.inner.notification(notification)
    }
}

impl<S> Batches<S>
where
    S: RpcServiceT<MethodResponse = MethodResponse, NotificationResponse = MethodResponse>
        + Clone
        + Send
        + Sync
        + 'static,
{
    async fn answer(self, batch: Batch<'_>) -> MethodResponse {
        let mut answers = BatchResponseBuilder::new_with_limit(self.response_max);
        let mut notified = false;
        let mut sends = Vec::new();
        for entry in batch {
            let response = match entry {
                Ok(BatchEntry::Call(request)) if request.method_name() == SEND => {
                    sends.push(self.inner.call(request));
                    continue;
                }
                other => other,
            };
            for sent in join_all(sends.drain(..)).await {
                if let Err(too_large) = answers.append(sent) {
                    return too_large;
                }
            }
            let answer = match response {
                Ok(BatchEntry::Call(request)) => self.inner.call(request).await,
                Ok(BatchEntry::Notification(notification)) => {
                    notified = true;
                    self.inner.notification(notification).await;
                    continue;
                }
                Err(malformed) => {
                    let (error, id) = malformed.into_parts();
                    MethodResponse::error(id, error)
                }
            };
            if let Err(too_large) = answers.append(answer) {
                return too_large;
            }
        }
        for sent in join_all(sends).await {
            if let Err(too_large) = answers.append(sent) {
                return too_large;
            }
        }
        if answers.is_empty() && notified {
            return MethodResponse::notification();
        }
        MethodResponse::from_batch(answers.finish())
    }
}
