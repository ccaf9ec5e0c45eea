//! Operators register their keys, an account makes a set of them, and the chain itself checks what the set signs; clients of a
//! delivery node sign what they received, and it settles with one aggregate; and every contract can read what each block's
//! randomness was. All by the SDK's verbs.

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, B256, U256, keccak256},
    providers::Provider as _,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use edgeloom_bindings::{
    IBeacon::IBeaconErrors, IBls::IBlsErrors, IEdgeProof, IKeyRegistry::IKeyRegistryErrors, addresses::EDGE_PROOF,
};
use edgeloom_bls::{Domain, SecretKey, Terms, aggregate_signatures};
use edgeloom_sdk::{Client, ClientBuilder, Error, Keys, Sealed};
use edgeloom_tests::{Dev, dev_signer};
use eyre::{Result, ensure};

const ROLE: u8 = 2;
const PAYLOAD: [u8; 32] = [0x5a; 32];
const MEMBERS: u32 = 5;
/// Account that owns the set; the members are those before it.
const OWNER: u32 = 9;

fn secret(member: u32) -> Result<SecretKey> {
    Ok(SecretKey::from_seed(&[member as u8 + 1; 32])?)
}

async fn client(dev: &Dev, account: u32) -> Result<Client> {
    Ok(Client::connect(ClientBuilder::new(dev.url()).signer(dev_signer(account)?)).await?)
}

/// A set of the owner's, whose members registered themselves.
async fn seal(dev: &Dev) -> Result<(Client, B256, Sealed)> {
    let owner = client(dev, OWNER).await?;
    for member in 0..MEMBERS {
        let id = client(dev, member).await?.keys().register(&secret(member)?).await?;
        assert_eq!(owner.keys().operator_of(id).await?, dev_signer(member)?.address());
        owner.keys().set_stake(ROLE, id, 10 + u64::from(member)).await?;
    }
    let set = Keys::set_of(owner.address()?, ROLE);
    let early = owner.keys().seal(ROLE).await;
    ensure!(matches!(early, Err(Error::Keys(IKeyRegistryErrors::ChunkNotWritten(_)))), "{early:?}");
    assert_eq!((client(dev, 0).await?.keys().write(set).await?, owner.keys().write(set).await?), (1, 0));
    let sealed = owner.keys().seal(ROLE).await?;
    assert_eq!((sealed.epoch, owner.keys().snapshot_at(set, 1).await?), (1, sealed.snapshot));
    Ok((owner, set, sealed))
}

#[tokio::test]
async fn a_set_of_registered_keys_signs_and_the_chain_checks() -> Result<()> {
    let mut dev = Dev::start().await?;
    let (owner, set, sealed) = seal(&dev).await?;
    let taken = client(&dev, 0).await?.keys().register(&secret(0)?).await;
    ensure!(matches!(taken, Err(Error::Keys(IKeyRegistryErrors::KeyTaken(_)))), "{taken:?}");
    let domain = Domain { chain_id: owner.chain_id(), owner: owner.address()?.into_array(), role: ROLE, epoch: 1 };
    let votes = [0, 2, 4].map(|member| Ok::<_, eyre::Report>(secret(member)?.sign(&domain.message(&PAYLOAD))));
    let votes = aggregate_signatures(&votes.into_iter().collect::<Result<Vec<_>>>()?)?;
    // Who leaves later was a member then.
    owner.keys().leave(ROLE, keccak256(secret(4)?.public_key().to_bytes())).await?;
    drop(owner);

    dev.kill_9_and_restart().await?;
    let owner = client(&dev, OWNER).await?;
    let members = owner.keys().members(set, sealed.epoch).await?;
    assert_eq!((members.snapshot, members.places, members.members.len()), (sealed.snapshot, 5, 5));
    let place = |member| Ok::<_, eyre::Report>(members.place_of(&secret(member)?.public_key()));
    let [Some(first), Some(second), Some(third)] = [place(0)?, place(2)?, place(4)?] else {
        eyre::bail!("{members:?} lacks a signer")
    };
    let of = async |signers: &[usize]| owner.keys().quorum((set, 1), &PAYLOAD, signers, &votes).await;
    let quorum = of(&[first, second, third]).await?;
    assert_eq!((quorum.valid, quorum.signers), (true, U256::from(3)));
    assert_eq!((quorum.signedStake, quorum.totalStake), (U256::from(10 + 12 + 14), U256::from(60)));
    assert!(!of(&[first, second]).await?.valid);
    let nobody = of(&[first, second, 5]).await;
    ensure!(matches!(nobody, Err(Error::Bls(IBlsErrors::NotAMember(_)))), "{nobody:?}");
    let now = owner.keys().describe(set).await?;
    assert_eq!((now.members, now.totalStake), (U256::from(4), U256::from(46)));
    Ok(())
}

