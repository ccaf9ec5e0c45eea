//! Every fixed address of the chain, typed by hand, here and in `contracts/src/types/Predeploys.sol` only; a test
//! compares the two.

use alloy::primitives::{Address, address};

/// The precompile `IEdgeProof`.
pub const EDGE_PROOF: Address = address!("0x0000000000000000000000000000000000000400");

/// The precompile `IBls`.
pub const BLS: Address = address!("0x0000000000000000000000000000000000000410");

/// THETA, the governance token.
pub const THETA: Address = address!("0xed6e000000000000000000000000000000000001");
/// `IEdgeStaking`.
pub const EDGE_STAKING: Address = address!("0xed6e000000000000000000000000000000000002");
/// `IModelRegistry`.
pub const MODEL_REGISTRY: Address = address!("0xed6e000000000000000000000000000000000003");
/// `IJobMarket`.
pub const JOB_MARKET: Address = address!("0xed6e000000000000000000000000000000000004");
/// Holds the emission reserve.
pub const EMISSION: Address = address!("0xed6e000000000000000000000000000000000005");
/// `IBeacon`.
pub const BEACON: Address = address!("0xed6e000000000000000000000000000000000007");
/// `IKeyRegistry`.
pub const KEY_REGISTRY: Address = address!("0xed6e000000000000000000000000000000000006");
/// `IDisputes`.
pub const DISPUTES: Address = address!("0xed6e000000000000000000000000000000000008");
/// `IAudits`.
pub const AUDITS: Address = address!("0xed6e000000000000000000000000000000000009");
/// `IWtfuel`.
pub const WTFUEL: Address = address!("0xed6e00000000000000000000000000000000000a");
/// `IStaking`.
pub const STAKING: Address = address!("0xed6e00000000000000000000000000000000000b");
/// `ICommittee`.
pub const COMMITTEE: Address = address!("0xed6e00000000000000000000000000000000000c");
/// `ICheckpoints`.
pub const CHECKPOINTS: Address = address!("0xed6e00000000000000000000000000000000000d");
/// `IRewards`.
pub const REWARDS: Address = address!("0xed6e00000000000000000000000000000000000e");
/// `IParameters`.
pub const PARAMETERS: Address = address!("0xed6e00000000000000000000000000000000000f");
/// The governor.
pub const GOVERNOR: Address = address!("0xed6e000000000000000000000000000000000010");
/// The governor's timelock.
pub const TIMELOCK: Address = address!("0xed6e000000000000000000000000000000000011");
/// `IUpgrades`.
pub const UPGRADES: Address = address!("0xed6e000000000000000000000000000000000012");
/// `IEpochs`.
pub const EPOCHS: Address = address!("0xed6e000000000000000000000000000000000013");
/// `IEdgeRewards`.
pub const EDGE_REWARDS: Address = address!("0xed6e000000000000000000000000000000000014");
/// `IKinds`.
pub const KINDS: Address = address!("0xed6e000000000000000000000000000000000015");
/// `IPaymentPool`.
pub const PAYMENT_POOL: Address = address!("0xed6e000000000000000000000000000000000016");
/// `IDeliveries`.
pub const DELIVERIES: Address = address!("0xed6e000000000000000000000000000000000017");
/// `IProfiles`.
pub const PROFILES: Address = address!("0xed6e000000000000000000000000000000000018");
/// `IInference`.
pub const INFERENCE: Address = address!("0xed6e000000000000000000000000000000000019");
/// `IPossession`.
pub const POSSESSION: Address = address!("0xed6e00000000000000000000000000000000001a");
/// `ILeases`.
pub const LEASES: Address = address!("0xed6e00000000000000000000000000000000001b");
/// `IDisputable`.
pub const DISPUTABLE: Address = address!("0xed6e00000000000000000000000000000000001c");
/// `IAttested`.
pub const ATTESTED: Address = address!("0xed6e00000000000000000000000000000000001d");
/// `ISealed`.
pub const SEALED: Address = address!("0xed6e00000000000000000000000000000000001e");
/// `IAuctions`.
pub const AUCTIONS: Address = address!("0xed6e00000000000000000000000000000000001f");
/// What `NFT_FACTORY` clones: `ICollection`, `ICreation`.
pub const COLLECTION: Address = address!("0xed6e000000000000000000000000000000000020");
/// What `NFT_FACTORY` clones: `IEditions`, `ICreation`.
pub const EDITIONS: Address = address!("0xed6e000000000000000000000000000000000021");
/// `INftFactory`.
pub const NFT_FACTORY: Address = address!("0xed6e000000000000000000000000000000000022");
/// `IExchange`.
pub const EXCHANGE: Address = address!("0xed6e000000000000000000000000000000000023");
/// `IAuctionHouse`.
pub const AUCTION_HOUSE: Address = address!("0xed6e000000000000000000000000000000000024");
/// `IRentals`.
pub const RENTALS: Address = address!("0xed6e000000000000000000000000000000000025");
/// `IDrops`.
pub const DROPS: Address = address!("0xed6e000000000000000000000000000000000026");
/// `IPacks`.
pub const PACKS: Address = address!("0xed6e000000000000000000000000000000000027");
/// `IMediaGate`.
pub const MEDIA_GATE: Address = address!("0xed6e000000000000000000000000000000000028");

/// Who calls in a block's name, before its transactions (EIP-4788's).
pub const SYSTEM: Address = address!("0xfffffffffffffffffffffffffffffffffffffffe");
/// Where slashed stake goes: nobody has the key, and the balance shows how much was slashed.
pub const BURN: Address = address!("0x000000000000000000000000000000000000dEaD");

/// Multicall3 at the address it has on every chain.
pub const MULTICALL3: Address = address!("0xcA11bde05977b3631167028862bE2a173976CA11");
/// The deterministic deployment proxy at the address it has on every chain.
pub const CREATE2_DEPLOYER: Address = address!("0x4e59b44847b379578588920cA78FbF26c0B4956C");
/// The block hash history contract of EIP-2935.
pub const HISTORY_STORAGE: Address = address!("0x0000F90827F1C53a10cb7A02335B175320002935");
