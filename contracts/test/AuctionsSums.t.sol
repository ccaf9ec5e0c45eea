// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionsWorld} from "./AuctionsWorld.sol";
import {Bidders} from "./mocks/Bidders.sol";
import {IAuctions} from "../src/interfaces/IAuctions.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Whatever bidders do, the books balance.
contract AuctionsSumsTest is AuctionsWorld {
    Bidders private _bidders;
    uint256 private _members;

    function setUp() public override {
        _bidders = new Bidders();
        _bidders.setUp();
        _members = _bidders.SIZE();
    }

    function targetContracts() public view returns (address[] memory) {
        return list(address(_bidders));
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    /// @dev Those of which a round is made; `finish` and `setUp` are not.
    function targetSelectors() public view returns (FuzzSelector[] memory all) {
        bytes4[11] memory verbs = [
            Bidders.open.selector,
            Bidders.commit.selector,
            Bidders.reveal.selector,
            Bidders.clear.selector,
            Bidders.void.selector,
            Bidders.draw.selector,
            Bidders.take.selector,
            Bidders.close.selector,
            Bidders.expire.selector,
            Bidders.withdraw.selector,
            Bidders.wait.selector
        ];
        // As in `_step`: with as many auctions as bids, hardly one gets as far as a winner.
        uint8[11] memory times = [1, 5, 5, 2, 1, 2, 4, 2, 1, 1, 3];
        all = new FuzzSelector[](1);
        all[0] = FuzzSelector(address(_bidders), new bytes4[](27));
        uint256 place;
        for (uint256 i = 0; i < verbs.length; ++i) {
            for (uint256 j = 0; j < times[i]; ++j) {
                all[0].selectors[place++] = verbs[i];
            }
        }
    }

    function invariant_balance_is_escrow_of_open_auctions_deposits_and_credits() public view {
        uint256 escrow;
        uint256 held;
        for (uint256 i = 0; i < _bidders.auctionsOpened(); ++i) {
            bytes32 auction = _bidders.auctions(i);
            IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
            if (its.phase == IAuctions.Phase.Open) escrow += uint256(its.price) * its.count;
            held += _heldIn(auction, its);
        }
        eq(address(AUCTIONS).balance, escrow + held + AUCTIONS.credited(), "balance");
        Bidders.Book memory book = _bidders.book();
        eq(book.offered, escrow + book.ordered + book.returned, "prices");
        eq(book.deposited, held + book.refunded + book.burned, "deposits");
        eq(Predeploys.BURN.balance, book.burned, "burned");
    }

    function invariant_every_member_has_what_it_is_entitled_to_to_the_wei() public view {
        uint256 credits;
        for (uint256 i = 0; i < _members; ++i) {
            address member = _bidders.member(i);
            credits += AUCTIONS.creditOf(member);
            eq(AUCTIONS.creditOf(member) + _bidders.fetched(member), _bidders.entitled(member), "entitled");
        }
        eq(credits, AUCTIONS.credited(), "and nobody else has");
    }

    function invariant_no_unit_is_anybodys_twice_and_every_end_is_one() public view {
        for (uint256 i = 0; i < _bidders.auctionsOpened(); ++i) {
            bytes32 auction = _bidders.auctions(i);
            IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
            bool open = its.phase == IAuctions.Phase.Open;
            eq(_bidders.ends(auction), open ? 0 : 1, "an end");
            for (uint256 j = 0; j < _members; ++j) {
                holds(_bidders.closed(auction, _bidders.member(j)) < 2, "closed once");
            }
            if (its.phase != IAuctions.Phase.Cleared) continue;
            eq(its.order, _bidders.orderAt(auction), "its order");
            holds(_leftIn(auction) + its.taken <= its.count || _isLate(its), "no more than there are");
            if (_bidders.expired(its.order)) continue;
            eq(_bidders.untakenIn(auction) + its.taken, its.count, "as the market has it");
        }
        eq(_bidders.slipped(), 0, "slipped");
    }

    function invariant_native_money_is_conserved() public view {
        uint256 sum = address(AUCTIONS).balance + address(MARKET).balance + address(EDGE_STAKING).balance;
        sum += Predeploys.BURN.balance;
        for (uint256 i = 0; i < _members; ++i) {
            sum += _bidders.member(i).balance;
        }
        // The accounts of the world, which do nothing here, have as much each.
        eq(sum, _members * FUNDS, "supply");
    }

    /// Whatever was begun ends, and then nothing is left here.
    function testFuzz_every_auction_ends_and_nothing_is_left(uint256 seed) public {
        for (uint256 i = 0; i < 150; ++i) {
            uint256 raw = uint256(keccak256(abi.encode(seed, i)));
            _step(raw % 26, raw >> 16);
        }
        _bidders.finish();
        for (uint256 i = 0; i < _bidders.auctionsOpened(); ++i) {
            IAuctions.Auction memory its = AUCTIONS.auctionOf(_bidders.auctions(i));
            holds(its.phase > IAuctions.Phase.Open, "ended");
            eq(_heldIn(_bidders.auctions(i), its), 0, "no deposit");
        }
        eq(address(AUCTIONS).balance, 0, "nothing is left");
        invariant_balance_is_escrow_of_open_auctions_deposits_and_credits();
        invariant_every_member_has_what_it_is_entitled_to_to_the_wei();
        invariant_no_unit_is_anybodys_twice_and_every_end_is_one();
    }

    /// The invariants above say something only if the bidders get through every verb, and bids to every end.
    function test_the_bidders_get_through_every_verb() public {
        vm.pauseGasMetering();
        for (uint256 seed = 0; seed < 3000; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 26, raw >> 16);
        }
        bytes32[15] memory verbs = [
            bytes32("open"),
            "commit",
            "reveal",
            "clear",
            "void",
            "draw",
            "draw, in parts",
            "draw, astray",
            "take",
            "take, by anybody",
            "close",
            "expire",
            "withdraw",
            "wait",
            "refused"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_bidders.done(verbs[i]) > 1, string(abi.encodePacked(verbs[i])));
        }
        for (uint256 reason = 0; reason < 6; ++reason) {
            holds(
                _bidders.done(bytes32(reason + 1)) > 3,
                string(abi.encodePacked("no bid ends by reason ", bytes1(uint8(48 + reason))))
            );
        }
    }

    /// @dev Deposits of an auction's bids: those that were not revealed are burned with the clearing.
    function _heldIn(bytes32 auction, IAuctions.Auction memory its) private view returns (uint256 held) {
        bool cleared = its.phase == IAuctions.Phase.Cleared || its.phase == IAuctions.Phase.Unbid;
        for (uint256 i = 0; i < _members; ++i) {
            (uint256 deposit,, uint256 units,) = AUCTIONS.bidOf(auction, _bidders.member(i));
            if (!cleared || units != 0) held += deposit;
        }
    }

    /// @dev Units that were won and not taken, as far as they are drawn.
    function _leftIn(bytes32 auction) private view returns (uint256 left) {
        for (uint256 i = 0; i < _members; ++i) {
            bytes memory call = abi.encodeCall(AUCTIONS.wonBy, (auction, _bidders.member(i)));
            (bool known, bytes memory won) = address(AUCTIONS).staticcall(call);
            if (!known) continue;
            (,,, uint256 taken) = AUCTIONS.bidOf(auction, _bidders.member(i));
            left += abi.decode(won, (uint256)) - taken;
        }
    }

    /// @dev From then on what was won is anybody's.
    function _isLate(IAuctions.Auction memory its) private view returns (bool) {
        return block.timestamp > its.claimBy;
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb < 1) _bidders.open(raw, raw >> 8, raw >> 16, raw >> 32);
        else if (verb < 6) _bidders.commit(raw, raw >> 8, raw >> 16, raw >> 32, raw >> 64);
        else if (verb < 11) _bidders.reveal(raw, raw >> 8);
        else if (verb < 13) _bidders.clear(raw);
        else if (verb < 15) _bidders.draw(raw, raw >> 8);
        else if (verb < 19) _bidders.take(raw, raw >> 8, raw >> 16);
        else if (verb < 21) _bidders.close(raw, raw >> 8);
        else if (verb < 22) _bidders.expire(raw);
        else if (verb < 23) _bidders.withdraw(raw);
        else if (raw >> 200 & 3 == 0) _bidders.void(raw);
        else _bidders.wait(raw, raw >> 16);
    }
}
