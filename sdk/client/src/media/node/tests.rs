use std::sync::Arc;

use alloy::{
    primitives::address,
    rpc::types::{Block, TransactionRequest},
    signers::local::PrivateKeySigner,
    sol_types::SolCall as _,
};
use edgeloom_bindings::{
    IMediaGate::{currentEpochCall, currentEpochReturn, isEntitledCall, messageOfCall},
    addresses::MEDIA_GATE,
};
use edgeloom_media::Quorum;
use jsonrpsee::{
    RpcModule,
    server::{Server, ServerHandle},
    types::{ErrorObjectOwned, Params},
};
use parking_lot::Mutex;

use super::*;
use crate::{Client, ClientBuilder};

const HEAD: B256 = B256::repeat_byte(0xaa);
const EPOCH: U256 = U256::from_limbs([7, 0, 0, 0]);
const WALLET: Address = address!("0x00000000000000000000000000000000000000c1");

/// A chain on which an account is entitled or not, and contracts say yes, no, or run out of gas.
#[derive(Clone)]
struct Chain {
    entitled: bool,
    contract: Result<[u8; 4], &'static str>,
    /// Calls, in order: of whom, with what gas, and at which block.
    asked: Arc<Mutex<Vec<Call>>>,
}

type Call = (Address, Option<u64>, BlockId);

impl Chain {
    fn new(entitled: bool, contract: Result<[u8; 4], &'static str>) -> Self {
        Self { entitled, contract, asked: Arc::default() }
    }

    async fn start(&self) -> (Client, ServerHandle) {
        let mut module = RpcModule::new(self.clone());
        module.register_method("eth_chainId", |_, _, _| "0x7a69").expect("one");
        module.register_method("eth_blockNumber", |_, _, _| "0x1").expect("one");
        let head = |_: Params<'_>, _: &Self, _: &_| {
            let mut block: Block = Block::default();
            block.header.hash = HEAD;
            serde_json::to_value(block).expect("JSON")
        };
        module.register_method("eth_getBlockByNumber", head).expect("one");
        module.register_method("eth_call", |params, chain, _| chain.call(&params)).expect("one");
        let server = Server::builder().build("127.0.0.1:0").await.expect("port");
        let url = format!("http://{}", server.local_addr().expect("address"));
        let handle = server.start(module);
        let builder = ClientBuilder::new(url).signer(PrivateKeySigner::random());
        (Client::connect(builder).await.expect("connects"), handle)
    }

    fn call(&self, params: &Params<'_>) -> Result<String, ErrorObjectOwned> {
        let (request, block): (TransactionRequest, BlockId) = params.parse()?;
        let to = request.to.and_then(|to| to.to().copied()).expect("an account");
        let input = request.input.input().cloned().unwrap_or_default();
        self.asked.lock().push((to, request.gas, block));
        let selector: [u8; 4] = input[..4].try_into().expect("a call");
        let answer = match selector {
            currentEpochCall::SELECTOR => {
                currentEpochCall::abi_encode_returns(&currentEpochReturn { epoch: EPOCH, since: U256::ONE })
            }
            isEntitledCall::SELECTOR => isEntitledCall::abi_encode_returns(&self.entitled),
            messageOfCall::SELECTOR => messageOfCall::abi_encode_returns(&B256::repeat_byte(9)),
            wallet::IWallet::isValidSignatureCall::SELECTOR => {
                let refused = |words| ErrorObjectOwned::owned(-32000, words, None::<()>);
                wallet::IWallet::isValidSignatureCall::abi_encode_returns(&self.contract.map_err(refused)?.into())
            }
            other => panic!("{other:?}"),
        };
        Ok(Bytes::from(answer).to_string())
    }

    fn calls(&self) -> Vec<(Address, Option<u64>)> {
        self.asked.lock().iter().map(|(to, gas, _)| (*to, *gas)).collect()
    }
}

fn share() -> Share {
    Quorum::deal(1).expect("a secret").1.remove(0)
}

/// Of somebody's contract, which alone can say whether it is signed.
fn request(epoch: U256) -> KeyRequest {
    let own = SecretKey::from_slice(&[7; 32]).expect("a key").public_key();
    let key = Bytes::copy_from_slice(&own.to_sec1_bytes());
    KeyRequest { gate: U256::ONE, epoch, token: U256::ONE, account: WALLET, key, signature: vec![1; 65].into() }
}

const MAGIC: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];

#[tokio::test]
async fn a_contract_is_asked_last_and_its_answer_is_short() {
    let chain = Chain::new(true, Ok(MAGIC));
    let (client, _server) = chain.start().await;
    client.media().give(&share(), &request(EPOCH)).await.expect("its contract says yes");
    let asked = chain.calls();
    let place = asked.iter().position(|(to, _)| *to == WALLET).expect("asked");
    assert_eq!(asked[place].1, Some(SIGNATURE_GAS));
    assert_eq!(asked[..place], [(MEDIA_GATE, None), (MEDIA_GATE, None)], "epoch and entitlement before it");
}

#[tokio::test]
async fn whoever_is_refused_anyway_has_no_code_run() {
    let unentitled = Chain::new(false, Ok(MAGIC));
    let (client, _server) = unentitled.start().await;
    let refused = client.media().give(&share(), &request(EPOCH)).await;
    assert!(matches!(refused, Err(KeyDoubt::NotEntitled { .. })), "{refused:?}");
    let early = Chain::new(true, Ok(MAGIC));
    let (client, _server) = early.start().await;
    let refused = client.media().give(&share(), &request(EPOCH + U256::ONE)).await;
    assert!(matches!(refused, Err(KeyDoubt::WrongEpoch { .. })), "{refused:?}");
    for chain in [unentitled, early] {
        assert!(chain.calls().iter().all(|(to, _)| *to != WALLET), "{:?}", chain.calls());
    }
}

#[tokio::test]
async fn what_is_said_of_an_account_is_of_one_block() {
    let chain = Chain::new(true, Ok(MAGIC));
    let (client, _server) = chain.start().await;
    client.media().give(&share(), &request(EPOCH)).await.expect("entitled");
    let asked = chain.asked.lock();
    // What nodes sign is the same at every block.
    let of_it = asked.iter().take(3).map(|(.., block)| *block).collect::<Vec<_>>();
    assert_eq!(of_it, [BlockId::from(HEAD); 3]);
}

#[tokio::test]
async fn a_contract_that_says_anything_else_does_not_consent() {
    for contract in [Ok([0; 4]), Err("out of gas")] {
        let chain = Chain::new(true, contract);
        let (client, _server) = chain.start().await;
        let refused = client.media().give(&share(), &request(EPOCH)).await;
        assert!(matches!(refused, Err(KeyDoubt::NotSigned(WALLET))), "{refused:?}");
    }
}
