// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";
import {Typed} from "../types/Typed.sol";

/// @dev What is signed.
library Vouchers {
    bytes32 private constant VOUCHER = keccak256("Voucher(uint256 pool,address session,address payee,uint128 total)");
    bytes32 private constant NAME = keccak256("Edgeloom PaymentPool");

    function domain() internal view returns (bytes32) {
        return Typed.domain(NAME);
    }

    function content(uint256 pool, address session, address payee, uint256 total) internal pure returns (bytes32) {
        return EfficientHashLib.hash(uint256(VOUCHER), pool, uint160(session), uint160(payee), total);
    }
}
