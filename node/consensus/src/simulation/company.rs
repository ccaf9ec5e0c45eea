//! Everybody in a simulation: what goes wrong for them, what they do with the chain, and what has to hold in the end.

use super::{
    BLOCKS_AFTER, FINE, Outcome, PATIENCE, Plant, VIEWS_MAX, Violation,
    audit::Audit,
    cast::{Actor, Backup, Fault, Stage},
    world::{CHAIN_ID, GAS_LIMIT, World, stake},
};
use crate::{Equivocation, network::Shared};
use alloy::{
    primitives::{Address, B256, U256},
    sol_types::SolCall,
};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use commonware_cryptography::Signer as _;
use commonware_p2p::simulated::Link;
use commonware_runtime::{Clock as _, deterministic::Context};
use commonware_utils::Probability;
use edgeloom_bindings::{
    ICommittee, IKeyRegistry, IStaking, ITheta,
    addresses::{COMMITTEE, KEY_REGISTRY, STAKING, THETA},
};
use edgeloom_txpool::Origin;
use edgeloom_types::{Epoch, Height};
use parking_lot::Mutex;
use rand_core::Rng as _;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

/// In which what was sent on good links arrives, from who is late too.
const ARRIVAL: Duration = Duration::from_secs(4);

/// Everybody, and what outlives a power cut.
pub(super) struct Company {
    world: Arc<World>,
    actors: Vec<Actor>,
    weather: Weather,
    /// How twins divide the others.
    sides: Vec<u64>,
    plant: Option<Plant>,
    nonces: Vec<u64>,
    crashes: u64,
    pub(super) power_cut: bool,
}

/// The state of the links.
struct Weather {
    link: Link,
    /// Nodes of different groups do not hear of each other.
    groups: Vec<u64>,
}

impl Company {
    pub(super) fn draw(dice: &mut Context, world: Arc<World>, plant: Option<Plant>) -> Self {
        let nodes = world.keys.len();
        let validators = nodes - 1;
        let bearable = (validators - 1) / 3;
        let byzantine = match plant {
            Some(Plant::Conspiracy) => bearable + 1,
            _ => usize::try_from(roll(dice, bearable as u64 + 1)).expect("few"),
        };
        let mut guilty = BTreeSet::new();
        while guilty.len() < byzantine {
            guilty.insert(pick(dice, validators));
        }
        let peers: Vec<_> = world.keys.iter().map(|keys| keys.identity.public_key()).collect();
        // Those who conspire divide the others in the same way, and see each other.
        let mut sides: Vec<_> = (0..nodes).map(|_| roll(dice, 2)).collect();
        if plant == Some(Plant::Conspiracy) {
            // Halves of a quorum each, with those who conspire.
            let honest = (0..nodes).filter(|seat| !guilty.contains(seat));
            honest.zip([0, 1].into_iter().cycle()).for_each(|(seat, side)| sides[seat] = side);
        }
        let actors = (0..nodes).map(|seat| {
            let fault = guilty.contains(&seat).then(|| match plant {
                Some(Plant::Conspiracy) => Fault::Twin,
                _ => Fault::ALL[pick(dice, Fault::ALL.len())],
            });
            let circle = |half: u64| {
                let others = (0..nodes).filter(|other| *other != seat);
                let heard = others
                    .filter(|other| fault != Some(Fault::Twin) || guilty.contains(other) || sides[*other] == half);
                heard.map(|other| peers[other].clone()).collect::<Vec<_>>()
            };
            let circles = if fault == Some(Fault::Twin) { [circle(0), circle(1)] } else { [circle(0), Vec::new()] };
            Actor::new(seat, fault, circles)
        });
        Self {
            actors: actors.collect(),
            weather: Weather { link: FINE, groups: vec![0; nodes] },
            sides,
            nonces: vec![0; world.accounts.len()],
            world,
            plant,
            crashes: 0,
            power_cut: false,
        }
    }

