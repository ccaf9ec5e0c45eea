//! A contract's storage layout as lines that a person can review: solc's own form names types by syntax tree ids, which
//! change when unrelated lines move.

use eyre::{Result, eyre};
use foundry_compilers::artifacts::StorageLayout;
use serde::Deserialize;
use serde_json::{Value, from_value};

#[derive(Deserialize)]
struct Member {
    label: String,
    offset: u32,
    slot: String,
    #[serde(rename = "type")]
    type_id: String,
}

/// `slot+offset type label` of every variable, then of every member of every struct, the latter relative to its start.
pub(super) fn describe(layout: &StorageLayout) -> Result<Vec<String>> {
    let label = |id: &str| {
        layout.types.get(id).map(|known| known.label.as_str()).ok_or_else(|| eyre!("solc names no storage type {id}"))
    };
    let mut lines = Vec::new();
    for variable in &layout.storage {
        let kind = label(&variable.storage_type)?;
        lines.push(format!("{}+{} {kind} {}", variable.slot, variable.offset, variable.label));
    }
    let mut types: Vec<_> = layout.types.values().collect();
    types.sort_by(|one, other| one.label.cmp(&other.label));
    for outer in types {
        let Some(members) = outer.other.get("members").filter(|members| **members != Value::Null) else { continue };
        for member in from_value::<Vec<Member>>(members.clone())? {
            let kind = label(&member.type_id)?;
            lines.push(format!("{}: {}+{} {kind} {}", outer.label, member.slot, member.offset, member.label));
        }
    }
    Ok(lines)
}
