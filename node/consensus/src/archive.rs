//! Where and how marshal keeps final blocks and certificates, under the node's storage.

use commonware_runtime::buffer::paged::CacheRef;
use commonware_storage::archive::immutable;
use commonware_utils::{NZU64, NZUsize};

/// The layout of one archive. Its names are part of the data directory's format.
pub(crate) fn config<C>(name: &str, codec_config: C, page_cache: CacheRef) -> immutable::Config<C> {
    let part = |suffix: &str| format!("{name}-{suffix}");
    immutable::Config {
        metadata_partition: part("metadata"),
        freezer_table_partition: part("table"),
        freezer_table_initial_size: 1024,
        freezer_table_resize_frequency: 4,
        freezer_table_resize_chunk_size: 1024,
        freezer_key_partition: part("keys"),
        freezer_key_page_cache: page_cache,
        freezer_value_partition: part("values"),
        freezer_value_target_size: 256 * 1024 * 1024,
        freezer_value_compression: None,
        ordinal_partition: part("ordinal"),
        items_per_section: NZU64!(1024),
        codec_config,
        replay_buffer: NZUsize!(1024 * 1024),
        freezer_key_write_buffer: NZUsize!(64 * 1024),
        freezer_value_write_buffer: NZUsize!(1024 * 1024),
        ordinal_write_buffer: NZUsize!(64 * 1024),
    }
}
