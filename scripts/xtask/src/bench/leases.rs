//! `bench leases`: many leases that run at the same time on four validators of this machine, each through its whole life: offered, taken, begun, some
//! of them extended, collected, or ended by their requesters, and the others exhausted and closed.
//!
//! Hosts of many machines follow the chain's blocks, and stop each machine with the first block whose time says that the money is used up. A second
//! observer, who does nothing else, says how many blocks there were by then: *stopped_blocks_late* is at most 1, or the bench ends with
//! an error. What every lease was paid, by its events, is compared with its seconds (`ledger`): past exhaustion nothing is.
//!
//! *leases_at_once*: as many as ran at one time, by the chain's events. *stop_lag_ms_p95*: from that block at a validator's RPC until the machine is stopped.
//!
//! The limit are four executions of every block on the cores of one machine, which also runs the clients.

mod ledger;

use super::{actor::Actor, emit, percentile};
use alloy::{
    primitives::{B256, U256, aliases::U96, utils::parse_ether},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::Filter,
    sol_types::SolEventInterface as _,
};
use edgeloom_bindings::{
    ILeases::{self, Deal, ILeasesEvents, Offer, Reason, Terms},
    addresses::LEASES,
};
use edgeloom_tests::{Net, NetConfig, dev_signer};
use eyre::{Result, ensure, eyre};
use futures::{FutureExt as _, StreamExt as _, future::LocalBoxFuture, stream::FuturesUnordered};
use ledger::Ledger;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

const VALIDATORS: u16 = 4;
const HOSTS: u32 = 8;
const REQUESTERS: u32 = 8;
const OFFERS_PER_S: u32 = 100;
/// Extensions, ends and collections a second, while all run.
const ERRANDS_PER_S: u32 = 100;
/// Wei a second.
const RATE: u64 = 100_000_000_000_000;
const EXTENSION: u64 = 30;
const BATCH: usize = 40;
const LOOK: Duration = Duration::from_millis(10);
/// How long the last leases have to end.
const REST: Duration = Duration::from_secs(120);

pub(super) fn run(runs: usize, leases: u32) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut figures = Vec::new();
    for turn in 1..=runs {
        let figure = runtime.block_on(one_network(leases))?;
        eprintln!("leases {turn}/{runs}: {figure:?}");
        figures.push(figure);
    }
    let of = |value: fn(&Figure) -> f64| figures.iter().map(value).collect::<Vec<_>>();
    let extra = || json!({ "leases": leases, "hosts": HOSTS });
    emit("leases", "leases_at_once", "lease", &of(|figure| figure.at_once), extra());
    emit("leases", "stopped_blocks_late_max", "block", &of(|figure| figure.blocks_late), extra());
    emit("leases", "stop_lag_ms_p95", "ms", &of(|figure| figure.stop_lag_ms), extra());
    emit("leases", "offer_to_begun_s_p95", "s", &of(|figure| figure.offer_to_begun_s), extra());
    emit("leases", "exhausted", "lease", &of(|figure| figure.exhausted), extra());
    Ok(())
}

#[derive(Debug)]
struct Figure {
    at_once: f64,
    blocks_late: f64,
    stop_lag_ms: f64,
    offer_to_begun_s: f64,
    exhausted: f64,
}

/// How long a lease is paid for at first, seconds: until all others have begun, and for one of sixty more lengths.
fn first_term(leases: u32, number: u64) -> u64 {
    90 + u64::from(leases / OFFERS_PER_S) * 3 / 2 + number % 60
}

/// What else is done about a lease while all run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Errand {
    Extend,
    End,
    Collect,
    Nothing,
}

const fn errand_of(number: u64) -> Errand {
    match number % 10 {
        0 | 5 => Errand::Extend,
        1 => Errand::End,
        2 => Errand::Collect,
        _ => Errand::Nothing,
    }
}

/// The newest block at a validator's RPC, as somebody sees who does nothing but look.
type Seen = watch::Receiver<u64>;
/// When each was there.
type Times = Arc<Mutex<BTreeMap<u64, Instant>>>;

async fn watch_heads(provider: DynProvider, seen: watch::Sender<u64>, times: Times) -> Result<()> {
    let mut looking = interval(LOOK);
    looking.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        looking.tick().await;
        let head = provider.get_block_number().await?;
        let newest = *seen.borrow();
        if newest < head {
            times
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend((newest + 1..=head).map(|height| (height, Instant::now())));
            seen.send_replace(head);
        }
    }
}

