//! What may be answered (R3).

use serde_json::Value;

/// The codes that the node defines. JSON-RPC: -32700 no JSON, -32600 no request, -32601 no such method, -32602 wrong
/// parameters. geth's: -32000 refused, 3 reverted, 4 late (EIP-7966), -32004 not possible here, -32005 too much. jsonrpsee's: -32006
/// too many subscriptions, -32008 an answer too large, -32010 a batch too large, -32011 a batch's answer too large.
pub const CODES: [i64; 13] =
    [-32700, -32600, -32601, -32602, -32000, 3, 4, -32003, -32004, -32005, -32006, -32008, -32010];

/// `eth_simulateV1`'s own (execution-apis).
const SIMULATION: std::ops::RangeInclusive<i64> = -38_030..=-38_010;

/// Why `text` is not an answer.
///
/// # Errors
/// In words.
pub fn check(text: &[u8]) -> Result<Value, String> {
    let value: Value = serde_json::from_slice(text).map_err(|error| format!("not JSON ({error}): {}", shown(text)))?;
    match &value {
        Value::Array(answers) if answers.is_empty() => return Err("an empty batch".into()),
        Value::Array(answers) => answers.iter().try_for_each(one)?,
        single => one(single)?,
    }
    Ok(value)
}

fn one(answer: &Value) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{what}: {}", shown(answer.to_string().as_bytes())));
    if answer["jsonrpc"] != "2.0" {
        return wrong("no \"jsonrpc\": \"2.0\"");
    }
    if answer["method"] == "eth_subscription" {
        return if answer["params"]["subscription"].is_string() { Ok(()) } else { wrong("a subscription without id") };
    }
    if answer.get("id").is_none() {
        return wrong("no id");
    }
    match (answer.get("result"), answer.get("error")) {
        (Some(_), None) => Ok(()),
        (None, Some(error)) => {
            let Some(code) = error["code"].as_i64() else { return wrong("an error without code") };
            if !error["message"].is_string() {
                return wrong("an error without message");
            }
            if CODES.contains(&code) || SIMULATION.contains(&code) { Ok(()) } else { wrong("an undefined code") }
        }
        _ => wrong("not one of result and error"),
    }
}

/// The beginning, for messages.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let end = bytes.len().min(300);
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    if end < bytes.len() { format!("{text}… ({} bytes)", bytes.len()) } else { text }
}
