use super::{Bench, Sizes, chains::Chains, node, transfers};
use tokio::runtime::Runtime;

const FIGURES: [&str; 8] = [
    "cpu_us_at_10m_over_100k",
    "wall_us_at_10m_over_100k",
    "disk_bytes_per_transfer",
    "disk_trie_history_bytes_per_transfer",
    "start_to_rpc_ms",
    "start_to_rpc_many_accounts_ms",
    "restart_s_1m_blocks",
    "rss_mib",
];

/// The whole bench, as small as it goes: every figure is measured on chains that real nodes start on.
#[test]
fn the_smallest_chains_give_every_figure() {
    let (folder, runtime) = (tempfile::tempdir().expect("a folder"), Runtime::new().expect("threads"));
    let sizes = Sizes { accounts: 8_000, few_accounts: 4_000, blocks: 30, run_blocks: 1, warm_blocks: 1 };
    let chains = Chains::at(&runtime, folder.path().join("chains")).expect("a folder");
    let mut bench = Bench::new(&runtime, sizes, 1);
    bench.run(&chains).expect("it measures");
    let names: Vec<_> = bench.figures.iter().map(|(metric, _)| *metric).collect();
    assert_eq!(names, FIGURES);
    assert!(bench.figures.iter().all(|(_, samples)| samples.len() == 1 && samples[0] > 0.0), "{:?}", bench.figures);
}

#[test]
fn a_node_starts_on_a_grown_chain_and_a_copy_leaves_it_alone() {
    let (folder, runtime) = (tempfile::tempdir().expect("a folder"), Runtime::new().expect("threads"));
    let chains = Chains::at(&runtime, folder.path().join("chains")).expect("a folder");
    let grown = chains.grown(4_000, 12).expect("it grows");
    let copy = grown.copy().expect("a copy");
    assert!(transfers(&grown, copy.path(), 1, &[]).expect("they run").spent.cpu_us > 0.0);
    let height = |data| runtime.block_on(node::start(data)).expect("it starts").height;
    assert_eq!(height(copy.path()), 13);
    assert_eq!(height(grown.copy().expect("a copy").path()), 12);
    let again = chains.grown(4_000, 12).expect("it is there");
    assert_eq!(again.transfers(), 11);
}
