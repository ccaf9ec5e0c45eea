// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Code} from "../../src/types/Code.sol";
import {IEdgeProof} from "../../src/interfaces/IEdgeProof.sol";

/// @dev In place of the precompile: an aggregate is a hash of exactly what was signed and by whom, and nothing else verifies. It refuses what
/// the real one refuses.
contract Receipts {
    uint256 private constant UNITS_MAX = 31;
    uint256 private constant CLIENTS_MAX = 1000;

    function sign(IEdgeProof.Terms memory terms, bytes memory amounts) public pure returns (bytes memory signature) {
        bytes32 third = keccak256(abi.encode(terms, amounts));
        return bytes.concat(third, third, third);
    }

    function receipts(
        address snapshot,
        IEdgeProof.Terms calldata terms,
        bytes calldata amounts,
        bytes calldata signature
    ) external view returns (IEdgeProof.Delivery memory delivery) {
        uint256 places = uint32(bytes4(Code.slice(snapshot, 4, 4)));
        if (amounts.length != places) revert IEdgeProof.SignersLength(places, amounts.length);
        if (signature.length != 96) revert IEdgeProof.MalformedSignature(0);
        for (uint256 place = 0; place < places; ++place) {
            uint8 units = uint8(amounts[place]);
            if (units > UNITS_MAX) revert IEdgeProof.TooManyUnits(place, UNITS_MAX, units);
            if (units == 0) continue;
            delivery.units += units;
            ++delivery.clients;
        }
        uint256 clients = delivery.clients;
        if (clients == 0 || clients > CLIENTS_MAX) revert IEdgeProof.WrongCount(CLIENTS_MAX, clients);
        delivery.right = keccak256(signature) == keccak256(sign(terms, amounts));
        if (!delivery.right) (delivery.units, delivery.clients) = (0, 0);
    }
}
