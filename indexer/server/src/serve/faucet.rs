//! The faucet's page, and the request behind it.

use super::{BODY_MAX, Served, peer::peer, problem::problem};
use crate::{
    faucet::{Faucet, Unpaid},
    filter::address,
};
use alloy::primitives::utils::format_ether;
use axum::{
    Json,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use edgeloom_index_api::Problem;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new().routes(routes!(page, pay))
}

/// Who wants to be paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FaucetRequest)]
struct Asked {
    address: String,
}

const OFF: &str = "this indexer has no faucet: start it with --faucet-key";

/// The faucet's page.
#[utoipa::path(get, path = "/faucet", responses(
    (status = 200, body = String, content_type = "text/html"),
    (status = 404, description = "This indexer has no faucet.", body = Problem)
))]
async fn page(State(Served(shared)): State<Served>) -> Response {
    let Some(faucet) = &shared.doors.faucet else { return problem(StatusCode::NOT_FOUND, OFF.into()) };
    let text = include_str!("faucet.html")
        .replace("{amount}", &amount(faucet))
        .replace("{payer}", &faucet.payer().to_checksum(None));
    Html(text).into_response()
}

/// Pays an address. The answer names the transaction; 202 when no node has taken it yet.
#[utoipa::path(post, path = "/faucet", request_body = Asked, responses(
    (status = 200, body = Object),
    (status = 202, body = Object),
    (status = 400, body = Problem),
    (status = 404, description = "This indexer has no faucet.", body = Problem),
    (status = 429, description = "A limit is reached; `Retry-After` tells how long.", body = Problem),
    (status = 503, body = Problem)
))]
async fn pay(State(Served(shared)): State<Served>, request: Request) -> Response {
    let Some(faucet) = &shared.doors.faucet else { return problem(StatusCode::NOT_FOUND, OFF.into()) };
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send JSON with `content-type: application/json`".into());
    }
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, format!("send at most {BODY_MAX} bytes"));
    };
    let asked: Asked = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(error) => return problem(StatusCode::BAD_REQUEST, format!("send {{\"address\": \"0x…\"}}: {error}")),
    };
    let account = match address("address", &asked.address) {
        Ok(account) if !account.is_zero() => account,
        Ok(_) => return problem(StatusCode::BAD_REQUEST, "nobody has the zero address".into()),
        Err(error) => return problem(StatusCode::BAD_REQUEST, error.to_string()),
    };
    match faucet.ask(account, peer(&parts, &shared.doors.trusted)).await {
        Ok(paid) => {
            let status = if paid.is_sent { StatusCode::OK } else { StatusCode::ACCEPTED };
            let answer =
                json!({ "transactionHash": paid.tx, "amountWei": faucet.amount().to_string(), "sent": paid.is_sent });
            (status, Json(answer)).into_response()
        }
        Err(unpaid) => refusal(&unpaid),
    }
}

fn refusal(unpaid: &Unpaid) -> Response {
    let status = match unpaid {
        Unpaid::Account(..) | Unpaid::Peer(_) | Unpaid::Total(_) => StatusCode::TOO_MANY_REQUESTS,
        Unpaid::Rejects { .. } => StatusCode::BAD_REQUEST,
        Unpaid::Dry { .. } | Unpaid::Node(_) | Unpaid::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Unpaid::Store(error) => {
            tracing::error!(%error, "the faucet failed");
            return problem(StatusCode::INTERNAL_SERVER_ERROR, "the index cannot be used at the moment".into());
        }
    };
    let mut response = problem(status, unpaid.to_string());
    if let Some(wait) = unpaid.retry_after() {
        let seconds = wait.as_millis().div_ceil(1000);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX)));
    }
    response
}

fn amount(faucet: &Faucet) -> String {
    let text = format_ether(faucet.amount());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
