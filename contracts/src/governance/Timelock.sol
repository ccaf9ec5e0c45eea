// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    TimelockControllerUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/TimelockControllerUpgradeable.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Roles are code instead of storage: genesis plants none, and no vote can give or take one. What would change them, or the
/// delay, refuses with OpenZeppelin's errors.
contract Timelock is TimelockControllerUpgradeable {
    function initialize(uint256, address[] memory, address[] memory, address) public pure override {
        revert InvalidInitialization();
    }

    /// @dev A parameter is the only place to change it, within bounds.
    function updateDelay(uint256) public view override {
        revert TimelockUnauthorizedCaller(msg.sender);
    }

    /// @dev Nobody administers roles, so `grantRole` and `revokeRole` refuse everybody. This one asks for no administrator.
    function renounceRole(bytes32, address) public view override {
        revert AccessControlUnauthorizedAccount(msg.sender, DEFAULT_ADMIN_ROLE);
    }

    function getMinDelay() public view override returns (uint256) {
        return IParameters(Predeploys.PARAMETERS).valueOf(IParameters.Parameter.TimelockDelay);
    }

    function hasRole(bytes32 role, address account) public pure override returns (bool) {
        if (role == EXECUTOR_ROLE) return true;
        return (role == PROPOSER_ROLE || role == CANCELLER_ROLE) && account == Predeploys.GOVERNOR;
    }
}
