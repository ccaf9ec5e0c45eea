//! The macro's output, one module per interface.

#![expect(clippy::too_many_arguments, reason = "the macro makes a function of each event's fields")]

alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IAudits.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IBeacon.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IBls.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/ICheckpoints.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/ICredits.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IDisputes.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IEdgeProof.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IEdgeRewards.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IEdgeStaking.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IEmission.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IEpochs.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IGovernance.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IJobMarket.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IKeyRegistry.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IModelRegistry.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IParameters.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IRewards.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IStakeBook.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IStaking.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/ITheta.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IUpgrades.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/IWtfuel.sol"
);

#[cfg(test)]
mod tests;
/// Its interface takes types of another one, which the macro finds in what was compiled alone.
mod committee {
    alloy::sol!(
        #[sol(all_derives)]
        ICommittee,
        "artifacts/Committee.json"
    );
}

pub use committee::{ICommittee, IEquivocation};

// OpenZeppelin's.
alloy::sol!(
    #[sol(all_derives)]
    Governor,
    "artifacts/Governor.json"
);
alloy::sol!(
    #[sol(all_derives)]
    Timelock,
    "artifacts/Timelock.json"
);
