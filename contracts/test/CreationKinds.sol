// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {vm} from "./Vm.sol";

/// @dev What collections and editions have in common is asked of both: tests are written against a kind.
abstract contract CreationKind is CreationWorld {
    ICreation internal token;

    function setUp() public virtual override {
        super.setUp();
        token = create(terms(ICreation.Policy.Open));
    }

    function create(ICreation.Terms memory its) internal virtual returns (ICreation);
    function implementation() internal pure virtual returns (address);
    function domainName() internal pure virtual returns (string memory);
    function uriOf(uint256 id) internal view virtual returns (string memory);
    function heldBy(address account, uint256 id) internal view virtual returns (uint256);
    /// @dev Of one token.
    function mintCall(address to, uint256 id, bytes32 content) internal pure virtual returns (bytes memory);
    function moveCall(address from, address to, uint256 id) internal pure virtual returns (bytes memory);
    function burnCall(address from, uint256 id) internal pure virtual returns (bytes memory);
    function validatorSelector() internal pure virtual returns (bytes4);

    function make(ICreation.Policy policy) internal {
        token = create(terms(policy));
    }

    function mint(address to, uint256 id) internal {
        mint(to, id, 0);
    }

    function mint(address to, uint256 id, bytes32 content) internal {
        vm.prank(creator);
        call(mintCall(to, id, content));
    }

    /// @dev In a transaction of its own key.
    function move(address from, address to, uint256 id) internal {
        vm.prank(from, from);
        call(moveCall(from, to, id));
    }

    function moveBy(address operator, address from, address to, uint256 id) internal {
        vm.prank(operator, operator);
        call(moveCall(from, to, id));
    }

    function allow(address from, address operator) internal {
        vm.prank(from);
        ICollection(address(token)).setApprovalForAll(operator, true);
    }

    function notAllowed(ICreation.Policy policy, address operator, address from, address to) internal {
        vm.expectRevert(abi.encodeWithSelector(ICreation.TransferNotAllowed.selector, policy, operator, from, to));
    }

    /// @dev Bubbles what it reverts with.
    function call(bytes memory data) internal {
        (bool done, bytes memory reason) = address(token).call(data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    function own() internal view returns (Ownable) {
        return Ownable(address(token));
    }

    function sign(ICreation.Voucher memory what) internal view returns (bytes memory) {
        return signed(address(token), what);
    }
}

abstract contract CollectionKind is CreationKind {
    function create(ICreation.Terms memory its) internal override returns (ICreation) {
        return ICreation(address(collection(its)));
    }

    function uriOf(uint256 id) internal view override returns (string memory) {
        return ICollection(address(token)).tokenURI(id);
    }

    function heldBy(address account, uint256 id) internal view override returns (uint256) {
        bytes memory owner = abi.encodeCall(ICollection.ownerOf, (id));
        (bool exists, bytes memory answer) = address(token).staticcall(owner);
        return exists && abi.decode(answer, (address)) == account ? 1 : 0;
    }

    function implementation() internal pure override returns (address) {
        return Predeploys.COLLECTION;
    }

    function domainName() internal pure override returns (string memory) {
        return "Edgeloom Collection";
    }

    function mintCall(address to, uint256 id, bytes32 content) internal pure override returns (bytes memory) {
        return abi.encodeCall(ICollection.mint, (to, id, content));
    }

    function moveCall(address from, address to, uint256 id) internal pure override returns (bytes memory) {
        return abi.encodeCall(ICollection.transferFrom, (from, to, id));
    }

    function burnCall(address, uint256 id) internal pure override returns (bytes memory) {
        return abi.encodeCall(ICollection.burn, (id));
    }

    function validatorSelector() internal pure override returns (bytes4) {
        return bytes4(keccak256("validateTransfer(address,address,address,uint256)"));
    }
}

abstract contract EditionsKind is CreationKind {
    function create(ICreation.Terms memory its) internal override returns (ICreation) {
        return ICreation(address(editions(its)));
    }

    function uriOf(uint256 id) internal view override returns (string memory) {
        return IEditions(address(token)).uri(id);
    }

    function heldBy(address account, uint256 id) internal view override returns (uint256) {
        return IEditions(address(token)).balanceOf(account, id);
    }

    function implementation() internal pure override returns (address) {
        return Predeploys.EDITIONS;
    }

    function domainName() internal pure override returns (string memory) {
        return "Edgeloom Editions";
    }

    function mintCall(address to, uint256 id, bytes32 content) internal pure override returns (bytes memory) {
        return abi.encodeCall(IEditions.mint, (to, id, 1, content));
    }

    function moveCall(address from, address to, uint256 id) internal pure override returns (bytes memory) {
        return abi.encodeCall(IEditions.safeTransferFrom, (from, to, id, 1, ""));
    }

    function burnCall(address from, uint256 id) internal pure override returns (bytes memory) {
        return abi.encodeCall(IEditions.burn, (from, id, 1));
    }

    function validatorSelector() internal pure override returns (bytes4) {
        return bytes4(keccak256("validateTransfer(address,address,address,uint256,uint256)"));
    }
}
