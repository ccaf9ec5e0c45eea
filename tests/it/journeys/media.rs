//! Media that a token opens: a creator deals a secret among edge nodes and serves a clip, its holder plays it, and nobody else does. With real
//! workers, on a development chain, where an epoch passes at once.

use super::audits::honest::{account, client, later};
use alloy::primitives::{Address, B256, U256, utils::parse_ether};
use edgeloom_bindings::IMediaGate::Terms;
use edgeloom_media::PIECE_BYTES;
use edgeloom_sdk::{Client, CreationTerms, Error, KeyRequest, Player};
use edgeloom_tests::{Dev, Process, binary, wait_for};
use eyre::{OptionExt as _, Result, ensure};
use nix::sys::signal::Signal;
use serde::Deserialize;
use serde_json::Value;
use std::{fs, path::Path, process::Command, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const PATIENCE: Duration = Duration::from_secs(60);
const STAKE: &str = "1000";
const EPOCH: u64 = 60;
/// How long an origin shows an epoch that is over.
const GRACE: u64 = 31;
const NODES: usize = 4;
const TOKEN: U256 = U256::from_limbs([7, 0, 0, 0]);
/// Of the development accounts.
const CREATOR: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const HOLDER: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const STRANGER: &str = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

#[derive(Deserialize)]
struct IndexReady {
    indexer: String,
}

#[derive(Deserialize)]
struct WorkerReady {
    worker: Address,
    listen: String,
}

#[derive(Deserialize)]
struct Opened {
    gate: String,
    threshold: u32,
    without: Vec<Address>,
}

#[derive(Deserialize)]
struct Serving {
    uri: String,
    pieces: usize,
}

/// A chain, nodes with stake, and a collection of which the holder has a token.
struct Scene {
    dev: Dev,
    folder: TempDir,
    index: String,
    creator: Client,
    holder: Client,
    collection: Address,
    nodes: Vec<Node>,
    _indexer: Process,
}

struct Node {
    account: Address,
    page: String,
    process: Process,
}

impl Scene {
    async fn start() -> Result<Self> {
        let dev = Dev::start_with(&["--set", &format!("EdgeStakeMin={}", parse_ether(STAKE)?)]).await?;
        let folder = tempfile::tempdir()?;
        let database = folder.path().join("index.db").display().to_string();
        let arguments = ["--rpc", &dev.url(), "--db", &database, "--listen", "127.0.0.1:0", "--json"];
        let mut indexer = Process::spawn("indexer", &binary("edgeloom-indexer")?, &arguments, folder.path())?;
        let IndexReady { indexer: index } = indexer.ready(PATIENCE).await?;
        let (creator, holder) = (client(&dev, 0).await?, client(&dev, 1).await?);
        let terms = CreationTerms::new("Clips", "CLIP");
        let collection = creator.nfts().create_collection(terms, B256::ZERO).await?.address();
        creator.nfts().collection(collection).mint(holder.address()?, TOKEN, B256::ZERO).await?;
        let mut scene = Self { dev, folder, index, creator, holder, collection, nodes: Vec::new(), _indexer: indexer };
        for place in 0..NODES {
            let node = scene.node(place).await?;
            scene.nodes.push(node);
        }
        Ok(scene)
    }

    async fn node(&self, place: usize) -> Result<Node> {
        let folder = self.folder.path().join(format!("node-{place}"));
        fs::create_dir(&folder)?;
        let account = account(&folder).await?;
        self.creator.transfer(account, parse_ether(STAKE)? + parse_ether("10")?).await?;
        self.begin(account, place).await
    }

    /// The first takes gates of the creator's, and of nobody else; the others whatever is not too much.
    async fn begin(&self, account: Address, place: usize) -> Result<Node> {
        let folder = &self.folder.path().join(format!("node-{place}"));
        let mut command = Command::new(binary("edgeloom-worker")?);
        command.args(["run", "--rpc", &self.dev.url(), "--index", &self.index, "--listen", "127.0.0.1:0", "--json"]);
        command.args(["--rounds", "off", "--bond", STAKE]);
        if place == 0 {
            command.args(["--media", &self.creator.address()?.to_string()]);
        }
        for (option, file) in [("--keystore", "key.json"), ("--password-file", "password"), ("--data", "data")] {
            command.arg(option).arg(folder.join(file));
        }
        let mut process = Process::start("worker", command, folder)?;
        let ready: WorkerReady = process.ready(PATIENCE).await?;
        assert_eq!(ready.worker, account);
        Ok(Node { account, page: format!("http://{}", ready.listen), process })
    }

    fn command(&self, key: &str, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(binary("edgeloom-cli")?);
        command.args(["--json", "--rpc", &self.dev.url(), "--key", key, "media"]).args(arguments);
        Ok(command)
    }

    /// What a command says that ends, and whether well.
    async fn said(&self, key: &str, arguments: &[&str]) -> Result<(bool, Vec<Value>, String)> {
        let mut command = self.command(key, arguments)?;
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        let lines = String::from_utf8(output.stdout)?;
        let lines = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        Ok((output.status.success(), lines, String::from_utf8(output.stderr)?))
    }

    async fn opened(&self) -> Result<Opened> {
        let nodes: Vec<_> = self.nodes.iter().map(|node| format!("{}@{}", node.account, node.page)).collect();
        let collection = self.collection.to_string();
        let mut arguments = vec!["open", "--collection", &collection, "--last", "9", "--epoch", "60s"];
        arguments.extend(nodes.iter().flat_map(|node| ["--node", node]));
        let (well, lines, complaint) = self.said(CREATOR, &arguments).await?;
        ensure!(well, "{complaint}");
        Ok(serde_json::from_value(lines.into_iter().next().ok_or_eyre("it said nothing")?)?)
    }

    /// Serves a clip until it is dropped.
    async fn serving(&self, gate: &str, clip: &Path) -> Result<(Process, Serving)> {
        self.serving_at(gate, clip, "127.0.0.1:0").await
    }

    async fn serving_at(&self, gate: &str, clip: &Path, listen: &str) -> Result<(Process, Serving)> {
        let clip = clip.display().to_string();
        let mut arguments = vec!["serve", &clip, "--gate", gate, "--listen", listen];
        arguments.extend(self.nodes.iter().flat_map(|node| ["--node", &node.page]));
        let mut process = Process::start("origin", self.command(CREATOR, &arguments)?, self.folder.path())?;
        let serving = process.ready(PATIENCE).await?;
        Ok((process, serving))
    }

    async fn played(&self, key: &str, gate: &str, into: &Path) -> Result<(bool, String)> {
        let (token, into) = (TOKEN.to_string(), into.display().to_string());
        let (well, _, complaint) = self.said(key, &["play", gate, "--token", &token, "--output", &into]).await?;
        Ok((well, complaint))
    }

    async fn next_epoch(&self) -> Result<()> {
        later(&self.creator, EPOCH).await
    }
}

#[derive(Deserialize)]
struct Page {
    url: String,
}

/// Neither another site nor another program of this machine has what is on the page, and nothing of it runs.
async fn only_its_own(scene: &Scene, gate: &str, clip: &[u8]) -> Result<()> {
    let token = TOKEN.to_string();
    let command = scene.command(HOLDER, &["play", gate, "--token", &token, "--listen", "127.0.0.1:0"])?;
    let mut process = Process::start("player", command, scene.folder.path())?;
    let Page { url } = process.ready(PATIENCE).await?;
    let http = reqwest::Client::new();
    let page = http.get(&url).send().await?.error_for_status()?;
    let header = |answer: &reqwest::Response, name: &str| answer.headers()[name].to_str().map(str::to_owned);
    ensure!(header(&page, "content-security-policy")?.contains("frame-ancestors 'none'"), "it can be framed");
    let media = http.get(format!("{url}media")).send().await?.error_for_status()?;
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("content-type", "video/mp4"),
    ] {
        assert_eq!(header(&media, name)?, value);
    }
    ensure!(media.bytes().await?.starts_with(&clip[..PIECE_BYTES]), "another clip");
    let foreign = http.get(&url).header("host", "evil.example").send().await?;
    assert_eq!(foreign.status().as_u16(), 421, "a name that leads here");
    let (root, secret) = url.trim_end_matches('/').rsplit_once('/').ok_or_eyre("no path")?;
    assert_eq!(secret.len(), 64);
    for path in ["/", "/media"] {
        assert_eq!(http.get(format!("{root}{path}")).send().await?.status().as_u16(), 404, "without the secret");
    }
    Ok(())
}

