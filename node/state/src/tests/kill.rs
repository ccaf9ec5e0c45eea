//! kill -9 at any moment: what was acknowledged is there, and what is there is whole.

use super::{
    state::assert_proved,
    world::{Model, Op, PEOPLE, SLOTS, address, commit},
};
use crate::{Store, Tip};
use alloy::primitives::{B256, U256, keccak256};
use edgeloom_types::Height;
use std::{
    env,
    io::{BufRead, BufReader, Write, stdout},
    num::NonZeroU64,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

const DIRECTORY: &str = "EDGELOOM_STATE_KILL_TEST_DIRECTORY";
/// States that the pruned store keeps.
const KEPT: NonZeroU64 = NonZeroU64::new(5).expect("not zero");
const ROUNDS: u64 = 6;

/// The block at a height, the same in every process.
fn ops(height: u64) -> Vec<Op> {
    let draw = |index: u64| keccak256([height.to_be_bytes(), index.to_be_bytes()].concat());
    let op = |bytes: B256| {
        let (who, slot, value) = (bytes[1] % PEOPLE, bytes[2] % SLOTS, u64::from(bytes[3]) % 5);
        match bytes[0] % 16 {
            0 => Op::Destroy { who },
            1 => Op::Clear { who },
            2 => Op::Deploy { who, code: bytes[4] },
            3..6 => Op::Pay { who, amount: value, nonce: height },
            _ => Op::Write { who: who % 4, slot, value },
        }
    };
    (0..40).map(draw).map(op).collect()
}

fn model_at(height: u64) -> Model {
    let mut model = Model::default();
    for height in 0..=height {
        let delta = model.delta(&ops(height));
        model.apply(&delta);
    }
    model
}

/// Commits blocks until it is killed, and says each height once its commit has returned.
fn write_forever(directory: &Path, keep: Option<NonZeroU64>) -> ! {
    let store = Store::open(directory).expect("the killed process left no lock");
    if let Some(blocks) = keep {
        store.keep_history(blocks);
        store.sweep_slowly(7);
    }
    let tip = store.tip();
    let mut next = tip.map_or(0, |tip| tip.height.get() + 1);
    let mut model = next.checked_sub(1).map_or_else(Model::default, model_at);
    loop {
        let delta = model.delta(&ops(next));
        model.apply(&delta);
        commit(&store, &store.view().extend(delta).expect("extends"));
        writeln!(stdout(), "committed {next}").expect("the parent reads");
        next += 1;
    }
}

struct Writer(Child);

impl Drop for Writer {
    fn drop(&mut self) {
        // Already dead when the round went well.
        let (_killed, _reaped) = (self.0.kill(), self.0.wait());
    }
}

/// Starts a writer, which runs in `test` of this module, kills it some time after it went beyond the height `from`, and
/// gives the last height it acknowledged.
fn kill_a_writer(directory: &Path, test: &str, (round, from): (u64, Height)) -> u64 {
    let (_crate_name, module) = module_path!().split_once("::").expect("a path within the crate");
    let child = Command::new(env::current_exe().expect("a test binary"))
        .args(["--exact", &format!("{module}::{test}"), "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the same binary runs again");
    let mut writer = Writer(child);
    let output = writer.0.stdout.take().expect("piped");
    let mut heights = BufReader::new(output).lines().map_while(Result::ok);
    let mut heights = heights.by_ref().filter_map(|line| line.strip_prefix("committed ")?.parse::<u64>().ok());
    let first = heights.find(|height| *height > from.get()).expect("the writer commits");
    #[expect(clippy::disallowed_methods, reason = "no synchronisation: death may come at any moment of a commit")]
    thread::sleep(Duration::from_micros(round * 7_919 % 40_000));
    writer.0.kill().expect("it runs");
    heights.last().unwrap_or(first)
}

fn assert_whole(store: &Store, acknowledged: u64) -> Tip {
    let (tip, root) = store.recompute_root().expect("the flat state is consistent");
    assert_eq!(Some(tip), store.tip());
    assert!(tip.height.get() >= acknowledged, "lost height {acknowledged}, the tip is {}", tip.height);
    let model = model_at(tip.height.get());
    assert_eq!((root, tip.state_root), (model.root(), model.root()));
    model.assert_shown_by(&store.view());
    let block = store.block(tip.height).expect("reads").expect("the tip's block is there");
    assert_eq!((block.hash(), block.header().state_root), (tip.hash, root));
    assert_eq!(store.receipts(tip.height).expect("reads"), Some(Vec::new()));
    assert_eq!(store.burned(tip.height).expect("reads"), U256::from(tip.height.get() * 7));
    let above = tip.height.next();
    assert_eq!(store.header(above).expect("reads"), None);
    let past = Height::new(tip.height.get() / 2).max(store.oldest());
    let past = store.at(past).expect("committed");
    let model = model_at(past.height().get());
    for address in (0..PEOPLE).map(address) {
        assert_eq!(past.account(address).expect("reads"), model.account(address));
        for slot in (0..SLOTS).map(U256::from) {
            assert_eq!(past.storage(address, slot).expect("reads"), model.slot(address, slot));
        }
    }
    assert_proved(store, &model, past.height());
    tip
}

fn survives(test: &str, keep: Option<NonZeroU64>) {
    if let Some(directory) = env::var_os(DIRECTORY) {
        write_forever(Path::new(&directory), keep);
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut height = Height::GENESIS;
    for round in 1..=ROUNDS {
        let acknowledged = kill_a_writer(directory.path(), test, (round, height));
        let store = Store::open(directory.path()).expect("opens after a kill");
        let tip = assert_whole(&store, acknowledged);
        height = tip.height;
        let oldest = keep.map_or(0, |blocks| (height.get() + 1).saturating_sub(blocks.get()));
        assert_eq!(store.oldest().get(), oldest);
    }
}

#[test]
fn what_was_committed_survives_kill_nine() {
    survives("what_was_committed_survives_kill_nine", None);
}

#[test]
fn what_is_not_pruned_survives_kill_nine() {
    survives("what_is_not_pruned_survives_kill_nine", Some(KEPT));
}

#[test]
fn who_waits_for_a_store_waits_for_its_last_clone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = Store::open(directory.path()).expect("opens");
    let (closing, other) = (store.closing(), store.clone());
    drop(store);
    assert!(!closing.is_done(), "a clone is left");
    thread::scope(|scope| drop(scope.spawn(move || drop(other))));
    assert!(closing.is_done(), "nothing is left");
    Store::open(directory.path()).expect("nobody has it open");
}
