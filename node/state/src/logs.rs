//! Logs of committed blocks, found by the index and read where they lie, without decoding the receipts around them.

use crate::{
    error::StoreError,
    kv::Step,
    log_index::{self, Mark},
    store::Store,
    table::{Table, height_key},
};
use alloy::primitives::{Address, B256, keccak256};
use alloy_rlp::Header as RlpHeader;
use edgeloom_types::Height;

/// What a log must have. An empty list asks for nothing; several values are alternatives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    pub addresses: Vec<Address>,
    /// By position.
    pub topics: [Vec<B256>; 4],
}

/// Logs of one block that match a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogsFound {
    pub height: Height,
    /// Ascending places among all logs of the block, never none.
    pub ordinals: Vec<u32>,
    /// How many bytes they are at rest.
    pub bytes: usize,
}

impl LogQuery {
    fn matches(&self, log: &LogView<'_>) -> bool {
        let address = self.addresses.is_empty() || self.addresses.iter().any(|address| address.0 == *log.address);
        address
            && self.topics.iter().enumerate().all(|(position, wanted)| {
                wanted.is_empty() || log.topic(position).is_some_and(|topic| wanted.iter().any(|want| want == topic))
            })
    }

    /// What each part of the query asks for, rarest first as far as can be told.
    fn parts(&self) -> impl Iterator<Item = Vec<Mark>> + '_ {
        let topics = [1, 2, 3, 0].into_iter().map(|position| (position, &self.topics[usize::from(position)]));
        let topics =
            topics.map(|(position, wanted)| wanted.iter().map(|topic| Mark::Topic(position, *topic)).collect());
        let addresses: Vec<_> = self.addresses.iter().copied().map(Mark::Address).collect();
        topics.chain([addresses]).filter(|marks: &Vec<_>| !marks.is_empty())
    }
}

impl Store {
    /// What matches `query` in the blocks from `from` to `to`, by height. The caller bounds the range: the work is that of
    /// the rarest part of the query, and of one read for each block where it occurs.
    ///
    /// # Errors
    /// The disk's.
    pub fn find_logs(&self, query: &LogQuery, (from, to): (Height, Height)) -> Result<Vec<LogsFound>, StoreError> {
        if from > to {
            return Ok(Vec::new());
        }
        let mut rarest = None;
        for marks in query.parts() {
            let least = rarest.as_ref().map_or(usize::MAX, |(least, _)| *least);
            // What is not rarer is not read to its end.
            let Some(rows) = log_index::rows(&self.kv().snapshot(), &marks, (from, to), least)? else { continue };
            let count: usize = rows.values().map(Vec::len).sum();
            rarest = Some((count, rows));
            if count == 0 {
                return Ok(Vec::new());
            }
        }
        let mut found = Vec::new();
        if let Some((_, candidates)) = rarest {
            for (height, ordinals) in candidates {
                found.extend(self.check_logs(query, height, Some(ordinals))?);
            }
        } else {
            let mut heights = Vec::new();
            self.kv().snapshot().range(
                Table::LogPlaces,
                &height_key(from),
                &height_key(to.next()),
                &mut |key, _| {
                    let key = key.try_into().map_err(|_| StoreError::corrupt("a height is not 8 bytes"))?;
                    heights.push(Height::new(u64::from_be_bytes(key)));
                    Ok(Step::Next)
                },
            )?;
            for height in heights {
                found.extend(self.check_logs(query, height, None)?);
            }
        }
        Ok(found)
    }

    /// Those of `candidates`, or of all logs of the block, that match.
    fn check_logs(
        &self,
        query: &LogQuery,
        height: Height,
        candidates: Option<Vec<u32>>,
    ) -> Result<Option<LogsFound>, StoreError> {
        self.with_logs(height, |logs| {
            let (mut bytes, mut ordinals) = (0, candidates.unwrap_or_else(|| (0..logs.count() as u32).collect()));
            let mut failed = None;
            ordinals.retain(|ordinal| match logs.get(*ordinal) {
                Ok(log) if query.matches(&log) => {
                    bytes += log.bytes();
                    true
                }
                Ok(_) => false,
                Err(error) => {
                    failed.get_or_insert(error);
                    false
                }
            });
            match failed {
                Some(error) => Err(error),
                None if ordinals.is_empty() => Ok(None),
                None => Ok(Some(LogsFound { height, ordinals, bytes })),
            }
        })
        .map(Option::flatten)
    }

