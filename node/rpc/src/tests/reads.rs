use super::world::{World, number, signer, transfer};
use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::{Block, EIP1186AccountProofResponse},
};
use alloy_rlp::Decodable;
use edgeloom_node_api::{FINALITY_HEADERS_MAX, Finality};
use edgeloom_types::{Founding, Height};
use serde_json::json;

#[tokio::test]
async fn a_node_says_who_it_is() {
    let world = World::dev().await;
    assert_eq!(world.get("eth_chainId", json!([])).await, "0x7a69");
    assert_eq!(world.get("net_version", json!([])).await, "31337");
    assert!(world.get("web3_clientVersion", json!([])).await.as_str().unwrap().starts_with("anvil/edgeloom/v"));
    assert_eq!(world.get("web3_sha3", json!(["0x"])).await, json!(keccak256([])));
    assert_eq!(world.get("eth_syncing", json!([])).await, false);
    assert_eq!(world.get("eth_blobBaseFee", json!([])).await, "0x1");
    assert_eq!(world.get("rpc_modules", json!([])).await["eth"], "1.0");
    assert_eq!(world.fail("eth_nothing", json!([])).await.0, -32601);
    assert_eq!(world.fail("eth_getBalance", json!(["0x12"])).await.0, -32602);
}

#[tokio::test]
async fn a_block_has_every_field_and_its_hash_is_that_of_its_header() {
    let world = World::dev().await;
    let hash = world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let json = world.get("eth_getBlockByNumber", json!(["latest", false])).await;
    for field in [
        "size",
        "mixHash",
        "nonce",
        "sha3Uncles",
        "uncles",
        "withdrawals",
        "withdrawalsRoot",
        "blobGasUsed",
        "excessBlobGas",
        "parentBeaconBlockRoot",
        "requestsHash",
        "baseFeePerGas",
        "extraData",
        "logsBloom",
        "stateRoot",
        "difficulty",
    ] {
        assert!(json.get(field).is_some(), "{field} is missing");
    }
    assert_eq!(json["transactions"], json!([hash]));
    let block: Block = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(block.header.inner.hash_slow(), block.header.hash);
    let full = world.get("eth_getBlockByHash", json!([block.header.hash, true])).await;
    assert_eq!((&full["transactions"][0]["hash"], &full["size"]), (&hash, &json["size"]));
    assert_eq!(world.get("eth_getBlockTransactionCountByNumber", json!(["0x1"])).await, "0x1");
    assert_eq!(world.get("eth_getBlockTransactionCountByHash", json!([B256::ZERO])).await, json!(null));
    assert_eq!(world.get("eth_getTransactionByBlockNumberAndIndex", json!(["0x1", "0x0"])).await["hash"], hash);
    assert!(world.get("eth_getTransactionByBlockHashAndIndex", json!([block.header.hash, "0x1"])).await.is_null());
    assert_eq!(world.get("eth_getBlockReceipts", json!(["0x1"])).await[0]["transactionHash"], hash);
    for tag in ["safe", "finalized", "0x1"] {
        assert_eq!(world.get("eth_getBlockByNumber", json!([tag, false])).await["hash"], json["hash"], "{tag}");
    }
    assert!(world.get("eth_getBlockByNumber", json!(["0x2", false])).await.is_null());
}

#[tokio::test]
async fn fees_follow_the_blocks() {
    let world = World::dev().await;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    assert_eq!(world.get("eth_maxPriorityFeePerGas", json!([])).await, "0x7");
    let history = world.get("eth_feeHistory", json!(["0x5", "latest", [0.0, 50.0, 100.0]])).await;
    assert_eq!(
        (&history["oldestBlock"], &history["reward"]),
        (&"0x0".into(), &json!([["0x0", "0x0", "0x0"], ["0x7", "0x7", "0x7"]]))
    );
    let fees = history["baseFeePerGas"].as_array().unwrap();
    assert_eq!(fees.len(), 3);
    let next = number(&fees[2]);
    assert!(next < number(&fees[1]), "the base fee falls after a block that is nearly empty");
    assert_eq!(history["gasUsedRatio"], json!([0.0, 21_000.0 / 90_000_000.0]));
    assert_eq!(number(&world.get("eth_gasPrice", json!([])).await), next + 7);
    assert_eq!(world.fail("eth_feeHistory", json!(["0x1", "latest", [60.0, 50.0]])).await.0, -32602);
    assert_eq!(world.fail("eth_feeHistory", json!(["0x1", "0x9", []])).await.0, -32602);
}

