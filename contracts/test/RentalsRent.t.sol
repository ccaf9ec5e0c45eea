// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IRentals} from "../src/interfaces/IRentals.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {RentalsWorld} from "./RentalsWorld.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What it takes to rent a token, and who is paid what for it.
contract RentalsRentTest is RentalsWorld {
    uint256 private constant PRICE = uint256(PER_SECOND) * 1 days;
    uint256 private constant FEE = PRICE / 100;
    uint256 private constant ROYALTY = PRICE / 20;

    function test_rent_sets_the_user_and_splits_the_price() public {
        for (uint256 i = 0; i < 3; ++i) {
            address money = currency(i);
            IRentals.Offer memory offer = offeredIn(money);
            bytes memory consent = signed(offer);
            uint64 until = uint64(block.timestamp + 1 days);
            bytes32 hash = RENTALS.hashOf(offer);
            vm.expectEmit();
            emit ICollection.UpdateUser(ID, BOB, until);
            vm.expectEmit();
            emit IRentals.Rented(
                hash, holder, BOB, IRentals.Rental(address(token), ID, BOB, until, money, PRICE, FEE, ROYALTY)
            );
            rents(BOB, offer, consent, DAY);
            eq(token.userOf(ID), BOB, "user");
            eq(token.userExpires(ID), until, "until");
            eq(token.ownerOf(ID), holder, "owner");
            eq(balanceIn(money, BOB), FUNDS - PRICE, "paid");
            eq(RENTALS.duesIn(money), FEE, "fee");
            eq(balanceIn(money, STUDIO), ROYALTY, "royalty");
            eq(balanceIn(money, holder), PRICE - FEE - ROYALTY, "the owner's");
            eq(balanceIn(money, address(RENTALS)), FEE, "nothing else is left");
            vm.warp(until);
            eq(token.userOf(ID), BOB, "to the last second");
            vm.warp(until + 1);
            eq(token.userOf(ID), address(0), "and no longer");
        }
    }

    function testFuzz_a_price_is_by_the_second_and_split_without_a_rest(uint128 perSecond, uint32 duration, uint16 bps)
        public
    {
        IRentals.Offer memory offer = offeredIn(address(gold));
        (offer.least, offer.most) = (1, 365 days);
        duration = uint32(within(duration, 1, 365 days));
        offer.pricePerSecond = uint128(within(perSecond, 1, FUNDS / 365 days));
        offer.royaltyMax = uint16(within(bps, ROYALTY_BPS, 5000));
        uint256 price = uint256(offer.pricePerSecond) * duration;
        eq(RENTALS.priceFor(offer, duration), price, "price");
        rents(BOB, offer, duration);
        eq(RENTALS.duesIn(address(gold)), price / 100, "fee");
        eq(gold.balanceOf(STUDIO), price * ROYALTY_BPS / 10_000, "royalty");
        eq(gold.balanceOf(BOB), FUNDS - price, "paid");
        uint256 rest = gold.balanceOf(holder);
        eq(rest + gold.balanceOf(STUDIO) + gold.balanceOf(address(RENTALS)), price, "all of it");
        eq(token.userExpires(ID), block.timestamp + duration, "until");
    }

    function test_a_renter_names_a_user() public {
        IRentals.Offer memory offer = offered();
        bytes memory consent = signed(offer);
        vm.prank(BOB);
        RENTALS.rent{value: PRICE}(offer, consent, DAY, CAROL);
        eq(token.userOf(ID), CAROL, "user");
        offer.nonce += 1;
        consent = signed(offer);
        vm.expectRevert(abi.encodeWithSelector(IRentals.WrongUser.selector, address(0)));
        vm.prank(BOB);
        RENTALS.rent{value: PRICE}(offer, consent, DAY, address(0));
    }

    function test_an_offer_is_good_for_one_rental() public {
        IRentals.Offer memory offer = offered();
        rents(BOB, offer, DAY);
        vm.warp(block.timestamp + DAY + 1);
        refused(offer, DAY, _nonceMoved(0, 1));
    }

    /// What is paid for while the time of the same user runs is added to it.
    function test_a_user_stays_longer_by_a_new_offer() public {
        rents(BOB, offered(), DAY);
        vm.warp(NOW + 1 days / 2);
        rents(BOB, offered(), 2 * DAY);
        eq(token.userExpires(ID), NOW + 3 days, "added");
        eq(token.userOf(ID), BOB, "user");
        eq(token.userSince(ID), NOW, "since");
        vm.warp(NOW + 3 days + 5);
        rents(BOB, offered(), DAY);
        eq(token.userExpires(ID), NOW + 4 days + 5, "from then on, once it is over");
    }

    function test_nobody_rents_what_somebody_else_has_the_use_of() public {
        rents(BOB, offered(), DAY);
        IRentals.Offer memory offer = offered();
        bytes memory consent = signed(offer);
        vm.expectRevert(abi.encodeWithSelector(ICollection.UserRuns.selector, ID, BOB, NOW + 1 days));
        rents(CAROL, offer, consent, 5 * DAY);
        vm.prank(BOB);
        token.setUser(ID, address(0), 0);
        rents(CAROL, offer, consent, 5 * DAY);
        eq(token.userOf(ID), CAROL, "once it is given up");
    }

    function test_no_collection_but_the_factorys_is_rented_out() public {
        IRentals.Offer memory offer = offered();
        address[3] memory others = [Predeploys.COLLECTION, address(editions(ICreation.Policy.Open)), address(gold)];
        for (uint256 i = 0; i < others.length; ++i) {
            offer.collection = others[i];
            refused(offer, DAY, abi.encodeWithSelector(IRentals.NotRentable.selector, others[i]));
        }
    }

    function test_terms_that_contradict_each_other_are_refused() public {
        bytes memory wrong = abi.encodeWithSelector(IRentals.WrongTerms.selector);
        for (uint256 i = 0; i < 5; ++i) {
            IRentals.Offer memory offer = offered();
            if (i == 0) offer.pricePerSecond = 0;
            if (i == 1) offer.least = 0;
            if (i == 2) offer.most = offer.least - 1;
            if (i == 3) offer.most = 365 days + 1;
            if (i == 4) offer.royaltyMax = 5001;
            refused(offer, i == 1 ? 0 : DAY, wrong);
        }
        IRentals.Offer memory bounds = offered();
        (bounds.pricePerSecond, bounds.least, bounds.most, bounds.royaltyMax) = (1, 365 days, 365 days, 5000);
        rents(BOB, bounds, 365 days);
        eq(token.userExpires(ID), NOW + 365 days, "all that can be");
    }

    function test_a_currency_that_nobody_listed_is_refused() public {
        bytes memory refusal = abi.encodeWithSelector(ICheckout.CurrencyNotListed.selector, address(token));
        refused(offeredIn(address(token)), DAY, refusal);
    }

    function test_an_offer_ends_after_its_last_second() public {
        IRentals.Offer memory offer = offered();
        vm.warp(offer.until + 1);
        refused(offer, DAY, abi.encodeWithSelector(IRentals.OfferExpired.selector, offer.until));
        vm.warp(offer.until);
        rents(BOB, offer, DAY);
    }

    function test_an_offer_for_somebody_is_nobody_elses() public {
        IRentals.Offer memory offer = offered();
        offer.renter = CAROL;
        refused(offer, DAY, abi.encodeWithSelector(IRentals.WrongRenter.selector, CAROL, BOB));
        rents(CAROL, offer, DAY);
        eq(token.userOf(ID), CAROL, "user");
    }

    function test_an_owner_does_not_rent_from_itself() public {
        IRentals.Offer memory offer = offered();
        bytes memory consent = signed(offer);
        vm.deal(holder, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IRentals.OwnOffer.selector, holder));
        rents(holder, offer, consent, DAY);
    }

    function test_a_duration_is_within_the_offers() public {
        IRentals.Offer memory offer = offered();
        for (uint256 i = 0; i < 2; ++i) {
            uint32 duration = i == 0 ? 1 hours - 1 : 30 days + 1;
            refused(
                offer, duration, abi.encodeWithSelector(IRentals.PeriodOutOfRange.selector, duration, 1 hours, 30 days)
            );
        }
    }

    function test_a_renter_sends_just_the_price() public {
        IRentals.Offer memory offer = offered();
        bytes memory consent = signed(offer);
        for (uint256 sent = PRICE - 1; sent <= PRICE + 1; sent += 2) {
            vm.expectRevert(abi.encodeWithSelector(IRentals.WrongValue.selector, sent, PRICE));
            vm.prank(BOB);
            RENTALS.rent{value: sent}(offer, consent, DAY, BOB);
        }
        offer = offeredIn(address(WTFUEL));
        consent = signed(offer);
        vm.expectRevert(abi.encodeWithSelector(IRentals.WrongValue.selector, 1, 0));
        vm.prank(BOB);
        RENTALS.rent{value: 1}(offer, consent, DAY, BOB);
    }

    function test_who_cannot_pay_does_not_rent() public {
        vm.prank(BOB);
        gold.approve(address(RENTALS), PRICE - 1);
        refused(offeredIn(address(gold)), DAY, abi.encodeWithSelector(SafeTransferLib.TransferFromFailed.selector));
        eq(token.userOf(ID), address(0), "no user");
    }

    function test_an_offer_is_the_owners() public {
        IRentals.Offer memory offer = offered();
        bytes32 digest = RENTALS.digestOf(offer);
        bytes memory refusal = abi.encodeWithSelector(IRentals.NotSigned.selector, holder);
        bytes[3] memory consents =
            [signature(CREATOR_KEY, digest), signature(HOLDER_KEY, digest ^ bytes32(uint256(1))), bytes("")];
        for (uint256 i = 0; i < consents.length; ++i) {
            vm.expectRevert(refusal);
            rents(BOB, offer, consents[i], DAY);
        }
        // Of a token that never moved, somebody else's.
        minted(token, CAROL, 8);
        vm.warp(NOW + 1);
        offer.id = 8;
        refused(offer, DAY, abi.encodeWithSelector(IRentals.NotOwner.selector, address(token), 8, holder));
        offer.owner = CAROL;
        bytes memory consent = signed(offer);
        vm.expectRevert(abi.encodeWithSelector(IRentals.NotSigned.selector, CAROL));
        rents(BOB, offer, consent, DAY);
    }

    function test_an_offer_of_what_is_not_is_refused() public {
        IRentals.Offer memory offer = offered();
        offer.id = 8;
        refused(offer, DAY, abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
    }

    function test_a_contract_offers_by_its_own_signature() public {
        Wallet wallet = new Wallet();
        minted(token, address(wallet), 8);
        vm.prank(address(wallet));
        token.setApprovalForAll(address(RENTALS), true);
        vm.warp(NOW + 1);
        IRentals.Offer memory offer = offered();
        (offer.owner, offer.id) = (address(wallet), 8);
        vm.expectRevert(abi.encodeWithSelector(IRentals.NotSigned.selector, address(wallet)));
        rents(BOB, offer, "anything", DAY);
        wallet.sign(RENTALS.digestOf(offer));
        rents(BOB, offer, "anything", DAY);
        eq(token.userOf(8), BOB, "user");
        // It takes no money.
        eq(RENTALS.creditOf(address(wallet)), PRICE - FEE - ROYALTY, "the owner's");
    }

    function test_owners_and_creators_that_refuse_money_are_credited() public {
        IRentals.Offer memory offer = offeredIn(address(gold));
        gold.bar(holder, true);
        gold.bar(STUDIO, true);
        rents(BOB, offer, DAY);
        eq(RENTALS.tokenCreditOf(address(gold), holder), PRICE - FEE - ROYALTY, "the owner's");
        eq(RENTALS.tokenCreditOf(address(gold), STUDIO), ROYALTY, "royalty");
        gold.bar(holder, false);
        vm.prank(holder);
        RENTALS.withdrawTokens(address(gold));
        eq(gold.balanceOf(holder), PRICE - FEE - ROYALTY, "fetched");
    }

    function test_a_royalty_above_what_was_agreed_is_refused() public {
        IRentals.Offer memory offer = offered();
        offer.royaltyMax = ROYALTY_BPS - 1;
        refused(
            offer,
            DAY,
            abi.encodeWithSelector(ICheckout.RoyaltyAbove.selector, address(token), ID, ROYALTY, ROYALTY_BPS - 1)
        );
    }

    function test_an_owner_approves_rentals_first() public {
        vm.prank(holder);
        token.setApprovalForAll(address(RENTALS), false);
        refused(offered(), DAY, abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
    }

    /// The code of collections is known; a renter's money depends on none that does otherwise all the same.
    function test_a_user_that_was_not_set_is_not_paid_for() public {
        IRentals.Offer memory offer = offered();
        vm.mockCall(address(token), abi.encodeWithSelector(ICollection.setUser.selector), "");
        bytes memory refusal = abi.encodeWithSelector(IRentals.UserNotSet.selector, address(token), ID, BOB);
        bytes memory until = abi.encodeWithSelector(ICollection.userExpires.selector);
        vm.mockCall(address(token), until, abi.encode(NOW + DAY));
        refused(offer, DAY, refusal);
        vm.mockCall(address(token), until, abi.encode(NOW));
        vm.mockCall(address(token), abi.encodeWithSelector(ICollection.userOf.selector), abi.encode(BOB));
        refused(offer, DAY, refusal);
    }

    function test_a_counter_ends_all_offers_of_its_owner() public {
        IRentals.Offer memory offer = offered();
        vm.expectEmit();
        emit IRentals.CounterIncremented(holder, 1);
        vm.prank(holder);
        eq(RENTALS.incrementCounter(), 1, "counter");
        eq(RENTALS.counterOf(holder), 1, "counter");
        eq(RENTALS.counterOf(BOB), 0, "nobody else's");
        refused(offer, DAY, abi.encodeWithSelector(IRentals.CounterMoved.selector, 0, 1));
        rents(BOB, offered(), DAY);
        eq(token.userOf(ID), BOB, "a new one holds");
    }

    /// As whoever signs has it on the screen.
    function test_an_offer_is_signed_as_typed_data() public view {
        IRentals.Offer memory offer = offered();
        (offer.renter, offer.nonce, offer.counter) = (BOB, 3, 4);
        bytes32 typehash = keccak256(
            "Offer(address owner,address collection,uint256 id,uint64 nonce,address renter,address currency,uint128 pricePerSecond,uint32 least,uint32 most,uint40 until,uint16 royaltyMax,uint256 counter)"
        );
        bytes memory first =
            abi.encode(typehash, offer.owner, offer.collection, offer.id, offer.nonce, offer.renter, offer.currency);
        bytes memory second =
            abi.encode(offer.pricePerSecond, offer.least, offer.most, offer.until, offer.royaltyMax, offer.counter);
        bytes32 hash = keccak256(bytes.concat(first, second));
        eq(RENTALS.hashOf(offer), hash, "hash");
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Edgeloom Rentals"),
                keccak256("1"),
                block.chainid,
                address(RENTALS)
            )
        );
        eq(RENTALS.DOMAIN_SEPARATOR(), domain, "domain");
        eq(RENTALS.digestOf(offer), keccak256(abi.encodePacked(hex"1901", domain, hash)), "digest");
        holds(hash != RENTALS.hashOf(offered()), "another offer");
    }

    function _nonceMoved(uint256 signedFor, uint256 current) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRentals.NonceMoved.selector, address(token), ID, signedFor, current);
    }
}