    pub(super) async fn stage(&self, context: &Context, audit: Arc<Mutex<Audit>>) -> Stage {
        Stage::open(context, self.world.clone(), audit, self.plant).await
    }

    pub(super) async fn launch_all(&mut self, context: &Context, stage: &Stage) {
        for actor in self.actors.iter_mut().filter(|actor| !actor.is_alive()) {
            actor.launch(context, stage).await;
        }
    }

    pub(super) fn crash_all(&mut self) {
        self.actors.iter_mut().for_each(Actor::crash);
    }

    fn honest(&self) -> impl Iterator<Item = (usize, &Actor)> {
        self.actors.iter().enumerate().filter(|(_, actor)| actor.is_honest())
    }

    fn highest(&self) -> u64 {
        self.honest().map(|(_, actor)| actor.height()).max().unwrap_or_default()
    }

    /// Waits until every honest node has a height.
    pub(super) async fn reach(&self, context: &Context, height: u64) -> Result<(), Violation> {
        let deadline = context.current() + PATIENCE;
        while self.honest().any(|(_, actor)| actor.height() < height) {
            if let Some((seat, why)) = self.honest().find_map(|(seat, actor)| Some((seat, actor.fallen()?))) {
                return Err(Violation::Stopped(seat, why));
            }
            if context.current() >= deadline {
                return Err(Violation::Stalled(PATIENCE));
            }
            context.sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Sets the links as the weather is. Who is late is so in any weather.
    pub(super) async fn apply(&self, stage: &Stage) {
        for (from, actor) in self.actors.iter().enumerate() {
            for to in (0..self.actors.len()).filter(|to| *to != from) {
                let (one, other) = (stage.peer(from), stage.peer(to));
                // There may have been none.
                drop(stage.oracle.remove_link(one.clone(), other.clone()).await);
                let conspires =
                    self.plant == Some(Plant::Conspiracy) && (!actor.is_honest() || !self.actors[to].is_honest());
                if conspires || self.weather.groups[from] == self.weather.groups[to] {
                    let fair = &self.weather.link;
                    let latency = if actor.fault == Some(Fault::Late) { Duration::from_secs(3) } else { fair.latency };
                    let link = Link { latency, ..fair.clone() };
                    stage.oracle.add_link(one, other, link).await.expect("known nodes");
                }
            }
        }
    }

    /// The node without a seat registers and stakes, and one with a seat resigns: some epochs later the committee is another.
    pub(super) async fn elect(&mut self, context: &mut Context) {
        let (last, treasury) = (self.actors.len() - 1, self.actors.len());
        let node = U256::from(self.actors.len());
        let newcomer = self.world.accounts[last].address();
        let keys = &self.world.keys[last];
        let validator = keys.validator(newcomer);
        let register = IKeyRegistry::registerCall {
            publicKey: validator.voting_key.into(),
            possession: validator.possession.into(),
            consent: keys.consent(CHAIN_ID, KEY_REGISTRY, newcomer).into(),
        };
        let number = node.to::<u32>();
        let stakes = IStaking::registerCall { role: IStaking::Role::Validator, owner: newcomer, commission: 0 };
        let enter = ICommittee::enterCall {
            node: number,
            identity: validator.identity,
            publicKey: validator.voting_key.into(),
            beneficiary: newcomer,
        };
        self.call(treasury, THETA, &ITheta::transferCall { to: newcomer, amount: stake() });
        self.call(last, KEY_REGISTRY, &register);
        self.call(last, STAKING, &stakes);
        self.call(last, COMMITTEE, &enter);
        context.sleep(Duration::from_secs(4)).await;
        self.call(last, THETA, &ITheta::approveCall { spender: STAKING, amount: stake() });
        self.call(last, STAKING, &IStaking::stakeCall { node: number, amount: stake() });
        context.sleep(Duration::from_secs(4)).await;
        // Of fewer seats less is borne: nobody leaves before somebody came.
        if self.honest().any(|(_, actor)| actor.nonce(newcomer) == self.nonces[last]) {
            let leaver = pick(context, last);
            self.call(leaver, COMMITTEE, &ICommittee::resignCall { node: u32::try_from(leaver).expect("few") + 1 });
        }
    }

    /// One thing more goes wrong, or right, while people go on using the chain.
    pub(super) async fn trouble(&mut self, context: &mut Context, stage: &Stage) {
        let nodes = self.actors.len();
        match roll(context, 8) {
            0 => self.weather.groups = (0..nodes).map(|_| roll(context, 2)).collect(),
            1 => self.weather.groups[pick(context, nodes)] = 1 + roll(context, 2),
            2 | 3 => {
                let unlucky = pick(context, nodes);
                if self.actors[unlucky].is_alive() {
                    self.actors[unlucky].crash();
                    self.crashes += 1;
                }
            }
            4 => self.launch_all(context, stage).await,
            5 => self.weather.link.success_rate = Probability::new(70 + roll(context, 31), 100).expect("at most one"),
            6 => {
                let millis = [1 + roll(context, 100), roll(context, 1000), roll(context, 5000)][pick(context, 3)];
                self.weather.link.latency = Duration::from_millis(millis);
                self.weather.link.jitter = Duration::from_millis(millis / 4);
            }
            _ => self.weather = Weather { link: FINE, groups: vec![0; nodes] },
        }
        if self.plant == Some(Plant::Conspiracy) {
            self.weather.groups = self.sides.clone();
        }
        if self.plant == Some(Plant::Drift)
            && let Some((_, actor)) = self.honest().find(|(_, actor)| actor.is_alive())
        {
            actor.corrupt(&self.world);
        }
        self.apply(stage).await;
        self.spend_twice();
        for _ in 0..roll(context, 12) {
            self.use_chain(context);
        }
        let meanwhile = Duration::from_millis(200 + roll(context, 4000));
        context.sleep(meanwhile).await;
    }

    /// Each half of a twin has another transaction of the same nonce to propose, of the twin's own account.
    fn spend_twice(&self) {
        for (seat, actor) in self.actors.iter().enumerate().filter(|(_, actor)| actor.fault == Some(Fault::Twin)) {
            let nonce = actor.nonce(self.world.accounts[seat].address());
            for (half, shared) in actor.halves().enumerate() {
                let transaction = self.world.transaction(seat, nonce, vec![1; 1 + half].into());
                // Its pool may have one of that nonce.
                self.admit(shared, transaction);
            }
        }
    }

    /// Somebody sends wei, or calls a contract, or has a key's possession checked by the precompile.
    fn use_chain(&mut self, context: &mut Context) {
        let free = self.actors.len() + 1;
        // The last one is who accuses.
        let account = free + pick(context, self.world.accounts.len() - free - 1);
        match roll(context, 3) {
            0 => self.submit(account, |world, nonce| world.transfer(account, nonce)),
            1 => self.call(account, THETA, &ITheta::approveCall { spender: STAKING, amount: stake() }),
            _ => {
                let keys = &self.world.keys[0];
                let validator = keys.validator(self.world.accounts[account].address());
                let register = IKeyRegistry::registerCall {
                    publicKey: validator.voting_key.into(),
                    possession: validator.possession.into(),
                    consent: keys.consent(CHAIN_ID, KEY_REGISTRY, self.world.accounts[account].address()).into(),
                };
                self.call(account, KEY_REGISTRY, &register);
            }
        }
    }

    fn call(&mut self, account: usize, to: Address, call: &impl SolCall) {
        self.submit(account, |world, nonce| world.call(account, nonce, to, call));
    }

    /// Through the honest node that the account's owner knows. Its pool refuses what it has no room for.
    fn submit(&mut self, account: usize, make: impl FnOnce(&World, u64) -> Transaction) {
        let homes: Vec<_> =
            self.honest().filter(|(_, actor)| actor.is_alive()).filter_map(|(_, actor)| actor.shared()).collect();
        if homes.is_empty() {
            return;
        }
        let shared = homes[account % homes.len()];
        if self.admit(shared, make(&self.world, self.nonces[account])) {
            self.nonces[account] += 1;
        }
    }

    fn admit(&self, shared: &Shared, transaction: Transaction) -> bool {
        let state = shared.chain.lock().store().view().account(transaction.signer());
        let state = state.expect("readable").unwrap_or_default();
        shared.pool.admit(transaction, Origin::Local, state, GAS_LIMIT).is_ok()
    }

    /// Makes transactions of what honest nodes hold against others: who is accused, and by which.
    fn accuse(&mut self) -> Result<Vec<(usize, B256)>, Violation> {
        let mut held = BTreeMap::new();
        for shared in self.honest().filter_map(|(_, actor)| actor.shared()) {
            for found in shared.equivocations.borrow().iter() {
                let term = shared.chain.lock().terms().of_epoch(Epoch::new(found.epoch));
                let Some(term) = term else { continue };
                let identity = term.committee.seats().nth(found.seat as usize).expect("a seat").identity;
                let accused = self.world.keys.iter().position(|keys| keys.identity() == identity);
                held.insert(accused.expect("one of us"), found.clone());
            }
        }
        if let Some(framed) = held.keys().find(|seat| self.actors[**seat].is_honest()) {
            return Err(Violation::Framed(*framed));
        }
        let account = self.world.accounts.len() - 1;
        let mut accused = Vec::new();
        for (seat, Equivocation { seat: chair, first, second, .. }) in held {
            let call = ICommittee::reportCall { seat: U256::from(chair), first, second };
            let transaction = self.world.call(account, self.nonces[account], COMMITTEE, &call);
            accused.push((seat, *transaction.tx_hash()));
            self.submit(account, |_, _| transaction);
        }
        Ok(accused)
    }

    /// Whether the contract took all of that.
    fn are_convicted(&self, accused: &[(usize, B256)]) -> Result<(), Violation> {
        let (_, witness) = self.honest().next().expect("somebody is honest");
        let taken = |hash| {
            let (height, index) = witness.store().transaction(hash).expect("readable")?;
            let receipts = witness.store().receipts(height).expect("readable")?;
            receipts.get(index as usize).map(|receipt| receipt.status())
        };
        let failed = accused.iter().find(|(_, hash)| taken(*hash) != Some(true));
        failed.map_or(Ok(()), |(seat, _)| Err(Violation::Acquitted(*seat)))
    }

    /// One more node than are Byzantine comes back with a journal that is some seconds old, or with none, if the protocol bears it:
    /// it counts as faulty, and yet must not contradict itself. Its newest votes arrived before, which is what the others can tell.
    async fn restore(&mut self, context: &mut Context, stage: &Stage) -> Result<bool, Violation> {
        let validators = self.actors.len() - 1;
        if self.actors.iter().filter(|actor| !actor.is_honest()).count() >= (validators - 1) / 3 {
            return Ok(false);
        }
        let honest: Vec<_> = self.honest().map(|(seat, _)| seat).filter(|seat| *seat < validators).collect();
        let unlucky = honest[pick(context, honest.len())];
        // An open file cannot be copied.
        self.actors[unlucky].crash();
        context.sleep(ARRIVAL).await;
        let backup =
            if roll(context, 4) == 0 { Backup::default() } else { self.actors[unlucky].back_up(context).await };
        self.actors[unlucky].launch(context, stage).await;
        let height = self.highest() + 1 + roll(context, 4 * BLOCKS_AFTER);
        self.reach(context, height).await?;
        self.actors[unlucky].crash();
        context.sleep(ARRIVAL).await;
        self.actors[unlucky].restore(context, &backup).await;
        self.actors[unlucky].launch(context, stage).await;
        Ok(true)
    }

    /// Everything is well from now on, and has to go on.
    pub(super) async fn heal(&mut self, context: &mut Context, stage: &Stage) -> Result<Outcome, Violation> {
        if self.plant != Some(Plant::Unhealed) {
            self.weather = Weather { link: FINE, groups: vec![0; self.actors.len()] };
        } else {
            self.weather.groups = (0..self.actors.len() as u64).map(|seat| seat % 2).collect();
        }
        self.apply(stage).await;
        if let Some((seat, why)) = self.honest().find_map(|(seat, actor)| Some((seat, actor.fallen()?))) {
            return Err(Violation::Stopped(seat, why));
        }
        self.launch_all(context, stage).await;
        let (highest, newest) = (self.highest(), stage.audit.lock().newest);
        self.reach(context, highest + BLOCKS_AFTER).await?;
        let (_, witness) = self.honest().next().expect("somebody is honest");
        let first = *witness.block(highest + 1).consensus();
        let views = if first.epoch == newest.0 { first.view.saturating_sub(newest.1) } else { first.view };
        if views > VIEWS_MAX {
            return Err(Violation::Slow(views));
        }
        self.check(stage)?;
        let mut height = highest + BLOCKS_AFTER;
        let convicted = self.accuse()?;
        if !convicted.is_empty() {
            height = self.highest() + BLOCKS_AFTER;
            self.reach(context, height).await?;
            self.are_convicted(&convicted)?;
        }
        let restored = roll(context, 2) == 0 && self.restore(context, stage).await?;
        if restored {
            height = self.highest() + BLOCKS_AFTER;
            self.reach(context, height).await?;
            self.check(stage)?;
        }
        let (_, witness) = self.honest().next().expect("somebody is honest");
        let mut transactions = 0;
        for height in 1..=height {
            transactions += witness.block(height).block().transactions.len() as u64;
        }
        let (votes, equivocations) = {
            let audit = stage.audit.lock();
            (audit.votes, audit.equivocations)
        };
        Ok(Outcome {
            transcript: (context.auditor().state(), witness.block(height).hash()),
            validators: self.actors.len() - 1,
            byzantine: self.actors.iter().filter(|actor| !actor.is_honest()).count(),
            height,
            transactions,
            votes,
            equivocations,
            crashes: self.crashes,
            power_cut: self.power_cut,
            restored,
            convicted: convicted.len(),
            elected: self.is_elected(height),
            views,
            simulated: context.current().duration_since(UNIX_EPOCH).unwrap_or_default(),
        })
    }

    /// Whether who had no seat has one.
    fn is_elected(&self, height: u64) -> bool {
        let Some(shared) = self.honest().find_map(|(_, actor)| actor.shared()) else { return false };
        let epoch = Epoch::containing(Height::new(height), self.world.genesis.config().epoch_length);
        let term = shared.chain.lock().terms().of_epoch(epoch);
        let newcomer = self.world.keys[self.actors.len() - 1].identity();
        term.is_some_and(|term| term.committee.seat_of(&newcomer).is_some())
    }

    fn check(&self, stage: &Stage) -> Result<(), Violation> {
        if let Some(contradiction) = stage.audit.lock().contradictions.first() {
            return Err(Violation::Contradiction(contradiction.clone()));
        }
        let (witness, first) = self.honest().next().expect("somebody is honest");
        for (seat, actor) in self.honest() {
            let common = first.height().min(actor.height());
            if let Some(height) =
                (0..=common).rev().find(|height| first.block(*height).hash() != actor.block(*height).hash())
            {
                return Err(Violation::Fork(witness, seat, height));
            }
            let (tip, root) = actor.store().recompute_root().expect("readable");
            if tip.state_root != root || actor.block(tip.height.get()).header().state_root != root {
                return Err(Violation::Root(seat));
            }
        }
        Ok(())
    }
}

type Transaction = Arc<Recovered<TxEnvelope>>;

pub(super) fn roll(context: &mut Context, sides: u64) -> u64 {
    context.next_u64() % sides
}

fn pick(context: &mut Context, of: usize) -> usize {
    usize::try_from(roll(context, of as u64)).expect("less than `of`")
}
