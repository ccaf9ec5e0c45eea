//! Prints everything that happens to jobs, from a block on, each event once, until Ctrl-C.
//!
//!     cargo run -p edgeloom-sdk --example watch_jobs -- [FROM_BLOCK [EVENTS]]
//!
//! FROM_BLOCK is 0 unless given; after EVENTS events, if given, it ends. EDGELOOM_RPC replaces http://127.0.0.1:8545.

use std::{env, error::Error};

use alloy::primitives::utils::format_ether;
use edgeloom_sdk::{Client, ClientBuilder, JobEvent, JobEventKind};
use futures::{StreamExt, TryStreamExt};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let rpc = env::var("EDGELOOM_RPC").unwrap_or_else(|_| "http://127.0.0.1:8545".to_owned());
    let mut args = env::args().skip(1);
    let from = args.next().map_or(Ok(0), |block| block.parse())?;
    let events = args.next().map_or(Ok(usize::MAX), |count| count.parse())?;
    let client = Client::connect(ClientBuilder::new(rpc)).await?;
    println!("chain {}, from block {from}", client.chain_id());
    let mut stream = client.jobs().from(from).stream().take(events);
    while let Some(event) = stream.try_next().await? {
        println!("{:>8}  job {:>5}  {}", event.block, event.id, describe(&event));
    }
    Ok(())
}

fn describe(event: &JobEvent) -> String {
    match &event.kind {
        JobEventKind::Posted { requester, count, model_id, price, inputs, .. } => {
            let price = format_ether(*price);
            format!("{count} posted by {requester}: {} bytes for model {model_id}, {price} TFUEL each", inputs.len())
        }
        JobEventKind::Returned { phase, reason, count, .. } => format!("{count} {phase:?} because {reason:?}"),
        JobEventKind::Taken { worker, .. } => format!("taken by {worker}"),
        JobEventKind::Answered { output } => format!("answered {output}"),
        JobEventKind::Closed { phase, reason, paid, .. } => {
            format!("{phase:?} because {reason:?}, {} TFUEL paid", format_ether(*paid))
        }
        _ => "an event that this example does not know".to_owned(),
    }
}
