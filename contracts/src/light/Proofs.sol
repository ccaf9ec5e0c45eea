// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILightClient} from "../interfaces/ILightClient.sol";

/// @dev Headers, and what their roots commit to. OpenZeppelin's library walks the tries; it reverts with its own errors. It proves what is
/// there, and not that something is not: an account that nobody used and a slot that is zero have no proof.
library Proofs {
    using BlockHeader for Memory.Slice[];
    using RLP for *;
    using SafeCast for uint256;

    function header(bytes memory encoded) internal pure returns (ILightClient.Header memory parsed) {
        Memory.Slice[] memory fields = BlockHeader.parseHeader(encoded);
        parsed.hash = keccak256(encoded);
        parsed.parentHash = fields.getParentHash();
        parsed.stateRoot = fields.getStateRoot();
        parsed.transactionsRoot = fields.getTransactionsRoot();
        parsed.receiptsRoot = fields.getReceiptsRoot();
        parsed.extraData = bytes32(fields.getExtraData());
        parsed.mixHash = fields.getPrevRandao();
        parsed.number = fields.getNumber().toUint64();
        parsed.timestamp = fields.getTimestamp().toUint64();
    }

    function accountOf(bytes32 stateRoot, address account, bytes[] memory proof)
        internal
        pure
        returns (ILightClient.Account memory found)
    {
        bytes memory key = abi.encodePacked(keccak256(abi.encodePacked(account)));
        Memory.Slice[] memory fields = TrieProof.traverse(stateRoot, key, proof).decodeList();
        found.nonce = fields[0].readUint256();
        found.balance = fields[1].readUint256();
        found.storageRoot = fields[2].readBytes32();
        found.codeHash = fields[3].readBytes32();
    }

    function storageOf(bytes32 storageRoot, bytes32 slot, bytes[] memory proof) internal pure returns (bytes32) {
        bytes memory key = abi.encodePacked(keccak256(abi.encodePacked(slot)));
        return TrieProof.traverse(storageRoot, key, proof).decodeBytes32();
    }

    /// @dev Of a transaction by `transactionsRoot`, too.
    function receiptOf(bytes32 receiptsRoot, uint256 index, bytes[] memory proof) internal pure returns (bytes memory) {
        return TrieProof.traverse(receiptsRoot, index.encode(), proof);
    }
}
