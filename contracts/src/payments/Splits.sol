// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Credits} from "../jobs/Credits.sol";
import {ISplits} from "../interfaces/ISplits.sol";

/// @dev One level at a time: a recipient that is a rule gets a credit like any other, so no call goes deep.
abstract contract Splits is ISplits, Credits {
    uint256 private constant RECIPIENTS_MAX = 16;
    uint256 private constant BASIS_POINTS = 10_000;
    bytes32 private constant TAG = "edgeloom/split/1";

    function distribute(address[] calldata recipients, uint16[] calldata shares) external {
        address split = splitOf(recipients, shares);
        uint256 amount = creditOf[split];
        if (amount == 0) revert NothingToWithdraw(split);
        creditOf[split] = 0;
        credited -= amount;
        emit Distributed(split, amount);
        uint256 rest = amount;
        for (uint256 i = recipients.length - 1; i != 0; --i) {
            uint256 part = amount * shares[i] / BASIS_POINTS;
            rest -= part;
            _credit(recipients[i], part);
        }
        _credit(recipients[0], rest);
    }

    function splitOf(address[] calldata recipients, uint16[] calldata shares) public pure returns (address split) {
        uint256 count = recipients.length;
        if (count == 0 || count > RECIPIENTS_MAX || count != shares.length) {
            revert WrongRecipients(count, shares.length, RECIPIENTS_MAX);
        }
        uint256 sum;
        for (uint256 i = 0; i < count; ++i) {
            if (shares[i] == 0) revert ZeroShare(i);
            sum += shares[i];
        }
        if (sum != BASIS_POINTS) revert WrongSum(sum, BASIS_POINTS);
        return address(uint160(uint256(keccak256(abi.encode(TAG, recipients, shares)))));
    }
}
