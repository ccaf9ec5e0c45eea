// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {ILeases} from "../src/interfaces/ILeases.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {LeasesWorld} from "./LeasesWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev offer and take: the verbs before a machine serves.
contract LeasesOfferTest is LeasesWorld {
    function test_offer_refuses_rates_out_of_range() public {
        uint96[4] memory rates = [0, 1e9 - 1, 1e18 + 1, type(uint96).max];
        ILeases.Offer memory wanted = offer();
        for (uint256 i = 0; i < rates.length; ++i) {
            wanted.rate = rates[i];
            _refuse(wanted, DEPOSIT, abi.encodeWithSelector(ILeases.RateOutOfRange.selector, rates[i], 1e9, 1e18));
        }
        wanted.serveSeconds = 1;
        wanted.rate = 1e9;
        offered(ALICE, wanted, 1e9);
        wanted.rate = 1e18;
        offered(ALICE, wanted, 1e18);
    }

    function test_offer_refuses_what_pays_for_no_whole_seconds() public {
        uint96[2] memory rates = [1e9 + 7, uint96(1e18 - 1)];
        ILeases.Offer memory wanted = offer();
        for (uint256 i = 0; i < rates.length; ++i) {
            wanted.rate = rates[i];
            uint256 term = uint256(rates[i]) * TERM;
            bytes4 refusal = ILeases.NotWholeSeconds.selector;
            _refuse(wanted, term - 1, abi.encodeWithSelector(refusal, term - 1, rates[i]));
            _refuse(wanted, term + 1, abi.encodeWithSelector(refusal, term + 1, rates[i]));
            offered(ALICE, wanted, term);
        }
    }

    function test_offer_refuses_terms_out_of_range() public {
        _refuse(offer(), 0, period(0, 7 days));
        _refuse(offer(), uint256(RATE) * (7 days + 1), period(7 days + 1, 7 days));
        offered(ALICE, offer(), uint256(RATE) * 7 days);
        eq(LEASES.TERM_MAX(), 7 days, "the longest term");
    }

    function test_offer_refuses_periods_out_of_range() public {
        ILeases.Offer memory wanted = offer();
        wanted.takeSeconds = 0;
        _refuse(wanted, DEPOSIT, period(0, 7 days));
        wanted.takeSeconds = 7 days + 1;
        _refuse(wanted, DEPOSIT, period(7 days + 1, 7 days));
        wanted.takeSeconds = 7 days;
        wanted.beginSeconds = 0;
        _refuse(wanted, DEPOSIT, period(0, 1 days));
        wanted.beginSeconds = 1 days + 1;
        _refuse(wanted, DEPOSIT, period(1 days + 1, 1 days));
        wanted.beginSeconds = 1 days;
        wanted.serveSeconds = TERM + 1;
        _refuse(wanted, DEPOSIT, period(TERM + 1, TERM));
        wanted.serveSeconds = TERM;
        wanted.providersAfter = 7 days + 1;
        _refuse(wanted, DEPOSIT, period(7 days + 1, 7 days));
        wanted.providersAfter = 7 days;
        offered(ALICE, wanted, DEPOSIT);
    }

    function test_offer_refuses_requirements_that_mean_nothing_yet() public {
        ILeases.Offer memory wanted = offer();
        wanted.requirements = uint256(1 << 176);
        _refuse(wanted, DEPOSIT, abi.encodeWithSelector(ILeases.MalformedRequirements.selector, wanted.requirements));
    }

    /// At the highest rate, a bond of a week and a day is more than anybody can have at stake.
    function test_offer_refuses_a_lease_whose_bond_no_stake_can_be_as_large_as() public {
        vm.deal(ALICE, 10 * FUNDS);
        uint256 most = PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax);
        ILeases.Offer memory wanted = offer();
        wanted.rate = 1e18;
        wanted.beginSeconds = 1 days;
        wanted.serveSeconds = uint32(most / 1e18) - 1 days + 1;
        bytes memory refusal = abi.encodeWithSelector(ITill.BondTooLarge.selector, most + 1e18, most);
        _refuse(wanted, 604_800e18, refusal);
        wanted.serveSeconds -= 1;
        uint256 lease = offered(ALICE, wanted, 604_800e18);
        vm.deal(BOB, most);
        vm.prank(BOB);
        EDGE_STAKING.bond{value: most}();
        take(BOB, lease);
        eq(lockedOf(BOB), most, "all of it");
    }

    function test_leases_refuse_plain_transfers() public {
        vm.prank(ALICE);
        (bool sent,) = address(LEASES).call{value: 1}("");
        holds(!sent, "money that belongs to no lease");
    }

    function test_offer_escrows_and_announces() public {
        ILeases.Offer memory wanted = offer();
        wanted.worker = CAROL;
        wanted.providersAfter = 300;
        vm.expectEmit();
        emit ILeases.LeaseOffered(1, ALICE, SUBJECT, termsFor(ALICE, wanted, DEPOSIT), SPEC);
        eq(offered(ALICE, wanted, DEPOSIT), 1, "first number");
        eq(offered(), 2, "second number");
        eq(LEASES.leaseCount(), 2, "count");
        eq(LEASES.escrowed(), 2 * DEPOSIT, "escrow");
        eq(address(LEASES).balance, 2 * DEPOSIT, "balance");
        ILeases.Lease memory lease = LEASES.leaseOf(1);
        eq(lease.termsHash, bytes24(keccak256(abi.encode(termsOf[1]))), "terms");
        eq(lease.worker, address(0), "no worker");
        eq(lease.exhaustsAt, 0, "never began");
        holds(lease.phase == ILeases.Phase.Offered && lease.reason == ILeases.Reason.None, "offered");
    }

    function testFuzz_the_bond_is_the_price_of_the_time_that_can_be_wasted(uint256 rate, uint32 begins, uint32 serves)
        public
        pure
    {
        rate = within(rate, 1e9, 1e18);
        uint256 price = rate * begins + rate * serves;
        eq(LEASES.bondFor(rate, begins, serves), price > 1e18 ? price : 1e18, "bond");
    }

    function test_take_refuses_unknown_leases_and_other_terms() public {
        bytes memory refusal = abi.encodeWithSelector(ILeases.NotTheTerms.selector, 1);
        vm.expectRevert(refusal);
        LEASES.take(1, termsOf[1]);
        offered();
        bonded(BOB);
        ILeases.Terms memory terms = termsOf[1];
        terms.rate += 1;
        vm.expectRevert(refusal);
        vm.prank(BOB);
        LEASES.take(1, terms);
    }

    function test_take_refuses_what_is_taken_or_has_ended() public {
        uint256 lease = taken();
        bonded(CAROL);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Taken));
        take(CAROL, lease);
        begin(BOB, lease);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Running));
        take(CAROL, lease);
        end(ALICE, lease);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Ended));
        take(CAROL, lease);
    }

    function test_take_refuses_after_its_time_but_not_at_it() public {
        uint256 lease = offered();
        bonded(BOB);
        vm.warp(START + TAKE_SECONDS + 1);
        vm.expectRevert(tooLate(lease, START + TAKE_SECONDS));
        take(BOB, lease);
        vm.warp(START + TAKE_SECONDS);
        take(BOB, lease);
    }

    function test_take_refuses_the_requester_and_whom_it_is_not_offered_to() public {
        ILeases.Offer memory wanted = offer();
        wanted.worker = BOB;
        uint256 lease = offered(ALICE, wanted, DEPOSIT);
        bonded(ALICE);
        bonded(BOB);
        bonded(CAROL);
        vm.expectRevert(abi.encodeWithSelector(ILeases.OwnLease.selector, lease));
        take(ALICE, lease);
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotOffered.selector, lease, CAROL));
        take(CAROL, lease);
        take(BOB, lease);
    }

    function test_take_refuses_who_is_not_bonded_or_has_locked_all() public {
        uint256 lease = offered();
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NotBonded.selector, BOB));
        take(BOB, lease);
        bonded(BOB);
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.lock(BOB, 1, STAKE - BOND + 1);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientFreeStake.selector, BOB, BOND - 1, BOND));
        take(BOB, lease);
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.unlock(BOB, 1, 1);
        take(BOB, lease);
        eq(lockedOf(BOB), STAKE, "locked");
    }

    function test_take_refuses_who_is_not_what_the_lease_asks_for() public {
        ILeases.Offer memory wanted = offer();
        // A card of class 7 in Portugal.
        wanted.requirements = uint256(620 | 7 << 16);
        uint256 lease = offered(ALICE, wanted, DEPOSIT);
        bonded(BOB);
        vm.prank(BOB);
        PROFILES.declare(620, 6, 24, 0);
        vm.expectRevert(abi.encodeWithSelector(ITill.RequirementsNotMet.selector, lease, BOB));
        take(BOB, lease);
        vm.prank(BOB);
        PROFILES.declare(620, 8, 24, 0);
        take(BOB, lease);
    }

    function test_take_refuses_providers_before_their_time_and_others_never() public {
        ILeases.Offer memory wanted = offer();
        wanted.providersAfter = 300;
        uint256 lease = offered(ALICE, wanted, DEPOSIT);
        uint256 another = offered(ALICE, wanted, DEPOSIT);
        uint256 open = offered();
        vm.prank(Predeploys.TIMELOCK);
        PROFILES.listProvider(CAROL, true);
        bonded(CAROL);
        vm.warp(START + 299);
        vm.expectRevert(abi.encodeWithSelector(ITill.NotYetForProviders.selector, lease, START + 300));
        take(CAROL, lease);
        take(bonded(BOB), another);
        take(CAROL, open);
        vm.warp(START + 300);
        take(CAROL, lease);
    }

    function test_take_locks_the_bond_and_announces() public {
        uint256 lease = offered();
        bonded(BOB);
        vm.warp(START + 100);
        vm.expectEmit();
        emit ILeases.LeaseTaken(lease, BOB, START + 100 + BEGIN_SECONDS);
        vm.expectEmit();
        emit IEdgeStaking.Locked(BOB, 1, lease, address(LEASES), BOND);
        take(BOB, lease);
        ILeases.Lease memory its = LEASES.leaseOf(lease);
        eq(its.worker, BOB, "worker");
        eq(its.since, START + 100, "since");
        holds(its.phase == ILeases.Phase.Taken, "taken");
        eq(lockedOf(BOB), BOND, "locked");
    }

    /// Whatever is voted meanwhile, a lease ends by the share that it was offered under.
    function test_what_is_burned_of_the_fee_is_fixed_by_the_offer() public {
        uint256 lease = running();
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.BurnShare, 10_000);
        uint256 later = offered();
        vm.warp(START + TAKE_SECONDS);
        end(ALICE, lease);
        uint256 fee = uint256(RATE) * TAKE_SECONDS / 20;
        (uint256 unburned, uint256 unshared) = LEASES.dues();
        eq(unburned, fee / 4, "burned");
        eq(unshared, fee - fee / 4, "shared");
        eq(termsOf[later].burnShare, 10_000, "of a later one");
        take(BOB, later);
    }

    function _refuse(ILeases.Offer memory wanted, uint256 value, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(ALICE);
        LEASES.offer{value: value}(wanted, SPEC);
    }
}
