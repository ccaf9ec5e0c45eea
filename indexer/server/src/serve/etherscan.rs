//! Verification as Etherscan's API has it, which forge, hardhat and Blockscout's users speak: everything at one path, arguments
//! in the query or in a form, every answer 200 with `status` "1" or "0".

use super::{
    Served, Shared,
    peer::peer,
    sourcify::{parse_uuid, uuid},
    turns::{self, SourceTurns, Turns},
};
use crate::{
    filter::address,
    record::{Contract, Sources},
    store::{StoreError, contracts::Verification},
    verify::{
        compare::Match,
        input::{INPUT_MAX, Submission, identifier, standard, version},
    },
};
use alloy::primitives::{Address, Bytes, hex};
use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Requests that are read at the same time.
const AT_ONCE: usize = 16;
/// As Etherscan's.
const CREATIONS_MAX: usize = 5;
/// Arguments of one request; the most that is known is two per library and a dozen others.
const ARGUMENTS_MAX: usize = 64;

const UNVERIFIED: &str = "Contract source code not verified";

pub(super) fn routes() -> OpenApiRouter<Served> {
    let refuse = |_, message| NotOk(message).into_response();
    let turns = SourceTurns { turns: Turns::new(AT_ONCE), refuse, passes: asks_for_a_state };
    OpenApiRouter::new()
        .routes(routes!(answer))
        .routes(routes!(answer_with_slash))
        .routes(routes!(answer_second))
        .route_layer(middleware::from_fn_with_state(turns, turns::read))
        .layer(DefaultBodyLimit::disable())
}

/// Whether it does nothing but ask how far a verification is.
fn asks_for_a_state(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let mut actions = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name.eq_ignore_ascii_case("action"))
        .map(|(_, action)| action == "checkverifystatus")
        .peekable();
    request.method() == Method::GET && actions.peek().is_some() && actions.all(|is_state| is_state)
}

/// A refusal: `result` says why. Clients look at some of these texts.
#[derive(Debug)]
struct NotOk(String);

impl IntoResponse for NotOk {
    fn into_response(self) -> Response {
        Json(json!({ "status": "0", "message": "NOTOK", "result": self.0 })).into_response()
    }
}

impl From<StoreError> for NotOk {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request for sources failed");
        Self("the index cannot be used at the moment".into())
    }
}

fn not(message: impl ToString) -> NotOk {
    NotOk(message.to_string())
}

/// What was asked, from the query and the form.
struct Arguments(HashMap<String, String>);

impl Arguments {
    async fn read(request: Request) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let mut all = parts.uri.query().unwrap_or_default().to_owned();
        if parts.method == Method::POST {
            let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
                let said = not("send a form with `content-type: application/x-www-form-urlencoded`");
                return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, said).into_response());
            }
            let form =
                axum::body::to_bytes(body, turns::SOURCES_MAX).await.map_err(|error| not(error).into_response())?;
            all = [all.as_bytes(), b"&", &form].concat().try_into().map_err(|error| not(error).into_response())?;
        }
        let pairs = url::form_urlencoded::parse(all.as_bytes()).take(ARGUMENTS_MAX);
        Ok(Self(pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned())).collect()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn need(&self, name: &str) -> Result<&str, NotOk> {
        self.get(name).ok_or_else(|| not(format!("Error! Missing or invalid `{name}`")))
    }

    fn address(&self, name: &'static str) -> Result<Address, NotOk> {
        address(name, self.need(name)?).map_err(not)
    }
}

/// Etherscan's API of contracts: `module=contract` with `action` verifysourcecode, checkverifystatus, getabi, getsourcecode
/// or getcontractcreation, in the query or in a form. What fails has `status` 0, and `result` says why.
#[utoipa::path(method(get, post), path = "/api", responses((status = 200, body = Object)))]
async fn answer(served: State<Served>, request: Request) -> Response {
    reply(served, request).await
}

/// As `/api`: some clients put a slash behind.
#[utoipa::path(method(get, post), path = "/api/", responses((status = 200, body = Object)))]
async fn answer_with_slash(served: State<Served>, request: Request) -> Response {
    reply(served, request).await
}

/// As `/api`: the form that names the chain by `chainid`.
#[utoipa::path(method(get, post), path = "/v2/api", responses((status = 200, body = Object)))]
async fn answer_second(served: State<Served>, request: Request) -> Response {
    reply(served, request).await
}

