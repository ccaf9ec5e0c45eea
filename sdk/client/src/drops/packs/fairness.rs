//! A sale worked out again from what it committed to and from blocks' randomness, as `IPacks` says (P1 to P5).

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    rpc::types::{Filter, Log},
    sol_types::{SolEvent, SolValue as _},
};
use edgeloom_bindings::{
    IPacks::{PackOpened, PacksBought, RoundRedrawn, RoundRevealed, SaleOpened},
    addresses::PACKS,
};

use super::{Packs, draw::Draw};
use crate::{Beacon, Error, jobs::decode};

/// A pack of which chance has decided, whether it was opened or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnPack {
    /// Its number, from 0.
    pub pack: U256,
    /// Who bought it.
    pub buyer: Address,
    /// In which round, from 0.
    pub round: U256,
    /// By the secret of the round, and the randomness of the block that draws it.
    pub seed: B256,
    /// What is in it: an edition's as often as there are copies.
    pub ids: Vec<U256>,
    /// Whether it was opened; then these are the tokens that were in it.
    pub opened: bool,
}

/// What a sale's events say.
struct Story {
    sale: U256,
    opened: SaleOpened,
    block: u64,
    bought: Vec<PacksBought>,
    revealed: Vec<RoundRevealed>,
    redrawn: BTreeMap<U256, U256>,
    contents: BTreeMap<U256, Vec<U256>>,
}

impl Packs {
    /// Works out anew what is in each pack whose round is revealed, and so checks that nobody chose: that each secret is the one to which the
    /// creator had committed, that the block is the one that was to draw the round, that the seed follows from both (the header is read, and
    /// checked against its hash), and that each opened pack had in it what follows from that.
    ///
    /// # Errors
    /// [`Error::Answer`] that says which of this is not so; [`Error::Transport`] and its like.
    pub async fn drawn(&self, sale: U256) -> Result<Vec<DrawnPack>, Error> {
        let (found, _) = self.get(sale).await?;
        let beacon = Beacon::new(self.client.clone());
        let story = self.story(sale, found.openedAt.to()).await?;
        let seeds = story.seeds(&beacon, beacon.delay().await?).await?;
        let terms = &story.opened.terms;
        let mut draw = Draw::new((story.opened.first, found.editions), terms.size, &story.opened.tiers);
        let mut packs = Vec::new();
        for bought in &story.bought {
            let Some(seed) = seeds.get(&bought.round) else { continue };
            for place in 0..bought.quantity.saturating_to::<u64>() {
                let pack = bought.first + U256::from(place);
                let seed = keccak256((*seed, pack).abi_encode());
                let ids = draw.next(seed).ok_or_else(|| wrong(format!("there are too few tokens for pack {pack}")))?;
                let was = story.contents.get(&pack);
                if was.is_some_and(|was| *was != ids) {
                    return Err(wrong(format!(
                        "chance gave pack {pack} tokens {ids:?}, and it was opened with {was:?}"
                    )));
                }
                let (buyer, round, opened) = (bought.buyer, bought.round, was.is_some());
                packs.push(DrawnPack { pack, buyer, round, seed, ids, opened });
            }
        }
        Ok(packs)
    }

    async fn story(&self, sale: U256, from: u64) -> Result<Story, Error> {
        let filter = Filter::new().address(PACKS).topic1(B256::from(sale));
        let (logs, _) = self.client.rpc().logs_since(&filter, from).await?;
        let opened = one::<SaleOpened>(&logs)?.ok_or_else(|| wrong(format!("nothing is said of sale {sale}")))?;
        let contents = all::<PackOpened>(&logs)?.into_iter().map(|opened| (opened.pack, opened.ids)).collect();
        let redrawn = all::<RoundRedrawn>(&logs)?.into_iter().map(|again| (again.round, again.height)).collect();
        let (bought, revealed) = (all(&logs)?, all(&logs)?);
        Ok(Story { sale, opened, block: from, bought, revealed, redrawn, contents })
    }
}

impl Story {
    /// Of each round that was revealed.
    async fn seeds(&self, beacon: &Beacon, delay: u64) -> Result<BTreeMap<U256, B256>, Error> {
        let (mut tip, mut next) = (self.opened.terms.commitment, 0_u64);
        let mut seeds = BTreeMap::new();
        for RoundRevealed { round, secret, height, seed, .. } in &self.revealed {
            let number = round.saturating_to::<u64>();
            let between = (number + 1).checked_sub(next).filter(|_| number < self.opened.terms.rounds.into());
            let hashes =
                between.ok_or_else(|| wrong(format!("round {round} cannot be revealed after {next} rounds")))?;
            if (0..hashes).fold(*secret, |secret, _| keccak256(secret)) != tip {
                return Err(wrong(format!("the secret of round {round} is not the one that its creator committed to")));
            }
            let drawn_by = self.drawn_by(*round, delay);
            if *height != drawn_by {
                return Err(wrong(format!("block {height} drew round {round}, and it was to be block {drawn_by}")));
            }
            let purpose = keccak256((self.sale, *round, *secret).abi_encode());
            if beacon.seed_for(PACKS, drawn_by.saturating_to(), purpose).await? != *seed {
                return Err(wrong(format!("the seed of round {round} does not follow from block {height}")));
            }
            seeds.insert(*round, *seed);
            (tip, next) = (*secret, number + 1);
        }
        Ok(seeds)
    }

    fn drawn_by(&self, round: U256, delay: u64) -> U256 {
        let end = U256::from(self.block) + (round + U256::ONE) * U256::from(self.opened.terms.roundBlocks);
        self.redrawn.get(&round).copied().unwrap_or(end - U256::ONE + U256::from(delay))
    }
}

fn wrong(what: String) -> Error {
    Error::Answer(what)
}

fn one<E: SolEvent>(logs: &[Log]) -> Result<Option<E>, Error> {
    Ok(all(logs)?.into_iter().next())
}

fn all<E: SolEvent>(logs: &[Log]) -> Result<Vec<E>, Error> {
    logs.iter().filter(|log| log.topic0() == Some(&E::SIGNATURE_HASH)).map(decode).collect()
}