/// A request of which the rest does not come is not waited for.
async fn given_up(page: &str) -> Result<()> {
    let mut half = TcpStream::connect(page.trim_start_matches("http://")).await?;
    let head =
        "POST /gates/1/parts HTTP/1.1\r\nhost: node\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    half.write_all(head.as_bytes()).await?;
    let mut line = [0; 12];
    tokio::time::timeout(PATIENCE / 2, half.read_exact(&mut line)).await??;
    assert_eq!(&line, b"HTTP/1.1 408");
    Ok(())
}

/// However many connect and say nothing, they are so many at most, and their room is another's afterwards.
async fn bounded(page: &str) -> Result<()> {
    let address = page.trim_start_matches("http://");
    let mut silent = Vec::new();
    for _ in 0..256 {
        silent.push(TcpStream::connect(address).await?);
    }
    let ask = async || {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(1)).build()?;
        Ok::<_, eyre::Report>(http.get(page).send().await.is_ok().then_some(()))
    };
    ensure!(ask().await?.is_none(), "{page}: another was let in");
    drop(silent);
    wait_for("room for a connection", PATIENCE, ask).await
}

/// Some seconds of colours and a tone, as ffmpeg makes them; where there is none, bytes that are no film.
fn clip(folder: &Path) -> Result<std::path::PathBuf> {
    let path = folder.join("clip.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=8"])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:duration=8", "-pix_fmt", "yuv420p", "-movflags", "+faststart"])
        .arg(&path)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("no ffmpeg here: the clip is bytes without a picture");
        fs::write(&path, (0..700_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>())?;
    }
    Ok(path)
}

