//! Taking back what a development chain took back.

use super::{Cursor, Identity, Store, StoreError, rows};
use crate::record::BlockFacts;
use alloy::primitives::{Address, B256};
use sqlx::SqliteConnection;
use std::sync::atomic::Ordering;

/// Whether blocks of a chain can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Never: what contradicts the index is an error.
    Final,
    /// A development chain's: `evm_revert` and its like.
    Revisable,
}

/// Where a chain went back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewind {
    /// The chain from now on; its genesis is another than before if the node was started anew.
    pub identity: Identity,
    /// Height of the newest block that index and node have in common; `None` if there is none.
    pub to: Option<u64>,
    /// What became of the verified contracts.
    pub contracts: Vec<(Address, Standing)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The code is there, and was created as is known.
    Stands,
    /// The code is there, and came there in another way.
    Recreated,
    /// Other code is there, or none.
    Gone,
}

/// What is known of a verified contract's presence on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    pub address: Address,
    pub code_hash: Option<B256>,
    /// The creating transaction and its block.
    pub created: Option<(B256, u64)>,
}

/// Tables of blocks and of what their events said.
const PROJECTED: [&str; 40] = [
    "blocks",
    "jobs",
    "job_inputs",
    "job_outputs",
    "job_events",
    "workers",
    "models",
    "transfers",
    "nodes",
    "positions",
    "slashes",
    "committees",
    "checkpoints",
    "proposals",
    "proposal_texts",
    "votes",
    "parameter_changes",
    "orders",
    "leases",
    "auctions",
    "bids",
    "pools",
    "pairs",
    "sessions",
    "market_events",
    "claims",
    "creations",
    "tokens",
    "editions",
    "balances",
    "token_transfers",
    "sales",
    "sold",
    "lots",
    "lot_bids",
    "rentals",
    "gates",
    "drops",
    "pack_sales",
    "packs",
];

impl Store {
    /// `None` until [`Self::adopt`].
    pub async fn history(&self) -> Result<Option<History>, StoreError> {
        let row: Option<i64> = sqlx::query_scalar("select revisable from chain").fetch_optional(&self.writer).await?;
        Ok(row.map(|revisable| if revisable == 1 { History::Revisable } else { History::Final }))
    }

    /// Hash of the indexed block at `height`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hash_at(&self, height: u64) -> Result<Option<B256>, StoreError> {
        let row: Option<Vec<u8>> = sqlx::query_scalar("select hash from blocks where height = ?")
            .bind(height.cast_signed())
            .fetch_optional(&self.writer)
            .await?;
        row.map(|hash| rows::hash("blocks", &hash)).transpose()
    }

    /// Every verified contract, oldest verification first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn presences(&self) -> Result<Vec<Presence>, StoreError> {
        let select = "select address, code_hash, created_tx, created_block from contracts order by number";
        let found = sqlx::query(select).fetch_all(&self.writer).await?;
        found.iter().map(rows::presence).collect()
    }

    /// How often blocks were taken back since the file was opened.
    pub fn rewinds(&self) -> u64 {
        self.rewinds.load(Ordering::Acquire)
    }

    /// Forgets what the chain took back and gives the block that is the newest then: the common one, or `None` where rows
    /// that add up over blocks would have to be taken apart, and the index is built anew from genesis.
    ///
    /// # Errors
    /// [`StoreError`]; nothing changed then.
    pub async fn rewind(&self, rewind: &Rewind) -> Result<Option<BlockFacts>, StoreError> {
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        let to = match rewind.to {
            Some(to) if !adds_up_after(&mut transaction, to).await? => Some(to),
            _ => None,
        };
        match to {
            Some(to) => truncate(&mut transaction, to).await?,
            None => clear(&mut transaction).await?,
        }
        sqlx::query("update chain set chain_id = ?, genesis = ?")
            .bind(rewind.identity.chain_id.cast_signed())
            .bind(rewind.identity.genesis.as_slice())
            .execute(&mut *transaction)
            .await?;
        for (address, standing) in &rewind.contracts {
            judge(&mut transaction, *address, *standing).await?;
        }
        let newest =
            sqlx::query("select * from blocks order by height desc limit 1").fetch_optional(&mut *transaction).await?;
        let newest = newest.as_ref().map(rows::block).transpose()?;
        if let Some(BlockFacts { height, hash, .. }) = newest {
            super::write::move_cursor(&mut transaction, Cursor { height, hash }).await?;
        }
        // Before the commit: who sees the new rows sees the new count.
        self.rewinds.fetch_add(1, Ordering::AcqRel);
        transaction.commit().await?;
        Ok(newest)
    }
}

/// Whether blocks above `height` changed rows in place, which only replaying undoes.
async fn adds_up_after(connection: &mut SqliteConnection, height: u64) -> Result<bool, StoreError> {
    let select = "select exists(select 1 from workers where last_block > ?1) \
                  or exists(select 1 from models where registered_block > ?1) \
                  or exists(select 1 from job_events where block > ?1) \
                  or exists(select 1 from nodes where last_block > ?1) \
                  or exists(select 1 from positions where last_block > ?1) \
                  or exists(select 1 from committees where last_block > ?1 and block <= ?1) \
                  or exists(select 1 from checkpoints where last_block > ?1 and block <= ?1) \
                  or exists(select 1 from proposals where last_block > ?1) \
                  or exists(select 1 from market_events where block > ?1) \
                  or exists(select 1 from creations where last_block > ?1)";
    let found: i64 = sqlx::query_scalar(select).bind(height.cast_signed()).fetch_one(connection).await?;
    Ok(found == 1)
}

async fn truncate(connection: &mut SqliteConnection, to: u64) -> Result<(), StoreError> {
    // Slashes come with a change of a node, votes with one of a proposal, orders with a job's event, leases, auctions, bids, pools and claims
    // with the market's; so do sales, lots, rentals, drops, packs and gates, and tokens with a change of their creation.
    let deletes = [
        "delete from blocks where height > ?",
        "delete from transfers where block > ?",
        "delete from committees where block > ?",
        "delete from checkpoints where block > ?",
        "delete from parameter_changes where block > ?",
    ];
    for delete in deletes {
        sqlx::query(delete).bind(to.cast_signed()).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn clear(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for table in PROJECTED.into_iter().chain(["cursor"]) {
        sqlx::QueryBuilder::<sqlx::Sqlite>::new("delete from ").push(table).build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn judge(connection: &mut SqliteConnection, address: Address, standing: Standing) -> Result<(), StoreError> {
    let changes: &[&str] = match standing {
        Standing::Stands => &[],
        Standing::Recreated => {
            &["update contracts set creation = null, created_tx = null, created_block = 0, created_index = 0, \
             deployer = null, arguments = null where address = ?"]
        }
        Standing::Gone => {
            &["delete from contracts where address = ?", "delete from contract_sources where address = ?"]
        }
    };
    for change in changes {
        sqlx::query(*change).bind(address.to_vec()).execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
