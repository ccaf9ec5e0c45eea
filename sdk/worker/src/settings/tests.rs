use clap::Parser;

use super::*;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
}

fn flags(args: &[&str]) -> Settings {
    Cli::parse_from(["worker"].iter().chain(args)).settings
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("worker.toml");
    fs::write(
        &path,
        "rpc = \"http://file:1\"\nmin-price = \"7\"\nmax-parallel = 3\ndevice = \"gpu\"\nrounds = \"off\"\nbond = \"12500.5\"\n",
    )
    .expect("written");
    let path = path.to_str().expect("text");
    let config = flags(&["--config", path, "--rpc", "http://flag:2"]).resolve().expect("valid");
    assert_eq!(config.rpc, ["http://flag:2"]);
    assert_eq!(config.index, "http://127.0.0.1:8550", "where an indexer serves by default");
    assert_eq!((config.min_price, config.max_parallel, config.drain_seconds), (U256::from(7), 3, 30));
    assert_eq!(config.memory_max, U256::from(1_u64 << 32), "4 GiB");
    assert_eq!(flags(&["--memory", "3"]).resolve().expect("valid").memory_max, U256::from(3 << 20));
    assert_eq!((config.device, config.rounds), (Device::Gpu, Enrolment::Off));
    assert_eq!(flags(&["--config", path, "--rounds", "on"]).resolve().expect("valid").rounds, Enrolment::On);
    assert_eq!(flags(&[]).resolve().expect("valid").rounds, Enrolment::Auto);
    assert_eq!(flags(&["--config", path, "--device", "auto"]).resolve().expect("valid").device, Device::Auto);
    assert_eq!(flags(&[]).resolve().expect("valid").device, Device::Cpu);
    assert_eq!(config.bond, Some(U256::from(125_005) * U256::from(10).pow(U256::from(17))));
}

#[test]
fn bids_vouchers_and_media_are_on_and_leases_off_unless_said_otherwise() {
    let config = flags(&[]).resolve().expect("valid");
    assert_eq!((config.bids, config.vouchers, config.letting), (Switch::On, Switch::On, None));
    assert_eq!(config.media, GateOwners::Anybody);
    let config = flags(&["--bids", "off", "--vouchers", "off", "--media", "off"]).resolve().expect("valid");
    assert_eq!((config.bids, config.vouchers, config.media), (Switch::Off, Switch::Off, GateOwners::Nobody));
    let owner = alloy::primitives::Address::repeat_byte(7);
    let config = flags(&["--media", &owner.to_string()]).resolve().expect("valid");
    assert_eq!(config.media, GateOwners::Named([owner].into()));
    let file = format!("media = \"{owner}\"");
    assert_eq!(toml::from_str::<Settings>(&file).expect("valid").media, Some(config.media));
    let (rate, program) = (U256::from(7), PathBuf::from("/bin/serve"));
    let config = flags(&["--lease-rate", "7", "--lease-program", "/bin/serve"]).resolve().expect("valid");
    assert_eq!(config.letting, Some(Letting { rate, program }));
    let refusal = |args: &[&str]| flags(args).resolve().expect_err("refused").to_string();
    assert!(refusal(&["--lease-rate", "7"]).contains("lease-program"));
    assert!(refusal(&["--lease-program", "/bin/serve"]).contains("lease-rate"));
    assert!(refusal(&["--lease-rate", "x", "--lease-program", "/bin/serve"]).contains("lease-rate \"x\""));
}

#[test]
fn nodes_are_separated_by_commas() {
    let config = flags(&["--rpc", "http://one:1, http://two:2"]).resolve().expect("valid");
    assert_eq!(config.rpc, ["http://one:1", "http://two:2"]);
}

#[test]
fn what_cannot_be_used_is_named() {
    let refusal = |args: &[&str]| flags(args).resolve().expect_err("refused").to_string();
    assert!(refusal(&["--bond", "much"]).contains("bond \"much\""));
    assert!(refusal(&["--min-price", "1e18"]).contains("min-price"));
    assert!(refusal(&["--max-parallel", "0"]).contains("max-parallel 0"));
    assert!(refusal(&["--config", "/nonexistent/worker.toml"]).contains("/nonexistent/worker.toml"));
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("worker.toml");
    fs::write(&path, "max_paralel = 3\n").expect("written");
    assert!(refusal(&["--config", path.to_str().expect("text")]).contains("max_paralel"));
}