#[tokio::test]
async fn a_clip_plays_for_who_holds_the_token_and_for_nobody_else() -> Result<()> {
    let scene = Scene::start().await?;
    let Opened { gate, threshold, without } = scene.opened().await?;
    assert_eq!((threshold, without.len()), (3, 0), "three of four");
    let clip = clip(scene.folder.path())?;
    let (_origin, Serving { uri, pieces }) = scene.serving(&gate, &clip).await?;
    ensure!(pieces > 1, "a clip of one piece shows little");
    let number: U256 = gate.parse()?;
    let media = scene.holder.media();
    assert_eq!(media.content(number).await?.uri, uri);
    let into = scene.folder.path().join("played.mp4");

    // The token came within this epoch: its holder waits for the next.
    let (collections, holder) = ([&scene.holder, &scene.creator].map(Client::nfts), scene.holder.address()?);
    collections[0].collection(scene.collection).transfer(scene.creator.address()?, TOKEN).await?;
    collections[1].collection(scene.collection).transfer(holder, TOKEN).await?;
    let (well, complaint) = scene.played(HOLDER, &gate, &into).await?;
    ensure!(!well && complaint.contains("had neither held nor rented token 7"), "{complaint}");
    scene.next_epoch().await?;
    let (well, complaint) = scene.played(HOLDER, &gate, &into).await?;
    ensure!(well, "{complaint}");
    assert_eq!(fs::read(&into)?, fs::read(&clip)?, "every byte as it was");
    only_its_own(&scene, &gate, &fs::read(&clip)?).await?;

    // Neither a stranger, nor the creator of the token, nor a holder by a token that is none.
    for key in [STRANGER, CREATOR] {
        let (well, complaint) = scene.played(key, &gate, &scene.folder.path().join("none.mp4")).await?;
        ensure!(!well && complaint.contains("0 nodes gave a part of the key, and 3 are needed"), "{complaint}");
    }
    let other = Player::new(scene.holder.media(), (number, TOKEN + U256::ONE), Vec::new()).await?;
    ensure!(matches!(other.unlock().await, Err(Error::Refused { have: 0, need: 3, .. })), "by a token that is none");

    // Pieces are not the clip to whoever takes them without the key.
    let raw = reqwest::get(format!("{uri}/1/0")).await?.bytes().await?;
    let plain = fs::read(&clip)?;
    ensure!(!raw.is_empty() && !raw.windows(64).any(|some| some == &plain[4096..4160]), "the origin sends the clip");
    Ok(())
}

