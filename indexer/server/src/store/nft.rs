//! Creations, their tokens and their trade: the rows that a batch of blocks may change, as they are before it.

pub(super) mod creations;
pub(super) mod drops;
pub(super) mod sales;

use super::{StoreError, load::by_keys, rows::Of};
use crate::{
    project::{INCOMING_MAX, Nft, OUTGOING_MAX, Purse, TRADES_MAX, TouchedNft, Trade},
    record::{Sale, TokenKey},
};
use alloy::primitives::Address;
use edgeloom_index_api::{Asset, CreationKind, LotPhase};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

pub(super) async fn load(
    connection: &mut SqliteConnection,
    touched: &TouchedNft,
    loaded: &mut Nft,
) -> Result<(), StoreError> {
    lots(connection, touched, loaded).await?;
    first_sales(connection, touched, loaded).await?;
    let mut traded = touched.traded.clone();
    traded.extend(loaded.lots.values().filter(|lot| lot.phase == LotPhase::Open).map(|lot| lot.key));
    trades(connection, &traded, loaded).await?;
    let parts = loaded.sales.values().flat_map(|sale| sale.parts.keys().copied());
    let sold = traded.iter().map(|key| key.creation);
    let first_sold = loaded.drops.values().map(|drop| drop.creation);
    let packed = loaded.pack_sales.values().map(|sale| sale.creation);
    let addresses: BTreeSet<_> =
        touched.creations.iter().copied().chain(sold).chain(parts).chain(first_sold).chain(packed).collect();
    let addresses = addresses.iter().map(|address| address.to_vec()).collect();
    for row in by_keys(connection, "select * from creations where address in (", addresses).await? {
        let creation = creations::creation_row(&row)?;
        loaded.creations.insert(creation.address, creation);
    }
    tokens(connection, touched, loaded).await?;
    purses(connection, touched, loaded).await
}

async fn lots(connection: &mut SqliteConnection, touched: &TouchedNft, loaded: &mut Nft) -> Result<(), StoreError> {
    let ids = touched.lots.iter().map(|id| id.cast_signed()).collect();
    for row in by_keys(connection, "select * from lots where id in (", ids).await? {
        let lot = sales::lot_row(&row)?;
        loaded.lots.insert(lot.id, lot);
    }
    let ids = touched.gates.iter().map(|id| id.cast_signed()).collect();
    for row in by_keys(connection, "select * from gates where id in (", ids).await? {
        let gate = sales::gate_row(&row)?;
        loaded.gates.insert(gate.id, gate);
    }
    Ok(())
}

async fn first_sales(
    connection: &mut SqliteConnection,
    touched: &TouchedNft,
    loaded: &mut Nft,
) -> Result<(), StoreError> {
    let ids = touched.drops.iter().map(|id| id.cast_signed()).collect();
    for row in by_keys(connection, "select * from drops where id in (", ids).await? {
        let drop = drops::drop_row(&row)?;
        loaded.drops.insert(drop.id, drop);
    }
    let ids = touched.pack_sales.iter().map(|id| id.cast_signed()).collect();
    for row in by_keys(connection, "select * from pack_sales where id in (", ids).await? {
        let sale = drops::pack_sale_row(&row)?;
        loaded.pack_sales.insert(sale.id, sale);
    }
    for (sale, pack) in &touched.packs {
        let found = sqlx::query("select * from packs where sale = ? and pack = ?")
            .bind(sale.cast_signed())
            .bind(pack.cast_signed())
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = found {
            loaded.packs.insert((*sale, *pack), drops::pack_row(&row)?);
        }
    }
    Ok(())
}

