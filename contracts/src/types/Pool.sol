// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev What many have at stake, as shares of one rate. Rewards are paid beside it, so a rate begins at one and only ever falls,
/// by slashes: nobody can raise it to round the next one's deposit away.
/// @param shares of all who take part
/// @param loss how far the rate is below one, of `Pools.ONE`: zero is a pool that was never slashed, or never used
struct Pool {
    uint112 shares;
    uint64 loss;
}

/// @dev How far back a fault can be slashed, in epochs: bounds what a slash goes through.
uint32 constant EVIDENCE_EPOCHS = 128;

/// @dev Every rounding is for the pool: who joins gets shares of no more than what was put in, and who leaves no more than
/// the pool is then smaller by. Shares have 112 bits and a rate 60, so that their product fits.
library Pools {
    uint256 internal constant ONE = 1e18;
    /// @dev Nobody joins a pool that lost more: shares of any supply then fit 112 bits.
    uint256 internal constant LOSS_MAX = 0.999e18;

    function valueOf(uint256 shares, uint256 loss) internal pure returns (uint256) {
        return shares * (ONE - loss) / ONE;
    }

    /// @dev Shares that `amount` buys.
    function sharesFor(uint256 amount, uint256 loss) internal pure returns (uint256) {
        return amount * ONE / (ONE - loss);
    }

    /// @dev The fewest shares that are worth `amount`. Not of a pool that lost everything, where none are.
    function sharesWorth(uint256 amount, uint256 loss) internal pure returns (uint256) {
        return Math.ceilDiv(amount * ONE, ONE - loss);
    }

    /// @dev The loss after `part` of `whole` is slashed.
    function slashed(uint256 loss, uint256 part, uint256 whole) internal pure returns (uint256) {
        return ONE - (ONE - loss) * (whole - part) / whole;
    }

    /// @dev What a pool is worth less when `shares` leave it.
    function without(uint256 all, uint256 shares, uint256 loss) internal pure returns (uint256) {
        return valueOf(all, loss) - valueOf(all - shares, loss);
    }
}
