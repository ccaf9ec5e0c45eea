// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibCall} from "solady/utils/LibCall.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IEdgeRewards} from "../interfaces/IEdgeRewards.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Payments that are fetched, and the one place where money leaves.
abstract contract Credits is ICredits {
    uint256 public credited;
    mapping(address account => uint256) public creditOf;

    function withdraw() external {
        uint256 amount = creditOf[msg.sender];
        if (amount == 0) revert NothingToWithdraw(msg.sender);
        creditOf[msg.sender] = 0;
        credited -= amount;
        emit Withdrawn(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    function _credit(address account, uint256 amount) internal {
        if (amount == 0) return;
        creditOf[account] += amount;
        credited += amount;
        emit Credited(account, amount);
    }

    /// @dev For the pot of edge nodes. No answer waits for the rewards, whatever is wrong with them; and an address without code would take
    /// anything.
    function _contribute(uint256 amount) internal returns (bool taken) {
        if (amount == 0 || Predeploys.EDGE_REWARDS.code.length == 0) return false;
        bytes memory call = abi.encodeCall(IEdgeRewards.contribute, ());
        (taken,,) = LibCall.tryCall(Predeploys.EDGE_REWARDS, amount, gasleft(), 0, call);
    }

    /// @dev Last in whatever calls it: the receiver may call anything.
    function _pay(address to, uint256 amount) internal {
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert PayoutFailed(to, amount);
    }
}
