// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IInference} from "../src/interfaces/IInference.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IKinds} from "../src/interfaces/IKinds.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Umpire} from "./mocks/Umpire.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract JobMarketPostTest is MarketWorld {
    function test_post_refuses_unknown_and_closed_kinds() public {
        IJobMarket.Request memory asked = request(1);
        uint16[3] memory unknown = [uint16(0), UMPIRED + 1, type(uint16).max];
        for (uint256 i = 0; i < unknown.length; ++i) {
            asked.kind = unknown[i];
            _refuse(PRICE, asked, abi.encodeWithSelector(IKinds.KindUnknown.selector, unknown[i]));
        }
        asked.kind = INFERENCES;
        vm.prank(Predeploys.TIMELOCK);
        KINDS.close(INFERENCES);
        _refuse(PRICE, asked, abi.encodeWithSelector(IJobMarket.KindClosed.selector, INFERENCES));
    }

    function test_post_refuses_no_jobs_and_too_many() public {
        IJobMarket.Request memory asked = umpired(1);
        uint32 most = uint32(MARKET.COUNT_MAX());
        uint32[3] memory counts = [uint32(0), most + 1, type(uint32).max];
        for (uint256 i = 0; i < counts.length; ++i) {
            asked.count = counts[i];
            _refuse(PRICE, asked, abi.encodeWithSelector(IJobMarket.CountOutOfRange.selector, counts[i], most));
        }
        asked.count = most;
        eq(posted(ALICE, 1e9, asked), 1, "first of them");
        eq(MARKET.jobCount(), most, "all");
    }

    function test_post_refuses_what_does_not_divide() public {
        _refuse(
            3 * PRICE + 1, request(3), abi.encodeWithSelector(IJobMarket.WrongValue.selector, 3 * PRICE + 1, 3 * PRICE)
        );
        _refuse(
            3 * PRICE - 1,
            request(3),
            abi.encodeWithSelector(IJobMarket.WrongValue.selector, 3 * PRICE - 1, 3 * PRICE - 3)
        );
    }

    function test_post_refuses_prices_out_of_range() public {
        uint256 most = PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax);
        uint256[3] memory prices = [uint256(0), 1e9 - 1, most + 1];
        for (uint256 i = 0; i < prices.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IJobMarket.PriceOutOfRange.selector, prices[i], 1e9, most);
            _refuse(prices[i], request(1), refusal);
            _refuse(2 * prices[i], request(2), refusal);
        }
        posted(ALICE, 1e9);
    }

    function test_the_dearest_job_can_be_taken() public {
        uint256 most = PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax);
        uint256 jobId = posted(ALICE, uint128(most));
        bonded(BOB, most);
        takes(BOB, jobId);
        eq(EDGE_STAKING.standingOf(BOB).locked, most, "locked");
    }

    /// Votes move the largest stake, and no kind with it.
    function test_post_refuses_a_job_whose_bond_no_stake_can_be_as_large_as() public {
        uint256 least = PARAMETERS.boundsOf(IParameters.Parameter.EdgeStakeMax).least;
        _voteStakeMax(least);
        uint256 most = least + 1;
        _refuse(most, request(1), abi.encodeWithSelector(ITill.BondTooLarge.selector, most, least));
        posted(ALICE, uint128(least));
        _voteStakeMax(most);
        posted(ALICE, uint128(most));
        // What many jobs lock together is no one's who takes one of them.
        posted(ALICE, uint128(most), request(2));
    }

    function test_post_refuses_periods_out_of_range() public {
        _refusePeriod(0, 1, 0, 0, 7 days);
        _refusePeriod(7 days + 1, 1, 0, 7 days + 1, 7 days);
        _refusePeriod(type(uint32).max, 1, 0, type(uint32).max, 7 days);
        _refusePeriod(1, 0, 0, 0, 1 days);
        _refusePeriod(1, 1 days + 1, 0, 1 days + 1, 1 days);
        // Who never could take are not said to be able to.
        _refusePeriod(100, 1, 101, 101, 100);
        IJobMarket.Request memory asked = request(1);
        (asked.takeSeconds, asked.workSeconds, asked.providersAfter) = (7 days, 1 days, 7 days);
        posted(ALICE, 1e9, asked);
    }

    function test_post_refuses_requirements_that_mean_nothing() public {
        IJobMarket.Request memory asked = request(1);
        for (uint256 bit = 176; bit < 256; bit += 79) {
            asked.requirements = 1 << bit;
            _refuse(PRICE, asked, abi.encodeWithSelector(IJobMarket.MalformedRequirements.selector, asked.requirements));
        }
        asked.requirements = (1 << 176) - 1;
        posted(ALICE, PRICE, asked);
    }

    function test_post_refuses_what_the_verifier_refuses() public {
        IJobMarket.Request memory asked = umpired(1);
        umpire.refuse(asked.subject);
        _refuse(PRICE, asked, abi.encodeWithSelector(Umpire.Refused.selector));
        asked = request(1);
        asked.subject = keccak256("nobody's model");
        _refuse(PRICE, asked, abi.encodeWithSelector(IModelRegistry.ModelUnknown.selector, asked.subject));
        asked = request(1);
        asked.inputRoot = keccak256("another input");
        _refuse(PRICE, asked, abi.encodeWithSelector(IInference.InputMismatch.selector));
    }

    function test_post_refuses_inputs_of_another_length() public {
        for (uint256 length = 15; length < 18; length += 2) {
            vm.expectRevert(abi.encodeWithSelector(IInference.InputLength.selector, 16, length));
            MARKET.post{value: 2 * PRICE}(request(2), new bytes(length));
        }
    }

    function test_the_market_refuses_plain_transfers() public {
        vm.prank(ALICE);
        (bool sent,) = address(MARKET).call{value: 1}("");
        holds(!sent, "money that belongs to no job");
    }

    function test_post_escrows_and_announces() public {
        IJobMarket.Request memory asked = request(1);
        asked.providersAfter = 7;
        asked.worker = BOB;
        asked.requirements = packed(276, 3, 24, 5, 20_000, 1500);
        IJobMarket.Terms memory terms = IJobMarket.Terms({
            requester: ALICE,
            kind: 1,
            burnShare: 2500,
            count: 1,
            workSeconds: WORK_SECONDS,
            takeBy: uint40(START) + TAKE_SECONDS,
            providersFrom: uint40(START) + 7,
            price: uint96(PRICE),
            bond: uint96(PRICE),
            verifier: Predeploys.INFERENCE,
            worker: BOB,
            requirements: asked.requirements,
            subject: modelId,
            inputRoot: keccak256(INPUT)
        });
        vm.expectEmit();
        emit IJobMarket.JobsPosted(1, ALICE, modelId, terms, INPUT);
        eq(posted(ALICE, PRICE, asked), 1, "first");
        eq(keccak256(abi.encode(termsOf[1])), keccak256(abi.encode(terms)), "terms");
        eq(untakenOf(1), 1, "untaken");
        eq(jobOf(1).worker, address(0), "no worker");
        eq(jobOf(1).deadline, terms.takeBy, "until when it can be taken");
        eq(phaseOf(1), uint256(IJobMarket.Phase.Untaken), "phase");
    }

    function test_orders_are_numbered_by_their_first_jobs() public {
        eq(posted(ALICE, PRICE, request(3)), 1, "first order");
        eq(posted(BOB, 2 * PRICE), 4, "second");
        eq(posted(ALICE, PRICE, umpired(2)), 5, "third");
        eq(MARKET.jobCount(), 6, "count");
        eq(MARKET.escrowed(), 7 * PRICE, "escrow");
        eq(address(MARKET).balance, 7 * PRICE, "balance");
        eq(untakenOf(1), 3, "its jobs");
        vm.expectRevert(notTheTerms(2));
        MARKET.untakenOf(2, termsOf[1]);
    }

    /// Whoever pays for them: they are the requester's, and so is what goes back.
    function test_post_of_jobs_that_are_somebody_elses() public {
        IJobMarket.Request memory asked = request(2);
        asked.requester = CAROL;
        uint256 order = posted(ALICE, PRICE, asked);
        eq(termsOf[order].requester, CAROL, "whose they are");
        eq(ALICE.balance, FUNDS - 2 * PRICE, "who pays");
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotRequester.selector, order, ALICE));
        cancels(ALICE, order);
        cancels(CAROL, order);
        eq(CAROL.balance, FUNDS + 2 * PRICE, "who is refunded");
    }

    function test_post_lists_jobs_of_an_order_of_several() public {
        vm.recordLogs();
        posted(ALICE, PRICE);
        eq(vm.getRecordedLogs().length, 1, "the order itself");
        for (uint256 jobId = 2; jobId < 5; ++jobId) {
            vm.expectEmit();
            emit IJobMarket.JobListed(jobId, 2);
        }
        posted(ALICE, PRICE, umpired(3));
    }

    function testFuzz_the_bond_covers_the_price_and_the_floor(uint256 price) public {
        uint128 bounded = uint128(within(price, 1e9, 500_000e18));
        vm.deal(ALICE, bounded);
        uint256 jobId = posted(ALICE, bounded);
        uint256 bond = bounded > 1e18 ? bounded : 1e18;
        eq(KINDS.bondFor(INFERENCES, bounded), bond, "bondFor");
        bonded(BOB, 500_000e18);
        takes(BOB, jobId);
        eq(EDGE_STAKING.standingOf(BOB).locked, bond, "locked");
    }

    function _voteStakeMax(uint256 most) private {
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.EdgeStakeMax, most);
    }

    function _refusePeriod(uint32 take, uint32 work, uint32 providers, uint256 given, uint256 maximum) private {
        IJobMarket.Request memory asked = request(1);
        (asked.takeSeconds, asked.workSeconds, asked.providersAfter) = (take, work, providers);
        _refuse(1e9, asked, abi.encodeWithSelector(IJobMarket.PeriodOutOfRange.selector, given, 1, maximum));
    }

    function _refuse(uint256 value, IJobMarket.Request memory asked, bytes memory refusal) private {
        bytes memory inputs = asked.kind == INFERENCES ? inputsOf(asked.count) : bytes("");
        vm.deal(ALICE, value);
        vm.expectRevert(refusal);
        vm.prank(ALICE);
        MARKET.post{value: value}(asked, inputs);
        vm.deal(ALICE, FUNDS);
    }
}
