//! No trace takes the node with it, whatever it runs.

use super::world::{REVERTER, World};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn running(code: &str) -> Value {
    json!({ REVERTER.to_string(): { "code": code } })
}

fn traced(code: &str, options: Value) -> Value {
    let mut options = options;
    options["stateOverrides"] = running(code);
    json!([{ "to": REVERTER, "gas": "0x1c9c380" }, "latest", options])
}

#[tokio::test]
async fn a_loop_of_30_million_gas_is_not_logged_but_its_first_steps_are() {
    let world = World::dev().await;
    let (code, message) =
        world.fail("debug_traceCall", traced("0x5b5f5f5f5f5f50505050505f56", json!({ "timeout": "60s" }))).await;
    assert_eq!(code, -32005, "{message}");
    for advice in ["limit", "disableStack", "enableMemory: false"] {
        assert!(message.contains(advice), "{message}");
    }
    let few = world.get("debug_traceCall", traced("0x5b5f56", json!({ "limit": 1_000 }))).await;
    assert_eq!((few["structLogs"].as_array().unwrap().len(), &few["failed"]), (1_000, &json!(true)));
}

#[tokio::test]
async fn a_trace_ends_when_its_time_is_over() {
    let world = World::dev().await;
    let began = Instant::now();
    for tracer in ["", "callTracer", "prestateTracer"] {
        let options = json!({ "timeout": "1ms", "limit": 1, "tracer": tracer });
        let (code, message) = world.fail("debug_traceCall", traced("0x5b5f56", options)).await;
        assert!(code == -32005 && message.starts_with("execution timeout"), "{message}");
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn snapshots_of_storage_do_not_add_up() {
    let world = World::dev().await;
    // Reads one slot more each time, and with it all those before are shown.
    let (code, message) = world.fail("debug_traceCall", traced("0x5f5b80545060010160015600", json!({}))).await;
    assert!(code == -32005 && message.contains("disableStorage"), "{message}");
}

#[tokio::test]
async fn inputs_that_every_call_repeats_are_charged() {
    let world = World::dev().await;
    // A mebibyte of memory, given to the identity precompile's neighbour without code, again and again.
    let code = "0x5b5f5f621000005f5f60aa5af1505f56";
    for tracer in ["callTracer", "flatCallTracer"] {
        let (code, message) = world.fail("debug_traceCall", traced(code, json!({ "tracer": tracer }))).await;
        assert!(code == -32005 && message.starts_with("the trace is larger than"), "{tracer}: {message}");
    }
}

/// Calls itself with all its gas.
const DIVE: &str = "0x5f5f5f5f5f305af100";

#[tokio::test]
async fn the_deepest_nesting_is_written() {
    let world = World::dev().await;
    let call = json!([{ "to": REVERTER, "gas": "0x55d4a80" }, "latest", { "tracer": "callTracer", "stateOverrides": running(DIVE) }]);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "debug_traceCall", "params": call });
    let (_, answer) = world.post(body.to_string().as_bytes()).await;
    let depth = answer.matches("\"calls\":[").count();
    assert!(depth > 500 && answer.contains("\"result\""), "{depth}");
    assert_eq!(answer.matches('{').count(), answer.matches('}').count());
    let call =
        json!([{ "to": REVERTER, "gas": "0x55d4a80" }, ["vmTrace", "trace", "stateDiff"], "latest", running(DIVE)]);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "trace_call", "params": call });
    let (_, answer) = world.post(body.to_string().as_bytes()).await;
    assert!(answer.contains("\"result\"") && answer.matches("\"sub\":{").count() > 500);
}

#[tokio::test]
async fn steps_with_their_changes_are_bounded_too() {
    let world = World::dev().await;
    let call = |code: &str| json!([{ "to": REVERTER, "gas": "0x1c9c380" }, ["vmTrace"], "latest", running(code)]);
    let (code, message) = world.fail("trace_call", call("0x5b5f56")).await;
    assert_eq!(code, -32005, "{message}");
    // Copies a mebibyte of memory again and again.
    let (code, message) = world.fail("trace_call", call("0x5b621000005f60205e5f56")).await;
    assert!(code == -32005 && message.contains("vmTrace"), "{message}");
}
