use super::{Asked, Calls};
use crate::{room::Room, turns::Turns};
use jsonrpsee::RpcModule;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::Duration,
};
use tokio::task::yield_now;

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

fn send(id: u64, bytes: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "eth_sendRawTransaction", "params": [bytes] })
}

/// Sends that take `admission` of their thread, then wait for a block: how many were admitted, and the most that waited.
fn sends(admission: Duration) -> (Calls, Arc<[AtomicUsize; 2]>) {
    let mut module = RpcModule::new(());
    let (waiting, counted) = (AtomicUsize::new(0), Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]));
    let (waiting, counts) = (Arc::new(waiting), counted.clone());
    let method = move |_: jsonrpsee::types::Params<'static>, _: Arc<()>, _: jsonrpsee::Extensions| {
        let (waiting, counts) = (waiting.clone(), counts.clone());
        async move {
            thread::sleep(admission);
            counts[0].fetch_add(1, Relaxed);
            counts[1].fetch_max(waiting.fetch_add(1, Relaxed) + 1, Relaxed);
            yield_now().await;
            waiting.fetch_sub(1, Relaxed);
            counts[0].load(Relaxed)
        }
    };
    module.register_async_method("eth_sendRawTransaction", method).unwrap();
    (Calls::new(module.into(), Turns::default()), counted)
}

#[tokio::test]
async fn sends_of_a_batch_leave_their_thread_to_others_and_wait_for_one_block() {
    let (calls, counts) = sends(Duration::from_millis(2));
    let others = Arc::new(AtomicUsize::new(0));
    let turned = others.clone();
    let other = tokio::spawn(async move {
        loop {
            turned.fetch_add(1, Relaxed);
            yield_now().await;
        }
    });
    let batch: Vec<_> = (0..40).map(|id| send(id, "0x02")).collect();
    let answers = ask(&calls, json!(batch)).await;
    other.abort();
    assert!(others.load(Relaxed) > 30, "its neighbour had {others:?} looks at the thread");
    // Whoever waited for a block waited until all were admitted.
    assert_eq!(counts[1].load(Relaxed), 40);
    for (id, answer) in answers.as_array().unwrap().iter().enumerate() {
        assert_eq!((&answer["id"], &answer["result"]), (&json!(id), &json!(40)));
    }
}

#[tokio::test]
async fn large_sends_of_a_batch_queue_one_at_a_time() {
    let (calls, counts) = sends(Duration::ZERO);
    let long = format!("0x02{}", "00".repeat(20_000));
    for bytes in ["0x04", &long] {
        let batch: Vec<_> = (0..5).map(|id| send(id, bytes)).collect();
        assert_eq!(ask(&calls, json!(batch)).await.as_array().unwrap().len(), 5);
    }
    assert_eq!([counts[0].load(Relaxed), counts[1].load(Relaxed)], [10, 1]);
}

#[tokio::test]
async fn a_batch_out_of_time_sends_no_further_transaction() {
    let (calls, counts) = sends(Duration::from_millis(5));
    let hasty = Calls { batch_time_max: Duration::from_millis(20), ..calls };
    let batch: Vec<_> = (0..20).map(|id| send(id, "0x02")).collect();
    let answers = ask(&hasty, json!(batch)).await;
    let answers = answers.as_array().unwrap();
    assert!(answers[0]["result"].is_number() && counts[0].load(Relaxed) < 10, "{answers:?}");
    assert_eq!((answers.len(), &answers[19]["id"], &answers[19]["error"]["code"]), (20, &json!(19), &json!(-32005)));
}

async fn text(calls: &Calls, body: &str) -> String {
    let answer = calls.answer(Asked::parse(body.as_bytes()), None, &Room::default()).await.expect("an answer");
    String::from_utf8(answer.as_ref().to_vec()).unwrap()
}

#[tokio::test]
async fn whoever_writes_an_id_is_answered() {
    let calls = calls();
    let call = |id: &str, method: &str| format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}"}}"#);
    for id in ["0", "null", "\"-1\"", "-1", "1.5", "-0.0", "1e3", "18446744073709551616"] {
        let answer = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":false}}"#);
        assert_eq!(text(&calls, &call(id, "eth_syncing")).await, answer);
        assert_eq!(text(&calls, &format!("[{}]", call(id, "eth_syncing"))).await, format!("[{answer}]"));
        let unknown = text(&calls, &call(id, "eth_nothing")).await;
        assert!(unknown.contains(&format!("\"id\":{id},\"error\":{{\"code\":-32601")), "{unknown}");
        let panicked = text(&calls, &call(id, "eth_chainId")).await;
        assert!(panicked.contains(&format!("\"id\":{id},\"error\":{{\"code\":-32603")), "{panicked}");
    }
    for id in ["true", "{}", "[1]"] {
        let refused = text(&calls, &call(id, "eth_syncing")).await;
        assert!(refused.contains(r#""id":null,"error":{"code":-32600"#), "{refused}");
        let refused = text(&calls, &format!("[{}]", call(id, "eth_syncing"))).await;
        assert!(refused.contains(r#""id":null,"error":{"code":-32600"#), "{refused}");
    }
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
async fn those_who_trace_or_add_up_the_supply_hold_up_nobody_else() {
    for long in ["debug_traceCall", "edge_supply"] {
        let (go, gone) = mpsc::channel::<()>();
        let gone = Mutex::new(gone);
        let running = Arc::new(AtomicUsize::new(0));
        let begun = running.clone();
        let mut module = RpcModule::new(());
        let wait = move |_: jsonrpsee::types::Params<'_>, (): &(), _: &jsonrpsee::Extensions| {
            begun.fetch_add(1, Relaxed);
            gone.lock().recv().is_ok()
        };
        module.register_method(long, wait).unwrap();
        module.register_method("eth_estimateGas", |_, (), _| 7).unwrap();
        let calls = Calls::new(module.into(), Turns::default());
        let call = |method: &str| json!({ "jsonrpc": "2.0", "id": 1, "method": method });
        let waiting: Vec<_> = (0..32)
            .map(|_| {
                let (calls, call) = (calls.clone(), call(long));
                tokio::spawn(async move { ask(&calls, call).await })
            })
            .collect();
        yield_now().await;
        assert_eq!(ask(&calls, call("eth_estimateGas")).await["result"], 7, "{long}");
        // One adds up, and the others hold no thread.
        assert!(long != "edge_supply" || running.load(Relaxed) <= 1);
        drop(go);
        for answer in waiting {
            assert_eq!(answer.await.unwrap()["result"], false);
        }
    }
}
