//! A test hook: with `EDGELOOM_WORKER_CRASH_AT=STEP` the process aborts, as if killed, right after the first STEP. Steps, in
//! order: `taking` (journalled), `take-sent`, `taken` (journalled), `computed` (journalled), `submitting` (journalled),
//! `submit-sent`, `settled` (journalled). Of a claim: `claiming` (journalled), `claim-sent`; of an audit: `testifying` (journalled),
//! `commit-sent`, `attest-sent`. Of rounds of capacity: `round-enrolling` (journalled), `round-enrolled`, `round-computed` (journalled),
//! `round-answered`, `round-recorded`, `round-opened`, `round-settling` (journalled), `round-settled`, `round-ended` (journalled),
//! `round-claimed`; those that are not journalled are in a block. Of vouchers: `vouched`
//! (journalled), `vouchers-redeemed`, `redemption-noted` (journalled), `vouchers-collected`, `collection-noted` (journalled), `vouchers-paid`. Of bids:
//! `bidding` (journalled), `bid-sealed`, `bid-revealed`, `auction-cleared`, `margin-drawn`, `units-taken`, `unit-noted` (journalled), `bid-closed`,
//! `bid-ended` (journalled), `deposits-paid`. Of leases: `leasing` (journalled), `lease-taken`, `lease-begun`, `lease-collected`, `lease-closed`,
//! `lease-stopped` (its machine), `lease-ended` (journalled), `lease-paid`.

use std::{env, process, sync::OnceLock};

/// Steps that can be named.
pub const STEPS: &[&str] = &[
    "taking",
    "take-sent",
    "taken",
    "computed",
    "submitting",
    "submit-sent",
    "settled",
    "claiming",
    "claim-sent",
    "sealed",
    "entered",
    "released",
    "drawn",
    "piece-sent",
    "upheld",
    "settle-sent",
    "claim-ended",
    "testifying",
    "commit-sent",
    "attest-sent",
    "round-enrolling",
    "round-enrolled",
    "round-computed",
    "round-answered",
    "round-recorded",
    "round-opened",
    "round-settling",
    "round-settled",
    "round-ended",
    "round-claimed",
    "vouched",
    "vouchers-redeemed",
    "redemption-noted",
    "vouchers-collected",
    "collection-noted",
    "vouchers-paid",
    "bidding",
    "bid-sealed",
    "bid-revealed",
    "auction-cleared",
    "margin-drawn",
    "units-taken",
    "unit-noted",
    "bid-closed",
    "bid-ended",
    "deposits-paid",
    "leasing",
    "lease-taken",
    "lease-begun",
    "lease-collected",
    "lease-closed",
    "lease-stopped",
    "lease-ended",
    "lease-paid",
];

/// Aborts if this is the step that the variable names.
pub(crate) fn after(step: &str) {
    static AT: OnceLock<Option<String>> = OnceLock::new();
    let at = AT.get_or_init(|| env::var("EDGELOOM_WORKER_CRASH_AT").ok());
    if at.as_deref() == Some(step) {
        eprintln!("aborting after step {step}, as EDGELOOM_WORKER_CRASH_AT asks");
        process::abort();
    }
}
