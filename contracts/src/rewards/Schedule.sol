// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEmission} from "../interfaces/IEmission.sol";

/// @dev What the emission's rates make of a time and of a reserve. Pure, so that it can be proved for every input.
library Schedule {
    /// @dev Rate × time for each stream, or their shares of a reserve that is less than both. A reserve is less than 2^128
    /// wei, as all TFUEL is, and a time less than 2^64 seconds, so nothing here overflows. Rounds towards edge nodes: the
    /// reserve's last wei leaves as well.
    function due(IEmission.Rates memory rates, uint256 elapsed, uint256 reserve)
        internal
        pure
        returns (uint256 theta, uint256 edge)
    {
        theta = rates.theta * elapsed;
        edge = rates.edge * elapsed;
        if (theta + edge <= reserve) return (theta, edge);
        // The time is the same for both, so that the rates alone divide; the sum is not zero here.
        theta = reserve * rates.theta / (uint256(rates.theta) + rates.edge);
        edge = reserve - theta;
    }

    /// @dev What is used up of an allowance that refills by `perDay` a day.
    function used(uint256 before, uint256 elapsed, uint256 perDay) internal pure returns (uint256) {
        uint256 refilled = elapsed * perDay / 1 days;
        return before > refilled ? before - refilled : 0;
    }
}
