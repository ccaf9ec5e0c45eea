//! What the faucet paid and owes. Limits are counted over these rows, in the transaction that adds one.

use super::{Store, StoreError, rows};
use alloy::primitives::{Address, B256, Bytes, U256};
use sqlx::SqliteConnection;

/// A payment: signed before it is written, written before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// 0 until it is stored.
    pub number: u64,
    pub account: Address,
    /// Who asked: an IPv4 address, or the 64-bit prefix of an IPv6 address.
    pub peer: Vec<u8>,
    pub amount: U256,
    pub ms: u64,
    pub payer: Address,
    pub nonce: u64,
    pub tx: B256,
    pub raw: Bytes,
}

/// Limits over the last [`Allowance::window_ms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub window_ms: u64,
    /// Payments to one address.
    pub account_max: u64,
    /// Payments to one peer.
    pub peer_max: u64,
    /// Wei paid in all.
    pub total_max: U256,
}

/// A limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    Account { wait_ms: u64 },
    Peer { wait_ms: u64 },
    Total { wait_ms: u64 },
}

impl Store {
    /// Which limit a payment of `amount` would break.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reached(&self, wanted: &Payment, allowance: &Allowance) -> Result<Option<Reached>, StoreError> {
        reached(&mut *self.readers.get().await?, wanted, allowance).await
    }

    /// Writes a payment if no limit is reached.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn owe(&self, payment: &Payment, allowance: &Allowance) -> Result<Result<u64, Reached>, StoreError> {
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        if let Some(reached) = reached(&mut transaction, payment, allowance).await? {
            return Ok(Err(reached));
        }
        let insert = "insert into payments (account, peer, amount, ms, payer, nonce, tx, raw, settled) values (?, ?, ?, ?, ?, ?, ?, ?, 0)";
        let done = sqlx::query(insert)
            .bind(payment.account.to_vec())
            .bind(&payment.peer)
            .bind(payment.amount.to_be_bytes_vec())
            .bind(payment.ms.cast_signed())
            .bind(payment.payer.to_vec())
            .bind(payment.nonce.cast_signed())
            .bind(payment.tx.to_vec())
            .bind(payment.raw.to_vec())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Ok(done.last_insert_rowid().cast_unsigned()))
    }

    /// Payments of `payer` that are not known to be in a block, by nonce.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn owed(&self, payer: Address) -> Result<Vec<Payment>, StoreError> {
        let select = "select * from payments where settled = 0 and payer = ? order by nonce";
        let found = sqlx::query(select).bind(payer.to_vec()).fetch_all(&self.writer).await?;
        found.iter().map(rows::payment).collect()
    }

    /// The payment needs nothing more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(&self, number: u64) -> Result<(), StoreError> {
        let update = "update payments set settled = 1 where number = ?";
        sqlx::query(update).bind(number.cast_signed()).execute(&self.writer).await?;
        Ok(())
    }

    /// The payment is made by another transaction, because its own can never be.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reissue(&self, payment: &Payment) -> Result<(), StoreError> {
        sqlx::query("update payments set nonce = ?, tx = ?, raw = ? where number = ?")
            .bind(payment.nonce.cast_signed())
            .bind(payment.tx.to_vec())
            .bind(payment.raw.to_vec())
            .bind(payment.number.cast_signed())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// The payment was refused and is not counted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forgive(&self, number: u64) -> Result<(), StoreError> {
        let delete = "delete from payments where number = ?";
        sqlx::query(delete).bind(number.cast_signed()).execute(&self.writer).await?;
        Ok(())
    }
}

async fn reached(
    connection: &mut SqliteConnection,
    wanted: &Payment,
    allowance: &Allowance,
) -> Result<Option<Reached>, StoreError> {
    let since = wanted.ms.saturating_sub(allowance.window_ms);
    // The oldest of the newest `max` payments: when it leaves the window, there is room.
    let oldest = "select ms from payments where account = ? and ms > ? order by ms desc limit 1 offset ?";
    let of_account = (oldest, wanted.account.to_vec(), allowance.account_max);
    let oldest = "select ms from payments where peer = ? and ms > ? order by ms desc limit 1 offset ?";
    let of_peer = (oldest, wanted.peer.clone(), allowance.peer_max);
    let mut waits = [None; 2];
    for (wait, (select, key, max)) in waits.iter_mut().zip([of_account, of_peer]) {
        let (offset, since) = (max.saturating_sub(1).cast_signed(), since.cast_signed());
        let found: Option<i64> =
            sqlx::query_scalar(select).bind(key).bind(since).bind(offset).fetch_optional(&mut *connection).await?;
        *wait = found.map(|ms| ms.cast_unsigned().saturating_sub(since.cast_unsigned()));
    }
    if let [Some(wait_ms), _] = waits {
        return Ok(Some(Reached::Account { wait_ms }));
    }
    if let [_, Some(wait_ms)] = waits {
        return Ok(Some(Reached::Peer { wait_ms }));
    }
    let paid = sqlx::query("select * from payments where ms > ? order by ms").bind(since.cast_signed());
    let paid: Vec<Payment> = paid.fetch_all(connection).await?.iter().map(rows::payment).collect::<Result<_, _>>()?;
    let total = paid.iter().fold(wanted.amount, |total, payment| total.saturating_add(payment.amount));
    if total <= allowance.total_max {
        return Ok(None);
    }
    let wait_ms = paid.first().map_or(allowance.window_ms, |payment| payment.ms.saturating_sub(since));
    Ok(Some(Reached::Total { wait_ms }))
}
