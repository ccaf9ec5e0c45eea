// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev Of the exchange what others ask it for: which currencies votes listed.
contract Listing {
    mapping(address currency => bool) public isListed;

    function listCurrency(address currency, bool listed) external {
        isListed[currency] = listed;
    }
}