/// The newest sales of each token, with their rows.
async fn trades(
    connection: &mut SqliteConnection,
    traded: &BTreeSet<TokenKey>,
    loaded: &mut Nft,
) -> Result<(), StoreError> {
    let mut ids = BTreeSet::new();
    let select = "select sale, sender, receiver, ms from sold where key = ? and sender is not null \
                  order by sale desc, place desc limit ?";
    for key in traded {
        let limit = i64::try_from(TRADES_MAX).unwrap_or(i64::MAX);
        let found = sqlx::query(select).bind(key.bytes()).bind(limit).fetch_all(&mut *connection).await?;
        let trade = |row| {
            let row = Of("sold", row);
            let (from, to) = (row.address("sender")?, row.address("receiver")?);
            Ok::<_, StoreError>(Trade { sale: row.number("sale")?, from, to, ms: row.number("ms")? })
        };
        let trades = found.iter().rev().map(trade).collect::<Result<Vec<_>, _>>()?;
        ids.extend(trades.iter().map(|trade| trade.sale.cast_signed()));
        loaded.trades.insert(*key, trades);
    }
    for row in by_keys(connection, "select * from sales where id in (", ids.into_iter().collect()).await? {
        let sale: Sale = sales::sale_row(&row)?;
        loaded.sales.insert(sale.id, sale);
    }
    Ok(())
}

/// Of creations that are known: of others nothing is looked up.
async fn tokens(connection: &mut SqliteConnection, touched: &TouchedNft, loaded: &mut Nft) -> Result<(), StoreError> {
    let kind = |key: &TokenKey| loaded.creations.get(&key.creation).map(|creation| creation.kind);
    let of = |wanted| touched.tokens.iter().filter(move |key| kind(key) == Some(wanted)).map(TokenKey::bytes);
    let (collected, editions): (Vec<_>, Vec<_>) =
        (of(CreationKind::Collection).collect(), of(CreationKind::Editions).collect());
    let held = touched.balances.iter().filter(|(key, _)| kind(key) == Some(CreationKind::Editions));
    let held: Vec<_> = held.map(|(key, holder)| creations::balance_key(key, holder)).collect();
    for row in by_keys(connection, "select * from tokens where key in (", collected).await? {
        let token = creations::token_row(&row)?;
        loaded.tokens.insert(token.key, token);
    }
    for row in by_keys(connection, "select * from editions where key in (", editions).await? {
        let edition = creations::edition_row(&row)?;
        loaded.editions.insert(edition.key, edition);
    }
    for row in by_keys(connection, "select * from balances where key in (", held).await? {
        let balance = creations::balance_row(&row)?;
        loaded.balances.insert((balance.key, balance.holder), balance);
    }
    Ok(())
}

/// Who gave their first money to those that trade, and to how many others it gave some. Both look at a bounded number of transfers.
async fn purses(connection: &mut SqliteConnection, touched: &TouchedNft, loaded: &mut Nft) -> Result<(), StoreError> {
    let sellers = loaded.drops.values().flat_map(|drop| [drop.creator, drop.payee]);
    let sellers = sellers.chain(loaded.pack_sales.values().flat_map(|sale| [sale.creator, sale.payee]));
    let dealers: BTreeSet<Address> = touched.dealers.iter().copied().chain(sellers).collect();
    let mut givers = BTreeSet::new();
    for dealer in &dealers {
        let select = "select asset, sender as other from transfers where receiver = ? order by id limit ?";
        let mut purse = loaded.purses.remove(dealer).unwrap_or_default();
        for (asset, from) in moves(connection, (select, INCOMING_MAX), dealer).await? {
            purse.received(asset, from, *dealer);
        }
        givers.extend(purse.funder.or_else(|| touched.payers.get(dealer).copied()));
        loaded.purses.insert(*dealer, purse);
    }
    for giver in &givers {
        let select = "select asset, receiver as other from transfers where sender = ? order by id limit ?";
        let mut purse: Purse = loaded.purses.remove(giver).unwrap_or_default();
        for (asset, to) in moves(connection, (select, OUTGOING_MAX), giver).await? {
            purse.gave(asset, to);
        }
        loaded.purses.insert(*giver, purse);
    }
    Ok(())
}

async fn moves(
    connection: &mut SqliteConnection,
    (select, limit): (&'static str, u32),
    account: &Address,
) -> Result<Vec<(Asset, Address)>, StoreError> {
    let found = sqlx::query(select).bind(account.to_vec()).bind(i64::from(limit)).fetch_all(connection).await?;
    let read = |row| {
        let row = Of("transfers", row);
        Ok((row.coded("asset", &super::rows::ASSETS)?, row.address("other")?))
    };
    found.iter().map(read).collect()
}
