// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC20} from "solady/tokens/ERC20.sol";

/// @dev A currency that can keep somebody from receiving it, as several do, and lets somebody call back when it is moved, as some do.
contract Gold is ERC20 {
    mapping(address account => bool) public isBarred;
    address private _target;
    bytes private _callback;
    /// @dev What the last call back was refused with.
    bytes4 public refusal;

    function plan(address target, bytes calldata callback) external {
        (_target, _callback) = (target, callback);
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function bar(address account, bool barred) external {
        isBarred[account] = barred;
    }

    function name() public pure override returns (string memory) {
        return "Gold";
    }

    function symbol() public pure override returns (string memory) {
        return "GOLD";
    }

    function _beforeTokenTransfer(address, address to, uint256) internal override {
        require(!isBarred[to], "barred");
        if (_target == address(0)) return;
        (bool done, bytes memory reason) = _target.call(_callback);
        require(!done, "in again");
        refusal = bytes4(reason);
    }
}
