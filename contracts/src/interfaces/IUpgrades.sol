// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Forks of the protocol that a vote scheduled
/// @notice Predeploys have no proxies. At a height that a vote fixed, every node copies the code of one account over the code of a
/// predeploy, or begins to follow a rule that it has to know. Nodes follow these rules:
///
/// U1 Before the transactions of block h and before every other system call, with the state after block h - 1, a node reads storage
/// slot 0 of this contract. It holds `next`, the height of the next forks, and 0 where none is pending.
/// U2 When `next` is h, the node first looks at `pending()`: if a fork of height h has a `rule` that the node does not know, it stops
/// before block h and says which rule it lacks. It neither proposes nor votes nor executes further.
/// U3 Then it calls `applied()` as `Predeploys.SYSTEM` (as EIP-4788 calls: 30,000,000 gas that count for no block, no fee, no
/// nonce), in the environment of block h. A call that fails is as if there were no forks. No other block has this call.
/// U4 For each fork that it returns, in order: where `rule` is 0, the account `target` gets the code that `source` has, and keeps its
/// storage, balance and nonce. Where `rule` is not 0, that rule holds from block h on, block h included.
/// U5 All of that is in place before the first transaction of block h. Its logs are in no receipt: `ruleSince` and the
/// targets' code hashes are the record.
/// U6 A node that begins at a later state reads `rules()` and stops if it does not know all of them.
///
/// Sources are accounts outside the predeploys, so no fork changes what another one copies, and the order of a height's forks does
/// not matter.
interface IUpgrades {
    /// @notice The caller is not the timelock.
    error OnlyTimelock(address caller);
    /// @notice The caller is not the protocol.
    error OnlySystem(address caller);
    /// @notice Nodes have to hear of it in time: `least` is the first height that can be scheduled now.
    error HeightTooSoon(uint64 height, uint256 least);
    /// @notice The target is no address of a predeploy, or nothing is there.
    error NotAPredeploy(address target);
    /// @notice The source has no code, or delegates (EIP-7702), or is among the addresses of predeploys.
    error NotASource(address source);
    /// @notice Another fork of this height replaces the same code.
    error TargetTaken(address target, uint64 height);
    /// @notice Rule 0 is none.
    error RuleIsReserved();
    /// @notice The rule is pending, or holds already.
    error RuleTaken(uint32 rule);
    error TooManyForks(uint256 limit);
    error ForkUnknown(uint64 id);

    event ForkScheduled(
        uint64 indexed id, uint64 indexed height, address indexed target, address source, bytes32 codeHash
    );
    event RuleScheduled(uint64 indexed id, uint64 indexed height, uint32 indexed rule);
    event ForkCancelled(uint64 indexed id);
    event ForkApplied(uint64 indexed id);
    /// @notice Its source has another code than when it was scheduled, so nothing was copied.
    event ForkDropped(uint64 indexed id, bytes32 codeHash);

    /// @param id from 1 on
    /// @param rule 0 where code is replaced
    /// @param target 0 for a rule, as the next two
    /// @param codeHash of the source when it was scheduled
    struct Fork {
        uint64 id;
        uint64 height;
        uint32 rule;
        address target;
        address source;
        bytes32 codeHash;
    }

    /// @notice From block `height` on, predeploy `target` has the code that `source` has now. Only the timelock.
    function schedule(uint64 height, address target, address source) external returns (uint64 id);

    /// @notice From block `height` on, nodes follow rule number `rule`. Only the timelock.
    function scheduleRule(uint64 height, uint32 rule) external returns (uint64 id);

    /// @notice Takes a pending fork back. Only the timelock.
    function cancel(uint64 id) external;

    /// @notice Takes the forks of this block's height from the pending ones and returns those whose source is unchanged. Only the
    /// protocol.
    function applied() external returns (Fork[] memory forks);

    /// @notice Height of the next forks, 0 for none.
    function next() external view returns (uint64 height);
    /// @notice In the order in which they were scheduled.
    function pending() external view returns (Fork[] memory forks);
    /// @notice The rules that hold, in the order in which they began.
    function rules() external view returns (uint32[] memory);
    /// @notice The first block under a rule, 0 where it does not hold.
    function ruleSince(uint32 rule) external view returns (uint64 height);
    /// @notice Blocks from scheduling a fork to its height, at least.
    function NOTICE() external view returns (uint256);
    /// @notice How many forks can be pending.
    function FORKS_MAX() external view returns (uint256);
}
