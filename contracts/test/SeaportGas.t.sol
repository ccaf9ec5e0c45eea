// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {ISeaport} from "./mocks/ISeaport.sol";
import {SeaportWorld} from "./SeaportWorld.sol";
import {eq, vm} from "./Vm.sol";

/// @dev Gas of Seaport 1.6 and of the exchange for the same actions, as whole transactions (run with `--isolate`): of the same tokens, between the
/// same accounts, with the same fee and royalty. Whoever pays or is paid has something before, and buyer and sellers keep another token, so
/// that no slot and no account is new but what is kept of an order. No conduit. `test/gas.md` has the table.
contract SeaportGasTest is SeaportWorld {
    uint256 private constant SELLERS = 10;
    uint256 private constant BUYER_KEY = 0xb0b4e7;
    /// @dev Tokens for Seaport begin at 0, those for the exchange here, and those that are kept there.
    uint256 private constant OURS = 100;
    uint256 private constant KEPT = 1000;
    uint256 private constant COPIES = 1;

    ICollection private _token;
    ICollection private _free;
    IEditions private _copies;
    address private _buyer;

    function setUp() public override {
        super.setUp();
        _token = collection(ICreation.Policy.Open);
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        its.royaltyBps = 0;
        _free = collection(its);
        _copies = editions(ICreation.Policy.Open);
        _buyer = vm.addr(BUYER_KEY);
        _fund(_buyer);
        _fund(STUDIO);
        _fund(TREASURY);
        for (uint256 i = 0; i < SELLERS; ++i) {
            address seller = _seller(i);
            _fund(seller);
            for (uint256 j = 0; j < 2; ++j) {
                minted(_token, seller, i + j * OURS);
                minted(_free, seller, i + j * OURS);
            }
            minted(_token, seller, KEPT + i);
            minted(_free, seller, KEPT + i);
        }
        // So that the exchange has fees already, of both kinds.
        minted(_free, _seller(0), KEPT - 1);
        minted(_free, _seller(0), KEPT - 2);
        IExchange.Take memory bought = _ours(0, _free, KEPT - 1);
        IExchange.Take memory sold = _offered(itemOf(address(_free), KEPT - 2, IExchange.Criteria.Exact));
        vm.prank(_buyer);
        EXCHANGE.fill{value: PRICE}(bought);
        vm.prank(_seller(0));
        EXCHANGE.fill(sold);
        minted(_token, _buyer, KEPT + SELLERS);
        minted(_copies, _buyer, COPIES, 1);
        minted(_copies, _seller(0), COPIES, 100);
    }

    function test_gas_of_a_sale() public {
        _buysBasic(_listed(0, FEE, ROYALTY), "buy, fee and royalty: Seaport, basic");
        _buys(_advanced(1, FEE, ROYALTY), "buy, fee and royalty: Seaport");
        _buys(_ours(0), "buy, fee and royalty: ours");
        _buysBasic(_listed(2, FEE, 0), "buy, fee: Seaport, basic");
        _buys(_advanced(3, FEE, 0), "buy, fee: Seaport");
        _buys(_ours(1, _free, OURS + 1), "buy, fee: ours");
        _buysBasic(_listed(4, 0, 0), "buy: Seaport, basic");
        _buys(_advanced(5, 0, 0), "buy: Seaport");
    }

    function test_gas_of_one_of_many_that_were_signed_at_once() public {
        _buys(inBulk(_keyOf(0), _listed(0, FEE, ROYALTY), 10), "buy, fee and royalty, one of 1,024 signed: Seaport");
        IExchange.Order memory order = _ours(1).order;
        _buys(takenInBulk(_keyOf(1), order, 10), "buy, fee and royalty, one of 1,024 signed: ours");
    }

    function test_gas_of_a_price_that_falls() public {
        ISeaport.Order memory theirs = _listed(0, FEE, ROYALTY);
        for (uint256 i = 0; i < 3; ++i) {
            theirs.consideration[i].endAmount /= 2;
        }
        ISeaport.AdvancedOrder memory filled = advanced(_keyOf(0), theirs);
        IExchange.Order memory order = _ours(1).order;
        order.endPrice /= 2;
        IExchange.Take memory its = taken(_keyOf(1), order);
        vm.warp(START + 12 hours);
        _buys(filled, "buy, fee and royalty, price falls: Seaport");
        _buys(its, "buy, fee and royalty, price falls: ours");
    }

    function test_gas_of_a_sweep_of_ten_sellers() public {
        ISeaport.AdvancedOrder[] memory theirs = new ISeaport.AdvancedOrder[](SELLERS);
        IExchange.Take[] memory takes = new IExchange.Take[](SELLERS);
        for (uint256 i = 0; i < SELLERS; ++i) {
            (theirs[i], takes[i]) = (_advanced(i, FEE, ROYALTY), _ours(i));
        }
        uint256 before = TREASURY.balance;
        _sweeps(theirs, SELLERS, "sweep, 10 of 10 sellers, fee and royalty: Seaport");
        eq(TREASURY.balance, before + SELLERS * FEE, "the fees");
        _sweeps(takes, "sweep, 10 of 10 sellers, fee and royalty: ours");
        eq(_token.balanceOf(_buyer), 1 + 2 * SELLERS, "the buyer's");
    }

    function test_gas_of_a_sweep_of_one_seller() public {
        ISeaport.AdvancedOrder[] memory theirs = new ISeaport.AdvancedOrder[](SELLERS);
        IExchange.Take[] memory takes = new IExchange.Take[](SELLERS);
        for (uint256 i = 0; i < SELLERS; ++i) {
            minted(_token, _seller(0), 2 * OURS + i);
            minted(_token, _seller(0), 3 * OURS + i);
            theirs[i] = advanced(
                _keyOf(0), listing(_seller(0), address(_token), 2 * OURS + i, payments(_seller(0), FEE, ROYALTY))
            );
            takes[i] = _ours(0, _token, 3 * OURS + i);
        }
        _sweeps(theirs, 1, "sweep, 10 of one seller, fee and royalty: Seaport");
        _sweeps(takes, "sweep, 10 of one seller, fee and royalty: ours");
        eq(_token.balanceOf(_buyer), 1 + 2 * SELLERS, "the buyer's");
    }

    function test_gas_of_parts_of_an_order() public {
        ISeaport.Order memory theirs = listing(_seller(0), address(_copies), COPIES, payments(_seller(0), FEE, ROYALTY));
        theirs.orderType = ISeaport.OrderType.PartialOpen;
        ISeaport.OfferItem memory offered = theirs.offer[0];
        (offered.itemType, offered.startAmount, offered.endAmount) = (ISeaport.ItemType.Erc1155, 10, 10);
        for (uint256 i = 0; i < 3; ++i) {
            theirs.consideration[i].startAmount *= 10;
            theirs.consideration[i].endAmount *= 10;
        }
        ISeaport.AdvancedOrder memory filled = advanced(_keyOf(0), theirs);
        filled.denominator = 10;
        _buys(filled, "buy, fee and royalty, 1 of 10 copies, the first: Seaport");
        _buys(filled, "buy, fee and royalty, 1 of 10 copies: Seaport");
        IExchange.Item memory item = itemOf(address(_copies), COPIES, IExchange.Criteria.Exact);
        item.standard = IExchange.Standard.ERC1155;
        IExchange.Order memory order = oursOf(_seller(0), IExchange.Side.Sell, item);
        order.units = 10;
        IExchange.Take memory its = taken(_keyOf(0), order);
        _buys(its, "buy, fee and royalty, 1 of 10 copies, the first: ours");
        _buys(its, "buy, fee and royalty, 1 of 10 copies: ours");
        eq(_copies.balanceOf(_buyer, COPIES), 5, "the buyer's");
    }

    function test_gas_of_an_offer_that_is_taken() public {
        ISeaport.Order memory theirs = _offered(ISeaport.ItemType.Erc721, 0);
        ISeaport.BasicOrder memory shortest = basic(BUYER_KEY, theirs, 16);
        vm.prank(_seller(0));
        SEAPORT.fulfillBasicOrder_efficient_6GL6yc(shortest);
        vm.snapshotGasLastCall("Seaport", "take an offer, WTFUEL, fee and royalty: Seaport, basic");
        ISeaport.AdvancedOrder memory filled = advanced(BUYER_KEY, _offered(ISeaport.ItemType.Erc721, 1));
        _sells(1, filled, new ISeaport.CriteriaResolver[](0), "take an offer, WTFUEL, fee and royalty: Seaport");
        IExchange.Item memory item = itemOf(address(_token), OURS, IExchange.Criteria.Exact);
        _sells(0, _offered(item), "take an offer, WTFUEL, fee and royalty: ours");
        eq(_token.balanceOf(_buyer), 4, "the buyer's");
    }

    function test_gas_of_an_offer_for_any_of_a_collection() public {
        ISeaport.CriteriaResolver[] memory chosen = new ISeaport.CriteriaResolver[](1);
        chosen[0] = ISeaport.CriteriaResolver(0, ISeaport.Side.Consideration, 0, 1, new bytes32[](0));
        ISeaport.AdvancedOrder memory filled = advanced(BUYER_KEY, _offered(ISeaport.ItemType.Erc721WithCriteria, 0));
        _sells(1, filled, chosen, "take an offer for any of a collection, WTFUEL, fee and royalty: Seaport");
        IExchange.Take memory its = _offered(itemOf(address(_token), 0, IExchange.Criteria.Any));
        its.choices = new IExchange.Choice[](1);
        its.choices[0].id = OURS;
        _sells(0, its, "take an offer for any of a collection, WTFUEL, fee and royalty: ours");
        eq(_token.balanceOf(_buyer), 3, "the buyer's");
    }

    function test_gas_of_ending_orders() public {
        ISeaport.Order[] memory theirs = new ISeaport.Order[](1);
        theirs[0] = _listed(0, FEE, ROYALTY);
        vm.prank(_seller(0));
        SEAPORT.cancel(theirs);
        vm.snapshotGasLastCall("Seaport", "cancel: Seaport");
        IExchange.Order[] memory orders = new IExchange.Order[](1);
        orders[0] = _ours(0).order;
        vm.prank(_seller(0));
        EXCHANGE.cancel(orders);
        vm.snapshotGasLastCall("Seaport", "cancel: ours");
        vm.prank(_seller(0));
        SEAPORT.incrementCounter();
        vm.snapshotGasLastCall("Seaport", "incrementCounter, the first: Seaport");
        vm.prank(_seller(0));
        EXCHANGE.incrementCounter();
        vm.snapshotGasLastCall("Seaport", "incrementCounter, the first: ours");
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
        vm.prank(_buyer);
        SEAPORT.fulfillAdvancedOrder{value: PRICE}(order, new ISeaport.CriteriaResolver[](0), 0, address(0));
        vm.snapshotGasLastCall("Seaport", what);
    }

    function _buys(IExchange.Take memory its, string memory what) private {
        vm.prank(_buyer);
        EXCHANGE.fill{value: PRICE}(its);
        vm.snapshotGasLastCall("Seaport", what);
    }

    function _sells(
        uint256 seller,
        ISeaport.AdvancedOrder memory order,
        ISeaport.CriteriaResolver[] memory chosen,
        string memory what
    ) private {
        vm.prank(_seller(seller));
        SEAPORT.fulfillAdvancedOrder(order, chosen, 0, address(0));
        vm.snapshotGasLastCall("Seaport", what);
    }

    function _sells(uint256 seller, IExchange.Take memory its, string memory what) private {
        vm.prank(_seller(seller));
        EXCHANGE.fill(its);
        vm.snapshotGasLastCall("Seaport", what);
    }

    function _sweeps(ISeaport.AdvancedOrder[] memory orders, uint256 sellers, string memory what) private {
        (ISeaport.FulfillmentComponent[][] memory offers, ISeaport.FulfillmentComponent[][] memory paid) =
            fulfillments(orders.length, sellers);
        vm.prank(_buyer);
        SEAPORT.fulfillAvailableAdvancedOrders{value: PRICE * orders.length}(
            orders, new ISeaport.CriteriaResolver[](0), offers, paid, 0, address(0), orders.length
        );
        vm.snapshotGasLastCall("Seaport", what);
    }

    function _sweeps(IExchange.Take[] memory takes, string memory what) private {
        vm.prank(_buyer);
        EXCHANGE.sweep{value: PRICE * takes.length}(takes);
        vm.snapshotGasLastCall("Seaport", what);
    }

    /// @dev With both kinds of money, and everything approved to both.
    function _fund(address account) private {
        vm.deal(account, 100 ether);
        vm.startPrank(account);
        WTFUEL.deposit{value: 50 ether}();
        address[2] memory venues = [address(SEAPORT), address(EXCHANGE)];
        for (uint256 i = 0; i < 2; ++i) {
            WTFUEL.approve(venues[i], type(uint256).max);
            _token.setApprovalForAll(venues[i], true);
            _free.setApprovalForAll(venues[i], true);
            _copies.setApprovalForAll(venues[i], true);
        }
        vm.stopPrank();
    }

    function _ours(uint256 i) private view returns (IExchange.Take memory) {
        return _ours(i, _token, OURS + i);
    }

    function _ours(uint256 i, ICollection token, uint256 id) private view returns (IExchange.Take memory) {
        IExchange.Item memory item = itemOf(address(token), id, IExchange.Criteria.Exact);
        return taken(_keyOf(i), oursOf(_seller(i), IExchange.Side.Sell, item));
    }

    function _offered(IExchange.Item memory item) private view returns (IExchange.Take memory) {
        return taken(BUYER_KEY, oursOf(_buyer, IExchange.Side.Buy, item));
    }

    function _advanced(uint256 i, uint256 fee, uint256 royalty) private view returns (ISeaport.AdvancedOrder memory) {
        return advanced(_keyOf(i), _listed(i, fee, royalty));
    }

    function _listed(uint256 i, uint256 fee, uint256 royalty) private view returns (ISeaport.Order memory) {
        return listing(_seller(i), address(_token), i, payments(_seller(i), fee, royalty));
    }

    /// @dev PRICE in WTFUEL for a token, of which the fee and the royalty go.
    function _offered(ISeaport.ItemType itemType, uint256 id) private view returns (ISeaport.Order memory) {
        ISeaport.ConsiderationItem[] memory wanted = new ISeaport.ConsiderationItem[](3);
        wanted[0] = ISeaport.ConsiderationItem(itemType, address(_token), id, 1, 1, payable(_buyer));
        (wanted[1], wanted[2]) = (wrapped(TREASURY, FEE), wrapped(STUDIO, ROYALTY));
        return offering(_buyer, PRICE, wanted);
    }

    function _seller(uint256 i) private pure returns (address) {
        return vm.addr(_keyOf(i));
    }

    function _keyOf(uint256 i) private pure returns (uint256) {
        return 0x5e11e4 + i;
    }
}
