// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionHouseWorld} from "./AuctionHouseWorld.sol";
import {Foreign} from "./mocks/ForeignToken.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IAuctionHouse} from "../src/interfaces/IAuctionHouse.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {Receiver} from "./mocks/Receiver.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What DOMAIN.md numbers, and what tokens, receivers and those who settle may try besides. Late bids and bidders that refuse money are in
/// `AuctionHouseBid.t.sol`, royalties below what is asked in `AuctionHouseCreate.t.sol`.
contract AuctionHouseThreatsTest is AuctionHouseWorld {
    uint256 private constant FEE = RESERVE / 100;
    uint256 private constant GAS_MIN = 60_000;
    uint256 private constant GAS_MAX = 1_300_000;
    uint256 private constant GAS_STEP = 5000;

    /// Whenever an account is called with a token, it finds every door shut.
    function test_threat_14_no_receiver_of_a_token_gets_in_again() public {
        bytes[] memory calls = _verbs();
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 state = vm.snapshotState();
            uint256 auction = won(lotOf(strictEditions), address(receiver));
            uint256 other = _offered(address(receiver));
            receiver.takeCalling(address(HOUSE), calls[i]);
            settles(auction);
            _shut(receiver.refusal(), i);
            vm.prank(address(receiver));
            HOUSE.cancel(other);
            _shut(receiver.refusal(), i);
            eq(receiver.tried(), 2, "it tried");
            eq(receiver.succeeded(), 0, "in vain");
            eq(strictEditions.balanceOf(address(receiver), ID), 2 * AMOUNT, "and has what is its own");
            holds(vm.revertToStateAndDelete(state), "back");
        }
    }

    function test_threat_14_no_token_gets_in_again() public {
        bytes[] memory calls = _verbs();
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 state = vm.snapshotState();
            foreign.plan(address(HOUSE), calls[i]);
            uint256 auction = created(foreignLot());
            _shut(foreign.refusal(), i);
            bids(BOB, auction, RESERVE);
            ends(auction);
            settles(auction);
            _shut(foreign.refusal(), i);
            eq(foreign.attempts(), 2, "it tried");
            eq(foreign.successes(), 0, "in vain");
            eq(foreign.ownerOf(ID), BOB, "delivered");
            holds(vm.revertToStateAndDelete(state), "back");
        }
    }

    function test_threat_14_no_currency_gets_in_again() public {
        bytes[] memory calls = _verbs();
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 state = vm.snapshotState();
            uint256 auction = created(foreignLot(), agreedIn(address(gold)));
            gold.plan(address(HOUSE), calls[i]);
            bids(BOB, auction, RESERVE);
            _shut(gold.refusal(), i);
            holds(vm.revertToStateAndDelete(state), "back");
        }
    }

    /// A winner that has its token sent to one that calls back.
    function test_threat_14_no_recipient_gets_in_again() public {
        bytes[] memory calls = _verbs();
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 state = vm.snapshotState();
            uint256 auction = won(lotOf(strictEditions), BOB);
            receiver.takeCalling(address(HOUSE), calls[i]);
            claims(BOB, auction, address(receiver));
            _shut(receiver.refusal(), i);
            holds(vm.revertToStateAndDelete(state), "back");
        }
    }

    function test_threat_14_no_seller_gets_in_again_when_its_token_comes_back() public {
        bytes[] memory calls = _verbs();
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 state = vm.snapshotState();
            uint256 auction = _offered(address(receiver));
            ends(auction);
            receiver.takeCalling(address(HOUSE), calls[i]);
            HOUSE.reclaim(auction);
            _shut(receiver.refusal(), i);
            holds(vm.revertToStateAndDelete(state), "back");
        }
    }

    function test_threat_14_no_seller_gets_in_again_when_it_is_paid() public {
        HostileAccount seller = new HostileAccount();
        bytes[] memory calls = _verbs();
        foreign.mint(address(seller), 1);
        seller.perform(address(foreign), 0, abi.encodeCall(foreign.setApprovalForAll, (address(HOUSE), true)));
        IAuctionHouse.Lot memory lot = foreignLot();
        lot.id = 1;
        uint256 auction = created(address(seller), lot, agreed());
        bids(BOB, auction, RESERVE);
        ends(auction);
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 state = vm.snapshotState();
            seller.plan(HostileAccount.Mood.Reenter, address(HOUSE), calls[i]);
            settles(auction);
            eq(seller.successes(), 0, "in vain");
            eq(worthIn(TFUEL, address(seller), HOUSE), RESERVE - FEE, "paid once");
            holds(vm.revertToStateAndDelete(state), "back");
        }
    }

    /// However long it waits, and of whatever token: the money is not its any more, and the token is.
    function test_a_winner_has_no_choice_but_to_pay() public {
        receiver.take(Receiver.Habit.Refuse);
        uint256 auction = won(foreignEditionsLot(), address(receiver));
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(START + DURATION + 1 + i * 30 days);
            settles(auction);
            expectPhase(auction, IAuctionHouse.Phase.Kept);
            eq(ALICE.balance, RESERVE - FEE, "paid");
            eq(HOUSE.creditOf(address(receiver)), 0, "nothing back");
            holds(vm.revertToState(state), "back");
        }
    }

    function test_a_winner_that_takes_all_gas_or_says_too_much_stops_nobody() public {
        Receiver.Habit[2] memory habits = [Receiver.Habit.Greedy, Receiver.Habit.Verbose];
        for (uint256 i = 0; i < habits.length; ++i) {
            receiver.take(Receiver.Habit.Accept);
            uint256 auction = won(lotOf(strictEditions), address(receiver));
            receiver.take(habits[i]);
            uint256 left = gasleft();
            settles(auction);
            holds(left - gasleft() < 1_000_000, "no more than it may take");
            expectPhase(auction, IAuctionHouse.Phase.Kept);
        }
    }

    /// A delivery that fails for want of gas is none that failed: whoever settles can neither keep the token from the winner nor void the auction.
    function test_threat_14_who_settles_with_little_gas_changes_no_outcome() public {
        receiver.take(Receiver.Habit.Careful);
        uint256 auction = won(foreignEditionsLot(), address(receiver));
        vm.warp(START + DURATION + 8 days);
        (uint256 settled, uint256 refused) = (0, 0);
        for (uint256 gas = GAS_MIN; gas < GAS_MAX; gas += GAS_STEP) {
            uint256 state = vm.snapshotState();
            try HOUSE.settle{gas: gas}(auction) {
                expectPhase(auction, IAuctionHouse.Phase.Sold);
                ++settled;
            } catch {
                ++refused;
            }
            holds(vm.revertToStateAndDelete(state), "back");
        }
        holds(settled > 20 && refused > 20, "of both");
        uint256 needed = 500_000 + uint256(500_000) / 63 + 10_000;
        (bool done, bytes memory reason) =
            address(HOUSE).call{gas: 350_000}(abi.encodeCall(IAuctionHouse.settle, (auction)));
        holds(!done && bytes4(reason) == IAuctionHouse.GasTooLow.selector, "says so");
        holds(_second(reason) == needed, "and how much it takes");
    }

    /// Also where both trials fail: the token is stuck, or the gas was.
    function test_threat_14_who_settles_with_little_gas_voids_nothing_before_its_time() public {
        uint256 auction = won(foreignLot(), BOB);
        vm.warp(START + DURATION + 7 days);
        foreign.plan(Foreign.Mood.Greedy);
        uint256 voided;
        for (uint256 gas = GAS_MIN; gas < GAS_MAX; gas += GAS_STEP) {
            uint256 state = vm.snapshotState();
            try HOUSE.settle{gas: gas}(auction) {
                holds(gas > 1_000_000, "both had what they may take");
                expectPhase(auction, IAuctionHouse.Phase.Voided);
                ++voided;
            } catch {}
            holds(vm.revertToStateAndDelete(state), "back");
        }
        holds(voided != 0, "with enough it is");
    }

    /// Nor can it keep a creator's royalty for the seller, although this token says that there is none where it lacks gas to find out.
    function test_threat_17_who_settles_with_little_gas_keeps_no_royalty() public {
        foreign.setRoyalty(STUDIO, ROYALTY_BPS);
        foreign.setSpins(200);
        uint256 auction = won(foreignLot(), BOB);
        (uint256 settled, uint256 refused) = (0, 0);
        for (uint256 gas = GAS_MIN; gas < GAS_MAX; gas += 1000) {
            uint256 state = vm.snapshotState();
            try HOUSE.settle{gas: gas}(auction) {
                eq(worthIn(TFUEL, STUDIO, HOUSE), RESERVE / 20, "royalty");
                ++settled;
            } catch {
                ++refused;
            }
            holds(vm.revertToStateAndDelete(state), "back");
        }
        holds(settled > 20 && refused > 20, "of both");
    }

    /// A seller cannot keep the house from hearing of a royalty, or of a user, by leaving it too little gas to ask.
    function test_threat_17_who_creates_with_little_gas_hides_nothing() public {
        foreign.setSpins(200);
        foreign.setRoyalty(STUDIO, ROYALTY_BPS + 1);
        _neverCreated(ICheckout.RoyaltyAbove.selector);
        foreign.setRoyalty(STUDIO, 0);
        foreign.setUser(abi.encode(CAROL));
        _neverCreated(IAuctionHouse.HasUser.selector);
        foreign.setUser("");
        created(foreignLot());
        eq(foreign.ownerOf(ID), address(HOUSE), "nothing else is wrong with it");
    }

    /// Trading with oneself costs the fee and the royalty, and nothing comes of it.
    function test_threat_16_who_buys_its_own_token_loses_by_it() public {
        uint256 auction = won(lotOf(strict), BOB);
        uint256 before = ALICE.balance + BOB.balance + RESERVE;
        settles(auction);
        eq(ALICE.balance + BOB.balance, before - FEE - RESERVE / 20, "less");
        eq(HOUSE.creditOf(ALICE) + HOUSE.creditOf(BOB), 0, "and no reward");
    }

    /// A contract could hold strict tokens for others if the house gave it one without a sale.
    function test_a_wrapper_cannot_be_given_a_strict_token_by_an_auction_without_a_bid() public {
        uint256 auction = created(lotOf(strict));
        vm.prank(ALICE);
        HOUSE.cancel(auction);
        eq(strict.ownerOf(ID), ALICE, "back where it came from");
        auction = created(lotOf(strict));
        ends(auction);
        vm.prank(address(receiver));
        HOUSE.reclaim(auction);
        eq(strict.ownerOf(ID), ALICE, "whoever asks");
    }

    /// A token with the verbs of another kind is no lot: what bidders paid lies here too.
    function test_a_currency_cannot_be_auctioned() public {
        fund(ALICE, address(HOUSE));
        bids(BOB, created(lotOf(strict), agreedIn(address(gold))), 2 * RESERVE);
        for (uint256 i = 1; i < 3; ++i) {
            IAuctionHouse.Lot memory lot = IAuctionHouse.Lot(IExchange.Standard.ERC721, currency(i), RESERVE, 1);
            for (uint256 j = 0; j < 2; ++j) {
                vm.prank(ALICE);
                (bool done,) = address(HOUSE).call(abi.encodeCall(IAuctionHouse.create, (lot, agreed())));
                holds(!done, "refused");
                lot.standard = IExchange.Standard.ERC1155;
            }
        }
    }

    /// Of one token that several auctions have, each gives back its own.
    function test_auctions_of_the_same_edition_do_not_touch_each_other() public {
        foreignEditions.mint(BOB, ID, AMOUNT);
        approves(BOB);
        uint256 first = created(foreignEditionsLot());
        uint256 second = created(BOB, foreignEditionsLot(), agreed());
        vm.prank(ALICE);
        HOUSE.cancel(first);
        eq(foreignEditions.balanceOf(address(HOUSE), ID), AMOUNT, "the other's");
        vm.expectRevert(wrongPhase(first, IAuctionHouse.Phase.Returned));
        vm.prank(ALICE);
        HOUSE.cancel(first);
        vm.prank(BOB);
        HOUSE.cancel(second);
        eq(foreignEditions.balanceOf(address(HOUSE), ID), 0, "none");
    }

    function test_threat_14_nobody_forces_money_upon_the_house() public {
        vm.expectRevert(abi.encodeWithSignature("PayoutFailed(address,uint256)", address(HOUSE), 1 ether));
        vm.prank(BOB);
        (bool sent,) = address(HOUSE).call{value: 1 ether}("");
        holds(sent, "as the cheat code has it");
        eq(address(HOUSE).balance, 0, "nothing");
    }

    function _neverCreated(bytes4 reason) private {
        bytes memory call = abi.encodeCall(IAuctionHouse.create, (foreignLot(), agreed()));
        uint256 said;
        for (uint256 gas = GAS_MIN; gas < 500_000; gas += 500) {
            vm.prank(ALICE);
            (bool done, bytes memory answer) = address(HOUSE).call{gas: gas}(call);
            holds(!done, "refused");
            if (answer.length >= 4 && bytes4(answer) == reason) ++said;
        }
        holds(said > 20, "and mostly says why");
    }

    /// @dev Of one of its own, which it can take back.
    function _offered(address seller) private returns (uint256 auction) {
        vm.prank(ALICE, ALICE);
        foreignEditions.safeTransferFrom(ALICE, seller, ID, AMOUNT, "");
        vm.prank(creator);
        strictEditions.mint(seller, ID, AMOUNT, 0);
        approves(seller);
        return created(seller, lotOf(strictEditions), agreed());
    }

    function _verbs() private view returns (bytes[] memory calls) {
        calls = new bytes[](7);
        calls[0] = abi.encodeCall(IAuctionHouse.create, (foreignEditionsLot(), agreed()));
        calls[1] = abi.encodeCall(IAuctionHouse.settle, (1));
        calls[2] = abi.encodeCall(IAuctionHouse.claim, (1, CAROL));
        calls[3] = abi.encodeCall(IAuctionHouse.cancel, (2));
        calls[4] = abi.encodeCall(IAuctionHouse.reclaim, (2));
        calls[5] = abi.encodeCall(IAuctionHouse.deliver, (lotOf(strict), CAROL));
        calls[6] = abi.encodeCall(IAuctionHouse.bid, (2, 0));
    }

    function _shut(bytes4 refusal, uint256 verb) private pure {
        bytes4 shut = ReentrancyGuardTransient.Reentrancy.selector;
        eq(refusal, verb == 5 ? IAuctionHouse.OnlySelf.selector : shut, "shut");
    }

    function _second(bytes memory reason) private pure returns (uint256 word) {
        for (uint256 i = 36; i < 68; ++i) {
            word = word << 8 | uint8(reason[i]);
        }
    }
}
