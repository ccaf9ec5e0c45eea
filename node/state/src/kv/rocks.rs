//! The store on disk: one RocksDB column family per table, every block one synced batch.

use super::{Durability, Load, Step, Visit, Walk};
use crate::{
    error::StoreError,
    leaves::Row,
    table::{LAYOUT_VERSION, META_LAYOUT, META_TIP, Table},
};
use rocksdb::{
    BlockBasedIndexType, BlockBasedOptions, BottommostLevelCompaction, Cache, ColumnFamily, ColumnFamilyDescriptor,
    CompactOptions, DB, DBCompressionType, LruCacheOptions, Options, ReadOptions, SliceTransform, WriteBatch,
    WriteOptions, properties,
};
use std::{
    fs::{File, TryLockError, create_dir_all},
    path::Path,
};

/// Held for as long as the database is open. Ours beside RocksDB's, so that "in use" is known from an error code and
/// not from the wording of a message.
const LOCK_FILE: &str = "edgeloom.lock";

/// Eight shards. In shards of 2 MiB, as is usual, filters of one table drive out those of another all the time.
const BLOCK_CACHE_SHARD_BITS: i32 = 3;
/// All memtables together; the oldest is flushed when they exceed it.
const MEMTABLES_BYTES: usize = 64 << 20;
const WAL_BYTES: u64 = 128 << 20;
const OPEN_FILES: i32 = 512;
const METADATA_BLOCK_BYTES: usize = 4 << 10;
/// Past trie nodes are read rarely, and with larger blocks their index is smaller.
const TRIE_HISTORY_BLOCK_BYTES: usize = 16 << 10;

#[derive(Debug)]
pub(crate) struct Rocks {
    // Declared before the lock: dropped, and so closed, first.
    db: DB,
    _lock: File,
}

impl Rocks {
    pub(super) fn open(path: &Path, cache: usize) -> Result<Self, StoreError> {
        let io = |source| StoreError::Io { path: path.to_path_buf(), source };
        create_dir_all(path).map_err(io)?;
        let lock = File::create(path.join(LOCK_FILE)).map_err(io)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::Locked(path.to_path_buf()),
            TryLockError::Error(source) => io(source),
        })?;
        let cache = block_cache(cache);
        let families = Table::ALL.map(|table| ColumnFamilyDescriptor::new(table.name(), table_options(table, &cache)));
        refuse_other_layouts(path)?;
        let rocks = Self { db: DB::open_cf_descriptors(&database_options(), path, families)?, _lock: lock };
        rocks.check_version(path)?;
        Ok(rocks)
    }

    /// Writes the version into a new database, compares it in an old one.
    fn check_version(&self, path: &Path) -> Result<(), StoreError> {
        match self.get(Table::Meta, META_LAYOUT)? {
            Some(found) => expect_version(path, &found),
            None if self.get(Table::Meta, META_TIP)?.is_some() => expect_version(path, &[]),
            None => {
                let mut batch = self.batch_of(0);
                batch.put(Table::Meta, META_LAYOUT, &LAYOUT_VERSION.to_be_bytes());
                self.write(batch, Durability::Synced)
            }
        }
    }

    fn family(&self, table: Table) -> &ColumnFamily {
        self.db.cf_handle(table.name()).expect("every table was opened")
    }

    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.db.get_cf(self.family(table), key)?)
    }

    pub(super) fn with<T>(
        &self,
        table: Table,
        key: &[u8],
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, StoreError> {
        // An iterator shows a value where it lies. Getting it, pinned or not, copies what has not left the memtable yet.
        let mut options = ReadOptions::default();
        options.set_iterate_upper_bound([key, &[0]].concat());
        let mut rows = self.db.raw_iterator_cf_opt(self.family(table), options);
        rows.seek(key);
        rows.status()?;
        Ok(rows.item().map(|(_, value)| read(value)))
    }

    pub(super) fn seek(&self, table: Table, key: &[u8], prefix: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut options = ReadOptions::default();
        options.set_prefix_same_as_start(true);
        let mut rows = self.db.raw_iterator_cf_opt(self.family(table), options);
        rows.seek(key);
        rows.status()?;
        Ok(rows.item().filter(|(found, _)| found.starts_with(prefix)).map(|(_, value)| value.to_vec()))
    }

    pub(super) fn first(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError> {
        let mut rows = self.db.raw_iterator_cf(self.family(table));
        rows.seek(key);
        rows.status()?;
        Ok(rows.item().map(|(key, value)| (key.to_vec(), value.to_vec())))
    }

    pub(super) fn bytes(&self, table: Table) -> Result<u64, StoreError> {
        let bytes = self.db.property_int_value_cf(self.family(table), properties::TOTAL_SST_FILES_SIZE)?;
        Ok(bytes.unwrap_or(0))
    }

    pub(super) fn load(&self) -> Result<Load, StoreError> {
        let of = |table, property: &properties::PropName| -> Result<u64, StoreError> {
            Ok(self.db.property_int_value_cf(self.family(table), property)?.unwrap_or(0))
        };
        // Any table has the answer to what all of them share.
        let shared = |property| of(Table::Meta, property);
        let sum = |property| Table::ALL.into_iter().map(|table| of(table, property)).sum::<Result<u64, StoreError>>();
        Ok(Load {
            cache: shared(properties::BLOCK_CACHE_USAGE)?,
            cache_max: shared(properties::BLOCK_CACHE_CAPACITY)?,
            memtables: sum(properties::CUR_SIZE_ALL_MEM_TABLES)?,
            compactions: shared(properties::NUM_RUNNING_COMPACTIONS)?,
            flushes: shared(properties::NUM_RUNNING_FLUSHES)?,
            compaction_debt: sum(properties::ESTIMATE_PENDING_COMPACTION_BYTES)?,
            delayed_write_rate: shared(properties::ACTUAL_DELAYED_WRITE_RATE)?,
            writes_stopped: shared(properties::IS_WRITE_STOPPED)? != 0,
            background_errors: shared(properties::BACKGROUND_ERRORS)?,
        })
    }

    pub(super) fn compact(&self, table: Table) -> Result<(), StoreError> {
        let mut options = CompactOptions::default();
        // Else what is in the last level already stays as it is.
        options.set_bottommost_level_compaction(BottommostLevelCompaction::Force);
        self.db.flush_cf(self.family(table))?;
        self.db.compact_range_cf_opt(self.family(table), None::<&[u8]>, None::<&[u8]>, &options);
        Ok(())
    }

    pub(super) fn batch_of(&self, bytes: usize) -> Batch<'_> {
        let families = Table::ALL.map(|table| self.family(table));
        Batch { families, batch: WriteBatch::with_capacity_bytes(bytes) }
    }

    pub(super) fn write(&self, batch: Batch<'_>, durability: Durability) -> Result<(), StoreError> {
        let mut options = WriteOptions::default();
        options.set_sync(durability == Durability::Synced);
        Ok(self.db.write_opt(batch.batch, &options)?)
    }

    pub(super) fn snapshot(&self) -> Snapshot<'_> {
        Snapshot { rocks: self, snapshot: self.db.snapshot() }
    }
}

