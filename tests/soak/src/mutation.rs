//! What becomes of a valid request.

use crate::{catalogue::Catalogue, dice::Dice};
use serde_json::{Value, json};

/// Levels of nesting: beyond what a reader that recurses survives.
const DEPTH_MAX: usize = 20_000;

/// Longest text that is made: a little above the 10 MiB that the node reads.
const BYTES_MAX: usize = 11 << 20;

/// The text of request `id`.
pub(crate) fn body(catalogue: &Catalogue, dice: &mut Dice, id: u64) -> Vec<u8> {
    let mut body = mutated(catalogue, dice, id);
    body.truncate(BYTES_MAX);
    body
}

fn mutated(catalogue: &Catalogue, dice: &mut Dice, id: u64) -> Vec<u8> {
    let mut call = catalogue.call(dice, id);
    match dice.below(16) {
        0 | 1 => text(&call),
        2 => flipped(text(&call), dice),
        3 => truncated(text(&call), dice),
        4 => inserted(text(&call), dice),
        5..=8 => {
            for _ in 0..=dice.below(3) {
                alter(&mut call["params"], dice);
            }
            text(&call)
        }
        9 => {
            let field = *dice.pick(&["jsonrpc", "id", "method", "params"]);
            call[field] = odd(dice);
            text(&call)
        }
        10 => twice(&call, dice),
        11 => nested(&call, dice),
        12 => batch(catalogue, dice, id),
        13 => crowded(call, dice),
        14 => spliced(catalogue, dice, &call),
        _ => bare(dice),
    }
}

fn text(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn flipped(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    for _ in 0..=dice.below(8) {
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
    }
    bytes
}

fn truncated(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    bytes.truncate(dice.below(bytes.len()));
    bytes
}

fn inserted(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    let scraps: [&[u8]; 7] = [b"\xff\xfe", b"\0", b"\xc3", b"\\ud800", b"}", b"\"", b"99999999999999999999999999"];
    let at = dice.below(bytes.len());
    let scrap = *dice.pick(&scraps);
    bytes.splice(at..at, scrap.iter().copied());
    bytes
}

/// A key of the request, again and with another value.
fn twice(call: &Value, dice: &mut Dice) -> Vec<u8> {
    let field = *dice.pick(&["jsonrpc", "id", "method", "params"]);
    let again = if dice.one_in(2) { call[field].clone() } else { odd(dice) };
    let text = call.to_string();
    format!("{},\"{field}\":{again}}}", text.trim_end_matches('}')).into_bytes()
}

fn nested(call: &Value, dice: &mut Dice) -> Vec<u8> {
    let depth = 1 + dice.below(DEPTH_MAX);
    let (open, close) = *dice.pick(&[("[", "]"), ("{\"a\":", "}")]);
    let deep = format!("{}1{}", open.repeat(depth), close.repeat(if dice.one_in(2) { depth } else { depth / 2 }));
    match dice.below(3) {
        0 => deep.into_bytes(),
        1 => call.to_string().replacen("\"params\":[", &format!("\"params\":[{deep},"), 1).into_bytes(),
        _ => format!("[{deep}]").into_bytes(),
    }
}

fn batch(catalogue: &Catalogue, dice: &mut Dice, id: u64) -> Vec<u8> {
    if dice.one_in(50) {
        let one = json!({ "jsonrpc": "2.0", "id": id, "method": "eth_chainId" });
        return text(&Value::Array(vec![one; 999 + dice.below(4)]));
    }
    let calls = (0..dice.below(12)).map(|place| {
        let mut call = catalogue.call(dice, id + place as u64);
        if dice.one_in(3) {
            alter(&mut call, dice);
        }
        call
    });
    text(&calls.collect())
}

/// Many more parameters, or one of many parts.
fn crowded(mut call: Value, dice: &mut Dice) -> Vec<u8> {
    let one = odd_scalar(dice);
    let is_long = one.as_str().is_some_and(|text| text.len() > 100);
    let many = if !is_long && dice.one_in(20) { 20_000 } else { 40 };
    let crowd = vec![one; many];
    match call["params"].as_array_mut() {
        Some(params) if dice.one_in(2) => params.extend(crowd),
        Some(params) => params.push(crowd.into()),
        None => {}
    }
    text(&call)
}

fn spliced(catalogue: &Catalogue, dice: &mut Dice, call: &Value) -> Vec<u8> {
    let (first, second) = (text(call), text(&catalogue.call(dice, 7)));
    let (head, tail) = (dice.below(first.len()), dice.below(second.len()));
    [&first[..head], &second[tail..]].concat()
}

fn bare(dice: &mut Dice) -> Vec<u8> {
    match dice.below(5) {
        0 => Vec::new(),
        1 => vec![b' '; 1 + dice.below(10_000)],
        2 => (0..1 + dice.below(200)).map(|_| dice.next() as u8).collect(),
        3 => vec![b'['; 1 + dice.below(100_000)],
        _ => text(&odd(dice)),
    }
}

/// Replaces something in `value`, however deep.
fn alter(value: &mut Value, dice: &mut Dice) {
    let inside = match value {
        Value::Array(items) if !items.is_empty() && !dice.one_in(6) => {
            let at = dice.below(items.len());
            items.get_mut(at)
        }
        Value::Object(fields) if !fields.is_empty() && !dice.one_in(6) => {
            let at = dice.below(fields.len());
            fields.values_mut().nth(at)
        }
        _ => None,
    };
    match inside {
        Some(inside) => alter(inside, dice),
        None => *value = odd_like(value, dice),
    }
}

fn odd_like(value: &Value, dice: &mut Dice) -> Value {
    let Value::String(text) = value else { return odd(dice) };
    match dice.below(8) {
        0 => json!(format!("{text}0")),
        1 => json!(text.trim_start_matches("0x")),
        2 => json!(text.to_uppercase()),
        3 => json!(text.chars().take(dice.below(text.len() + 1)).collect::<String>()),
        4 if text.len() < 1000 => json!(text.repeat(1 + dice.below(200))),
        5 => json!(format!("0x{}", "f".repeat(1 + dice.below(200)))),
        _ => odd(dice),
    }
}

fn odd(dice: &mut Dice) -> Value {
    match dice.below(8) {
        0 => json!([]),
        1 => json!({}),
        2 => json!({ "fromBlock": odd_scalar(dice), "toBlock": odd_scalar(dice), "blockHash": odd_scalar(dice) }),
        3 => json!([odd_scalar(dice), [odd_scalar(dice)]]),
        _ => odd_scalar(dice),
    }
}

fn odd_scalar(dice: &mut Dice) -> Value {
    let texts = [
        "",
        "0x",
        "0x0",
        "0xg",
        "0x00",
        "latest",
        "pending",
        "earliest",
        "safe",
        "\u{0}",
        "ÿ\u{202e}",
        "-0x1",
        "0xffffffffffffffff",
        "0x8000000000000000",
        "0x10000000000000000",
        "1e999",
    ];
    match dice.below(8) {
        0 => Value::Null,
        1 => json!(dice.one_in(2)),
        2 => json!(u64::MAX),
        3 => json!(i64::MIN),
        4 => json!(1e308),
        5 => json!(format!("0x{}", "f".repeat(64))),
        6 if dice.one_in(30) => json!(format!("0x{}", "ab".repeat(100_000))),
        _ => json!(*dice.pick(&texts)),
    }
}
