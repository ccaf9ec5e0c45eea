// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Crowd} from "./mocks/Crowd.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
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
        bytes4[12] memory verbs = [
            Crowd.post.selector,
            Crowd.take.selector,
            Crowd.take.selector,
            Crowd.submit.selector,
            Crowd.cancel.selector,
            Crowd.expire.selector,
            Crowd.withdraw.selector,
            Crowd.bond.selector,
            Crowd.unstake.selector,
            Crowd.collect.selector,
            Crowd.transferTheta.selector,
            Crowd.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_crowd), new bytes4[](verbs.length + 1));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
        all[0].selectors[verbs.length] = Crowd.delegateTheta.selector;
    }

    function invariant_escrow_is_the_sum_of_prices_of_running_jobs() public view {
        (uint256 prices,) = _running();
        eq(MARKET.escrowed(), prices, "escrow");
    }

    function invariant_the_market_holds_escrow_and_credits() public view {
        eq(address(MARKET).balance, MARKET.escrowed() + MARKET.credited(), "balance");
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

    function invariant_locked_stake_is_the_sum_of_bonds_of_taken_jobs() public view {
        uint256 locked;
        for (uint256 i = 0; i < _members; ++i) {
            locked += EDGE_STAKING.standingOf(_crowd.member(i)).locked;
        }
        (, uint256 bonds) = _running();
        eq(locked, bonds, "locked");
    }

    function invariant_every_slash_and_the_fees_share_is_burned_and_nothing_else() public view {
        uint256 bonds;
        uint256 fees;
        uint256 burned;
        for (uint256 id = 1; id <= MARKET.jobCount(); ++id) {
            IJobMarket.Job memory job = MARKET.job(id);
            bool guilty = job.reason == IJobMarket.Reason.WrongAnswer || job.reason == IJobMarket.Reason.NotSubmitted;
            if (guilty) bonds += job.bond;
            if (job.reason != IJobMarket.Reason.CorrectAnswer) continue;
            fees += MARKET.feeFor(job.price);
            burned += uint256(MARKET.feeFor(job.price)) * 2500 / 10_000;
        }
        eq(EDGE_STAKING.totalSlashed() + burned, Predeploys.BURN.balance, "burned");
        eq(address(EDGE_REWARDS).balance, fees - burned, "for edge nodes");
        uint256 slashed = EDGE_STAKING.totalSlashed();
        holds(slashed <= bonds + DUST && slashed + DUST >= bonds, "bonds of failed jobs");
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

    function invariant_a_job_is_closed_exactly_when_it_has_a_reason() public view {
        for (uint256 id = 1; id <= MARKET.jobCount(); ++id) {
            IJobMarket.Job memory job = MARKET.job(id);
            bool running = job.phase == IJobMarket.Phase.Open || job.phase == IJobMarket.Phase.Taken;
            holds(running == (job.reason == IJobMarket.Reason.Running), "reason");
            holds(job.phase != IJobMarket.Phase.Taken || job.worker != address(0), "a taken job has a worker");
            holds(job.worker != job.requester, "nobody works for itself");
        }
    }

    /// The invariants above say something only if the crowd gets through every verb.
    function test_the_crowd_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 1500; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 12, raw >> 16);
        }
        bytes32[13] memory verbs = [
            bytes32("post"),
            "take",
            "settle",
            "fail",
            "cancel",
            "expire open",
            "expire taken",
            "withdraw",
            "bond",
            "unstake",
            "collect",
            "transfer theta",
            "delegate theta"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_crowd.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0) _crowd.post(raw, raw >> 8, bytes8(uint64(raw)), raw >> 16, raw >> 32);
        else if (verb == 1) _crowd.take(raw, raw >> 8);
        else if (verb == 2) _crowd.submit(raw >> 1, raw % 2 == 0);
        else if (verb == 3) _crowd.cancel(raw);
        else if (verb == 4) _crowd.expire(raw);
        else if (verb == 5) _crowd.withdraw(raw);
        else if (verb == 6) _crowd.bond(raw, raw >> 8);
        else if (verb == 7) _crowd.unstake(raw, raw >> 8);
        else if (verb == 8) _crowd.collect(raw);
        else if (verb == 9) _crowd.transferTheta(raw, raw >> 8, raw >> 16);
        else if (verb == 10) _crowd.delegateTheta(raw, raw >> 8);
        else _crowd.wait(raw >> 4, raw % 16 == 0);
    }

    function _running() private view returns (uint256 prices, uint256 bonds) {
        for (uint256 id = 1; id <= MARKET.jobCount(); ++id) {
            IJobMarket.Job memory job = MARKET.job(id);
            if (job.phase == IJobMarket.Phase.Open || job.phase == IJobMarket.Phase.Taken) prices += job.price;
            if (job.phase == IJobMarket.Phase.Taken) bonds += job.bond;
        }
    }
}
