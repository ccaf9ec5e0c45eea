//! A snapshot's members, read from its code.

use alloy::primitives::{Address, Bytes};
use edgeloom_bls::{Manifest, PublicKey, SnapshotError};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{Client, Error};

/// Chunks read at a time.
const PARALLEL: usize = 8;

/// Who could sign for a set in one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    /// The snapshot's address.
    pub snapshot: Address,
    /// How many places it has, those that nobody had among them.
    pub places: usize,
    /// In the order of their places.
    pub members: Vec<Member>,
}

/// One key of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key's bit in certificates of the epoch.
    pub place: usize,
    /// As whoever wrote the snapshot vouches for it.
    pub key: PublicKey,
    /// At least 1.
    pub stake: u64,
}

impl Members {
    /// Where a key is.
    #[must_use]
    pub fn place_of(&self, key: &PublicKey) -> Option<usize> {
        self.members.iter().find(|member| member.key == *key).map(|member| member.place)
    }
}

pub(super) async fn places(client: &Client, snapshot: Address) -> Result<usize, Error> {
    Ok(manifest(client, snapshot).await?.places())
}

pub(super) async fn read(client: &Client, snapshot: Address) -> Result<Members, Error> {
    let manifest = manifest(client, snapshot).await?;
    let chunks = stream::iter(manifest.chunks().to_vec()).map(|chunk| async move {
        let [keys_at, stakes_at] = [chunk.keys_at, chunk.stakes_at].map(Address::from);
        let (keys, stakes) = futures::try_join!(code(client, keys_at), code(client, stakes_at))?;
        let stakes: Vec<u64> = chunk.stakes(&stakes).map_err(|fault| wrong(stakes_at, fault))?.collect();
        let taken: Vec<_> = (0..stakes.len()).filter(|place| stakes[*place] > 0).collect();
        let keys = chunk.keys(&keys, taken.iter().copied()).map_err(|fault| wrong(keys_at, fault))?;
        let member = |(place, key): (usize, PublicKey)| Member { place, key, stake: stakes[place] };
        Ok::<Vec<Member>, Error>(taken.into_iter().zip(keys).map(member).collect())
    });
    let chunks: Vec<_> = chunks.buffered(PARALLEL).try_collect().await?;
    let mut members = Vec::new();
    let mut first = 0;
    for (chunk, own) in manifest.chunks().iter().zip(chunks) {
        members.extend(own.into_iter().map(|member| Member { place: first + member.place, ..member }));
        first += chunk.places;
    }
    Ok(Members { snapshot, places: manifest.places(), members })
}

async fn manifest(client: &Client, snapshot: Address) -> Result<Manifest, Error> {
    Manifest::parse(&code(client, snapshot).await?).map_err(|fault| wrong(snapshot, fault))
}

async fn code(client: &Client, at: Address) -> Result<Bytes, Error> {
    client.rpc().read("eth_getCode", (at, "latest")).await
}

fn wrong(at: Address, fault: SnapshotError) -> Error {
    Error::Answer(format!("the code at {at}: {fault}"))
}
