//! The text of a block.

use super::{Asked, Heard, log};
use alloy::{
    consensus::Transaction as _,
    primitives::{Bytes, hex},
    sol_types::{ContractError, RevertReason},
};
use edgeloom_chain::Decided;
use std::fmt::Write as _;

pub(super) fn missed(out: &mut String, blocks: u64) {
    push(out, format_args!("  ({blocks} blocks came too fast to be shown)\n"));
}

/// `heard` has one for each transaction, or none at all.
pub(super) fn block(out: &mut String, decided: &Decided, heard: &[Heard]) {
    let block = decided.block.block();
    let count = block.transactions.len();
    push(out, format_args!("\nBlock {} {} ({count} transactions)\n", block.header.number, decided.block.hash()));
    let outcomes = decided.receipts.iter().zip(decided.gas_used()).zip(&decided.senders);
    for (index, (transaction, ((receipt, gas), from))) in block.transactions.iter().zip(outcomes).enumerate() {
        let heard = heard.get(index);
        push(out, format_args!("  Transaction  {}\n", transaction.tx_hash()));
        match transaction.to() {
            Some(to) => push(out, format_args!("  From → to    {from} → {to}\n")),
            None => {
                let created = from.create(transaction.nonce());
                push(out, format_args!("  From         {from}\n  Creates      {created}\n"));
            }
        }
        if !transaction.value().is_zero() {
            let value = alloy::primitives::utils::format_ether(transaction.value());
            let value = value.trim_end_matches('0').trim_end_matches('.');
            push(out, format_args!("  Value        {value} TFUEL\n"));
        }
        push(out, format_args!("  Gas          {gas} of {}\n", transaction.gas_limit()));
        if !receipt.status() {
            let reason = heard.map_or_else(|| "failed".into(), |heard| reason(heard.reverted.as_ref()));
            push(out, format_args!("  Error        {reason}\n"));
        }
        if let Some(heard) = heard {
            said(out, heard);
        }
        out.push('\n');
    }
}

pub(super) fn asked(out: &mut String, Asked { method, from, to, heard }: &Asked) {
    match to {
        Some(to) => push(out, format_args!("\n{method} {from} → {to}\n")),
        None => push(out, format_args!("\n{method} {from} creates\n")),
    }
    said(out, heard);
}

fn said(out: &mut String, heard: &Heard) {
    for line in &heard.said {
        push(out, format_args!("  console.log  {}\n", log::decode(line)));
    }
    if heard.more > 0 {
        push(out, format_args!("  console.log  ({} more, or too long to show)\n", heard.more));
    }
}

fn reason(output: Option<&Bytes>) -> String {
    let Some(output) = output else {
        return "stopped without a reason (out of gas, or an instruction that is none)".into();
    };
    if output.is_empty() {
        return "reverted without a reason".into();
    }
    match RevertReason::decode(output) {
        Some(RevertReason::ContractError(ContractError::Revert(revert))) => format!("reverted: {:?}", revert.reason),
        Some(RevertReason::ContractError(ContractError::Panic(panic))) => format!("panicked: {panic}"),
        _ => match output.split_first_chunk::<4>() {
            Some((selector, rest)) => {
                let (selector, rest) = (hex::encode_prefixed(selector), hex::encode(rest));
                format!("reverted with custom error {selector}({rest})")
            }
            None => format!("reverted with {output}"),
        },
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes everything");
}
