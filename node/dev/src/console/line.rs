//! Values as JavaScript's `console.log` would print them.

use alloy::{dyn_abi::DynSolValue, primitives::hex};

/// The values, separated by spaces; when the first is a string, its `%s`, `%d`, `%i`, `%o`, `%x` and `%e` take values.
pub(super) fn format(values: &[DynSolValue]) -> String {
    let mut rest = values;
    let mut out = String::new();
    if let Some((DynSolValue::String(template), arguments)) = values.split_first() {
        rest = fill(template, arguments, &mut out);
    } else if let Some((first, arguments)) = values.split_first() {
        out = plain(first);
        rest = arguments;
    }
    for value in rest {
        out.push(' ');
        out.push_str(&plain(value));
    }
    // What is printed stays on its line and moves no cursor.
    out.chars()
        .flat_map(|letter| if letter.is_control() { letter.escape_default().collect() } else { vec![letter] })
        .collect()
}

/// Returns the arguments that the template did not take.
fn fill<'a>(template: &str, mut arguments: &'a [DynSolValue], out: &mut String) -> &'a [DynSolValue] {
    let mut letters = template.chars().peekable();
    while let Some(letter) = letters.next() {
        let kind = letters.peek().copied().filter(|_| letter == '%');
        match (kind, arguments.split_first()) {
            (Some('%'), _) => {
                letters.next();
                out.push('%');
            }
            (Some(kind @ ('s' | 'd' | 'i' | 'o' | 'x' | 'e')), Some((value, more))) => {
                letters.next();
                out.push_str(&if kind == 'x' { in_hex(value) } else { plain(value) });
                arguments = more;
            }
            _ => out.push(letter),
        }
    }
    arguments
}

fn plain(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Bool(value) => value.to_string(),
        DynSolValue::Int(value, _) => value.to_string(),
        DynSolValue::Uint(value, _) => value.to_string(),
        DynSolValue::Address(value) => value.to_string(),
        DynSolValue::String(value) => value.clone(),
        DynSolValue::Bytes(value) => hex::encode_prefixed(value),
        DynSolValue::FixedBytes(value, length) => hex::encode_prefixed(&value[..(*length).min(32)]),
        other => format!("{other:?}"),
    }
}

fn in_hex(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Uint(value, _) => format!("{value:#x}"),
        DynSolValue::Int(value, _) => format!("{:#x}", value.into_raw()),
        other => plain(other),
    }
}
