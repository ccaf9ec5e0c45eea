use super::*;
use crate::{
    arguments::Import,
    genesis::{self, Start},
    keys,
};
use edgeloom_chain::{Chain, Proposal};
use edgeloom_types::{Epoch, Genesis, SealedBlock, reveal_message};
use std::{fs, num::NonZeroU64, path::PathBuf};

const LENGTH: NonZeroU64 = NonZeroU64::new(20).expect("not zero");

/// A folder with a genesis of one validator, and the secret of its votes.
struct World {
    folder: tempfile::TempDir,
    genesis: Arc<Genesis>,
    voting: edgeloom_bls::SecretKey,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        let network = genesis::devnet(1, &[], Start { epoch_length: LENGTH, parameters: &[] }).expect("one validator");
        genesis::write(&network, folder.path()).expect("written");
        let secrets = keys::secrets_of(&genesis::keys_path(folder.path(), 0), None).expect("ours");
        let voting = edgeloom_bls::SecretKey::from_bytes(&secrets.voting().0).expect("a key");
        Self { folder, genesis: Arc::new(network.genesis), voting }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn place(&self, name: &str) -> Where {
        Where { data: self.path(name) }
    }

    /// Makes `count` blocks in the directory `name`; the certificate of each that `certified` names is kept.
    fn make(&self, name: &str, count: u64, certified: impl Fn(u64) -> bool) {
        let store = Store::open(&open::chain_path(&self.path(name))).expect("new");
        let mut chain = Chain::open(store, self.genesis.clone()).expect("ours");
        for _ in 0..count {
            let block = self.propose(&mut chain);
            let certificate = certified(block.height().get()).then(|| self.certificate(&chain, &block));
            chain.finalize(&block, certificate.map(Into::into)).expect("valid");
        }
    }

    fn propose(&self, chain: &mut Chain) -> Arc<SealedBlock> {
        let tip = chain.tip().clone();
        let height = tip.height().next();
        let epoch = Epoch::containing(height, LENGTH);
        let seat = self.genesis.committee().seats().next().expect("one");
        let proposal = Proposal {
            parent: tip.hash(),
            timestamp_ms: tip.timestamp_ms() + 1000,
            beneficiary: seat.beneficiary,
            context: (epoch.get(), height.get(), height.get() - 1),
            leader: seat.identity,
            reveal: self.voting.sign(&reveal_message(chain.genesis_hash(), epoch, height)).to_bytes(),
            certificates: Vec::new(),
        };
        chain.propose(proposal, std::iter::empty()).expect("proposes").0
    }

    /// As the engine encodes it; epochs and views are small.
    fn certificate(&self, chain: &Chain, block: &SealedBlock) -> Vec<u8> {
        use edgeloom_types::{Namespace, VoteKind};
        let record = block.consensus();
        let small = |number: u64| u8::try_from(number).expect("small");
        let mut bytes = vec![small(record.epoch), small(record.view), small(record.parent_view)];
        bytes.extend(block.hash());
        let message =
            Namespace::new(chain.genesis_hash(), Epoch::new(record.epoch)).message(VoteKind::Finalize, &bytes);
        let signature = self.voting.sign(&message);
        bytes.extend(1u64.to_be_bytes());
        bytes.push(1);
        bytes.extend(edgeloom_bls::aggregate_signatures(&[signature]).expect("one").to_bytes());
        bytes
    }

    fn export(&self, from: &str, range: (u64, Option<u64>)) -> PathBuf {
        let out = self.path(&format!("{from}-{}.blocks", range.0));
        export(&Export { place: self.place(from), out: out.clone(), from: range.0, to: range.1 }).expect("exported");
        out
    }

    fn import(&self, to: &str, file: PathBuf) -> Result<()> {
        import::command(&Import { place: self.place(to), genesis: self.path("genesis.json"), file })
    }

    fn check(&self, name: &str) -> Result<()> {
        check(&Check { place: self.place(name), genesis: self.path("genesis.json"), from: 0 })
    }

    fn tip(&self, name: &str) -> edgeloom_state::Tip {
        Store::open(&open::chain_path(&self.path(name))).expect("ours").tip().expect("a chain")
    }
}

#[test]
fn what_one_node_exports_another_imports_over_epochs() {
    let world = World::new();
    world.make("one", 50, |height| height % 7 == 0 || height % LENGTH == LENGTH.get() - 1);
    world.check("one").expect("whole");
    // In two parts, the second of which begins before the first ended.
    let (first, second) = (world.export("one", (1, Some(30))), world.export("one", (20, None)));
    world.import("two", first).expect("imported");
    assert_eq!(world.tip("two").height.get(), 28, "blocks above the last certificate are left");
    world.import("two", second.clone()).expect("imported");
    assert_eq!(world.tip("two").height.get(), 49);
    world.import("two", second).expect("there already");
    world.check("two").expect("whole");
    compact(&world.place("two")).expect("compacted");
    world.check("two").expect("still whole");
    let hash = |name: &str| {
        Store::open(&open::chain_path(&world.path(name))).expect("ours").hash_at(Height::new(49)).expect("readable")
    };
    assert_eq!(hash("two"), hash("one"));
}

#[test]
fn nothing_is_final_without_a_quorum() {
    let world = World::new();
    world.make("one", 5, |_| false);
    let file = world.export("one", (1, None));
    world.import("two", file).expect("nothing to keep");
    assert_eq!(world.tip("two").height.get(), 0);

    let forger = World { voting: edgeloom_bls::SecretKey::from_seed(&[9; 32]).expect("a key"), ..World::new() };
    let forged = World {
        folder: tempfile::tempdir().expect("temporary folder"),
        genesis: world.genesis.clone(),
        voting: forger.voting,
    };
    // Blocks of the right leader with certificates of somebody else's.
    let store = Store::open(&open::chain_path(&forged.path("one"))).expect("new");
    let mut chain = Chain::open(store, world.genesis.clone()).expect("ours");
    let block = world.propose(&mut chain);
    let certificate = forged.certificate(&chain, &block);
    chain.finalize(&block, Some(certificate.into())).expect("valid");
    drop(chain);
    let file = forged.export("one", (1, None));
    let refused = format!("{:#}", world.import("three", file).expect_err("forged"));
    assert!(refused.contains("the certificate of block 1"), "{refused}");
    assert_eq!(world.tip("three").height.get(), 0);
    fs::copy(world.path("genesis.json"), forged.path("genesis.json")).expect("copied");
    let found = format!("{:#}", forged.check("one").expect_err("forged"));
    assert!(found.contains("block 1: its own certificate"), "{found}");
}

#[test]
fn another_chain_a_gap_and_a_running_node_are_told_apart() {
    let (world, other) = (World::new(), World::new());
    world.make("one", 12, |_| true);
    other.make("one", 1, |_| true);
    let refused = format!("{:#}", world.import("one", other.export("one", (1, None))).expect_err("another chain"));
    assert!(refused.contains("is of the chain of genesis"), "{refused}");
    let refused = format!("{:#}", world.import("two", world.export("one", (5, None))).expect_err("a gap"));
    assert!(refused.contains("begins with block 5, and the next one here is 1"), "{refused}");
    let refused = format!("{:#}", world.check("nowhere").expect_err("no chain"));
    assert!(refused.contains("holds no chain") && !world.path("nowhere").exists(), "{refused}");
    let _running = Store::open(&open::chain_path(&world.path("one"))).expect("ours");
    for refused in [world.check("one"), compact(&world.place("one"))] {
        let refused = format!("{:#}", refused.expect_err("in use"));
        assert!(refused.contains("in use by another process"), "{refused}");
    }
}
