// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionHouse} from "../src/nft/AuctionHouse.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IAuctionHouse} from "../src/interfaces/IAuctionHouse.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {IRentals} from "../src/interfaces/IRentals.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";
import {Rentals} from "../src/nft/Rentals.sol";
import {RentalsWorld} from "./RentalsWorld.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What DOMAIN.md numbers, as far as rentals can be attacked by it.
contract RentalsThreatsTest is RentalsWorld {
    uint256 private constant PRICE = uint256(PER_SECOND) * 1 days;

    /// Whoever owns it, and whatever the owner does with it.
    function test_threat_17_a_rented_token_keeps_its_user_to_the_end() public {
        rents(BOB, offered(), DAY);
        bytes memory runs = abi.encodeWithSelector(ICollection.UserRuns.selector, ID, BOB, NOW + DAY);
        address[3] memory users = [address(0), holder, CAROL];
        for (uint256 i = 0; i < users.length; ++i) {
            vm.expectRevert(runs);
            vm.prank(holder);
            token.setUser(ID, users[i], uint64(NOW + 9 days));
        }
        moved(token, holder, CAROL, ID);
        vm.warp(NOW + 1);
        vm.expectRevert(runs);
        vm.prank(CAROL);
        token.setUser(ID, CAROL, uint64(NOW + 9 days));
        eq(token.userOf(ID), BOB, "a sale keeps it");
        vm.prank(CAROL);
        token.burn(ID);
        eq(token.userOf(ID), BOB, "even its end does");
        vm.warp(NOW + DAY);
        eq(token.userOf(ID), BOB, "to the last second");
    }

    /// Of whoever was the owner, and comes to be it again.
    function test_threat_17_an_offer_is_not_revived_when_the_token_comes_back() public {
        IRentals.Offer memory offer = offered();
        moved(token, holder, CAROL, ID);
        moved(token, CAROL, holder, ID);
        vm.warp(NOW + 1);
        refused(offer, DAY, abi.encodeWithSelector(IRentals.NonceMoved.selector, address(token), ID, 0, 2));
        rents(BOB, offered(), DAY);
        eq(token.userOf(ID), BOB, "a new one holds");
    }

    /// Nobody is left with offers that others may remember.
    function test_threat_17_an_offer_that_nobody_took_ends_with_the_counter_the_nonce_or_its_time() public {
        IRentals.Offer memory offer = offered();
        uint256 state = vm.snapshotState();
        vm.prank(holder);
        RENTALS.incrementCounter();
        refused(offer, DAY, abi.encodeWithSelector(IRentals.CounterMoved.selector, 0, 1));
        holds(vm.revertToState(state), "back");
        vm.prank(holder);
        token.setUser(ID, holder, uint64(NOW));
        vm.warp(NOW + 1);
        refused(offer, DAY, abi.encodeWithSelector(IRentals.NonceMoved.selector, address(token), ID, 0, 1));
        holds(vm.revertToState(state), "back");
        vm.warp(offer.until + 1);
        refused(offer, DAY, abi.encodeWithSelector(IRentals.OfferExpired.selector, offer.until));
    }

    /// Who has a token for the length of a transaction, against a loan or by a sale that is undone, leaves nobody behind in it.
    function test_threat_17_a_borrowed_token_is_not_rented_out() public {
        Wallet borrower = new Wallet();
        ICollection open = collection(ICreation.Policy.Open);
        minted(open, CAROL, ID);
        vm.warp(NOW + 1 days);
        moved(open, CAROL, address(borrower), ID);
        vm.prank(address(borrower));
        open.setApprovalForAll(address(RENTALS), true);
        IRentals.Offer memory offer = offered();
        (offer.owner, offer.collection, offer.nonce) = (address(borrower), address(open), 1);
        borrower.sign(RENTALS.digestOf(offer));
        vm.expectRevert(abi.encodeWithSelector(ICollection.JustReceived.selector, ID));
        rents(BOB, offer, "", DAY);
        vm.prank(address(borrower));
        open.transferFrom(address(borrower), CAROL, ID);
        eq(open.userOf(ID), address(0), "given back as it was");
    }

    /// The house owns it then, and signs nothing; and nobody buys what somebody else has the use of without knowing.
    function test_threat_17_what_is_auctioned_is_not_rented_and_what_is_rented_not_auctioned() public {
        vm.etch(Predeploys.AUCTION_HOUSE, address(new AuctionHouse()).code);
        IAuctionHouse house = IAuctionHouse(Predeploys.AUCTION_HOUSE);
        vm.prank(holder);
        token.setApprovalForAll(address(house), true);
        IAuctionHouse.Lot memory lot = IAuctionHouse.Lot(IExchange.Standard.ERC721, address(token), ID, 1);
        IAuctionHouse.Terms memory terms =
            IAuctionHouse.Terms(TFUEL, 1 ether, 0, uint40(block.timestamp + 1 days), ROYALTY_BPS);
        IRentals.Offer memory offer = offered();
        vm.prank(holder);
        uint256 auction = house.create(lot, terms);
        vm.warp(NOW + 1);
        refused(offer, DAY, abi.encodeWithSelector(IRentals.NonceMoved.selector, address(token), ID, 0, 1));
        offer.nonce = 1;
        refused(offer, DAY, abi.encodeWithSelector(IRentals.NotOwner.selector, address(token), ID, holder));
        offer.owner = address(house);
        bytes memory consent = signed(offer);
        vm.expectRevert(abi.encodeWithSelector(IRentals.NotSigned.selector, address(house)));
        rents(BOB, offer, consent, DAY);

        vm.prank(holder);
        house.cancel(auction);
        vm.warp(NOW + 2);
        rents(BOB, offered(), DAY);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.HasUser.selector, address(token), ID, BOB));
        vm.prank(holder);
        house.create(lot, terms);
    }

    function test_threat_23_who_copies_a_rental_of_an_offer_for_somebody_gets_nothing() public {
        IRentals.Offer memory offer = offered();
        offer.renter = BOB;
        bytes memory consent = signed(offer);
        vm.expectRevert(abi.encodeWithSelector(IRentals.WrongRenter.selector, BOB, CAROL));
        rents(CAROL, offer, consent, DAY);
        offer.renter = CAROL;
        vm.expectRevert(abi.encodeWithSelector(IRentals.NotSigned.selector, holder));
        rents(CAROL, offer, consent, DAY);
    }

    function test_threat_26_an_offer_of_another_chain_or_contract_is_none_here() public {
        IRentals.Offer memory offer = offered();
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        bytes memory consent = signed(offer);
        vm.chainId(here);
        vm.expectRevert(abi.encodeWithSelector(IRentals.NotSigned.selector, holder));
        rents(BOB, offer, consent, DAY);
        Rentals other = new Rentals();
        consent = signature(HOLDER_KEY, other.digestOf(offer));
        vm.expectRevert(abi.encodeWithSelector(IRentals.NotSigned.selector, holder));
        rents(BOB, offer, consent, DAY);
        // Nor is what a holder signs for the collection.
        consent = signature(HOLDER_KEY, permitDigest(token, address(RENTALS), ID, 0, offer.until));
        vm.expectRevert(abi.encodeWithSelector(IRentals.NotSigned.selector, holder));
        rents(BOB, offer, consent, DAY);
    }

    function test_threat_14_no_currency_gets_in_again() public {
        IRentals.Offer memory offer = offeredIn(address(gold));
        bytes memory consent = signed(offer);
        gold.plan(address(RENTALS), abi.encodeCall(IRentals.rent, (offer, consent, DAY, CAROL)));
        rents(BOB, offer, consent, DAY);
        eq(gold.refusal(), ReentrancyGuardTransient.Reentrancy.selector, "shut");
    }

    function test_threat_14_a_creator_that_calls_back_or_refuses_is_paid_once() public {
        HostileAccount hostile = new HostileAccount();
        vm.prank(creator);
        ICreation(address(token)).setRoyalty(address(hostile), ROYALTY_BPS);
        hostile.plan(HostileAccount.Mood.Reenter, address(RENTALS), abi.encodeCall(RENTALS.withdraw, ()));
        rents(BOB, offered(), DAY);
        eq(hostile.successes(), 0, "in vain");
        eq(worthIn(TFUEL, address(hostile), RENTALS), PRICE / 20, "once");
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        rents(BOB, offered(), DAY);
        eq(worthIn(TFUEL, address(hostile), RENTALS), PRICE / 10, "again");
    }

    /// Renting from oneself costs the fee and the royalty, and nothing comes of it.
    function test_threat_16_who_rents_its_own_token_loses_by_it() public {
        uint256 before = holder.balance + BOB.balance;
        rents(BOB, offered(), DAY);
        eq(holder.balance + BOB.balance, before - PRICE / 100 - PRICE / 20, "less");
        eq(RENTALS.creditOf(holder) + RENTALS.creditOf(BOB), 0, "and no reward");
    }

    /// Nor does the approval that owners give let anybody else.
    function test_a_renter_cannot_move_what_it_rents() public {
        ICollection open = collection(ICreation.Policy.Open);
        minted(open, holder, ID);
        vm.prank(holder);
        open.setApprovalForAll(address(RENTALS), true);
        vm.warp(NOW + 1);
        IRentals.Offer memory offer = offered();
        offer.collection = address(open);
        rents(BOB, offer, DAY);
        vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        vm.prank(BOB);
        open.transferFrom(holder, BOB, ID);
        vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        vm.prank(BOB);
        open.burn(ID);
    }
}
