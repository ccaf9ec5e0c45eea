// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HostileAccount} from "./mocks/HostileAccount.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {World} from "./World.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Accounts with code that refuse money or call back while they are paid.
contract HostileTest is World {
    uint128 private constant STAKE = 10_000e18;
    HostileAccount private _hostile;

    function setUp() public override {
        super.setUp();
        _hostile = new HostileAccount();
        vm.deal(address(_hostile), FUNDS);
    }

    function test_a_worker_that_refuses_its_pay_harms_itself_only() public {
        uint256 jobId = _hostileTakes();
        _hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        bytes memory call = _settling(jobId);
        vm.expectRevert(abi.encodeWithSelector(ICredits.PayoutFailed.selector, address(_hostile), PRICE - FEE));
        _hostile.perform(address(MARKET), 0, call);

        vm.warp(START + WORK_SECONDS + 1);
        forfeits(jobId);
        vm.prank(ALICE);
        MARKET.withdraw();
        eq(ALICE.balance, FUNDS, "the requester is whole");
    }

    function test_a_worker_cannot_be_paid_twice_by_calling_back() public {
        uint256 jobId = _hostileTakes();
        uint256 other = posted(ALICE, PRICE);
        bytes memory call = _settling(jobId);
        _hostile.plan(HostileAccount.Mood.Reenter, address(MARKET), call);
        _hostile.perform(address(MARKET), 0, call);
        _expectOneFailedCallback();
        eq(address(_hostile).balance, FUNDS - STAKE + PRICE - FEE, "paid once");
        eq(address(MARKET).balance, PRICE + FEE, "the other job's escrow is untouched");
        eq(phaseOf(other), uint256(IJobMarket.Phase.Untaken), "untaken");
    }

    function test_a_worker_may_take_its_next_job_while_it_is_paid() public {
        uint256 jobId = _hostileTakes();
        uint256 next = posted(ALICE, STAKE);
        bytes memory taking = abi.encodeCall(MARKET.take, (next, termsOf[next], ids(next)));
        _hostile.plan(HostileAccount.Mood.Reenter, address(MARKET), taking);
        _hostile.perform(address(MARKET), 0, _settling(jobId));
        // The whole stake is locked to the next job, which works only if the first one's bond was free before the pay.
        eq(_hostile.successes(), 1, "state was complete before money moved");
        eq(EDGE_STAKING.standingOf(address(_hostile)).locked, STAKE, "locked");
    }

    function test_a_requester_cannot_be_refunded_twice_by_calling_back() public {
        uint256 jobId = _hostilePosts();
        posted(ALICE, PRICE);
        bytes memory call = abi.encodeCall(MARKET.cancel, (jobId, termsOf[jobId]));
        _hostile.plan(HostileAccount.Mood.Reenter, address(MARKET), call);
        _hostile.perform(address(MARKET), 0, call);
        _expectOneFailedCallback();
        eq(address(_hostile).balance, FUNDS, "refunded once");
        eq(address(MARKET).balance, PRICE, "escrow of others");
    }

    function test_a_requester_that_refuses_money_cannot_block_a_rejection() public {
        uint256 jobId = _hostilePosts();
        _hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        bonded(BOB, STAKE);
        takes(BOB, jobId);
        settles(BOB, jobId, "");
        eq(phaseOf(jobId), uint256(IJobMarket.Phase.Rejected), "closed");
        bytes memory call = abi.encodeCall(MARKET.withdraw, ());
        vm.expectRevert(abi.encodeWithSelector(ICredits.PayoutFailed.selector, address(_hostile), PRICE));
        _hostile.perform(address(MARKET), 0, call);
        eq(MARKET.creditOf(address(_hostile)), PRICE, "the credit stays until it accepts");
        _hostile.plan(HostileAccount.Mood.Accept, address(0), "");
        _hostile.perform(address(MARKET), 0, call);
        eq(address(_hostile).balance, FUNDS, "paid when it accepts");
    }

    function test_credit_cannot_be_withdrawn_twice_by_calling_back() public {
        uint256 jobId = _hostilePosts();
        posted(ALICE, PRICE);
        vm.warp(START + TAKE_SECONDS + 1);
        expires(jobId);
        bytes memory call = abi.encodeCall(MARKET.withdraw, ());
        _hostile.plan(HostileAccount.Mood.Reenter, address(MARKET), call);
        _hostile.perform(address(MARKET), 0, call);
        _expectOneFailedCallback();
        eq(address(_hostile).balance, FUNDS, "withdrawn once");
    }

    function test_stake_cannot_be_withdrawn_twice_by_calling_back() public {
        bonded(BOB, STAKE);
        _hostile.perform(address(EDGE_STAKING), STAKE, abi.encodeCall(EDGE_STAKING.bond, ()));
        _hostile.perform(address(EDGE_STAKING), 0, abi.encodeCall(EDGE_STAKING.unstake, (2, STAKE)));
        vm.warp(START + 16 days);
        bytes memory call = abi.encodeCall(EDGE_STAKING.redeem, (2));
        _hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.PayoutFailed.selector, address(_hostile), STAKE));
        _hostile.perform(address(EDGE_STAKING), 0, call);
        _hostile.plan(HostileAccount.Mood.Reenter, address(EDGE_STAKING), call);
        _hostile.perform(address(EDGE_STAKING), 0, call);
        _expectOneFailedCallback();
        eq(address(_hostile).balance, FUNDS, "withdrawn once");
        eq(address(EDGE_STAKING).balance, STAKE, "stake of others");
    }

    function test_a_requester_cannot_work_for_itself_to_move_a_bond() public {
        uint256 jobId = _hostilePosts();
        _hostile.perform(address(EDGE_STAKING), STAKE, abi.encodeCall(EDGE_STAKING.bond, ()));
        bytes memory call = abi.encodeCall(MARKET.take, (jobId, termsOf[jobId], ids(jobId)));
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.OwnJob.selector, jobId));
        _hostile.perform(address(MARKET), 0, call);
    }

    function _hostileTakes() private returns (uint256 jobId) {
        jobId = posted(ALICE, PRICE);
        _hostile.perform(address(EDGE_STAKING), STAKE, abi.encodeCall(EDGE_STAKING.bond, ()));
        _hostile.perform(address(MARKET), 0, abi.encodeCall(MARKET.take, (jobId, termsOf[jobId], ids(jobId))));
    }

    function _hostilePosts() private returns (uint256 order) {
        return posted(address(_hostile), PRICE);
    }

    function _settling(uint256 jobId) private view returns (bytes memory) {
        IJobMarket.Result[] memory right = results(resultOf(jobId, jobId, answerTo(INPUT)));
        return abi.encodeCall(MARKET.settle, (jobId, termsOf[jobId], right));
    }

    function _expectOneFailedCallback() private view {
        eq(_hostile.attempts(), 1, "it tried");
        eq(_hostile.successes(), 0, "in vain");
    }
}
