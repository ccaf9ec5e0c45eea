// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What DOMAIN.md numbers, as far as a market for jobs can be attacked by it.
contract JobMarketThreatsTest is MarketWorld {
    /// Who takes jobs of others to keep them from being done pays more for each than it is worth.
    function testFuzz_threat_7_blocking_jobs_of_dust_costs_a_bond_each(uint256 price, uint256 count) public {
        price = within(price, 1e9, 10e18);
        count = within(count, 1, 20);
        bonded(BOB, STAKE);
        uint256 order = posted(ALICE, uint128(price), request(uint32(count)));
        takes(BOB, order, idsOf(order, 0, count));
        vm.warp(START + WORK_SECONDS + 1);
        MARKET.forfeit(order, termsOf[order], ticketsOf(order, idsOf(order, 0, count)));
        eq(MARKET.creditOf(ALICE), count * price, "the requester is whole");
        holds(EDGE_STAKING.totalSlashed() >= count * 1e18, "a bond each");
        holds(EDGE_STAKING.totalSlashed() >= count * price, "and no less than the price");
    }

    /// Work is paid whole, or it is not settled: no part of a price uses it up.
    function testFuzz_threat_7_no_price_is_paid_in_part(uint256 price, uint256 value) public {
        price = within(price, 1e9, 1000e18);
        value = within(value, 1, 3 * price);
        bonded(BOB, STAKE);
        IJobMarket.Request memory asked = request(3);
        bytes memory inputs = inputsOf(3);
        vm.prank(ALICE);
        (bool taken_,) = address(MARKET).call{value: value}(abi.encodeCall(MARKET.post, (asked, inputs)));
        eq(MARKET.escrowed(), taken_ ? value : 0, "in escrow");
        uint256 order = posted(ALICE, uint128(price), asked);
        takes(BOB, order, idsOf(order, 0, 3));
        settles(BOB, order, resultsOf(order, idsOf(order, 0, 3)));
        eq(BOB.balance, FUNDS - STAKE + 3 * (price - price / 20), "whole");
    }

    function test_threat_9_who_waits_for_a_direct_job_finds_nobody_before_it() public {
        IJobMarket.Request memory asked = request(1);
        asked.worker = BOB;
        uint256 order = posted(ALICE, PRICE, asked);
        bonded(BOB, STAKE);
        bonded(CAROL, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotOffered.selector, order, CAROL));
        takes(CAROL, order);
        takes(BOB, order);
    }

    function test_threat_10_a_requester_need_not_accept_for_right_work_to_be_paid() public {
        HostileAccount silent = new HostileAccount();
        silent.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.deal(address(silent), PRICE);
        uint256 order = posted(address(silent), PRICE);
        bonded(BOB, STAKE);
        takes(BOB, order);
        settles(BOB, order);
        eq(BOB.balance, FUNDS - STAKE + PRICE - FEE, "paid");
    }

    function test_threat_10_a_worker_need_not_deliver_for_the_requester_to_be_whole() public {
        HostileAccount silent = new HostileAccount();
        silent.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.deal(address(silent), STAKE);
        bonded(address(silent), STAKE);
        uint256 order = posted(ALICE, PRICE);
        takes(address(silent), order);
        vm.warp(START + WORK_SECONDS + 1);
        forfeits(order);
        vm.prank(ALICE);
        MARKET.withdraw();
        eq(ALICE.balance, FUNDS, "whole");
        eq(EDGE_STAKING.totalSlashed(), PRICE, "by the worker");
    }

    /// A result is shown where it is paid for, in one transaction: neither can be withheld from the other.
    function test_threat_10_a_paid_answer_is_there_for_everybody() public {
        uint256 order = taken();
        vm.expectEmit();
        emit IJobMarket.JobAnswered(order, answerTo(INPUT));
        settles(BOB, order);
    }

    function testFuzz_threat_12_a_bond_is_there_until_its_job_ends(uint256 count, uint256 leaving) public {
        count = within(count, 1, 8);
        bonded(BOB, STAKE);
        uint256 order = posted(ALICE, 1000e18, request(uint32(count)));
        takes(BOB, order, idsOf(order, 0, count));
        uint256 free = STAKE - count * 1000e18;
        leaving = within(leaving, free + 1, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.InsufficientStake.selector, 1, BOB, free, leaving));
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, leaving);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, free);
        vm.warp(START + 60 days);
        MARKET.forfeit(order, termsOf[order], ticketsOf(order, idsOf(order, 0, count)));
        eq(EDGE_STAKING.totalSlashed(), count * 1000e18, "all of them");
        vm.prank(BOB);
        EDGE_STAKING.redeem(1);
        eq(BOB.balance, FUNDS - STAKE + free, "the rest is its own");
    }

    /// Whoever is paid calls whatever verb it likes of whatever order: what it gets is what it would have got after.
    function testFuzz_threat_14_no_call_from_within_a_payment_moves_what_is_others(uint256 verb, bool mine) public {
        HostileAccount hostile = new HostileAccount();
        vm.deal(address(hostile), FUNDS);
        bonded(address(hostile), STAKE);
        bonded(BOB, STAKE);
        uint256 own = posted(address(hostile), PRICE, umpired(3));
        uint256 other = posted(ALICE, PRICE, request(3));
        takes(BOB, own);
        takes(address(hostile), other);
        takes(address(hostile), other, ids(other + 1));
        bytes memory call = _verb(verb % 8, mine ? own : other);
        hostile.plan(HostileAccount.Mood.Reenter, address(MARKET), call);
        hostile.perform(address(MARKET), 0, _verb(0, other));
        // Which it may have done from within.
        try hostile.perform(address(MARKET), 0, _verb(4, own)) {} catch {}
        holds(hostile.attempts() != 0, "it tried");
        _expectSums(own, other);
        hostile.plan(HostileAccount.Mood.Accept, address(0), "");
        uint256 most = FUNDS - STAKE - PRICE + 2 * (PRICE - FEE);
        holds(address(hostile).balance + MARKET.creditOf(address(hostile)) <= most, "no more than was due");
    }

    /// Two contracts that settle each other's jobs while they are paid, as deep as gas goes: each job ends once.
    function test_threat_14_orders_are_no_deeper_for_being_settled_from_within() public {
        HostileAccount hostile = new HostileAccount();
        vm.deal(address(hostile), FUNDS);
        bonded(address(hostile), STAKE);
        uint256 first = posted(ALICE, PRICE);
        uint256 second = posted(ALICE, PRICE);
        takes(address(hostile), first);
        takes(address(hostile), second);
        hostile.plan(HostileAccount.Mood.Reenter, address(MARKET), _verb(0, second));
        hostile.perform(address(MARKET), 0, _verb(0, first));
        eq(hostile.successes(), 1, "the second, once");
        eq(address(hostile).balance, FUNDS - STAKE + 2 * (PRICE - FEE), "each is paid once");
        eq(MARKET.escrowed(), 0, "escrow");
        eq(address(MARKET).balance, 2 * FEE, "fees");
    }

    /// An order ends at once, however large it is.
    function test_threat_14_no_end_goes_through_all_jobs() public {
        uint256[2] memory gas;
        uint32[2] memory counts = [uint32(2), uint32(MARKET.COUNT_MAX())];
        for (uint256 i = 0; i < 2; ++i) {
            IJobMarket.Request memory asked = umpired(1);
            asked.count = counts[i];
            cancels(ALICE, posted(ALICE, 1e9, asked));
            uint256 order = posted(ALICE, 1e9, asked);
            gas[i] = gasleft();
            cancels(ALICE, order);
            gas[i] -= gasleft();
        }
        _expectAlike(gas[0], gas[1]);
    }

    function test_threat_22_no_verb_costs_more_for_what_was_before() public {
        bonded(BOB, STAKE);
        _lived();
        uint256[3] memory first = _lived();
        for (uint256 i = 0; i < 1000; ++i) {
            posted(ALICE, 1e9, umpired(1));
        }
        uint256[3] memory thousand = _lived();
        _countAs(1_000_000);
        uint256[3] memory million = _lived();
        eq(MARKET.jobCount(), 1_000_001, "as many as there are said to be");
        for (uint256 i = 0; i < 3; ++i) {
            _expectAlike(first[i], thousand[i]);
            _expectAlike(thousand[i], million[i]);
        }
    }

    function test_threat_23_an_answer_that_was_seen_is_worth_nothing_to_others() public {
        uint256 order = taken();
        bonded(CAROL, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, order, CAROL));
        settles(CAROL, order);
        // Nor can anybody make it wrong by showing another one.
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, order, CAROL));
        settles(CAROL, order, "wrong");
        settles(BOB, order);
    }

    /// The same terms, in the same second: jobs of each order are its own.
    function test_threat_26_what_settles_one_order_settles_no_other() public {
        uint256 first = posted(ALICE, PRICE, request(2));
        uint256 second = posted(ALICE, PRICE, request(2));
        eq(keccak256(abi.encode(termsOf[first])), keccak256(abi.encode(termsOf[second])), "as alike as can be");
        bonded(BOB, STAKE);
        takes(BOB, first, idsOf(first, 0, 2));
        takes(BOB, second, idsOf(second, 0, 2));
        IJobMarket.Result[] memory shown = resultsOf(first, idsOf(first, 0, 2));
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, first));
        settles(BOB, second, shown);
        settles(BOB, first, shown);
        vm.expectRevert(wrongPhase(first, IJobMarket.Phase.Settled));
        settles(BOB, first, shown);
        eq(runningOf(second), 2, "untouched");
        eq(MARKET.escrowed(), 2 * PRICE, "escrow");
    }

    /// @dev As calldata, with what is right.
    function _verb(uint256 verb, uint256 order) private view returns (bytes memory) {
        IJobMarket.Terms memory terms = termsOf[order];
        uint256[] memory jobIds = ids(order);
        if (verb == 0) return abi.encodeCall(MARKET.settle, (order, terms, resultsOf(order, jobIds)));
        if (verb == 1) return abi.encodeCall(MARKET.settle, (order, terms, resultsOf(order, ids(order + 1))));
        if (verb == 2) return abi.encodeCall(MARKET.take, (order, terms, ids(order + 2)));
        if (verb == 3) return abi.encodeCall(MARKET.accept, (order, terms, jobIds));
        if (verb == 4) return abi.encodeCall(MARKET.cancel, (order, terms));
        if (verb == 5) return abi.encodeCall(MARKET.expire, (order, terms));
        if (verb == 6) return abi.encodeCall(MARKET.withdraw, ());
        return abi.encodeCall(MARKET.passOn, ());
    }

    /// @dev Prices of what did not end are in escrow, and all that is there is somebody's.
    function _expectSums(uint256 one, uint256 other) private view {
        uint256 open = untakenOf(one) + runningOf(one) + untakenOf(other) + runningOf(other);
        eq(MARKET.escrowed(), PRICE * open, "escrow");
        (uint256 unburned, uint256 unshared) = MARKET.dues();
        eq(address(MARKET).balance, MARKET.escrowed() + MARKET.credited() + unburned + unshared, "balance");
    }

    /// @dev Gas of post, take and settle.
    function _lived() private returns (uint256[3] memory gas) {
        IJobMarket.Request memory asked = request(1);
        uint256 order = MARKET.jobCount() + 1;
        termsOf[order] = termsFor(ALICE, PRICE, asked);
        IJobMarket.Terms memory terms = termsOf[order];
        IJobMarket.Result[] memory shown = results(resultOf(order, order, answerTo(INPUT)));
        uint256[] memory jobIds = ids(order);
        vm.prank(ALICE);
        gas[0] = gasleft();
        MARKET.post{value: PRICE}(asked, INPUT);
        gas[0] -= gasleft();
        vm.prank(BOB);
        gas[1] = gasleft();
        MARKET.take(order, terms, jobIds);
        gas[1] -= gasleft();
        vm.prank(BOB);
        gas[2] = gasleft();
        MARKET.settle(order, terms, shown);
        gas[2] -= gasleft();
    }

    /// @dev In whichever slot the count is.
    function _countAs(uint256 count) private {
        uint256 before = MARKET.jobCount();
        for (uint256 slot = 0; slot < 16; ++slot) {
            bytes32 word = vm.load(Predeploys.JOB_MARKET, bytes32(slot));
            if (uint256(word) < before) continue;
            vm.store(Predeploys.JOB_MARKET, bytes32(slot), bytes32(uint256(word) - before + count));
            if (MARKET.jobCount() == count) return;
            vm.store(Predeploys.JOB_MARKET, bytes32(slot), word);
        }
    }

    function _expectAlike(uint256 one, uint256 other) private pure {
        holds(10 * other <= 11 * one && 10 * one <= 11 * other, "within a tenth");
    }
}
