// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC1155} from "solady/tokens/ERC1155.sol";
import {ERC721} from "solady/tokens/ERC721.sol";

/// @dev An ERC-721 of anybody's, of whatever is minted: without nonces of its own, royalties or policy.
contract Foreign721 is ERC721 {
    function mint(address to, uint256 id) external {
        _mint(to, id);
    }

    function name() public pure override returns (string memory) {
        return "Foreign";
    }

    function symbol() public pure override returns (string memory) {
        return "FRGN";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }
}

/// @dev As `Foreign721`, of ERC-1155.
contract Foreign1155 is ERC1155 {
    function mint(address to, uint256 id, uint256 amount) external {
        _mint(to, id, amount, "");
    }

    function uri(uint256) public pure override returns (string memory) {
        return "";
    }
}
