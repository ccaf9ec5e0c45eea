// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Crowd} from "./mocks/Crowd.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever a crowd does: sums over all accounts and all jobs, computed the long way.
contract SumsTest is World {
    /// @dev What all slashes round up to the disadvantage of stake, wei: at most 5e5 each, of which the last may miss what others took.
    uint256 private constant DUST = 1e9;

    Crowd private _crowd;
    uint256 private _members;

    function setUp() public override {
        _crowd = new Crowd();
        _crowd.setUp();
        _members = _crowd.SIZE();
    }

    function targetContracts() external view returns (address[] memory) {
        return list(address(_crowd));
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[19] memory verbs = [
            Crowd.post.selector,
            Crowd.post.selector,
            Crowd.take.selector,
            Crowd.take.selector,
            Crowd.settle.selector,
            Crowd.settle.selector,
            Crowd.accept.selector,
            Crowd.cancel.selector,
            Crowd.expire.selector,
            Crowd.forfeit.selector,
            Crowd.passOn.selector,
            Crowd.report.selector,
            Crowd.withdraw.selector,
            Crowd.bond.selector,
            Crowd.unstake.selector,
            Crowd.collect.selector,
            Crowd.transferTheta.selector,
            Crowd.wait.selector,
            Crowd.vote.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_crowd), new bytes4[](verbs.length + 1));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
        all[0].selectors[verbs.length] = Crowd.delegateTheta.selector;
    }

    function invariant_escrow_and_locked_stake_are_those_of_jobs_that_did_not_end() public view {
        uint256 prices;
        uint256[] memory bonds = new uint256[](_members);
        for (uint256 i = 0; i < _crowd.orderCount(); ++i) {
            prices += _recounted(_crowd.orders(i), bonds);
        }
        eq(MARKET.escrowed(), prices, "escrow");
        for (uint256 i = 0; i < _members; ++i) {
            eq(EDGE_STAKING.standingOf(_crowd.member(i)).locked, bonds[i], "locked");
        }
    }

    function invariant_every_job_ends_once_and_then_has_a_reason() public view {
        uint256 jobs;
        for (uint256 i = 0; i < _crowd.orderCount(); ++i) {
            uint256 order = _crowd.orders(i);
            IJobMarket.Terms memory terms = _crowd.termsAt(order);
            jobs += terms.count;
            uint256 ended = _crowd.returned(order);
            for (uint256 jobId = order; jobId < order + terms.count; ++jobId) {
                ended += _checkedEnd(jobId, terms.requester);
            }
            eq(terms.count, ended + _crowd.untakenIn(order) + _crowd.runningIn(order), "all jobs");
        }
        eq(MARKET.jobCount(), jobs, "count");
    }

    function invariant_what_was_posted_is_paid_refunded_or_here() public view {
        Crowd.Book memory book = _crowd.book();
        (uint256 unburned, uint256 unshared) = MARKET.dues();
        eq(book.posted, book.paid + book.refunded + book.fees + MARKET.escrowed(), "posted");
        eq(book.fees, unburned + unshared + book.passedToBurn + book.passedToNodes, "fees");
        eq(address(MARKET).balance, MARKET.escrowed() + MARKET.credited() + unburned + unshared, "balance");
    }

    /// Each job's fee and share are rounded by themselves, so that batches cost what single jobs do.
    function invariant_fees_burn_their_share_and_slashes_all() public view {
        uint256 fees;
        uint256 burned;
        uint256 bonds;
        for (uint256 i = 0; i < _crowd.orderCount(); ++i) {
            uint256 order = _crowd.orders(i);
            IJobMarket.Terms memory terms = _crowd.termsAt(order);
            uint256 fee = uint256(terms.price) / 20;
            for (uint256 jobId = order; jobId < order + terms.count; ++jobId) {
                IJobMarket.Job memory job = _crowd.jobAt(jobId);
                bool failed =
                    job.reason == IJobMarket.Reason.WrongAnswer || job.reason == IJobMarket.Reason.NotSubmitted;
                if (failed) bonds += terms.bond;
                if (job.phase != IJobMarket.Phase.Settled) continue;
                (fees, burned) = (fees + fee, burned + fee * terms.burnShare / 10_000);
            }
        }
        Crowd.Book memory book = _crowd.book();
        (uint256 unburned,) = MARKET.dues();
        eq(fees, book.fees, "fees");
        eq(burned, unburned + book.passedToBurn, "burned, or to be");
        eq(Predeploys.BURN.balance, EDGE_STAKING.totalSlashed() + book.passedToBurn, "gone");
        eq(address(EDGE_REWARDS).balance, book.passedToNodes, "for edge nodes");
        uint256 slashed = EDGE_STAKING.totalSlashed();
        holds(slashed <= bonds + DUST && slashed + DUST >= bonds, "bonds of failed jobs");
    }

    function invariant_records_are_what_became_of_jobs_and_reputations_no_more_than_fees() public view {
        uint256 fees;
        for (uint256 i = 0; i < _members; ++i) {
            ITill.Record memory record = MARKET.recordOf(_crowd.member(i));
            ITill.Record memory expected = _crowd.recordOf(_crowd.member(i));
            eq(record.settled, expected.settled, "settled");
            eq(record.failed, expected.failed, "failed");
            eq(record.fees, expected.fees, "fees");
            eq(record.burned, expected.burned, "burned");
            uint256 reputation = PROFILES.reputationOf(_crowd.member(i));
            holds(reputation <= record.fees, "no more than it paid for");
            holds(record.failed == 0 || reputation <= record.fees - Math.min(1e18, record.fees), "failures cost");
            fees += record.fees;
        }
        eq(fees, _crowd.book().fees, "of all");
    }

    /// Whoever reports, and however often: rewards count what markets burned, once.
    function invariant_what_rewards_count_is_what_was_reported_of_what_burned() public view {
        uint256 reported;
        for (uint256 i = 0; i < _members; ++i) {
            address member = _crowd.member(i);
            holds(EDGE_REWARDS.reported(member) <= MARKET.recordOf(member).burned, "no more than burned");
            reported += EDGE_REWARDS.reported(member);
        }
        uint256 counted;
        for (uint32 epoch = 0; epoch <= uint32(block.number / EPOCH); ++epoch) {
            counted += EDGE_REWARDS.potOf(epoch).burned;
        }
        eq(counted, reported, "counted");
    }

    function invariant_credits_add_up() public view {
        uint256 sum;
        for (uint256 i = 0; i < _members; ++i) {
            sum += MARKET.creditOf(_crowd.member(i));
        }
        eq(MARKET.credited(), sum, "credits");
    }

    /// More than that by what slashes round up, 1e-18 of the node's shares each.
    function invariant_staking_holds_stakes_and_what_is_unstaked() public view {
        uint256 sum;
        for (uint32 node = 1; node <= EDGE_STAKING.nodeCount(); ++node) {
            sum += EDGE_STAKING.describe(node).stake;
            for (uint256 i = 0; i < _members; ++i) {
                IStakeBook.Unstaking[] memory waiting = EDGE_STAKING.unstakingOf(node, _crowd.member(i));
                for (uint256 j = 0; j < waiting.length; ++j) {
                    sum += waiting[j].amount;
                }
            }
        }
        uint256 held = address(EDGE_STAKING).balance;
        holds(held >= sum && held - sum <= DUST, "balance");
    }

    function invariant_native_money_is_conserved() public view {
        uint256 sum = address(MARKET).balance + address(EDGE_STAKING).balance + Predeploys.BURN.balance;
        sum += address(EDGE_REWARDS).balance;
        for (uint256 i = 0; i < _members; ++i) {
            sum += _crowd.member(i).balance;
        }
        eq(sum, _members * FUNDS, "supply");
    }

    function invariant_theta_balances_are_the_supply_and_votes_the_delegated_part() public view {
        uint256 balances;
        uint256 delegated;
        uint256 votes;
        for (uint256 i = 0; i < _members; ++i) {
            address member = _crowd.member(i);
            balances += THETA.balanceOf(member);
            votes += THETA.getVotes(member);
            if (THETA.delegates(member) != address(0)) delegated += THETA.balanceOf(member);
        }
        eq(balances, THETA.totalSupply(), "balances");
        eq(votes, delegated, "votes");
    }

    /// The invariants above say something only if the crowd gets through every verb, and jobs through every end.
    function test_the_crowd_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 2000; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 16, raw >> 16);
        }
        bytes32[17] memory verbs = [
            bytes32("post"),
            "take",
            "settle",
            "accept",
            "cancel",
            "expire",
            "forfeit",
            "pass on",
            "report",
            "vote",
            "withdraw",
            "bond",
            "unstake",
            "collect",
            "transfer theta",
            "delegate theta",
            "wait"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_crowd.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
        IJobMarket.Reason[5] memory reasons = [
            IJobMarket.Reason.CorrectAnswer,
            IJobMarket.Reason.NotSubmitted,
            IJobMarket.Reason.WrongAnswer,
            IJobMarket.Reason.AcceptedByRequester,
            IJobMarket.Reason.Undecided
        ];
        for (uint256 i = 0; i < reasons.length; ++i) {
            holds(_crowd.done(bytes32(uint256(reasons[i]))) > 3, "a reason");
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0) _crowd.post(raw, raw >> 8, raw >> 24, raw >> 32, raw >> 64);
        else if (verb == 1) _crowd.take(raw, raw >> 8, raw >> 16);
        else if (verb == 2) _crowd.settle(raw, raw >> 8, raw >> 16);
        else if (verb == 3) _crowd.accept(raw);
        else if (verb == 4) _crowd.cancel(raw);
        else if (verb == 5) _crowd.expire(raw);
        else if (verb == 6) _crowd.forfeit(raw);
        else if (verb == 7) _crowd.withdraw(raw);
        else if (verb == 8) _crowd.bond(raw, raw >> 8);
        else if (verb == 9) _crowd.unstake(raw, raw >> 8);
        else if (verb == 10) _crowd.collect(raw);
        else if (verb == 11) _crowd.transferTheta(raw, raw >> 8, raw >> 16);
        else if (verb == 12) _crowd.delegateTheta(raw, raw >> 8);
        else if (verb == 13) _passOn(raw);
        else if (verb == 14) _crowd.vote(raw);
        else _crowd.wait(raw >> 4, raw);
    }

    function _passOn(uint256 raw) private {
        _crowd.passOn();
        _crowd.report(raw);
    }

    /// @dev What an order's jobs that did not end are in escrow for; each worker's bonds of them are added to those of others.
    function _recounted(uint256 order, uint256[] memory bonds) private view returns (uint256) {
        IJobMarket.Terms memory terms = _crowd.termsAt(order);
        uint256 untaken;
        uint256 running;
        for (uint256 jobId = order; jobId < order + terms.count; ++jobId) {
            IJobMarket.Job memory job = _crowd.jobAt(jobId);
            if (job.phase == IJobMarket.Phase.Untaken && _crowd.returned(order) == 0) ++untaken;
            if (job.phase != IJobMarket.Phase.Taken) continue;
            ++running;
            bonds[uint160(job.worker) - uint160(_crowd.member(0))] += terms.bond;
        }
        eq(_crowd.untakenIn(order), untaken, "untaken");
        return terms.price * (untaken + running);
    }

    function _checkedEnd(uint256 jobId, address requester) private view returns (uint256 ends) {
        ends = _crowd.ends(jobId);
        IJobMarket.Job memory job = _crowd.jobAt(jobId);
        bool runs = job.phase == IJobMarket.Phase.Untaken || job.phase == IJobMarket.Phase.Taken;
        // The only job of an order says itself that nobody took it in time: that end is the order's.
        if (!runs && job.worker == address(0)) return 0;
        eq(ends, runs ? 0 : 1, "once");
        holds(runs == (job.reason == IJobMarket.Reason.Running), "reason");
        holds((job.phase == IJobMarket.Phase.Untaken) == (job.worker == address(0)), "who is taken has a worker");
        holds(job.worker != requester, "nobody works for itself");
    }
}