#[tokio::test]
async fn a_proof_leads_to_the_state_root_of_every_block() {
    let world = World::dev().await;
    for nonce in 0..3 {
        world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await;
    }
    let account = signer(0).address();
    let first = world.get("eth_getBlockByNumber", json!(["0x1", false])).await["hash"].clone();
    let blocks = [
        (json!("0x0"), "0x0", 0),
        (json!("earliest"), "0x0", 0),
        (first.clone(), "0x1", 1),
        (json!({"blockHash": first, "requireCanonical": true}), "0x1", 1),
        (json!({"blockNumber": "0x2"}), "0x2", 2),
        (json!("latest"), "0x3", 3),
        (json!("finalized"), "0x3", 3),
    ];
    for (id, number, nonce) in blocks {
        let proof = world.get("eth_getProof", json!([account, ["0x0"], id])).await;
        let proof: EIP1186AccountProofResponse = serde_json::from_value(proof).unwrap();
        let root = world.get("eth_getBlockByNumber", json!([number, false])).await["stateRoot"].clone();
        assert_eq!(json!(keccak256(&proof.account_proof[0])), root, "{id}");
        // The last node is the leaf: its second item is the account.
        let mut leaf = proof.account_proof.last().unwrap().as_ref();
        let items = Vec::<Bytes>::decode(&mut leaf).unwrap();
        let held = alloy::consensus::TrieAccount::decode(&mut items[1].as_ref()).unwrap();
        assert_eq!((held.nonce, held.balance, proof.nonce), (nonce, proof.balance, nonce), "{id}");
        assert_eq!(json!(proof.balance), world.get("eth_getBalance", json!([account, id])).await);
        assert_eq!(proof.storage_proof[0].value, U256::ZERO);
    }
    let above = world.fail("eth_getProof", json!([account, [], "0x4"])).await;
    assert_eq!(above, (-32000, "header not found".into()));
}

#[tokio::test]
async fn what_a_cheat_changed_has_no_proof_below_the_newest_block() {
    let world = World::dev().await;
    let account = signer(0).address();
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    world.get("anvil_setBalance", json!([signer(9).address(), "0x1"])).await;
    let newest = world.get("eth_getProof", json!([signer(9).address(), [], "latest"])).await;
    assert_eq!(newest["balance"], "0x1");
    world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    let (code, said) = world.fail("eth_getProof", json!([account, [], "0x1"])).await;
    assert!(code == -32000 && said.contains("a development method changed it"), "{said}");
    for height in ["0x0", "0x2"] {
        assert!(world.get("eth_getProof", json!([account, [], height])).await["accountProof"].is_array(), "{height}");
    }
}

