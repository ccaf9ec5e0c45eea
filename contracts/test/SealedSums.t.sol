// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Couriers} from "./mocks/Couriers.sol";
import {ISealed} from "../src/interfaces/ISealed.sol";
import {SealedWorld} from "./SealedWorld.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever is done with sealed answers: sums over all demands, computed the long way.
contract SealedSumsTest is SealedWorld {
    Couriers private _couriers;

    function setUp() public override {
        _couriers = new Couriers();
        _couriers.setUp();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_couriers);
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[10] memory verbs = [
            Couriers.seal.selector,
            Couriers.release.selector,
            Couriers.release.selector,
            Couriers.complain.selector,
            Couriers.demand.selector,
            Couriers.demand.selector,
            Couriers.answer.selector,
            Couriers.reclaim.selector,
            Couriers.withdraw.selector,
            Couriers.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_couriers), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_the_balance_is_what_is_held_and_credited() public view {
        eq(address(SEALED).balance, SEALED.held() + SEALED.credited(), "balance");
    }

    function invariant_what_is_held_is_for_pieces_that_nobody_showed() public view {
        uint256 left;
        for (uint256 jobId = 0; jobId < _couriers.count(); ++jobId) {
            left += SEALED.demandOf(SEALED.sealIdOf(BOB, jobId)).left;
        }
        eq(SEALED.held(), left * PIECE, "held");
    }

    function invariant_what_was_deposited_is_paid_out_once() public view {
        uint256 sum = SEALED.creditOf(BOB);
        for (uint256 i = 0; i < _couriers.PAYERS(); ++i) {
            sum += SEALED.creditOf(_couriers.payer(i));
        }
        eq(SEALED.credited(), sum, "credits");
        eq(sum + _couriers.withdrawn() + SEALED.held(), _couriers.deposited(), "deposits");
    }

    function invariant_only_what_is_false_is_at_fault() public view {
        for (uint256 jobId = 0; jobId < _couriers.count(); ++jobId) {
            ISealed.Seal memory made = SEALED.sealOf(SEALED.sealIdOf(BOB, jobId));
            holds(made.fault == 0 || _couriers.isFalse(jobId), "false");
        }
    }

    /// The invariants above say something only if the couriers get through every verb.
    function test_the_couriers_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 300; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 10, raw >> 16);
        }
        bytes32[8] memory verbs =
            [bytes32("seal"), "release", "complain", "demand", "answer", "reclaim", "withdraw", "wait"];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_couriers.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0) _couriers.seal(raw % 2 == 0);
        else if (verb < 3) _couriers.release(raw);
        else if (verb == 3) _couriers.complain(raw);
        else if (verb < 6) _couriers.demand(raw, raw >> 8);
        else if (verb == 6) _couriers.answer(raw, uint64(raw >> 8));
        else if (verb == 7) _couriers.reclaim(raw);
        else if (verb == 8) _couriers.withdraw(raw);
        else _couriers.wait(raw);
    }
}
