// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Committee} from "../../src/staking/Committee.sol";

/// @dev The committee with the door to convictions open: any evidence is believed.
contract Convictions is Committee {
    function convict(uint32 epoch, uint256 seat, bytes calldata evidence) external {
        _convict(epoch, seat, msg.sender, evidence);
    }
}
