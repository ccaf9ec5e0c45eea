// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPhases} from "./IPhases.sol";

/// @title Tokens that their creator sells first
/// @notice open (the creator says how many, and in which phases) → mint (whoever buys has its tokens at once) → close (or not). Of a collection
/// a drop is a range of ids, minted in their order; of editions it is one id, of so many copies.
/// @dev The ids of drops and packs are given out here, upward from `ICreation.split`, none twice: no drop shares one with another or with packs,
/// and what a drop did not sell nobody mints.
interface IDrops is IPhases {
    /// @param creation a clone of `INftFactory` of which the caller is the creator
    /// @param payee who is paid; 0 for the caller
    /// @param count tokens, or copies
    struct Terms {
        address creation;
        address payee;
        uint32 count;
    }

    /// @param first id, or the only one
    struct Drop {
        address creation;
        uint32 count;
        uint32 sold;
        bool editions;
        bool closed;
        address payee;
        uint64 first;
    }

    error OnlyPacks(address caller);

    event DropOpened(
        uint256 indexed drop, address indexed creation, address indexed creator, Drop its, IPhases.Phase[] phases
    );
    /// @param first id of a collection, from which on the others follow; of editions the only one
    /// @param price of all, wei, of which `fee` was the protocol's
    event Minted(
        uint256 indexed drop,
        address indexed buyer,
        uint256 phase,
        uint256 first,
        uint256 quantity,
        uint256 price,
        uint256 fee
    );
    event DropClosed(uint256 indexed drop);

    /// @notice Opens a drop. The creator only.
    function open(Terms calldata terms, IPhases.Phase[] calldata phases) external returns (uint256 drop);

    /// @notice Mints to the caller, for the TFUEL sent; what is more than the price is sent back.
    function mint(uint256 drop, uint256 phase, uint256 quantity, IPhases.Allowance calldata allowance) external payable;

    /// @notice Nothing is sold any more. The creator only; it cannot be opened again.
    function close(uint256 drop) external;

    /// @notice Gives out the creation's next `count` ids. Packs only.
    function allocate(address creation, uint256 count) external returns (uint256 first);

    function dropOf(uint256 drop) external view returns (Drop memory);
    /// @notice The first id of a creation that was not given out.
    function nextOf(address creation) external view returns (uint256);
    /// @notice Drops ever opened: they are numbered from 1.
    function dropCount() external view returns (uint256);
}
