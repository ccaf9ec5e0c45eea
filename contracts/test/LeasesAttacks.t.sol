// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Broken} from "./mocks/Broken.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {ILeases} from "../src/interfaces/ILeases.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {LeasesWorld} from "./LeasesWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Whoever wants more than seconds for money: strangers, requesters, workers, and accounts with code.
contract LeasesAttacksTest is LeasesWorld {
    HostileAccount private _hostile;

    function setUp() public override {
        super.setUp();
        _hostile = new HostileAccount();
        vm.deal(address(_hostile), FUNDS);
    }

    function test_threat_5_a_bond_is_burned_and_nobody_gets_any_of_it() public {
        uint256 lease = running();
        end(BOB, lease);
        eq(Predeploys.BURN.balance, BOND, "burned");
        eq(LEASES.creditOf(ALICE), DEPOSIT, "its own money back");
        eq(EDGE_STAKING.describe(1).stake, STAKE - BOND, "the worker's loss");
    }

    function test_threat_7_dust_moves_no_clock() public {
        uint256 lease = running();
        uint256[3] memory dust = [uint256(1), RATE - 1, RATE + 1];
        for (uint256 i = 0; i < dust.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ILeases.NotWholeSeconds.selector, dust[i], RATE));
            vm.prank(CAROL);
            LEASES.extend{value: dust[i]}(lease, termsOf[lease]);
        }
        eq(LEASES.leaseOf(lease).exhaustsAt, START + TERM, "exhausts");
    }

    function test_who_extends_for_a_requester_blocks_nobodys_end() public {
        uint256 lease = running();
        uint256 another = offered();
        take(BOB, another);
        begin(BOB, another);
        vm.warp(START + SERVE_SECONDS);
        extend(CAROL, lease, 1);
        end(ALICE, lease);
        eq(LEASES.creditOf(ALICE), DEPOSIT + RATE - SERVE_SECONDS * uint256(RATE), "the stranger's second, too");
        extend(CAROL, another, 1);
        end(BOB, another);
        holds(LEASES.leaseOf(another).reason == ILeases.Reason.EndedByWorker, "the worker goes when it may");
        eq(LEASES.creditOf(CAROL), 0, "nothing for the stranger");
    }

    /// A term full of a stranger's money is as good as one of the requester's own, and has room again a second later.
    function test_who_fills_a_term_keeps_its_requester_out_for_a_second() public {
        uint256 lease = running();
        extend(CAROL, lease, 7 days - TERM);
        vm.expectRevert(period(60, 0));
        extend(ALICE, lease, 60);
        vm.warp(START + 60);
        extend(ALICE, lease, 60);
        end(ALICE, lease);
        eq(LEASES.creditOf(ALICE), 7 days * uint256(RATE), "what was not used");
    }

    function test_an_exhausted_lease_is_not_extended_in_its_last_block_or_later() public {
        uint256 lease = running();
        vm.warp(START + TERM - 1);
        extend(ALICE, lease, 10);
        uint256 exhaustsAt = START + TERM + 10;
        // Another block may have had this second before.
        vm.warp(exhaustsAt);
        vm.expectRevert(tooLate(lease, exhaustsAt));
        extend(ALICE, lease, 10);
        vm.warp(exhaustsAt + 1000);
        vm.expectRevert(tooLate(lease, exhaustsAt));
        extend(ALICE, lease, 10);
        eq(LEASES.owedFor(lease, termsOf[lease]), DEPOSIT + 10 * uint256(RATE), "no gap is paid for");
    }

    function test_threat_10_a_requester_that_says_nothing_has_accepted() public {
        uint256 lease = running();
        uint256 before = BOB.balance;
        for (uint256 i = 1; i <= 4; ++i) {
            vm.warp(START + i * TERM / 4);
            collect(BOB, lease);
        }
        close(lease);
        eq(BOB.balance - before, net(DEPOSIT), "paid without a word of the requester's");
        eq(lockedOf(BOB), 0, "free");
    }

    function test_threat_10_a_worker_that_never_begins_holds_a_lease_no_longer_than_it_was_given() public {
        uint256 lease = taken();
        vm.warp(START + BEGIN_SECONDS + 1);
        vm.expectRevert(tooLate(lease, START + BEGIN_SECONDS));
        begin(BOB, lease);
        close(lease);
        eq(LEASES.creditOf(ALICE), DEPOSIT, "all of it");
        eq(Predeploys.BURN.balance, BOND, "which costs the bond");
    }

    function test_threat_12_a_bond_cannot_leave_before_its_lease_ends() public {
        uint256 lease = running();
        bytes memory refusal =
            abi.encodeWithSelector(IStakeBook.InsufficientStake.selector, 1, BOB, STAKE - BOND, STAKE);
        vm.expectRevert(refusal);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, STAKE);
        for (uint256 i = 1; i <= 5; ++i) {
            vm.warp(START + i * TERM - 1);
            extend(ALICE, lease, TERM);
        }
        vm.expectRevert(refusal);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, STAKE);
        vm.warp(START + 6 * TERM);
        close(lease);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, STAKE);
    }

    function test_threat_13_nothing_is_earned_past_exhaustion_whoever_waits_how_long() public {
        uint256 lease = taken();
        vm.expectEmit();
        emit ILeases.LeaseBegun(lease, BOB, START + TERM, ENDPOINT);
        begin(BOB, lease);
        uint256[4] memory later = [uint256(TERM), TERM + 1, TERM + 365 days, type(uint32).max];
        for (uint256 i = 0; i < later.length; ++i) {
            vm.warp(START + later[i]);
            eq(LEASES.owedFor(lease, termsOf[lease]), DEPOSIT, "owed");
        }
        eq(collect(BOB, lease), net(DEPOSIT), "collected");
        vm.expectRevert(abi.encodeWithSelector(ILeases.NothingToCollect.selector, BOB));
        collect(BOB, lease);
        close(lease);
        eq(LEASES.creditOf(BOB), 0, "no second is paid twice");
    }

    function test_threat_14_a_worker_cannot_collect_twice_by_calling_back() public {
        uint256 lease = _hostileRuns();
        running();
        vm.warp(START + 100);
        uint256 before = address(_hostile).balance;
        bytes memory call = abi.encodeCall(LEASES.collect, (deals(lease)));
        _hostile.plan(HostileAccount.Mood.Reenter, address(LEASES), call);
        _hostile.perform(address(LEASES), 0, call);
        eq(_hostile.attempts(), 1, "it tried");
        eq(_hostile.successes(), 0, "in vain");
        eq(address(_hostile).balance - before, net(100 * uint256(RATE)), "paid once");
        eq(LEASES.escrowed(), 2 * DEPOSIT - 100 * uint256(RATE), "escrow of others");
    }

    function test_threat_14_a_worker_that_ends_its_lease_while_it_is_paid_gains_nothing() public {
        uint256 lease = _hostileRuns();
        vm.warp(START + SERVE_SECONDS);
        uint256 before = address(_hostile).balance;
        _hostile.plan(
            HostileAccount.Mood.Reenter, address(LEASES), abi.encodeCall(LEASES.end, (lease, termsOf[lease], WHY))
        );
        _hostile.perform(address(LEASES), 0, abi.encodeCall(LEASES.collect, (deals(lease))));
        eq(_hostile.successes(), 1, "it ended it");
        eq(address(_hostile).balance - before, net(SERVE_SECONDS * uint256(RATE)), "paid once");
        eq(LEASES.creditOf(address(_hostile)), 0, "nothing more");
        eq(LEASES.creditOf(ALICE), DEPOSIT - SERVE_SECONDS * uint256(RATE), "the rest");
    }

    function test_threat_14_accounts_that_refuse_money_keep_nobody_from_ending() public {
        _hostile.perform(address(LEASES), DEPOSIT, abi.encodeCall(LEASES.offer, (offer(), SPEC)));
        termsOf[1] = termsFor(address(_hostile), offer(), DEPOSIT);
        take(bonded(BOB), 1);
        begin(BOB, 1);
        uint256 other = _hostileRuns();
        _hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.warp(START + SERVE_SECONDS);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICredits.PayoutFailed.selector, address(_hostile), net(SERVE_SECONDS * uint256(RATE))
            )
        );
        _hostile.perform(address(LEASES), 0, abi.encodeCall(LEASES.collect, (deals(other))));
        _hostile.perform(address(LEASES), 0, abi.encodeCall(LEASES.end, (1, termsOf[1], WHY)));
        end(ALICE, other);
        uint256 used = SERVE_SECONDS * uint256(RATE);
        eq(LEASES.creditOf(BOB), net(used), "its worker");
        eq(LEASES.creditOf(ALICE), DEPOSIT - used, "its requester");
        eq(LEASES.creditOf(address(_hostile)), DEPOSIT - used + net(used), "both of its own wait for it");
        _hostile.plan(HostileAccount.Mood.Accept, address(0), "");
        _hostile.perform(address(LEASES), 0, abi.encodeCall(LEASES.withdraw, ()));
        eq(address(_hostile).balance, FUNDS - STAKE - used + net(used), "when it accepts");
    }

    /// In batches of what a block has room for several times: each lease is on its own, and none waits for another.
    function test_threat_14_a_thousand_leases_end_at_their_seconds_and_none_is_paid_past_them() public {
        uint256 count = 1000;
        ILeases.Offer memory wanted = offer();
        wanted.rate = 1e9;
        bonded(BOB);
        for (uint256 lease = 1; lease <= count; ++lease) {
            offered(ALICE, wanted, 1e9 * (SERVE_SECONDS + lease));
            take(BOB, lease);
            begin(BOB, lease);
        }
        vm.warp(START + SERVE_SECONDS + count);
        uint256 firstBatch = this.closeFrom(1);
        for (uint256 first = 101; first <= count; first += 100) {
            holds(this.closeFrom(first) <= firstBatch, "the last batch costs no more than the first");
        }
        uint256 served = SERVE_SECONDS * count + count * (count + 1) / 2;
        eq(LEASES.creditOf(BOB) + LEASES.recordOf(BOB).fees, 1e9 * served, "every second once");
        eq(LEASES.recordOf(BOB).settled, count, "deals");
        eq(LEASES.escrowed(), 0, "escrow");
        eq(lockedOf(BOB), 0, "free");
    }

    /// Attack 34, too: rewards for work are what it burned at most.
    function test_threat_16_who_leases_from_itself_pays_the_fee_and_earns_what_it_burned() public {
        uint256 lease = offered(CAROL, offer(), DEPOSIT);
        take(bonded(BOB), lease);
        begin(BOB, lease);
        vm.warp(START + TERM);
        close(lease);
        uint256 fee = DEPOSIT / 20;
        eq(LEASES.creditOf(BOB) + LEASES.creditOf(CAROL), DEPOSIT - fee, "a fee less");
        eq(LEASES.recordOf(BOB).burned, fee / 4, "of which a quarter counts");
        eq(PROFILES.reputationOf(BOB), fee, "and a reputation is what was paid for it");
    }

    function test_what_begins_and_ends_in_a_second_costs_nothing_and_is_no_deal() public {
        uint256 lease = running();
        vm.roll(101);
        end(ALICE, lease);
        eq(LEASES.creditOf(ALICE), DEPOSIT, "all of it");
        eq(LEASES.creditOf(BOB), 0, "nothing");
        ITill.Record memory record = LEASES.recordOf(BOB);
        eq(record.settled + record.failed + record.fees, 0, "no deal");
        eq(LEASES.leaseOf(lease).exhaustsAt, START, "ended when it began");
    }

    /// Several blocks may have one second: it is paid once.
    function test_blocks_of_one_second_pay_it_once() public {
        uint256 lease = running();
        vm.warp(START + 1);
        eq(collect(BOB, lease), net(RATE), "a second");
        vm.roll(102);
        vm.expectRevert(abi.encodeWithSelector(ILeases.NothingToCollect.selector, BOB));
        collect(BOB, lease);
    }

    function test_a_worker_whose_stake_was_slashed_elsewhere_serves_on_and_is_paid() public {
        uint256 lease = running();
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.lock(BOB, 1, STAKE - BOND);
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.slash(BOB, 1, STAKE - BOND, 5);
        holds(!EDGE_STAKING.isBonded(BOB), "far below the minimum");
        vm.warp(START + 100);
        eq(collect(BOB, lease), net(100 * uint256(RATE)), "paid");
        end(BOB, lease);
        holds(LEASES.leaseOf(lease).reason == ILeases.Reason.LeftEarly, "left");
        eq(EDGE_STAKING.totalSlashed(), STAKE, "its bond was still there");
    }

    function test_a_lease_ends_at_the_node_that_took_it_whoever_runs_that_now() public {
        uint256 lease = running();
        vm.prank(BOB);
        EDGE_STAKING.appoint(1, CAROL);
        vm.prank(CAROL);
        EDGE_STAKING.accept(1);
        vm.warp(START + SERVE_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotParty.selector, lease, CAROL));
        end(CAROL, lease);
        eq(lockedOf(CAROL), BOND, "the node's");
        end(BOB, lease);
        eq(lockedOf(CAROL), 0, "free");
    }

    function test_rewards_that_fail_keep_nobody_from_being_paid() public {
        uint256 lease = running();
        vm.etch(Predeploys.EDGE_REWARDS, address(new Broken()).code);
        vm.warp(START + 100);
        eq(collect(BOB, lease), net(100 * uint256(RATE)), "paid");
        vm.warp(START + 200);
        end(ALICE, lease);
        (uint256 unburned, uint256 unshared) = LEASES.dues();
        eq(unburned, 200 * uint256(RATE) / 80, "a quarter of the fee");
        eq(unshared, 200 * uint256(RATE) / 20 - unburned, "and the rest");
    }

    /// The dearest lease, renewed for four years and never collected: what no word of dues has room for is passed on.
    function test_the_dearest_lease_pays_all_that_it_gathered() public {
        ILeases.Offer memory wanted = offer();
        wanted.rate = 1e18;
        wanted.beginSeconds = 1;
        wanted.serveSeconds = 0;
        vm.deal(ALICE, 1_000_000_000e18);
        uint256 lease = offered(ALICE, wanted, 7 days * 1e18);
        take(bonded(BOB), lease);
        begin(BOB, lease);
        uint256 exhaustsAt = START + 7 days;
        for (uint256 i = 0; i < 208; ++i) {
            vm.warp(exhaustsAt - 1);
            extend(ALICE, lease, 7 days - 1);
            exhaustsAt += 7 days - 1;
        }
        vm.warp(exhaustsAt);
        uint256 amount = (exhaustsAt - START) * 1e18;
        eq(collect(BOB, lease), net(amount), "paid");
        eq(Predeploys.BURN.balance, amount / 80, "burned");
        eq(Predeploys.EDGE_REWARDS.balance, amount / 20 - amount / 80, "for edge nodes");
        eq(address(LEASES).balance, 0, "balance");
    }

    /// Terms that a hash keeps are worth nothing with another lease's number, though two of one block may have the same.
    function test_threat_26_terms_are_of_their_own_lease() public {
        uint256 lease = offered();
        ILeases.Offer memory wanted = offer();
        wanted.rate = 2 * RATE;
        uint256 dear = offered(ALICE, wanted, 2 * DEPOSIT);
        bonded(BOB);
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotTheTerms.selector, lease));
        vm.prank(BOB);
        LEASES.take(lease, termsOf[dear]);
    }

    /// @dev Closes a hundred leases; from outside, so that each batch has memory of its own.
    function closeFrom(uint256 first) external returns (uint256 gas) {
        ILeases.Deal[] memory batch = new ILeases.Deal[](100);
        for (uint256 i = 0; i < 100; ++i) {
            batch[i] = ILeases.Deal(first + i, termsOf[first + i]);
        }
        gas = gasleft();
        LEASES.close(batch);
        gas -= gasleft();
    }

    function _hostileRuns() private returns (uint256 lease) {
        lease = offered();
        _hostile.perform(address(EDGE_STAKING), STAKE, abi.encodeCall(EDGE_STAKING.bond, ()));
        _hostile.perform(address(LEASES), 0, abi.encodeCall(LEASES.take, (lease, termsOf[lease])));
        _hostile.perform(address(LEASES), 0, abi.encodeCall(LEASES.begin, (lease, termsOf[lease], ENDPOINT)));
    }
}
