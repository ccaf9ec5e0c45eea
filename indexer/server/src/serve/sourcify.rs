//! Verification as Sourcify's API v2 has it: this is a Sourcify server for one chain.

mod answers;

use super::{
    Served, Shared,
    peer::peer,
    turns::{self, SourceTurns, Turns},
};
use crate::{
    filter::{CONTRACTS_BY_NUMBER, address, hash},
    page::{PageArguments, PageRequest, Value as Key},
    store::{Count, StoreError, contracts::Verification},
    verify::{
        compare::Match,
        input::{InputError, Submission, identifier, standard, version},
        standard_json,
    },
};
use alloy::primitives::{Address, B128, B256};
use answers::{Fields, chosen, none, summary, time, whole};
pub(super) use answers::{parse_uuid, uuid};
use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequestParts, Path, Query, Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware,
    response::{IntoResponse, Response},
};
use edgeloom_index_api::OrderDirection;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Requests with sources that are read at the same time.
const AT_ONCE: usize = 16;

pub(super) fn routes() -> OpenApiRouter<Served> {
    let turns = SourceTurns {
        turns: Turns::new(AT_ONCE),
        refuse: |status, message| Wrong::new(status, "invalid_parameter", message).into_response(),
        passes: |request| request.method() == Method::GET && request.uri().path().starts_with("/v2/verify/"),
    };
    OpenApiRouter::new()
        .routes(routes!(verify))
        .routes(routes!(verify_metadata))
        .routes(routes!(job))
        .routes(routes!(contract))
        .routes(routes!(contracts))
        .routes(routes!(compilers))
        .route_layer(middleware::from_fn_with_state(turns, turns::read))
        .layer(DefaultBodyLimit::disable())
}

/// Sourcify's form of an error.
#[derive(Debug)]
struct Wrong {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<u64>,
}

impl Wrong {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    fn parameter(message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_parameter", message.to_string())
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let body = json!({ "customCode": self.code, "message": self.message, "errorId": uuid(B128::random()) });
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request for sources failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "the index cannot be used at the moment")
    }
}

impl From<InputError> for Wrong {
    fn from(error: InputError) -> Self {
        let code = match &error {
            InputError::Language(_) => "unsupported_language",
            InputError::Version(_) => "invalid_compiler_version",
            InputError::Name => "invalid_contract_identifier",
            _ => "invalid_json",
        };
        let status = if matches!(error, InputError::TooLarge(_)) {
            StatusCode::PAYLOAD_TOO_LARGE
        } else {
            StatusCode::BAD_REQUEST
        };
        Self::new(status, code, error.to_string())
    }
}

/// `{chain}/{address}` of this chain.
struct Place(Address);

impl FromRequestParts<Served> for Place {
    type Rejection = Wrong;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Wrong> {
        let path = Path::<(String, String)>::from_request_parts(parts, served).await;
        let Path((chain, text)) = path.map_err(Wrong::parameter)?;
        this_chain(&served.0, &chain)?;
        Ok(Self(address("address", &text).map_err(Wrong::parameter)?))
    }
}

fn this_chain(shared: &Shared, chain: &str) -> Result<u64, Wrong> {
    let wait = "the indexer has not reached a node yet";
    let ours = shared.progress.state().identity;
    let ours = ours.ok_or_else(|| Wrong::new(StatusCode::SERVICE_UNAVAILABLE, "internal_error", wait))?.chain_id;
    if chain == ours.to_string() {
        return Ok(ours);
    }
    let chain: String = chain.chars().take(32).collect();
    Err(Wrong::new(StatusCode::NOT_FOUND, "unsupported_chain", format!("chain {chain} is not indexed here: {ours} is")))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VerifyStandardJson)]
struct Standard {
    #[schema(value_type = Object)]
    std_json_input: Value,
    /// Such as 0.8.37 or v0.8.37+commit.f401782d.
    compiler_version: String,
    /// `path/File.sol:Name`.
    contract_identifier: String,
    #[serde(default)]
    creation_transaction_hash: Option<String>,
}

