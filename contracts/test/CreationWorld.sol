// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Collection} from "../src/nft/Collection.sol";
import {Editions} from "../src/nft/Editions.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {INftFactory} from "../src/interfaces/INftFactory.sol";
import {NftFactory} from "../src/nft/NftFactory.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {vm} from "./Vm.sol";

/// @dev Collections and editions where genesis puts them, by runtime code alone; clones by the real factory, of a creator whose key is known,
/// and holders of whom one's is.
abstract contract CreationWorld {
    INftFactory internal constant FACTORY = INftFactory(Predeploys.NFT_FACTORY);

    uint256 internal constant CREATOR_KEY = 0xc4ea704;
    uint256 internal constant HOLDER_KEY = 0x401de4;
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant CAROL = address(0xca201);
    /// @dev Who is paid royalties.
    address internal constant STUDIO = address(0x57d10);

    uint256 internal constant START = 1_800_000_000;
    uint16 internal constant ROYALTY_BPS = 500;
    /// @dev Ids below are the creator's.
    uint32 internal constant SPLIT = 1_000_000;

    address internal creator;
    address internal holder;
    uint256 private _salt;

    function setUp() public virtual {
        vm.warp(START);
        vm.etch(Predeploys.COLLECTION, address(new Collection()).code);
        vm.etch(Predeploys.EDITIONS, address(new Editions()).code);
        vm.etch(Predeploys.NFT_FACTORY, address(new NftFactory()).code);
        creator = vm.addr(CREATOR_KEY);
        holder = vm.addr(HOLDER_KEY);
    }

    function collection(ICreation.Policy policy) internal returns (ICollection) {
        return collection(terms(policy));
    }

    function collection(ICreation.Terms memory its) internal returns (ICollection) {
        vm.prank(its.creator);
        return ICollection(FACTORY.createCollection(its, bytes32(++_salt)));
    }

    function editions(ICreation.Policy policy) internal returns (IEditions) {
        return editions(terms(policy));
    }

    function editions(ICreation.Terms memory its) internal returns (IEditions) {
        vm.prank(its.creator);
        return IEditions(FACTORY.createEditions(its, bytes32(++_salt)));
    }

    /// @dev By the creator, without content.
    function minted(ICollection token, address to, uint256 id) internal {
        vm.prank(creator);
        token.mint(to, id, 0);
    }

    function minted(IEditions token, address to, uint256 id, uint256 amount) internal {
        vm.prank(creator);
        token.mint(to, id, amount, 0);
    }

    /// @dev By drops, an id of theirs.
    function issued(address token, address to, uint256 id, uint256 amount) internal {
        vm.prank(Predeploys.DROPS);
        ICreation(token).issue(to, id, amount);
    }

    function moved(ICollection token, address from, address to, uint256 id) internal {
        vm.prank(from, from);
        token.transferFrom(from, to, id);
    }

    function moved(IEditions token, address from, address to, uint256 id, uint256 amount) internal {
        vm.prank(from, from);
        token.safeTransferFrom(from, to, id, amount, "");
    }

    function terms(ICreation.Policy policy) internal view returns (ICreation.Terms memory) {
        return ICreation.Terms({
            creator: creator,
            name: "Looms",
            symbol: "LOOM",
            contractUri: "ipfs://contract",
            baseUri: "https://looms.example/",
            royaltyTo: STUDIO,
            royaltyBps: ROYALTY_BPS,
            policy: policy,
            split: SPLIT
        });
    }

    /// @dev Of one token, without content, for a day.
    function voucher(address to, uint256 id) internal view returns (ICreation.Voucher memory) {
        return ICreation.Voucher(id, to, 1, 0, uint40(block.timestamp + 1 days), 0);
    }

    function signed(address token, ICreation.Voucher memory what) internal view returns (bytes memory) {
        return signature(CREATOR_KEY, ICreation(token).voucherDigest(what));
    }

    function permitDigest(ICollection token, address spender, uint256 id, uint256 nonce, uint256 deadline)
        internal
        view
        returns (bytes32)
    {
        bytes32 permit = keccak256("Permit(address spender,uint256 tokenId,uint256 nonce,uint256 deadline)");
        bytes32 domain = ICreation(address(token)).DOMAIN_SEPARATOR();
        return
            keccak256(abi.encodePacked(hex"1901", domain, keccak256(abi.encode(permit, spender, id, nonce, deadline))));
    }

    function signature(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
