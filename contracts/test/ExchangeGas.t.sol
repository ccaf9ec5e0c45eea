// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExchangeWorld} from "./ExchangeWorld.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {holds, vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`.
contract ExchangeGasTest is ExchangeWorld {
    function setUp() public override {
        super.setUp();
        vm.deal(STUDIO, 1 ether);
        fills(take(listing(12)));
        vm.prank(taker);
        looms.transferFrom(taker, maker, 12);
    }

    function test_gas_of_a_sale() public {
        vm.deal(BOB, FUNDS);
        fills(BOB, take(listing(1)));
        vm.snapshotGasLastCall("Exchange", "fill");
    }

    function test_gas_of_a_sweep() public {
        vm.deal(BOB, FUNDS);
        IExchange.Take[] memory takes = new IExchange.Take[](10);
        for (uint256 i = 0; i < 10; ++i) {
            takes[i] = take(listing(i + 1));
        }
        vm.prank(BOB);
        EXCHANGE.sweep{value: 10 * PRICE}(takes);
        vm.snapshotGasLastCall("Exchange", "sweep, of 10");
    }
}
