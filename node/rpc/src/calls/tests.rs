use super::{Asked, Calls};
use crate::{room::Room, turns::Turns};
use jsonrpsee::RpcModule;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{sync::mpsc, time::Duration};

/// `eth_estimateGas` runs in turns and `eth_chainId` does not: both panic. `eth_syncing` answers.
fn calls() -> Calls {
    let mut module = RpcModule::new(());
    module.register_method("eth_estimateGas", |_, (), _| -> bool { panic!("a bug") }).unwrap();
    module.register_method("eth_chainId", |_, (), _| -> bool { panic!("a bug") }).unwrap();
    module.register_async_method("eth_accounts", |_, _, _| async { panic!("a bug") as bool }).unwrap();
    module.register_method("eth_syncing", |_, (), _| false).unwrap();
    Calls::new(module.into(), Turns::default())
}

async fn ask(calls: &Calls, body: Value) -> Value {
    let answer =
        calls.answer(Asked::parse(body.to_string().as_bytes()), None, &Room::default()).await.expect("an answer");
    serde_json::from_slice(answer.as_ref()).unwrap()
}

#[tokio::test]
async fn a_panic_is_an_internal_error_of_its_call() {
    for method in ["eth_estimateGas", "eth_chainId", "eth_accounts"] {
        let answer = ask(&calls(), json!({ "jsonrpc": "2.0", "id": "mine", "method": method })).await;
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&"mine".into(), &json!(-32603)), "{method}");
    }
}

#[tokio::test]
async fn a_batch_out_of_time_begins_no_further_call() {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_syncing" });
    let batch = json!([call, call]);
    assert_eq!(ask(&calls(), batch.clone()).await[1]["result"], false);
    let hasty = Calls { batch_time_max: Duration::ZERO, ..calls() };
    let answers = ask(&hasty, batch).await;
    assert!(answers.as_array().unwrap().iter().all(|answer| answer["error"]["code"] == -32005), "{answers}");
}

#[tokio::test]
async fn notifications_are_not_answered() {
    let notification = json!({ "jsonrpc": "2.0", "method": "eth_syncing" });
    for body in [notification.clone(), json!([notification])] {
        assert!(calls().answer(Asked::parse(body.to_string().as_bytes()), None, &Room::default()).await.is_none());
    }
    assert_eq!(ask(&calls(), json!([notification, 1])).await[0]["error"]["code"], -32600);
}

#[tokio::test]
async fn those_who_trace_hold_up_nobody_else() {
    let (go, gone) = mpsc::channel::<()>();
    let gone = Mutex::new(gone);
    let mut module = RpcModule::new(());
    module.register_method("debug_traceCall", move |_, (), _| gone.lock().recv().is_ok()).unwrap();
    module.register_method("eth_estimateGas", |_, (), _| 7).unwrap();
    let calls = Calls::new(module.into(), Turns::default());
    let call = |method: &str| json!({ "jsonrpc": "2.0", "id": 1, "method": method });
    let tracing: Vec<_> = (0..32)
        .map(|_| {
            let (calls, call) = (calls.clone(), call("debug_traceCall"));
            tokio::spawn(async move { ask(&calls, call).await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(ask(&calls, call("eth_estimateGas")).await["result"], 7);
    drop(go);
    for answer in tracing {
        assert_eq!(answer.await.unwrap()["result"], false);
    }
}
