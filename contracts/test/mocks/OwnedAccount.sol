// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @dev An account that a token owns, as far as ERC-6551 matters here: its state is another after whatever it did for the token's holder.
contract OwnedAccount {
    error NotHolder();

    address private immutable TOKEN;
    uint256 private immutable ID;
    uint256 public state;

    constructor(address token, uint256 id) {
        (TOKEN, ID) = (token, id);
    }

    receive() external payable {}

    function execute(address to, uint256 value, bytes calldata call) external {
        if (IERC721(TOKEN).ownerOf(ID) != msg.sender) revert NotHolder();
        ++state;
        (bool done,) = to.call{value: value}(call);
        if (!done) revert();
    }
}