#[tokio::test]
async fn who_sells_the_token_has_no_next_epoch() -> Result<()> {
    let scene = Scene::start().await?;
    let Opened { gate, .. } = scene.opened().await?;
    let clip = clip(scene.folder.path())?;
    let (_origin, Serving { uri, .. }) = scene.serving(&gate, &clip).await?;
    scene.next_epoch().await?;
    let number: U256 = gate.parse()?;
    let (seller, buyer) = (scene.holder.media(), client(&scene.dev, 2).await?.media());
    let sellers = Player::new(seller.clone(), (number, TOKEN), Vec::new()).await?;
    let buyers = Player::new(buyer, (number, TOKEN), Vec::new()).await?;
    let epoch = sellers.unlock().await?;
    let to = client(&scene.dev, 2).await?.address()?;
    scene.holder.nfts().collection(scene.collection).transfer(to, TOKEN).await?;
    ensure!(matches!(buyers.unlock().await, Err(Error::Refused { .. })), "the epoch was the seller's");
    sellers.piece(0).await?;
    scene.next_epoch().await?;
    later(&scene.creator, GRACE).await?;
    // Nobody has asked the origin since what it shows.
    let gone = async || Ok((reqwest::get(format!("{uri}/{epoch}/0")).await?.status().as_u16() == 410).then_some(()));
    wait_for("pieces of the epoch that is over to be refused", PATIENCE, gone).await?;
    ensure!(matches!(sellers.unlock().await, Err(Error::Refused { .. })), "the seller has no next epoch");
    buyers.unlock().await?;
    assert_eq!(buyers.piece(0).await?, fs::read(&clip)?[..PIECE_BYTES]);
    // The key of the epoch before opens no piece of this one, and of that the origin shows nothing any more.
    scene.next_epoch().await?;
    buyers.unlock().await?;
    ensure!(sellers.piece(0).await.is_err(), "an old key");
    Ok(())
}

