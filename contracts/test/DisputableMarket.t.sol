// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputableWorld} from "./DisputableWorld.sol";
import {IDisputable} from "../src/interfaces/IDisputable.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev From a post to its end, with everything real that a job of this kind passes.
contract DisputableMarketTest is DisputableWorld {
    uint16 private constant CLAIMS = 3;
    uint128 private constant STAKE = 10_000e18;
    /// @dev Forty times the price.
    uint256 private constant JOB_BOND = 200e18;

    uint256 private _order;

    function setUp() public override {
        super.setUp();
        jobPrice = PRICE;
        bench(4);
        vm.deal(address(DISPUTABLE), 100e18);
        vm.deal(Predeploys.BURN, 0);
        bonded(BOB, STAKE);
        _order = posted(ALICE, PRICE, _asked());
        vm.roll(block.number + 1);
        takes(BOB, _order);
    }

    function test_a_post_is_checked() public {
        IJobMarket.Request memory asked = _asked();
        vm.expectRevert(abi.encodeWithSelector(IDisputable.InputLength.selector, INPUT_BYTES, 1));
        vm.prank(ALICE);
        MARKET.post{value: PRICE}(asked, "1");
    }

    function test_a_worker_that_does_its_steps_is_paid_by_whoever_settles() public {
        bytes32 claimId = entered(_order);
        _isNotSettled();
        drawn(_order, true);
        attested(claimId, outputRoot);
        upheld(claimId);
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            _order, _order, BOB, IJobMarket.Phase.Settled, IJobMarket.Reason.CorrectAnswer, PRICE - FEE, outputRoot
        );
        _settle(CAROL);
        eq(MARKET.creditOf(BOB), PRICE - FEE, "paid");
        eq(EDGE_STAKING.standingOf(BOB).locked, 0, "bond");
        eq(DISPUTES.creditOf(BOB), BOND, "the claim's, too");
    }

    /// A requester who would rather not pay has nothing that it could do.
    function test_threat_10_no_requester_has_a_worker_slashed_that_does_its_steps() public {
        bytes32 claimId = entered(_order);
        vm.warp(START + 1 days);
        _isNotForfeited();
        vm.warp(START + LIFE);
        _isNotForfeited();
        drawn(_order, false);
        _isNotForfeited();
        DISPUTES.uphold(claimId, SALT);
        _isNotForfeited();
        _settle(BOB);
        eq(EDGE_STAKING.totalSlashed(), 0, "slashed");
    }

    function test_threat_10_a_worker_that_enters_nothing_is_slashed() public {
        claimedAs(BOB, bytes32(_order), traceRoot, false);
        vm.warp(START + WORK_SECONDS + 1);
        _forfeit();
        eq(MARKET.creditOf(ALICE), PRICE, "refunded");
        eq(EDGE_STAKING.totalSlashed(), JOB_BOND, "slashed");
    }

    function test_a_worker_that_does_not_go_on_is_slashed_after_the_claims_life() public {
        entered(_order);
        vm.warp(START + LIFE);
        _isNotForfeited();
        vm.warp(START + LIFE + 1);
        _forfeit();
        eq(MARKET.creditOf(ALICE), PRICE, "refunded");
        eq(EDGE_STAKING.totalSlashed(), JOB_BOND, "slashed");
    }

    /// Worker, requester and who convicts it, all of them one: what they lose is burned, but for a tenth of the claim's bond.
    function test_threat_5_and_28_a_cheat_who_plays_all_parts_gets_nothing_of_the_jobs_bond() public {
        uint256 before = _wealth();
        bytes32 claimId = entered(_order);
        convicted(claimId);
        _settle(ALICE);
        vm.warp(block.timestamp + TURN + 1);
        DISPUTES.burn(claimId);
        _withdrawAll();
        eq(Predeploys.BURN.balance, JOB_BOND + BOND * 9 / 10, "burned");
        eq(_wealth(), before - JOB_BOND - BOND * 9 / 10 - DISPUTABLE.entryFee(PRICE), "lost");
    }

    /// Who could take back a planted claim unharmed would block jobs of others for nothing.
    function test_threat_28_who_plants_a_claim_on_a_job_of_others_loses_its_bond() public {
        bytes32 claimId = claimedAs(BOB, bytes32(_order), traceRoot, true);
        enters(BOB, _order);
        convicted(claimId);
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
        _settle(ALICE);
        eq(EDGE_STAKING.totalSlashed(), JOB_BOND, "slashed");
        eq(MARKET.creditOf(ALICE) + ALICE.balance, FUNDS, "refunded");
    }

    /// Who plants one for auditors to find has a requester of its own.
    function test_a_planted_claim_is_no_loss_where_the_requester_accepts() public {
        bytes32 claimId = claimedAs(BOB, bytes32(_order), traceRoot, true);
        enters(BOB, _order);
        convicted(claimId);
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
        vm.prank(ALICE);
        MARKET.accept(_order, termsOf[_order], ids(_order));
        eq(EDGE_STAKING.totalSlashed(), 0, "slashed");
        eq(EDGE_STAKING.standingOf(BOB).locked, 0, "unlocked");
    }

    function test_threat_12_a_bond_is_there_until_its_dispute_ends() public {
        bytes32 claimId = entered(_order);
        drawn(_order, true);
        uint256 free = STAKE - JOB_BOND;
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.InsufficientStake.selector, 1, BOB, free, free + 1));
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, free + 1);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, free);
        vm.warp(START + WINDOW);
        uint256 thread = challenged(CAROL, claimId, TRACE);
        vm.warp(block.timestamp + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        eq(DISPUTES.threadOf(thread).challenger, CAROL, "who asked");
        _settle(CAROL);
        eq(EDGE_STAKING.totalSlashed(), JOB_BOND, "all of it");
    }

    function test_threat_26_one_claim_ends_one_job() public {
        uint256 second = posted(ALICE, PRICE, _asked());
        takes(BOB, second);
        bytes32 claimId = entered(_order);
        drawn(_order, false);
        upheld(claimId);
        _settle(BOB);
        vm.expectRevert(wrongPhase(_order, IJobMarket.Phase.Settled));
        _settle(BOB);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotDecided.selector, second));
        settles(BOB, second, results(IJobMarket.Result(_ticket(second), "", "")));
        MARKET.forfeit(second, termsOf[second], tickets(_ticket(second)));
    }

    function _asked() private view returns (IJobMarket.Request memory asked) {
        asked = request(1);
        (asked.kind, asked.subject, asked.inputRoot) = (CLAIMS, graphId, inputRoot);
    }

    function _ticket(uint256 jobId) private view returns (IJobMarket.Ticket memory) {
        return IJobMarket.Ticket(jobId, inputRoot, new bytes32[](0));
    }

    function _settle(address caller) private {
        settles(caller, _order, results(IJobMarket.Result(_ticket(_order), "", "")));
    }

    function _forfeit() private {
        MARKET.forfeit(_order, termsOf[_order], tickets(_ticket(_order)));
    }

    function _isNotSettled() private {
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotDecided.selector, _order));
        _settle(ALICE);
    }

    function _isNotForfeited() private {
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.Delivered.selector, _order));
        _forfeit();
    }

    /// @dev Of all who may be in league, with what is at stake and what is bound.
    function _wealth() private view returns (uint256) {
        return ALICE.balance + BOB.balance + CAROL.balance + Predeploys.EDGE_STAKING.balance + MARKET.escrowed();
    }

    function _withdrawAll() private {
        vm.prank(CAROL);
        DISPUTES.withdraw();
        vm.prank(ALICE);
        MARKET.withdraw();
    }
}