#[tokio::test]
async fn a_pruned_state_is_said_to_be_pruned() {
    let world = World::dev().await;
    world.store.keep_history(std::num::NonZeroU64::new(2).unwrap());
    for nonce in 0..3 {
        world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await;
    }
    let account = signer(0).address();
    let expected = "missing trie node: state of block 1 is pruned, this node keeps states from block 2 on: \
                    ask an archive node, which runs without --history";
    for (method, parameters) in [
        ("eth_getBalance", json!([account, "0x1"])),
        ("eth_getStorageAt", json!([account, "0x0", "0x1"])),
        ("eth_getProof", json!([account, [], "0x1"])),
        ("eth_call", json!([{"to": account}, "0x1"])),
    ] {
        assert_eq!(world.fail(method, parameters).await, (-32000, expected.into()), "{method}");
    }
    assert_eq!(world.get("eth_getTransactionCount", json!([account, "0x2"])).await, "0x2");
    let capabilities = world.get("eth_capabilities", json!([])).await;
    for (what, oldest) in [("state", "0x2"), ("stateproofs", "0x2"), ("blocks", "0x0"), ("receipts", "0x0")] {
        assert_eq!(capabilities[what]["oldestBlock"], oldest, "{what}");
    }
    assert_eq!(world.get("eth_getBlockByNumber", json!(["0x1", true])).await["transactions"][0]["nonce"], "0x0");
    assert_eq!(world.get("eth_getBlockReceipts", json!(["0x1"])).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_chains_own_methods_give_whole_blocks_and_the_supply() {
    let world = World::dev().await;
    for nonce in 0..3 {
        world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await;
    }
    let status = world.get("edge_status", json!([])).await;
    assert_eq!((&status["height"], &status["chainId"]), (&3.into(), &31_337.into()));
    let feed = world.get("edge_feed", json!([1, 2])).await;
    let feed: Vec<edgeloom_node_api::FeedBlock> = serde_json::from_value(feed).unwrap();
    assert_eq!(feed.iter().map(|block| block.height).collect::<Vec<_>>(), [1, 2]);
    let block = edgeloom_types::Block::decode(&feed[0].block).unwrap();
    assert_eq!(Some(block), world.store.block(Height::new(1)).unwrap().map(|block| block.block().clone()));
    assert_eq!(feed[0].senders, [signer(0).address()]);
    let receipts = Vec::<Bytes>::decode(&mut feed[0].receipts.as_ref()).unwrap();
    assert_eq!(receipts.len(), 1);
    let logs = edgeloom_types::decode_system_logs(&feed[0].system_logs).unwrap();
    let header = world.store.header(Height::new(1)).unwrap().unwrap();
    assert_eq!(header.requests_hash, Some(edgeloom_types::system_logs_hash(&logs)));
    assert_eq!(world.get("edge_feed", json!([4, 10])).await, json!([]));
    assert!(world.get("edge_certificate", json!([1])).await.is_null());
    let block = world.get("eth_getBlockByNumber", json!(["0x1", false])).await;
    let consensus: edgeloom_node_api::Consensus =
        serde_json::from_value(world.get("edge_consensus", json!([1])).await).unwrap();
    assert_eq!(block["extraData"], keccak256(&consensus.record).to_string(), "what tools read has 32 bytes");
    let seconds = u64::from_str_radix(block["timestamp"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    assert_eq!(seconds * 1000 + u64::from(consensus.milliseconds), feed[0].timestamp_ms);
    assert_eq!((consensus.view, consensus.parent_view), (1, 0));
    assert!(world.get("edge_consensus", json!([4])).await.is_null());
    let supply = world.get("edge_supply", json!([])).await;
    assert_eq!(supply["conserved"], true, "{supply}");
    assert_ne!(supply["burned"], "0x0");
    assert_eq!(
        world.get("eth_getBalance", json!([Address::repeat_byte(0xbe)])).await,
        format!("{:#x}", 3 * 21_000 * 7)
    );
}

#[tokio::test]
async fn a_block_is_shown_to_be_final_by_the_nearest_certificate_above() {
    let world = World::network().await;
    let last = FINALITY_HEADERS_MAX + 2;
    for nonce in 0..last {
        world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await;
        world.sealer.seal();
    }
    let hash = |height: u64| world.store.hash_at(Height::new(height)).unwrap().unwrap();
    // The store keeps what consensus checked: here only where it lies matters.
    world.store.put_certificate(hash(3), &[3]).unwrap();
    world.store.put_certificate(hash(last - 1), &[7]).unwrap();
    let shown = async |height: u64| {
        let shown: Option<Finality> =
            serde_json::from_value(world.get("edge_finality", json!([height])).await).unwrap();
        let shown = shown.unwrap();
        for (height, header) in (height..).zip(&shown.headers) {
            assert_eq!(keccak256(header), hash(height), "{height}");
        }
        (shown.headers.len() as u64, shown.certificate)
    };
    assert_eq!(shown(1).await, (3, Some([3].into())));
    assert_eq!(shown(3).await, (1, Some([3].into())));
    assert_eq!(shown(4).await, (last - 4, Some([7].into())));
    assert_eq!(shown(last - 1).await, (1, Some([7].into())));
    assert_eq!(shown(last).await, (1, None), "it has none yet");
    world.store.put_certificate(hash(last), &[8]).unwrap();
    assert_eq!(shown(last).await, (1, Some([8].into())));
    for height in [last + 1, u64::MAX] {
        assert!(world.get("edge_finality", json!([height])).await.is_null(), "{height}");
    }
}

#[tokio::test]
async fn a_block_far_below_the_next_certificate_takes_more_than_one_question() {
    let world = World::network().await;
    for nonce in 0..=FINALITY_HEADERS_MAX {
        world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await;
        world.sealer.seal();
    }
    let tip = world.store.tip().unwrap();
    world.store.put_certificate(tip.hash, &[9]).unwrap();
    let ask = async |height: u64| -> Finality {
        serde_json::from_value(world.get("edge_finality", json!([height])).await).unwrap()
    };
    let first = ask(1).await;
    assert_eq!((first.headers.len() as u64, first.certificate), (FINALITY_HEADERS_MAX, None));
    let rest = ask(FINALITY_HEADERS_MAX).await;
    assert_eq!((rest.headers.len(), rest.certificate), (2, Some([9].into())));
    assert_eq!(rest.headers[0], first.headers[255], "it goes on from there");
}

#[tokio::test]
async fn what_a_chain_began_with_is_what_its_genesis_block_commits_to() {
    let world = World::dev().await;
    let bytes: Bytes = serde_json::from_value(world.get("edge_founding", json!([])).await).unwrap();
    let header = world.store.header(Height::GENESIS).unwrap().unwrap();
    assert_eq!(keccak256(&bytes), header.mix_hash);
    let founding = Founding::decode(&bytes).unwrap();
    assert_eq!((founding.chain_id, founding.epoch_length.get(), founding.seats.len()), (31_337, 10_000, 1));
}