async fn reply(State(Served(shared)): State<Served>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let who = peer(&parts, &shared.doors.trusted);
    let asked = match Arguments::read(Request::from_parts(parts, body)).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    match act(&shared, &asked, &who).await {
        Ok(result) => Json(json!({ "status": "1", "message": "OK", "result": result })).into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn act(shared: &Shared, asked: &Arguments, who: &Vec<u8>) -> Result<Value, NotOk> {
    let ours = shared.progress.state().identity.ok_or_else(|| not("the indexer has not reached a node yet"))?;
    if let Some(chain) = asked.get("chainid").filter(|chain| *chain != ours.chain_id.to_string()) {
        return Err(not(format!("Missing or unsupported chainid parameter: {chain}; this is {}", ours.chain_id)));
    }
    let module = asked.get("module").unwrap_or_default();
    match (module, asked.get("action").unwrap_or_default()) {
        ("contract", "verifysourcecode") => submit(shared, asked, who).await,
        ("contract", "checkverifystatus") => state(shared, asked).await,
        ("contract", "getabi") => {
            let sources = shared.store.sources(asked.address("address")?).await?;
            sources.map(|sources| sources.abi.into()).ok_or_else(|| not(UNVERIFIED))
        }
        ("contract", "getsourcecode") => source(shared, asked.address("address")?).await,
        ("contract", "getcontractcreation") => {
            // Dozens of questions to a node each.
            paced(shared, who)?;
            creations(shared, asked.need("contractaddresses")?).await
        }
        (_, action) => {
            let known = "verifysourcecode, checkverifystatus, getabi, getsourcecode and getcontractcreation";
            let (module, action): (String, String) =
                (module.chars().take(40).collect(), action.chars().take(40).collect());
            Err(not(format!(
                "Error! Missing or invalid action name: module=contract has {known}, not {module}/{action}"
            )))
        }
    }
}

fn paced(shared: &Shared, who: &Vec<u8>) -> Result<(), NotOk> {
    let wait = shared.pace.wait(who);
    wait.map_or(Ok(()), |wait| Err(not(format!("Max rate limit reached: wait {} s", wait.as_secs() + 1))))
}

async fn submit(shared: &Shared, asked: &Arguments, who: &Vec<u8>) -> Result<Value, NotOk> {
    paced(shared, who)?;
    let address = asked.address("contractaddress")?;
    let known = shared.store.contract(address).await?;
    if known.is_some_and(|known| known.verdict() == Match::ExactMatch && known.runtime == Match::ExactMatch) {
        return Err(not("Contract source code already verified"));
    }
    // forge asks again when it reads this text.
    let code = shared.doors.nodes.code(address).await.map_err(not)?;
    if code.is_empty() {
        return Err(not(format!("Unable to locate ContractCode at {address}")));
    }
    let (file, name) = identifier(asked.need("contractname")?).map_err(not)?;
    let source = asked.need("sourcecode")?;
    let input = match asked.get("codeformat").unwrap_or("solidity-single-file") {
        "solidity-standard-json-input" => {
            // Some clients put braces around the JSON, as Etherscan's answers have them.
            let inner = source.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
            let parsed = serde_json::from_str::<Value>(source);
            parsed.or_else(|error| inner.map_or(Err(error), serde_json::from_str)).map_err(not)?
        }
        "solidity-single-file" => single_file(asked, &name, source),
        other => {
            return Err(not(format!(
                "Error! codeformat {} is not supported",
                other.chars().take(40).collect::<String>()
            )));
        }
    };
    let input = standard(input).map_err(not)?.to_string();
    if input.len() > INPUT_MAX {
        return Err(not(format!("the sources have {} bytes, more than {INPUT_MAX}", input.len())));
    }
    // Etherscan's own spelling, and the right one.
    let arguments = asked.get("constructorarguements").or_else(|| asked.get("constructorarguments"));
    let arguments = arguments.map(|text| hex::decode(text).map(Bytes::from)).transpose();
    let submission = Submission {
        address,
        compiler: version(asked.need("compilerversion")?).map_err(not)?,
        file,
        name,
        input,
        creation_tx: None,
        arguments: arguments.map_err(|error| not(format!("Error! constructor arguments: {error}")))?,
    };
    let id = shared.doors.desk.submit(&submission).await?;
    id.map(|id| uuid(id).into()).ok_or_else(|| not("Max rate limit reached: too many verifications wait"))
}

/// The old form: one file, and settings as arguments.
fn single_file(asked: &Arguments, name: &str, source: &str) -> Value {
    let mut settings = json!({
        "optimizer": {
            "enabled": asked.get("optimizationused") == Some("1"),
            "runs": asked.get("runs").and_then(|runs| runs.parse::<u32>().ok()).unwrap_or(200),
        },
    });
    if let Some(version) = asked.get("evmversion").filter(|version| !version.eq_ignore_ascii_case("default")) {
        settings["evmVersion"] = version.to_ascii_lowercase().into();
    }
    if matches!(asked.get("viair"), Some("1" | "true")) {
        settings["viaIR"] = true.into();
    }
    let file = format!("{name}.sol");
    let libraries: Map<String, Value> = (1..=10)
        .filter_map(|n| Some((asked.get(&format!("libraryname{n}"))?, asked.get(&format!("libraryaddress{n}"))?)))
        .map(|(library, address)| (library.to_owned(), address.into()))
        .collect();
    if !libraries.is_empty() {
        settings["libraries"] = json!({ &file: libraries });
    }
    json!({ "language": "Solidity", "sources": { file: { "content": source } }, "settings": settings })
}

async fn state(shared: &Shared, asked: &Arguments) -> Result<Value, NotOk> {
    let unknown = || not("Unknown UID");
    let id = parse_uuid(asked.need("guid")?).ok_or_else(unknown)?;
    let found: Verification = shared.doors.desk.end(id).await?.ok_or_else(unknown)?;
    match found.end.map(|end| end.error) {
        None => Err(not("Pending in queue")),
        Some(None) => Ok("Pass - Verified".into()),
        Some(Some((code, _))) if code == "already_verified" => Err(not("Already Verified")),
        Some(Some((_, message))) => Err(not(format!("Fail - Unable to verify: {message}"))),
    }
}

async fn source(shared: &Shared, address: Address) -> Result<Value, NotOk> {
    let found = (shared.store.contract(address).await?, shared.store.sources(address).await?);
    let (Some(contract), Some(sources)) = found else {
        return Ok(json!([row(&["", UNVERIFIED, "", "", "", "", "", "", "", "Default", ""])]));
    };
    Ok(json!([described(&contract, &sources)]))
}

fn described(contract: &Contract, sources: &Sources) -> Value {
    let input = sources.input();
    let settings = &input["settings"];
    // Etherscan's mark of standard JSON: one more pair of braces.
    let code = format!("{{{}}}", sources.input);
    let arguments = contract.created.as_ref().map(|created| hex::encode(&created.arguments)).unwrap_or_default();
    let libraries: Vec<_> = sources
        .links
        .libraries
        .iter()
        .map(|(name, at)| format!("{}:{at}", name.rsplit(':').next().unwrap_or(name)))
        .collect();
    let optimized = if settings["optimizer"]["enabled"] == true { "1" } else { "0" };
    row(&[
        &code,
        &sources.abi,
        &contract.name,
        &format!("v{}", contract.compiler),
        "solc",
        optimized,
        &settings["optimizer"]["runs"].as_u64().unwrap_or(200).to_string(),
        &arguments,
        &contract.file,
        settings["evmVersion"].as_str().unwrap_or("Default"),
        &libraries.join(";"),
    ])
}

fn row(values: &[&str; 11]) -> Value {
    let names = [
        "SourceCode",
        "ABI",
        "ContractName",
        "CompilerVersion",
        "CompilerType",
        "OptimizationUsed",
        "Runs",
        "ConstructorArguments",
        "ContractFileName",
        "EVMVersion",
        "Library",
    ];
    let mut row: Map<String, Value> =
        names.into_iter().zip(values).map(|(name, value)| (name.to_owned(), (*value).into())).collect();
    for (name, value) in
        [("LicenseType", ""), ("Proxy", "0"), ("Implementation", ""), ("SwarmSource", ""), ("SimilarMatch", "")]
    {
        row.insert(name.into(), value.into());
    }
    row.into()
}

async fn creations(shared: &Shared, list: &str) -> Result<Value, NotOk> {
    let mut rows = Vec::new();
    for text in list.split(',').take(CREATIONS_MAX) {
        let at = address("contractaddresses", text.trim()).map_err(not)?;
        if let Some(created) = shared.doors.nodes.creation(at).await.map_err(not)? {
            rows.push(json!({
                "contractAddress": hex::encode_prefixed(at),
                "contractCreator": hex::encode_prefixed(created.deployer),
                "txHash": created.tx,
                "blockNumber": created.block.to_string(),
                "contractFactory": "",
                "creationBytecode": created.input,
            }));
        }
    }
    if rows.is_empty() { Err(not("No data found")) } else { Ok(rows.into()) }
}
