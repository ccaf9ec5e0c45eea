// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICollection} from "../../src/interfaces/ICollection.sol";
import {ICreation} from "../../src/interfaces/ICreation.sol";
import {IRentals} from "../../src/interfaces/IRentals.sol";
import {RentalsWorld} from "../RentalsWorld.sol";
import {eq, holds, vm, within} from "../Vm.sol";

/// @dev Accounts with keys that rent each other what they own, sell it meanwhile, and try to have it back early or to rent by an offer again; and books
/// of what each renter was promised. Each verb does nothing where it could only be refused, so a revert is a finding, unless the books say
/// that it has to be.
contract Renters is RentalsWorld {
    uint256 public constant MEMBERS = 3;
    uint256 public constant IDS = 4;

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    mapping(uint256 id => address) public promisedTo;
    mapping(uint256 id => uint256) public promisedUntil;
    mapping(uint256 id => address) public ownerOf;
    mapping(bytes32 offer => uint256) public usesOf;
    mapping(address money => uint256) public paid;
    mapping(address money => uint256) public fees;
    mapping(address money => uint256) public royalties;
    mapping(address money => uint256) public earned;
    bytes32[] public offers;

    uint256[3] private _keys;
    address[3] private _members;
    IRentals.Offer[] private _signed;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        token = collection(ICreation.Policy.Operators);
        _keys = [HOLDER_KEY, uint256(0x404), 0x405];
        for (uint256 i = 0; i < MEMBERS; ++i) {
            _members[i] = vm.addr(_keys[i]);
            fund(_members[i], address(RENTALS));
            vm.prank(_members[i]);
            token.setApprovalForAll(address(RENTALS), true);
        }
        for (uint256 id = 1; id <= IDS; ++id) {
            ownerOf[id] = _members[id % MEMBERS];
            minted(token, ownerOf[id], id);
        }
        vm.warp(NOW + 1);
    }

    function member(uint256 i) public view returns (address) {
        return _members[i % MEMBERS];
    }

    function currencyAt(uint256 i) external view returns (address) {
        return currency(i);
    }

    function collectionAt() external view returns (ICollection) {
        return token;
    }

    function offersCount() external view returns (uint256) {
        return offers.length;
    }

    /// @dev Of a token as it is now; some of them go stale.
    function offer(uint256 which, uint256 money, uint256 price, uint256 time, uint256 whom) external counted("offer") {
        uint256 id = 1 + which % IDS;
        IRentals.Offer memory next = offeredIn(currency(money));
        (next.owner, next.collection, next.id) = (ownerOf[id], address(token), id);
        (next.nonce, next.counter) = (uint64(token.nonces(id)), RENTALS.counterOf(ownerOf[id]));
        next.pricePerSecond = uint128(within(price, 1, 1000 gwei));
        (next.least, next.most) = (1, uint32(within(time, 1, 5 days)));
        next.until = uint40(block.timestamp + 2 days);
        if (whom % 2 == 0) next.renter = member(whom >> 1);
        _signed.push(next);
        offers.push(RENTALS.hashOf(next));
    }

    /// @dev The first from here on that can be taken by anybody.
    function rent(uint256 which, uint256 who, uint256 time, uint256 user) external {
        for (uint256 i = 0; i < _signed.length; ++i) {
            IRentals.Offer memory taken = _signed[(which % _signed.length + i) % _signed.length];
            address renter = taken.renter == address(0) ? member(who) : taken.renter;
            address for_ = _runs(taken.id) ? promisedTo[taken.id] : member(user);
            if (!_isGood(taken) || renter == taken.owner) continue;
            uint32 duration = uint32(within(time, taken.least, taken.most));
            uint256 from = _runs(taken.id) ? promisedUntil[taken.id] : block.timestamp;
            if (from + duration > block.timestamp + 366 days) continue;
            return _rent(taken, renter, duration, for_);
        }
    }

    /// @dev One that is used, or stale, or in the way of whose time runs.
    function rentInVain(uint256 which, uint256 who, uint256 user) external {
        if (_signed.length == 0) return;
        IRentals.Offer memory taken = _signed[which % _signed.length];
        address for_ = member(user);
        bool clash = _runs(taken.id) && promisedTo[taken.id] != for_;
        address renter = taken.renter == address(0) ? member(who) : taken.renter;
        if (_isGood(taken) && !clash && renter != taken.owner) return;
        _rentInVain(taken, renter, for_);
    }

    function sell(uint256 which, uint256 to) external counted("sell") {
        uint256 id = 1 + which % IDS;
        moved(token, ownerOf[id], member(to), id);
        ownerOf[id] = member(to);
    }

    function giveUp(uint256 which) external {
        uint256 id = 1 + which % IDS;
        if (which % 4 == 0 && _runs(id)) _giveUp(id);
    }

    /// @dev Before its time is over, an owner wants its token without a user, or with another.
    function takeBack(uint256 which, uint256 user) external {
        uint256 id = 1 + which % IDS;
        // Who is its own user can give that up.
        if (_runs(id) && ownerOf[id] != promisedTo[id]) _takeBack(id, user % 4 == 3 ? address(0) : member(user));
    }

    function incrementCounter(uint256 who) external {
        if (who % 4 == 0) _incrementCounter(member(who >> 2));
    }

    function withdraw(uint256 who, uint256 money) external {
        if (creditIn(currency(money), member(who), RENTALS) != 0) _withdraw(member(who), currency(money));
    }

    function passOn(uint256 money) external {
        if (RENTALS.duesIn(currency(money)) != 0) _passOn(currency(money));
    }

    /// @dev Whether it takes the listed currency.
    function bar(uint256 who) external counted("bar") {
        gold.bar(member(who), !gold.isBarred(member(who)));
    }

    function wait(uint256 time, bool long) external counted("wait") {
        vm.warp(block.timestamp + (long ? within(time, 1 days, 6 days) : within(time, 1, 3 hours)));
    }

    function _rent(IRentals.Offer memory taken, address renter, uint32 duration, address user)
        private
        counted(_runs(taken.id) ? bytes32("extend") : bytes32("rent"))
    {
        uint256[4] memory before = _worths(taken.currency, taken.owner, renter);
        bytes memory consent = signature(_keyOf(taken.owner), RENTALS.digestOf(taken));
        uint256 price = uint256(taken.pricePerSecond) * duration;
        vm.prank(renter);
        RENTALS.rent{value: taken.currency == TFUEL ? price : 0}(taken, consent, duration, user);
        _note(taken.currency, before, _worths(taken.currency, taken.owner, renter), price);
        uint256 from = _runs(taken.id) ? promisedUntil[taken.id] : block.timestamp;
        (promisedTo[taken.id], promisedUntil[taken.id]) = (user, from + duration);
        ++usesOf[RENTALS.hashOf(taken)];
    }

    function _note(address money, uint256[4] memory before, uint256[4] memory later, uint256 price) private {
        eq(before[1] - later[1], price, "paid");
        fees[money] += later[2] - before[2];
        royalties[money] += later[3] - before[3];
        earned[money] += later[0] - before[0];
        paid[money] += price;
    }

    function _rentInVain(IRentals.Offer memory taken, address renter, address user) private counted("rent in vain") {
        bytes memory consent = signature(_keyOf(taken.owner), RENTALS.digestOf(taken));
        uint256 price = uint256(taken.pricePerSecond) * taken.most;
        vm.prank(renter);
        try RENTALS.rent{value: taken.currency == TFUEL ? price : 0}(taken, consent, taken.most, user) {
            holds(false, "refused");
        } catch {}
    }

    function _giveUp(uint256 id) private counted("give up") {
        vm.prank(promisedTo[id]);
        token.setUser(id, address(0), 0);
        promisedUntil[id] = 0;
    }

    function _takeBack(uint256 id, address user) private counted("take back in vain") {
        uint64 until = user == promisedTo[id] ? uint64(promisedUntil[id] - 1) : uint64(block.timestamp + 9 days);
        vm.prank(ownerOf[id]);
        try token.setUser(id, user, until) {
            holds(false, "refused");
        } catch {}
    }

    function _incrementCounter(address who) private counted("increment") {
        vm.prank(who);
        RENTALS.incrementCounter();
    }

    function _withdraw(address who, address money) private counted("withdraw") {
        if (gold.isBarred(who)) gold.bar(who, false);
        vm.prank(who);
        if (money == TFUEL) RENTALS.withdraw();
        else RENTALS.withdrawTokens(money);
    }

    function _passOn(address money) private counted("pass on") {
        RENTALS.passOn(money);
    }

    /// @dev Of the owner, the renter, the protocol and the creator.
    function _worths(address money, address owner, address renter) private view returns (uint256[4] memory) {
        return [
            worthIn(money, owner, RENTALS),
            worthIn(money, renter, RENTALS),
            RENTALS.duesIn(money),
            worthIn(money, STUDIO, RENTALS)
        ];
    }

    function _isGood(IRentals.Offer memory taken) private view returns (bool) {
        bool stands = taken.nonce == token.nonces(taken.id) && taken.counter == RENTALS.counterOf(taken.owner);
        return stands && block.timestamp <= taken.until && token.heldSince(taken.id) != block.timestamp;
    }

    function _runs(uint256 id) private view returns (bool) {
        return promisedUntil[id] >= block.timestamp;
    }

    function _keyOf(address account) private view returns (uint256) {
        for (uint256 i = 0; i < MEMBERS; ++i) {
            if (_members[i] == account) return _keys[i];
        }
        revert("nobody's");
    }
}
