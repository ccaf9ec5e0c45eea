//! What wallets and lists of chains need to know, in the form of chainlist (ethereum-lists), and in that of
//! `wallet_addEthereumChain` (EIP-3085).

use super::Served;
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use edgeloom_index_api::Problem;
use serde_json::{Value, json};
use url::{Host, Url};

/// MetaMask refuses larger ids: 2^53 of JavaScript, less what EIP-155 needs.
pub const CHAIN_ID_MAX: u64 = 4_503_599_627_370_476;

/// What the operator says of the chain.
#[derive(Clone, Debug)]
pub struct ChainFacts {
    pub name: String,
    pub short_name: String,
    /// Where users reach nodes.
    pub rpc: Vec<Url>,
    pub info: Url,
    /// A block explorer that follows EIP-3091.
    pub explorer: Option<Url>,
    /// Where users reach this indexer.
    pub home: Url,
}

/// The document of `/chain.json`.
pub fn document(facts: &ChainFacts, chain_id: u64, has_faucet: bool) -> Value {
    let currency = json!({ "name": "Theta Fuel", "symbol": "TFUEL", "decimals": 18 });
    let rpc: Vec<_> = facts.rpc.iter().map(plain).collect();
    let faucets: Vec<_> = has_faucet.then(|| format!("{}/faucet", plain(&facts.home))).into_iter().collect();
    let explorers: Vec<_> = facts
        .explorer
        .iter()
        .map(|url| json!({ "name": format!("{} explorer", facts.name), "url": plain(url), "standard": "EIP3091" }))
        .collect();
    let mut add = json!({
        "chainId": format!("{chain_id:#x}"),
        "chainName": facts.name,
        "nativeCurrency": currency,
        "rpcUrls": rpc,
    });
    // Wallets take no explorer without TLS.
    if let Some(explorer) = facts.explorer.iter().find(|url| url.scheme() == "https") {
        add["blockExplorerUrls"] = json!([plain(explorer)]);
    }
    let note = wallet_note(facts, chain_id);
    json!({
        "name": facts.name,
        "chain": "EDGELOOM",
        "rpc": rpc,
        "faucets": faucets,
        "nativeCurrency": currency,
        "infoURL": plain(&facts.info),
        "shortName": facts.short_name,
        "chainId": chain_id,
        "networkId": chain_id,
        "explorers": explorers,
        "walletAddEthereumChain": add,
        "walletNote": note,
    })
}

/// Why a wallet would refuse the chain, if one would.
fn wallet_note(facts: &ChainFacts, chain_id: u64) -> Option<String> {
    if chain_id > CHAIN_ID_MAX {
        return Some(format!("chain id {chain_id} is larger than wallets take ({CHAIN_ID_MAX})"));
    }
    let is_local = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let open = facts.rpc.iter().find(|url| url.scheme() != "https" && !is_local(url))?;
    Some(format!("wallets want https for {open}: put TLS in front and give its URL by --public-rpc"))
}

/// Without the slash that `Url` puts behind a host.
fn plain(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// The chain as chainlists and wallets describe one; `walletAddEthereumChain` is the argument of `wallet_addEthereumChain`.
#[utoipa::path(get, path = "/chain.json", responses((status = 200, body = Object), (status = 503, body = Problem)))]
pub(super) async fn chain(State(Served(shared)): State<Served>) -> Response {
    let Some(identity) = shared.progress.state().identity else {
        return super::problem::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "the indexer has not reached a node yet".into(),
        );
    };
    Json(document(&shared.doors.facts, identity.chain_id, shared.doors.faucet.is_some())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(rpc: &str, explorer: Option<&str>) -> ChainFacts {
        ChainFacts {
            name: "Edgeloom Test".into(),
            short_name: "edgeloom".into(),
            rpc: vec![rpc.parse().unwrap()],
            info: "https://example.org".parse().unwrap(),
            explorer: explorer.map(|url| url.parse().unwrap()),
            home: "http://127.0.0.1:8550".parse().unwrap(),
        }
    }

    #[test]
    fn a_wallet_takes_what_it_is_offered() {
        let document = document(&facts("https://rpc.example.org", Some("https://scan.example.org")), 366, true);
        let add = &document["walletAddEthereumChain"];
        // MetaMask: hex without leading zeros, at most its largest id, a symbol of 2 to 6 letters, 18 decimals, https.
        assert_eq!(add["chainId"], "0x16e");
        let symbol = add["nativeCurrency"]["symbol"].as_str().unwrap();
        assert!((2..=6).contains(&symbol.len()) && add["nativeCurrency"]["decimals"] == 18);
        for list in ["rpcUrls", "blockExplorerUrls"] {
            assert!(add[list][0].as_str().unwrap().starts_with("https://"), "{add}");
        }
        assert_eq!(document["walletNote"], Value::Null);
        assert_eq!(document["faucets"], json!(["http://127.0.0.1:8550/faucet"]));
        for name in
            ["name", "chain", "rpc", "faucets", "nativeCurrency", "infoURL", "shortName", "chainId", "networkId"]
        {
            assert!(!document[name].is_null(), "chainlist wants {name}");
        }
    }

    #[test]
    fn what_a_wallet_would_refuse_is_left_out_or_said() {
        let open = document(&facts("http://rpc.example.org", Some("http://scan.example.org")), 366, false);
        assert!(open["walletNote"].as_str().unwrap().contains("--public-rpc"));
        assert!(open["walletAddEthereumChain"]["blockExplorerUrls"].is_null());
        assert_eq!(open["faucets"], json!([]));
        let local = document(&facts("http://127.0.0.1:8545", None), 31337, false);
        assert_eq!(local["walletNote"], Value::Null);
        let huge = document(&facts("http://localhost:8545", None), CHAIN_ID_MAX + 1, false);
        assert!(huge["walletNote"].as_str().unwrap().contains("larger"));
    }
}
