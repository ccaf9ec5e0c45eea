//! Work that the chain knows nothing about: thirteen members do it again, and sign what they found with one signature.

use super::Scene;
use crate::journeys::audits::{honest::later, paid::draw};
use alloy::primitives::{B256, U256, keccak256, utils::parse_ether};
use edgeloom_bindings::IJobMarket::Phase;
use edgeloom_bls::SecretKey;
use edgeloom_sdk::{ATTESTED, Attested, Client, Offer, PostedJob, Testimony};
use eyre::{OptionExt as _, Result};
use std::collections::BTreeMap;

const SALT: B256 = B256::repeat_byte(0x5a);

/// Members' keys by their places, all of one operator.
struct Bench {
    operator: Client,
    keys: BTreeMap<usize, SecretKey>,
}

impl Bench {
    async fn seat(operator: Client, members: u8) -> Result<Self> {
        let mut keys = BTreeMap::new();
        for member in 1..=members {
            let key = SecretKey::from_seed(&[member; 32])?;
            let id = operator.keys().register(&key).await?;
            operator.audits().enlist(id).await?;
            keys.insert(operator.audits().seat_of(id).await?.place.try_into()?, key);
        }
        // The first set was sealed before them.
        later(&operator, 3_601).await?;
        operator.audits().seal().await?;
        Ok(Self { operator, keys })
    }

    /// What these members commit to and sign.
    async fn find(&self, claim: B256, places: &[usize], found: B256) -> Result<Vec<Testimony>> {
        let (attested, me) = (self.operator.attested(), self.operator.address()?);
        let epoch = attested.get(claim).await?.epoch;
        let mut said = Vec::new();
        for place in places {
            let key = self.keys.get(place).ok_or_eyre("a member of the bench")?;
            let id = keccak256(key.public_key().to_bytes());
            attested.commit(claim, id, Attested::commitment(claim, me, found, SALT)).await?;
            let signature = Attested::sign(key, claim, found, (self.operator.chain_id(), epoch)).ok_or_eyre("a set")?;
            said.push(Testimony { place: *place, salt: SALT, signature });
        }
        Ok(said)
    }
}

#[tokio::test]
async fn a_committee_does_the_work_again_and_decides() -> Result<()> {
    let (_, model) = super::digits()?;
    let mut scene = Scene::start(model).await?;
    // Its seat is in the way: with it, fourteen could be drawn.
    scene.auditor.stop(super::PATIENCE).await?;
    let requester = &scene.requester;
    let bench = Bench::seat(scene.rich(2, "30000").await?, 20).await?;
    let worker = scene.rich(1, "10000").await?;
    worker.edge_staking().bond(parse_ether("2000")?).await?;
    let right = keccak256("a film in another format");
    for (claimed, phase) in [(right, Phase::Settled), (keccak256("nonsense"), Phase::Rejected)] {
        let (posted, claim) = taken(requester, &worker, claimed).await?;
        draw(requester).await?;
        let height = requester.attested().get(claim).await?.height + requester.beacon().delay().await?;
        requester.beacon().record(height).await?;
        let committee = requester.attested().committee_of(claim).await?;
        assert_eq!(committee.len(), 13);
        let own: Vec<_> = committee.iter().copied().filter(|place| bench.keys.contains_key(place)).collect();
        let said = bench.find(claim, &own[..10], right).await?;
        // Not all committed: their time has to be over.
        later(requester, 3_601).await?;
        worker.attested().reveal(posted.id, claimed, SALT).await?;
        bench.operator.attested().attest(claim, right, &said).await?;
        let decided = posted.order.decided(posted.id)?;
        requester.jobs().settle(&posted.order, vec![decided]).await?;
        assert_eq!(requester.jobs().state(&posted.order, posted.id).await?.phase, phase);
        later(requester, 3_601).await?;
        requester.attested().close(claim).await?;
        let share = parse_ether("2.5")?;
        assert_eq!(bench.operator.attested().credit_of(bench.operator.address()?).await?, share * U256::from(10));
        bench.operator.attested().withdraw().await?;
        assert_eq!(
            worker.attested().credit_of(worker.address()?).await?,
            share * U256::from(3),
            "of three who did not come"
        );
        worker.attested().withdraw().await?;
    }
    assert_eq!(requester.edge_staking().total_slashed().await?, parse_ether("40")?);
    Ok(())
}

/// A job of the worker's, and what it claims of it.
async fn taken(requester: &Client, worker: &Client, claimed: B256) -> Result<(PostedJob, B256)> {
    let price = parse_ether("40")?;
    let offer = Offer::new(keccak256("an encoder"), b"frames".to_vec(), price).of_kind(ATTESTED);
    let posted = requester.jobs().offer(offer).await?;
    worker.jobs().take(&posted.order, &[posted.id]).await?;
    let seal = Attested::seal_of(worker.address()?, posted.id, claimed, SALT);
    let about = (posted.order.terms.subject, posted.order.terms.inputRoot);
    Ok((posted.clone(), worker.attested().claim((posted.id, price), about, seal).await?))
}
