use super::*;

#[test]
fn chunks_join_to_the_image_and_none_is_too_long() {
    for length in [1, CHUNK_BYTES_MAX, CHUNK_BYTES_MAX + 1, 3 * CHUNK_BYTES_MAX, IMAGE_BYTES_MAX] {
        let image: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        let chunks = chunks(&image).expect("fits");
        assert_eq!(chunks.len(), length.div_ceil(CHUNK_BYTES_MAX));
        assert!(chunks.iter().all(|chunk| (1..=CHUNK_BYTES_MAX).contains(&chunk.len())));
        assert_eq!(chunks.concat(), image);
    }
    for length in [0, IMAGE_BYTES_MAX + 1] {
        assert!(matches!(chunks(&vec![0; length]), Err(ModelError::Size { actual, .. }) if actual == length));
    }
}

fn manifest(chunks: usize) -> Vec<u8> {
    let mut code = b"\0EIG1".to_vec();
    (0..chunks).for_each(|i| code.extend([i as u8; 20]));
    code
}

#[test]
fn a_manifest_lists_its_chunks_in_order() {
    let decoded = decode_manifest(&manifest(64)).expect("full manifest");
    assert_eq!(decoded.len(), 64);
    assert_eq!(decoded[3], Address::repeat_byte(3));
}

#[test]
fn code_that_is_no_manifest_is_refused() {
    let whole = manifest(2);
    for cut in 0..whole.len() {
        assert_eq!(decode_manifest(&whole[..cut]).map(|list| list.len()), (cut == 25).then_some(1), "{cut}");
    }
    assert_eq!(decode_manifest(&manifest(65)), None);
    assert_eq!(decode_manifest(b"\0EIG2aaaaaaaaaaaaaaaaaaaa"), None);
    assert_eq!(chunk_content(b"\0"), None);
    assert_eq!(chunk_content(b"\x01abc"), None);
    assert_eq!(chunk_content(b"\0abc"), Some(&b"abc"[..]));
}
