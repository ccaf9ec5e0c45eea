//! A creator and collectors at their terminals, with files between them.

use super::{
    fair::{fee, royalty, tfuel},
    stage::Stage,
};
use alloy::primitives::{Address, U256};
use edgeloom_tests::binary;
use eyre::{OptionExt as _, Result, ensure, eyre};
use serde_json::Value;
use std::{
    fs,
    process::{Command, Output},
};
use tokio::task::spawn_blocking;

/// Of the development accounts, in the order of their numbers.
const CREATOR: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const SELLER: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const BUYER: &str = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

struct Terminal<'a> {
    stage: &'a Stage,
}

impl Terminal<'_> {
    fn file(&self, name: &str) -> String {
        self.stage.folder.path().join(name).display().to_string()
    }

    async fn run(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(binary("edgeloom-cli")?);
        command.args(["--rpc", &self.stage.dev.url()]).args(arguments).env_remove("EDGELOOM_KEY");
        Ok(spawn_blocking(move || command.output()).await??)
    }

    /// As somebody, with events as JSON. It must end well.
    async fn events(&self, key: &str, arguments: &[&str]) -> Result<Vec<Value>> {
        let output = self.run(&[&["--json", "--key", key, "nft"], arguments].concat()).await?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout)?;
        lines.lines().map(|line| serde_json::from_str(line).map_err(|error| eyre!("{line:?}: {error}"))).collect()
    }

    /// The one thing that happened.
    async fn event(&self, key: &str, arguments: &[&str]) -> Result<Value> {
        let mut events = self.events(key, arguments).await?;
        ensure!(events.len() == 1, "{arguments:?}: {events:?}");
        events.pop().ok_or_eyre("nothing happened")
    }

    /// What people read, of a command that must fail.
    async fn complaint(&self, key: &str, arguments: &[&str]) -> Result<String> {
        let output = self.run(&[&["--key", key, "nft"], arguments].concat()).await?;
        ensure!(!output.status.success(), "{arguments:?} ended well");
        Ok(format!("{}{}", String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
    }

    async fn created(&self, name: &str, salt: u8) -> Result<String> {
        let salt = format!("0x{salt:064x}");
        let made = self.event(CREATOR, &["create", name, "LOOM", "--royalty", "5", "--salt", &salt]).await?;
        Ok(made["address"].as_str().ok_or_eyre("no address")?.to_owned())
    }

    async fn owner(&self, collection: &str, id: &str) -> Result<Address> {
        let shown = self.event(CREATOR, &["show", collection, id]).await?;
        Ok(shown["owner"].as_str().ok_or_eyre("no owner")?.parse()?)
    }
}

fn wei(event: &Value, field: &str) -> Result<U256> {
    Ok(event[field].as_str().ok_or_else(|| eyre!("no {field} in {event}"))?.parse()?)
}

#[tokio::test]
async fn tokens_are_made_listed_bought_offered_for_swept_and_swapped_from_terminals() -> Result<()> {
    let stage = Stage::start().await?;
    let terminal = Terminal { stage: &stage };
    let (seller, buyer) = (stage.seller.address()?, stage.buyer.address()?);
    let looms = terminal.created("Looms", 1).await?;
    let to = seller.to_string();
    let metadata = terminal.file("first.json");
    fs::write(&metadata, "{\"name\":\"the first\"}")?;
    terminal.event(CREATOR, &["mint", &looms, "7", "--to", &to, "--metadata", &metadata]).await?;
    let minted = terminal.event(CREATOR, &["mint", &looms, "1", "--to", &to, "--count", "5"]).await?;
    assert_eq!((&minted["count"], &minted["id"]), (&5.into(), &"1".into()));
    let shown = terminal.event(BUYER, &["show", &looms, "7"]).await?;
    assert!(shown["uri"].as_str().is_some_and(|uri| uri.starts_with("ipfs://")), "{shown}");
    assert_eq!((&shown["royaltyBps"], &shown["owner"]), (&"500".into(), &serde_json::to_value(seller)?));

    // A listing is a file.
    let listing = terminal.file("listing.json");
    terminal.events(SELLER, &["list", &looms, "1", "--price", "2", "--approve", "--output", &listing]).await?;
    let shown = terminal.event(BUYER, &["show", "--order", &listing]).await?;
    assert_eq!((wei(&shown, "priceWei")?, &shown["obstacles"]), (tfuel("2"), &Value::Array(Vec::new())));
    let before = stage.seller.balance(seller).await?;
    let filled = terminal.event(BUYER, &["buy", &listing]).await?;
    let price = tfuel("2");
    assert_eq!((wei(&filled, "priceWei")?, wei(&filled, "feeWei")?), (price, fee(price)));
    assert_eq!(wei(&filled["items"][0], "royaltyWei")?, royalty(price));
    assert_eq!(stage.seller.balance(seller).await? - before, price - fee(price) - royalty(price));
    assert_eq!(terminal.owner(&looms, "1").await?, buyer);
    let twice = terminal.complaint(CREATOR, &["buy", &listing]).await?;
    assert!(twice.contains("token 1") && twice.contains("moved since it was signed"), "{twice}");

    // An offer for any token, which somebody takes who has one.
    stage.seller.wtfuel().deposit(tfuel("1")).await?;
    let offer = terminal.file("offer.json");
    terminal.events(SELLER, &["offer", &looms, "--price", "1", "--approve", "--output", &offer]).await?;
    let undecided = terminal.complaint(BUYER, &["buy", &offer]).await?;
    assert!(undecided.contains("leaves 1 ids to choose"), "{undecided}");
    let taken = terminal.event(BUYER, &["buy", &offer, "--id", "1", "--approve"]).await?;
    assert_eq!((wei(&taken, "priceWei")?, terminal.owner(&looms, "1").await?), (tfuel("1"), seller));
    let received = stage.buyer.wtfuel().balance_of(buyer).await?;
    assert_eq!(received, tfuel("1") - fee(tfuel("1")) - royalty(tfuel("1")));

    // Two are swept, of which one was taken back.
    let files = [terminal.file("second.json"), terminal.file("third.json")];
    for (file, id) in files.iter().zip(["2", "3"]) {
        terminal.events(SELLER, &["list", &looms, id, "--price", "0.5", "--output", file]).await?;
    }
    let cancelled = terminal.event(SELLER, &["cancel", &files[1]]).await?;
    assert_eq!(cancelled["orders"].as_array().map(Vec::len), Some(1));
    let output = terminal.run(&["--json", "--key", BUYER, "nft", "sweep", &files[0], &files[1]]).await?;
    let lines = String::from_utf8(output.stdout)?;
    let swept: Vec<Value> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!(
        (&swept[0]["event"], &swept[1]["event"], output.status.code()),
        (&"filled".into(), &"skipped".into(), Some(1))
    );
    assert!(swept[1]["reason"].as_str().is_some_and(|reason| reason.contains("OrderCancelled")), "{swept:?}");
    assert_eq!((terminal.owner(&looms, "2").await?, terminal.owner(&looms, "3").await?), (buyer, seller));

    // A token for a token, and a quarter of a TFUEL.
    let swap = terminal.file("swap.json");
    let (give, want) = (format!("{looms}:4"), format!("{looms}:2"));
    terminal.events(SELLER, &["swap", "--give", &give, "--want", &want, "--asking", "0.25", "--output", &swap]).await?;
    let swapped = terminal.event(BUYER, &["buy", &swap]).await?;
    assert_eq!(wei(&swapped, "priceWei")?, tfuel("0.25"));
    assert_eq!((terminal.owner(&looms, "4").await?, terminal.owner(&looms, "2").await?), (buyer, seller));
    let vague = terminal.complaint(SELLER, &["swap", "--give", &format!("{looms}:any"), "--want", &want]).await?;
    assert!(vague.contains("say which tokens you give"), "{vague}");
    let nonsense = terminal.complaint(SELLER, &["swap", "--give", "seven", "--want", &want]).await?;
    assert!(nonsense.contains("is not a token, such as"), "{nonsense}");
    let all = terminal.event(SELLER, &["cancel", "--all"]).await?;
    assert_eq!(all["counter"], "1");
    Ok(())
}

#[tokio::test]
async fn tokens_are_auctioned_rented_out_and_dropped_from_terminals() -> Result<()> {
    let stage = Stage::start().await?;
    let terminal = Terminal { stage: &stage };
    let (seller, buyer) = (stage.seller.address()?, stage.buyer.address()?);
    let looms = terminal.created("Looms", 1).await?;
    terminal.event(CREATOR, &["mint", &looms, "1", "--to", &seller.to_string(), "--count", "2"]).await?;

    let auction = ["auction", "create", &looms, "1", "--reserve", "1", "--within", "2h", "--approve"];
    let created = terminal.event(SELLER, &auction).await?;
    let number = created["auction"].as_str().ok_or_eyre("no number")?.to_owned();
    terminal.event(BUYER, &["auction", "bid", &number]).await?;
    let raised = terminal.event(CREATOR, &["auction", "bid", &number]).await?;
    assert_eq!(wei(&raised, "wei")?, tfuel("1.05"), "the least that is enough");
    let low = terminal.complaint(BUYER, &["auction", "bid", &number, "--amount", "1"]).await?;
    assert!(low.contains("BidTooLow"), "{low}");
    terminal.event(BUYER, &["auction", "bid", &number, "--amount", "3"]).await?;
    let shown = terminal.event(BUYER, &["auction", "show", &number]).await?;
    assert_eq!((wei(&shown, "highestWei")?, &shown["phase"]), (tfuel("3"), &"open".into()));
    stage.at(shown["until"].as_u64().ok_or_eyre("no end")? + 1).await?;
    let before = stage.seller.balance(seller).await?;
    assert_eq!(terminal.event(CREATOR, &["auction", "settle", &number]).await?["phase"], "sold");
    let price = tfuel("3");
    assert_eq!(stage.seller.balance(seller).await? - before, price - fee(price) - royalty(price));
    assert_eq!(terminal.owner(&looms, "1").await?, buyer);
    assert_eq!(terminal.event(BUYER, &["auction", "withdraw"]).await?["event"], "withdrawn");

    let offer = terminal.file("rental.json");
    let rent = ["rent", "offer", &looms, "2", "--price-per-hour", "0.36", "--approve", "--output", &offer];
    terminal.events(SELLER, &rent).await?;
    let rented = terminal.event(BUYER, &["rent", "take", &offer, "--for", "2h"]).await?;
    assert_eq!((wei(&rented, "priceWei")?, &rented["user"]), (tfuel("0.72"), &serde_json::to_value(buyer)?));
    let shown = terminal.event(CREATOR, &["show", &looms, "2"]).await?;
    assert_eq!((&shown["user"], &shown["owner"]), (&serde_json::to_value(buyer)?, &serde_json::to_value(seller)?));
    let again = terminal.complaint(CREATOR, &["rent", "take", &offer, "--for", "1h"]).await?;
    assert!(again.contains("NonceMoved"), "{again}");

    let list = terminal.file("list");
    fs::write(&list, format!("{buyer} 2\n{seller} 1\n"))?;
    let drop = terminal.event(CREATOR, &["drop", "open", &looms, "10", "--price", "0.5", "--list", &list]).await?;
    let drop = drop["drop"].as_str().ok_or_eyre("no number")?.to_owned();
    let minted = terminal.event(BUYER, &["drop", "mint", &drop, "--count", "2", "--list", &list]).await?;
    assert_eq!((wei(&minted, "priceWei")?, &minted["first"]), (tfuel("1"), &"1000000".into()));
    let much = terminal.complaint(SELLER, &["drop", "mint", &drop, "--count", "2", "--list", &list]).await?;
    assert!(much.contains("AllowanceExceeded"), "{much}");
    let unlisted = terminal.complaint(CREATOR, &["drop", "mint", &drop, "--list", &list]).await?;
    assert!(unlisted.contains("is not on the list"), "{unlisted}");
    let closed = terminal.event(CREATOR, &["drop", "close", &drop]).await?;
    assert_eq!((&closed["state"], &closed["sold"]), (&"closed".into(), &2.into()));
    assert_eq!(terminal.owner(&looms, "1000001").await?, buyer);
    Ok(())
}

#[tokio::test]
async fn packs_are_sold_revealed_opened_and_checked_from_terminals() -> Result<()> {
    let stage = Stage::start().await?;
    let terminal = Terminal { stage: &stage };
    let (looms, secrets) = (terminal.created("Looms", 1).await?, terminal.file("secrets"));
    let terms = ["--size", "2", "--tier", "1,3", "--price", "1", "--round-blocks", "600", "--rounds", "4"];
    let create = [&["pack", "create", &looms, "2"][..], &terms, &["--secrets", &secrets]].concat();
    let odd = [&["pack", "create", &looms, "3"][..], &terms, &["--secrets", &secrets]].concat();
    let odd = terminal.complaint(CREATOR, &odd).await?;
    assert!(odd.contains("3 packs of 2 are 6 tokens, and the tiers have 4"), "{odd}");
    let created = terminal.event(CREATOR, &create).await?;
    assert_eq!(wei(&created, "bondWei")?, tfuel("0.2"));
    let sale = created["sale"].as_str().ok_or_eyre("no number")?.to_owned();
    let again = terminal.complaint(CREATOR, &create).await?;
    assert!(again.contains("no file is overwritten"), "{again}");

    let nothing = terminal.complaint(CREATOR, &["pack", "reveal", &sale, "--secrets", &secrets]).await?;
    assert!(nothing.contains("no packs of sale 1 wait for a secret"), "{nothing}");
    let bought = terminal.event(BUYER, &["pack", "buy", &sale, "--count", "2"]).await?;
    assert_eq!((wei(&bought, "priceWei")?, &bought["round"]), (tfuel("2"), &"0".into()));
    let early = terminal.complaint(CREATOR, &["pack", "reveal", &sale, "--secrets", &secrets]).await?;
    assert!(early.contains("draws the round") && early.contains("wait for it"), "{early}");
    let shown = terminal.event(BUYER, &["pack", "show", &sale]).await?;
    assert_eq!((&shown["sold"], &shown["settled"], &shown["waitingRound"]), (&"2".into(), &"0".into(), &"0".into()));
    let sealed = terminal.complaint(BUYER, &["pack", "show", &sale, "0"]).await?;
    assert!(sealed.contains("SecretMissing"), "{sealed}");

    stage.mine(620).await?;
    let foreign = terminal.complaint(CREATOR, &["pack", "reveal", &sale, "--secrets", &terminal.file("none")]).await?;
    assert!(foreign.contains("these are no secrets of packs"), "{foreign}");
    let revealed = terminal.event(CREATOR, &["pack", "reveal", &sale, "--secrets", &secrets]).await?;
    assert_eq!((wei(&revealed, "priceWei")?, wei(&revealed, "feeWei")?), (tfuel("2"), fee(tfuel("2"))));
    let foreseen = terminal.events(BUYER, &["pack", "show", &sale, "--check"]).await?;
    assert_eq!((foreseen.len(), &foreseen[0]["opened"]), (2, &false.into()));
    let opened = terminal.events(BUYER, &["pack", "open", &sale, "--count", "5"]).await?;
    assert_eq!(opened.len(), 2);
    for (opened, foreseen) in opened.iter().zip(&foreseen) {
        assert_eq!((&opened["ids"], &opened["pack"]), (&foreseen["ids"], &foreseen["pack"]));
        for id in opened["ids"].as_array().ok_or_eyre("no ids")? {
            let owner = terminal.owner(&looms, id.as_str().ok_or_eyre("no text")?).await?;
            assert_eq!(owner, stage.buyer.address()?);
        }
    }
    let pack = terminal.event(BUYER, &["pack", "show", &sale, "1"]).await?;
    assert_eq!((&pack["opened"], &pack["seed"]), (&true.into(), &foreseen[1]["seed"]));
    let kept = terminal.complaint(BUYER, &["pack", "claim", &sale, "1"]).await?;
    assert!(kept.contains("NothingToClaim"), "{kept}");
    let people = terminal.run(&["nft", "pack", "show", &sale]).await?;
    let people = String::from_utf8(people.stdout)?;
    assert!(
        people.contains("open, 2 of 2 packs sold, 2 opened") && people.contains("tier 1: 0 of 3 tokens are left"),
        "{people}"
    );
    let unknown = terminal.complaint(BUYER, &["pack", "show", "9"]).await?;
    assert!(unknown.starts_with("error: ") && unknown.contains("NoSuchSale"), "{unknown}");
    Ok(())
}
