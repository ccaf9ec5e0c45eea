// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title The chain's own clockwork: what happens at blocks and epochs without anybody's transaction
/// @notice Epoch e is the blocks from e · `length()` to (e + 1) · `length()` - 1. Before the transactions of each block the chain calls
/// `begin` as `SYSTEM`, with 30,000,000 gas that count towards no block; where it reverts, the block goes on as if it had not.
/// @dev What `begin` does, in this order:
/// * E1 counts the seats in the finalization certificates that the block carries (CHAIN.md C2);
/// * E2 at the first block of epoch e (block 1 for epoch 0): judges the liveness in e - 2, then elects the committee of e + 1, or keeps the
///   newest where that fails;
/// * E3 brings the guardians' set up to date, a part a block;
/// * E4 at each checkpoint's height: has the reserve release what the time since the last one earned.
interface IEpochs {
    error OnlySystem(address caller);
    /// @notice One of the four parts failed; the others went on.
    /// @param reason its first 256 bytes
    event PartFailed(uint8 part, bytes reason);

    /// @param epoch whose committee signed
    /// @param seats that signed: bit i is seat i
    struct Included {
        uint32 epoch;
        uint32 seats;
    }

    /// @notice Begins a block. Only the chain.
    function begin(Included[] calldata certificates) external;

    /// @notice The epoch of this block.
    function current() external view returns (uint32 epoch);
    /// @notice Blocks of an epoch, two at least.
    function length() external view returns (uint64 blocks);
}
