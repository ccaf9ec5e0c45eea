//! What a message asks for, read without a copy.

use jsonrpsee::{
    Extensions,
    core::server::{MethodResponse, helpers::prepare_error},
    types::{ErrorCode, ErrorObjectOwned, Id, Request, TwoPointZero},
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;

/// What one message asks for.
pub(crate) enum Asked<'a> {
    One(Entry<'a>),
    /// Not parsed yet.
    Batch(&'a [u8]),
}

impl<'a> Asked<'a> {
    pub(crate) fn parse(body: &'a [u8]) -> Self {
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[') => Self::Batch(body),
            _ => Self::One(Entry::parse(body)),
        }
    }

    /// The call, if it is a single one of `method` and its answer's id is its request's.
    pub(crate) fn call_of(&self, method: &str) -> Option<&Request<'a>> {
        match self {
            Self::One(Entry::Call(Call { request, number: None })) if request.method == method => Some(request),
            _ => None,
        }
    }
}

/// One element of a request.
pub(crate) enum Entry<'a> {
    Call(Call<'a>),
    /// Without an id. Whoever writes one, whatever it is, waits for an answer.
    Notification,
    Malformed(Id<'a>, ErrorCode),
}

pub(crate) struct Call<'a> {
    pub(super) request: Request<'a>,
    /// The id as it is written, where it is a number that is no `u64`, as -1 and 1.5: jsonrpsee has no form for it, and
    /// `request` has 0 in its place.
    pub(super) number: Option<&'a RawValue>,
}

impl Call<'_> {
    /// `response`, which is to `request`, with the id that was asked with.
    pub(super) fn answer(&self, response: MethodResponse) -> Box<RawValue> {
        let text = response.into_json();
        let Some(id) = self.number else { return text };
        let Response { result, error } = serde_json::from_str(text.get()).expect("a response is JSON");
        // A result of null is read as none.
        let result = error.is_none().then(|| result.unwrap_or(RawValue::NULL));
        to_raw_value(&Numbered { jsonrpc: TwoPointZero, id, result, error }).expect("its parts are JSON")
    }

    pub(super) fn refuse(&self, error: impl Into<ErrorObjectOwned>) -> Box<RawValue> {
        self.answer(MethodResponse::error(self.request.id.clone(), error.into()))
    }
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Numbered<'a> {
    jsonrpc: TwoPointZero,
    id: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a RawValue>,
}

impl<'a> Entry<'a> {
    pub(super) fn parse(text: &'a [u8]) -> Self {
        let Ok(Frame { jsonrpc, id, method, params }) = serde_json::from_slice(text) else {
            let (id, code) = prepare_error(text);
            return Self::Malformed(id, code);
        };
        let Some(id) = id else { return Self::Notification };
        let Some((id, number)) = identity(id) else { return Self::Malformed(Id::Null, ErrorCode::InvalidRequest) };
        let params = params.map(Cow::Borrowed);
        let request = Request { jsonrpc, id, method, params, extensions: Extensions::new() };
        Self::Call(Call { request, number })
    }
}

/// The id, and how it is written where jsonrpsee has no form for it. `None`: neither text nor number nor null.
fn identity(written: &RawValue) -> Option<(Id<'_>, Option<&RawValue>)> {
    let text = written.get();
    match text.as_bytes() {
        b"null" => Some((Id::Null, None)),
        [b'"', ..] => Some((Id::Str(serde_json::from_str::<Text<'_>>(text).ok()?.0), None)),
        [b'-' | b'0'..=b'9', ..] => {
            let number = serde_json::from_str(text);
            Some(number.map_or((Id::Number(0), Some(written)), |number| (Id::Number(number), None)))
        }
        _ => None,
    }
}

/// A call as jsonrpsee has it, but that it does not try what its id might be.
#[derive(Deserialize)]
struct Frame<'a> {
    jsonrpc: TwoPointZero,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

/// An id of null is an id.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