pub(crate) struct Batch<'a> {
    families: [&'a ColumnFamily; Table::COUNT],
    batch: WriteBatch,
}

impl Batch<'_> {
    pub(super) fn put(&mut self, table: Table, key: &[u8], value: &[u8]) {
        self.batch.put_cf(self.families[table as usize], key, value);
    }

    pub(super) fn delete(&mut self, table: Table, key: &[u8]) {
        self.batch.delete_cf(self.families[table as usize], key);
    }
}

pub(crate) struct Snapshot<'a> {
    rocks: &'a Rocks,
    snapshot: rocksdb::Snapshot<'a>,
}

impl Snapshot<'_> {
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.snapshot.get_cf(self.rocks.family(table), key)?)
    }

    pub(super) fn range(&self, table: Table, start: &[u8], end: &[u8], visit: &mut Walk<'_>) -> Result<(), StoreError> {
        let mut options = ReadOptions::default();
        options.set_iterate_upper_bound(end);
        let mut rows = self.snapshot.raw_iterator_cf_opt(self.rocks.family(table), options);
        rows.seek(start);
        while let Some((key, value)) = rows.item() {
            match visit(key, value)? {
                Step::Next => rows.next(),
                Step::Seek(to) => rows.seek(to),
                Step::Stop => break,
            }
        }
        Ok(rows.status()?)
    }

    pub(super) fn scan(&self, table: Table, prefix: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut options = ReadOptions::default();
        options.fill_cache(false);
        let mut rows = self.snapshot.raw_iterator_cf_opt(self.rocks.family(table), options);
        rows.seek(prefix);
        while let Some((key, value)) = rows.item().filter(|(key, _)| key.starts_with(prefix)) {
            visit(key, value)?;
            rows.next();
        }
        Ok(rows.status()?)
    }

    pub(super) fn walk(&self, table: Table, from: &[u8], visit: &mut Walk<'_>) -> Result<(), StoreError> {
        let mut options = ReadOptions::default();
        options.fill_cache(false);
        // A walk leaves the prefix that it starts in, so filters of prefixes must not end it.
        options.set_total_order_seek(true);
        let mut rows = self.snapshot.raw_iterator_cf_opt(self.rocks.family(table), options);
        rows.seek(from);
        while let Some((key, value)) = rows.item() {
            match visit(key, value)? {
                Step::Next => rows.next(),
                Step::Seek(to) => rows.seek(to),
                Step::Stop => break,
            }
        }
        Ok(rows.status()?)
    }
}

fn block_cache(bytes: usize) -> Cache {
    let mut options = LruCacheOptions::default();
    options.set_capacity(bytes);
    options.set_num_shard_bits(BLOCK_CACHE_SHARD_BITS);
    Cache::new_lru_cache_opts(&options)
}

