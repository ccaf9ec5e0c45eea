//! Collections, editions, and who holds what of them.

use crate::{
    filter::nft::{BalanceFilter, CreationFilter, EditionFilter, Of as Filtered, TokenFilter, TokenTransferFilter},
    page::PageRequest,
    record::{Balance, Creation, Edition, Token, TokenKey, TokenTransfer},
    store::{
        Count, Slice, Store, StoreError,
        market::{json, parsed},
        read::{Listing, Query, push_condition},
        rows::{Of, code},
        write::{Values, number, wei},
    },
};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::CreationKind;
use sqlx::sqlite::SqliteRow;

/// Codes in the database: positions here. Append, never reorder.
const KINDS: [CreationKind; 2] = [CreationKind::Collection, CreationKind::Editions];

/// Bytes of a token's key: an address and an id.
const KEY_BYTES: usize = 52;

impl Store {
    pub async fn creations(
        &self,
        filter: &CreationFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Creation>, StoreError> {
        let listing =
            Listing { table: "creations", filter: |query: &mut Query| filter.push(query), read: creation_row };
        self.list(listing, page, count).await
    }

    pub async fn tokens(
        &self,
        filter: &TokenFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Token>, StoreError> {
        let listing = Listing { table: "tokens", filter: |query: &mut Query| filter.push(query), read: token_row };
        self.list(listing, page, count).await
    }

    pub async fn editions(
        &self,
        filter: &EditionFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Edition>, StoreError> {
        let listing = Listing { table: "editions", filter: |query: &mut Query| filter.push(query), read: edition_row };
        self.list(listing, page, count).await
    }

    pub async fn balances(
        &self,
        filter: &BalanceFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Balance>, StoreError> {
        let listing = Listing { table: "balances", filter: |query: &mut Query| filter.push(query), read: balance_row };
        self.list(listing, page, count).await
    }

    pub async fn token_transfers(
        &self,
        filter: &TokenTransferFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<TokenTransfer>, StoreError> {
        let listing =
            Listing { table: "token_transfers", filter: |query: &mut Query| filter.push(query), read: transfer_row };
        self.list(listing, page, count).await
    }

    pub async fn creation(&self, address: Address) -> Result<Option<Creation>, StoreError> {
        let keys = std::iter::once(address.to_vec());
        Ok(self.by_keys("select * from creations where address in (", keys, creation_row).await?.pop())
    }

    pub async fn token(&self, key: TokenKey) -> Result<Option<Token>, StoreError> {
        let keys = std::iter::once(key.bytes());
        Ok(self.by_keys("select * from tokens where key in (", keys, token_row).await?.pop())
    }

    pub async fn edition(&self, key: TokenKey) -> Result<Option<Edition>, StoreError> {
        let keys = std::iter::once(key.bytes());
        Ok(self.by_keys("select * from editions where key in (", keys, edition_row).await?.pop())
    }
}

impl CreationFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "kind =", self.kind.map(|kind| code(&KINDS, &kind)));
        push_condition(query, "creator =", self.creator.map(|address| address.to_vec()));
    }
}

impl TokenFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "creation =", self.creation.map(|address| address.to_vec()));
        push_condition(query, "owner =", self.owner.map(|address| address.to_vec()));
        push_condition(query, "user =", self.user.map(|address| address.to_vec()));
    }
}

impl EditionFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "creation =", self.creation.map(|address| address.to_vec()));
    }
}

impl Filtered {
    /// Pushes a condition on `creation` or the column that has a token's key.
    pub(super) fn push(&self, query: &mut Query, token: &'static str) {
        match self {
            Self::Any => {}
            Self::Creation(address) => push_condition(query, "creation =", Some(address.to_vec())),
            Self::Token(key) => push_condition(query, token, Some(key.bytes())),
        }
    }
}

impl BalanceFilter {
    fn push(&self, query: &mut Query) {
        self.of.push(query, "token =");
        push_condition(query, "holder =", self.holder.map(|address| address.to_vec()));
        push_condition(query, "held =", self.held.map(i64::from));
    }
}

