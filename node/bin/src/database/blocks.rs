//! A file of blocks. First what it holds, 68 bytes, then under `zstd` the blocks, each a frame:
//!
//! ```text
//! "EDGELOOM BLOCKS\n" 16 | version 4 | genesis hash 32 | first height 8 | last height 8
//! length 4 | RLP [block, certificate]        as often as there are heights; an empty certificate is none
//! 0 4 | keccak256 of everything before the zero, uncompressed 32
//! ```
//! Numbers are big-endian.

use super::named;
use alloy::primitives::{B256, Bytes, Keccak256};
use alloy_rlp::{Encodable as _, Header};
use edgeloom_types::{Block, MAX_BLOCK_BYTES, SealedBlock};
use eyre::{Result, WrapErr, bail, ensure};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

const MAGIC: &[u8; 16] = b"EDGELOOM BLOCKS\n";
const VERSION: u32 = 1;
/// Most bytes of a frame: the largest block, and a certificate, which has a few hundred.
const FRAME_BYTES_MAX: usize = MAX_BLOCK_BYTES + 4096;
/// zstd's usual level: a level of 19 saves a tenth and takes fifty times as long.
const LEVEL: i32 = 3;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) genesis: B256,
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Range {
    const LEN: usize = 16 + 4 + 32 + 8 + 8;

    fn encode(&self) -> Vec<u8> {
        let Self { genesis, from, to } = self;
        [&MAGIC[..], &VERSION.to_be_bytes(), genesis.as_slice(), &from.to_be_bytes(), &to.to_be_bytes()].concat()
    }

    fn decode(bytes: &[u8; Self::LEN]) -> Result<Self> {
        let (magic, rest) = bytes.split_at(MAGIC.len());
        ensure!(magic == MAGIC, "it is no file of blocks");
        let (version, rest) = rest.split_at(4);
        let version = u32::from_be_bytes(version.try_into()?);
        ensure!(version == VERSION, "it has version {version}, this build reads version {VERSION}");
        let (genesis, heights) = rest.split_at(32);
        let (from, to) = heights.split_at(8);
        let (from, to) = (u64::from_be_bytes(from.try_into()?), u64::from_be_bytes(to.try_into()?));
        ensure!(0 < from && from <= to && to < u64::MAX, "it says that it holds blocks {from} to {to}");
        Ok(Self { genesis: B256::from_slice(genesis), from, to })
    }
}

/// A file that is being written.
pub(super) struct Writer {
    out: zstd::Encoder<'static, BufWriter<File>>,
    sum: Keccak256,
}

impl Writer {
    /// # Errors
    /// When the file exists or cannot be written.
    pub(super) fn create(path: &Path, range: Range) -> Result<Self> {
        let file = File::create_new(path).wrap_err_with(|| format!("cannot write {}", named(path)))?;
        let (mut plain, head) = (BufWriter::new(file), range.encode());
        plain.write_all(&head)?;
        let mut sum = Keccak256::new();
        sum.update(&head);
        Ok(Self { out: zstd::Encoder::new(plain, LEVEL)?, sum })
    }

    /// # Errors
    /// The disk's.
    pub(super) fn put(&mut self, block: &SealedBlock, certificate: Option<&[u8]>) -> Result<()> {
        let (block, certificate) =
            (Bytes::from(block.block().encode()), Bytes::copy_from_slice(certificate.unwrap_or_default()));
        let payload_length = block.length() + certificate.length();
        let mut frame = Vec::with_capacity(payload_length + 8);
        Header { list: true, payload_length }.encode(&mut frame);
        block.encode(&mut frame);
        certificate.encode(&mut frame);
        let length = u32::try_from(frame.len())?.to_be_bytes();
        for part in [&length[..], &frame] {
            self.sum.update(part);
            self.out.write_all(part)?;
        }
        Ok(())
    }

    /// Bytes of the whole file, which is on the disk.
    ///
    /// # Errors
    /// The disk's.
    pub(super) fn finish(self) -> Result<u64> {
        let Self { mut out, sum } = self;
        out.write_all(&0u32.to_be_bytes())?;
        out.write_all(sum.finalize().as_slice())?;
        let file = out.finish()?.into_inner()?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }
}

/// A file that is being read, a block at a time.
pub(super) struct Reader {
    input: zstd::Decoder<'static, BufReader<File>>,
    sum: Keccak256,
    pub(super) range: Range,
    /// The height that comes next.
    next: u64,
}

impl Reader {
    /// # Errors
    /// When it cannot be read or is no file of blocks.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).wrap_err_with(|| format!("cannot read {}", named(path)))?;
        let (mut plain, mut head) = (BufReader::new(file), [0; Range::LEN]);
        plain.read_exact(&mut head).wrap_err("it is too short for a file of blocks")?;
        let range = Range::decode(&head)?;
        let mut sum = Keccak256::new();
        sum.update(head);
        Ok(Self { input: zstd::Decoder::with_buffer(plain)?, sum, range, next: range.from })
    }

    /// The next block, with its certificate where it has one; none after the last, when all that was read has the sum that the
    /// file says.
    ///
    /// # Errors
    /// When the file is cut short, damaged, or not as it says.
    pub(super) fn next(&mut self) -> Result<Option<(SealedBlock, Option<Bytes>)>> {
        let mut length = [0; 4];
        self.read(&mut length)?;
        let size = u32::from_be_bytes(length) as usize;
        if size == 0 {
            return self.end().map(|()| None);
        }
        ensure!(self.next <= self.range.to, "it goes on after block {}, its last", self.range.to);
        ensure!(size <= FRAME_BYTES_MAX, "block {} would have {size} bytes", self.next);
        let mut frame = vec![0; size];
        self.read(&mut frame)?;
        self.sum.update(length);
        self.sum.update(&frame);
        let decoded = decode(&frame).wrap_err_with(|| format!("block {}", self.next))?;
        let height = decoded.0.height().get();
        ensure!(height == self.next, "block {height} is where block {} should be", self.next);
        self.next += 1;
        Ok(Some(decoded))
    }

    fn end(&mut self) -> Result<()> {
        ensure!(self.next == self.range.to + 1, "it ends before block {}", self.next);
        let mut said = B256::ZERO;
        self.read(said.as_mut_slice())?;
        let computed = self.sum.clone().finalize();
        ensure!(computed == said, "it is damaged: its sum is {computed}, and it says {said}");
        Ok(())
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.input.read_exact(bytes).wrap_err_with(|| format!("it is cut short or damaged at block {}", self.next))
    }
}

fn decode(mut frame: &[u8]) -> Result<(SealedBlock, Option<Bytes>)> {
    let mut list = Header::decode_bytes(&mut frame, true)?;
    let block = Header::decode_bytes(&mut list, false)?;
    let certificate = Header::decode_bytes(&mut list, false)?;
    if !frame.is_empty() || !list.is_empty() {
        bail!("surplus bytes");
    }
    let certificate = Some(certificate).filter(|bytes| !bytes.is_empty()).map(Bytes::copy_from_slice);
    Ok((SealedBlock::new(Block::decode(block)?)?, certificate))
}

#[cfg(test)]
mod tests;