fn database_options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_db_write_buffer_size(MEMTABLES_BYTES);
    options.set_max_total_wal_size(WAL_BYTES);
    options.set_max_open_files(OPEN_FILES);
    options.set_max_background_jobs(2);
    options.set_bytes_per_sync(1 << 20);
    options.set_keep_log_file_num(2);
    options
}

fn table_options(table: Table, cache: &Cache) -> Options {
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_cache(cache);
    blocks.set_bloom_filter(10.0, false);
    blocks.set_cache_index_and_filter_blocks(true);
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(true);
    // In pieces: a table of millions of rows has a megabyte of filter, and a read wants one bit of it.
    blocks.set_index_type(BlockBasedIndexType::TwoLevelIndexSearch);
    blocks.set_partition_filters(true);
    blocks.set_metadata_block_size(METADATA_BLOCK_BYTES);
    blocks.set_pin_top_level_index_and_filter(true);
    let mut options = Options::default();
    options.set_compression_type(DBCompressionType::Lz4);
    options.set_level_compaction_dynamic_level_bytes(true);
    if let Some(prefix) = prefix(table) {
        options.set_prefix_extractor(prefix);
        // Histories are sought by prefix only.
        blocks.set_whole_key_filtering(false);
    }
    if is_asked_in_vain(table) {
        // A fiftieth of the 64 MiB of a memtable: ten bits each for a million keys.
        options.set_memtable_whole_key_filtering(true);
        options.set_memtable_prefix_bloom_ratio(0.02);
    }
    if matches!(table, Table::AccountTrieHistory | Table::StorageTrieHistory) {
        blocks.set_block_size(TRIE_HISTORY_BLOCK_BYTES);
    }
    options.set_block_based_table_factory(&blocks);
    options
}

/// Whether rows are often looked for that are not there: of accounts and slots that a block makes, of transactions.
const fn is_asked_in_vain(table: Table) -> bool {
    matches!(table, Table::Meta | Table::Transactions | Table::Accounts | Table::Storage)
}

/// [`Table::history_prefix`] in RocksDB's terms. The names are in the database's files.
fn prefix(table: Table) -> Option<SliceTransform> {
    fn of_account_nodes(key: &[u8]) -> &[u8] {
        Table::AccountTrieHistory.history_prefix(key).unwrap_or(key)
    }
    fn of_storage_nodes(key: &[u8]) -> &[u8] {
        Table::StorageTrieHistory.history_prefix(key).unwrap_or(key)
    }
    match table {
        Table::AccountHistory => Some(SliceTransform::create_fixed_prefix(32)),
        Table::StorageHistory => Some(SliceTransform::create_fixed_prefix(64)),
        Table::AccountTrieHistory => Some(SliceTransform::create("edgeloom.account_node", of_account_nodes, None)),
        Table::StorageTrieHistory => Some(SliceTransform::create("edgeloom.storage_node", of_storage_nodes, None)),
        _ => None,
    }
}

/// Looks before opening for writing: a database whose tables are not ours gets no table created in it.
fn refuse_other_layouts(path: &Path) -> Result<(), StoreError> {
    if !path.join("CURRENT").exists() {
        return Ok(());
    }
    let options = Options::default();
    let present = DB::list_cf(&options, path)?;
    let known = |name: &str| name == "default" || Table::ALL.iter().any(|table| table.name() == name);
    if present.len() == Table::COUNT + 1 && present.iter().all(|name| known(name)) {
        return Ok(());
    }
    let meta = Table::Meta.name();
    if present.iter().any(|name| name == meta) {
        let db = DB::open_cf_for_read_only(&options, path, [meta], false)?;
        let family = db.cf_handle(meta).expect("just opened");
        if let Some(found) = db.get_cf(family, META_LAYOUT)? {
            return expect_version(path, &found);
        }
    }
    // Killed while it was being created: the missing tables are created now. Every database has `default`; we never
    // write to it, whoever made a database with rows there did.
    if present.iter().all(|name| known(name)) && is_default_empty(path)? { Ok(()) } else { expect_version(path, &[]) }
}

fn is_default_empty(path: &Path) -> Result<bool, StoreError> {
    let db = DB::open_for_read_only(&Options::default(), path, false)?;
    let mut rows = db.raw_iterator();
    rows.seek_to_first();
    rows.status()?;
    Ok(!rows.valid())
}

fn expect_version(path: &Path, found: &[u8]) -> Result<(), StoreError> {
    let (path, found) = (path.to_path_buf(), found.try_into().map_or(0, u32::from_be_bytes));
    match found {
        LAYOUT_VERSION => Ok(()),
        1..=2 => Err(StoreError::OldBlocks { path, found, expected: LAYOUT_VERSION }),
        _ => Err(StoreError::Version { path, found, expected: LAYOUT_VERSION }),
    }
}
