// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExchangeWorld} from "./ExchangeWorld.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {holds, vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`: of clones that pay a royalty, whose receiver was paid
/// before, by a seller that has more of them to a buyer that has none, or for "fill" one.
contract ExchangeGasTest is ExchangeWorld {
    uint256 private constant SWEPT = 10;
    uint256 private constant FILL_MOST = 110_000;
    uint256 private constant SWEEP_MOST = 75_000;
    uint256 private constant LAZY_MOST = 170_000;

    function setUp() public override {
        super.setUp();
        vm.deal(STUDIO, 1 ether);
        vm.deal(BOB, FUNDS);
        fills(take(listing(12)));
        vm.prank(BOB);
        WTFUEL.deposit{value: FUNDS / 2}();
        vm.prank(BOB);
        WTFUEL.approve(address(EXCHANGE), type(uint256).max);
        vm.prank(maker);
        WTFUEL.transfer(STUDIO, 1);
        IExchange.Order memory order = listing(11);
        order.currency = address(WTFUEL);
        fills(take(order));
    }

    function test_gas_of_a_sale() public {
        fills(BOB, take(listing(1)));
        vm.snapshotGasLastCall("Exchange", "fill, to a new holder");
        fills(BOB, take(listing(2)));
        holds(vm.snapshotGasLastCall("Exchange", "fill") <= FILL_MOST, "fill");
        IExchange.Order memory order = listing(3);
        order.currency = address(WTFUEL);
        fills(CAROL, _funded(CAROL, take(order)));
        vm.snapshotGasLastCall("Exchange", "fill, for WTFUEL");
    }

    function test_gas_of_other_sales() public {
        IExchange.Order memory order = listing(1);
        order.endPrice = PRICE / 2;
        vm.warp(block.timestamp + 1 hours);
        fills(BOB, take(order));
        vm.snapshotGasLastCall("Exchange", "fill, at a falling price");
        order = editionListing(10);
        fills(BOB, take(order, 3));
        vm.snapshotGasLastCall("Exchange", "fill, the first part of editions");
        fills(BOB, take(order, 3));
        vm.snapshotGasLastCall("Exchange", "fill, another part of editions");
        fills(take(swap(2, wanted(address(looms), 101))));
        vm.snapshotGasLastCall("Exchange", "fill, a swap");
    }

    function test_gas_of_a_bundle() public {
        IExchange.Order memory order = terms();
        order.gives = new IExchange.Item[](5);
        for (uint256 i = 0; i < 5; ++i) {
            order.gives[i] = given(address(looms), i + 1);
        }
        fills(BOB, take(order));
        vm.snapshotGasLastCall("Exchange", "fill, a bundle of 5");
    }

    function test_gas_of_a_sweep() public {
        IExchange.Take[] memory takes = new IExchange.Take[](SWEPT);
        for (uint256 i = 0; i < SWEPT; ++i) {
            takes[i] = take(listing(i + 1));
        }
        vm.prank(BOB);
        IExchange.Outcome[] memory outcomes = EXCHANGE.sweep{value: SWEPT * PRICE}(takes);
        uint256 gas = vm.snapshotGasLastCall("Exchange", "sweep, of 10");
        for (uint256 i = 0; i < SWEPT; ++i) {
            holds(outcomes[i].filled, "filled");
        }
        holds(gas / SWEPT <= SWEEP_MOST, "of each");
    }

    function test_gas_of_a_sweep_of_many_sellers() public {
        _sweepOfMany(false);
        holds(vm.snapshotGasLastCall("Exchange", "sweep, of 10 of as many sellers") <= SWEPT * SWEEP_MOST, "each");
    }

    /// Nothing is spent once for many here: each token is of another contract, and each creator is paid.
    function test_gas_of_a_sweep_of_many_creators() public {
        _sweepOfMany(true);
        vm.snapshotGasLastCall("Exchange", "sweep, of 10 of as many sellers and creators");
    }

    function _sweepOfMany(bool creators) private {
        IExchange.Take[] memory takes = new IExchange.Take[](SWEPT);
        for (uint256 i = 0; i < SWEPT; ++i) {
            if (creators) {
                ICreation.Terms memory its = terms(ICreation.Policy.Operators);
                its.royaltyTo = address(uint160(0x57d100 + i));
                vm.deal(its.royaltyTo, 1 ether);
                looms = collection(its);
            }
            address seller = vm.addr(0x5e11e4 + i);
            minted(looms, seller, 200 + i);
            minted(looms, seller, 300 + i);
            approves(seller, address(looms));
            vm.deal(seller, 1 ether);
            IExchange.Order memory order = listing(200 + i);
            order.maker = seller;
            takes[i] = take(order);
            takes[i].consent.signature = signature(0x5e11e4 + i, EXCHANGE.digestOf(order));
        }
        vm.prank(BOB);
        EXCHANGE.sweep{value: SWEPT * PRICE}(takes);
    }

    function test_gas_of_a_sale_that_mints() public {
        approves(creator, address(looms));
        minted(looms, creator, 80);
        vm.deal(creator, 1 ether);
        ICreation.Voucher memory what = voucher(creator, 70);
        IExchange.Order memory order = listing(1);
        (order.maker, order.gives[0].id) = (creator, 70);
        IExchange.Take memory its = take(order);
        its.mintings = new IExchange.Minting[](1);
        its.mintings[0] = IExchange.Minting(address(looms), what, signed(address(looms), what), 1);
        its.consent.signature = signature(CREATOR_KEY, EXCHANGE.digestOf(order));
        fills(BOB, its);
        holds(vm.snapshotGasLastCall("Exchange", "fill, with a mint") <= LAZY_MOST, "minted and sold");
    }

    function test_gas_of_an_offer() public {
        IExchange.Order memory order = offer(any(address(looms)));
        order.units = 10;
        fills(take(order, 1, 101));
        vm.snapshotGasLastCall("Exchange", "fill, an offer for a collection");
        fills(take(order, 1, 102));
        vm.snapshotGasLastCall("Exchange", "fill, another unit of it");
        bytes32[] memory proof = new bytes32[](10);
        bytes32 node = keccak256(bytes.concat(keccak256(abi.encode(103))));
        for (uint256 i = 0; i < 10; ++i) {
            proof[i] = keccak256(abi.encode("beside", i));
            node = node < proof[i] ? keccak256(abi.encode(node, proof[i])) : keccak256(abi.encode(proof[i], node));
        }
        IExchange.Take memory its = take(offer(oneOf(address(looms), node)), 1, 103);
        its.choices[0].proof = proof;
        fills(its);
        vm.snapshotGasLastCall("Exchange", "fill, an offer for one of 1,024");
    }

    function test_gas_of_one_order_of_256() public {
        IExchange.Order memory order = listing(1);
        IExchange.Take memory its = take(order);
        its.consent.index = 0xa5;
        its.consent.proof = new bytes32[](8);
        bytes32 node = EXCHANGE.hashOf(order);
        for (uint256 i = 0; i < 8; ++i) {
            bytes32 beside = keccak256(abi.encode("beside", i));
            its.consent.proof[i] = beside;
            bool right = (its.consent.index >> i) & 1 == 1;
            node = right ? keccak256(abi.encode(beside, node)) : keccak256(abi.encode(node, beside));
        }
        its.consent.signature = signature(MAKER_KEY, EXCHANGE.bulkDigestOf(node, 8));
        fills(BOB, its);
        vm.snapshotGasLastCall("Exchange", "fill, one of 256 signed at once");
    }

    function test_gas_of_ending_orders() public {
        IExchange.Order[] memory orders = list(listing(1));
        vm.prank(maker);
        EXCHANGE.cancel(orders);
        vm.snapshotGasLastCall("Exchange", "cancel");
        vm.prank(maker);
        EXCHANGE.incrementCounter();
        vm.snapshotGasLastCall("Exchange", "incrementCounter");
    }

    function _funded(address account, IExchange.Take memory its) private returns (IExchange.Take memory) {
        vm.prank(BOB);
        WTFUEL.transfer(account, 2 * PRICE);
        vm.prank(account);
        WTFUEL.approve(address(EXCHANGE), type(uint256).max);
        return its;
    }
}
