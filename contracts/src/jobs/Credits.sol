// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "../interfaces/ICredits.sol";

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

    /// @dev Last in whatever calls it: the receiver may call anything.
    function _pay(address to, uint256 amount) internal {
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert PayoutFailed(to, amount);
    }
}
