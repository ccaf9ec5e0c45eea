//! The macro's output, one module per interface.

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
    "../src/interfaces/IModelRegistry.sol"
);
alloy::sol!(
    #[sol(all_derives)]
    "../src/interfaces/ITheta.sol"
);

#[cfg(test)]
mod tests;
