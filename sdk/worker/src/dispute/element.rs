//! The element at fault, in numbers: what the judge read, and what it made of it.

use std::fmt::Write as _;

use edgeloom_edge_proof::{Explanation, Formula, Reading, Role, Scale, Subject, Term, Verdict};
use serde_json::{Value, json};

/// Numbers in one line; the rest of longer rows is counted.
const IN_LINE: usize = 64;

/// Several lines, each indented.
pub(super) fn text(explanation: &Explanation) -> String {
    let mut text = String::new();
    line(&mut text, &headline(explanation));
    if let Some(formula) = explanation.subject.formula() {
        line(&mut text, &dimensions(formula));
    }
    for reading in &explanation.readings {
        if let Some(label) = label(explanation, reading) {
            line(&mut text, &format!("{label}: {}", numbers(reading)));
        }
    }
    let terms = explanation.terms();
    if !terms.is_empty() {
        let products = terms.iter().map(|term| format!("{} * {}", term.weight, term.operand));
        let (shown, more): (Vec<_>, _) = (products.take(IN_LINE).collect(), terms.len().saturating_sub(IN_LINE));
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        line(&mut text, &format!("sum of {} products: {} = {}{more}", terms.len(), sum(&terms), shown.join(" + ")));
        let outside = terms.iter().filter(|term| term.outside).count();
        if outside > 0 {
            line(&mut text, &format!("of the window, {outside} places are outside the image"));
        }
    }
    line(&mut text, &verdict(&explanation.verdict));
    text
}

pub(super) fn json(explanation: &Explanation) -> Value {
    let formula = explanation.subject.formula();
    let (expected, found, at) = match explanation.verdict {
        Verdict::Fraud { at, expected, found } => (expected, found, at),
        Verdict::Consistent { at, value } => (value, value, at),
        Verdict::Invalid => (0, 0, 0),
    };
    let terms = explanation.terms();
    json!({
        "op": explanation.place.op,
        "element": explanation.place.element,
        "operations": explanation.operations,
        "subject": subject(&explanation.subject),
        "operation": formula.map(operation),
        "vector": formula.filter(|_| is_element(explanation)).map(|formula| formula.vector(explanation.place.element).0),
        "channel": formula.filter(|_| is_element(explanation)).map(|formula| formula.vector(explanation.place.element).1),
        "readings": explanation.readings.iter().map(reading).collect::<Vec<_>>(),
        "products": terms.iter().map(|term| json!([term.weight, term.operand])).collect::<Vec<_>>(),
        "sum": (!terms.is_empty()).then(|| sum(&terms)),
        "position": at,
        "expected": expected,
        "found": found,
    })
}

const fn is_element(explanation: &Explanation) -> bool {
    matches!(explanation.subject, Subject::Element(_))
}

fn line(text: &mut String, words: &str) {
    writeln!(text, "  {words}").unwrap_or_default();
}

fn sum(terms: &[Term]) -> i32 {
    terms.iter().fold(0, |sum, term| sum.wrapping_add(term.weight.wrapping_mul(term.operand)))
}

const fn subject(subject: &Subject) -> &'static str {
    match subject {
        Subject::Input => "the input's copy at the front of the trace",
        Subject::Output(_) => "the answer's copy out of the trace",
        Subject::Padding(_) => "padding, which is zero",
        Subject::Element(_) => "an operation's output",
    }
}

fn headline(explanation: &Explanation) -> String {
    let (place, operations) = (explanation.place, explanation.operations);
    match &explanation.subject {
        Subject::Element(formula) => {
            let (vector, channel) = formula.vector(place.element);
            let whereabouts = match &formula.window {
                Some(window) => {
                    let (y, x) = (vector / window.out.1 as u64, vector % window.out.1 as u64);
                    format!("row {y}, column {x}, channel {channel} of the output")
                }
                None => format!("vector {vector}, element {channel} of the output"),
            };
            let Formula { name, rule, .. } = formula;
            format!("operation {} of {operations}: {name} ({rule}); element {}: {whereabouts}", place.op, place.element)
        }
        other => format!("byte {} of {}", place.element, subject(other)),
    }
}

