// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionsWorld} from "../AuctionsWorld.sol";
import {IAuctions} from "../../src/interfaces/IAuctions.sol";
import {ICredits} from "../../src/interfaces/ICredits.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {Vm, vm, within} from "../Vm.sol";

/// @dev Accounts, each of which both opens auctions and bids in them, in any order. Every action picks a target for which it is allowed and does nothing
/// when there is none, so a revert is a finding. What became of bids and money it reads in events, and keeps in books of its own.
contract Bidders is AuctionsWorld {
    uint256 public constant SIZE = 6;
    uint256 private constant JOBS_MOST = 4;

    /// @dev What the events say of money, wei.
    struct Book {
        uint256 offered;
        uint256 ordered;
        uint256 returned;
        uint256 deposited;
        uint256 refunded;
        uint256 burned;
    }

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    /// @dev What should have been refused, or have been otherwise, and was not.
    uint256 public slipped;
    bytes32[] public auctions;
    mapping(bytes32 auction => uint256) public ends;
    mapping(bytes32 auction => mapping(address member => uint256)) public deposits;
    mapping(bytes32 auction => mapping(address member => uint256)) public closed;
    /// @dev Wei that members are entitled to by what became of their auctions and bids, and those that they fetched.
    mapping(address member => uint256) public entitled;
    mapping(address member => uint256) public fetched;
    /// @dev Of an order, that what nobody took was given back.
    mapping(uint256 order => bool) public expired;
    Book private _book;
    uint256 private _callers;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
        _read(vm.getRecordedLogs());
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
            bonded(member(i), STAKE);
        }
        vm.recordLogs();
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function book() external view returns (Book memory) {
        return _book;
    }

    function termsAt(bytes32 auction) external view returns (IAuctions.Terms memory) {
        return auctionTerms[auction];
    }

    function untakenIn(bytes32 auction) external view returns (uint256) {
        return untakenOf(orderFor[auction]);
    }

    function orderAt(bytes32 auction) external view returns (uint256) {
        return orderFor[auction];
    }

    function auctionsOpened() external view returns (uint256) {
        return auctions.length;
    }

    function open(uint256 who, uint256 price, uint256 count, uint256 times) external {
        IAuctions.Offer memory wanted = offer(uint32(within(count, 1, JOBS_MOST)));
        wanted.claimSeconds = uint32(within(times, 1, 200));
        wanted.takeSeconds = uint32(within(times >> 32, 300 + 2 * wanted.claimSeconds, 2000));
        wanted.commitBlocks = uint32(within(times >> 64, 16, 40));
        wanted.revealBlocks = uint32(within(times >> 96, 16, 40));
        price = within(price, 256e9, MOST);
        _open(member(who), uint96(price), wanted);
    }

    /// @dev Ticks are few, so that bids meet; in one of eight cases more is deposited than is needed.
    function commit(uint256 who, uint256 which, uint256 tick, uint256 units, uint256 more) external {
        bytes32 auction = _find(which, IAuctions.Phase.Open, 1, who);
        if (auction == 0) return;
        units = within(units, 1, auctionTerms[auction].count);
        uint256 deposit = units * AUCTIONS.unitDeposit(auctionTerms[auction].price);
        if (more % 8 == 0) deposit += within(more, 1, 1000) * 1 gwei;
        _commit(auction, member(who), within(tick, 127, 129), units, deposit);
    }

    function reveal(uint256 who, uint256 which) external {
        bytes32 auction = _find(which, IAuctions.Phase.Open, 2, who);
        if (auction != 0) _reveal(auction, member(who));
    }

    function clear(uint256 which) external {
        bytes32 auction = _find(which, IAuctions.Phase.Open, 3, 0);
        if (auction != 0) _clear(auction);
    }

    function void(uint256 which) external {
        bytes32 auction = _find(which, IAuctions.Phase.Open, 4, 0);
        if (auction != 0) _void(auction);
    }

    /// @dev In one or by one after the other, after somebody else left one out or named one twice.
    function draw(uint256 which, uint256 parts) external {
        bytes32 auction = _find(which, IAuctions.Phase.Cleared, 5, 0);
        if (auction != 0) _draw(auction, parts);
    }

    function take(uint256 who, uint256 which, uint256 units) external {
        bytes32 auction = _find(which, IAuctions.Phase.Cleared, 6, who);
        if (auction == 0) return;
        IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
        bool won = block.timestamp <= its.claimBy;
        uint256 most = won ? _leftOf(auction, member(who)) : its.count - its.taken;
        // One more than was won is too many.
        if (won && most + its.taken < its.count) _tryTake(auction, member(who), most + 1);
        if (most != 0) _take(auction, member(who), within(units, 1, most), won);
    }

    /// @dev All that can be closed, or one of them, in one of four cases twice.
    function close(uint256 which, uint256 who) external {
        for (uint256 i = 0; i < auctions.length; ++i) {
            bytes32 auction = auctions[(which % auctions.length + i) % auctions.length];
            address[] memory ready = _ready(auction, who);
            if (ready.length != 0) return _close(auction, ready);
        }
    }

    function expire(uint256 which) external {
        for (uint256 i = 0; i < auctions.length; ++i) {
            uint256 order = orderFor[auctions[(which % auctions.length + i) % auctions.length]];
            if (order == 0 || expired[order] || untakenOf(order) == 0) continue;
            if (block.timestamp > termsOf[order].takeBy) return _expire(order);
        }
    }

    function withdraw(uint256 who) external {
        if (AUCTIONS.creditOf(member(who)) != 0) _withdraw(member(who));
    }

    /// @dev In one of thirty-two cases for so long that nobody can clear any more.
    function wait(uint256 blocks, uint256 time) external counted("wait") {
        vm.roll(block.number + (blocks % 32 == 0 ? 4200 : within(blocks >> 8, 1, 20)));
        vm.warp(block.timestamp + within(time, 1, time % 2 == 0 ? 600 : 60));
    }

    /// @dev Whatever is begun comes to its end.
    function finish() external {
        vm.roll(block.number + 100);
        for (uint256 i = 0; i < auctions.length; ++i) {
            if (phaseOf(auctions[i]) != IAuctions.Phase.Open) continue;
            if (block.number > uint256(auctionTerms[auctions[i]].revealUntil) + 4096) _void(auctions[i]);
            else _clear(auctions[i]);
        }
        vm.warp(block.timestamp + 8 days);
        for (uint256 i = 0; i < auctions.length; ++i) {
            address[] memory ready = _ready(auctions[i], 1);
            if (ready.length != 0) _close(auctions[i], ready);
            uint256 order = orderFor[auctions[i]];
            if (order != 0 && !expired[order] && untakenOf(order) != 0) _expire(order);
        }
        for (uint256 i = 0; i < SIZE; ++i) {
            if (AUCTIONS.creditOf(member(i)) != 0) _withdraw(member(i));
        }
    }

    function _open(address requester, uint96 price, IAuctions.Offer memory wanted) private counted("open") {
        auctions.push(opened(requester, price, wanted));
        _book.offered += uint256(price) * wanted.count;
    }

    function _commit(bytes32 auction, address account, uint256 tick, uint256 units, uint256 deposit)
        private
        counted("commit")
    {
        commits(auction, account, tick, units, deposit);
        deposits[auction][account] = deposit;
        _book.deposited += deposit;
    }

    function _reveal(bytes32 auction, address account) private counted("reveal") {
        reveals(auction, account);
    }

    function _clear(bytes32 auction) private counted("clear") {
        clears(auction);
    }

    function _void(bytes32 auction) private counted("void") {
        AUCTIONS.void(auction);
    }

    function _draw(bytes32 auction, uint256 parts)
        private
        counted(parts % 2 == 0 ? bytes32("draw") : bytes32("draw, in parts"))
    {
        address[] memory all = sorted(auction, _marginal(auction));
        if (all.length > 1 && parts >> 8 & 1 == 0) {
            vm.prank(_caller());
            AUCTIONS.draw(auction, list(all[1]));
            ++done["draw, astray"];
        }
        if (parts >> 9 & 1 == 0) {
            address[] memory twice = new address[](2);
            (twice[0], twice[1]) = (all[0], all[0]);
            _try(abi.encodeCall(AUCTIONS.draw, (auction, twice)), _caller());
        }
        address caller = _caller();
        for (uint256 i = 0; i < all.length && parts % 2 == 1; ++i) {
            vm.prank(caller);
            AUCTIONS.draw(auction, list(all[i]));
        }
        if (parts % 2 == 1) return;
        vm.prank(caller);
        AUCTIONS.draw(auction, all);
    }

    function _take(bytes32 auction, address worker, uint256 units, bool won)
        private
        counted(won ? bytes32("take") : bytes32("take, by anybody"))
    {
        takesWon(auction, worker, units);
    }

    function _tryTake(bytes32 auction, address worker, uint256 units) private {
        _try(abi.encodeCall(AUCTIONS.take, (auction, orderTerms(auction), units)), worker);
    }

    function _close(bytes32 auction, address[] memory ready) private counted("close") {
        AUCTIONS.close(auction, ready);
    }

    function _expire(uint256 order) private counted("expire") {
        expired[order] = true;
        expires(order);
    }

    function _withdraw(address account) private counted("withdraw") {
        fetched[account] += AUCTIONS.creditOf(account);
        vm.prank(account);
        AUCTIONS.withdraw();
    }

    function _try(bytes memory call, address caller) private {
        vm.prank(caller);
        (bool passed,) = address(AUCTIONS).call(call);
        if (passed) ++slipped;
        else ++done["refused"];
    }

    function _caller() private returns (address) {
        return address(uint160(0xca110000 + ++_callers));
    }

    /// @param turn 1 to commit, 2 to reveal, 3 to clear, 4 to void, 5 to draw, 6 to take
    function _find(uint256 which, IAuctions.Phase phase, uint256 turn, uint256 who) private view returns (bytes32) {
        for (uint256 i = 0; i < auctions.length; ++i) {
            bytes32 auction = auctions[(which % auctions.length + i) % auctions.length];
            if (phaseOf(auction) == phase && _isTurn(auction, turn, member(who))) return auction;
        }
        return 0;
    }

    function _isTurn(bytes32 auction, uint256 turn, address account) private view returns (bool) {
        IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
        (uint256 deposit,, uint256 units,) = AUCTIONS.bidOf(auction, account);
        if (turn == 1) return block.number <= its.commitUntil && deposit == 0 && account != its.requester;
        bool inReveal = block.number > its.commitUntil && block.number <= auctionTerms[auction].revealUntil;
        if (turn == 2) return inReveal && deposit != 0 && units == 0;
        if (turn == 3) {
            return block.number > auctionTerms[auction].revealUntil
                && block.number <= uint256(auctionTerms[auction].revealUntil) + 4096;
        }
        if (turn == 4) return block.number > uint256(auctionTerms[auction].revealUntil) + 4096;
        if (turn == 5) return its.rest != 0 && block.timestamp <= its.drawBy && !_isDrawn(auction, its);
        return its.taken < its.count && account != its.requester && block.timestamp <= termsOf[its.order].takeBy
            && !expired[its.order];
    }

    /// @dev Who is at the margin and still has a bid has not been closed: before the draw, all of them.
    function _isDrawn(bytes32 auction, IAuctions.Auction memory its) private view returns (bool) {
        for (uint256 i = 0; i < SIZE; ++i) {
            (, uint256 tick,,) = AUCTIONS.bidOf(auction, member(i));
            if (tick != its.margin) continue;
            (bool known,) = address(AUCTIONS).staticcall(abi.encodeCall(AUCTIONS.wonBy, (auction, member(i))));
            return known;
        }
        return true;
    }

    function _marginal(bytes32 auction) private returns (address[] memory all) {
        IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
        uint256 height = uint256(auctionTerms[auction].revealUntil) + 16;
        vm.store(Predeploys.BEACON, keccak256(abi.encode(height, 0)), keccak256(abi.encode(MIX, height)));
        if (block.number <= height) vm.roll(height + 1);
        return _which(auction, its.margin);
    }

    function _which(bytes32 auction, uint256 margin) private view returns (address[] memory all) {
        uint256 count;
        for (uint256 round = 0; round < 2; ++round) {
            all = new address[](count);
            count = 0;
            for (uint256 i = 0; i < SIZE; ++i) {
                (, uint256 tick,,) = AUCTIONS.bidOf(auction, member(i));
                if (tick != margin) continue;
                if (round == 1) all[count] = member(i);
                ++count;
            }
        }
    }

    function _leftOf(bytes32 auction, address account) private view returns (uint256) {
        (bool known, bytes memory won) =
            address(AUCTIONS).staticcall(abi.encodeCall(AUCTIONS.wonBy, (auction, account)));
        (,,, uint256 taken) = AUCTIONS.bidOf(auction, account);
        return known ? abi.decode(won, (uint256)) - taken : 0;
    }

    /// @dev Of an odd `who` all, else one; those that cannot be closed yet are not in it.
    function _ready(bytes32 auction, uint256 who) private view returns (address[] memory ready) {
        uint256 count;
        for (uint256 round = 0; round < 2; ++round) {
            ready = new address[](count);
            count = 0;
            for (uint256 i = 0; i < SIZE; ++i) {
                if (!_isOver(auction, member(i)) || (who % 2 == 0 && count != 0)) continue;
                if (round == 1) ready[count] = member(i);
                ++count;
            }
        }
    }

    function _isOver(bytes32 auction, address account) private view returns (bool) {
        IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
        (uint256 deposit,, uint256 units,) = AUCTIONS.bidOf(auction, account);
        if (deposit == 0 || its.phase < IAuctions.Phase.Cleared) return false;
        if (units == 0 || its.phase == IAuctions.Phase.Voided || block.timestamp > its.claimBy) return true;
        (bool known, bytes memory won) =
            address(AUCTIONS).staticcall(abi.encodeCall(AUCTIONS.wonBy, (auction, account)));
        return known && abi.decode(won, (uint256)) == 0;
    }

    function _read(Vm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(AUCTIONS)) continue;
            bytes32 event_ = logs[i].topics[0];
            if (event_ == IAuctions.AuctionCleared.selector) _readCleared(logs[i]);
            if (event_ == IAuctions.AuctionVoided.selector) _readVoided(logs[i]);
            if (event_ == IAuctions.BidClosed.selector) _readClosed(logs[i]);
        }
    }

    function _readCleared(Vm.Log memory log) private {
        (, uint256 price,,,, uint256 refunded, uint256 burned) =
            abi.decode(log.data, (uint256, uint256, uint256, uint256, uint256, uint256, uint256));
        bytes32 auction = log.topics[1];
        ++ends[auction];
        _book.ordered += price * auctionTerms[auction].count;
        _book.returned += refunded;
        _book.burned += burned;
        entitled[auctionTerms[auction].requester] += refunded;
    }

    function _readVoided(Vm.Log memory log) private {
        uint256 refunded = abi.decode(log.data, (uint256));
        ++ends[log.topics[1]];
        _book.returned += refunded;
        entitled[auctionTerms[log.topics[1]].requester] += refunded;
    }

    /// @dev What a bid ends with is its deposit, and what of it is burned its reason says.
    function _readClosed(Vm.Log memory log) private {
        (IAuctions.Reason reason, uint256 won, uint256 taken, uint256 refunded, uint256 burned) =
            abi.decode(log.data, (IAuctions.Reason, uint256, uint256, uint256, uint256));
        (bytes32 auction, address account) = (log.topics[1], address(uint160(uint256(log.topics[2]))));
        ++closed[auction][account];
        _book.refunded += refunded;
        if (reason == IAuctions.Reason.NotTaken) _book.burned += burned;
        entitled[account] += refunded;
        uint256 due = (won - taken) * AUCTIONS.unitDeposit(auctionTerms[auction].price);
        if (reason == IAuctions.Reason.NotRevealed) due = deposits[auction][account];
        if (burned != due || refunded + burned != deposits[auction][account]) ++slipped;
        ++done[bytes32(uint256(reason) + 1)];
    }
}