#[tokio::test]
async fn a_server_settles_what_its_clients_signed() -> Result<()> {
    let dev = Dev::start().await?;
    let (owner, set, Sealed { epoch, snapshot }) = seal(&dev).await?;
    let terms = IEdgeProof::Terms {
        clients: set,
        epoch,
        server: owner.address()?,
        contentRoot: B256::repeat_byte(0xc0),
        unitBytes: 1 << 20,
        serial: 1,
    };
    let own = Terms {
        clients: Domain { chain_id: owner.chain_id(), owner: owner.address()?.into_array(), role: ROLE, epoch },
        server: terms.server.into_array(),
        content_root: terms.contentRoot.0,
        unit_bytes: terms.unitBytes,
        serial: terms.serial,
    };
    let received = [3u8, 0, 31, 8, 1];
    let receipts =
        received.iter().zip(0..).filter(|(units, _)| **units > 0).map(|(units, member)| {
            Ok::<_, eyre::Report>(own.sign(&secret(member)?, *units, |bytes| keccak256(bytes).0)?)
        });
    let signature = aggregate_signatures(&receipts.collect::<Result<Vec<_>>>()?)?.to_bytes();
    let settle = async |amounts: [u8; 5]| {
        let call = IEdgeProof::receiptsCall {
            snapshot,
            terms: terms.clone(),
            amounts: amounts.to_vec().into(),
            signature: signature.into(),
        };
        let request = TransactionRequest::default().with_to(EDGE_PROOF).with_input(call.abi_encode());
        let answer = owner.provider().call(request).await?;
        Ok::<_, eyre::Report>(IEdgeProof::receiptsCall::abi_decode_returns(&answer)?)
    };
    let right = settle(received).await?;
    assert_eq!((right.right, right.units, right.clients), (true, U256::from(43), U256::from(4)));
    let more = settle([4, 0, 31, 8, 1]).await?;
    assert_eq!((more.right, more.units), (false, U256::ZERO));
    Ok(())
}

#[tokio::test]
async fn the_beacon_takes_the_mix_of_every_block_from_its_header() -> Result<()> {
    let dev = Dev::start().await?;
    let node = client(&dev, 0).await?;
    for _ in 0..4 {
        node.transfer(Address::repeat_byte(0x77), U256::ONE).await?;
    }
    let latest = node.provider().get_block_number().await?;
    ensure!(latest >= 4, "{latest} blocks");
    for height in 1..latest {
        let unknown = node.beacon().mix_at(height).await;
        ensure!(matches!(unknown, Err(Error::Beacon(IBeaconErrors::NotRecorded(_)))), "{unknown:?}");
        let mut forged = node.beacon().header_of(height).await?;
        forged[100] ^= 1;
        let refused = node.beacon().show(forged).await;
        ensure!(matches!(refused, Err(Error::Beacon(IBeaconErrors::NotAHeader(_)))), "{refused:?}");
        let mix = node.beacon().record(height).await?;
        let block = node.provider().get_block_by_number(height.into()).await?;
        assert_eq!(Some(mix), block.map(|block| block.header.mix_hash), "block {height}");
    }
    assert_eq!(node.beacon().delay().await?, 16);
    Ok(())
}
