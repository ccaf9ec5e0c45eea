// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICreation} from "./ICreation.sol";

/// @title Where collections and editions come from
/// @notice Clones (ERC-1167) of two contracts that nobody can change. An address follows from who creates and a salt, so that it can be named
/// before there is anything.
interface INftFactory {
    /// @notice The terms name somebody else as creator than the caller.
    error NotCreator(address creator, address caller);
    /// @notice The creator has one of this kind with this salt.
    error SaltUsed(address creation);

    event CollectionCreated(address indexed collection, address indexed creator, bytes32 salt);
    event EditionsCreated(address indexed editions, address indexed creator, bytes32 salt);

    function createCollection(ICreation.Terms calldata terms, bytes32 salt) external returns (address collection);
    function createEditions(ICreation.Terms calldata terms, bytes32 salt) external returns (address editions);

    /// @notice Where a creator's next collection with this salt will be, or is.
    function collectionAt(address creator, bytes32 salt) external view returns (address);
    function editionsAt(address creator, bytes32 salt) external view returns (address);
    /// @notice Whether it comes from here: its code is known, then.
    function isCollection(address account) external view returns (bool);
    function isEditions(address account) external view returns (bool);
}
