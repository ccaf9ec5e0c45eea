// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title The chain's own clockwork: what happens at blocks and epochs without anybody's transaction
/// @notice Epoch e is the blocks from e · `length()` to (e + 1) · `length()` - 1. Before the transactions of each block the chain calls
/// `begin` as `SYSTEM`, with 30,000,000 gas that count towards no block; where it reverts, the block goes on as if it had not.
/// @dev What `begin` does, in this order:
/// * E1 counts the seats in the finalization certificates that the block carries (CHAIN.md C2);
/// * E2 at the first block of epoch e (block 1 for epoch 0): takes the rules of e + 1 from the parameters, judges the liveness in e - 2,
///   elects the committee of e + 1 and has the rewards of e begin; where rules or a committee cannot be had, the newest stay;
/// * E3 brings the guardians' set up to date, a part a block;
/// * E4 at each checkpoint's height: has the reserve release what the time since the last one earned.
interface IEpochs {
    error OnlySystem(address caller);
    /// @notice One of the parts failed; the others went on: 1 counts certificates, 2 is for the committee, 3 for guardians, 4 for rewards, 5
    /// for parameters.
    /// @param reason its first 256 bytes
    event PartFailed(uint8 part, bytes reason);

    /// @param epoch whose committee signed
    /// @param seats that signed: bit i is seat i
    struct Included {
        uint32 epoch;
        uint32 seats;
    }

    /// @dev What blocks of one epoch follow; of epoch 0, genesis says all but the last.
    /// @param gasLimit of each block
    /// @param blockTimeMs least time between blocks with transactions
    /// @param heartbeatMs time between empty blocks
    /// @param baseFeeFloor wei
    /// @param checkpointInterval blocks from one checkpoint to the next
    struct Rules {
        uint64 gasLimit;
        uint32 blockTimeMs;
        uint32 heartbeatMs;
        uint64 baseFeeFloor;
        uint32 checkpointInterval;
    }

    /// @notice Begins a block. Only the chain.
    function begin(Included[] calldata certificates) external;

    /// @notice The epoch of this block.
    function current() external view returns (uint32 epoch);
    /// @notice The rules of an epoch, up to the one after this; all zero where there are none.
    function rulesOf(uint32 epoch) external view returns (Rules memory);
    /// @notice The epoch of a block, and the blocks from one checkpoint to the next in it; 0 where it has no rules.
    function checkpointsAt(uint64 height) external view returns (uint32 epoch, uint32 interval);
    /// @notice The rules that an epoch would get now.
    function rulesNow() external view returns (Rules memory);
    /// @notice Blocks of an epoch, two at least.
    function length() external view returns (uint64 blocks);
    /// @notice Hash of block 0, which all votes are signed for; 0 before block 1.
    function genesisHash() external view returns (bytes32);
}
