// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Coins} from "./Coins.sol";
import {ExchangeWorld} from "../ExchangeWorld.sol";
import {Foreign721, Foreign1155} from "./ForeignTokens.sol";
import {HostileHolder} from "./HostileHolder.sol";
import {ICollection} from "../../src/interfaces/ICollection.sol";
import {ICreation} from "../../src/interfaces/ICreation.sol";
import {IEditions} from "../../src/interfaces/IEditions.sol";
import {IExchange} from "../../src/interfaces/IExchange.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {holds, vm, within} from "../Vm.sol";

/// @dev People who make, take, end and forge orders in any order, and books of their own about who has what. Before each take the books say whether
/// it has to be filled: a fill that they did not foresee has slipped, and so has one that did not come.
contract Traders is ExchangeWorld {
    uint256 public constant PEOPLE = 4;
    uint256 public constant IDS = 5;
    uint256 public constant SUPPLY = 40;
    uint256 private constant KEYS = 0x7ade40;
    uint256 private constant SWEPT_MOST = 4;
    /// @dev Who is paid the royalties of the strict collection.
    address private constant GALLERY = address(0x6a11e7);

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    /// @dev What the books did not foresee.
    uint256 public slipped;
    bytes32[] public hashes;
    mapping(bytes32 order => bytes) private _orders;
    mapping(bytes32 order => uint256) public filled;
    mapping(bytes32 order => bool) public cancelled;
    mapping(bytes32 order => bool) public unique;
    mapping(address maker => uint256) public counters;
    mapping(address token => mapping(uint256 id => address)) public owners;
    mapping(address token => mapping(uint256 id => uint256)) public nonces;
    mapping(address token => mapping(uint256 id => uint256)) public userUntil;
    mapping(address token => mapping(uint256 id => mapping(address holder => uint256))) public amounts;
    mapping(address currency => mapping(address account => uint256)) public received;
    mapping(address currency => mapping(address account => uint256)) public paid;
    mapping(address currency => uint256) public fees;
    mapping(address currency => uint256) public passed;
    Coins public coins;
    address[3] public singles;
    address[2] public plurals;
    address[3] public currencies;
    address private _bound;
    address[4] private _people;

    /// @dev A take as the books see it.
    struct Deal {
        IExchange.Order order;
        bytes32 hash;
        address by;
        uint256 units;
        uint256 choice;
        uint256 price;
    }

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        coins = new Coins();
        vm.prank(Predeploys.TIMELOCK);
        EXCHANGE.listCurrency(address(coins), true);
        _bound = address(new HostileHolder());
        HostileHolder(payable(_bound)).refuse();
        ICreation.Terms memory strict = terms(ICreation.Policy.Strict);
        strict.royaltyTo = GALLERY;
        singles =
            [address(collection(ICreation.Policy.Operators)), address(collection(strict)), address(new Foreign721())];
        plurals = [address(editions(ICreation.Policy.Operators)), address(new Foreign1155())];
        currencies = [TFUEL, address(WTFUEL), address(coins)];
        for (uint256 i = 0; i < PEOPLE; ++i) {
            _people[i] = i == PEOPLE - 1 ? _bound : vm.addr(KEYS + i);
            _settle(_people[i], i);
        }
        vm.mockCall(
            Predeploys.PARAMETERS,
            abi.encodeCall(IParameters.valueOf, (IParameters.Parameter.BurnShare)),
            abi.encode(8000)
        );
    }

    /// @dev Three with keys, and a contract that refuses TFUEL.
    function person(uint256 i) public view returns (address) {
        return _people[i % PEOPLE];
    }

    /// @dev People, then those who are paid royalties.
    function anybody(uint256 i) external view returns (address) {
        return i < PEOPLE ? _people[i] : i == PEOPLE ? STUDIO : GALLERY;
    }

    function ordersMade() external view returns (uint256) {
        return hashes.length;
    }

    function orderOf(bytes32 hash) public view returns (IExchange.Order memory) {
        return abi.decode(_orders[hash], (IExchange.Order));
    }

    function list721(uint256 who, uint256 what, uint256 price) external counted("list") {
        IExchange.Order memory order = _terms(who, price, true);
        order.gives = list(_single(order.maker, what));
        _keep(order);
    }

    function listMany(uint256 who, uint256 what, uint256 price, uint256 units) external counted("list many") {
        IExchange.Order memory order = _terms(who, price, true);
        order.units = uint32(within(units, 1, 5));
        order.gives = list(amount(plurals[what % 2], within(what >> 8, 1, 2), uint128(within(what >> 16, 1, 3))));
        _keep(order);
    }

    function listBundle(uint256 who, uint256 what, uint256 price) external counted("list a bundle") {
        IExchange.Order memory order = _terms(who, price, true);
        order.gives = list(_single(order.maker, what), _single(order.maker, what >> 32));
        if (what >> 64 & 1 == 0) order.gives[1] = amount(plurals[what >> 65 & 1], 1, 2);
        if (_same(order.gives[0], order.gives[1])) return;
        _keep(order);
    }

    function offer721(uint256 who, uint256 what, uint256 price, uint256 units) external counted("offer") {
        IExchange.Order memory order = _terms(who, price, false);
        order.units = uint32(within(units, 1, 3));
        address token = singles[what % 3];
        order.wants = list(what >> 8 & 1 == 0 ? any(token) : wanted(token, within(what >> 9, 1, IDS)));
        _keep(order);
    }

    function offerMany(uint256 who, uint256 what, uint256 price, uint256 units) external counted("offer for many") {
        IExchange.Order memory order = _terms(who, price, false);
        order.units = uint32(within(units, 1, 4));
        order.wants = list(amount(plurals[what % 2], within(what >> 8, 1, 2), uint128(within(what >> 16, 1, 3))));
        _keep(order);
    }

    function listSwap(uint256 who, uint256 what, uint256 price) external counted("list a swap") {
        IExchange.Order memory order = _terms(who, price, price % 2 == 0);
        if (what >> 200 & 1 == 0) (order.price, order.endPrice) = (0, 0);
        order.gives = list(_single(order.maker, what));
        address token = singles[(what >> 64) % 3];
        order.wants = list(what >> 72 & 1 == 0 ? any(token) : wanted(token, within(what >> 80, 1, IDS)));
        if (_same(order.gives[0], order.wants[0])) return;
        _keep(order);
    }

    /// @dev As the books foresee.
    function fill(uint256 who, uint256 which, uint256 units, uint256 choice) external {
        if (hashes.length == 0) return;
        Deal memory deal = _deal(who, which, units, choice);
        uint256 value = deal.order.currency == TFUEL ? deal.price : 0;
        bool foreseen = _foresees(deal, value);
        bytes memory call = abi.encodeCall(EXCHANGE.fill, (_takeOf(deal)));
        vm.prank(deal.by);
        (bool filled_,) = address(EXCHANGE).call{value: value}(call);
        if (filled_ != foreseen) ++slipped;
        if (!filled_) return _count("refuse");
        _apply(deal);
        _count("fill");
        _countKind(deal.order);
    }

    function sweep(uint256 who, uint256 which, uint256 choice, uint256 value) external {
        if (hashes.length == 0) return;
        Deal[] memory deals = new Deal[](within(which >> 128, 1, SWEPT_MOST));
        IExchange.Take[] memory takes = new IExchange.Take[](deals.length);
        for (uint256 i = 0; i < deals.length; ++i) {
            deals[i] = _deal(who, which >> (8 * i), which >> (8 * i + 4), choice >> (8 * i));
            takes[i] = _takeOf(deals[i]);
        }
        // The contract would not take back what is left.
        address by = deals[0].by;
        value = by == _bound ? 0 : within(value, 0, 40 ether);
        vm.prank(by);
        IExchange.Outcome[] memory outcomes = EXCHANGE.sweep{value: value}(takes);
        for (uint256 i = 0; i < deals.length; ++i) {
            bool foreseen = _foresees(deals[i], value);
            if (outcomes[i].filled != foreseen) ++slipped;
            if (!outcomes[i].filled) {
                _count("skip");
                continue;
            }
            if (deals[i].order.currency == TFUEL) value -= deals[i].price;
            _apply(deals[i]);
            _count("fill in a sweep");
        }
    }

    /// @dev What nobody signed.
    function forge(uint256 who, uint256 which, uint256 how, uint256 choice) external {
        if (hashes.length == 0) return;
        Deal memory deal = _deal(who, which, 1, choice);
        IExchange.Take memory its = _takeOf(deal);
        if (its.order.maker == _bound) return;
        how %= 6;
        if (how == 0) its.order.price = its.order.endPrice = 1;
        if (how == 1) its.order.maker = _people[(1 + who % PEOPLE) % (PEOPLE - 1)];
        if (how == 2) its.order.units += 1;
        if (how == 3) its.order.salt += 1;
        if (how == 4) its.order.until += 365 days;
        if (how == 5) its.consent.signature = new bytes(65);
        if (how == 1) its.order.counter = counters[its.order.maker];
        if (_orders[EXCHANGE.hashOf(its.order)].length != 0 && how != 5) return;
        bytes memory call = abi.encodeCall(EXCHANGE.fill, (its));
        vm.prank(deal.by);
        (bool filled_,) = address(EXCHANGE).call{value: 10 ether}(call);
        if (filled_) ++slipped;
        _count("forge");
    }

    function cancel(uint256 which) external {
        if (hashes.length == 0) return;
        bytes32 hash = hashes[which % hashes.length];
        IExchange.Order memory order = orderOf(hash);
        vm.prank(order.maker);
        EXCHANGE.cancel(list(order));
        cancelled[hash] = true;
        _count("cancel");
    }

    function incrementCounter(uint256 who) external counted("increment") {
        vm.prank(person(who));
        EXCHANGE.incrementCounter();
        ++counters[person(who)];
    }

    /// @dev Past the exchange. Of strict tokens only where the holder's key does it.
    function give(uint256 what, uint256 to) external {
        (address token, uint256 id) = (singles[what % 3], within(what >> 8, 1, IDS));
        (address from, address receiver) = (owners[token][id], person(to));
        if (from == receiver || (token == singles[1] && (from == _bound || receiver == _bound))) return;
        vm.prank(from, from);
        ICollection(token).transferFrom(from, receiver, id);
        owners[token][id] = receiver;
        if (token != singles[2]) ++nonces[token][id];
        _count("give");
    }

    function lend(uint256 what, uint256 time) external {
        (address token, uint256 id) = (singles[what % 2], within(what >> 8, 1, IDS));
        bool runs = userUntil[token][id] >= block.timestamp;
        if (runs || ICollection(token).heldSince(id) == block.timestamp) return;
        uint256 until = block.timestamp + within(time, 1, 2 hours);
        vm.prank(owners[token][id]);
        ICollection(token).setUser(id, CAROL, uint64(until));
        userUntil[token][id] = until;
        ++nonces[token][id];
        _count("lend");
    }

    function bar(uint256 who, bool is_) external counted("bar") {
        coins.bar(person(who), is_ && who % 3 == 0);
    }

    function withdraw(uint256 who, uint256 which) external {
        address account = person(who);
        address currency = currencies[which % 3];
        if (currency == TFUEL) {
            if (account == _bound || EXCHANGE.creditOf(account) == 0) return;
            vm.prank(account);
            EXCHANGE.withdraw();
        } else {
            if (EXCHANGE.tokenCreditOf(currency, account) == 0 || coins.barred(account)) return;
            vm.prank(account);
            EXCHANGE.withdrawTokens(currency);
        }
        _count("withdraw");
    }

    function passOn(uint256 which) external counted("pass on") {
        address currency = currencies[which % 3];
        passed[currency] += EXCHANGE.duesIn(currency);
        EXCHANGE.passOn(currency);
    }

    function wait(uint256 time) external counted("wait") {
        vm.warp(block.timestamp + within(time, 1, 3 hours));
    }

    /// @dev What of a currency an account has, and is credited.
    function wealthOf(address currency, address account) external view returns (uint256) {
        if (currency == TFUEL) return account.balance + EXCHANGE.creditOf(account);
        return Coins(currency).balanceOf(account) + EXCHANGE.tokenCreditOf(currency, account);
    }

    function _settle(address account, uint256 i) private {
        vm.deal(account, 2 * FUNDS);
        coins.mint(account, FUNDS);
        vm.prank(account);
        WTFUEL.deposit{value: FUNDS}();
        for (uint256 j = 1; j < 3; ++j) {
            vm.prank(account);
            Coins(currencies[j]).approve(address(EXCHANGE), type(uint256).max);
        }
        for (uint256 j = 0; j < 3; ++j) {
            approves(account, singles[j]);
            for (uint256 id = 1; id <= IDS; ++id) {
                if ((id + j) % PEOPLE != i) continue;
                if (j == 2) Foreign721(singles[j]).mint(account, id);
                else minted(ICollection(singles[j]), account, id);
                owners[singles[j]][id] = account;
            }
        }
        for (uint256 j = 0; j < 2; ++j) {
            approves(account, plurals[j]);
            for (uint256 id = 1; id <= 2; ++id) {
                if (j == 1) Foreign1155(plurals[j]).mint(account, id, SUPPLY / PEOPLE);
                else minted(IEditions(plurals[j]), account, id, SUPPLY / PEOPLE);
                amounts[plurals[j]][id][account] = SUPPLY / PEOPLE;
            }
        }
    }

    /// @dev One of four lasts a few hours, and one of four has a price that moves.
    function _terms(uint256 who, uint256 price, bool sells) private returns (IExchange.Order memory order) {
        order = terms();
        order.maker = person(who);
        order.counter = counters[order.maker];
        order.side = sells ? IExchange.Side.Sell : IExchange.Side.Buy;
        order.currency = currencies[sells ? (price >> 8) % 3 : 1 + (price >> 8) % 2];
        order.price = uint128(within(price >> 16, 1, 10 ether));
        order.endPrice = order.price;
        if (price >> 160 & 3 == 0) {
            order.endPrice = sells
                ? uint128(within(price >> 168, 1, order.price))
                : uint128(within(price >> 168, order.price, 12 ether));
        }
        order.until = uint40(order.from + (price >> 164 & 3 == 0 ? 3 hours : 3 days));
    }

    /// @dev What the maker has, more often than not.
    function _single(address of_, uint256 what) private view returns (IExchange.Item memory) {
        address token = singles[what % 3];
        uint256 id = within(what >> 8, 1, IDS);
        for (uint256 i = 0; i < IDS && what >> 24 & 3 != 0; ++i) {
            if (owners[token][id] == of_) break;
            id = id % IDS + 1;
        }
        return given(token, id);
    }

    function _keep(IExchange.Order memory order) private {
        bytes32 hash = EXCHANGE.hashOf(order);
        hashes.push(hash);
        _orders[hash] = abi.encode(order);
        if (order.side == IExchange.Side.Buy) return;
        unique[hash] = true;
        for (uint256 i = 0; i < order.gives.length; ++i) {
            if (order.gives[i].standard == IExchange.Standard.ERC1155) unique[hash] = false;
        }
    }

    /// @dev Of the latest orders, mostly by somebody who has what is wanted.
    function _deal(uint256 who, uint256 which, uint256 units, uint256 choice) private view returns (Deal memory deal) {
        uint256 latest = hashes.length < 16 ? hashes.length : 16;
        deal.hash = hashes[hashes.length - 1 - which % latest];
        deal.order = orderOf(deal.hash);
        deal.by = person(who);
        deal.units = within(units, 1, deal.order.units);
        IExchange.Item[] memory wants = deal.order.wants;
        if (wants.length != 0 && wants[0].standard == IExchange.Standard.ERC721) deal.units = 1;
        deal.choice = within(choice, 1, IDS);
        for (uint256 i = 0; i < IDS && wants.length != 0 && choice >> 8 & 3 != 0; ++i) {
            if (owners[wants[0].token][deal.choice] == deal.by) break;
            deal.choice = deal.choice % IDS + 1;
        }
        deal.price = _priceOf(deal.order) * deal.units;
    }

    /// @dev On the line, to the wei, for the maker.
    function _priceOf(IExchange.Order memory order) private view returns (uint256) {
        if (block.timestamp > order.until) return order.price;
        uint256 whole = order.until - order.from;
        uint256 left = order.until - block.timestamp;
        uint256 scaled = order.price * left + order.endPrice * (whole - left);
        return order.side == IExchange.Side.Sell ? (scaled + whole - 1) / whole : scaled / whole;
    }

    function _takeOf(Deal memory deal) private view returns (IExchange.Take memory its) {
        (its.order, its.units, its.royaltyMax) = (deal.order, uint32(deal.units), ROYALTY_MOST);
        for (uint256 i = 0; i < PEOPLE - 1; ++i) {
            if (deal.order.maker != _people[i]) continue;
            its.consent.signature = signature(KEYS + i, EXCHANGE.digestOf(deal.order));
        }
        if (deal.order.wants.length == 0 || deal.order.wants[0].criteria == IExchange.Criteria.Exact) return its;
        its.choices = new IExchange.Choice[](1);
        its.choices[0].id = deal.choice;
    }

    function _foresees(Deal memory deal, uint256 budget) private view returns (bool) {
        IExchange.Order memory order = deal.order;
        if (block.timestamp > order.until || deal.by == order.maker || cancelled[deal.hash]) return false;
        if (order.counter != counters[order.maker]) return false;
        if (!unique[deal.hash] && filled[deal.hash] + deal.units > order.units) return false;
        if (order.currency == TFUEL && deal.price > budget) return false;
        address payer = order.side == IExchange.Side.Sell ? deal.by : order.maker;
        if (order.currency == address(coins) && deal.price != 0 && coins.barred(payer)) return false;
        return _isPlain(order) && _isThere(deal);
    }

    /// @dev Or has nothing of the strict collection in it.
    function _isPlain(IExchange.Order memory order) private view returns (bool) {
        (uint256 gives, uint256 wants) = (order.gives.length, order.wants.length);
        bool plain = gives == 0 || wants == 0;
        if (gives == 2 && order.gives[0].token != order.gives[1].token) plain = false;
        if (plain) return true;
        for (uint256 i = 0; i < gives; ++i) {
            if (order.gives[i].token == singles[1]) return false;
        }
        return wants == 0 || order.wants[0].token != singles[1];
    }

    function _isThere(Deal memory deal) private view returns (bool) {
        IExchange.Order memory order = deal.order;
        for (uint256 i = 0; i < order.wants.length; ++i) {
            IExchange.Item memory item = order.wants[i];
            uint256 id = item.criteria == IExchange.Criteria.Exact ? item.id : deal.choice;
            if (item.standard == IExchange.Standard.ERC1155) {
                if (amounts[item.token][id][deal.by] < item.amount * deal.units) return false;
                continue;
            }
            if (owners[item.token][id] != deal.by || userUntil[item.token][id] >= block.timestamp) return false;
            if (order.gives.length != 0 && order.gives[0].token == item.token && order.gives[0].id == id) return false;
        }
        for (uint256 i = 0; i < order.gives.length; ++i) {
            IExchange.Item memory item = order.gives[i];
            if (item.standard == IExchange.Standard.ERC1155) {
                if (amounts[item.token][item.id][order.maker] < item.amount * deal.units) return false;
                continue;
            }
            bool its = owners[item.token][item.id] == order.maker && nonces[item.token][item.id] == item.nonce;
            if (!its) return false;
        }
        return true;
    }

    function _apply(Deal memory deal) private {
        IExchange.Order memory order = deal.order;
        filled[deal.hash] += deal.units;
        for (uint256 i = 0; i < order.wants.length; ++i) {
            IExchange.Item memory item = order.wants[i];
            if (item.criteria != IExchange.Criteria.Exact) item.id = deal.choice;
            _applyMove(item, deal.units, deal.by, order.maker);
        }
        for (uint256 i = 0; i < order.gives.length; ++i) {
            _applyMove(order.gives[i], deal.units, order.maker, deal.by);
        }
        _applyPrice(deal, order.side == IExchange.Side.Sell ? order.gives : order.wants);
    }

    function _applyMove(IExchange.Item memory item, uint256 units, address from, address to) private {
        if (item.standard == IExchange.Standard.ERC721) {
            owners[item.token][item.id] = to;
            ++nonces[item.token][item.id];
            return;
        }
        amounts[item.token][item.id][from] -= item.amount * units;
        amounts[item.token][item.id][to] += item.amount * units;
    }

    /// @dev A hundredth is the fee, and five of what falls to tokens of a creator are its royalty.
    function _applyPrice(Deal memory deal, IExchange.Item[] memory sold) private {
        IExchange.Order memory order = deal.order;
        bool sells = order.side == IExchange.Side.Sell;
        (address payer, address seller) = sells ? (deal.by, order.maker) : (order.maker, deal.by);
        (uint256 price, uint256 royalties, uint256 left) = (deal.price, 0, deal.price);
        for (uint256 i = 0; i < sold.length; ++i) {
            uint256 part = i + 1 == sold.length ? left : price / sold.length;
            left -= part;
            bool bare = sold[i].token == singles[2] || sold[i].token == plurals[1];
            if (bare) continue;
            uint256 royalty = part * ROYALTY_BPS / 10_000;
            royalties += royalty;
            received[order.currency][sold[i].token == singles[1] ? GALLERY : STUDIO] += royalty;
        }
        paid[order.currency][payer] += price;
        fees[order.currency] += price / 100;
        received[order.currency][seller] += price - price / 100 - royalties;
    }

    function _same(IExchange.Item memory one, IExchange.Item memory other) private pure returns (bool) {
        return one.token == other.token && one.id == other.id;
    }

    function _count(bytes32 verb) private {
        ++done[verb];
    }

    function _countKind(IExchange.Order memory order) private {
        if (order.gives.length == 2) _count("fill a bundle");
        if (order.gives.length != 0 && order.wants.length != 0) _count("fill a swap");
        if (order.side == IExchange.Side.Buy) _count("fill an offer");
        if (order.units > 1) _count("fill a part");
        if (order.currency == address(coins)) _count("fill for coins");
        if (order.currency == TFUEL) _count("fill for TFUEL");
        if (order.price != order.endPrice) _count("fill at a moving price");
    }
}
