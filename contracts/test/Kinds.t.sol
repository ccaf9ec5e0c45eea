// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IAttested} from "../src/interfaces/IAttested.sol";
import {IKinds} from "../src/interfaces/IKinds.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract KindsTest is MarketWorld {
    function test_add_and_close_refuse_everybody_but_the_timelock() public {
        address[3] memory callers = [ALICE, Predeploys.GOVERNOR, Predeploys.JOB_MARKET];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IKinds.OnlyTimelock.selector, callers[i]);
            IKinds.Kind memory rules = umpiredRules();
            vm.expectRevert(refusal);
            vm.prank(callers[i]);
            KINDS.add(rules, "", "");
            vm.expectRevert(refusal);
            vm.prank(callers[i]);
            KINDS.close(1);
        }
    }

    function test_add_refuses_rules_that_no_job_can_have() public {
        IKinds.Kind memory rules = umpiredRules();
        rules.verifier = address(0xc0de);
        _refuse(rules);
        rules = umpiredRules();
        rules.open = false;
        _refuse(rules);
        rules = umpiredRules();
        rules.bondMin = 0;
        _refuse(rules);
        rules = umpiredRules();
        rules.priceMin = 0;
        _refuse(rules);
        rules.priceMin = rules.priceMax + 1;
        _refuse(rules);
        rules.priceMin = rules.priceMax;
        _added(rules);
        // So that its bond is no matter.
        rules.bondShare = 0;
        rules.priceMax = 500_000e18 + 1;
        _refuse(rules);
        rules.priceMax = 500_000e18;
        _added(rules);
        rules.workSecondsMax = 0;
        _refuse(rules);
        rules.workSecondsMax = 1 days + 1;
        _refuse(rules);
        rules.workSecondsMax = 1;
        _added(rules);
    }

    function test_add_refuses_kinds_whose_dearest_job_nobody_could_take() public {
        IKinds.Kind memory rules = umpiredRules();
        rules.bondMin = 500_000e18 + 1;
        _refuse(rules);
        rules.bondMin = 500_000e18;
        _added(rules);
        (rules.bondMin, rules.bondShare) = (1, 50_000);
        _added(rules);
        // Of 100,000 TFUEL: all that a node can have, and 10 of them more.
        rules.bondShare = 50_001;
        _refuse(rules);
        rules.bondShare = type(uint32).max;
        _refuse(rules);
        rules.bondShare = 50_000;
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.EdgeStakeMax, 500_000e18 - 1);
        _refuse(rules);
        rules.priceMax -= 1;
        _added(rules);
    }

    function test_add_numbers_kinds_and_announces() public {
        IKinds.Kind memory rules = umpiredRules();
        rules.bondShare = 0;
        vm.expectEmit();
        emit IKinds.KindAdded(7, "frames of a film", "frame", rules);
        vm.prank(Predeploys.TIMELOCK);
        eq(KINDS.add(rules, "frames of a film", "frame"), 7, "number");
        eq(KINDS.count(), 7, "count");
        eq(keccak256(abi.encode(KINDS.rulesOf(7))), keccak256(abi.encode(rules)), "its rules");
        eq(keccak256(abi.encode(KINDS.rulesOf(UMPIRED))), keccak256(abi.encode(umpiredRules())), "and the others'");
        eq(KINDS.bondFor(7, 100e18), rules.bondMin, "the least");
    }

    function test_genesis_has_five_kinds() public view {
        IKinds.Kind memory rules = IKinds.Kind({
            verifier: Predeploys.INFERENCE,
            assurance: IKinds.Assurance.Executed,
            open: true,
            bondShare: 10_000,
            workSecondsMax: 1 days,
            bondMin: 1e18,
            priceMin: 1e9,
            priceMax: 500_000e18
        });
        eq(keccak256(abi.encode(KINDS.rulesOf(1))), keccak256(abi.encode(rules)), "inferences");
        (rules.verifier, rules.assurance) = (Predeploys.POSSESSION, IKinds.Assurance.Proven);
        eq(keccak256(abi.encode(KINDS.rulesOf(2))), keccak256(abi.encode(rules)), "possession");
        (rules.verifier, rules.assurance) = (Predeploys.DISPUTABLE, IKinds.Assurance.Disputable);
        (rules.bondShare, rules.bondMin, rules.priceMax) = (400_000, 100e18, 22e18);
        eq(keccak256(abi.encode(KINDS.rulesOf(3))), keccak256(abi.encode(rules)), "claims");
        rules.verifier = Predeploys.SEALED;
        eq(keccak256(abi.encode(KINDS.rulesOf(5))), keccak256(abi.encode(rules)), "sealed answers");
        IAttested attested = IAttested(Predeploys.ATTESTED);
        (rules.verifier, rules.assurance) = (Predeploys.ATTESTED, IKinds.Assurance.Attested);
        (rules.bondShare, rules.bondMin) = (10_000, 13e18);
        (rules.priceMin, rules.priceMax) = (uint96(2 * attested.feeOf(0)), 10_000e18);
        rules.workSecondsMax = uint32(attested.TURN() / 2);
        eq(keccak256(abi.encode(KINDS.rulesOf(4))), keccak256(abi.encode(rules)), "work that a committee does again");
    }

    function test_no_genesis_kind_has_a_job_whose_bond_nobody_could_lock() public view {
        for (uint16 kind = 1; kind < UMPIRED; ++kind) {
            holds(KINDS.bondFor(kind, KINDS.rulesOf(kind).priceMax) <= 500_000e18, "the largest stake");
        }
    }

    function test_close_closes_a_kind_once_and_no_other() public {
        for (uint16 kind = 1; kind <= UMPIRED; ++kind) {
            vm.expectEmit();
            emit IKinds.KindClosedToJobs(kind);
            _close(kind);
            holds(!KINDS.rulesOf(kind).open, "closed");
            if (kind < UMPIRED) holds(KINDS.rulesOf(kind + 1).open, "the next is not");
            vm.expectRevert(abi.encodeWithSelector(IKinds.KindClosed.selector, kind));
            _close(kind);
        }
        eq(KINDS.count(), UMPIRED, "still there");
        eq(KINDS.bondFor(UMPIRED, 100e18), 50e18, "with their rules");
    }

    function test_everything_refuses_unknown_kinds() public {
        uint16[3] memory unknown = [uint16(0), UMPIRED + 1, type(uint16).max];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IKinds.KindUnknown.selector, unknown[i]);
            vm.expectRevert(refusal);
            KINDS.rulesOf(unknown[i]);
            vm.expectRevert(refusal);
            KINDS.bondFor(unknown[i], 1);
            vm.expectRevert(refusal);
            _close(unknown[i]);
        }
    }

    function testFuzz_a_bond_is_a_share_of_the_price_or_the_least(uint256 price) public view {
        price = within(price, 1e9, 500_000e18);
        eq(KINDS.bondFor(1, price), price > 1e18 ? price : 1e18, "all of it");
        eq(KINDS.bondFor(3, price), price > 2.5e18 ? 40 * price : 100e18, "forty times as much");
        eq(KINDS.bondFor(UMPIRED, price), price / 2 > 2e18 ? price / 2 : 2e18, "half of it");
    }

    function _added(IKinds.Kind memory rules) private {
        vm.prank(Predeploys.TIMELOCK);
        KINDS.add(rules, "", "");
    }

    function _refuse(IKinds.Kind memory rules) private {
        vm.expectRevert(abi.encodeWithSelector(IKinds.MalformedKind.selector));
        _added(rules);
    }

    function _close(uint16 kind) private {
        vm.prank(Predeploys.TIMELOCK);
        KINDS.close(kind);
    }
}
