// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Conduits} from "./mocks/Conduits.sol";
import {CreationWorld} from "./CreationWorld.sol";
import {Exchange} from "../src/nft/Exchange.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {ISeaport} from "./mocks/ISeaport.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Wtfuel} from "../src/token/Wtfuel.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Seaport 1.6, byte for byte as it was deployed and at its address, beside our tokens. `test/seaport/build.mjs` compiles it; where that
/// did not run, these tests say so and are skipped.
abstract contract SeaportWorld is CreationWorld {
    ISeaport internal constant SEAPORT = ISeaport(0x0000000000000068F116a894984e2DB1123eB395);
    IExchange internal constant EXCHANGE = IExchange(Predeploys.EXCHANGE);
    Wtfuel internal constant WTFUEL = Wtfuel(payable(Predeploys.WTFUEL));

    address private constant CONTROLLER = 0x00000000F9490004C11Cef243f5400493c00Ad63;
    /// @dev Who deployed it, and with which salt: `docs/Deployment.md` of github.com/ProjectOpenSea/seaport.
    address private constant CREATE2_FACTORY = 0x0000000000FFe8B47B3e2130213B802212439497;
    bytes32 private constant SALT = 0x0000000000000000000000000000000000000000d738b7f0bb99901b1c83f249;
    string private constant BUILT = "cache/seaport.json";

    string private constant COMPONENTS =
        "ConsiderationItem(uint8 itemType,address token,uint256 identifierOrCriteria,uint256 startAmount,uint256 endAmount,address recipient)OfferItem(uint8 itemType,address token,uint256 identifierOrCriteria,uint256 startAmount,uint256 endAmount)OrderComponents(address offerer,address zone,OfferItem[] offer,ConsiderationItem[] consideration,uint8 orderType,uint256 startTime,uint256 endTime,bytes32 zoneHash,uint256 salt,bytes32 conduitKey,uint256 counter)";

    address internal constant TREASURY = address(0x74ea5);
    uint256 internal constant PRICE = 1 ether;
    uint256 internal constant FEE = PRICE / 100;
    uint256 internal constant ROYALTY = PRICE * ROYALTY_BPS / 10_000;

    function setUp() public virtual override {
        super.setUp();
        vm.skip(!vm.exists(BUILT), "no Seaport: run npm ci && npm run build in contracts/test/seaport");
        vm.etch(CONTROLLER, address(new Conduits()).code);
        bytes memory creation =
            abi.encodePacked(vm.parseJsonBytes(vm.readFile(BUILT), ".creation"), abi.encode(CONTROLLER));
        bytes32 named = keccak256(abi.encodePacked(bytes1(0xff), CREATE2_FACTORY, SALT, keccak256(creation)));
        eq(address(uint160(uint256(named))), address(SEAPORT), "not the Seaport that was deployed");
        // Its constructor runs where it will be, and leaves the code that it returns.
        vm.etch(address(SEAPORT), creation);
        (bool done, bytes memory code) = address(SEAPORT).call("");
        holds(done, "Seaport was not made");
        vm.etch(address(SEAPORT), code);
        vm.etch(Predeploys.WTFUEL, address(new Wtfuel()).code);
        vm.etch(Predeploys.EXCHANGE, address(new Exchange()).code);
    }

    /// @dev Of the exchange: one thing for `PRICE` in TFUEL, or for that in WTFUEL one thing that is wanted.
    function oursOf(address maker, IExchange.Side side, IExchange.Item memory item)
        internal
        view
        returns (IExchange.Order memory order)
    {
        (order.maker, order.side, order.units) = (maker, side, 1);
        (order.price, order.endPrice) = (uint128(PRICE), uint128(PRICE));
        (order.from, order.until) = (uint40(block.timestamp), uint40(block.timestamp + 1 days));
        order.salt = uint256(keccak256(abi.encode(maker, item)));
        IExchange.Item[] memory items = new IExchange.Item[](1);
        items[0] = item;
        if (side == IExchange.Side.Sell) {
            (order.gives, order.royaltyMax) = (items, ROYALTY_BPS);
        } else {
            (order.wants, order.currency) = (items, Predeploys.WTFUEL);
        }
    }

    function itemOf(address token, uint256 id, IExchange.Criteria criteria)
        internal
        pure
        returns (IExchange.Item memory)
    {
        return IExchange.Item(IExchange.Standard.ERC721, criteria, token, id, 1, 0);
    }

    /// @dev One unit of an order that its maker signed.
    function taken(uint256 key, IExchange.Order memory order) internal view returns (IExchange.Take memory its) {
        (its.order, its.units) = (order, 1);
        its.consent.signature = signature(key, EXCHANGE.digestOf(order));
        if (order.side == IExchange.Side.Buy) its.royaltyMax = ROYALTY_BPS;
    }

    /// @dev Signed as the first of 2^`height` orders.
    function takenInBulk(uint256 key, IExchange.Order memory order, uint256 height)
        internal
        view
        returns (IExchange.Take memory its)
    {
        its = taken(key, order);
        bytes32 root = EXCHANGE.hashOf(order);
        its.consent.proof = new bytes32[](height);
        for (uint256 i = 0; i < height; ++i) {
            its.consent.proof[i] = keccak256(abi.encode(i));
            root = keccak256(abi.encodePacked(root, its.consent.proof[i]));
        }
        its.consent.signature = signature(key, EXCHANGE.bulkDigestOf(root, height));
    }

    function native(address to, uint256 amount) internal pure returns (ISeaport.ConsiderationItem memory) {
        return ISeaport.ConsiderationItem(ISeaport.ItemType.Native, address(0), 0, amount, amount, payable(to));
    }

    function wrapped(address to, uint256 amount) internal pure returns (ISeaport.ConsiderationItem memory) {
        address token = Predeploys.WTFUEL;
        return ISeaport.ConsiderationItem(ISeaport.ItemType.Erc20, token, 0, amount, amount, payable(to));
    }

    /// @dev Payments of TFUEL: the seller's, the fee and the royalty, as far as they are.
    function payments(address seller, uint256 fee, uint256 royalty)
        internal
        pure
        returns (ISeaport.ConsiderationItem[] memory all)
    {
        all = new ISeaport.ConsiderationItem[](royalty != 0 ? 3 : fee != 0 ? 2 : 1);
        all[0] = native(seller, PRICE - fee - royalty);
        if (fee != 0) all[1] = native(TREASURY, fee);
        if (royalty != 0) all[2] = native(STUDIO, royalty);
    }

    function listing(address seller, address token, uint256 id, ISeaport.ConsiderationItem[] memory paid)
        internal
        view
        returns (ISeaport.Order memory)
    {
        return _order(seller, ISeaport.OfferItem(ISeaport.ItemType.Erc721, token, id, 1, 1), paid);
    }

    function offering(address maker, uint256 price, ISeaport.ConsiderationItem[] memory wanted)
        internal
        view
        returns (ISeaport.Order memory)
    {
        ISeaport.OfferItem memory money =
            ISeaport.OfferItem(ISeaport.ItemType.Erc20, Predeploys.WTFUEL, 0, price, price);
        return _order(maker, money, wanted);
    }

    /// @dev As the order, but with how many items of consideration were signed.
    function advanced(uint256 key, ISeaport.Order memory order)
        internal
        view
        returns (ISeaport.AdvancedOrder memory filled)
    {
        filled = ISeaport.AdvancedOrder(order, 1, 1, _signed(key, SEAPORT.getOrderHash(order)), "");
        order.last = order.consideration.length;
    }

    /// @dev Signed as the first of 2^`height` orders.
    function inBulk(uint256 key, ISeaport.Order memory order, uint256 height)
        internal
        view
        returns (ISeaport.AdvancedOrder memory filled)
    {
        bytes32 root = SEAPORT.getOrderHash(order);
        bytes memory proof;
        string memory tree = "BulkOrder(OrderComponents";
        for (uint256 i = 0; i < height; ++i) {
            bytes32 other = keccak256(abi.encode(i));
            root = keccak256(abi.encodePacked(root, other));
            proof = abi.encodePacked(proof, other);
            tree = string.concat(tree, "[2]");
        }
        bytes32 hash = keccak256(bytes(string.concat(tree, " tree)", COMPONENTS)));
        bytes memory signature = _signed(key, keccak256(abi.encode(hash, root)));
        filled = ISeaport.AdvancedOrder(order, 1, 1, abi.encodePacked(signature, uint24(0), proof), "");
        order.last = order.consideration.length;
    }

    /// @param kind TFUEL for an ERC-721 is 0, for an ERC-1155 4; an ERC-721 for an ERC-20 is 16
    function basic(uint256 key, ISeaport.Order memory order, uint8 kind)
        internal
        view
        returns (ISeaport.BasicOrder memory)
    {
        ISeaport.AdditionalRecipient[] memory others =
            new ISeaport.AdditionalRecipient[](order.consideration.length - 1);
        for (uint256 i = 0; i < others.length; ++i) {
            ISeaport.ConsiderationItem memory one = order.consideration[i + 1];
            others[i] = ISeaport.AdditionalRecipient(one.startAmount, one.recipient);
        }
        ISeaport.ConsiderationItem memory first = order.consideration[0];
        return ISeaport.BasicOrder({
            considerationToken: first.token,
            considerationIdentifier: first.identifierOrCriteria,
            considerationAmount: first.startAmount,
            offerer: payable(order.offerer),
            zone: order.zone,
            offerToken: order.offer[0].token,
            offerIdentifier: order.offer[0].identifierOrCriteria,
            offerAmount: order.offer[0].startAmount,
            basicOrderType: kind,
            startTime: order.startTime,
            endTime: order.endTime,
            zoneHash: order.zoneHash,
            salt: order.salt,
            offererConduitKey: order.conduitKey,
            fulfillerConduitKey: 0,
            totalOriginalAdditionalRecipients: others.length,
            additionalRecipients: others,
            signature: _signed(key, SEAPORT.getOrderHash(order))
        });
    }

    /// @dev What goes to the same account goes at once, as `seaport-js` does it: the tokens one by one, then what each seller is paid, all fees, and
    /// all royalties.
    function fulfillments(uint256 length, uint256 sellers)
        internal
        pure
        returns (ISeaport.FulfillmentComponent[][] memory offers, ISeaport.FulfillmentComponent[][] memory paid)
    {
        offers = new ISeaport.FulfillmentComponent[][](length);
        paid = new ISeaport.FulfillmentComponent[][](sellers + 2);
        for (uint256 i = 0; i < paid.length; ++i) {
            paid[i] = new ISeaport.FulfillmentComponent[](i < sellers ? length / sellers : length);
        }
        for (uint256 i = 0; i < length; ++i) {
            offers[i] = new ISeaport.FulfillmentComponent[](1);
            offers[i][0] = ISeaport.FulfillmentComponent(i, 0);
            paid[i % sellers][i / sellers] = ISeaport.FulfillmentComponent(i, 0);
            paid[sellers][i] = ISeaport.FulfillmentComponent(i, 1);
            paid[sellers + 1][i] = ISeaport.FulfillmentComponent(i, 2);
        }
    }

    function _order(address maker, ISeaport.OfferItem memory offered, ISeaport.ConsiderationItem[] memory paid)
        private
        view
        returns (ISeaport.Order memory order)
    {
        order.offerer = maker;
        order.offer = new ISeaport.OfferItem[](1);
        order.offer[0] = offered;
        order.consideration = paid;
        order.startTime = block.timestamp;
        order.endTime = block.timestamp + 1 days;
        order.salt = uint256(keccak256(abi.encode(maker, offered)));
    }

    function _signed(uint256 key, bytes32 hash) private view returns (bytes memory) {
        (, bytes32 domain,) = SEAPORT.information();
        return signature(key, MessageHashUtils.toTypedDataHash(domain, hash));
    }
}
