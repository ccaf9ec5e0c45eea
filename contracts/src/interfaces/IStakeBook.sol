// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Nodes and those who stake on them
/// @notice Anybody stakes on a node; each source has shares of the node's stake, and slashes take from all of them alike. What is
/// unstaked waits until it can be redeemed, and what is moved to another node works there at once; both stay liable for what
/// the node did while it had them. Rewards are paid in TFUEL beside the stake: the worth of a share only ever falls, by slashes.
/// @dev A node has an owner, who names its operator and sets its commission, and an operator, the key that runs it and can move no
/// money. Amounts are wei.
interface IStakeBook {
    error NodeUnknown(uint32 node);
    error OnlyOwner(uint32 node, address caller);
    error OnlyOperator(uint32 node, address caller);
    /// @notice An account runs one node, and never another.
    error OperatorTaken(address operator, uint32 node);
    error OwnerMissing();
    /// @notice The caller is not who was appointed as operator, or named as owner.
    error NotAppointed(uint32 node, address caller);
    error CommissionTooHigh(uint16 commission, uint16 limit);
    /// @notice The commission was changed lately and can be changed again in epoch `from`.
    error CommissionChangedLately(uint32 from);
    error ZeroAmount();
    /// @notice The node was slashed too far, or banned: nobody can join it.
    error NodeClosed(uint32 node);
    /// @notice `source` can take `available` from the node: the rest is not there, locked to jobs, or liable for a node that it came from.
    error InsufficientStake(uint32 node, address source, uint256 available, uint256 needed);
    /// @notice Stake of this source came to the node from another one lately: until then no other can.
    error StillLiable(uint32 node, uint40 until);
    error SameNode(uint32 node);
    /// @notice Nothing can be redeemed yet: the next does at `release`, or nothing waits where that is 0.
    error NothingToRedeem(uint40 release);
    error NothingToClaim(address account);
    error NotJailed(uint32 node);
    error StillJailed(uint32 node, uint40 until);
    error OnlyRewards(address caller);
    /// @notice What was done in epoch `epoch` can no longer be slashed.
    error FaultTooOld(uint32 epoch, uint32 current);
    error PayoutFailed(address to, uint256 amount);

    /// @param owner that was named; it is the operator's until it accepts
    event NodeRegistered(uint32 indexed node, address indexed owner, address indexed operator, uint8 role);
    event OwnerChanged(uint32 indexed node, address indexed owner);
    event OperatorAppointed(uint32 indexed node, address indexed operator);
    event OperatorChanged(uint32 indexed node, address indexed before, address indexed operator);
    event CommissionChanged(uint32 indexed node, uint16 commission, uint32 fromEpoch);
    event Staked(uint32 indexed node, address indexed source, uint256 amount, uint256 shares);
    event Unstaked(
        uint32 indexed node, address indexed source, uint256 amount, uint256 shares, uint32 epoch, uint40 release
    );
    event Redelegated(
        uint32 indexed from, uint32 indexed to, address indexed source, uint256 amount, uint32 epoch, uint40 until
    );
    event Redeemed(uint32 indexed node, address indexed source, uint256 amount, uint256 lost);
    /// @notice A source's part of slashes was reckoned: `lost` less of what it staked.
    event LossReckoned(uint32 indexed node, address indexed source, uint256 lost);
    /// @param epoch of the fault; of a committee that was kept, the one that it was elected for
    /// @param unstaking of what was lost, the part that was being unstaked
    /// @param reason the contract's that had it slashed; 0 for what had come to another node, whose stake is then less, not this one's
    event NodeSlashed(
        uint32 indexed node,
        uint32 indexed epoch,
        uint256 lost,
        uint256 unstaking,
        uint256 toReporter,
        address reporter,
        uint8 reason
    );
    event NodeJailed(uint32 indexed node, uint40 until);
    event NodeUnjailed(uint32 indexed node);
    event Rewarded(uint32 indexed node, uint256 amount, uint256 commission);
    event Claimed(uint32 indexed node, address indexed source, uint256 amount);

    /// @param role what it is registered as; 0 for an edge node
    /// @param jailedUntil Unix seconds from which it can be unjailed; 0 for not jailed, 2^40 - 1 for never
    /// @param stake of all sources
    /// @param locked of it, bound to jobs
    /// @param commission in force, basis points of rewards
    struct Node {
        address owner;
        address operator;
        uint8 role;
        uint40 jailedUntil;
        uint16 commission;
        uint256 stake;
        uint256 locked;
    }

    /// @param stake now, before what is to be settled for a node that it came from
    /// @param liable of it, for what another node did before it was moved from there
    /// @param liableUntil Unix seconds
    /// @param reward to claim, wei of TFUEL, with what was credited before
    struct Position {
        uint256 stake;
        uint256 liable;
        uint40 liableUntil;
        uint256 reward;
    }

    /// @param amount now; slashes of the node can still take from it
    /// @param release Unix seconds from which it can be redeemed
    struct Unstaking {
        uint256 amount;
        uint40 release;
    }

    /// @notice Names who is to run the node next, and takes over by `accept`. Only the owner.
    function appoint(uint32 node, address operator) external;
    /// @notice Takes over the node. Only who was appointed.
    function accept(uint32 node) external;
    /// @notice Makes the caller the node's owner, whom its registration named. Until then the node is its operator's.
    function acceptOwnership(uint32 node) external;
    /// @notice Sets the operator's part of rewards, from the next epoch on. Only the owner, at most once in 32 epochs.
    function setCommission(uint32 node, uint16 commission) external;
    /// @notice Begins to take `amount` of the caller's stake off the node.
    function unstake(uint32 node, uint256 amount) external;
    /// @notice Moves `amount` of the caller's stake from one node to another.
    function redelegate(uint32 from, uint32 to, uint256 amount) external;
    /// @notice Pays the caller what it unstaked long enough ago, 32 times' at most in one call.
    function redeem(uint32 node) external returns (uint256 amount);
    /// @notice Pays the caller its rewards from the node, and what was credited to it before.
    function claim(uint32 node) external returns (uint256 amount);
    /// @notice Reckons a source's part of past slashes. Anybody may; it changes nothing but when.
    function settle(uint32 node, address source) external;
    /// @notice Ends the node's time in jail. Only its operator, once it is over.
    function unjail(uint32 node) external;
    /// @notice Adds the sent TFUEL to the rewards of a node for an epoch. Only the contract that rewards this book's nodes.
    function reward(uint32 node, uint32 epoch) external payable;

    function nodeCount() external view returns (uint32);
    /// @notice The node that an account runs or ran; 0 for none.
    function nodeOf(address operator) external view returns (uint32 node);
    function describe(uint32 node) external view returns (Node memory);
    function positionOf(uint32 node, address source) external view returns (Position memory);
    /// @notice What the source unstaked and did not redeem, oldest first.
    function unstakingOf(uint32 node, address source) external view returns (Unstaking[] memory);
    /// @notice TFUEL that an account can claim from any node.
    function creditOf(address account) external view returns (uint256);
}