impl TokenTransferFilter {
    fn push(&self, query: &mut Query) {
        self.of.push(query, "key =");
        if let Some(account) = self.account {
            query.push(" and (sender = ").push_bind(account.to_vec());
            query.push(" or receiver = ").push_bind(account.to_vec()).push(")");
        }
    }
}

/// As the database has a token's key, with the holder behind it.
pub(super) fn balance_key(key: &TokenKey, holder: &Address) -> Vec<u8> {
    [key.bytes().as_slice(), holder.as_slice()].concat()
}

pub(in crate::store) fn write_creation(values: &mut Values<'_>, creation: &Creation) {
    values.push_bind(number(creation.number));
    values.push_bind(creation.address.to_vec());
    values.push_bind(code(&KINDS, &creation.kind));
    values.push_bind(creation.creator.to_vec());
    values.push_bind(number(creation.last_block));
    values.push_bind(json(creation));
}

pub(in crate::store) fn write_token(values: &mut Values<'_>, token: &Token) {
    values.push_bind(number(token.number));
    values.push_bind(token.key.bytes());
    values.push_bind(token.key.creation.to_vec());
    values.push_bind(token.owner.to_vec());
    values.push_bind(token.user.map(|(user, _)| user.to_vec()));
    values.push_bind(json(token));
}

pub(in crate::store) fn write_edition(values: &mut Values<'_>, edition: &Edition) {
    values.push_bind(number(edition.number));
    values.push_bind(edition.key.bytes());
    values.push_bind(edition.key.creation.to_vec());
    values.push_bind(json(edition));
}

pub(in crate::store) fn write_balance(values: &mut Values<'_>, balance: &Balance) {
    values.push_bind(number(balance.number));
    values.push_bind(balance_key(&balance.key, &balance.holder));
    values.push_bind(balance.key.creation.to_vec());
    values.push_bind(balance.key.bytes());
    values.push_bind(balance.holder.to_vec());
    values.push_bind(i64::from(!balance.amount.is_zero()));
    values.push_bind(json(balance));
}

pub(in crate::store) fn write_transfer(values: &mut Values<'_>, transfer: &TokenTransfer) {
    values.push_bind(number(transfer.id));
    values.push_bind(transfer.key.bytes());
    values.push_bind(transfer.key.creation.to_vec());
    values.push_bind(transfer.from.to_vec());
    values.push_bind(transfer.to.to_vec());
    values.push_bind(wei(transfer.amount));
    values.push_bind(number(transfer.at.block));
    values.push_bind(transfer.at.tx.to_vec());
    values.push_bind(i64::from(transfer.tx_index));
    values.push_bind(i64::from(transfer.log_index));
    values.push_bind(number(transfer.at.ms));
}

pub(super) fn creation_row(row: &SqliteRow) -> Result<Creation, StoreError> {
    parsed("creations", row)
}

pub(super) fn token_row(row: &SqliteRow) -> Result<Token, StoreError> {
    parsed("tokens", row)
}

pub(super) fn edition_row(row: &SqliteRow) -> Result<Edition, StoreError> {
    parsed("editions", row)
}

pub(super) fn balance_row(row: &SqliteRow) -> Result<Balance, StoreError> {
    parsed("balances", row)
}

fn transfer_row(row: &SqliteRow) -> Result<TokenTransfer, StoreError> {
    let row = Of("token_transfers", row);
    Ok(TokenTransfer {
        id: row.number("id")?,
        key: key(&row)?,
        from: row.address("sender")?,
        to: row.address("receiver")?,
        amount: row.wei("amount")?,
        at: row.stamp(["block", "tx", "ms"])?,
        tx_index: row.small("tx_index")?,
        log_index: row.small("log_index")?,
    })
}

fn key(row: &Of<'_>) -> Result<TokenKey, StoreError> {
    let key = row.blob("key")?;
    match key.split_at_checked(Address::len_bytes()) {
        Some((creation, id)) if key.len() == KEY_BYTES => {
            Ok(TokenKey::new(Address::from_slice(creation), U256::from_be_slice(id)))
        }
        _ => Err(row.damaged("key")),
    }
}