/// Takes standard JSON and gives the number under which to ask for the verdict.
#[utoipa::path(post, path = "/v2/verify/{chain}/{address}", params(("chain" = String, Path), ("address" = String, Path)),
    request_body = Standard, responses(
    (status = 202, description = "`verificationId`", body = Object),
    (status = 400, body = Object), (status = 404, description = "Another chain.", body = Object),
    (status = 409, description = "It is verified already.", body = Object), (status = 429, body = Object)
))]
async fn verify(
    State(Served(shared)): State<Served>,
    Place(address): Place,
    request: Request,
) -> Result<Response, Wrong> {
    let body: Standard = body(&shared, request).await?;
    let (file, name) = identifier(&body.contract_identifier)?;
    let submission = Submission {
        address,
        compiler: version(&body.compiler_version)?,
        file,
        name,
        input: bounded(&standard(body.std_json_input)?)?,
        creation_tx: transaction(body.creation_transaction_hash.as_deref())?,
        arguments: None,
    };
    submit(&shared, &submission).await
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VerifyMetadata)]
struct WithMetadata {
    /// Texts by any name.
    #[schema(value_type = Object)]
    sources: Value,
    #[schema(value_type = Object)]
    metadata: Value,
    #[serde(default)]
    creation_transaction_hash: Option<String>,
}

/// Takes the metadata that solc wrote, and its sources.
#[utoipa::path(post, path = "/v2/verify/metadata/{chain}/{address}", params(("chain" = String, Path), ("address" = String, Path)),
    request_body = WithMetadata, responses(
    (status = 202, description = "`verificationId`", body = Object),
    (status = 400, body = Object), (status = 404, description = "Another chain.", body = Object),
    (status = 409, description = "It is verified already.", body = Object), (status = 429, body = Object)
))]
async fn verify_metadata(
    State(Served(shared)): State<Served>,
    Place(address): Place,
    request: Request,
) -> Result<Response, Wrong> {
    let body: WithMetadata = body(&shared, request).await?;
    let (input, compiler, [file, name]) = standard_json(&body.metadata, &body.sources)?;
    let submission = Submission {
        address,
        compiler: version(&compiler)?,
        file: Some(file),
        name,
        input: bounded(&input)?,
        creation_tx: transaction(body.creation_transaction_hash.as_deref())?,
        arguments: None,
    };
    submit(&shared, &submission).await
}

fn bounded(input: &Value) -> Result<String, InputError> {
    let text = input.to_string();
    if text.len() > crate::verify::input::INPUT_MAX { Err(InputError::TooLarge(text.len())) } else { Ok(text) }
}

fn transaction(text: Option<&str>) -> Result<Option<B256>, Wrong> {
    text.map(|text| hash("creationTransactionHash", text)).transpose().map_err(Wrong::parameter)
}

/// A JSON body from a peer that has not sent too many.
async fn body<T: serde::de::DeserializeOwned>(shared: &Shared, request: Request) -> Result<T, Wrong> {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        let message = "send JSON with `content-type: application/json`";
        return Err(Wrong::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_parameter", message));
    }
    if let Some(wait) = shared.pace.wait(&peer(&parts, &shared.doors.trusted)) {
        let message = format!("too many submissions from your network address: wait {} s", wait.as_secs() + 1);
        let wrong = Wrong::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message);
        return Err(Wrong { retry_after: Some(wait.as_secs() + 1), ..wrong });
    }
    let bytes: Bytes = axum::body::to_bytes(body, turns::SOURCES_MAX).await.map_err(Wrong::parameter)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Wrong::new(StatusCode::BAD_REQUEST, "invalid_json", error.to_string()))
}

async fn submit(shared: &Shared, submission: &Submission) -> Result<Response, Wrong> {
    let known = shared.store.contract(submission.address).await?;
    if known.is_some_and(|known| known.verdict() == Match::ExactMatch && known.runtime == Match::ExactMatch) {
        let message = format!("contract {} is already verified with an exact match", submission.address);
        return Err(Wrong::new(StatusCode::CONFLICT, "already_verified", message));
    }
    match shared.doors.desk.submit(submission).await? {
        Some(id) => Ok((StatusCode::ACCEPTED, Json(json!({ "verificationId": uuid(id) }))).into_response()),
        None => {
            let message = "too many verifications wait: try again in a minute";
            let wrong = Wrong::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message);
            Err(Wrong { retry_after: Some(60), ..wrong })
        }
    }
}

