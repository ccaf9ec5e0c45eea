// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibClone} from "solady/utils/LibClone.sol";
import {ICreation} from "../interfaces/ICreation.sol";
import {INftFactory} from "../interfaces/INftFactory.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Keeps who it made: anybody can deploy the same bytes elsewhere.
contract NftFactory is INftFactory {
    mapping(address account => bool) public isCollection;
    mapping(address account => bool) public isEditions;

    function createCollection(ICreation.Terms calldata terms, bytes32 salt) external returns (address collection) {
        collection = _clone(Predeploys.COLLECTION, terms, salt);
        isCollection[collection] = true;
        emit CollectionCreated(collection, msg.sender, salt);
        ICreation(collection).initialize(terms);
    }

    function createEditions(ICreation.Terms calldata terms, bytes32 salt) external returns (address editions) {
        editions = _clone(Predeploys.EDITIONS, terms, salt);
        isEditions[editions] = true;
        emit EditionsCreated(editions, msg.sender, salt);
        ICreation(editions).initialize(terms);
    }

    function collectionAt(address creator, bytes32 salt) external view returns (address) {
        return _at(Predeploys.COLLECTION, creator, salt);
    }

    function editionsAt(address creator, bytes32 salt) external view returns (address) {
        return _at(Predeploys.EDITIONS, creator, salt);
    }

    function _clone(address implementation, ICreation.Terms calldata terms, bytes32 salt) private returns (address) {
        if (terms.creator != msg.sender) revert NotCreator(terms.creator, msg.sender);
        address creation = _at(implementation, msg.sender, salt);
        if (creation.code.length != 0) revert SaltUsed(creation);
        return LibClone.cloneDeterministic(implementation, _saltOf(msg.sender, salt));
    }

    function _at(address implementation, address creator, bytes32 salt) private view returns (address) {
        return LibClone.predictDeterministicAddress(implementation, _saltOf(creator, salt), address(this));
    }

    /// @dev No creator can take an address that is another's.
    function _saltOf(address creator, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(creator, salt));
    }
}
