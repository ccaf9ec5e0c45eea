// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Hoarder} from "./mocks/Hoarder.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IPacks} from "../src/interfaces/IPacks.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Progress} from "../src/types/Progress.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What DOMAIN.md numbers, and what else creators, buyers and openers could try. That proposers gain nothing by withholding is in `PacksChance.t.sol`.
contract PacksThreatsTest is PacksWorld {
    /// It has one secret for each round, whatever it would like better when it sees the mix.
    function test_threat_4_a_creator_cannot_choose_its_secret_when_it_knows_the_mix() public {
        uint256 sale = packed(prints, 1, tiersOf(1, 9));
        buys(ALICE, sale, 1);
        records(sale);
        for (uint256 i = 0; i < 30; ++i) {
            bytes32 other = i < ROUNDS ? secretOf(sale, i) : keccak256(abi.encode(i));
            if (i == 0) continue;
            vm.expectRevert(abi.encodeWithSelector(IPacks.WrongSecret.selector, sale, 0));
            vm.prank(creator);
            PACKS.reveal(sale, other);
        }
        PACKS.reveal(sale, secretOf(sale, 0));
    }

    /// The creator knows at once what was drawn in a round. Before everybody else does, it buys nothing by that, nor in the very transaction that reveals.
    function test_threat_4_a_creator_buys_nothing_before_others_know_what_is_left() public {
        uint256 sale = packed(prints, 1, tiersOf(1, 9));
        buys(ALICE, sale, 8);
        rollToRound(sale, 1);
        records(sale);
        vm.expectRevert(abi.encodeWithSelector(IPacks.SecretMissing.selector, sale, 0));
        buys(creator, sale, 2);
        PACKS.reveal(sale, secretOf(sale, 0));
        vm.expectRevert(abi.encodeWithSelector(IPacks.Paused.selector, sale, block.number + DELAY));
        buys(creator, sale, 2);
    }

    /// A creator that sees a stranger win the rare token and keeps its secret has not got that token, and has paid for it.
    function test_threat_4_a_creator_that_withholds_a_secret_pays_and_wins_nothing() public {
        uint256 sale = packed(prints, 1, tiersOf(1, 9));
        buys(creator, sale, 3);
        buys(ALICE, sale, 1);
        records(sale);
        vm.roll(PACKS.progressOf(sale).height + REVEAL_BLOCKS + 1);
        PACKS.void(sale);
        PACKS.refund(sale, 0);
        PACKS.refund(sale, 1);
        eq(creator.balance, FUNDS - 7 * SHARE, "it paid");
        eq(ALICE.balance, FUNDS + SHARE, "the stranger lost nothing");
        eq(STUDIO.balance, 0, "nobody was paid");
        bytes memory reason = abi.encodeWithSelector(ICreation.NotCreators.selector, SPLIT, SPLIT);
        vm.expectRevert(reason);
        vm.prank(creator);
        IEditions(prints).mint(creator, SPLIT, 1, 0);
        (uint256 minted_,) = IEditions(prints).mintedOf(SPLIT);
        eq(minted_, 0, "the rare one is nobody's");
    }

    /// Nor can it keep what it sees a stranger win from that stranger by a cap.
    function test_threat_4_a_creator_cannot_cap_what_it_sees_a_stranger_win() public {
        uint256 sale = packed(prints, 1, tiersOf(1, 9));
        buys(ALICE, sale, 10);
        reveals(sale);
        vm.expectRevert(abi.encodeWithSelector(ICreation.NotCreators.selector, SPLIT, SPLIT));
        vm.prank(creator);
        IEditions(prints).setCap(SPLIT, 0);
        opens(sale);
        eq(copiesOf(ALICE, SPLIT), 1, "won");
    }

    function test_threat_26_secrets_and_seeds_of_one_sale_are_nothing_in_another() public {
        uint256 first = packed(prints, 1, tiersOf(2, 8));
        IPacks.Terms memory its = termsOf(prints, 1, tiersOf(2, 8));
        its.commitment = PACKS.saleOf(first).tip;
        uint256 second = packed(its, tiersOf(2, 8), list(year(PRICE)));
        uint256 third = packed(prints, 1, tiersOf(2, 8));
        buys(ALICE, first, 1);
        buys(ALICE, second, 1);
        buys(ALICE, third, 1);
        records(first);
        bytes32 secret = secretOf(first, 0);
        PACKS.reveal(first, secret);
        vm.expectRevert(abi.encodeWithSelector(IPacks.WrongSecret.selector, third, 0));
        PACKS.reveal(third, secret);
        // Of the same height, by the same secret, which a creator should not have taken twice.
        PACKS.reveal(second, secret);
        holds(PACKS.seedOf(first, 0) != PACKS.seedOf(second, 0), "seeds differ");
        bytes32 seed = PACKS.seedOf(second, 0);
        vm.chainId(block.chainid + 1);
        records(third);
        PACKS.reveal(third, secretOf(third, 0));
        holds(PACKS.seedOf(third, 0) != seed, "and by chain");
    }

    function test_threat_23_what_is_copied_gains_the_copier_nothing() public {
        uint256 sale = packed(prints, 1, tiersOf(5, 5));
        Hoarder buyer = _hoarder();
        buyer.plan(Hoarder.Mood.Refuse, 0);
        buyer.perform(address(PACKS), PRICE, abi.encodeCall(PACKS.buy, (sale, 0, 1, anybody())));
        // A purchase: it pays for itself, and what is drawn for either nobody knows.
        buys(CAROL, sale, 1);
        // A secret: the payee is paid.
        records(sale);
        bytes32 secret = secretOf(sale, 0);
        vm.prank(CAROL);
        PACKS.reveal(sale, secret);
        eq(STUDIO.balance, 2 * PRICE * 99 / 100, "the payee's");
        eq(CAROL.balance, FUNDS - PRICE, "not the copier's");
        // An opening: the tokens are the buyers'. A claim: the copier has nothing to claim.
        vm.prank(CAROL);
        PACKS.openNext(sale, 2);
        eq(copiesOf(CAROL, SPLIT) + copiesOf(CAROL, SPLIT + 1), 1, "its own");
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToClaim.selector, sale, 0, CAROL));
        vm.prank(CAROL);
        PACKS.claim(sale, 0, CAROL);
    }

    /// It is called while its first pack is opened, and opens the next ones itself, or tries to.
    function test_threat_14_a_buyer_that_opens_packs_while_packs_are_opened_is_refused() public {
        (uint256 sale, Hoarder buyer) = _bought(3);
        buyer.plan(Hoarder.Mood.Reenter, type(uint256).max);
        buyer.calls(address(PACKS), 0, abi.encodeCall(PACKS.openNext, (sale, 3)));
        reveals(sale);
        eq(PACKS.openNext(sale, 1), 1, "one");
        eq(PACKS.progressOf(sale).opened, 1, "no more");
        opens(sale);
        holds(buyer.attempts() > 0 && buyer.successes() == 0, "in vain");
        _expectEachOnce(sale, buyer, 3);
    }

    function test_threat_14_a_buyer_that_claims_while_its_pack_is_opened_has_nothing_twice() public {
        (uint256 sale, Hoarder buyer) = _bought(3);
        buyer.plan(Hoarder.Mood.Reenter, type(uint256).max);
        buyer.calls(address(PACKS), 0, abi.encodeCall(PACKS.claim, (sale, 0, address(buyer))));
        finishes(sale);
        holds(buyer.attempts() > 0 && buyer.successes() == 0, "nothing to claim");
        _expectEachOnce(sale, buyer, 3);
    }

    function test_threat_14_a_buyer_that_claims_while_it_claims_has_nothing_twice() public {
        (uint256 sale, Hoarder buyer) = _bought(2);
        buyer.plan(Hoarder.Mood.Refuse, 0);
        finishes(sale);
        buyer.plan(Hoarder.Mood.Reenter, type(uint256).max);
        buyer.calls(address(PACKS), 0, abi.encodeCall(PACKS.claim, (sale, 0, address(buyer))));
        buyer.perform(address(PACKS), 0, abi.encodeCall(PACKS.claim, (sale, 0, address(buyer))));
        holds(buyer.attempts() > 0 && buyer.successes() == 0, "in vain");
        // The other pack's it may.
        buyer.perform(address(PACKS), 0, abi.encodeCall(PACKS.claim, (sale, 1, address(buyer))));
        _expectEachOnce(sale, buyer, 2);
    }

    /// What it reveals meanwhile is not forgotten, and not opened by the call that goes on.
    function test_threat_14_a_secret_that_is_revealed_while_packs_are_opened_stays_revealed() public {
        (uint256 sale, Hoarder buyer) = _bought(3);
        reveals(sale);
        resumes(sale);
        buyer.perform(address(PACKS), PRICE, abi.encodeCall(PACKS.buy, (sale, 0, 1, anybody())));
        records(sale);
        bytes32 secret = secretOf(sale, PACKS.progressOf(sale).round);
        buyer.plan(Hoarder.Mood.Reenter, 1);
        buyer.calls(address(PACKS), 0, abi.encodeCall(PACKS.reveal, (sale, secret)));
        eq(PACKS.openNext(sale, 9), 3, "those that were known");
        eq(buyer.successes(), 1, "revealed");
        Progress memory so = PACKS.progressOf(sale);
        eq(so.settled, 4, "settled");
        eq(so.opened, 3, "opened");
        eq(STUDIO.balance, 4 * PRICE * 99 / 100, "paid");
        opens(sale);
        _expectEachOnce(sale, buyer, 4);
    }

    function test_threat_14_a_buyer_that_buys_while_its_pack_is_opened_buys() public {
        (uint256 sale, Hoarder buyer) = _bought(1);
        reveals(sale);
        resumes(sale);
        buyer.plan(Hoarder.Mood.Reenter, 1);
        buyer.calls(address(PACKS), PRICE, abi.encodeCall(PACKS.buy, (sale, 0, 1, anybody())));
        PACKS.openNext(sale, 9);
        eq(buyer.successes(), 1, "bought");
        Progress memory so = PACKS.progressOf(sale);
        eq(so.sold, 2, "sold");
        eq(so.opened, 1, "opened");
        finishes(sale);
        _expectEachOnce(sale, buyer, 2);
    }

    /// Whoever opens packs sees what they are first, and can do nothing with it: the next is the next.
    function test_whoever_opens_packs_chooses_nothing() public {
        uint256 sale = packed(prints, 1, tiersOf(1, 9));
        buys(ALICE, sale, 5);
        buys(BOB, sale, 5);
        reveals(sale);
        uint256 state = vm.snapshotState();
        opens(sale);
        bytes32 all = _holdings();
        vm.revertToState(state);
        for (uint256 i = 0; i < 10; ++i) {
            vm.prank(i % 2 == 0 ? BOB : CAROL);
            vm.prevrandao(keccak256(abi.encode(i)));
            PACKS.openNext(sale, 1);
            vm.roll(block.number + i);
        }
        eq(_holdings(), all, "the same");
    }

    function _bought(uint256 packs) private returns (uint256 sale, Hoarder buyer) {
        sale = packed(prints, 2, tiersOf(4, 8));
        buyer = _hoarder();
        buyer.perform(address(PACKS), packs * PRICE, abi.encodeCall(PACKS.buy, (sale, 0, packs, anybody())));
    }

    function _hoarder() private returns (Hoarder buyer) {
        buyer = new Hoarder();
        vm.deal(address(buyer), FUNDS);
    }

    /// @dev It has what was drawn, and two tokens of each pack.
    function _expectEachOnce(uint256 sale, Hoarder buyer, uint256 packs) private view {
        (uint256[16] memory counts, uint256[16] memory left) = PACKS.tiersOf(sale);
        uint256 sum;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 has = copiesOf(address(buyer), SPLIT + i);
            eq(has, counts[i] - left[i], "drawn");
            sum += has;
        }
        eq(sum, 2 * packs, "packs");
    }

    function _holdings() private view returns (bytes32) {
        return keccak256(
            abi.encode(
                copiesOf(ALICE, SPLIT), copiesOf(ALICE, SPLIT + 1), copiesOf(BOB, SPLIT), copiesOf(BOB, SPLIT + 1)
            )
        );
    }
}
