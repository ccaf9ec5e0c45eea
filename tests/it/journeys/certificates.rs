//! Operators register their keys, an account makes a set of them, and the chain itself checks what the set signs; and every
//! contract can read what each block's randomness was.

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use edgeloom_bindings::{
    IBeacon, IBls, IKeyRegistry,
    addresses::{BEACON, BLS, KEY_REGISTRY},
};
use edgeloom_bls::{Domain, SecretKey, aggregate_signatures};
use edgeloom_tests::{Dev, dev_signer};
use eyre::{Result, ensure, eyre};

const ROLE: u8 = 2;
const PAYLOAD: [u8; 32] = [0x5a; 32];
const MEMBERS: u32 = 5;
/// Account that owns the set; the members are those before it.
const OWNER: u32 = 9;

fn secret(member: u32) -> Result<SecretKey> {
    Ok(SecretKey::from_seed(&[member as u8 + 1; 32])?)
}

fn provider(dev: &Dev, account: u32) -> Result<DynProvider> {
    Ok(ProviderBuilder::new().wallet(dev_signer(account)?).connect_http(dev.url().parse()?).erased())
}

async fn send(from: &DynProvider, to: Address, call: &impl SolCall) -> Result<()> {
    let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
    let receipt = from.send_transaction(request).await?.get_receipt().await?;
    ensure!(receipt.status(), "{:?} failed", receipt.transaction_hash);
    Ok(())
}

async fn ask<C: SolCall>(provider: &DynProvider, to: Address, call: &C) -> Result<C::Return> {
    let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
    Ok(C::abi_decode_returns(&provider.call(request).await?)?)
}

#[tokio::test]
async fn a_set_of_registered_keys_signs_and_the_chain_checks() -> Result<()> {
    let mut dev = Dev::start().await?;
    let owner = provider(&dev, OWNER)?;
    let chain_id = owner.get_chain_id().await?;
    for member in 0..MEMBERS {
        let (secret, operator) = (secret(member)?, dev_signer(member)?.address());
        let consent = Domain::consent(chain_id, KEY_REGISTRY.into_array(), operator.into_array());
        let register = IKeyRegistry::registerCall {
            publicKey: secret.public_key().to_bytes().into(),
            possession: secret.prove_possession().to_bytes().into(),
            consent: secret.sign(&consent).to_bytes().into(),
        };
        send(&provider(&dev, member)?, KEY_REGISTRY, &register).await?;
        let key_id = keccak256(secret.public_key().to_bytes());
        let stake = IKeyRegistry::setStakeCall { role: ROLE, keyId: key_id, stake: 10 + u64::from(member) };
        send(&owner, KEY_REGISTRY, &stake).await?;
    }
    let set_of = IKeyRegistry::setOfCall { owner: dev_signer(OWNER)?.address(), role: ROLE };
    let set: B256 = ask(&owner, KEY_REGISTRY, &set_of).await?;
    send(&provider(&dev, 0)?, KEY_REGISTRY, &IKeyRegistry::writeCall { set, chunk: U256::ZERO }).await?;
    send(&owner, KEY_REGISTRY, &IKeyRegistry::sealCall { role: ROLE }).await?;
    let snapshot = ask(&owner, KEY_REGISTRY, &IKeyRegistry::snapshotAtCall { set, epoch: 1 }).await?;

    let domain = Domain { chain_id, owner: set_of.owner.into_array(), role: ROLE, epoch: 1 };
    let message = domain.message(&PAYLOAD);
    let votes = [0, 2, 4].map(|member| Ok::<_, eyre::Report>(secret(member)?.sign(&message)));
    let votes = votes.into_iter().collect::<Result<Vec<_>>>()?;
    let certificate = |signers: u8| {
        Ok::<_, eyre::Report>(IBls::fastAggregateVerifyCall {
            snapshot,
            message: message.into(),
            signers: Bytes::from(vec![signers]),
            signature: aggregate_signatures(&votes)?.to_bytes().into(),
        })
    };
    dev.kill_9_and_restart().await?;
    let owner = provider(&dev, OWNER)?;
    let quorum = ask(&owner, BLS, &certificate(0b10101)?).await?;
    assert_eq!((quorum.valid, quorum.signers), (true, U256::from(3)));
    assert_eq!((quorum.signedStake, quorum.totalStake), (U256::from(10 + 12 + 14), U256::from(60)));
    assert!(!ask(&owner, BLS, &certificate(0b11101)?).await?.valid);
    Ok(())
}

#[tokio::test]
async fn the_beacon_takes_the_mix_of_every_block_from_its_header() -> Result<()> {
    let dev = Dev::start().await?;
    let node = provider(&dev, 0)?;
    for _ in 0..4 {
        let request = TransactionRequest::default().with_to(Address::repeat_byte(0x77)).with_value(U256::ONE);
        node.send_transaction(request).await?.get_receipt().await?;
    }
    let latest = node.get_block_number().await?;
    ensure!(latest >= 4, "{latest} blocks");
    for height in 1..=latest {
        let block = node.get_block_by_number(height.into()).await?.ok_or_else(|| eyre!("no block {height}"))?;
        let at = IBeacon::mixAtCall { height: U256::from(height) };
        ensure!(height == latest || ask(&node, BEACON, &at).await.is_err(), "nobody recorded block {height}");
        let header = alloy::rlp::encode(&block.header.inner);
        assert_eq!(keccak256(&header), block.header.hash);
        let mut forged = header.clone();
        *forged.last_mut().ok_or_else(|| eyre!("a header has bytes"))? ^= 1;
        ensure!(ask(&node, BEACON, &IBeacon::recordCall { header: forged.into() }).await.is_err(), "a forged header");
        send(&node, BEACON, &IBeacon::recordCall { header: header.into() }).await?;
        assert_eq!(ask(&node, BEACON, &at).await?, block.header.mix_hash, "block {height}");
    }
    Ok(())
}
