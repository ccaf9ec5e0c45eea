// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

contract Counter {
    error NotOwner(address caller);

    event Counted(uint256 value);

    uint256 public value;
    address public immutable owner;

    constructor(uint256 start) payable {
        value = start;
        owner = msg.sender;
    }

    function add(uint256 amount) external {
        value += amount;
        emit Counted(value);
    }

    function reset() external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        value = 0;
    }
}
