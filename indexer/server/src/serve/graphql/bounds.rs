//! G1, G2 and the length of aliases: what a query would cost, found out at a cost that its length bounds.

use async_graphql::{
    Name, Positioned,
    parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet},
};
use std::collections::HashMap;

const BRACKETS_MAX: usize = 64;
const FIELDS_MAX: usize = 10_000;
/// An alias comes back in every row, and in the path of every error.
const ALIAS_MAX: usize = 64;

/// Which bound a query exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Exceeded {
    #[error("Query has more than {BRACKETS_MAX} levels of brackets.")]
    Brackets,
    #[error(
        "Query has more than {FIELDS_MAX} fields when its fragments are expanded, or fragments that contain themselves."
    )]
    Fields,
    #[error("Query has an alias of more than {ALIAS_MAX} characters.")]
    Alias,
}

/// G1. Brackets in strings and comments count, too: counting them apart would be a second parser.
pub(super) fn brackets(query: &str) -> Result<(), Exceeded> {
    let mut level = 0usize;
    for byte in query.bytes() {
        match byte {
            b'{' | b'(' | b'[' => level += 1,
            b'}' | b')' | b']' => level = level.saturating_sub(1),
            _ => {}
        }
        if level > BRACKETS_MAX {
            return Err(Exceeded::Brackets);
        }
    }
    Ok(())
}

/// G2. Each fragment is counted once and its count reused, so that doubling fragments cost no more than their text.
pub(super) fn fields(document: &ExecutableDocument) -> Result<(), Exceeded> {
    let mut counted = Counted { fragments: &document.fragments, counts: HashMap::new() };
    let mut total = 0usize;
    for (_, operation) in document.operations.iter() {
        total = total.saturating_add(counted.set(&operation.node.selection_set.node, 0)?);
    }
    if total > FIELDS_MAX { Err(Exceeded::Fields) } else { Ok(()) }
}

struct Counted<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    /// `None` while a fragment is being counted: meeting it then closes a circle.
    counts: HashMap<&'d Name, Option<usize>>,
}

impl<'d> Counted<'d> {
    /// `level` counts the fields and fragments around the set, which bounds the recursion.
    fn set(&mut self, set: &'d SelectionSet, level: usize) -> Result<usize, Exceeded> {
        if level > BRACKETS_MAX {
            return Err(Exceeded::Fields);
        }
        let mut total = 0usize;
        for selection in &set.items {
            let count = match &selection.node {
                Selection::Field(field) if field.node.response_key().node.len() > ALIAS_MAX => {
                    return Err(Exceeded::Alias);
                }
                Selection::Field(field) => self.set(&field.node.selection_set.node, level + 1)?.saturating_add(1),
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node, level + 1)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, level + 1)?,
            };
            total = total.saturating_add(count);
        }
        Ok(total)
    }

    fn fragment(&mut self, name: &'d Name, level: usize) -> Result<usize, Exceeded> {
        // An unknown fragment is for validation to report.
        let Some(fragment) = self.fragments.get(name) else { return Ok(0) };
        match self.counts.get(name) {
            Some(Some(count)) => return Ok(*count),
            Some(None) => return Err(Exceeded::Fields),
            None => {}
        }
        self.counts.insert(name, None);
        let count = self.set(&fragment.node.selection_set.node, level)?;
        self.counts.insert(name, Some(count));
        Ok(count)
    }
}

/// Whether every operation asks for the schema and nothing else.
pub(super) fn is_introspection(document: &ExecutableDocument) -> bool {
    let is_meta = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => matches!(field.node.name.node.as_str(), "__schema" | "__type" | "__typename"),
        Selection::InlineFragment(_) | Selection::FragmentSpread(_) => false,
    };
    document.operations.iter().all(|(_, operation)| operation.node.selection_set.node.items.iter().all(is_meta))
}
