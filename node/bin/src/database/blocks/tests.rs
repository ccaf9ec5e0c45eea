use super::*;
use alloy::primitives::b256;
use edgeloom_types::{ConsensusRecord, Height};
use std::{fs, path::PathBuf};

const RANGE: Range =
    Range { genesis: b256!("0x1111111111111111111111111111111111111111111111111111111111111111"), from: 3, to: 5 };

fn block(height: u64) -> SealedBlock {
    let consensus = ConsensusRecord { view: height, ..ConsensusRecord::GENESIS };
    let header = alloy_consensus::Header {
        number: height,
        extra_data: consensus.commitment().into(),
        base_fee_per_gas: Some(1),
        ..Default::default()
    };
    SealedBlock::new(Block { header, consensus, transactions: Vec::new(), certificates: Vec::new() }).expect("ours")
}

fn written(range: Range, heights: impl IntoIterator<Item = u64>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("blocks");
    let mut file = Writer::create(&path, range).expect("new");
    for height in heights {
        let certificate = height.is_multiple_of(2).then(|| height.to_be_bytes());
        file.put(&block(height), certificate.as_ref().map(|bytes| &bytes[..])).expect("written");
    }
    file.finish().expect("written");
    (folder, path)
}

fn read(path: &Path) -> Result<Vec<(SealedBlock, Option<Bytes>)>> {
    let (mut file, mut all) = (Reader::open(path)?, Vec::new());
    while let Some(next) = file.next()? {
        all.push(next);
    }
    Ok(all)
}

fn fault(path: &Path) -> String {
    format!("{:#}", read(path).expect_err("something is wrong"))
}

#[test]
fn blocks_come_back_with_their_certificates() {
    let (_folder, path) = written(RANGE, 3..=5);
    assert_eq!(Reader::open(&path).expect("ours").range, RANGE);
    let all = read(&path).expect("whole");
    assert_eq!(all.iter().map(|(block, _)| block.height()).collect::<Vec<_>>(), [3, 4, 5].map(Height::new));
    assert_eq!(all[1], (block(4), Some(Bytes::copy_from_slice(&4u64.to_be_bytes()))));
    assert_eq!(all[2], (block(5), None));
    assert!(Writer::create(&path, RANGE).is_err(), "never over another");
}

#[test]
fn a_file_that_is_not_as_it_says_is_refused() {
    let (_folder, path) = written(RANGE, 3..=4);
    assert!(fault(&path).contains("it ends before block 5"), "{}", fault(&path));
    let (_folder, path) = written(RANGE, 3..=6);
    assert!(fault(&path).contains("goes on after block 5"), "{}", fault(&path));
    let (_folder, path) = written(RANGE, [3, 5, 4]);
    assert!(fault(&path).contains("block 5 is where block 4"), "{}", fault(&path));
    let (_folder, path) = written(Range { from: 5, to: 4, ..RANGE }, []);
    assert!(fault(&path).contains("blocks 5 to 4"), "{}", fault(&path));
}

#[test]
fn damage_is_noticed_wherever_it_is() {
    let (_folder, path) = written(RANGE, 3..=5);
    let whole = fs::read(&path).expect("readable");
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        fs::write(&path, damaged).expect("written");
        // A bit of zstd's own header that says nothing about the content may be another: then the content is whole.
        if let Ok(all) = read(&path) {
            assert_eq!(all.len(), 3);
            assert!(place >= Range::LEN, "byte {place} of the head");
        }
    }
    for length in [0, 10, Range::LEN, whole.len() - 1] {
        fs::write(&path, &whole[..length]).expect("written");
        assert!(read(&path).is_err(), "{length} bytes");
    }
}

#[test]
fn nothing_is_allocated_for_what_a_length_claims() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("blocks");
    let mut file = File::create(&path).expect("new");
    file.write_all(&RANGE.encode()).expect("written");
    let mut encoder = zstd::Encoder::new(file, LEVEL).expect("starts");
    encoder.write_all(&u32::MAX.to_be_bytes()).expect("written");
    encoder.finish().expect("written");
    assert!(fault(&path).contains("would have 4294967295 bytes"), "{}", fault(&path));
}
