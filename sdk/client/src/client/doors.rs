//! One door for each thing that the chain does.

use super::Client;
use crate::{
    Attested, AuctionHouse, Auctions, Audits, Beacon, Checkpoints, Committee, Deliveries, Disputable, Disputes, Drops,
    EdgeRewards, EdgeStaking, Exchange, Governance, Jobs, Keys, Leases, Media, Models, Nfts, Packs, Payments, Rentals,
    Seals, Staking, Theta, Wtfuel,
};

impl Client {
    /// Jobs: post, take, submit, follow.
    #[must_use]
    pub fn jobs(&self) -> Jobs {
        Jobs::new(self.clone())
    }

    /// Auctions of jobs: open, bid, reveal, clear, take.
    #[must_use]
    pub fn auctions(&self) -> Auctions {
        Auctions::new(self.clone())
    }

    /// Claims about jobs: enter them, have audits of them drawn.
    #[must_use]
    pub fn disputable(&self) -> Disputable {
        Disputable::new(self.clone())
    }

    /// Work that a committee does again: claim, find, attest.
    #[must_use]
    pub fn attested(&self) -> Attested {
        Attested::new(self.clone())
    }

    /// Sealed answers: seal, release, open, complain.
    #[must_use]
    pub fn seals(&self) -> Seals {
        Seals::new(self.clone())
    }

    /// Leases: offer, take, begin, collect, extend, end.
    #[must_use]
    pub fn leases(&self) -> Leases {
        Leases::new(self.clone())
    }

    /// Pools that pay by vouchers: open, earmark, sign, redeem.
    #[must_use]
    pub fn payments(&self) -> Payments {
        Payments::new(self.clone())
    }

    /// Pay for content that was served: tariffs and receipts.
    #[must_use]
    pub fn deliveries(&self) -> Deliveries {
        Deliveries::new(self.clone())
    }

    /// Media that tokens open: gates, their nodes, an epoch's key.
    #[must_use]
    pub fn media(&self) -> Media {
        Media::new(self.clone())
    }

    /// Collections and editions of tokens: make, mint, transfer, describe.
    #[must_use]
    pub fn nfts(&self) -> Nfts {
        Nfts::new(self.clone())
    }

    /// Trade of tokens: sign orders, fill them.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        Exchange::new(self.clone())
    }

    /// Auctions of tokens: create, bid, settle.
    #[must_use]
    pub fn auction_house(&self) -> AuctionHouse {
        AuctionHouse::new(self.clone())
    }

    /// First sales of tokens: open, mint, close.
    #[must_use]
    pub fn drops(&self) -> Drops {
        Drops::new(self.clone())
    }

    /// Sealed packs of tokens: open a sale, buy, reveal, open packs.
    #[must_use]
    pub fn packs(&self) -> Packs {
        Packs::new(self.clone())
    }

    /// Tokens for rent: sign offers, take them.
    #[must_use]
    pub fn rentals(&self) -> Rentals {
        Rentals::new(self.clone())
    }

    /// Models: upload, register, read, run.
    #[must_use]
    pub fn models(&self) -> Models {
        Models::new(self.clone())
    }

    /// THETA at stake: validators and guardians.
    #[must_use]
    pub fn staking(&self) -> Staking {
        Staking::new(self.clone())
    }

    /// TFUEL at stake: edge nodes.
    #[must_use]
    pub fn edge_staking(&self) -> EdgeStaking {
        EdgeStaking::new(self.clone())
    }

    /// What edge nodes are paid beside their jobs: rounds of computing capacity.
    #[must_use]
    pub fn edge_rewards(&self) -> EdgeRewards {
        EdgeRewards::new(self.clone())
    }

    /// Validators' candidacies, committees, and evidence against who votes twice.
    #[must_use]
    pub fn committee(&self) -> Committee {
        Committee::new(self.clone())
    }

    /// Checkpoints that guardians co-sign, and rewards of validators and guardians.
    #[must_use]
    pub fn checkpoints(&self) -> Checkpoints {
        Checkpoints::new(self.clone())
    }

    /// Proposals, votes and parameters.
    #[must_use]
    pub fn governance(&self) -> Governance {
        Governance::new(self.clone())
    }

    /// THETA at hand.
    #[must_use]
    pub fn theta(&self) -> Theta {
        Theta::new(self.clone())
    }

    /// TFUEL as a token.
    #[must_use]
    pub fn wtfuel(&self) -> Wtfuel {
        Wtfuel::new(self.clone())
    }

    /// BLS keys and sets of them: register, join, seal, read.
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys::new(self.clone())
    }

    /// Claims about answers: make, defend, challenge.
    #[must_use]
    pub fn disputes(&self) -> Disputes {
        Disputes::new(self.clone())
    }

    /// Audits of claims: seats, requests, findings.
    #[must_use]
    pub fn audits(&self) -> Audits {
        Audits::new(self.clone())
    }

    /// Randomness of blocks.
    #[must_use]
    pub fn beacon(&self) -> Beacon {
        Beacon::new(self.clone())
    }
}
