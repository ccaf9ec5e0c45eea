use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{B256, U256};
use edgeloom_sdk::{Pair, Voucher};
use serde::{Deserialize, Serialize};

use super::Record;

/// A bid of this worker's in an auction: what nobody else knows until it is revealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bidding {
    /// In which the auction was opened.
    pub block: u64,
    /// The least price, in 256ths of the requester's most.
    pub tick: u16,
    pub units: u32,
    /// Opens the commitment.
    pub salt: B256,
}

/// The best voucher of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    pub voucher: Voucher,
    /// What the chain had redeemed of the pair when that was last noted, wei.
    pub redeemed: U256,
}

/// What is under way beside jobs, claims and rounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trade {
    /// Bids that are not over, by auction.
    pub bids: BTreeMap<B256, Bidding>,
    /// Leases that are not over, and the blocks that they were offered in.
    pub leases: BTreeMap<U256, u64>,
    /// Vouchers that were not redeemed.
    pub vouchers: BTreeMap<Pair, Kept>,
    /// Pairs of which something was redeemed and not collected.
    pub uncollected: BTreeSet<Pair>,
}

impl Trade {
    /// Adds a line, if it is about any of this; gives what it says was redeemed for this account, wei.
    pub(crate) fn apply(&mut self, record: &Record) -> U256 {
        match record {
            Record::Bidding { auction, bid } => drop(self.bids.insert(*auction, *bid)),
            Record::BidEnded { auction, .. } => drop(self.bids.remove(auction)),
            Record::Leasing { lease, block } => drop(self.leases.insert(*lease, *block)),
            Record::LeaseEnded { lease, .. } => drop(self.leases.remove(lease)),
            Record::Vouched { voucher, redeemed } => {
                let redeemed = self.vouchers.get(&voucher.pair).map_or(*redeemed, |kept| kept.redeemed);
                self.vouchers.insert(voucher.pair, Kept { voucher: *voucher, redeemed });
            }
            Record::Redeemed { pair, total, .. } => return self.redeemed(*pair, *total),
            Record::VoucherLost { pair, total }
                if self.vouchers.get(pair).is_some_and(|kept| kept.voucher.total <= *total) =>
            {
                self.vouchers.remove(pair);
            }
            Record::Collected { pairs, .. } => self.uncollected.retain(|pair| !pairs.contains(pair)),
            _ => {}
        }
        U256::ZERO
    }

    fn redeemed(&mut self, pair: Pair, total: U256) -> U256 {
        let Some(kept) = self.vouchers.get_mut(&pair) else { return U256::ZERO };
        let paid = total.saturating_sub(kept.redeemed);
        kept.redeemed = kept.redeemed.max(total);
        if kept.voucher.total <= total {
            self.vouchers.remove(&pair);
        }
        self.uncollected.insert(pair);
        paid
    }

    /// Lines that make this of nothing.
    pub(super) fn records(&self) -> Vec<Record> {
        let bids = self.bids.iter().map(|(auction, bid)| Record::Bidding { auction: *auction, bid: *bid });
        let leases = self.leases.iter().map(|(lease, block)| Record::Leasing { lease: *lease, block: *block });
        let uncollected = self.uncollected.iter().flat_map(|pair| uncollected(*pair));
        let vouchers =
            self.vouchers.values().map(|kept| Record::Vouched { voucher: kept.voucher, redeemed: kept.redeemed });
        bids.chain(leases).chain(uncollected).chain(vouchers).collect()
    }
}

/// A voucher of nothing, redeemed: it leaves the pair to be collected, and adds nothing to sums.
fn uncollected(pair: Pair) -> [Record; 2] {
    let voucher = Voucher { pair, total: U256::ZERO, r: B256::ZERO, vs: B256::ZERO };
    [
        Record::Vouched { voucher, redeemed: U256::ZERO },
        Record::Redeemed { pair, total: U256::ZERO, gas_wei: U256::ZERO },
    ]
}
