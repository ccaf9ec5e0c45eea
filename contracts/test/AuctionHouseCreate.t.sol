// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionHouseWorld} from "./AuctionHouseWorld.sol";
import {Foreign} from "./mocks/ForeignToken.sol";
import {IAuctionHouse} from "../src/interfaces/IAuctionHouse.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev How an auction begins, and how it ends where nobody bid.
contract AuctionHouseCreateTest is AuctionHouseWorld {
    function test_create_takes_the_token_and_tells_all() public {
        IAuctionHouse.Terms memory terms = agreed();
        terms.from = uint40(START);
        vm.expectEmit();
        emit IAuctionHouse.AuctionCreated(1, ALICE, address(strict), lotOf(strict), terms);
        vm.expectEmit();
        emit ICollection.Transfer(ALICE, address(HOUSE), ID);
        uint256 auction = created(lotOf(strict));
        eq(auction, 1, "number");
        eq(HOUSE.auctionCount(), 1, "count");
        eq(strict.ownerOf(ID), address(HOUSE), "escrow");
        IAuctionHouse.Auction memory its = HOUSE.auctionOf(auction);
        eq(its.seller, ALICE, "seller");
        eq(its.from, START, "from");
        eq(its.until, START + DURATION, "until");
        expectPhase(auction, IAuctionHouse.Phase.Open);
        holds(its.standard == IExchange.Standard.ERC721, "standard");
        eq(its.token, address(strict), "token");
        eq(its.royaltyMax, ROYALTY_BPS, "royaltyMax");
        eq(its.id, ID, "id");
        eq(its.bidder, address(0), "bidder");
        eq(its.amount, 1, "amount");
        eq(its.reserve, RESERVE, "reserve");
        eq(its.highest, 0, "highest");
        eq(its.currency, TFUEL, "currency");
        eq(HOUSE.minimumBid(auction), RESERVE, "minimum");
    }

    function test_create_takes_an_amount_of_an_edition() public {
        uint256 first = created(lotOf(strictEditions), agreedIn(address(gold)));
        uint256 second = created(lotOf(strictEditions), agreedIn(address(WTFUEL)));
        eq(second, 2, "number");
        eq(strictEditions.balanceOf(address(HOUSE), ID), 2 * AMOUNT, "escrow");
        eq(strictEditions.balanceOf(ALICE, ID), 100 - 2 * AMOUNT, "the rest");
        IAuctionHouse.Auction memory its = HOUSE.auctionOf(first);
        holds(its.standard == IExchange.Standard.ERC1155, "standard");
        eq(its.amount, AMOUNT, "amount");
        eq(its.currency, address(gold), "currency");
    }

    function test_create_takes_foreign_tokens() public {
        created(foreignLot());
        created(foreignEditionsLot());
        eq(foreign.ownerOf(ID), address(HOUSE), "escrow");
        eq(foreignEditions.balanceOf(address(HOUSE), ID), AMOUNT, "escrow");
    }

    function test_create_refuses_what_is_no_token() public {
        IAuctionHouse.Lot memory lot = lotOf(strict);
        lot.token = CAROL;
        _refused(lot, agreed(), abi.encodeWithSelector(IAuctionHouse.NotAToken.selector, CAROL));
    }

    function test_create_refuses_a_wrong_amount() public {
        IAuctionHouse.Lot memory lot = lotOf(strict);
        for (uint96 amount = 0; amount < 3; amount += 2) {
            lot.amount = amount;
            _refused(lot, agreed(), abi.encodeWithSelector(IAuctionHouse.WrongAmount.selector, amount));
        }
        lot = lotOf(strictEditions);
        lot.amount = 0;
        _refused(lot, agreed(), abi.encodeWithSelector(IAuctionHouse.WrongAmount.selector, 0));
    }

    function test_create_refuses_no_reserve() public {
        IAuctionHouse.Terms memory terms = agreed();
        terms.reserve = 0;
        _refused(lotOf(strict), terms, abi.encodeWithSelector(IAuctionHouse.ZeroReserve.selector));
    }

    function test_create_refuses_a_currency_that_nobody_listed() public {
        bytes memory refused = abi.encodeWithSelector(ICheckout.CurrencyNotListed.selector, address(foreign));
        _refused(lotOf(strict), agreedIn(address(foreign)), refused);
    }

    function test_create_refuses_a_beginning_too_far_ahead() public {
        IAuctionHouse.Terms memory terms = agreed();
        terms.from = uint40(START + 30 days + 1);
        terms.until = terms.from + DURATION;
        _refused(lotOf(strict), terms, _period(30 days + 1, 0, 30 days));
        (terms.from, terms.until) = (terms.from - 1, terms.until - 1);
        created(lotOf(strict), terms);
    }

    function test_create_refuses_a_duration_out_of_range() public {
        IAuctionHouse.Terms memory terms = agreed();
        (terms.from, terms.until) = (uint40(START + 2 days), uint40(START + 1 days));
        _refused(lotOf(strict), terms, _period(0, 1 hours, 30 days));
        terms.until = terms.from + 1 hours - 1;
        _refused(lotOf(strict), terms, _period(1 hours - 1, 1 hours, 30 days));
        terms.until = terms.from + 30 days + 1;
        _refused(lotOf(strict), terms, _period(30 days + 1, 1 hours, 30 days));
        terms.until -= 1;
        created(lotOf(strict), terms);
        (terms.from, terms.until) = (0, uint40(START + 1 hours));
        created(lotOf(strictEditions), terms);
    }

    function testFuzz_an_auction_begins_and_ends_within_bounds(uint40 from, uint40 until) public {
        IAuctionHouse.Terms memory terms = agreed();
        terms.from = uint40(within(from, START - 2 days, START + 40 days));
        terms.until = uint40(within(until, START, START + 80 days));
        uint256 begins = terms.from > START ? terms.from : START;
        bool fits = begins <= START + 30 days && terms.until >= begins + 1 hours && terms.until <= begins + 30 days;
        vm.prank(ALICE);
        try HOUSE.create(lotOf(strict), terms) {
            holds(fits, "fits");
            eq(HOUSE.auctionOf(1).from, begins, "from");
            eq(HOUSE.auctionOf(1).until, terms.until, "until");
        } catch {
            holds(!fits, "does not fit");
        }
    }

    function test_create_refuses_a_royalty_limit_that_is_none() public {
        IAuctionHouse.Terms memory terms = agreed();
        terms.royaltyMax = 5001;
        _refused(lotOf(strict), terms, abi.encodeWithSelector(IAuctionHouse.RoyaltyMaxTooHigh.selector, 5001, 5000));
    }

    /// However small the reserve is, so that nothing is rounded to none.
    function test_threat_17_no_seller_agrees_to_less_than_the_royalty() public {
        IAuctionHouse.Terms memory terms = agreed();
        (terms.reserve, terms.royaltyMax) = (1, ROYALTY_BPS - 1);
        bytes memory above =
            abi.encodeWithSelector(ICheckout.RoyaltyAbove.selector, address(strict), ID, 0.05e24, ROYALTY_BPS - 1);
        _refused(lotOf(strict), terms, above);
        vm.prank(creator);
        ICreation(address(strict)).setRoyalty(STUDIO, ROYALTY_BPS - 1);
        created(lotOf(strict), terms);
    }

    function test_create_refuses_a_token_with_a_user() public {
        vm.warp(START + 1);
        vm.prank(ALICE);
        strict.setUser(ID, CAROL, uint64(START + 10 days));
        bytes memory refused = abi.encodeWithSelector(IAuctionHouse.HasUser.selector, address(strict), ID, CAROL);
        _refused(lotOf(strict), agreed(), refused);
        vm.warp(START + 10 days + 1);
        created(lotOf(strict), agreed());
        eq(strict.ownerOf(ID), address(HOUSE), "once the time is over");
    }

    function test_nobody_sets_a_user_while_the_house_has_the_token() public {
        created(lotOf(strict));
        vm.warp(START + 1);
        address[3] memory all = [ALICE, creator, CAROL];
        for (uint256 i = 0; i < all.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
            vm.prank(all[i]);
            strict.setUser(ID, CAROL, uint64(START + 1 days));
        }
    }

    /// A token that knows no users, or answers with something else, has none.
    function test_a_foreign_token_that_says_nothing_of_users_has_none() public {
        foreign.setUser(hex"01");
        created(foreignLot());
        eq(foreign.ownerOf(ID), address(HOUSE), "escrow");
    }

    function test_a_foreign_token_that_says_that_it_has_a_user_has_one() public {
        foreign.setUser(abi.encode(CAROL));
        bytes memory refused = abi.encodeWithSelector(IAuctionHouse.HasUser.selector, address(foreign), ID, CAROL);
        _refused(foreignLot(), agreed(), refused);
    }

    function test_create_refuses_who_does_not_own_or_did_not_approve() public {
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferFromIncorrectOwner.selector));
        vm.prank(BOB);
        HOUSE.create(lotOf(strict), agreed());
        vm.prank(ALICE);
        strict.setApprovalForAll(address(HOUSE), false);
        _refused(lotOf(strict), agreed(), abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        eq(HOUSE.auctionCount(), 0, "none");
    }

    function test_create_refuses_a_token_that_did_not_come() public {
        foreign.plan(Foreign.Mood.Idle);
        foreignEditions.plan(Foreign.Mood.Idle);
        _refused(foreignLot(), agreed(), _notMoved(address(foreign)));
        _refused(foreignEditionsLot(), agreed(), _notMoved(address(foreignEditions)));
        // Nor one that is there already, for an auction that has it.
        foreign.plan(Foreign.Mood.Fair);
        created(foreignLot());
        foreign.plan(Foreign.Mood.Idle);
        _refused(foreignLot(), agreed(), _notMoved(address(foreign)));
    }

    function test_the_house_takes_no_token_that_is_sent_to_it() public {
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NotExpected.selector, ALICE));
        vm.prank(ALICE);
        foreignEditions.safeTransferFrom(ALICE, address(HOUSE), ID, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NotExpected.selector, ALICE));
        vm.prank(ALICE);
        foreignEditions.safeBatchTransferFrom(ALICE, address(HOUSE), new uint256[](1), new uint256[](1), "");
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferToNonERC721ReceiverImplementer.selector));
        vm.prank(ALICE);
        foreign.safeTransferFrom(ALICE, address(HOUSE), ID);
        // Not even in the name of the house: no token calls that hook for it.
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NotExpected.selector, address(HOUSE)));
        IERC1155Receiver(address(HOUSE))
            .onERC1155BatchReceived(address(HOUSE), ALICE, new uint256[](0), new uint256[](0), "");
    }

    function test_the_house_says_that_it_can_receive_editions() public view {
        IERC1155Receiver house = IERC1155Receiver(address(HOUSE));
        holds(house.supportsInterface(0x01ffc9a7), "ERC-165");
        holds(house.supportsInterface(0x4e2312e0), "ERC-1155's receiver");
        holds(!house.supportsInterface(0xffffffff), "nothing else");
    }

    function test_only_the_house_moves_what_it_has() public {
        created(lotOf(strict));
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.OnlySelf.selector, ALICE));
        vm.prank(ALICE);
        HOUSE.deliver(lotOf(strict), ALICE);
    }

    function test_a_seller_cancels_before_anybody_bid() public {
        uint256 auction = created(lotOf(strict));
        vm.expectEmit();
        emit IAuctionHouse.LotReturned(auction, ALICE);
        vm.prank(ALICE);
        HOUSE.cancel(auction);
        eq(strict.ownerOf(ID), ALICE, "back");
        expectPhase(auction, IAuctionHouse.Phase.Returned);
        vm.expectRevert(wrongPhase(auction, IAuctionHouse.Phase.Returned));
        vm.prank(ALICE);
        HOUSE.cancel(auction);
        vm.expectRevert(wrongPhase(auction, IAuctionHouse.Phase.Returned));
        bids(BOB, auction, RESERVE);
    }

    function test_nobody_else_cancels_and_nobody_after_a_bid() public {
        uint256 auction = created(lotOf(strictEditions));
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NotSeller.selector, auction, BOB));
        vm.prank(BOB);
        HOUSE.cancel(auction);
        bids(BOB, auction, RESERVE);
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.HasBid.selector, auction, BOB));
            vm.prank(ALICE);
            HOUSE.cancel(auction);
            ends(auction);
        }
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.HasBid.selector, auction, BOB));
        HOUSE.reclaim(auction);
    }

    function test_what_nobody_bid_for_goes_back_by_anybody_after_the_end() public {
        uint256 auction = created(lotOf(strictEditions));
        vm.warp(START + DURATION);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.StillOpen.selector, auction, START + DURATION));
        HOUSE.reclaim(auction);
        vm.warp(START + DURATION + 1);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NoBid.selector, auction));
        HOUSE.settle(auction);
        vm.expectEmit();
        emit IAuctionHouse.LotReturned(auction, ALICE);
        vm.prank(KEEPER);
        HOUSE.reclaim(auction);
        eq(strictEditions.balanceOf(ALICE, ID), 100, "back");
        vm.expectRevert(wrongPhase(auction, IAuctionHouse.Phase.Returned));
        HOUSE.reclaim(auction);
    }

    function test_nothing_is_done_to_an_auction_that_is_none() public {
        bytes memory none = wrongPhase(3, IAuctionHouse.Phase.None);
        bytes[6] memory calls = [
            abi.encodeCall(IAuctionHouse.bid, (3, 1)),
            abi.encodeCall(IAuctionHouse.settle, (3)),
            abi.encodeCall(IAuctionHouse.claim, (3, BOB)),
            abi.encodeCall(IAuctionHouse.cancel, (3)),
            abi.encodeCall(IAuctionHouse.reclaim, (3)),
            abi.encodeCall(IAuctionHouse.minimumBid, (3))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, bytes memory reason) = address(HOUSE).call(calls[i]);
            holds(!done && keccak256(reason) == keccak256(none), "refused");
        }
    }

    function _refused(IAuctionHouse.Lot memory lot, IAuctionHouse.Terms memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        created(lot, terms);
    }

    function _period(uint256 given, uint256 minimum, uint256 maximum) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctionHouse.PeriodOutOfRange.selector, given, minimum, maximum);
    }

    function _notMoved(address token) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctionHouse.NotMoved.selector, token, ID);
    }
}
