// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title THETA at stake: validators and guardians
/// @notice The rest of the interface is `IStakeBook`'s. Staked THETA goes on voting: it counts as its owner's until a slash takes it
/// or it is redeemed (`ITheta`).
/// @dev The guardians are a set of `IKeyRegistry`, owned by this contract, role `GUARDIANS`. What changes in an epoch changes the set in the
/// next one, a few nodes a block; its snapshot is then sealed and is in force from the epoch after that. Where there is more to change
/// than an epoch has blocks for, the next one goes on with it.
interface IStaking {
    error OnlyCommittee(address caller);
    error OnlyEpochs(address caller);
    error RoleMissing();
    /// @notice The key is another operator's.
    error KeyOfAnother(bytes32 keyId, address operator);

    event KeyChanged(uint32 indexed node, bytes32 indexed keyId);
    event GuardiansSealed(uint32 indexed fromEpoch, uint64 snapshot, uint256 totalStake);

    enum Role {
        None,
        Validator,
        Guardian
    }

    /// @notice Registers a node that the caller runs.
    /// @param owner who may name another operator and set the commission; the caller until it accepts by `acceptOwnership`
    /// @param commission of rewards, basis points, 1,000 at most
    function register(Role role, address owner, uint16 commission) external returns (uint32 node);
    /// @notice Sets the key that the node signs with; registered with `IKeyRegistry` by its operator, who is the caller.
    function setKey(uint32 node, bytes32 keyId) external;
    /// @notice Adds `amount` of the caller's THETA, which it has approved, to a node's stake.
    function stake(uint32 node, uint256 amount) external;
    /// @notice As `stake`, with an EIP-2612 permit for `amount` in place of an approval.
    function stakeWithPermit(uint32 node, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Slashes `share` basis points of what backed a node in an epoch; at most a tenth to `reporter`, the rest burned. Only the
    /// committee's contract.
    function slash(uint32 node, uint16 share, uint32 epoch, address reporter, uint8 reason) external;
    /// @notice Takes a node out until somebody unjails it, after `until` at the earliest. Only the committee's contract.
    function jail(uint32 node, uint40 until) external;
    /// @notice Brings the guardians' set up to date, a part at a time. Only the contract of epochs, each block.
    function advance() external;

    /// @notice THETA that an account has here, staked or unstaking, less the losses that were reckoned with it.
    function principalOf(address account) external view returns (uint256);
    function keyOf(uint32 node) external view returns (bytes32 keyId);
    /// @notice The guardians' snapshot in force in an epoch: its number in `IKeyRegistry`, 0 where there is none, and their stake in gwei.
    function guardiansOf(uint32 epoch) external view returns (uint64 snapshot, uint256 totalStake);
    /// @notice What nodes have at stake, 0 for those in jail, and who owns them.
    function weightsOf(uint32[] calldata nodes)
        external
        view
        returns (uint256[] memory weights, address[] memory owners);
    function GUARDIANS() external view returns (uint8 role);
}
