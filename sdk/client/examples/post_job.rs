//! Posts one paid job and prints the answer that the chain accepted.
//!
//!     cargo run -p edgeloom-sdk --example post_job -- [MODEL_ID [INPUT_FILE]]
//!
//! Without a model it registers a tiny one that answers with the position of the largest of its 16 input bytes. Needs a node
//! and a worker (`scripts/demo` starts both). EDGELOOM_RPC and EDGELOOM_KEY (hex) replace the development defaults.

use std::{env, error::Error, fs, time::Instant};

use alloy::{
    primitives::{B256, U256, utils::format_ether},
    signers::local::PrivateKeySigner,
};
use edgeloom_edge_proof::{Element, GraphBuilder};
use edgeloom_sdk::{Client, ClientBuilder};

/// The third account of the development mnemonic.
const DEV_KEY: &str = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let rpc = env::var("EDGELOOM_RPC").unwrap_or_else(|_| "http://127.0.0.1:8545".to_owned());
    let key: PrivateKeySigner = env::var("EDGELOOM_KEY").unwrap_or_else(|_| DEV_KEY.to_owned()).parse()?;
    let client = Client::connect(ClientBuilder::new(rpc).signer(key)).await?;

    let mut args = env::args().skip(1);
    let model_id = match args.next() {
        Some(id) => id.parse::<B256>()?,
        None => register_tiny(&client).await?,
    };
    let model = client.models().load(model_id).await?;
    let input = match args.next() {
        Some(path) => fs::read(path)?,
        None => (0..model.input_bytes()).map(|i| (i * 37 % 101) as u8).collect(),
    };

    let price = U256::from(10).pow(U256::from(16));
    let start = Instant::now();
    let job = client.jobs().post(model_id, input.clone(), price).await?;
    println!("job {} posted in block {} for {} TFUEL", job.id, job.block, format_ether(price));
    let answer = job.result().await?;
    println!("{} answered {} in block {}", answer.worker, answer.output, answer.block);
    println!("paid {} TFUEL after {} ms", format_ether(answer.paid), start.elapsed().as_millis());

    let same = model.infer(&input)? == answer.output;
    println!("the same net run here answers {}", if same { "the same" } else { "something else" });
    if same { Ok(()) } else { Err("the chain's answer differs from the local one".into()) }
}

async fn register_tiny(client: &Client) -> Result<B256, Box<dyn Error>> {
    let mut graph = GraphBuilder::new(16);
    let input = graph.input();
    graph.argmax(input, Element::I8);
    let metadata = r#"{"what":"position of the largest of 16 bytes"}"#;
    let registered = client.models().upload_and_register(&graph.finish()?, "argmax-16", metadata).await?;
    println!("model {} registered with {} gas", registered.id, registered.gas_used);
    Ok(registered.id)
}
