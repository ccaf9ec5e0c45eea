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
    "../src/interfaces/IEdgeStaking.sol"
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
    "../src/interfaces/ITheta.sol"
);

#[cfg(test)]
mod tests;
