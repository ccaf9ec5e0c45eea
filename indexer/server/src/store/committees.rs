//! Committees and checkpoints.

use super::{
    Count, Slice, Store, StoreError,
    read::{Listing, Query},
    rows::Of,
    write::{Values, number, wei},
};
use crate::{
    page::PageRequest,
    record::{Checkpoint, Committee},
};
use alloy::primitives::Bytes;
use sqlx::sqlite::SqliteRow;

impl Store {
    pub async fn committees(&self, page: &PageRequest, count: Count) -> Result<Slice<Committee>, StoreError> {
        let listing = Listing { table: "committees", filter: |_: &mut Query| (), read: committee_row };
        self.list(listing, page, count).await
    }

    pub async fn checkpoints(&self, page: &PageRequest, count: Count) -> Result<Slice<Checkpoint>, StoreError> {
        let listing = Listing { table: "checkpoints", filter: |_: &mut Query| (), read: checkpoint_row };
        self.list(listing, page, count).await
    }

    pub async fn committee(&self, epoch: u32) -> Result<Option<Committee>, StoreError> {
        let keys = std::iter::once(i64::from(epoch));
        Ok(self.by_keys("select * from committees where epoch in (", keys, committee_row).await?.pop())
    }

    pub async fn checkpoint(&self, height: u64) -> Result<Option<Checkpoint>, StoreError> {
        let keys = i64::try_from(height).into_iter();
        Ok(self.by_keys("select * from checkpoints where height in (", keys, checkpoint_row).await?.pop())
    }
}

pub(super) fn write_committee(values: &mut Values<'_>, committee: &Committee) {
    values.push_bind(i64::from(committee.epoch));
    values.push_bind(committee.nodes.iter().flat_map(|node| node.to_be_bytes()).collect::<Vec<_>>());
    values.push_bind(wei(committee.total_stake));
    values.push_bind(committee.kept_from.map(i64::from));
    // Numbers alone: they have a JSON form.
    values.push_bind(serde_json::to_string(&committee.not_live).unwrap_or_default());
    for at in [committee.block, committee.ms, committee.last_block] {
        values.push_bind(number(at));
    }
}

pub(super) fn write_checkpoint(values: &mut Values<'_>, checkpoint: &Checkpoint) {
    values.push_bind(number(checkpoint.height));
    values.push_bind(checkpoint.hash.to_vec());
    values.push_bind(wei(checkpoint.signed_stake));
    values.push_bind(wei(checkpoint.total_stake));
    values.push_bind(checkpoint.signers.to_vec());
    values.push_bind(i64::from(checkpoint.unions));
    values.push_bind(checkpoint.submitter.to_vec());
    values.push_bind(number(checkpoint.at.block));
    values.push_bind(checkpoint.at.tx.to_vec());
    values.push_bind(number(checkpoint.at.ms));
    values.push_bind(number(checkpoint.last_block));
}

pub(super) fn committee_row(row: &SqliteRow) -> Result<Committee, StoreError> {
    let row = Of("committees", row);
    let (nodes, rest) = row.blob("nodes")?.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(row.damaged("nodes"));
    }
    Ok(Committee {
        epoch: row.small("epoch")?,
        nodes: nodes.iter().map(|node| u32::from_be_bytes(*node)).collect(),
        total_stake: row.wei("total_stake")?,
        kept_from: row.maybe_small("kept_from")?,
        not_live: serde_json::from_str(&row.text("not_live")?).map_err(|_| row.damaged("not_live"))?,
        block: row.number("block")?,
        ms: row.number("ms")?,
        last_block: row.number("last_block")?,
    })
}

pub(super) fn checkpoint_row(row: &SqliteRow) -> Result<Checkpoint, StoreError> {
    let row = Of("checkpoints", row);
    Ok(Checkpoint {
        height: row.number("height")?,
        hash: row.hash("hash")?,
        signed_stake: row.wei("signed_stake")?,
        total_stake: row.wei("total_stake")?,
        signers: Bytes::copy_from_slice(row.blob("signers")?),
        unions: row.small("unions")?,
        submitter: row.address("submitter")?,
        at: row.stamp(["block", "tx", "ms"])?,
        last_block: row.number("last_block")?,
    })
}
