// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. All by the real clone.
contract EditionsGasTest is CreationWorld {
    IEditions private _token;

    function setUp() public override {
        super.setUp();
        _token = editions(ICreation.Policy.Operators);
        minted(_token, BOB, 1, 100);
    }

    function test_gas_of_minting() public {
        minted(_token, CAROL, 2, 10);
        _snapshot("mint, of a new edition");
        minted(_token, ALICE, 1, 10);
        _snapshot("mint, to a new holder");
        minted(_token, ALICE, 1, 10);
        _snapshot("mint");
        (uint256[] memory ids, uint256[] memory amounts) = (new uint256[](10), new uint256[](10));
        for (uint256 i = 0; i < 10; ++i) {
            (ids[i], amounts[i]) = (10 + i, 10);
        }
        vm.prank(creator);
        _token.mintBatch(CAROL, ids, amounts);
        _snapshot("mintBatch of 10 new editions");
        issued(address(_token), CAROL, SPLIT, 1);
        _snapshot("issue, of a new edition");
    }

    function test_gas_of_a_voucher() public {
        ICreation.Voucher memory what = voucher(BOB, 1);
        what.amount = 10;
        bytes memory by = signed(address(_token), what);
        ICreation(address(_token)).redeem(what, by, 4);
        _snapshot("redeem");
        ICreation(address(_token)).redeem(what, by, 4);
        _snapshot("redeem, again");
    }

    function test_gas_of_moving() public {
        moved(_token, BOB, ALICE, 1, 10);
        _snapshot("safeTransferFrom, to a new holder");
        moved(_token, BOB, ALICE, 1, 10);
        _snapshot("safeTransferFrom");
        vm.prank(BOB);
        _token.burn(BOB, 1, 10);
        _snapshot("burn, the first");
        vm.prank(BOB);
        _token.burn(BOB, 1, 10);
        _snapshot("burn");
    }

    function test_gas_of_a_cap() public {
        vm.prank(creator);
        _token.setCap(1, 1000);
        _snapshot("setCap");
    }

    function _snapshot(string memory verb) private {
        vm.snapshotGasLastCall("Editions", verb);
    }
}