async fn one_network(leases: u32) -> Result<Figure> {
    let folder = tempfile::tempdir()?;
    let mut net = Net::start(NetConfig::on_free_ports(folder.path().join("net"), VALIDATORS, 0)?).await?;
    let keeper = net.client(0, dev_signer(0)?).await?;
    for account in 1..=HOSTS + REQUESTERS {
        keeper.transfer(dev_signer(account)?.address(), parse_ether("20000")?).await?;
    }
    // The least stake, and a TFUEL for each lease.
    let stake = parse_ether("12000")? + U256::from(leases.div_ceil(HOSTS)) * parse_ether("1")?;
    let (mut hosts, mut requesters) = (Vec::new(), Vec::new());
    for account in 1..=HOSTS {
        net.client(0, dev_signer(account)?).await?.edge_staking().bond(stake).await?;
        hosts.push(Arc::new(Actor::new(&net, account).await?));
    }
    for account in HOSTS + 1..=HOSTS + REQUESTERS {
        requesters.push(Arc::new(Actor::new(&net, account).await?));
    }
    let provider = ProviderBuilder::new().connect_http(net.rpc(0).parse()?).erased();
    let (sender, seen) = watch::channel(provider.get_block_number().await?);
    let (next, times) = (*seen.borrow() + 1, Times::default());
    let watching = tokio::spawn(watch_heads(provider.clone(), sender, Arc::clone(&times)));
    let mut floor = Floor {
        next,
        leases,
        hosts,
        requesters,
        seen,
        times,
        machines: BTreeMap::new(),
        serving: BTreeSet::new(),
        ledger: Ledger::default(),
        errands: VecDeque::new(),
        to_close: vec![Vec::new(); HOSTS as usize],
        to_collect: vec![Vec::new(); HOSTS as usize],
        log: Log::default(),
    };
    let worked = floor.work(&provider).await;
    watching.abort();
    worked?;
    net.check_alive()?;
    let escrowed = net.client(0, dev_signer(0)?).await?.leases().escrowed().await?;
    ensure!(escrowed.is_zero(), "{escrowed} wei are left in escrow");
    floor.figure()
}

/// A machine that serves a lease.
struct Machine {
    terms: Terms,
    host: usize,
    offered: Instant,
    /// The first second that is not paid for; 0 before the beginning.
    until: u64,
    serves: bool,
}

#[derive(Default)]
struct Log {
    at_once: usize,
    blocks_late: u64,
    stop_lag_ms: Vec<f64>,
    offer_to_begun_s: Vec<f64>,
    exhausted: u32,
    ended: u32,
    extended: u32,
    collected: u32,
}

struct Floor {
    /// The block to go on with.
    next: u64,
    leases: u32,
    hosts: Vec<Arc<Actor>>,
    requesters: Vec<Arc<Actor>>,
    seen: Seen,
    times: Times,
    machines: BTreeMap<u64, Machine>,
    /// By when they stop.
    serving: BTreeSet<(u64, u64)>,
    ledger: Ledger,
    errands: VecDeque<u64>,
    to_close: Vec<Vec<u64>>,
    to_collect: Vec<Vec<u64>>,
    log: Log,
}

type Sending = FuturesUnordered<LocalBoxFuture<'static, Result<()>>>;

