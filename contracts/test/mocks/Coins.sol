// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC20} from "solady/tokens/ERC20.sol";

/// @dev An ERC-20 that votes could list: it moves what it is told, but for accounts that its issuer barred.
contract Coins is ERC20 {
    error Barred(address account);

    mapping(address account => bool) public barred;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function bar(address account, bool is_) external {
        barred[account] = is_;
    }

    function name() public pure override returns (string memory) {
        return "Coins";
    }

    function symbol() public pure override returns (string memory) {
        return "COIN";
    }

    function _beforeTokenTransfer(address from, address to, uint256) internal view override {
        if (barred[from]) revert Barred(from);
        if (barred[to]) revert Barred(to);
    }
}
