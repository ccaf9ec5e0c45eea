//! Who claimed what, each thread's moves, and how it ended.

use std::fmt::Write as _;

use alloy::primitives::{B256, U256, utils::format_ether};
use edgeloom_bindings::IDisputes::{Closed, IDisputesEvents, Named, Reason, Tree};
use edgeloom_sdk::DisputeEvent;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Replay, Shown, element, words};

pub(super) fn status(replay: &Replay) -> String {
    let (phase, reason) = words(replay.claim.phase, replay.claim.reason);
    let owed = replay.proceedings.owed();
    let turn = match owed.first() {
        _ if phase != "open" => String::new(),
        Some((tree, node, deadline)) => format!(
            "; the worker owes node {}/{} of the {} until {}",
            node.level,
            node.index,
            name(*tree),
            time(*deadline)
        ),
        None if replay.claim.threads > 0 => "; it is a challenger's move".to_owned(),
        None => "; nobody disputes it now".to_owned(),
    };
    format!("claim {}: {phase} ({reason}), {} threads running{turn}", replay.proceedings.claim(), replay.claim.threads)
}

pub(super) fn text(replay: &Replay) -> String {
    let (claim, graph) = (&replay.claim, &replay.graph);
    let mut text = String::new();
    let mut line = |words: String| writeln!(text, "{words}").unwrap_or_default();
    line(format!("claim {}", replay.proceedings.claim()));
    line(format!("  of {}, {}", claim.worker, time(claim.claimedAt)));
    line(format!("  job     {}", claim.jobId));
    line(format!("  model   {} {:?}, registered by {}", claim.modelId, graph.name, graph.owner));
    let published = replay.proceedings.claimed().map_or(0, |claimed| claimed.input.len());
    let published = if published > 0 { format!("{published} bytes published") } else { "not published".to_owned() };
    line(format!("  input   {}, {published}", claim.inputRoot));
    line(format!("  answer  {}", claim.outputRoot));
    let trace =
        if claim.traceRoot == B256::ZERO { "not committed to yet".to_owned() } else { claim.traceRoot.to_string() };
    line(format!("  trace   {trace}"));
    for event in replay.proceedings.events() {
        if let Some(words) = told(&event.event) {
            line(format!("block {}: {words}", event.block));
        }
        if let (IDisputesEvents::Refuted(_), Shown::Element(explanation)) = (&event.event, &replay.verdict) {
            line(element::text(explanation).trim_end().to_owned());
        }
        if let (IDisputesEvents::Refuted(_), Shown::Hidden) = (&event.event, &replay.verdict) {
            line("  its proof is not the transaction's own data, and cannot be shown".to_owned());
        }
        if let IDisputesEvents::Closed(Closed { reason: Reason::Silence, .. }) = &event.event {
            for (tree, node, deadline) in replay.proceedings.owed() {
                let (level, index) = (node.level, node.index);
                line(format!("  node {level}/{index} of the {} was due by {}", name(tree), time(deadline)));
            }
        }
    }
    line(status(replay));
    text
}

/// `None` for what follows from another event.
fn told(event: &IDisputesEvents) -> Option<String> {
    Some(match event {
        IDisputesEvents::Claimed(made) => {
            format!("{} claimed, with a bond of {} TFUEL", made.worker, tfuel(U256::from(made.bond)))
        }
        IDisputesEvents::TraceCommittedTo(made) => format!("the worker committed to the trace {}", made.traceRoot),
        IDisputesEvents::Challenged(opened) => format!(
            "{} opened thread {} about the {}, with a bond of {} TFUEL",
            opened.challenger,
            opened.thread,
            name(opened.tree),
            tfuel(U256::from(opened.bond))
        ),
        IDisputesEvents::Named(named) => {
            let until = if named.deadline == 0 {
                "answered already".to_owned()
            } else {
                format!("until {}", time(named.deadline))
            };
            format!("thread {} asks for {}: {until}", named.thread, node(named))
        }
        IDisputesEvents::Answered(given) => format!(
            "node {}/{} of the {} was answered with {} values",
            given.level,
            given.index,
            name(given.tree),
            given.values.len()
        ),
        IDisputesEvents::AnsweredWithBytes(given) => {
            format!("node 3/{} of the {} was answered with {} bytes", given.index, name(given.tree), given.data.len())
        }
        IDisputesEvents::Refuted(shown) => format!("{} refuted it", shown.by),
        IDisputesEvents::Closed(ended) => closed(ended),
        IDisputesEvents::ThreadClosed(ended) => format!(
            "thread {} ended: {} TFUEL returned to its challenger, {} paid to the worker",
            ended.thread,
            tfuel(ended.returned),
            tfuel(ended.paid)
        ),
        IDisputesEvents::Burned(burned) => format!("{} TFUEL burned", tfuel(burned.amount)),
        _ => return None,
    })
}

fn closed(ended: &Closed) -> String {
    let (phase, reason) = words(ended.phase, ended.reason);
    let reward = match ended.reward {
        U256::ZERO => String::new(),
        reward => format!("; {} gets {} TFUEL of the bond", ended.winner, tfuel(reward)),
    };
    format!("{phase}: {reason}{reward}")
}

fn node(named: &Named) -> String {
    format!("node {}/{} of the {}", named.level, named.index, name(named.tree))
}

const fn name(tree: Tree) -> &'static str {
    match tree {
        Tree::Trace => "trace",
        Tree::Output => "answer",
        Tree::Input => "input",
        _ => "unknown tree",
    }
}

/// Without zeros that say nothing.
fn tfuel(wei: U256) -> String {
    format_ether(wei).trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Unix seconds as a date.
fn time(seconds: u64) -> String {
    let stamp = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    stamp.map_or_else(|| format!("second {seconds}"), |stamp| stamp.to_string())
}

pub(super) fn json(replay: &Replay) -> Value {
    let (claim, proceedings) = (&replay.claim, &replay.proceedings);
    let (phase, reason) = words(claim.phase, claim.reason);
    let moves = |event: &DisputeEvent| {
        let words = told(&event.event)?;
        Some(json!({ "block": event.block, "tx": event.tx, "what": words }))
    };
    let threads = proceedings.lines().iter().map(|(thread, line)| {
        json!({
            "thread": thread.to_string(), "challenger": line.challenger, "about": name(line.tree),
            "bondWei": line.bond.to_string(), "ended": line.ended,
            "level": line.node.map(|node| node.level), "index": line.node.map(|node| node.index),
        })
    });
    let owed = proceedings.owed().into_iter().map(|(tree, node, deadline)| {
        json!({ "about": name(tree), "level": node.level, "index": node.index, "deadline": deadline })
    });
    json!({
        "claim": proceedings.claim(), "phase": phase, "reason": reason, "worker": claim.worker,
        "claimedAt": claim.claimedAt, "job": claim.jobId, "model": claim.modelId, "modelName": replay.graph.name,
        "inputRoot": claim.inputRoot, "outputRoot": claim.outputRoot, "traceRoot": claim.traceRoot,
        "bondWei": claim.bond.to_string(),
        "threads": threads.collect::<Vec<_>>(),
        "owed": owed.collect::<Vec<_>>(),
        "moves": proceedings.events().iter().filter_map(moves).collect::<Vec<_>>(),
        "element": match &replay.verdict {
            Shown::Element(explanation) => element::json(explanation),
            Shown::Nothing | Shown::Hidden => Value::Null,
        },
    })
}