impl Floor {
    async fn work(&mut self, provider: &DynProvider) -> Result<()> {
        let mut sending = Sending::new();
        let mut offering = interval(Duration::from_secs(1) / OFFERS_PER_S);
        let mut running_errands = interval(Duration::from_secs(1) / ERRANDS_PER_S);
        running_errands.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut offered, mut seen) = (0, self.seen.clone());
        let longest = first_term(self.leases, 59) + 2 * EXTENSION + u64::from(self.leases / OFFERS_PER_S);
        let deadline = Instant::now() + Duration::from_secs(longest) + REST;
        while self.log.ended < self.leases || !sending.is_empty() {
            ensure!(Instant::now() < deadline, "{} of {} leases ended in time", self.log.ended, self.leases);
            tokio::select! {
                _ = offering.tick(), if offered < self.leases => {
                    offered += 1;
                    sending.push(self.offer(offered));
                }
                _ = running_errands.tick(), if !self.errands.is_empty() => self.run_errand(&mut sending),
                Some(sent) = sending.next(), if !sending.is_empty() => sent?,
                changed = seen.changed() => {
                    changed?;
                    let newest = *seen.borrow_and_update();
                    self.follow(provider, newest, &mut sending).await?;
                }
            }
        }
        Ok(())
    }

    fn offer(&self, offered: u32) -> LocalBoxFuture<'static, Result<()>> {
        let term = first_term(self.leases, u64::from(offered));
        let wanted = Offer {
            rate: U96::from(RATE),
            takeSeconds: 600,
            beginSeconds: 600,
            subject: B256::repeat_byte(1),
            ..Default::default()
        };
        let call = ILeases::offerCall { wanted, spec: Default::default() };
        let requester = Arc::clone(&self.requesters[offered as usize % self.requesters.len()]);
        async move { requester.send(LEASES, &call, U256::from(RATE) * U256::from(term), 200_000).await }.boxed_local()
    }

    /// Everything that blocks up to the newest say, then their clock.
    async fn follow(&mut self, provider: &DynProvider, head: u64, sending: &mut Sending) -> Result<()> {
        let filter = Filter::new().address(LEASES).from_block(self.next).to_block(head);
        let mut logs = provider.get_logs(&filter).await?.into_iter().peekable();
        for height in self.next..=head {
            let block = provider.get_block_by_number(height.into()).await?;
            let now = block.ok_or_else(|| eyre!("there is no block {height}"))?.header.timestamp;
            while let Some(entry) = logs.next_if(|entry| entry.block_number == Some(height)) {
                // Others are of credits.
                let Ok(event) = ILeasesEvents::decode_log(&entry.inner) else { continue };
                self.happened(event.data, now, sending)?;
            }
            self.stop_exhausted(height, now);
        }
        self.next = head + 1;
        self.close(sending);
        Ok(())
    }

    /// What an event makes somebody do.
    fn happened(&mut self, event: ILeasesEvents, now: u64, sending: &mut Sending) -> Result<()> {
        match event {
            ILeasesEvents::LeaseOffered(offered) => {
                let number = offered.lease.to::<u64>();
                let host = usize::try_from(number)? % self.hosts.len();
                let terms = offered.terms.clone();
                self.ledger.offered(number, &terms);
                let machine = Machine { terms: terms.clone(), host, offered: Instant::now(), until: 0, serves: false };
                self.machines.insert(number, machine);
                sending.push(sent(&self.hosts[host], ILeases::takeCall { lease: offered.lease, terms }, 250_000));
            }
            ILeasesEvents::LeaseTaken(taken) => {
                let Some(machine) = self.machines.get(&taken.lease.to()) else { return Ok(()) };
                let begin =
                    ILeases::beginCall { lease: taken.lease, terms: machine.terms.clone(), evidence: B256::ZERO };
                sending.push(sent(&self.hosts[machine.host], begin, 150_000));
            }
            ILeasesEvents::LeaseBegun(begun) => {
                let (number, until) = (begun.lease.to::<u64>(), begun.exhaustsAt.to::<u64>());
                self.ledger.begun(number, now, until)?;
                let Some(machine) = self.machines.get_mut(&number) else { return Ok(()) };
                (machine.until, machine.serves) = (until, true);
                self.log.offer_to_begun_s.push(machine.offered.elapsed().as_secs_f64());
                self.serving.insert((until, number));
                self.log.at_once = self.log.at_once.max(self.serving.len());
                if self.serving.len() == self.leases as usize {
                    self.errands = self.machines.keys().copied().collect();
                }
            }
            ILeasesEvents::LeaseExtended(extended) => {
                let (number, until) = (extended.lease.to::<u64>(), extended.exhaustsAt.to::<u64>());
                self.ledger.extended(number, now, extended.term.to(), until)?;
                self.log.extended += 1;
                let Some(machine) = self.machines.get_mut(&number) else { return Ok(()) };
                self.serving.remove(&(machine.until, number));
                machine.until = until;
                self.serving.insert((until, number));
            }
            ILeasesEvents::LeaseCollected(collected) => {
                self.ledger.collected(&collected, now)?;
                self.log.collected += 1;
            }
            ILeasesEvents::LeaseEnded(ended) => {
                let number = ended.lease.to::<u64>();
                self.ledger.ended(&ended, now)?;
                self.log.ended += 1;
                self.log.exhausted += u32::from(ended.reason == Reason::Exhausted);
                let Some(machine) = self.machines.get_mut(&number) else { return Ok(()) };
                machine.serves = false;
                self.serving.remove(&(machine.until, number));
            }
        }
        Ok(())
    }

    /// Stops the machines whose money is used up by a block's time.
    fn stop_exhausted(&mut self, height: u64, now: u64) {
        let first_seen = self.times.lock().unwrap_or_else(PoisonError::into_inner).get(&height).copied();
        while let Some((until, number)) = self.serving.first().copied().filter(|(until, _)| *until <= now) {
            self.serving.remove(&(until, number));
            let Some(machine) = self.machines.get_mut(&number) else { continue };
            machine.serves = false;
            self.to_close[machine.host].push(number);
            // By then somebody else may have seen more blocks.
            let late = self.seen.borrow().saturating_sub(height);
            self.log.blocks_late = self.log.blocks_late.max(late);
            self.log.stop_lag_ms.extend(first_seen.map(|at| at.elapsed().as_secs_f64() * 1000.0));
        }
    }

    fn close(&mut self, sending: &mut Sending) {
        for host in 0..self.hosts.len() {
            let numbers = std::mem::take(&mut self.to_close[host]);
            for some in numbers.chunks(BATCH) {
                let deals = self.deals(some);
                let gas = 100_000 + 130_000 * some.len() as u64;
                sending.push(sent(&self.hosts[host], ILeases::closeCall { deals }, gas));
            }
        }
    }

    fn run_errand(&mut self, sending: &mut Sending) {
        let Some(number) = self.errands.pop_front() else { return };
        let Some(machine) = self.machines.get(&number).filter(|machine| machine.serves) else { return };
        let (lease, terms) = (U256::from(number), machine.terms.clone());
        let requester = Arc::clone(&self.requesters[number as usize % self.requesters.len()]);
        match errand_of(number) {
            Errand::Nothing => {}
            Errand::Extend => {
                let value = U256::from(RATE) * U256::from(EXTENSION);
                let call = ILeases::extendCall { lease, terms };
                sending.push(async move { requester.send(LEASES, &call, value, 150_000).await }.boxed_local());
            }
            Errand::End => {
                // Whoever pays for it ends it.
                let payer = self.payer_of(&machine.terms);
                sending.push(sent(&payer, ILeases::endCall { lease, terms, evidence: B256::ZERO }, 250_000));
            }
            Errand::Collect => {
                let host = machine.host;
                self.to_collect[host].push(number);
                if self.to_collect[host].len() == BATCH {
                    let numbers = std::mem::take(&mut self.to_collect[host]);
                    let deals = self.deals(&numbers);
                    sending.push(sent(&self.hosts[host], ILeases::collectCall { deals }, 4_000_000));
                }
            }
        }
    }

    fn payer_of(&self, terms: &Terms) -> Arc<Actor> {
        let found = self.requesters.iter().find(|requester| requester.address() == terms.requester);
        Arc::clone(found.unwrap_or(&self.requesters[0]))
    }

    fn deals(&self, numbers: &[u64]) -> Vec<Deal> {
        let deal = |number: &u64| {
            let terms = self.machines.get(number)?.terms.clone();
            Some(Deal { lease: U256::from(*number), terms })
        };
        numbers.iter().filter_map(deal).collect()
    }

    fn figure(self) -> Result<Figure> {
        let Log { at_once, blocks_late, stop_lag_ms, offer_to_begun_s, exhausted, extended, collected, .. } = self.log;
        // What does not fill a last batch is collected at the end.
        let unfilled = self.to_collect.iter().map(Vec::len).sum::<usize>();
        let of = |errand| self.machines.keys().filter(|&&number| errand_of(number) == errand).count();
        ensure!(of(Errand::Extend) == extended as usize, "{extended} leases were extended");
        ensure!(of(Errand::Collect) == collected as usize + unfilled, "{collected} leases were collected from");
        ensure!(at_once == self.leases as usize, "{at_once} of {} leases ran at once", self.leases);
        ensure!(blocks_late <= 1, "a machine was stopped {blocks_late} blocks after its exhaustion");
        let p95 = |mut samples: Vec<f64>| {
            samples.sort_by(f64::total_cmp);
            percentile(&samples, 95)
        };
        Ok(Figure {
            at_once: at_once as f64,
            blocks_late: blocks_late as f64,
            stop_lag_ms: p95(stop_lag_ms),
            offer_to_begun_s: p95(offer_to_begun_s),
            exhausted: f64::from(exhausted),
        })
    }
}

fn sent<C>(actor: &Arc<Actor>, call: C, gas: u64) -> LocalBoxFuture<'static, Result<()>>
where
    C: alloy::sol_types::SolCall + 'static,
{
    let actor = Arc::clone(actor);
    async move { actor.send(LEASES, &call, U256::ZERO, gas).await }.boxed_local()
}
