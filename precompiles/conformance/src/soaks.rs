//! The soaks' command lines.

pub(crate) mod bls;
pub(crate) mod proofs;

use clap::ValueEnum;
use eyre::{Result, eyre};
use indicatif::{ProgressBar, ProgressStyle};

/// Most violations that are printed.
const PRINTED_MAX: usize = 50;

/// What `--plant` asks for.
enum Planted<Fault> {
    /// Nothing but the names.
    Listed,
    Chosen(Option<Fault>),
}

/// # Errors
/// When no fault has this name.
fn planted<Fault: ValueEnum>(name: Option<&str>) -> Result<Planted<Fault>> {
    match name {
        Some("list") => {
            let names = Fault::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            names.for_each(|name| println!("{}", name.get_name()));
            Ok(Planted::Listed)
        }
        Some(name) => {
            let fault = Fault::from_str(name, false).map_err(|error| eyre!("{error}: `--plant list` prints them"))?;
            Ok(Planted::Chosen(Some(fault)))
        }
        None => Ok(Planted::Chosen(None)),
    }
}

fn bar(length: u64, message: &'static str) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}, {eta} left")?;
    Ok(ProgressBar::new(length).with_style(style).with_message(message))
}

fn print_violations<'a>(violations: impl ExactSizeIterator<Item = &'a String>) {
    let more = violations.len().saturating_sub(PRINTED_MAX);
    violations.take(PRINTED_MAX).for_each(|violation| eprintln!("{violation}"));
    if more > 0 {
        eprintln!("and {more} more");
    }
}