#[tokio::test]
async fn a_third_of_the_nodes_may_be_away_and_shares_outlive_their_process() -> Result<()> {
    let mut scene = Scene::start().await?;
    let Opened { gate, .. } = scene.opened().await?;
    let number: U256 = gate.parse()?;
    let clip = clip(scene.folder.path())?;
    let (_origin, _) = scene.serving(&gate, &clip).await?;
    scene.next_epoch().await?;
    let pages = |scene: &Scene| scene.nodes.iter().map(|node| Ok(node.page.parse()?)).collect::<Result<Vec<_>>>();
    let unlocked = async |scene: &Scene| -> Result<Result<U256, Error>> {
        Ok(Player::new(scene.holder.media(), (number, TOKEN), pages(scene)?).await?.unlock().await)
    };
    scene.nodes[0].process.signal(Signal::SIGKILL)?;
    unlocked(&scene).await??;
    scene.nodes[1].process.signal(Signal::SIGKILL)?;
    let refused = unlocked(&scene).await?;
    ensure!(matches!(refused, Err(Error::Refused { have: 2, need: 3, .. })), "{refused:?}");
    // Killed, and here again with what was on its disk.
    scene.nodes[1] = scene.begin(scene.nodes[1].account, 1).await?;
    unlocked(&scene).await??;
    // A node is one, by however many names it goes.
    let (page, other) = (&scene.nodes[1].page, scene.nodes[1].page.replace("http://", "http://other@"));
    let names = vec![page.parse()?, page.parse()?, other.parse()?];
    let refused = Player::new(scene.holder.media(), (number, TOKEN), names).await?.unlock().await;
    ensure!(matches!(refused, Err(Error::Refused { have: 1, need: 3, .. })), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn a_player_goes_on_when_the_origin_begins_anew_and_the_secret_is_another() -> Result<()> {
    let mut scene = Scene::start().await?;
    let Opened { gate, .. } = scene.opened().await?;
    let number: U256 = gate.parse()?;
    let clip = clip(scene.folder.path())?;
    let first = fs::read(&clip)?[..PIECE_BYTES].to_vec();
    let (origin, Serving { uri, .. }) = scene.serving(&gate, &clip).await?;
    scene.next_epoch().await?;
    let player = Player::new(scene.holder.media(), (number, TOKEN), Vec::new()).await?;
    let epoch = player.unlock().await?;
    assert_eq!(player.piece(0).await?, first);
    // Keys are in memory alone, so that the epoch has another.
    origin.kill_9()?;
    let (_origin, _) = scene.serving_at(&gate, &clip, uri.trim_start_matches("http://")).await?;
    assert_eq!(player.piece(0).await?, first);

    let nodes: Vec<_> = scene.nodes[..3].iter().map(|node| format!("{}@{}", node.account, node.page)).collect();
    let mut arguments = vec!["share", &gate];
    arguments.extend(nodes.iter().flat_map(|node| ["--node", node]));
    let (well, _, complaint) = scene.said(CREATOR, &arguments).await?;
    ensure!(well, "{complaint}");
    assert_eq!(player.unlock().await?, epoch, "within the epoch");
    assert_eq!(player.piece(0).await?, first);

    // The fourth has no use for its share.
    scene.nodes[3].process.signal(Signal::SIGKILL)?;
    scene.nodes[3] = scene.begin(scene.nodes[3].account, 3).await?;
    let page = scene.nodes[3].page.clone();
    let dropped = async || {
        let status: Value = reqwest::get(format!("{page}/status")).await?.json().await?;
        Ok((status["gates"] == 0).then_some(()))
    };
    wait_for("the share of a node that is none any more to be dropped", PATIENCE, dropped).await?;
    Ok(())
}

#[tokio::test]
async fn nodes_take_their_own_newest_share_of_whom_they_serve() -> Result<()> {
    let scene = Scene::start().await?;
    let creator = client(&scene.dev, 0).await?.media();
    let start = scene.creator.head_time().await?;
    let terms = |collection| Terms {
        collection,
        first: U256::ZERO,
        last: U256::MAX,
        start: start.try_into().expect("a time"),
        epochSeconds: 60,
    };
    let accounts: Vec<_> = scene.nodes.iter().map(|node| node.account).collect();
    let (node, page) = (accounts[0], scene.nodes[0].page.parse()?);
    let first = creator.open(terms(scene.collection), accounts.clone()).await?;
    let http = reqwest::Client::new();
    let wrong = serde_json::json!({ "version": 1, "sealed": "0x00" });
    let answer = http.post(format!("{page}gates/{}/share", first.gate)).json(&wrong).send().await?;
    assert_eq!((answer.status().as_u16(), answer.text().await?.contains("not the share of this node")), (422, true));
    creator.deliver(&first, node, &page).await?;
    let second = creator.share_anew(first.gate, accounts.clone()).await?;
    creator.deliver(&second, node, &page).await?;
    let refused = creator.deliver(&first, node, &page).await.map_err(|error| error.to_string());
    ensure!(refused.as_ref().is_err_and(|words| words.contains("version 2, not 1")), "{refused:?}");
    creator.deliver(&second, node, &page).await?;

    // Whoever its operator did not name is served by the others.
    let stranger = client(&scene.dev, 2).await?;
    let theirs = stranger.nfts().create_collection(CreationTerms::new("Others", "OTH"), B256::ZERO).await?.address();
    let dealt = stranger.media().open(terms(theirs), accounts).await?;
    let refused = stranger.media().deliver(&dealt, node, &page).await.map_err(|error| error.to_string());
    ensure!(refused.as_ref().is_err_and(|words| words.contains("takes no shares of gates of")), "{refused:?}");
    stranger.media().deliver(&dealt, scene.nodes[1].account, &scene.nodes[1].page.parse()?).await?;
    let status: Value = http.get(format!("{page}status")).send().await?.json().await?;
    assert_eq!(status["gates"], 1);
    given_up(&scene.nodes[1].page).await?;
    bounded(&scene.nodes[1].page).await
}

#[tokio::test]
async fn nodes_answer_whoever_signed_and_nobody_in_its_name() -> Result<()> {
    let scene = Scene::start().await?;
    let Opened { gate, .. } = scene.opened().await?;
    let clip = clip(scene.folder.path())?;
    let (_origin, Serving { uri, .. }) = scene.serving(&gate, &clip).await?;
    scene.next_epoch().await?;
    let number: U256 = gate.parse()?;
    let (epoch, _) = scene.holder.media().epoch(number).await?;
    let own = alloy::signers::k256::SecretKey::from_slice(&[7; 32])?;
    let right = KeyRequest::new(&scene.holder, (number, epoch, TOKEN), &own.public_key())?;
    let forged = KeyRequest { key: right.key.iter().rev().copied().collect::<Vec<_>>().into(), ..right.clone() };
    let stranger = client(&scene.dev, 2).await?;
    let in_its_name = KeyRequest {
        signature: KeyRequest::new(&stranger, (number, epoch, TOKEN), &own.public_key())?.signature,
        ..right.clone()
    };
    let old = KeyRequest::new(&scene.holder, (number, epoch + U256::ONE, TOKEN), &own.public_key())?;
    let elsewhere = KeyRequest { gate: number + U256::ONE, ..right.clone() };
    let http = reqwest::Client::new();
    let page = &scene.nodes[0].page;
    for (request, code) in [(&right, 200), (&forged, 422), (&in_its_name, 403), (&old, 422), (&elsewhere, 422)] {
        let answer = http.post(format!("{page}/gates/{gate}/parts")).json(request).send().await?;
        assert_eq!(answer.status().as_u16(), code, "{}", answer.text().await?);
    }
    let unknown =
        http.post(format!("{page}/gates/99/parts")).json(&KeyRequest { gate: U256::from(99), ..right }).send().await?;
    assert_eq!(unknown.status().as_u16(), 404);
    bounded(&uri).await
}