fn dimensions(formula: &Formula) -> String {
    let mut words = vec![format!("{} vectors of {} elements", formula.count, formula.n)];
    words.push(format!("type {:?}", formula.operation.element));
    if let Some(window) = &formula.window {
        let of = |(down, across): (usize, usize)| format!("{down} x {across}");
        words.push(format!("image {} x {} x {}", window.height, window.width, window.channels));
        words.push(format!("kernel {}, stride {}", of(window.kernel), of(window.stride)));
        words.push(format!("padding {} of {}", of(window.pad), formula.pad_value));
    }
    if formula.k > 0 {
        words.push(format!("{} in a row", formula.k));
    }
    if formula.clamp != (0, 0) {
        words.push(format!("between {} and {}", formula.clamp.0, formula.clamp.1));
    }
    words.extend(formula.parameters.iter().map(|(name, value)| format!("{name} {value}")));
    words.join(", ")
}

fn label(explanation: &Explanation, reading: &Reading) -> Option<String> {
    let image = explanation.subject.formula().and_then(|formula| formula.window.zip(formula.first));
    Some(match reading.role {
        Role::Header | Role::Record => return None,
        Role::First => match image {
            Some((window, first)) => {
                let pixel = (reading.range.start as usize).saturating_sub(first.base) / window.channels;
                format!("operand, image row {}, from column {}", pixel / window.width, pixel % window.width)
            }
            None => format!("first operand, from byte {} of the trace", reading.range.start),
        },
        Role::Second => format!("second operand, from byte {} of the trace", reading.range.start),
        Role::Weights => format!("weights, from byte {} of them", reading.range.start),
        Role::Table => format!("table entry, byte {} of the weights", reading.range.start),
        Role::Scale(_) => format!("scale record, byte {} of the weights", reading.range.start),
        Role::Copied => "what it has to equal".to_owned(),
        Role::Found => "what the worker committed to".to_owned(),
    })
}

fn numbers(reading: &Reading) -> String {
    if let Role::Scale(Scale { bias, m, s, pre, zp }) = reading.role {
        return format!("bias {bias}, multiplier {m}, shift {s}, shift before {pre}, zero point {zp}");
    }
    let shown: Vec<_> = reading.numbers.iter().take(IN_LINE).map(i32::to_string).collect();
    match reading.numbers.len().saturating_sub(IN_LINE) {
        0 => shown.join(" "),
        more => format!("{} and {more} more", shown.join(" ")),
    }
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fraud { at, expected, found } => {
            format!("it has to be {expected}; the worker committed to {found} (byte {at} of the trace)")
        }
        Verdict::Consistent { at, value } => format!("it is {value}, as it has to be (byte {at} of the trace)"),
        Verdict::Invalid => "the proof shows nothing".to_owned(),
    }
}

fn operation(formula: &Formula) -> Value {
    let window = formula.window.map(|window| {
        json!({
            "height": window.height, "width": window.width, "channels": window.channels, "kernel": window.kernel,
            "stride": window.stride, "pad": window.pad, "out": window.out, "padValue": formula.pad_value,
        })
    });
    let parameters: serde_json::Map<_, _> =
        formula.parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({
        "name": formula.name, "rule": formula.rule, "type": format!("{:?}", formula.operation.element),
        "count": formula.count, "n": formula.n, "k": formula.k, "clamp": formula.clamp, "window": window,
        "parameters": parameters,
    })
}

fn reading(reading: &Reading) -> Value {
    let scale = match reading.role {
        Role::Scale(Scale { bias, m, s, pre, zp }) => {
            Some(json!({ "bias": bias, "m": m, "s": s, "pre": pre, "zp": zp }))
        }
        _ => None,
    };
    let role = match reading.role {
        Role::Header => "header",
        Role::Record => "record",
        Role::First => "first",
        Role::Second => "second",
        Role::Weights => "weights",
        Role::Scale(_) => "scale",
        Role::Table => "table",
        Role::Copied => "copied",
        Role::Found => "found",
    };
    json!({
        "role": role, "section": format!("{:?}", reading.section).to_lowercase(), "from": reading.range.start,
        "to": reading.range.end, "numbers": reading.numbers, "scale": scale,
    })
}

#[cfg(test)]
mod tests;
