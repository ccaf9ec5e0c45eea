// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {ISeaport} from "./mocks/ISeaport.sol";
import {SeaportWorld} from "./SeaportWorld.sol";
import {eq, vm} from "./Vm.sol";

/// @dev Gas of Seaport 1.6 for what `Exchange` does, as whole transactions (run with `--isolate`): of the same tokens, with the same fee and royalty.
/// Whoever pays or is paid has something before, and buyer and sellers keep another token, so that no slot and no account is new but
/// Seaport's own record of the order. No conduit.
contract SeaportGasTest is SeaportWorld {
    uint256 private constant SELLERS = 10;
    uint256 private constant BUYER_KEY = 0xb0b4e7;
    uint256 private constant KEPT = 1000;

    ICollection private _token;
    IEditions private _copies;
    address private _buyer;

    function setUp() public override {
        super.setUp();
        _token = collection(ICreation.Policy.Open);
        _copies = editions(ICreation.Policy.Open);
        _buyer = vm.addr(BUYER_KEY);
        vm.deal(_buyer, 1000 ether);
        vm.deal(STUDIO, 1);
        vm.deal(TREASURY, 1);
        minted(_token, _buyer, KEPT);
        minted(_copies, _buyer, 1, 1);
        for (uint256 i = 0; i < SELLERS; ++i) {
            address seller = vm.addr(_keyOf(i));
            vm.deal(seller, 10 ether);
            minted(_token, seller, i);
            minted(_token, seller, KEPT + 1 + i);
            vm.prank(seller);
            _token.setApprovalForAll(address(SEAPORT), true);
        }
        minted(_copies, vm.addr(_keyOf(0)), 1, 100);
        vm.prank(vm.addr(_keyOf(0)));
        _copies.setApprovalForAll(address(SEAPORT), true);
        _wraps(_buyer);
        _wraps(vm.addr(_keyOf(0)));
        _wraps(STUDIO);
        _wraps(TREASURY);
    }

    function test_gas_of_a_sale_by_the_shortest_path() public {
        _buysBasic(_listed(0, FEE, ROYALTY), "buy, basic, fee and royalty");
        _buysBasic(_listed(1, FEE, 0), "buy, basic, fee");
        _buysBasic(_listed(2, 0, 0), "buy, basic");
    }

    function test_gas_of_a_sale() public {
        _buys(advanced(_keyOf(0), _listed(0, FEE, ROYALTY)), "buy, fee and royalty");
        _buys(advanced(_keyOf(1), _listed(1, FEE, 0)), "buy, fee");
        _buys(advanced(_keyOf(2), _listed(2, 0, 0)), "buy");
        _buys(
            inBulk(_keyOf(3), _listed(3, FEE, ROYALTY), 10),
            "buy, fee and royalty, one of 1,024 that were signed at once"
        );
    }

    function test_gas_of_a_price_that_falls() public {
        ISeaport.Order memory order = _listed(0, FEE, ROYALTY);
        for (uint256 i = 0; i < 3; ++i) {
            order.consideration[i].endAmount /= 2;
        }
        ISeaport.AdvancedOrder memory filled = advanced(_keyOf(0), order);
        vm.warp(START + 12 hours);
        _buys(filled, "buy, fee and royalty, at a price that falls");
    }

    function test_gas_of_a_sweep_of_ten_sellers() public {
        ISeaport.AdvancedOrder[] memory orders = new ISeaport.AdvancedOrder[](SELLERS);
        for (uint256 i = 0; i < SELLERS; ++i) {
            orders[i] = advanced(_keyOf(i), _listed(i, FEE, ROYALTY));
        }
        _sweeps(orders);
        vm.snapshotGasLastCall("Seaport", "sweep, 10 of 10 sellers, fee and royalty");
        for (uint256 i = 0; i < SELLERS; ++i) {
            eq(_token.ownerOf(i), _buyer, "the buyer's");
        }
        eq(TREASURY.balance, 1 + SELLERS * FEE, "the fees");
        eq(STUDIO.balance, 1 + SELLERS * ROYALTY, "the royalties");
    }

    function test_gas_of_parts_of_an_order() public {
        address seller = vm.addr(_keyOf(0));
        ISeaport.Order memory order = listing(seller, address(_copies), 1, payments(seller, FEE, ROYALTY));
        order.orderType = ISeaport.OrderType.PartialOpen;
        ISeaport.OfferItem memory offered = order.offer[0];
        (offered.itemType, offered.startAmount, offered.endAmount) = (ISeaport.ItemType.Erc1155, 10, 10);
        for (uint256 i = 0; i < 3; ++i) {
            order.consideration[i].startAmount *= 10;
            order.consideration[i].endAmount *= 10;
        }
        ISeaport.AdvancedOrder memory filled = advanced(_keyOf(0), order);
        filled.denominator = 10;
        _buys(filled, "buy, fee and royalty, 1 of 10 copies, the first");
        _buys(filled, "buy, fee and royalty, 1 of 10 copies");
        eq(_copies.balanceOf(_buyer, 1), 3, "the buyer's");
    }

    function test_gas_of_an_offer_that_is_taken() public {
        ISeaport.ConsiderationItem[] memory wanted = new ISeaport.ConsiderationItem[](3);
        wanted[0] = _wanted(ISeaport.ItemType.Erc721, 0);
        (wanted[1], wanted[2]) = (wrapped(TREASURY, FEE), wrapped(STUDIO, ROYALTY));
        ISeaport.BasicOrder memory filled = basic(BUYER_KEY, offering(_buyer, PRICE, wanted), 16);
        vm.prank(vm.addr(_keyOf(0)));
        SEAPORT.fulfillBasicOrder_efficient_6GL6yc(filled);
        vm.snapshotGasLastCall("Seaport", "take an offer, basic, WTFUEL, fee and royalty");
        eq(_token.ownerOf(0), _buyer, "the buyer's");
    }

    function test_gas_of_an_offer_for_any_of_a_collection() public {
        ISeaport.ConsiderationItem[] memory wanted = new ISeaport.ConsiderationItem[](3);
        wanted[0] = _wanted(ISeaport.ItemType.Erc721WithCriteria, 0);
        (wanted[1], wanted[2]) = (wrapped(TREASURY, FEE), wrapped(STUDIO, ROYALTY));
        ISeaport.AdvancedOrder memory filled = advanced(BUYER_KEY, offering(_buyer, PRICE, wanted));
        ISeaport.CriteriaResolver[] memory chosen = new ISeaport.CriteriaResolver[](1);
        chosen[0] = ISeaport.CriteriaResolver(0, ISeaport.Side.Consideration, 0, 1, new bytes32[](0));
        address seller = vm.addr(_keyOf(1));
        vm.prank(seller);
        WTFUEL.approve(address(SEAPORT), type(uint256).max);
        _wraps(seller);
        vm.prank(seller);
        SEAPORT.fulfillAdvancedOrder(filled, chosen, 0, address(0));
        vm.snapshotGasLastCall("Seaport", "take an offer for any of a collection, WTFUEL, fee and royalty");
        eq(_token.ownerOf(1), _buyer, "the buyer's");
    }

    function test_gas_of_ending_orders() public {
        ISeaport.Order[] memory orders = new ISeaport.Order[](1);
        orders[0] = _listed(0, FEE, ROYALTY);
        vm.prank(orders[0].offerer);
        SEAPORT.cancel(orders);
        vm.snapshotGasLastCall("Seaport", "cancel, one order");
        vm.prank(orders[0].offerer);
        SEAPORT.incrementCounter();
        vm.snapshotGasLastCall("Seaport", "incrementCounter, the first");
    }

    function _buysBasic(ISeaport.Order memory order, string memory what) private {
        uint256 id = order.offer[0].identifierOrCriteria;
        ISeaport.BasicOrder memory filled = basic(_keyOf(id), order, 0);
        vm.prank(_buyer);
        SEAPORT.fulfillBasicOrder_efficient_6GL6yc{value: PRICE}(filled);
        vm.snapshotGasLastCall("Seaport", what);
        eq(_token.ownerOf(id), _buyer, "the buyer's");
    }

    /// @dev What is sent and not needed comes back: of a price that falls, all that it fell.
    function _buys(ISeaport.AdvancedOrder memory order, string memory what) private {
        uint256 before = order.parameters.offerer.balance;
        vm.prank(_buyer);
        SEAPORT.fulfillAdvancedOrder{value: PRICE}(order, new ISeaport.CriteriaResolver[](0), 0, address(0));
        vm.snapshotGasLastCall("Seaport", what);
        eq(order.parameters.offerer.balance > before ? 1 : 0, 1, "the seller is paid");
    }

    /// @dev What goes to the same account goes at once, as `seaport-js` does it.
    function _sweeps(ISeaport.AdvancedOrder[] memory orders) private {
        uint256 length = orders.length;
        ISeaport.FulfillmentComponent[][] memory offers = new ISeaport.FulfillmentComponent[][](length);
        ISeaport.FulfillmentComponent[][] memory paid = new ISeaport.FulfillmentComponent[][](length + 2);
        (paid[length], paid[length + 1]) =
        (new ISeaport.FulfillmentComponent[](length), new ISeaport.FulfillmentComponent[](length));
        for (uint256 i = 0; i < length; ++i) {
            (offers[i], paid[i]) = (new ISeaport.FulfillmentComponent[](1), new ISeaport.FulfillmentComponent[](1));
            offers[i][0] = ISeaport.FulfillmentComponent(i, 0);
            paid[i][0] = ISeaport.FulfillmentComponent(i, 0);
            paid[length][i] = ISeaport.FulfillmentComponent(i, 1);
            paid[length + 1][i] = ISeaport.FulfillmentComponent(i, 2);
        }
        vm.prank(_buyer);
        SEAPORT.fulfillAvailableAdvancedOrders{value: PRICE * length}(
            orders, new ISeaport.CriteriaResolver[](0), offers, paid, 0, address(0), length
        );
    }

    function _wraps(address account) private {
        vm.deal(account, account.balance + 10 ether);
        vm.prank(account);
        WTFUEL.deposit{value: 10 ether}();
        vm.prank(account);
        WTFUEL.approve(address(SEAPORT), type(uint256).max);
    }

    function _listed(uint256 i, uint256 fee, uint256 royalty) private view returns (ISeaport.Order memory) {
        address seller = vm.addr(_keyOf(i));
        return listing(seller, address(_token), i, payments(seller, fee, royalty));
    }

    function _wanted(ISeaport.ItemType itemType, uint256 id) private view returns (ISeaport.ConsiderationItem memory) {
        return ISeaport.ConsiderationItem(itemType, address(_token), id, 1, 1, payable(_buyer));
    }

    function _keyOf(uint256 i) private pure returns (uint256) {
        return 0x5e11e4 + i;
    }
}
