//! Where the server answers and clients ask: declared once.

/// GraphQL: POST queries; GET shows a page to write them in.
pub const GRAPHQL: &str = "/graphql";
pub const JOBS: &str = "/api/jobs";
/// Jobs of the same terms that were posted together.
pub const ORDERS: &str = "/api/orders";
pub const LEASES: &str = "/api/leases";
pub const AUCTIONS: &str = "/api/auctions";
pub const BIDS: &str = "/api/bids";
pub const POOLS: &str = "/api/pools";
/// What pools owe payees.
pub const PAIRS: &str = "/api/pairs";
/// Keys that sign in the name of pools' payers.
pub const SESSIONS: &str = "/api/sessions";
/// Every event of the market's contracts.
pub const MARKET_EVENTS: &str = "/api/market-events";
/// Collections and editions of the chain's own factory.
pub const CREATIONS: &str = "/api/creations";
/// Tokens of collections.
pub const TOKENS: &str = "/api/tokens";
/// Tokens of editions.
pub const EDITIONS: &str = "/api/editions";
/// Who holds copies of editions.
pub const BALANCES: &str = "/api/balances";
pub const TOKEN_TRANSFERS: &str = "/api/token-transfers";
/// Of tokens: by orders, by auction, rentals, first sales.
pub const SALES: &str = "/api/sales";
/// Auctions of tokens.
pub const LOTS: &str = "/api/lots";
pub const LOT_BIDS: &str = "/api/lot-bids";
pub const RENTALS: &str = "/api/rentals";
/// First sales of tokens.
pub const DROPS: &str = "/api/drops";
/// First sales of tokens in sealed packs.
pub const PACK_SALES: &str = "/api/pack-sales";
/// Packs that were opened.
pub const PACKS: &str = "/api/packs";
/// Media that tokens open.
pub const GATES: &str = "/api/gates";
pub const WORKERS: &str = "/api/workers";
pub const MODELS: &str = "/api/models";
pub const TRANSFERS: &str = "/api/transfers";
pub const NODES: &str = "/api/nodes";
pub const POSITIONS: &str = "/api/positions";
pub const SLASHES: &str = "/api/slashes";
pub const COMMITTEES: &str = "/api/committees";
pub const CHECKPOINTS: &str = "/api/checkpoints";
pub const PROPOSALS: &str = "/api/proposals";
pub const VOTES: &str = "/api/votes";
/// Changes of parameters.
pub const PARAMETER_CHANGES: &str = "/api/parameter-changes";
/// [`crate::Meta`].
pub const META: &str = "/api/meta";
pub const OPENAPI: &str = "/api/openapi.json";
/// 200 as soon as the process serves: [`crate::Health`].
pub const HEALTH: &str = "/health";
/// 200 once backfilled, 503 before: [`crate::Readiness`] in both cases.
pub const READY: &str = "/ready";
/// Prometheus text.
pub const METRICS: &str = "/metrics";
/// Contracts with verified sources.
pub const CONTRACTS: &str = "/api/contracts";
/// Verification in Etherscan's form: `?module=contract&action=…`.
pub const ETHERSCAN: &str = "/api";
/// Verification in Sourcify's form; an indexer is a Sourcify server of its chain.
pub const SOURCIFY: &str = "/v2";
/// What wallets and chain lists need to know of the chain.
pub const CHAIN: &str = "/chain.json";
/// GET: a page; POST `{"address": "0x…"}`: coins for trying things out.
pub const FAUCET: &str = "/faucet";
