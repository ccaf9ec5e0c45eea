//! G5: how long an answer is, counted while it comes about.

use async_graphql::{
    Response, ServerError, ServerResult, Value,
    async_trait::async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextRequest, NextResolve, ResolveInfo},
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Quotes, colon and comma around a key.
const PUNCTUATION: usize = 4;

/// Refuses answers of more than so many bytes of JSON.
pub(super) struct LengthMax(pub(super) usize);

impl ExtensionFactory for LengthMax {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Length { max: self.0, bytes: AtomicUsize::new(0) })
    }
}

/// Of one answer.
struct Length {
    max: usize,
    bytes: AtomicUsize,
}

impl Length {
    fn is_exceeded(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.max
    }
}

#[async_trait]
impl Extension for Length {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let response = next.run(ctx).await;
        if !self.is_exceeded() {
            return response;
        }
        let message = format!("The answer has more than {} bytes: ask for fewer rows or fields.", self.max);
        Response::from_errors(vec![ServerError::new(message, None)])
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if self.is_exceeded() {
            // Not an error: each would carry its path, and together they could be longer than the answer.
            return Ok(Some(Value::Null));
        }
        let key = info.alias.unwrap_or(info.name).len() + PUNCTUATION;
        let value = next.run(ctx, info).await?;
        self.bytes.fetch_add(key + value.as_ref().map_or(0, length), Ordering::Relaxed);
        Ok(value)
    }
}

/// Without what is inside: that was counted before.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => 2 + text.bytes().map(escaped).sum::<usize>(),
        Value::Enum(name) => 2 + name.len(),
        Value::Binary(bytes) => bytes.len(),
        Value::Number(_) => 20,
        Value::Null | Value::Boolean(_) => 5,
        Value::List(_) | Value::Object(_) => 2,
    }
}

const fn escaped(byte: u8) -> usize {
    match byte {
        0..=0x1f => 6,
        b'"' | b'\\' => 2,
        _ => 1,
    }
}
