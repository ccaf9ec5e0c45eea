// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";

contract Beacon is IBeacon {
    using RLP for Memory.Slice;

    uint256 public constant DELAY = 16;
    /// @dev Places in a header of Ethereum's execution layer.
    uint256 private constant NUMBER = 8;
    uint256 private constant MIX_HASH = 13;

    mapping(uint256 height => bytes32) private _mixes;

    function record(bytes calldata header) external returns (uint256 height, bytes32 mix) {
        bytes32 blockHash = keccak256(header);
        Memory.Slice[] memory fields = RLP.decodeList(header);
        if (fields.length <= MIX_HASH) revert NotAHeader(blockHash);
        height = fields[NUMBER].readUint256();
        // What is read of bytes that are no header decides nothing: they have no hash of a block.
        if (Blockhash.blockHash(height) != blockHash) revert NotAHeader(blockHash);
        mix = fields[MIX_HASH].readBytes32();
        if (_mixes[height] == mix) return (height, mix);
        _mixes[height] = mix;
        emit MixRecorded(height, mix);
    }

    function mixAt(uint256 height) public view returns (bytes32 mix) {
        if (height > block.number) revert NotYet(height, block.number);
        mix = height == block.number ? bytes32(block.prevrandao) : _mixes[height];
        if (mix == 0) revert NotRecorded(height);
    }

    function seedAt(uint256 height, bytes32 purpose) external view returns (bytes32 seed) {
        return keccak256(abi.encode(block.chainid, msg.sender, purpose, height, mixAt(height)));
    }
}
