// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Randomness that nobody knows before its block
/// @notice The mix of a block folds in its proposer's signature of the height, which is unique and known to nobody else before:
/// mix(h) = keccak256(mix(h - 1) ‖ keccak256(reveal(h))). It is the block's PREVRANDAO. Whoever needs one shows the block's
/// header within 8,191 blocks; from then on everybody can read it.
/// @dev Who commits to something at height h uses the mix of a later block, `DELAY` or more after it. Whoever proposes the last k
/// blocks before that can choose among 2^k mixes, by leaving out blocks of its own. Where a bit is worth something, add a
/// commitment that was made before, or pay nothing to who withholds.
interface IBeacon {
    /// @notice The bytes are not the header of an earlier block of this chain, or of one that is more than 8,191 blocks away.
    error NotAHeader(bytes32 blockHash);
    /// @notice Nobody has shown the header of this block yet: `record` takes it.
    error NotRecorded(uint256 height);
    /// @notice Block `height` is still to come: this one is `current`.
    error NotYet(uint256 height, uint256 current);

    event MixRecorded(uint256 indexed height, bytes32 mix);

    /// @notice Takes a block's header, RLP-encoded as its hash is of, and keeps its mix.
    function record(bytes calldata header) external returns (uint256 height, bytes32 mix);

    /// @notice The mix of this block, or of an earlier one that was recorded.
    function mixAt(uint256 height) external view returns (bytes32 mix);

    /// @notice A seed for one use: keccak256(chain id ‖ caller ‖ purpose ‖ height ‖ mix of that height), 32 bytes each.
    function seedAt(uint256 height, bytes32 purpose) external view returns (bytes32 seed);

    /// @notice Blocks between a commitment and the mix that it is drawn by, at least.
    function DELAY() external view returns (uint256);
}
