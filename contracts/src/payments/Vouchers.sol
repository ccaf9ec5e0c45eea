// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";

/// @dev What is signed. The domain is computed at each call: a chain that forks off has another.
library Vouchers {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant VOUCHER = keccak256("Voucher(uint256 pool,address session,address payee,uint128 total)");
    bytes32 private constant NAME = keccak256("Edgeloom PaymentPool");
    bytes32 private constant VERSION = keccak256("1");

    function domain() internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, NAME, VERSION, block.chainid, address(this)));
    }

    function content(uint256 pool, address session, address payee, uint256 total) internal pure returns (bytes32) {
        return EfficientHashLib.hash(uint256(VOUCHER), pool, uint160(session), uint160(payee), total);
    }
}