/// How far a verification is. Waits up to ten seconds for its end.
#[utoipa::path(get, path = "/v2/verify/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = Object), (status = 404, body = Object)
))]
async fn job(State(Served(shared)): State<Served>, Path(id): Path<String>) -> Result<Json<Value>, Wrong> {
    let unknown = || {
        Wrong::new(StatusCode::NOT_FOUND, "job_not_found", "there is no verification with this id, or it was long ago")
    };
    let found = shared.doors.desk.end(parse_uuid(&id).ok_or_else(unknown)?).await?.ok_or_else(unknown)?;
    let chain = shared.progress.state().identity.map_or(0, |identity| identity.chain_id);
    let mut answer = json!({
        "isJobCompleted": found.end.is_some(),
        "verificationId": uuid(found.id),
        "jobStartTime": time(found.started_ms),
    });
    let mut contract = none(chain, found.address);
    if let Verification { end: Some(end), .. } = &found {
        answer["jobFinishTime"] = time(end.ms).into();
        match &end.error {
            Some((code, message)) => {
                answer["error"] = json!({ "customCode": code, "message": message, "errorId": uuid(found.id) });
            }
            None => {
                if let Some(verified) = shared.store.contract(found.address).await? {
                    contract = summary(chain, &verified);
                }
            }
        }
    }
    answer["contract"] = contract;
    Ok(Json(answer))
}

/// A verified contract; by default only how well it matches.
#[utoipa::path(get, path = "/v2/contract/{chain}/{address}",
    params(("chain" = String, Path), ("address" = String, Path), Fields),
    responses((status = 200, body = Object), (status = 404, description = "It is not verified.", body = Object)
))]
async fn contract(
    State(Served(shared)): State<Served>,
    Place(address): Place,
    Query(query): Query<Fields>,
) -> Result<Response, Wrong> {
    let chain = shared.progress.state().identity.map_or(0, |identity| identity.chain_id);
    let (Some(contract), Some(sources)) = (shared.store.contract(address).await?, shared.store.sources(address).await?)
    else {
        return Ok((StatusCode::NOT_FOUND, Json(none(chain, address))).into_response());
    };
    let answer = chosen(summary(chain, &contract), whole(&contract, &sources), &query).map_err(Wrong::parameter)?;
    Ok(Json(answer).into_response())
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Listed {
    sort: Option<OrderDirection>,
    /// 1 to 200.
    limit: Option<u32>,
    after_match_id: Option<String>,
}

/// Verified contracts, newest first unless asked otherwise.
#[utoipa::path(get, path = "/v2/contracts/{chain}", params(("chain" = String, Path), Listed), responses(
    (status = 200, body = Object), (status = 400, body = Object), (status = 404, description = "Another chain.", body = Object)
))]
async fn contracts(
    State(Served(shared)): State<Served>,
    Path(chain): Path<String>,
    Query(query): Query<Listed>,
) -> Result<Json<Value>, Wrong> {
    const LIMIT_MAX: u32 = 200;
    let chain = this_chain(&shared, &chain)?;
    let limit = query.limit.unwrap_or(LIMIT_MAX);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Wrong::parameter(format!("`limit` is 1 to {LIMIT_MAX}")));
    }
    let direction = query.sort.unwrap_or(OrderDirection::Desc);
    let arguments = PageArguments { direction, limit: Some(limit), after: None };
    let mut page = PageRequest::parse(CONTRACTS_BY_NUMBER, &arguments).map_err(Wrong::parameter)?;
    if let Some(after) = query.after_match_id {
        let after: i64 = after.parse().map_err(|_| Wrong::parameter("`afterMatchId` is a number"))?;
        page.after = Some((Key::Number(after), Key::Number(after)));
    }
    let found = shared.store.contracts(&page, Count::No).await?;
    let results: Vec<_> = found.items.iter().map(|contract| summary(chain, contract)).collect();
    Ok(Json(json!({ "results": results })))
}

/// Not Sourcify's: which compilers a submission can name.
#[utoipa::path(get, path = "/v2/compilers", responses((status = 200, body = Object)))]
async fn compilers(State(Served(shared)): State<Served>) -> Json<Value> {
    Json(json!({ "solc": shared.doors.compilers.versions() }))
}

#[cfg(test)]
mod tests;
