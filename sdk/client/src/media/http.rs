//! A little HTTP: bytes in, bytes out, none longer than was said before, and from the address that was named: whoever answers there sends nobody elsewhere.

use std::{sync::LazyLock, time::Duration};

use reqwest::{Client, RequestBuilder, redirect::Policy};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::Error;

const PATIENCE: Duration = Duration::from_secs(20);

/// What a node says when it refuses.
#[derive(Deserialize)]
struct Refusal {
    why: String,
}

/// Made once: connections are kept.
static CLIENT: LazyLock<Result<Client, String>> = LazyLock::new(|| {
    let client = Client::builder().redirect(Policy::none()).timeout(PATIENCE);
    let client = client.connect_timeout(Duration::from_secs(3)).build();
    client.map_err(|error| format!("HTTP client: {error}"))
});

/// A path below an address.
pub(super) fn join(url: &Url, path: &str) -> Result<Url, Error> {
    let below = format!("{}/{path}", url.as_str().trim_end_matches('/'));
    Url::parse(&below).map_err(|error| Error::Settings(format!("{below:?} is no URL: {error}")))
}

pub(super) async fn get(url: &Url, most: usize) -> Result<Vec<u8>, Error> {
    answer(url, client()?.get(url.clone()), most).await
}

pub(super) async fn post(url: &Url, body: &impl Serialize, most: usize) -> Result<Vec<u8>, Error> {
    answer(url, client()?.post(url.clone()).json(body), most).await
}

fn client() -> Result<&'static Client, Error> {
    CLIENT.as_ref().map_err(|error| Error::Settings(error.clone()))
}

async fn answer(url: &Url, request: RequestBuilder, most: usize) -> Result<Vec<u8>, Error> {
    let failed = |source: reqwest::Error| Error::Transport { method: url.to_string(), source: Box::new(source) };
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > most {
            return Err(Error::Answer(format!("{url}: longer than {most} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return Ok(body);
    }
    let words = match serde_json::from_slice::<Refusal>(&body) {
        Ok(refusal) => refusal.why,
        Err(_) => String::from_utf8_lossy(&body).into_owned(),
    };
    let words: String = words.chars().filter(|c| !c.is_control()).take(300).collect();
    Err(Error::Answer(format!("{url}: {status}: {words}")))
}

#[cfg(test)]
mod tests;
