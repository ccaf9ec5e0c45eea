// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Exchange} from "../src/nft/Exchange.sol";
import {ExchangeWorld} from "./ExchangeWorld.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What makers sign. Digests are computed here once more, slowly, as EIP-712 says.
contract ExchangeOrdersTest is ExchangeWorld {
    string private constant BOUND = "Bound(address account,uint256 state)";
    string private constant ITEM =
        "Item(uint8 standard,uint8 criteria,address token,uint256 id,uint128 amount,uint64 nonce)";
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    function test_the_digest_of_an_order_is_that_of_eip712() public {
        IExchange.Order memory order = _rich(1);
        eq(EXCHANGE.hashOf(order), _slowHash(order), "hash");
        eq(EXCHANGE.digestOf(order), _slowDigest(_slowHash(order)), "digest");
        order = terms();
        eq(EXCHANGE.digestOf(order), _slowDigest(_slowHash(order)), "of an order without items");
    }

    function testFuzz_no_two_orders_have_one_hash(uint256 seed, uint256 which) public view {
        IExchange.Order memory order = _anyOrder(seed);
        bytes32 before = EXCHANGE.hashOf(order);
        eq(before, _slowHash(order), "hash");
        which %= 12;
        if (which == 0) order.maker = address(uint160(order.maker) ^ 1);
        if (which == 1) order.taker = address(uint160(order.taker) ^ 1);
        if (which == 2) order.side = IExchange.Side(1 - uint8(order.side));
        if (which == 3) order.currency = address(uint160(order.currency) ^ 1);
        if (which == 4) order.price ^= 1;
        if (which == 5) order.endPrice ^= 1;
        if (which == 6) order.from ^= 1;
        if (which == 7) order.until ^= 1;
        if (which == 8) order.units ^= 1;
        if (which == 9) order.royaltyMax ^= 1;
        if (which == 10) order.counter ^= 1;
        if (which == 11) order.salt ^= 1;
        holds(EXCHANGE.hashOf(order) != before, "another");
    }

    function testFuzz_items_and_bounds_are_part_of_the_hash(uint256 which) public view {
        IExchange.Order memory order = _rich(1);
        bytes32 before = EXCHANGE.hashOf(order);
        which %= 9;
        IExchange.Item memory item = order.wants[1];
        if (which == 0) item.standard = IExchange.Standard.ERC1155;
        if (which == 1) item.criteria = IExchange.Criteria.Any;
        if (which == 2) item.token = address(uint160(item.token) ^ 1);
        if (which == 3) item.id ^= 1;
        if (which == 4) item.amount ^= 1;
        if (which == 5) item.nonce ^= 1;
        if (which == 6) order.bounds[0].account = address(uint160(order.bounds[0].account) ^ 1);
        if (which == 7) order.bounds[0].state ^= 1;
        if (which == 8) (order.gives, order.wants) = (order.wants, order.gives);
        holds(EXCHANGE.hashOf(order) != before, "another");
    }

    /// `test/vectors/orders.json` has the typed data, and what another tool signed of them.
    function test_another_tool_signs_the_same_digests() public view {
        string memory json = vm.readFile("test/vectors/orders.json");
        bytes memory signature_ = vm.parseJsonBytes(json, ".order.signature");
        eq(_recovered(EXCHANGE.digestOf(_rich(1)), signature_), maker, "of an order");
        bytes32[4] memory leaves;
        for (uint256 i = 0; i < 4; ++i) {
            leaves[i] = EXCHANGE.hashOf(_rich(i + 1));
        }
        bytes32 root = _pair(_pair(leaves[0], leaves[1]), _pair(leaves[2], leaves[3]));
        signature_ = vm.parseJsonBytes(json, ".bulk.signature");
        eq(_recovered(EXCHANGE.bulkDigestOf(root, 2), signature_), maker, "of a tree");
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_a_tree_of_any_height_has_the_type_of_its_height(uint256 height, bytes32 root) public view {
        height = within(height, 1, 16);
        eq(EXCHANGE.bulkDigestOf(root, height), _slowBulkDigest(root, height), "digest");
    }

    function test_a_tree_has_a_height_of_1_to_16() public {
        vm.expectRevert(abi.encodeWithSelector(IExchange.WrongTerms.selector));
        EXCHANGE.bulkDigestOf(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IExchange.WrongTerms.selector));
        EXCHANGE.bulkDigestOf(0, 17);
    }

    function test_the_domain_is_of_this_chain_and_this_contract() public {
        bytes32 type_ = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 name = keccak256("Edgeloom Exchange");
        bytes32 version = keccak256("1");
        bytes32 expected = keccak256(abi.encode(type_, name, version, block.chainid, Predeploys.EXCHANGE));
        eq(EXCHANGE.DOMAIN_SEPARATOR(), expected, "domain");
        vm.chainId(4242);
        expected = keccak256(abi.encode(type_, name, version, 4242, Predeploys.EXCHANGE));
        eq(EXCHANGE.DOMAIN_SEPARATOR(), expected, "of another chain");
    }

    function test_threat_26_orders_do_not_count_on_another_chain_or_exchange() public {
        IExchange.Take memory its = take(listing(1));
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        refused(its, abi.encodeWithSelector(IExchange.NotSigned.selector, maker));
        vm.chainId(chain);
        Exchange other = new Exchange();
        vm.prank(maker);
        looms.setApprovalForAll(address(other), true);
        vm.prank(taker);
        vm.expectRevert(abi.encodeWithSelector(IExchange.NotSigned.selector, maker));
        other.fill{value: PRICE}(its);
        fills(its);
    }

    function test_a_maker_signs_64_bytes_or_65() public {
        IExchange.Order memory order = listing(1);
        IExchange.Take memory its = take(order);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(MAKER_KEY, EXCHANGE.digestOf(order));
        eq(its.consent.signature.length, 65, "the long form");
        its.consent.signature = abi.encodePacked(r, s | bytes32(uint256(v - 27) << 255));
        fills(its);
        eq(looms.ownerOf(1), taker, "by the short form");
        fills(take(listing(2)));
        eq(looms.ownerOf(2), taker, "by the long form");
    }

    function test_a_contract_signs_by_erc1271() public {
        Wallet wallet = new Wallet();
        minted(looms, address(wallet), 50);
        approves(address(wallet), address(looms));
        IExchange.Order memory order = listing(50);
        (order.maker, order.counter) = (address(wallet), 0);
        IExchange.Take memory its;
        (its.order, its.units) = (order, 1);
        refused(its, abi.encodeWithSelector(IExchange.NotSigned.selector, address(wallet)));
        wallet.sign(EXCHANGE.digestOf(order));
        fills(its);
        eq(looms.ownerOf(50), taker, "sold");
    }

    function test_nobody_elses_signature_nor_none_is_the_makers() public {
        IExchange.Take memory its = take(listing(1));
        bytes memory notSigned = abi.encodeWithSelector(IExchange.NotSigned.selector, maker);
        its.consent.signature = signature(TAKER_KEY, EXCHANGE.digestOf(its.order));
        refused(its, notSigned);
        its.consent.signature = "";
        refused(its, notSigned);
        its.consent.signature = new bytes(65);
        refused(its, notSigned);
        its = take(listing(1));
        its.order.price -= 1;
        its.order.endPrice -= 1;
        refused(its, notSigned);
        (its.order.maker, its.recipient) = (address(0), taker);
        its.order.counter = 0;
        refused(its, abi.encodeWithSelector(IExchange.NotSigned.selector, address(0)));
    }

    function test_a_malleated_signature_fills_nothing_twice() public {
        IExchange.Order memory order = editionListing(2);
        IExchange.Take memory its = take(order, 2);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(MAKER_KEY, EXCHANGE.digestOf(order));
        uint256 n = 2 * HALF_ORDER + 1;
        bytes memory other = abi.encodePacked(r, n - uint256(s), v == 27 ? uint8(28) : uint8(27));
        eq(_recovered(EXCHANGE.digestOf(order), other), maker, "it is one too");
        fills(its);
        its.consent.signature = other;
        refused(its, abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 2, 0));
        its.consent.signature = abi.encodePacked(r, s | bytes32(uint256(v - 27) << 255));
        refused(its, abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 2, 0));
    }

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_one_signature_is_to_every_order_of_a_tree(uint256 height, uint256 index) public {
        height = within(height, 1, 8);
        index = within(index, 0, 2 ** height - 1);
        IExchange.Order memory order = listing(1);
        bytes32[] memory leaves = new bytes32[](2 ** height);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = keccak256(abi.encode("another order", i));
        }
        leaves[index] = EXCHANGE.hashOf(order);
        IExchange.Take memory its = take(order);
        its.consent = _consent(leaves, index);
        its.consent.index ^= 1;
        refused(its, abi.encodeWithSelector(IExchange.NotSigned.selector, maker));
        its.consent.index ^= 1;
        fills(its);
        eq(looms.ownerOf(1), taker, "sold");
    }

    function test_all_orders_of_a_tree_are_filled_by_one_signature() public {
        IExchange.Order[] memory orders = new IExchange.Order[](4);
        bytes32[] memory leaves = new bytes32[](4);
        for (uint256 i = 0; i < 4; ++i) {
            orders[i] = listing(i + 1);
            leaves[i] = EXCHANGE.hashOf(orders[i]);
        }
        for (uint256 i = 0; i < 4; ++i) {
            IExchange.Take memory its = take(orders[i]);
            its.consent = _consent(leaves, i);
            fills(its);
            eq(looms.ownerOf(i + 1), taker, "sold");
        }
    }

    function test_an_inner_node_of_a_tree_is_no_order_and_no_leaf_is_at_two_places() public {
        bytes32[] memory leaves = new bytes32[](4);
        IExchange.Order memory order = listing(1);
        leaves[3] = EXCHANGE.hashOf(order);
        IExchange.Take memory its = take(order);
        bytes memory notSigned = abi.encodeWithSelector(IExchange.NotSigned.selector, maker);
        its.consent = _consent(leaves, 3);
        its.consent.index = 7;
        refused(its, notSigned);
        // A tree of height 2 is none of height 1, though the root is the same.
        bytes32[] memory short = new bytes32[](1);
        short[0] = its.consent.proof[1];
        (its.consent.index, its.consent.proof) = (1, short);
        refused(its, notSigned);
        its = take(order);
        its.consent.index = 1;
        refused(its, notSigned);
        its.consent.proof = new bytes32[](17);
        refused(its, notSigned);
    }

    function test_a_sale_ends_at_its_end_price_and_a_purchase_too() public {
        IExchange.Order memory order = terms();
        (order.price, order.endPrice) = (1000, 100);
        eq(EXCHANGE.priceAt(order, order.from), 1000, "begins");
        eq(EXCHANGE.priceAt(order, order.from + DAY / 2), 550, "half");
        eq(EXCHANGE.priceAt(order, order.until), 100, "ends");
        (order.price, order.endPrice) = (100, 1000);
        eq(EXCHANGE.priceAt(order, order.from), 100, "begins");
        eq(EXCHANGE.priceAt(order, order.from + DAY / 2), 550, "half");
        eq(EXCHANGE.priceAt(order, order.until), 1000, "ends");
        order.until = order.from;
        eq(EXCHANGE.priceAt(order, order.from), 100, "of a second");
    }

    function test_there_is_a_price_only_while_an_order_is_open() public {
        IExchange.Order memory order = terms();
        vm.expectRevert(abi.encodeWithSelector(IExchange.NotYetOpen.selector, order.from));
        EXCHANGE.priceAt(order, order.from - 1);
        vm.expectRevert(abi.encodeWithSelector(IExchange.OrderExpired.selector, order.until));
        EXCHANGE.priceAt(order, order.until + 1);
    }

    /// The line between the prices, times the whole time, is never on the wrong side of the price.
    function testFuzz_a_price_is_rounded_for_the_maker(uint128 high, uint128 low, uint40 length, uint256 passed)
        public
    {
        IExchange.Order memory order = terms();
        if (low > high) (low, high) = (high, low);
        order.from = 1;
        length = uint40(within(length, 1, type(uint40).max - 1));
        order.until = 1 + length;
        passed = within(passed, 0, length);
        uint256 fallen = uint256(high - low) * passed;
        (order.price, order.endPrice) = (high, low);
        uint256 price = EXCHANGE.priceAt(order, 1 + passed);
        holds(price * length >= uint256(high) * length - fallen, "a seller gets no less");
        holds(price * length < uint256(high) * length - fallen + length, "nor a whole wei more");
        (order.price, order.endPrice) = (low, high);
        price = EXCHANGE.priceAt(order, 1 + passed);
        holds(price * length <= uint256(low) * length + fallen, "a buyer pays no more");
        holds(price * length + length > uint256(low) * length + fallen, "nor a whole wei less");
    }

    /// @dev As in the vectors.
    function _rich(uint256 salt) private view returns (IExchange.Order memory order) {
        (order.maker, order.taker, order.side) = (maker, BOB, IExchange.Side.Buy);
        (order.currency, order.price, order.endPrice) = (address(WTFUEL), 1e18 + 1, 2e18 + 3);
        (order.from, order.until, order.units, order.royaltyMax) = (1_800_000_000, 1_800_086_400, 3, 750);
        (order.counter, order.salt) = (5, salt);
        order.gives = list(amount(0x1111111111111111111111111111111111111111, 7, 9));
        order.wants = list(
            any(0x2222222222222222222222222222222222222222),
            oneOf(0x3333333333333333333333333333333333333333, bytes32(type(uint256).max))
        );
        order.wants[1].nonce = 11;
        order.bounds = new IExchange.Bound[](1);
        order.bounds[0] = IExchange.Bound(0x4444444444444444444444444444444444444444, 1 << 255);
    }

    function _anyOrder(uint256 seed) private view returns (IExchange.Order memory order) {
        order = _rich(uint256(keccak256(abi.encode(seed, "salt"))));
        (order.maker, order.taker) = (address(uint160(seed)), address(uint160(~seed)));
        order.side = IExchange.Side(seed >> 255);
        order.currency = address(uint160(seed >> 7));
        (order.price, order.endPrice) = (uint128(seed), uint128(seed >> 128));
        (order.from, order.until) = (uint40(seed >> 3), uint40(seed >> 43));
        (order.units, order.royaltyMax) = (uint32(seed >> 83), uint16(seed >> 115));
        order.counter = ~seed;
        if (seed % 3 == 0) order.gives = new IExchange.Item[](0);
        if (seed % 5 == 0) order.bounds = new IExchange.Bound[](seed % 8);
    }

    /// @dev Of the maker, to one of a tree.
    function _consent(bytes32[] memory leaves, uint256 index) private view returns (IExchange.Consent memory consent) {
        uint256 height;
        while (2 ** height < leaves.length) {
            ++height;
        }
        consent.index = index;
        consent.proof = new bytes32[](height);
        for (uint256 i = 0; i < height; ++i) {
            uint256 beside = (index >> i) ^ 1;
            consent.proof[i] = _node(leaves, i, beside << i);
        }
        consent.signature = signature(MAKER_KEY, EXCHANGE.bulkDigestOf(_node(leaves, height, 0), height));
    }

    /// @dev As EIP-712 hashes arrays of arrays: the hash of what the members hash to.
    function _node(bytes32[] memory leaves, uint256 height, uint256 first) private pure returns (bytes32) {
        if (height == 0) return leaves[first];
        return _pair(_node(leaves, height - 1, first), _node(leaves, height - 1, first + 2 ** (height - 1)));
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(left, right));
    }

    function _recovered(bytes32 digest, bytes memory signature_) private pure returns (address) {
        bytes32 r;
        bytes32 s;
        (r, s) = (_word(signature_, 0), _word(signature_, 32));
        return ecrecover(digest, uint8(signature_[64]), r, s);
    }

    function _word(bytes memory from, uint256 place) private pure returns (bytes32 word) {
        for (uint256 i = 0; i < 32; ++i) {
            word |= bytes32(from[place + i]) >> (8 * i);
        }
    }

    function _orderType() private pure returns (string memory) {
        string memory parties = "Order(address maker,address taker,uint8 side,address currency,uint128 price,";
        string memory times = "uint128 endPrice,uint40 from,uint40 until,uint32 units,uint16 royaltyMax,";
        string memory rest = "uint256 counter,uint256 salt,Item[] gives,Item[] wants,Bound[] bounds)";
        return string.concat(parties, times, rest);
    }

    function _slowDigest(bytes32 hash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", EXCHANGE.DOMAIN_SEPARATOR(), hash));
    }

    function _slowBulkDigest(bytes32 root, uint256 height) private view returns (bytes32) {
        string memory type_ = "BulkOrder(Order";
        for (uint256 i = 0; i < height; ++i) {
            type_ = string.concat(type_, "[2]");
        }
        type_ = string.concat(type_, " tree)", BOUND, ITEM, _orderType());
        return _slowDigest(keccak256(abi.encode(keccak256(bytes(type_)), root)));
    }

    function _slowHash(IExchange.Order memory order) private pure returns (bytes32) {
        bytes32 type_ = keccak256(bytes(string.concat(_orderType(), BOUND, ITEM)));
        bytes memory head = abi.encode(type_, order.maker, order.taker, order.side, order.currency, order.price);
        bytes memory times = abi.encode(order.endPrice, order.from, order.until, order.units, order.royaltyMax);
        bytes memory tail =
            abi.encode(order.counter, order.salt, _slowItems(order.gives), _slowItems(order.wants));
        bytes memory bounds;
        for (uint256 i = 0; i < order.bounds.length; ++i) {
            bytes memory bound = abi.encode(keccak256(bytes(BOUND)), order.bounds[i].account, order.bounds[i].state);
            bounds = bytes.concat(bounds, keccak256(bound));
        }
        return keccak256(bytes.concat(head, times, tail, keccak256(bounds)));
    }

    function _slowItems(IExchange.Item[] memory items) private pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 i = 0; i < items.length; ++i) {
            bytes memory head = abi.encode(keccak256(bytes(ITEM)), items[i].standard, items[i].criteria, items[i].token);
            bytes memory tail = abi.encode(items[i].id, items[i].amount, items[i].nonce);
            hashes = bytes.concat(hashes, keccak256(bytes.concat(head, tail)));
        }
        return keccak256(hashes);
    }
}
