use super::*;
use crate::arguments::{Arguments, Command};
use clap::Parser as _;

/// The options that `words` and a file with `text` make together, and what they say of the log.
fn settings(text: &str, words: &[&str]) -> Result<(Settings, Log, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("config.toml");
    fs::write(&path, text)?;
    let config = path.display().to_string();
    let given = ["edgeloom", "run", "--config", &config];
    let Arguments { command, mut log } = Arguments::try_parse_from(given.iter().chain(words))?;
    let Command::Run(run) = command else { panic!("not run") };
    Ok((run.settings(&mut log)?, log, folder.path().to_owned()))
}

const WHOLE: &str = r#"
data = "data"
genesis = "/etc/edgeloom/genesis.json"
keys = "keys.json"
password-file = "password"
listen = "0.0.0.0:1"
peers = ["0x0707070707070707070707070707070707070707070707070707070707070707@10.0.0.1:2"]
rpc = "127.0.0.1:3"
metrics = "127.0.0.1:4"
history = 64
cache = 100
ipc = "node.ipc"
cors = ["https://example.org"]
log = "debug"
log-format = "json"
log-file = "node.log"
"#;

#[test]
fn every_option_can_stand_in_the_file() {
    let (settings, log, folder) = settings(WHOLE, &[]).expect("valid");
    assert_eq!(settings.data, folder.join("data"));
    assert_eq!(settings.genesis, Path::new("/etc/edgeloom/genesis.json"));
    assert_eq!(settings.keys, folder.join("keys.json"));
    assert_eq!(settings.password_file, Some(folder.join("password")));
    let ports = [settings.listen, settings.rpc, settings.metrics.expect("given")].map(|address| address.port());
    assert_eq!(ports, [1, 3, 4]);
    let peer = Peer { identity: B256::repeat_byte(7), address: "10.0.0.1:2".parse().expect("an address") };
    assert_eq!(settings.peers, [peer]);
    assert_eq!((settings.storage.history.map(NonZeroU64::get), settings.storage.cache), (Some(64), Some(100)));
    assert_eq!((settings.doors.ipc, settings.doors.no_ipc), (Some(folder.join("node.ipc")), false));
    assert_eq!(settings.doors.cors, ["https://example.org"]);
    assert_eq!(
        (log.filter.as_deref(), log.format, log.file),
        (Some("debug"), Some(LogFormat::Json), Some(folder.join("node.log")))
    );
}

#[test]
fn the_command_line_goes_first() {
    let words = ["--rpc", "127.0.0.1:9", "--history", "100", "--log", "trace", "--ipc", "/run/other", "--metrics"];
    let (settings, log, _) = settings(&WHOLE.replace("ipc = \"node.ipc\"", "no-ipc = true"), &words).expect("valid");
    assert_eq!((settings.rpc.port(), settings.listen.port()), (9, 1));
    assert_eq!(settings.metrics, Some((Ipv4Addr::LOCALHOST, METRICS_PORT).into()));
    assert_eq!(settings.storage.history.map(NonZeroU64::get), Some(100));
    assert_eq!(log.filter.as_deref(), Some("trace"));
    assert_eq!((settings.doors.ipc, settings.doors.no_ipc), (Some("/run/other".into()), false));
}

#[test]
fn what_is_said_nowhere_is_on_loopback_or_off() {
    let (settings, log, _) = settings("", &["--data", "d", "--genesis", "g", "--keys", "k"]).expect("valid");
    assert_eq!(settings.listen, "127.0.0.1:30400".parse().expect("an address"));
    assert_eq!(settings.rpc, "127.0.0.1:8545".parse().expect("an address"));
    assert_eq!((settings.metrics, settings.storage.history, settings.password_file), (None, None, None));
    assert_eq!((log.filter, log.file), (None, None));
}

#[test]
fn what_the_file_cannot_mean_is_refused_by_name() {
    for (text, says) in [
        ("dtaa = \"d\"", "dtaa"),
        ("[storage]\nhistory = 64", "storage"),
        ("history = 63", "at least 64"),
        ("cache = 7", "7 is not in 8.."),
        ("rpc = \"8545\"", "rpc"),
        ("peers = [\"127.0.0.1:1\"]", "ID@ADDRESS:PORT"),
        ("log-format = \"xml\"", "xml"),
        ("data = \"d\"", "--genesis is missing"),
    ] {
        let refused = format!("{:#}", settings(text, &[]).expect_err(text));
        assert!(refused.contains(says), "{text}: {refused}");
    }
    let Err(refused) = File::read(Path::new("/nowhere/config.toml")) else { panic!("no such file") };
    assert!(format!("{refused:#}").contains("/nowhere/config.toml"));
}
