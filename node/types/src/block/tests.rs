use super::*;
use alloy::primitives::{Address, Signature, TxKind, U256};
use alloy_consensus::{SignableTransaction, TxEip1559};

fn block() -> Block {
    let transaction =
        TxEip1559 { chain_id: 1, gas_limit: 21_000, to: TxKind::Call(Address::ZERO), ..Default::default() };
    let signature = Signature::new(U256::from(1), U256::from(2), false);
    Block {
        header: Header { number: 5, extra_data: ConsensusRecord::GENESIS.commitment().into(), ..Default::default() },
        consensus: ConsensusRecord::GENESIS,
        transactions: vec![transaction.into_signed(signature).into()],
        certificates: vec![Bytes::from_static(b"certificate")],
    }
}

#[test]
fn round_trips() {
    assert_eq!(Block::decode(&block().encode()), Ok(block()));
}

#[test]
fn no_truncation_or_surplus_decodes() {
    let bytes = block().encode();
    for cut in 0..bytes.len() {
        assert!(Block::decode(&bytes[..cut]).is_err(), "decoded a prefix of {cut} bytes");
    }
    assert!(Block::decode(&[bytes, vec![0]].concat()).is_err());
}

#[test]
fn oversized_blocks_are_refused_before_decoding() {
    let bytes = vec![0xff; MAX_BLOCK_BYTES + 1];
    assert_eq!(Block::decode(&bytes), Err(BlockError::TooLarge(MAX_BLOCK_BYTES + 1)));
}

#[test]
fn a_fifth_certificate_is_refused() {
    let crowded = Block { certificates: vec![Bytes::new(); 5], ..block() };
    assert_eq!(Block::decode(&crowded.encode()), Err(BlockError::TooManyCertificates));
}

/// `[header, record, transactions, certificates]` with these payloads of the two lists.
fn with_lists(transactions: &[u8], certificates: &[u8]) -> Vec<u8> {
    let mut payload = [alloy_rlp::encode(block().header), alloy_rlp::encode(block().consensus.encode())].concat();
    for list in [transactions, certificates] {
        RlpHeader { list: true, payload_length: list.len() }.encode(&mut payload);
        payload.extend(list);
    }
    let mut out = Vec::new();
    RlpHeader { list: true, payload_length: payload.len() }.encode(&mut out);
    [out, payload].concat()
}

#[test]
fn a_record_of_another_length_is_refused() {
    let header = alloy_rlp::encode(block().header);
    let record = |bytes: &[u8]| {
        let payload = [header.clone(), alloy_rlp::encode(bytes), vec![0xc0, 0xc0]].concat();
        let mut out = Vec::new();
        RlpHeader { list: true, payload_length: payload.len() }.encode(&mut out);
        Block::decode(&[out, payload].concat())
    };
    let encoded = block().consensus.encode();
    assert_eq!(record(&encoded).map(|block| block.consensus), Ok(ConsensusRecord::GENESIS));
    assert_eq!(record(&encoded[..186]), Err(BlockError::Record(RecordError::Length(186))));
    assert_eq!(record(&[0; 188]), Err(BlockError::Record(RecordError::Length(188))));
    assert_eq!(record(&[7; 187]), Err(BlockError::Record(RecordError::Version(7))));
}

#[test]
fn a_record_that_the_header_does_not_commit_to_is_refused() {
    let other = ConsensusRecord { view: 1, ..ConsensusRecord::GENESIS };
    let expected = other.commitment();
    let swapped = Block { consensus: other, ..block() };
    let refused = Err(BlockError::Commitment(expected));
    assert_eq!(Block::decode(&swapped.encode()).and_then(SealedBlock::new), refused);
    for extra_data in [Bytes::new(), expected[..31].to_vec().into(), other.encode().into()] {
        let mut bare = swapped.clone();
        bare.header.extra_data = extra_data;
        assert_eq!(SealedBlock::new(bare), refused);
    }
    let mut honest = swapped;
    honest.header.extra_data = expected.into();
    assert!(SealedBlock::new(honest).is_ok());
}

#[test]
fn a_list_of_nothings_is_left_at_its_first_fault() {
    // What follows is not even looked at: it is no list of strings.
    let broken = [&[0x80; 5][..], &[0xc0; 4_000_000]].concat();
    let first = Block::decode(&with_lists(&broken, &[]));
    assert!(matches!(first, Err(BlockError::Transaction { index: 0, .. })), "{first:?}");
    assert_eq!(Block::decode(&with_lists(&[], &broken)), Err(BlockError::TooManyCertificates));
}

#[test]
fn the_hash_is_the_header_s_and_order_of_certificates_counts() {
    let sealed = SealedBlock::new(block()).expect("committed to");
    assert_eq!(sealed.hash(), keccak256(alloy_rlp::encode(sealed.header())));
    let (a, b) = (Bytes::from_static(b"a"), Bytes::from_static(b"b"));
    assert_ne!(certificates_hash(&[a.clone(), b.clone()]), certificates_hash(&[b, a]));
    assert_eq!(certificates_hash(&[]), B256::ZERO);
}
