// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What workers say of themselves, and what others say of them
/// @notice Jobs can ask for a region, a class of graphics card, memory, attributes, a stake, and a reputation. The lower 32 attributes are a worker's own
/// word. The upper 32 are given by who a vote lets vouch, so that a worker cannot claim them. Cloud providers that a vote listed take
/// what no edge node took.
/// @dev What the lower attributes, the region and the card are worth is what the requester's other means are worth: a deadline that a card
/// of that class keeps, a bond, a proof of computing capacity. A reputation is fees that the protocol took of settled jobs of the worker, a bond's worth less
/// for each that failed: k accounts that pay fees F to each other have reputations of F together.
interface IProfiles {
    error OnlyTimelock(address caller);
    error OnlyVoucher(address caller);
    /// @notice The upper 32 attributes are not the worker's to set.
    error NotItsAttributes(uint64 attributes);

    event ProfileDeclared(address indexed worker, uint16 region, uint16 gpuClass, uint16 memoryGib, uint64 attributes);
    event VoucherListed(address indexed voucher, bool listed);
    event Vouched(address indexed worker, address indexed voucher, uint64 attributes);
    event ProviderListed(address indexed provider, bool listed);

    /// @param region ISO 3166-1 numeric, or a number of the operators' own from 1,000 on; 0 for not said
    /// @param gpuClass a number that grows with what a card can do, 0 for none
    /// @param attributes a bit each
    struct Profile {
        uint16 region;
        uint16 gpuClass;
        uint16 memoryGib;
        uint64 attributes;
    }

    /// @notice Says what the caller is. What was vouched for stays.
    function declare(uint16 region, uint16 gpuClass, uint16 memoryGib, uint64 attributes) external;
    /// @notice Gives a worker those of the upper 32 attributes that the caller vouches for, and takes those away that it does not. Listed vouchers only.
    /// @param attributes of the upper 32, which the worker has from now on
    function vouch(address worker, uint64 attributes) external;
    /// @notice Lets an account vouch, or no more. Only the timelock.
    function listVoucher(address voucher, bool listed) external;
    /// @notice Lists a cloud provider, or no more. Only the timelock.
    function listProvider(address provider, bool listed) external;

    function profileOf(address worker) external view returns (Profile memory);
    function isVoucher(address account) external view returns (bool);
    function isProvider(address account) external view returns (bool);
    /// @notice What a worker's settled jobs say of it, wei of fees.
    function reputationOf(address worker) external view returns (uint256);
    /// @notice Whether a worker is what a job asks for.
    /// @param requirements `types/Requirements.sol`
    function meets(address worker, uint256 requirements) external view returns (bool);
}
