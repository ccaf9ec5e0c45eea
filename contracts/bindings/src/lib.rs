//! What the contracts look like from Rust: `sol!` types of every interface, the addresses at which genesis puts the
//! contracts, and the code and storage it puts there. This crate knows no chain, no RPC and no EVM: it turns committed
//! artifacts and their sources into values, and who sends or executes anything is somebody else's claim.
//!
//! The modules come straight from `contracts/src/interfaces`, which is the law for selectors, events and errors;
//! Solidity enums are Rust enums, so a log with an unknown phase fails to decode instead of passing as a number. What an interface
//! inherits (`ICredits`, `IStakeBook`) is in the module of its own alone.
//! `artifacts/*.json` are written by `cargo xtask bindings` and by nothing else.

pub mod addresses;
mod artifact;
mod interfaces;
mod predeploys;
mod sources;

pub use interfaces::{
    Governor, IAttested, IAuctionHouse, IAuctions, IAudits, IBeacon, IBls, ICheckout, ICheckpoints, ICollection,
    ICommittee, ICreation, ICredits, IDeliveries, IDisputable, IDisputes, IDrops, IEdgeProof, IEdgeRewards,
    IEdgeStaking, IEditions, IEmission, IEpochs, IEquivocation, IExchange, IGovernance, IInference, IJobMarket,
    IKeyRegistry, IKinds, ILeases, ILightClient, IMediaGate, IModelRegistry, INftFactory, IPacks, IParameters,
    IPaymentPool, IPhases, IPossession, IProfiles, IRentals, IRewards, ISealed, ISplits, IStakeBook, IStaking, ITheta,
    ITill, IUpgrades, IVerifier, IWtfuel, Progress, Timelock,
};
pub use predeploys::{Predeploy, THETA_SUPPLY, predeploys};
pub use sources::{Published, code_hash_of, published, sources};
