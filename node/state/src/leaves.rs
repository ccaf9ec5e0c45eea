//! Leaves of tries, made from the rows of accounts and slots (T4 of `trie`).

use crate::{error::StoreError, record::Record, table::Table, trie::KeyValue};
use alloy::primitives::B256;
use alloy_trie::Nibbles;

/// A key and its value.
pub(crate) type Row = (Vec<u8>, Vec<u8>);

/// Where rows are looked for.
pub(crate) trait Rows {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The first row at or after `key`.
    fn first(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError>;
}

/// The first account whose key begins with `path`, or that of `key` if there is one.
pub(crate) fn account(rows: &impl Rows, path: &Nibbles, key: Option<&Nibbles>) -> Result<Option<KeyValue>, StoreError> {
    let found = first(rows, (Table::Accounts, &[]), path, key)?;
    found.map(|(key, row)| Ok((key, Record::decode(&row)?.leaf()))).transpose()
}

/// The first slot of an account whose key begins with `path`, or that of `key` if there is one. `account` is the keccak of
/// its address.
pub(crate) fn slot(
    rows: &impl Rows,
    account: &B256,
    path: &Nibbles,
    key: Option<&Nibbles>,
) -> Result<Option<KeyValue>, StoreError> {
    let found = first(rows, (Table::Storage, account.as_slice()), path, key)?;
    Ok(found.map(|(key, row)| (key, alloy_rlp::encode(row.as_slice()))))
}

/// Among the rows of a table whose keys begin so.
fn first(
    rows: &impl Rows,
    (table, prefix): (Table, &[u8]),
    path: &Nibbles,
    key: Option<&Nibbles>,
) -> Result<Option<KeyValue>, StoreError> {
    if let Some(key) = key
        && let Some(row) = rows.get(table, &[prefix, key.pack().as_slice()].concat())?
    {
        return Ok(Some((*key, row)));
    }
    let found = rows.first(table, &[prefix, path.pack().as_slice()].concat())?;
    Ok(found.and_then(|(found, row)| Some((Nibbles::unpack(found.strip_prefix(prefix)?), row))))
}
