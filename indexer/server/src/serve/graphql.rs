//! GraphQL over POST. A query is bounded four times before it runs, each time before the work that is bounded:
//!
//! G1 brackets: at most 64 levels, counted in the text, so that parsing cannot exhaust the stack;
//! G2 fields: at most 10,000 once fragments are expanded, counted without expanding them;
//! G3 depth: at most 12 fields below each other;
//! G4 complexity: at most 30,000, where a list counts its fields once per row of the page and 100 for itself, a row that
//!    is looked up 10, and a job's input or output or a proposal's text 1,000;
//!
//! and once while it runs:
//!
//! G5 length: at most 4 MiB of JSON. What comes after is not asked for, and the answer is an error.
//!
//! Introspection is bounded by G1, G2, a depth of its own (the standard query of tools is 15 deep) and a length of 1 MiB.

mod bounds;
mod contracts;
mod drops;
mod institutions;
mod length;
mod loaders;
mod market;
mod nft;
mod pools;
mod query;
mod rows;
mod sales;
mod wheres;

use super::{
    Served,
    problem::{Failed, problem},
};
use crate::{progress::Progress, store::Store};
use async_graphql::{
    EmptyMutation, EmptySubscription, ErrorExtensionValues, Request, Response as GraphResponse, Schema, ServerError,
    Value, dataloader::DataLoader, parser::parse_query,
};
use async_graphql_axum::GraphQLResponse;
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use length::LengthMax;
use query::Query;

/// G3.
const DEPTH_MAX: usize = 12;
/// The standard introspection query is 15 deep.
const INTROSPECTION_DEPTH_MAX: usize = 20;
/// G4.
const COMPLEXITY_MAX: usize = 30_000;
/// G5, bytes.
const LENGTH_MAX: usize = 4 << 20;
const INTROSPECTION_LENGTH_MAX: usize = 1 << 20;
/// Directives on one field.
const DIRECTIVES_MAX: usize = 16;

type IndexSchema = Schema<Query, EmptyMutation, EmptySubscription>;

/// The schema, under both sets of bounds.
pub(super) struct Schemas {
    rows: IndexSchema,
    introspection: IndexSchema,
}

impl Schemas {
    pub(super) fn new(store: &Store, progress: &Progress) -> Self {
        let schema = || {
            Schema::build(Query::default(), EmptyMutation, EmptySubscription)
                .data(store.clone())
                .data(progress.clone())
                .data(DataLoader::new(loaders::Rows(store.clone()), tokio::spawn))
                .limit_directives(DIRECTIVES_MAX)
        };
        let rows = schema().limit_depth(DEPTH_MAX).limit_complexity(COMPLEXITY_MAX).extension(LengthMax(LENGTH_MAX));
        let introspection = schema()
            .introspection_only()
            .limit_depth(INTROSPECTION_DEPTH_MAX)
            .extension(LengthMax(INTROSPECTION_LENGTH_MAX));
        let (rows, introspection) = (rows.finish(), introspection.finish());
        Self { rows, introspection }
    }

    pub(super) async fn execute(&self, mut request: Request) -> GraphResponse {
        if let Err(exceeded) = bounds::brackets(&request.query) {
            return refused(exceeded.to_string());
        }
        let document = match parse_query(&request.query) {
            Ok(document) => document,
            Err(error) => return GraphResponse::from_errors(vec![error.into()]),
        };
        if let Err(exceeded) = bounds::fields(&document) {
            return refused(exceeded.to_string());
        }
        let schema = if bounds::is_introspection(&document) { &self.introspection } else { &self.rows };
        request.set_parsed_query(document);
        let mut response = schema.execute(request).await;
        for error in &mut response.errors {
            match error.message.as_str() {
                "Query is nested too deep." => {
                    error.message = format!("Query is nested deeper than {DEPTH_MAX} fields.")
                }
                "Query is too complex." => {
                    error.message = format!(
                        "Query costs more than {COMPLEXITY_MAX} (fields × rows per page; a list itself costs 100, a job's bytes or a proposal's text 1000): ask for fewer rows or fields."
                    );
                }
                _ => {}
            }
        }
        response
    }
}

fn refused(message: String) -> GraphResponse {
    GraphResponse::from_errors(vec![ServerError::new(message, None)])
}

/// Runs a GraphQL query: `{"query": "{ jobs(first: 3) { items { id phase } } }"}`. The answer's `errors` say what is wrong.
#[utoipa::path(
    post, path = "/graphql", request_body = serde_json::Value,
    responses((status = 200, description = "`data`, and `errors` if there are any", body = serde_json::Value), Failed)
)]
pub(super) async fn answer(
    State(Served(shared)): State<Served>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejected) => return problem(rejected.status(), rejected.body_text()),
    };
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") && !kind.starts_with("application/graphql-response+json") {
        let message = "send a GraphQL request with `content-type: application/json`".into();
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    // An array would be taken for a request with its fields in order, or for a batch, which nothing bounds.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let request = match serde_json::from_slice::<Request>(&body) {
        Ok(request) if is_object => request,
        Ok(_) => return problem(StatusCode::BAD_REQUEST, "send one request at a time: an object with `query`".into()),
        Err(error) => {
            let message = format!("not a GraphQL request (one object with `query` and perhaps `variables`): {error}");
            return problem(StatusCode::BAD_REQUEST, message);
        }
    };
    let response = shared.schemas.execute(request).await;
    (status(&response), GraphQLResponse::from(response)).into_response()
}

/// 400 when nothing was executed or an argument was wrong, 500 when reading failed, 503 when it took too long, else 200.
fn status(response: &GraphResponse) -> StatusCode {
    let code = |error: &ServerError| {
        let extensions: Option<&ErrorExtensionValues> = error.extensions.as_ref();
        extensions.and_then(|extensions| extensions.get("code")).cloned()
    };
    let has = |wanted: &str| response.errors.iter().any(|error| code(error) == Some(Value::from(wanted)));
    if has(rows::INTERNAL) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if has(rows::UNAVAILABLE) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if has(rows::BAD_INPUT) || response.errors.iter().any(|error| error.path.is_empty()) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    }
}

#[cfg(test)]
mod tests;
