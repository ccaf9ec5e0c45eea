//! Members of a committee that act by hand.

use alloy::primitives::{B256, keccak256};
use edgeloom_bindings::IBeacon::IBeaconErrors;
use edgeloom_bls::SecretKey;
use edgeloom_edge_proof::Blob;
use edgeloom_sdk::{Client, Error, Finding, LocalModel, Testimony};
use edgeloom_tests::{Net, dev_signer, wait_for};
use eyre::{OptionExt as _, Result};
use std::time::Duration;

/// A development account with a seat.
pub(super) struct Member {
    pub(super) client: Client,
    pub(super) place: usize,
    key: SecretKey,
    key_id: B256,
}

impl Member {
    pub(super) async fn seat(net: &Net, account: u32) -> Result<Self> {
        let client = net.client(0, dev_signer(account)?).await?;
        let key = SecretKey::from_seed(&[account as u8; 32])?;
        let key_id = client.keys().register(&key).await?;
        assert_eq!(key_id, keccak256(key.public_key().to_bytes()));
        client.audits().enlist(key_id).await?;
        let place = client.audits().seat_of(key_id).await?.place.try_into()?;
        Ok(Self { client, place, key, key_id })
    }

    /// Commits to a finding, and gives what shows it later.
    pub(super) async fn commit(&self, claim: B256, finding: &Finding) -> Result<Testimony> {
        let (audits, operator) = (self.client.audits(), self.client.address()?);
        let salt = B256::repeat_byte(0x5a);
        let commitment = finding.commitment(claim, operator, salt);
        // In the block that draws everybody can read its mix; after it, once somebody has recorded it.
        let committed = async || match audits.commit(claim, self.key_id, commitment).await {
            Ok(_) => Ok(Some(())),
            Err(Error::Beacon(IBeaconErrors::NotRecorded(_))) => Ok(None),
            Err(error) => Err(error.into()),
        };
        wait_for("the block that draws to be recorded", Duration::from_secs(60), committed).await?;
        let epoch = audits.get(claim).await?.epoch;
        let signature = finding.sign(&self.key, claim, (self.client.chain_id(), epoch)).ok_or_eyre("a set's name")?;
        Ok(Testimony { place: self.place, salt, signature })
    }
}

/// What an honest computation with a model finds.
pub(super) fn finding(model: &LocalModel, input: &[u8]) -> Result<Finding> {
    let trace = model.trace(input)?;
    let work = model.model().plan().work(&trace).ok_or_eyre("its length")?.map(Blob::of);
    Ok(Finding { output_root: work.output.root.into(), trace_root: work.trace.root.into() })
}

/// Waits for the draw; whoever audits records the block that draws.
pub(super) async fn committee(client: &Client, claim: B256) -> Result<Vec<usize>> {
    let drawn = async || match client.audits().committee_of(claim).await {
        Ok(committee) => Ok(Some(committee)),
        Err(Error::Beacon(IBeaconErrors::NotYet(_) | IBeaconErrors::NotRecorded(_))) => Ok(None),
        Err(error) => Err(error.into()),
    };
    wait_for("the committee to be drawn", Duration::from_secs(120), drawn).await
}
