// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Hoarder} from "./Hoarder.sol";
import {IPacks} from "../../src/interfaces/IPacks.sol";
import {IPhases} from "../../src/interfaces/IPhases.sol";
import {PacksWorld} from "../PacksWorld.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {Progress} from "../../src/types/Progress.sol";
import {Vm, vm, within} from "../Vm.sol";

/// @dev A creator that now and then keeps a secret to itself, those who buy of it, and whoever opens packs, in any order. Every action picks what is
/// allowed and does nothing where nothing is, so a revert is a finding. What became of packs and tokens it reads in events, and keeps in
/// books of its own.
contract Openers is PacksWorld {
    uint256 public constant SIZE = 4;
    uint256 private constant SALES_MOST = 4;

    /// @dev Wei.
    struct Book {
        uint256 paid;
        uint256 bonded;
        uint256 refunded;
        uint256 released;
        uint256 burned;
        uint256 returned;
    }

    mapping(bytes32 verb => uint256) public done;
    /// @dev What should have been refused, or have been otherwise, and was not.
    uint256 public slipped;
    mapping(uint256 sale => mapping(uint256 pack => address)) public buyerOf;
    /// @dev Each pack that was opened, or refunded, or both if something is wrong.
    mapping(uint256 sale => mapping(uint256 pack => uint256)) public ends;
    mapping(uint256 sale => uint256) public nextPack;
    mapping(uint256 sale => mapping(uint256 tier => uint256)) public drawn;
    mapping(address creation => mapping(uint256 id => mapping(address account => uint256))) public won;
    mapping(address creation => mapping(uint256 id => mapping(address account => uint256))) public kept;
    /// @dev Packs whose tokens were kept.
    uint256[2][] private _kept;
    Book private _book;
    Hoarder private _hoarder;
    Hoarder private _payee;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
        _read(vm.getRecordedLogs());
    }

    function setUp() public override {
        super.setUp();
        (_hoarder, _payee) = (new Hoarder(), new Hoarder());
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
        }
        vm.recordLogs();
    }

    /// @dev The last of them is a contract of changing moods.
    function member(uint256 seed) public view returns (address) {
        uint256 number = seed % SIZE;
        return number == SIZE - 1 ? address(_hoarder) : address(uint160(0x09e40000 + number));
    }

    function payee() external view returns (address) {
        return address(_payee);
    }

    function maker() external view returns (address) {
        return creator;
    }

    function book() external view returns (Book memory) {
        return _book;
    }

    function open(uint256 which, uint256 sizes, uint256 price) external {
        if (PACKS.saleCount() == SALES_MOST) return;
        uint256 size = within(sizes, 1, 4);
        uint32[] memory tiers = tiersOf(uint32(within(sizes >> 8, 1, 3)), uint32(within(sizes >> 16, 1, 9)), 1);
        tiers[2] += uint32(3 * size - (tiers[0] + tiers[1] + tiers[2]) % size);
        IPacks.Terms memory its = termsOf(which % 2 == 0 ? looms : prints, uint8(size), tiers);
        its.payee = address(_payee);
        IPhases.Phase memory phase_ = year(uint128(within(price, 0, 1e18)));
        phase_.endPrice = phase_.price / 2;
        _open(its, tiers, list(phase_));
    }

    function buy(uint256 who, uint256 which, uint256 quantity, uint256 more) external {
        for (uint256 i = 0; i < PACKS.saleCount(); ++i) {
            uint256 sale = _saleAt(which, i);
            uint256 left = PACKS.saleOf(sale).packs - PACKS.progressOf(sale).sold;
            if (!_sells(sale) || left == 0) {
                if (quantity >> 128 & 3 == 0) _try(abi.encodeCall(PACKS.buy, (sale, 0, 1, anybody())), 1e18);
                continue;
            }
            return _buy(member(who), sale, within(quantity, 1, left < 4 ? left : 4), more % 2 * more % 1e18);
        }
    }

    /// @dev On to where something can be done, or by some blocks, or to the next round.
    function wait(uint256 blocks, uint256 time) external counted("wait") {
        vm.warp(block.timestamp + within(time, 1, 6 hours));
        vm.roll(block.number + (blocks % 2 == 0 ? within(blocks >> 8, 1, 40) : within(blocks >> 8, 1, 700)));
    }

    /// @dev So long that a mix that nobody recorded is lost, or that a secret is too late.
    function sleep(uint256 blocks) external counted("sleep") {
        vm.roll(block.number + (blocks % 8 == 0 ? REVEAL_BLOCKS + 1 : within(blocks >> 8, HEADERS, HEADERS + 1300)));
    }

    function record(uint256 which) external {
        for (uint256 i = 0; i < PACKS.saleCount(); ++i) {
            uint256 height = PACKS.progressOf(_saleAt(which, i)).height;
            bool can = _waits(_saleAt(which, i)) && block.number > height && block.number <= height + HEADERS;
            if (can && !_isRecorded(height)) return _record(_saleAt(which, i));
        }
    }

    function reveal(uint256 which) external {
        for (uint256 i = 0; i < PACKS.saleCount(); ++i) {
            uint256 sale = _saleAt(which, i);
            uint256 height = PACKS.progressOf(sale).height;
            if (!_waits(sale) || block.number <= height || !_isRecorded(height)) continue;
            if (block.number <= height + REVEAL_BLOCKS) return _reveal(sale);
            _try(abi.encodeCall(PACKS.reveal, (sale, secretOf(sale, PACKS.progressOf(sale).round))), 0);
        }
    }

    function redraw(uint256 which) external {
        for (uint256 i = 0; i < PACKS.saleCount(); ++i) {
            uint256 sale = _saleAt(which, i);
            uint256 height = PACKS.progressOf(sale).height;
            bool lost = _waits(sale) && block.number > height + HEADERS && !_isRecorded(height);
            if (lost && block.number <= height + REVEAL_BLOCKS) return _redraw(sale);
            if (!lost) _try(abi.encodeCall(PACKS.redraw, (sale)), 0);
        }
    }

    function openNext(uint256 which, uint256 count, uint256 mood) external {
        for (uint256 i = 0; i < PACKS.saleCount(); ++i) {
            uint256 sale = _saleAt(which, i);
            Progress memory so = PACKS.progressOf(sale);
            if (so.opened != so.settled) return _openNext(sale, within(count, 1, 5), mood);
        }
    }

    function claim(uint256 which, uint256 to) external {
        if (_kept.length == 0) return;
        uint256[2] memory pack = _kept[which % _kept.length];
        _kept[which % _kept.length] = _kept[_kept.length - 1];
        _kept.pop();
        _claim(pack[0], pack[1], member(to));
    }

    function close(uint256 which) external {
        if (PACKS.saleCount() == 0) return;
        uint256 sale = _saleAt(which, 0);
        if (PACKS.saleOf(sale).state == IPacks.State.Open && which >> 200 & 3 == 0) _close(sale);
    }

    function void(uint256 which) external {
        for (uint256 i = 0; i < PACKS.saleCount(); ++i) {
            uint256 sale = _saleAt(which, i);
            bool late = _waits(sale) && block.number > PACKS.progressOf(sale).height + REVEAL_BLOCKS;
            if (late && PACKS.saleOf(sale).state != IPacks.State.Voided) return _void(sale);
        }
    }

    function refund(uint256 which, uint256 purchase) external {
        for (uint256 i = 0; i < PACKS.saleCount(); ++i) {
            uint256 sale = _saleAt(which, i);
            uint256 count = PACKS.progressOf(sale).purchases;
            for (uint256 j = 0; j < count; ++j) {
                uint256 number = (purchase % count + j) % count;
                if (_isDue(sale, number)) return _refund(sale, number);
                _try(abi.encodeCall(PACKS.refund, (sale, number)), 0);
            }
        }
    }

    function returnBond(uint256 which) external {
        for (uint256 i = 0; i < PACKS.saleCount(); ++i) {
            IPacks.Sale memory its = PACKS.saleOf(_saleAt(which, i));
            bool over = its.state != IPacks.State.Open || PACKS.progressOf(_saleAt(which, i)).sold == its.packs
                || PACKS.roundOf(_saleAt(which, i)) >= its.rounds;
            if (over && !_waits(_saleAt(which, i)) && its.bond != 0) return _returnBond(_saleAt(which, i));
            _try(abi.encodeCall(PACKS.returnBond, (_saleAt(which, i))), 0);
        }
    }

    /// @dev What the hoarder and the payee do with tokens and money from now on.
    function sulk(uint256 mood) external counted("sulk") {
        _hoarder.plan(Hoarder.Mood(mood % 4), type(uint256).max);
        _payee.plan(mood >> 8 & 1 == 0 ? Hoarder.Mood.Refuse : Hoarder.Mood.Accept, 0);
    }

    function withdraw(uint256 which) external {
        Hoarder who = which % 2 == 0 ? _hoarder : _payee;
        if (PACKS.creditOf(address(who)) != 0) _withdraw(who);
    }

    /// @dev Whatever is begun comes to its end, by a secret where there is time for it.
    function finish() external {
        _hoarder.plan(Hoarder.Mood.Accept, 0);
        for (uint256 sale = 1; sale <= PACKS.saleCount(); ++sale) {
            if (PACKS.saleOf(sale).state == IPacks.State.Open) _close(sale);
            if (_waits(sale) && PACKS.saleOf(sale).state == IPacks.State.Closed) _end(sale);
            Progress memory so = PACKS.progressOf(sale);
            if (so.opened != so.settled) _openNext(sale, so.settled - so.opened, 0);
            for (uint256 i = 0; i < so.purchases; ++i) {
                if (_isDue(sale, i)) _refund(sale, i);
            }
            if (!_waits(sale) && PACKS.saleOf(sale).bond != 0) _returnBond(sale);
        }
        for (; _kept.length != 0; _kept.pop()) {
            _claim(_kept[_kept.length - 1][0], _kept[_kept.length - 1][1], member(0));
        }
        if (PACKS.creditOf(address(_hoarder)) != 0) _withdraw(_hoarder);
        if (PACKS.creditOf(address(_payee)) != 0) _withdraw(_payee);
    }

    function _end(uint256 sale) private {
        uint256 height = PACKS.progressOf(sale).height;
        if (block.number <= height) vm.roll(height + 1);
        if (block.number > height + REVEAL_BLOCKS) return _void(sale);
        if (!_isRecorded(height) && block.number > height + HEADERS) {
            _redraw(sale);
            vm.roll(PACKS.progressOf(sale).height + 1);
        }
        if (!_isRecorded(PACKS.progressOf(sale).height)) _record(sale);
        _reveal(sale);
    }

    function _open(IPacks.Terms memory its, uint32[] memory tiers, IPhases.Phase[] memory phases)
        private
        counted("open")
    {
        packed(its, tiers, phases);
        _book.bonded += bondOf(its, phases);
    }

    function _buy(address account, uint256 sale, uint256 quantity, uint256 more) private counted("buy") {
        uint256 price = quantity * PACKS.priceOf(sale, 0, block.timestamp);
        uint256 sold = PACKS.progressOf(sale).sold;
        uint256 before = account.balance + PACKS.creditOf(account);
        vm.prank(account);
        PACKS.buy{value: price + more}(sale, 0, quantity, anybody());
        if (account.balance + PACKS.creditOf(account) != before - price) ++slipped;
        _book.paid += price;
        for (uint256 i = 0; i < quantity; ++i) {
            buyerOf[sale][sold + i] = account;
        }
    }

    function _record(uint256 sale) private counted("record") {
        records(sale, keccak256(abi.encode(done["record"], block.number)));
    }

    function _reveal(uint256 sale) private counted("reveal") {
        uint256 escrow = PACKS.saleOf(sale).escrow;
        PACKS.reveal(sale, secretOf(sale, PACKS.progressOf(sale).round));
        _book.released += escrow;
    }

    function _redraw(uint256 sale) private counted("redraw") {
        PACKS.redraw(sale);
    }

    /// @dev While it goes on the hoarder may try to open more, to claim, or to have a bond returned.
    function _openNext(uint256 sale, uint256 count, uint256 mood) private counted("open next") {
        bytes[3] memory calls = [
            abi.encodeCall(PACKS.openNext, (sale, 1)),
            abi.encodeCall(PACKS.claim, (sale, PACKS.progressOf(sale).opened, address(_hoarder))),
            abi.encodeCall(PACKS.refund, (sale, 0))
        ];
        _hoarder.calls(address(PACKS), 0, calls[mood % 3]);
        uint256 successes = _hoarder.successes();
        PACKS.openNext(sale, count);
        if (_hoarder.successes() != successes && mood % 3 != 2) ++slipped;
    }

    function _claim(uint256 sale, uint256 pack, address to) private counted("claim") {
        if (to == address(_hoarder)) _hoarder.plan(Hoarder.Mood.Accept, 0);
        (address buyer, uint256[] memory ids) = PACKS.keptOf(sale, pack);
        vm.prank(buyer);
        PACKS.claim(sale, pack, to);
        address creation = PACKS.saleOf(sale).creation;
        for (uint256 i = 0; i < ids.length; ++i) {
            --won[creation][ids[i]][buyer];
            --kept[creation][ids[i]][buyer];
            ++won[creation][ids[i]][to];
        }
    }

    function _close(uint256 sale) private counted("close") {
        vm.prank(creator);
        PACKS.close(sale);
    }

    function _void(uint256 sale) private counted("void") {
        uint256 before = Predeploys.BURN.balance;
        PACKS.void(sale);
        _book.burned += Predeploys.BURN.balance - before;
    }

    function _refund(uint256 sale, uint256 purchase) private counted("refund") {
        (address buyer, uint256 first, uint256 quantity,, uint256 price) = PACKS.purchaseOf(sale, purchase);
        uint256 before = buyer.balance + PACKS.creditOf(buyer);
        PACKS.refund(sale, purchase);
        uint256 share = quantity * PACKS.saleOf(sale).share;
        if (buyer.balance + PACKS.creditOf(buyer) != before + price + share) ++slipped;
        (_book.refunded, _book.returned) = (_book.refunded + price, _book.returned + share);
        for (uint256 i = 0; i < quantity; ++i) {
            if (buyerOf[sale][first + i] != buyer) ++slipped;
            ++ends[sale][first + i];
        }
    }

    function _returnBond(uint256 sale) private counted("return bond") {
        _book.returned += PACKS.saleOf(sale).bond;
        PACKS.returnBond(sale);
    }

    function _withdraw(Hoarder who) private counted("withdraw") {
        who.plan(Hoarder.Mood.Accept, 0);
        who.perform(address(PACKS), 0, abi.encodeCall(PACKS.withdraw, ()));
    }

    function _try(bytes memory call, uint256 value) private {
        vm.prank(member(0));
        (bool slipped_,) = address(PACKS).call{value: value}(call);
        if (slipped_) ++slipped;
        ++done["refused"];
    }

    function _read(Vm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != Predeploys.PACKS) continue;
            if (logs[i].topics[0] == IPacks.PackOpened.selector) _readOpened(logs[i]);
            if (logs[i].topics[0] == IPacks.TokensKept.selector) _readKept(logs[i]);
        }
    }

    function _readOpened(Vm.Log memory log) private {
        (uint256 sale, uint256 pack) = (uint256(log.topics[1]), uint256(log.topics[2]));
        address buyer = address(uint160(uint256(log.topics[3])));
        if (pack != nextPack[sale]++ || buyer != buyerOf[sale][pack]) ++slipped;
        ++ends[sale][pack];
        IPacks.Sale memory its = PACKS.saleOf(sale);
        (uint256[16] memory counts,) = PACKS.tiersOf(sale);
        uint256[] memory ids = abi.decode(log.data, (uint256[]));
        for (uint256 i = 0; i < ids.length; ++i) {
            ++won[its.creation][ids[i]][buyer];
            (uint256 tier, uint256 end) = (0, its.first + (its.editions ? 1 : counts[0]));
            while (ids[i] >= end) end += its.editions ? 1 : counts[++tier];
            if (its.editions) tier = ids[i] - its.first;
            ++drawn[sale][tier];
        }
    }

    function _readKept(Vm.Log memory log) private {
        (uint256 sale, uint256 pack) = (uint256(log.topics[1]), uint256(log.topics[2]));
        address buyer = address(uint160(uint256(log.topics[3])));
        uint256[] memory ids = abi.decode(log.data, (uint256[]));
        for (uint256 i = 0; i < ids.length; ++i) {
            ++kept[PACKS.saleOf(sale).creation][ids[i]][buyer];
        }
        _kept.push([sale, pack]);
        ++done["kept"];
    }

    function _saleAt(uint256 which, uint256 i) private view returns (uint256) {
        return 1 + (which % PACKS.saleCount() + i) % PACKS.saleCount();
    }

    /// @dev By what the interface says of rounds.
    function _sells(uint256 sale) private view returns (bool) {
        (IPacks.Sale memory its, Progress memory so) = (PACKS.saleOf(sale), PACKS.progressOf(sale));
        uint256 round = (block.number - its.openedAt) / its.roundBlocks;
        if (its.state != IPacks.State.Open || round >= its.rounds) return false;
        if (block.timestamp > START + 365 days) return false;
        return _waits(sale) ? round == so.round : block.number >= so.height;
    }

    function _waits(uint256 sale) private view returns (bool) {
        return PACKS.progressOf(sale).waits();
    }

    function _isDue(uint256 sale, uint256 purchase) private view returns (bool) {
        (address buyer, uint256 first,,,) = PACKS.purchaseOf(sale, purchase);
        bool voided = PACKS.saleOf(sale).state == IPacks.State.Voided;
        return voided && buyer != address(0) && first >= PACKS.progressOf(sale).settled;
    }

    function _isRecorded(uint256 height) private view returns (bool) {
        return vm.load(Predeploys.BEACON, keccak256(abi.encode(height, 0))) != 0;
    }
}
