// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Broken} from "./mocks/Broken.sol";
import {EdgeWorld} from "./EdgeWorld.sol";
import {IEdgeRewards} from "../src/interfaces/IEdgeRewards.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What of a settled job's fee is burned, recorded and earned.
contract EdgeRewardsWorkTest is EdgeWorld {
    /// @dev Jumps back to its beginning until its gas is gone.
    bytes private constant BURNER = hex"5b5f56";

    uint32 private _bob;
    uint32 private _carol;

    function setUp() public override {
        super.setUp();
        (_bob, _carol) = (edgeNode(BOB, STAKE), edgeNode(CAROL, STAKE));
        reach(NOW * LENGTH);
        released();
    }

    function test_fund_refuses_everybody_but_the_rewards() public {
        address[3] memory callers = [ALICE, Predeploys.EMISSION, Predeploys.SYSTEM];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.OnlyRewards.selector, callers[i]));
            vm.prank(callers[i]);
            EDGE_REWARDS.fund(NOW);
        }
        vm.deal(ALICE, 1);
        vm.prank(ALICE);
        (bool sent,) = Predeploys.EDGE_REWARDS.call{value: 1}("");
        holds(!sent, "no other money");
    }

    function test_a_report_counts_what_a_settled_job_burned() public {
        uint256 before = EDGE_REWARDS.potOf(NOW).amount;
        uint256 jobId = posted(ALICE, PRICE);
        takes(BOB, jobId);
        settles(BOB, jobId);
        eq(BOB.balance, PRICE - FEE, "paid");
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).burned, 0, "nobody reported it yet");
        vm.expectEmit();
        emit IEdgeRewards.WorkRecorded(NOW, _bob, BURNED);
        vm.prank(CAROL);
        EDGE_REWARDS.report(list(BOB));
        eq(EDGE_REWARDS.reported(BOB), BURNED, "reported");
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).burned, BURNED, "of the node");
        eq(EDGE_REWARDS.potOf(NOW).burned, BURNED, "of all");
        eq(EDGE_REWARDS.potOf(NOW).amount, before, "money comes later");
        vm.expectEmit();
        emit IEdgeRewards.PotFilled(NOW, FEE - BURNED);
        MARKET.passOn();
        eq(Predeploys.BURN.balance, BURNED, "burned");
        eq(EDGE_REWARDS.potOf(NOW).amount - before, FEE - BURNED, "the rest is in the pot");
        worked(CAROL, PRICE);
        reach((NOW + 1) * LENGTH);
        worked(BOB, 2 * PRICE);
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).burned, BURNED, "each its own");
        eq(EDGE_REWARDS.potOf(NOW).burned, 2 * BURNED, "sum");
        eq(EDGE_REWARDS.tallyOf(NOW + 1, _bob).burned, 2 * BURNED, "each epoch its own");
    }

    /// Of both markets, together and once, in the epoch of the report; whoever has nothing new is passed over.
    function test_reports_count_each_markets_burned_fees_once() public {
        vm.mockCall(
            Predeploys.LEASES, abi.encodeCall(ITill.recordOf, (BOB)), abi.encode(ITill.Record(5e18, 3e18, 1, 0))
        );
        worked(BOB, PRICE);
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).burned, BURNED + 3e18, "both");
        address[] memory three = new address[](3);
        (three[0], three[1], three[2]) = (BOB, ALICE, CAROL);
        vm.recordLogs();
        EDGE_REWARDS.report(three);
        eq(vm.getRecordedLogs().length, 0, "nothing is new");
        eq(EDGE_REWARDS.potOf(NOW).burned, BURNED + 3e18, "once");
        vm.deal(ALICE, PRICE);
        uint256 jobId = posted(ALICE, PRICE);
        takes(CAROL, jobId);
        settles(CAROL, jobId);
        reach((NOW + 1) * LENGTH);
        EDGE_REWARDS.report(three);
        eq(EDGE_REWARDS.potOf(NOW + 1).burned, BURNED, "when it is reported");
        eq(EDGE_REWARDS.tallyOf(NOW + 1, _carol).burned, BURNED, "whose it is");
    }

    function test_a_wrong_answer_takes_and_records_nothing() public {
        uint256 jobId = posted(ALICE, PRICE);
        takes(BOB, jobId);
        settles(BOB, jobId, "");
        EDGE_REWARDS.report(list(BOB));
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).burned, 0, "recorded");
        eq(MARKET.creditOf(ALICE), PRICE, "the whole price goes back");
    }

    /// An open job keeps the share that it was posted under.
    function test_a_vote_on_the_share_counts_for_later_jobs() public {
        uint256 jobId = posted(ALICE, PRICE);
        voted(IParameters.Parameter.BurnShare, 10_000);
        takes(BOB, jobId);
        settles(BOB, jobId);
        (uint256 unburned,) = MARKET.dues();
        eq(unburned, BURNED, "as it was");
        worked(BOB, PRICE);
        (unburned,) = MARKET.dues();
        eq(unburned, BURNED + FEE, "all of it");
    }

    /// Rewards that fail, burn all gas they get, or are not there keep no answer from being paid.
    function test_no_answer_waits_for_the_rewards() public {
        bytes[3] memory codes = [type(Broken).runtimeCode, BURNER, bytes("")];
        for (uint256 i = 0; i < 3; ++i) {
            vm.etch(Predeploys.EDGE_REWARDS, codes[i]);
            uint256 jobId = posted(ALICE, PRICE);
            takes(BOB, jobId);
            settles(BOB, jobId);
            eq(BOB.balance, (i + 1) * (PRICE - FEE), "paid");
            eq(MARKET.escrowed(), 0, "escrow");
        }
    }

    function test_work_earns_what_it_burned_where_the_pot_is_large() public {
        worked(BOB, PRICE);
        worked(CAROL, 3 * PRICE);
        judged(NOW);
        vm.expectEmit();
        emit IEdgeRewards.NodePaid(NOW, _bob, BURNED, 0);
        vm.expectEmit();
        emit IStakeBook.Rewarded(_bob, BURNED, 0);
        settled(NOW, _bob);
        eq(rewardOf(BOB), BURNED, "the worker's sources");
        settled(NOW, _carol);
        eq(rewardOf(CAROL), 3 * BURNED, "and the other's");
        eq(EDGE_REWARDS.potOf(NOW).paid, 4 * BURNED, "paid");
    }

    function test_work_shares_half_the_pot_where_that_is_small() public {
        voted(IParameters.Parameter.EdgeEmission, 0);
        released();
        reach((NOW + 1) * LENGTH);
        // The rest of fees alone: what is burned is more than half of it when all but little burns.
        voted(IParameters.Parameter.BurnShare, 8000);
        worked(BOB, PRICE);
        worked(CAROL, 3 * PRICE);
        MARKET.passOn();
        judged(NOW + 1);
        eq(EDGE_REWARDS.potOf(NOW + 1).amount, 4 * FEE / 5, "fees alone");
        settled(NOW + 1, _bob);
        settled(NOW + 1, _carol);
        eq(rewardOf(BOB), FEE / 10, "a quarter of the half");
        eq(rewardOf(CAROL), 3 * FEE / 10, "and the others");
    }

    function test_settle_pays_once_and_in_its_time() public {
        worked(BOB, PRICE);
        uint256 from = (NOW + 2) * LENGTH;
        reach(from - 1);
        _expectNotSettling(from);
        settled(NOW, _bob);
        reach(from);
        settled(NOW, _bob);
        settled(NOW, _bob);
        eq(rewardOf(BOB), BURNED, "once");
        uint32[] memory twice = new uint32[](2);
        (twice[0], twice[1]) = (_carol, _carol);
        worked(CAROL, PRICE);
        MARKET.passOn();
        reach(uint256(NOW + 35) * LENGTH - 1);
        EDGE_REWARDS.settle(NOW + 2, twice);
        eq(rewardOf(CAROL), BURNED, "at the last block, once");
        reach(uint256(NOW + 33) * LENGTH);
        _expectNotSettling(from);
        settled(NOW, _carol);
    }

    /// In short epochs, what is shown of capacity is not over after two.
    function test_settle_waits_for_the_openings() public {
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(100)));
        uint32 epoch = uint32(block.number / 100);
        (, uint256 until) = EDGE_REWARDS.openingOf(epoch);
        eq(until, epoch * 100 + 15 + 600 + 16 + 600, "longer than two epochs");
        reach(until);
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NotSettling.selector, epoch, until + 1, epoch + 32));
        settled(epoch, _bob);
        reach(until + 1);
        settled(epoch, _bob);
    }

    function test_sweep_gives_back_exactly_what_is_left() public {
        worked(BOB, PRICE);
        judged(NOW);
        settled(NOW, _bob);
        uint256 from = NOW + 33;
        reach(from * LENGTH - 1);
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NothingToSweep.selector, NOW, from));
        EDGE_REWARDS.sweep(NOW);
        reach(from * LENGTH);
        IEdgeRewards.Pot memory pot = EDGE_REWARDS.potOf(NOW);
        uint256 left = pot.amount - pot.paid;
        holds(left != 0, "something");
        vm.expectEmit();
        emit IEdgeRewards.PotSwept(NOW, left);
        EDGE_REWARDS.sweep(NOW);
        eq(EMISSION.givenBack(), left, "given back");
        eq(EDGE_REWARDS.potOf(NOW).paid, pot.amount, "all is gone");
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NothingToSweep.selector, NOW, from));
        EDGE_REWARDS.sweep(NOW);
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NothingToSweep.selector, type(uint32).max, 2 ** 32 + 32));
        EDGE_REWARDS.sweep(type(uint32).max);
    }

    /// DOMAIN.md 34 and 16: whoever posts jobs to its own worker, alone on the chain and with all of its capacity, gets back less than the
    /// jobs cost, whatever the pot, the price and the share.
    function testFuzz_threat_34_self_dealt_work_costs_at_least_what_it_earns(uint256 price, uint256 share, uint256 jobs)
        public
    {
        price = within(price, 1e9, 10_000e18);
        voted(IParameters.Parameter.BurnShare, within(share, 2500, 10_000));
        jobs = within(jobs, 1, 4);
        _earnsNoMore(uint128(price), jobs);
    }

    function test_threat_34_self_dealt_work_costs_at_least_what_it_earns() public {
        _earnsNoMore(PRICE, 3);
        holds(rewardOf(BOB) != 0, "and something it earns");
    }

    /// Nor by orders of several, accepted without a check: however fees round, no more is recorded than burns.
    function testFuzz_threat_16_jobs_that_nobody_computes_earn_no_more_than_they_burn(
        uint256 price,
        uint256 share,
        uint256 count
    ) public {
        voted(IParameters.Parameter.BurnShare, within(share, 2500, 10_000));
        count = within(count, 1, 8);
        price = within(price, 1e9, 1000e18);
        vm.deal(ALICE, price * count);
        uint256 order = posted(ALICE, uint128(price), request(uint32(count)));
        uint256[] memory jobIds = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            jobIds[i] = order + i;
        }
        takes(BOB, order, jobIds);
        vm.prank(ALICE);
        MARKET.accept(order, termsOf[order], jobIds);
        EDGE_REWARDS.report(list(BOB));
        _earnsNoMore(PRICE, 0);
    }

    /// It has no emission to live on: all that it gets out is of what it put in.
    function test_threat_34_fees_come_back_to_their_payer_in_part_only() public {
        voted(IParameters.Parameter.EdgeEmission, 0);
        released();
        enrolled(BOB);
        uint32 epoch = NOW + 1;
        for (uint256 round = 0; round < ROUNDS; ++round) {
            answered(BOB, epoch, round, 0);
        }
        for (uint256 i = 0; i < 8; ++i) {
            worked(BOB, 1000e18);
        }
        MARKET.passOn();
        drawn(epoch);
        opened(epoch, _bob);
        judged(epoch);
        settled(epoch, _bob);
        uint256 fees = 8 * 50e18;
        holds(rewardOf(BOB) < fees, "less than it paid");
        eq(Predeploys.BURN.balance, fees / 4, "by a quarter at least");
        holds(rewardOf(BOB) <= fees - fees / 4, "of which nothing comes back");
    }

    function _earnsNoMore(uint128 price, uint256 jobs) private {
        for (uint256 i = 0; i < jobs; ++i) {
            worked(BOB, price);
        }
        MARKET.passOn();
        uint256 burned = Predeploys.BURN.balance;
        judged(NOW);
        settled(NOW, _bob);
        holds(rewardOf(BOB) <= burned, "no more than was burned");
        if (jobs != 0) holds(burned <= jobs * MARKET.feeFor(price), "of its own fees");
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).burned, burned, "on these very jobs");
    }

    function _expectNotSettling(uint256 from) private {
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NotSettling.selector, NOW, from, NOW + 32));
    }
}
