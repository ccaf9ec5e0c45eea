// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionHouseWorld} from "../AuctionHouseWorld.sol";
import {Foreign} from "./ForeignToken.sol";
import {HostileAccount} from "./HostileAccount.sol";
import {IAuctionHouse} from "../../src/interfaces/IAuctionHouse.sol";
import {ICollection} from "../../src/interfaces/ICollection.sol";
import {ICreation} from "../../src/interfaces/ICreation.sol";
import {IEditions} from "../../src/interfaces/IEditions.sol";
import {Receiver} from "./Receiver.sol";
import {eq, holds, vm, within} from "../Vm.sol";

/// @dev Collectors who sell each other what they have, in any order that the house allows, while tokens get stuck and accounts refuse what they are
/// sent; and books of how each auction went. Each verb but `trespass` does nothing where it could only be refused, so a revert is a finding.
contract Salesroom is AuctionHouseWorld {
    uint256 public constant MEMBERS = 4;
    /// @dev Of each kind with ids, and the supply of each edition.
    uint256 public constant IDS = 4;
    uint256 public constant SUPPLY = 80;
    uint256 private constant LIVE_MAX = 6;

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    mapping(uint256 auction => uint256) public highestOf;
    mapping(uint256 auction => IAuctionHouse.Phase) public phaseOf;
    /// @dev How often an auction came to an end: by a sale, void, or without a bid.
    mapping(uint256 auction => uint256) public endsOf;
    mapping(uint256 auction => uint256) public paidFor;

    address[4] private _members;
    uint256 private _live;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
        _remember();
    }

    function setUp() public override {
        super.setUp();
        _members = [BOB, CAROL, DAVE, address(receiver)];
        foreign.setRoyalty(STUDIO, 300);
        for (uint256 i = 0; i < MEMBERS; ++i) {
            approves(_members[i]);
            minted(strict, _members[i], 1 + i);
            foreign.mint(_members[i], 1 + i);
            minted(strictEditions, _members[i], 1, SUPPLY / MEMBERS);
            foreignEditions.mint(_members[i], 1, SUPPLY / MEMBERS);
        }
    }

    function member(uint256 i) public view returns (address) {
        return _members[i % MEMBERS];
    }

    function tokens() external view returns (address[4] memory) {
        return [address(strict), address(foreign), address(strictEditions), address(foreignEditions)];
    }

    function currencyAt(uint256 i) external view returns (address) {
        return currency(i);
    }

    function create(uint256 who, uint256 which, uint256 amount, uint256 money, uint256 time) external {
        if (_live == LIVE_MAX) return;
        IAuctionHouse.Lot memory lot = _lot(which, 1 + who % IDS, 1);
        address seller = member(who);
        if (which % 4 < 2) {
            seller = ICollection(lot.token).ownerOf(lot.id);
        } else {
            (lot.id, lot.amount) = (1, uint96(within(amount, 1, 6)));
            if (IEditions(lot.token).balanceOf(seller, 1) < lot.amount) return;
        }
        if (seller == address(HOUSE) || _isStuck(lot.token)) return;
        IAuctionHouse.Terms memory terms = agreedIn(currency(money));
        terms.reserve = uint128(within(amount, 1, 5 ether));
        terms.from = uint40(block.timestamp + within(time, 0, 2 hours));
        terms.until = uint40(terms.from + within(time >> 20, 1 hours, 3 days));
        _create(seller, lot, terms);
    }

    function bid(uint256 which, uint256 who, uint256 amount) external {
        for (uint256 i = 0; i < HOUSE.auctionCount(); ++i) {
            (uint256 auction, IAuctionHouse.Auction memory its) = _from(which, i);
            if (its.phase != IAuctionHouse.Phase.Open || block.timestamp > its.until) continue;
            if (block.timestamp < its.from) vm.warp(its.from);
            address bidder = member(who) == its.seller ? member(who % MEMBERS + 1) : member(who);
            uint256 least = HOUSE.minimumBid(auction);
            uint256 most = balanceIn(its.currency, bidder);
            if (most < least) continue;
            // Often as late as can be.
            if (amount % 4 == 0) vm.warp(its.until);
            return _bid(bidder, auction, within(amount, least, 2 * least < most ? 2 * least : most));
        }
    }

    /// @dev Often as soon as it can be, and with the outcome that the books foresee.
    function settle(uint256 which) external {
        for (uint256 i = 0; i < HOUSE.auctionCount(); ++i) {
            (uint256 auction, IAuctionHouse.Auction memory its) = _from(which, i);
            if (its.phase != IAuctionHouse.Phase.Open || its.bidder == address(0)) continue;
            if (block.timestamp <= its.until && which % 2 == 0) continue;
            if (block.timestamp <= its.until) vm.warp(uint256(its.until) + 1);
            if (_isStuck(its.token)) {
                if (block.timestamp < its.until + 7 days && which % 3 != 0) continue;
                if (block.timestamp < its.until + 7 days) vm.warp(its.until + 7 days);
                return _void(auction);
            }
            if (which % 5 < 3) _refuse(its);
            return _settle(auction, its);
        }
    }

    function claim(uint256 which, uint256 to) external {
        for (uint256 i = 0; i < HOUSE.auctionCount(); ++i) {
            (uint256 auction, IAuctionHouse.Auction memory its) = _from(which, i);
            bool over = its.phase == IAuctionHouse.Phase.Open && its.bidder != address(0) && block.timestamp > its.until
                && which % 2 == 0;
            if (its.phase != IAuctionHouse.Phase.Kept && !over) continue;
            if (_isStuck(its.token) || !_canTake(its, member(to))) continue;
            return _claim(auction, its, member(to));
        }
    }

    function cancel(uint256 which) external {
        if (which % 4 != 0) return;
        for (uint256 i = 0; i < HOUSE.auctionCount(); ++i) {
            (uint256 auction, IAuctionHouse.Auction memory its) = _from(which >> 2, i);
            if (its.phase != IAuctionHouse.Phase.Open || its.bidder != address(0)) continue;
            if (!_isStuck(its.token) && _canTake(its, its.seller)) return _cancel(auction, its.seller);
        }
    }

    /// @dev What a seller whose token was bid for would rather do, and cannot.
    function trespass(uint256 which, uint256 verb) external {
        for (uint256 i = 0; i < HOUSE.auctionCount(); ++i) {
            (uint256 auction, IAuctionHouse.Auction memory its) = _from(which, i);
            if (its.phase != IAuctionHouse.Phase.Open || its.bidder == address(0)) continue;
            bytes memory call = abi.encodeCall(HOUSE.cancel, (auction));
            if (verb % 4 == 1) call = abi.encodeCall(HOUSE.reclaim, (auction));
            if (verb % 4 == 2) call = abi.encodeCall(HOUSE.claim, (auction, its.seller));
            if (verb % 4 == 3 && block.timestamp <= its.until) call = abi.encodeCall(HOUSE.settle, (auction));
            vm.prank(its.seller);
            (bool fine,) = address(HOUSE).call(call);
            holds(!fine, "it cannot leave the sale");
            ++done["trespass"];
            return;
        }
    }

    function reclaim(uint256 which) external {
        for (uint256 i = 0; i < HOUSE.auctionCount(); ++i) {
            (uint256 auction, IAuctionHouse.Auction memory its) = _from(which, i);
            bool unsold =
                its.phase == IAuctionHouse.Phase.Open && its.bidder == address(0) && block.timestamp > its.until;
            if (its.phase != IAuctionHouse.Phase.Voided && !unsold) continue;
            if (_isStuck(its.token) || !_canTake(its, its.seller)) continue;
            return _reclaim(auction, its.phase);
        }
    }

    function withdraw(uint256 who, uint256 money) external {
        address account = who % 5 == 4 ? STUDIO : member(who);
        if (creditIn(currency(money), account, HOUSE) == 0) return;
        if (account == address(receiver)) receiver.plan(HostileAccount.Mood.Accept, address(0), "");
        if (gold.isBarred(account)) gold.bar(account, false);
        _withdraw(account, currency(money));
    }

    function passOn(uint256 money) external {
        if (HOUSE.duesIn(currency(money)) != 0) _passOn(currency(money));
    }

    /// @dev Tokens get stuck and loose again, and accounts change what they take.
    function change(uint256 what) external counted("change") {
        if (what % 4 == 0) {
            foreign.plan(_isStuck(address(foreign)) ? Foreign.Mood.Fair : Foreign.Mood.Stuck);
        } else if (what % 4 == 1) {
            foreignEditions.plan(_isStuck(address(foreignEditions)) ? Foreign.Mood.Fair : Foreign.Mood.Greedy);
        } else if (what % 4 == 2) {
            receiver.take(receiver.habit() == Receiver.Habit.Accept ? Receiver.Habit.Refuse : Receiver.Habit.Accept);
        } else {
            foreign.bar(member(what >> 2), !foreign.isBarred(member(what >> 2)));
        }
        receiver.plan(what % 3 == 0 ? HostileAccount.Mood.Refuse : HostileAccount.Mood.Accept, address(0), "");
        gold.bar(member(what >> 4), what % 5 == 0);
    }

    function wait(uint256 time, bool long) external counted("wait") {
        vm.warp(block.timestamp + (long ? within(time, 1 days, 4 days) : within(time, 1, 2 hours)));
    }

    function _create(address seller, IAuctionHouse.Lot memory lot, IAuctionHouse.Terms memory terms)
        private
        counted("create")
    {
        created(seller, lot, terms);
        ++_live;
    }

    function _bid(address bidder, uint256 auction, uint256 amount) private counted("bid") {
        IAuctionHouse.Auction memory before = HOUSE.auctionOf(auction);
        uint256 worth = worthIn(before.currency, before.bidder, HOUSE);
        bids(bidder, auction, amount);
        if (before.bidder != address(0) && before.bidder != bidder) {
            eq(worthIn(before.currency, before.bidder, HOUSE), worth + before.highest, "back");
            ++done["outbid"];
        }
        uint256 until = HOUSE.auctionOf(auction).until;
        holds(until >= before.until && until >= block.timestamp + 10 minutes, "time for others");
        if (until != before.until) ++done["extend"];
    }

    function _settle(uint256 auction, IAuctionHouse.Auction memory its)
        private
        counted(_canTake(its, its.bidder) ? bytes32("sell") : bytes32("keep"))
    {
        bool takes = _canTake(its, its.bidder);
        uint256 worth = worthIn(its.currency, its.seller, HOUSE);
        settles(auction);
        expectPhase(auction, takes ? IAuctionHouse.Phase.Sold : IAuctionHouse.Phase.Kept);
        _paid(auction, its, worth);
    }

    function _claim(uint256 auction, IAuctionHouse.Auction memory its, address to)
        private
        counted(its.phase == IAuctionHouse.Phase.Kept ? bytes32("claim") : bytes32("claim and pay"))
    {
        uint256 worth = worthIn(its.currency, its.seller, HOUSE);
        claims(its.bidder, auction, to);
        expectPhase(auction, IAuctionHouse.Phase.Sold);
        if (its.phase == IAuctionHouse.Phase.Open) _paid(auction, its, worth);
        else eq(worthIn(its.currency, its.seller, HOUSE), worth, "paid once");
    }

    function _void(uint256 auction) private counted("void") {
        IAuctionHouse.Auction memory its = HOUSE.auctionOf(auction);
        uint256 worth = worthIn(its.currency, its.bidder, HOUSE);
        settles(auction);
        expectPhase(auction, IAuctionHouse.Phase.Voided);
        eq(worthIn(its.currency, its.bidder, HOUSE), worth + its.highest, "all of it back");
        _ended(auction);
    }

    function _cancel(uint256 auction, address seller) private counted("cancel") {
        vm.prank(seller);
        HOUSE.cancel(auction);
        _ended(auction);
    }

    function _reclaim(uint256 auction, IAuctionHouse.Phase before)
        private
        counted(before == IAuctionHouse.Phase.Open ? bytes32("reclaim") : bytes32("reclaim what is void"))
    {
        vm.prank(KEEPER);
        HOUSE.reclaim(auction);
        if (before == IAuctionHouse.Phase.Open) _ended(auction);
    }

    function _withdraw(address account, address money)
        private
        counted(money == TFUEL ? bytes32("withdraw") : bytes32("withdraw tokens"))
    {
        vm.prank(account);
        if (money == TFUEL) HOUSE.withdraw();
        else HOUSE.withdrawTokens(money);
    }

    function _passOn(address money) private counted("pass on") {
        HOUSE.passOn(money);
    }

    /// @dev The seller has the price without the fee and the royalty, to fetch if it does not take it.
    function _paid(uint256 auction, IAuctionHouse.Auction memory its, uint256 worth) private {
        uint256 price = its.highest;
        uint256 bps = its.token == address(foreign) ? 300 : its.token == address(foreignEditions) ? 0 : ROYALTY_BPS;
        uint256 expected = price - price / 100 - price * bps / 10_000;
        eq(worthIn(its.currency, its.seller, HOUSE), worth + expected, "the seller's");
        paidFor[auction] = price;
        _ended(auction);
    }

    function _ended(uint256 auction) private {
        ++endsOf[auction];
        --_live;
    }

    /// @dev After each verb, of all auctions: bids only rise, and an end is one.
    function _remember() private {
        for (uint256 auction = 1; auction <= HOUSE.auctionCount(); ++auction) {
            IAuctionHouse.Auction memory its = HOUSE.auctionOf(auction);
            holds(its.highest >= highestOf[auction], "no bid falls");
            holds((its.highest == 0) == (its.bidder == address(0)), "somebody's");
            holds(its.highest == 0 || its.highest >= its.reserve, "the reserve at least");
            if (its.highest != highestOf[auction]) highestOf[auction] = its.highest;
            IAuctionHouse.Phase before = phaseOf[auction];
            if (its.phase == before) continue;
            holds(_follows(before, its.phase), "what can come of it");
            phaseOf[auction] = its.phase;
        }
    }

    function _follows(IAuctionHouse.Phase before, IAuctionHouse.Phase phase) private pure returns (bool) {
        if (before == IAuctionHouse.Phase.None) return phase == IAuctionHouse.Phase.Open;
        if (before == IAuctionHouse.Phase.Kept) return phase == IAuctionHouse.Phase.Sold;
        if (before == IAuctionHouse.Phase.Voided) return phase == IAuctionHouse.Phase.Returned;
        return before == IAuctionHouse.Phase.Open;
    }

    function _lot(uint256 kind, uint256 id, uint96 amount) private view returns (IAuctionHouse.Lot memory lot) {
        kind %= 4;
        lot = kind == 0
            ? lotOf(strict)
            : kind == 1 ? foreignLot() : kind == 2 ? lotOf(strictEditions) : foreignEditionsLot();
        (lot.id, lot.amount) = (id, amount);
    }

    /// @dev Number `i` of all auctions from `which` on, around the ring.
    function _from(uint256 which, uint256 i) private view returns (uint256, IAuctionHouse.Auction memory) {
        uint256 count = HOUSE.auctionCount();
        uint256 auction = 1 + (which % count + i) % count;
        return (auction, HOUSE.auctionOf(auction));
    }

    /// @dev The winner cannot have it, where there is a way.
    function _refuse(IAuctionHouse.Auction memory its) private {
        if (its.token == address(foreign)) foreign.bar(its.bidder, true);
        else if (its.bidder == address(receiver)) receiver.take(Receiver.Habit.Refuse);
    }

    function _isStuck(address token) private view returns (bool) {
        if (token == address(foreign)) return foreign.mood() != Foreign.Mood.Fair;
        return token == address(foreignEditions) && foreignEditions.mood() != Foreign.Mood.Fair;
    }

    function _canTake(IAuctionHouse.Auction memory its, address to) private view returns (bool) {
        if (its.token == address(foreign)) return !foreign.isBarred(to);
        bool edition = its.token == address(strictEditions) || its.token == address(foreignEditions);
        return !edition || to != address(receiver) || receiver.habit() == Receiver.Habit.Accept;
    }
}
