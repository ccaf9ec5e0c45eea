// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Broken} from "./mocks/Broken.sol";
import {IEdgeRewards} from "../src/interfaces/IEdgeRewards.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Vm, eq, holds, vm, within} from "./Vm.sol";

/// @dev Fees gather in the market, and go on when somebody asks.
contract TillTest is MarketWorld {
    /// @dev Jumps back to its beginning until its gas is gone.
    bytes private constant BURNER = hex"5b5f56";
    uint96 private constant PRICE_MAX = 500_000e18;

    function testFuzz_the_fee_is_a_twentieth_rounded_down(uint256 price) public pure {
        price = within(price, 0, PRICE_MAX);
        eq(MARKET.feeFor(price), price / 20, "fee");
    }

    function test_fees_gather_until_somebody_passes_them_on() public {
        _settled(2);
        (uint256 unburned, uint256 unshared) = MARKET.dues();
        eq(unburned, 2 * BURNED, "to be burned");
        eq(unshared, 2 * (FEE - BURNED), "to be shared");
        eq(Predeploys.BURN.balance, 0, "not yet");
        vm.expectEmit();
        emit IEdgeRewards.PotFilled(1, 2 * (FEE - BURNED));
        vm.expectEmit();
        emit ITill.FeesPassedOn(2 * BURNED, 2 * (FEE - BURNED));
        vm.prank(CAROL);
        MARKET.passOn();
        _expectDues(0, 0);
        eq(Predeploys.BURN.balance, 2 * BURNED, "burned");
        eq(Predeploys.EDGE_REWARDS.balance, 2 * (FEE - BURNED), "shared");
        eq(EDGE_REWARDS.potOf(1).amount, 2 * (FEE - BURNED), "in the pot");
        eq(address(MARKET).balance, 0, "none is left");
    }

    function test_pass_on_of_nothing_moves_nothing() public {
        uint256 order = posted(ALICE, PRICE);
        vm.expectEmit();
        emit ITill.FeesPassedOn(0, 0);
        MARKET.passOn();
        eq(address(MARKET).balance, PRICE, "escrow stays");
        eq(untakenOf(order), 1, "and its job");
    }

    function test_pass_on_touches_neither_escrow_nor_credits() public {
        _settled(1);
        posted(ALICE, 7e18);
        uint256 expired = posted(ALICE, 3e18);
        vm.warp(START + TAKE_SECONDS + 1);
        expires(expired);
        MARKET.passOn();
        eq(address(MARKET).balance, 10e18, "what is others'");
        vm.prank(ALICE);
        MARKET.withdraw();
        eq(address(MARKET).balance, MARKET.escrowed(), "and is there for them");
    }

    function test_what_edge_nodes_cannot_be_given_is_burned() public {
        bytes[3] memory codes = [type(Broken).runtimeCode, BURNER, bytes("")];
        for (uint256 i = 0; i < 3; ++i) {
            _settled(1);
            bytes memory code = Predeploys.EDGE_REWARDS.code;
            vm.etch(Predeploys.EDGE_REWARDS, codes[i]);
            vm.expectEmit();
            emit ITill.FeesPassedOn(FEE, 0);
            MARKET.passOn{gas: 10_000_000}();
            eq(Predeploys.BURN.balance, (i + 1) * FEE, "burned whole");
            eq(Predeploys.EDGE_REWARDS.balance, 0, "nothing is lost there");
            _expectDues(0, 0);
            vm.etch(Predeploys.EDGE_REWARDS, code);
        }
    }

    /// Whoever passes on with little gas burns nothing of what is edge nodes'.
    function testFuzz_no_gas_burns_what_is_shared(uint256 gas) public {
        _settled(1);
        vm.deal(Predeploys.BURN, 1);
        gas = within(gas, 25_000, 200_000);
        (bool done,) = address(MARKET).call{gas: gas}(abi.encodeCall(MARKET.passOn, ()));
        eq(Predeploys.EDGE_REWARDS.balance, done ? FEE - BURNED : 0, "shared");
        eq(Predeploys.BURN.balance, 1 + (done ? BURNED : 0), "burned");
    }

    /// However many and large they are.
    function test_fees_that_gather_for_long_are_not_lost() public {
        bonded(BOB, PRICE_MAX);
        vm.deal(ALICE, 100 * uint256(PRICE_MAX));
        vm.recordLogs();
        for (uint256 i = 0; i < 70; ++i) {
            uint256 order = posted(ALICE, PRICE_MAX);
            takes(BOB, order);
            accepts(ALICE, order, ids(order));
        }
        (uint256 burned, uint256 shared) = _passedOn(vm.getRecordedLogs());
        (uint256 unburned, uint256 unshared) = MARKET.dues();
        uint256 fee = PRICE_MAX / 20;
        eq(burned + unburned, 70 * fee / 4, "a quarter");
        eq(shared + unshared, 70 * fee * 3 / 4, "and the rest");
        eq(Predeploys.BURN.balance, burned, "burned");
        eq(Predeploys.EDGE_REWARDS.balance, shared, "shared");
        MARKET.passOn();
        eq(Predeploys.BURN.balance + Predeploys.EDGE_REWARDS.balance, 70 * fee, "all of it");
    }

    /// A batch costs what its jobs would cost one by one, to the wei.
    function testFuzz_fees_of_a_batch_are_those_of_its_jobs(uint256 price, uint256 share, uint256 count) public {
        price = within(price, 1e9, 100e18);
        share = within(share, 2500, 10_000);
        count = within(count, 1, 9);
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.BurnShare, share);
        bonded(BOB, STAKE);
        uint256 order = posted(ALICE, uint128(price), request(uint32(count)));
        takes(BOB, order, idsOf(order, 0, count));
        settles(BOB, order, resultsOf(order, idsOf(order, 0, count)));
        _expectDues(count * (price / 20 * share / 10_000), count * (price / 20 - price / 20 * share / 10_000));
        eq(MARKET.recordOf(BOB).fees, count * (price / 20), "on record");
        eq(MARKET.recordOf(BOB).burned, count * (price / 20 * share / 10_000), "and what of them is burned");
        eq(MARKET.recordOf(BOB).settled, count, "each");
    }

    /// What somebody forces upon the market is nobody's, and in nobody's way.
    function test_money_that_was_forced_upon_it_is_not_paid_out() public {
        uint256 order = posted(ALICE, PRICE);
        vm.deal(address(MARKET), PRICE + 1);
        cancels(ALICE, order);
        eq(ALICE.balance, FUNDS, "as much as was posted");
        eq(MARKET.escrowed(), 0, "escrow");
    }

    function _settled(uint256 times) private {
        if (EDGE_STAKING.nodeOf(BOB) == 0) bonded(BOB, STAKE);
        for (uint256 i = 0; i < times; ++i) {
            uint256 order = posted(ALICE, PRICE);
            takes(BOB, order);
            settles(BOB, order);
        }
    }

    function _passedOn(Vm.Log[] memory logs) private pure returns (uint256 burned, uint256 shared) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != ITill.FeesPassedOn.selector) continue;
            (uint256 one, uint256 other) = abi.decode(logs[i].data, (uint256, uint256));
            (burned, shared) = (burned + one, shared + other);
        }
    }

    function _expectDues(uint256 unburned, uint256 unshared) private view {
        (uint256 burning, uint256 sharing) = MARKET.dues();
        eq(burning, unburned, "to be burned");
        eq(sharing, unshared, "to be shared");
    }
}