    /// Calls `read` with the logs of the block at `height`; `None` when it has none.
    ///
    /// # Errors
    /// What `read` returns; the disk's.
    pub fn with_logs<T, E: From<StoreError>>(
        &self,
        height: Height,
        read: impl FnOnce(&BlockLogs<'_>) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let key = height_key(height);
        let Some(places) = self.kv().get(Table::LogPlaces, &key)? else { return Ok(None) };
        let torn = || StoreError::corrupt(format!("no receipts at height {height}"));
        let outcome = self.kv().with(Table::Receipts, &key, |receipts| read(&BlockLogs::new(&places, receipts)?))?;
        outcome.ok_or_else(torn)?.map(Some)
    }

    /// Hashes of the block's transactions, in order; `None` above the tip.
    ///
    /// # Errors
    /// The disk's.
    pub fn transaction_hashes(&self, height: Height) -> Result<Option<Vec<B256>>, StoreError> {
        let corrupt = |error: alloy_rlp::Error| StoreError::corrupt(format!("body: {error}"));
        let hashes = self.kv().with(Table::Bodies, &height_key(height), |mut body| {
            RlpHeader::decode_bytes(&mut body, false)?; // the consensus record
            let mut list = RlpHeader::decode_bytes(&mut body, true)?;
            let mut hashes = Vec::new();
            while !list.is_empty() {
                hashes.push(keccak256(RlpHeader::decode_bytes(&mut list, false)?));
            }
            Ok(hashes)
        })?;
        hashes.transpose().map_err(corrupt)
    }
}

/// A block's receipts at rest, and where each log lies in them.
#[derive(Clone, Copy, Debug)]
pub struct BlockLogs<'a> {
    /// For each transaction, how many logs came before its own.
    firsts: &'a [[u8; 4]],
    offsets: &'a [[u8; 4]],
    receipts: &'a [u8],
}

impl<'a> BlockLogs<'a> {
    fn new(places: &'a [u8], receipts: &'a [u8]) -> Result<Self, StoreError> {
        let corrupt = || StoreError::corrupt("log places");
        let (words, []) = places.as_chunks::<4>() else { return Err(corrupt()) };
        let (transactions, words) = words.split_first().ok_or_else(corrupt)?;
        let (firsts, offsets) = words.split_at_checked(word(transactions)).ok_or_else(corrupt)?;
        Ok(Self { firsts, offsets, receipts })
    }

    pub const fn count(&self) -> usize {
        self.offsets.len()
    }

    /// Index of the transaction that a log is of.
    pub fn transaction(&self, ordinal: u32) -> usize {
        self.firsts.partition_point(|first| word(first) <= ordinal as usize).saturating_sub(1)
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when there is no such log.
    pub fn get(&self, ordinal: u32) -> Result<LogView<'a>, StoreError> {
        let corrupt = || StoreError::corrupt(format!("no log {ordinal}"));
        let offset = self.offsets.get(ordinal as usize).ok_or_else(corrupt)?;
        LogView::decode(self.receipts.get(word(offset)..).ok_or_else(corrupt)?)
            .map_err(|error| StoreError::corrupt(format!("log: {error}")))
    }
}

/// A log where it lies.
#[derive(Clone, Copy, Debug)]
pub struct LogView<'a> {
    pub address: &'a [u8; 20],
    /// Each behind its RLP header.
    topics: &'a [[u8; 33]],
    pub data: &'a [u8],
}

impl<'a> LogView<'a> {
    fn decode(mut row: &'a [u8]) -> Result<Self, alloy_rlp::Error> {
        let mut fields = RlpHeader::decode_bytes(&mut row, true)?;
        let address = RlpHeader::decode_bytes(&mut fields, false)?;
        let (topics, rest) = RlpHeader::decode_bytes(&mut fields, true)?.as_chunks();
        if !rest.is_empty() {
            return Err(alloy_rlp::Error::UnexpectedLength);
        }
        let data = RlpHeader::decode_bytes(&mut fields, false)?;
        let address = address.try_into().map_err(|_| alloy_rlp::Error::UnexpectedLength)?;
        Ok(Self { address, topics, data })
    }

    pub fn topics(&self) -> impl ExactSizeIterator<Item = &'a [u8; 32]> {
        self.topics.iter().map(|topic| topic.last_chunk().expect("33 is more than 32"))
    }

    fn topic(&self, position: usize) -> Option<&'a [u8; 32]> {
        self.topics().nth(position)
    }

    const fn bytes(&self) -> usize {
        20 + 33 * self.topics.len() + self.data.len()
    }
}

fn word(bytes: &[u8; 4]) -> usize {
    u32::from_be_bytes(*bytes) as usize
}
