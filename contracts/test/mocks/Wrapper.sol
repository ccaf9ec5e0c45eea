// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC721} from "solady/tokens/ERC721.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @dev Holds tokens for whoever has its own, which pay no royalty.
contract Wrapper is ERC721 {
    IERC721 private immutable TOKEN;

    constructor(address token) {
        TOKEN = IERC721(token);
    }

    function wrap(uint256 id) external {
        TOKEN.transferFrom(msg.sender, address(this), id);
        _mint(msg.sender, id);
    }

    function unwrap(uint256 id) external {
        _burn(msg.sender, id);
        TOKEN.transferFrom(address(this), msg.sender, id);
    }

    function name() public pure override returns (string memory) {
        return "Wrapped";
    }

    function symbol() public pure override returns (string memory) {
        return "W";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }
}
