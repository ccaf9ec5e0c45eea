use super::{Frames, Malformed};
use crate::server::REQUEST_BYTES_MAX;
use proptest::prelude::{any, prop, prop_assert_eq, proptest};

fn all(frames: &mut Frames) -> Vec<String> {
    let mut out = Vec::new();
    while let Some(whole) = frames.next().unwrap() {
        out.push(String::from_utf8(whole.to_vec()).unwrap());
    }
    out
}

#[test]
fn brackets_in_texts_do_not_count() {
    let mut frames = Frames::default();
    frames.push(br#"  {"a":"}\"]"}[{"b":"\\"}]  "#);
    assert_eq!(all(&mut frames), [r#"{"a":"}\"]"}"#, r#"[{"b":"\\"}]"#]);
}

#[test]
fn what_is_no_request_is_refused_and_so_is_one_without_end() {
    for garbage in ["null", "  7", "}", "GET / HTTP/1.1"] {
        let mut frames = Frames::default();
        frames.push(garbage.as_bytes());
        assert_eq!(frames.next(), Err(Malformed), "{garbage}");
    }
    let mut frames = Frames::default();
    frames.push(b"[");
    frames.push(&vec![b' '; REQUEST_BYTES_MAX]);
    assert_eq!(frames.next(), Err(Malformed));
}

proptest! {
    /// However the stream is cut, the same requests come out.
    #[test]
    fn cuts_change_nothing(texts in prop::collection::vec(any::<String>(), 1..6), cut in 1..9_usize) {
        let requests: Vec<String> = texts.iter().map(|text| serde_json::json!({ text: [text] }).to_string()).collect();
        let mut frames = Frames::default();
        let mut out = Vec::new();
        for piece in requests.concat().as_bytes().chunks(cut) {
            frames.push(piece);
            out.extend(all(&mut frames));
        }
        prop_assert_eq!(out, requests);
    }
}
