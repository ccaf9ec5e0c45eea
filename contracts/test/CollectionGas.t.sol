// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {holds, vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. All by the real clone.
contract CollectionGasTest is CreationWorld {
    uint256 private constant MINT_MAX = 65_000;

    ICollection private _token;

    function setUp() public override {
        super.setUp();
        _token = collection(ICreation.Policy.Operators);
        minted(_token, holder, 1);
        minted(_token, BOB, 2);
        vm.warp(START + 1 hours);
    }

    function test_gas_of_minting() public {
        minted(_token, CAROL, 10);
        _snapshot("mint, to a new holder");
        minted(_token, CAROL, 11);
        holds(_snapshot("mint") <= MINT_MAX, "mint");
        vm.prank(creator);
        _token.mint(CAROL, 12, keccak256("content"));
        _snapshot("mint, with content");
        vm.prank(creator);
        _token.mintBatch(CAROL, 20, 10, new bytes32[](0));
        _snapshot("mintBatch of 10");
        issued(address(_token), CAROL, SPLIT, 10);
        _snapshot("issue of 10");
    }

    function test_gas_of_a_voucher() public {
        ICreation.Voucher memory what = voucher(BOB, 10);
        bytes memory by = signed(address(_token), what);
        vm.prank(CAROL);
        ICreation(address(_token)).redeem(what, by, 1);
        _snapshot("redeem");
        vm.prank(creator);
        ICreation(address(_token)).revokeVouchers();
        _snapshot("revokeVouchers");
    }

    function test_gas_of_moving() public {
        minted(_token, holder, 3);
        moved(_token, holder, BOB, 1);
        _snapshot("transferFrom");
        moved(_token, holder, CAROL, 3);
        _snapshot("transferFrom, the last, to a new holder");
        vm.prank(BOB);
        _token.setApprovalForAll(Predeploys.EXCHANGE, true);
        _snapshot("setApprovalForAll");
        vm.prank(Predeploys.EXCHANGE);
        _token.transferFrom(BOB, CAROL, 1);
        _snapshot("transferFrom, by the exchange");
        vm.prank(CAROL);
        _token.burn(1);
        _snapshot("burn");
    }

    function test_gas_of_a_permit() public {
        bytes32 digest = permitDigest(_token, BOB, 1, 0, block.timestamp);
        vm.prank(BOB);
        _token.permit(BOB, 1, block.timestamp, signature(HOLDER_KEY, digest));
        _snapshot("permit");
    }

    function test_gas_of_a_user() public {
        vm.prank(holder);
        _token.setUser(1, CAROL, uint64(block.timestamp + 1 days));
        _snapshot("setUser");
        vm.prank(CAROL);
        _token.setUser(1, address(0), 0);
        _snapshot("setUser, given up");
    }

    function test_gas_of_what_a_creator_says() public {
        ICreation of_ = ICreation(address(_token));
        vm.prank(creator);
        of_.setContent(1, keccak256("content"));
        _snapshot("setContent");
        vm.prank(creator);
        of_.setOnChain(2, new bytes(1024));
        _snapshot("setOnChain, of 1,024 bytes");
        vm.prank(creator);
        of_.setRoyalty(STUDIO, 100);
        _snapshot("setRoyalty");
        vm.prank(creator);
        of_.setOperator(CAROL, true);
        _snapshot("setOperator");
        vm.prank(creator);
        of_.freeze();
        _snapshot("freeze");
    }

    function _snapshot(string memory verb) private returns (uint256) {
        return vm.snapshotGasLastCall("Collection", verb);
    }
}
