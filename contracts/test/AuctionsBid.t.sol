// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionsWorld} from "./AuctionsWorld.sol";
import {IAuctions} from "../src/interfaces/IAuctions.sol";
import {IInference} from "../src/interfaces/IInference.sol";
import {IKinds} from "../src/interfaces/IKinds.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev From an offer to the last bid that is revealed.
contract AuctionsBidTest is AuctionsWorld {
    function test_open_holds_the_most_that_is_paid_and_says_what_holds() public {
        IAuctions.Offer memory wanted = offer(3);
        IAuctions.Terms memory terms = termsFor(ALICE, MOST, wanted, inputsOf(3));
        bytes32 expected = keccak256(abi.encode(terms));
        vm.expectEmit();
        emit IAuctions.AuctionOpened(expected, ALICE, modelId, terms, inputsOf(3));
        bytes32 auction = opened(ALICE, MOST, wanted);
        eq(auction, expected, "its number");
        eq(address(AUCTIONS).balance, 3 * MOST, "in escrow");
        eq(AUCTIONS.auctionCount(), 1, "one");
        IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
        holds(its.phase == IAuctions.Phase.Open && !its.edgeOnly, "open, to all");
        eq(its.requester, ALICE, "requester");
        eq(its.unitGwei, UNIT / 1 gwei, "deposit of a unit");
        eq(its.count, 3, "count");
        // The same again is another auction.
        holds(opened(ALICE, MOST, wanted) != auction, "another");
    }

    function test_open_for_somebody_else() public {
        IAuctions.Offer memory wanted = offer(2);
        (wanted.requester, wanted.providersAfter) = (CAROL, 100);
        bytes32 auction = opened(ALICE, MOST, wanted);
        eq(AUCTIONS.auctionOf(auction).requester, CAROL, "requester");
        holds(AUCTIONS.auctionOf(auction).edgeOnly, "for edge nodes");
    }

    function test_open_refuses_what_the_market_would_refuse_later() public {
        IAuctions.Offer memory wanted = offer(3);
        _refused(wanted, 3 * MOST + 1, abi.encodeWithSelector(IAuctions.WrongValue.selector, 3 * MOST + 1, 3 * MOST));
        _refused(wanted, 3 * 256e9 - 3, _price(256e9 - 1, 500_000e18));
        wanted.count = 0;
        _refused(wanted, MOST, abi.encodeWithSelector(IAuctions.CountOutOfRange.selector, 0, 4096));
        wanted.count = 4097;
        _refused(wanted, 4097 * MOST, abi.encodeWithSelector(IAuctions.CountOutOfRange.selector, 4097, 4096));
        wanted = offer(1);
        vm.deal(ALICE, 2 * FUNDS);
        _refused(wanted, 500_000e18 + 1, _price(500_000e18 + 1, 500_000e18));
        wanted.requirements = 1 << 176;
        _refused(wanted, MOST, abi.encodeWithSelector(IAuctions.MalformedRequirements.selector, 1 << 176));
        wanted = offer(1);
        wanted.kind = 9;
        _refused(wanted, MOST, abi.encodeWithSelector(IKinds.KindUnknown.selector, 9));
        wanted = offer(1);
        wanted.inputRoot = "another";
        _refused(wanted, MOST, abi.encodeWithSelector(IInference.InputMismatch.selector));
        vm.prank(Predeploys.TIMELOCK);
        KINDS.close(INFERENCES);
        _refused(offer(1), MOST, abi.encodeWithSelector(IAuctions.KindClosed.selector, INFERENCES));
    }

    function test_open_refuses_periods_in_which_nobody_gets_to_its_turn() public {
        IAuctions.Offer memory wanted = offer(1);
        wanted.commitBlocks = 15;
        _refused(wanted, MOST, outOfPeriod(15, 16, 100_000));
        wanted.commitBlocks = 100_001;
        _refused(wanted, MOST, outOfPeriod(100_001, 16, 100_000));
        wanted = offer(1);
        wanted.revealBlocks = 15;
        _refused(wanted, MOST, outOfPeriod(15, 16, 100_000));
        wanted = offer(1);
        wanted.claimSeconds = 0;
        _refused(wanted, MOST, outOfPeriod(0, 1, 1 days));
        wanted.claimSeconds = 1 days + 1;
        _refused(wanted, MOST, outOfPeriod(1 days + 1, 1, 1 days));
        wanted = offer(1);
        wanted.takeSeconds = 300 + 2 * CLAIM_SECONDS - 1;
        _refused(wanted, MOST, outOfPeriod(wanted.takeSeconds, 300 + 2 * CLAIM_SECONDS, 7 days));
        wanted.takeSeconds = 7 days + 1;
        _refused(wanted, MOST, outOfPeriod(7 days + 1, 300 + 2 * CLAIM_SECONDS, 7 days));
        wanted = offer(1);
        wanted.workSeconds = 0;
        _refused(wanted, MOST, outOfPeriod(0, 1, 1 days));
        wanted.workSeconds = 1 days + 1;
        _refused(wanted, MOST, outOfPeriod(1 days + 1, 1, 1 days));
        wanted = offer(1);
        wanted.providersAfter = TAKE_SECONDS + 1;
        _refused(wanted, MOST, outOfPeriod(TAKE_SECONDS + 1, 1, TAKE_SECONDS));
    }

    /// Whatever can be opened can be cleared, at any tick.
    function testFuzz_what_opens_clears(uint256 raw, uint256 price, uint256 periods, uint256 tick) public {
        IAuctions.Offer memory wanted = offer(uint32(within(raw, 1, 5)));
        price = within(price, 100e9, 1000e18);
        wanted.takeSeconds = uint32(within(periods, 300, 7 days + 2));
        wanted.claimSeconds = uint32(within(periods >> 32, 0, 2000));
        wanted.workSeconds = uint32(within(periods >> 64, 0, 1 days + 2));
        wanted.providersAfter = uint32(periods >> 96) % 3 == 0 ? 0 : uint32(within(periods >> 128, 0, 8 days));
        if (raw >> 8 & 7 == 0) (wanted.kind, wanted.subject) = (UMPIRED, "a game");
        wanted.requirements = raw >> 16 & 3 == 0 ? 1 << (raw >> 32) % 200 : 0;
        bytes memory inputs = wanted.kind == INFERENCES ? inputsOf(wanted.count) : bytes("");
        IAuctions.Terms memory terms = termsFor(ALICE, uint96(price), wanted, inputs);
        vm.prank(ALICE);
        (bool done, bytes memory returned) =
            address(AUCTIONS).call{value: price * wanted.count}(abi.encodeCall(AUCTIONS.open, (wanted, inputs)));
        if (!done) return;
        bytes32 auction = abi.decode(returned, (bytes32));
        auctionTerms[auction] = terms;
        inputsFor[auction] = inputs;
        commits(auction, bidder(0), within(tick, 1, 256), wanted.count);
        commits(auction, bidder(1), within(tick, 1, 256), 1);
        rollToReveal(auction);
        if (tick >> 16 & 3 != 0) reveals(auction, bidder(0));
        if (tick >> 18 & 3 != 0) reveals(auction, bidder(1));
        rollToClear(auction);
        uint256 order = clears(auction);
        eq(untakenOf(order), wanted.count, "an order");
    }

    function test_commit_seals_a_bid_with_its_deposit() public {
        bytes32 auction = opened(3);
        bytes32 commitment = AUCTIONS.commitmentOf(auction, bidder(0), 100, 2, keccak256(abi.encode(bidder(0), SALT)));
        vm.expectEmit();
        emit IAuctions.BidCommitted(auction, bidder(0), commitment, 2 * UNIT);
        commits(auction, bidder(0), 100, 2);
        (uint256 deposit, uint256 tick, uint256 units, uint256 taken) = AUCTIONS.bidOf(auction, bidder(0));
        eq(deposit, 2 * UNIT, "deposit");
        eq(tick + units + taken, 0, "nothing else is known");
        commits(auction, bidder(1), 100, 2, 5 ether);
        eq(AUCTIONS.auctionOf(auction).sealedGwei, (2 * UNIT + 5 ether) / 1 gwei, "sealed");
        eq(address(AUCTIONS).balance, 3 * MOST + 2 * UNIT + 5 ether, "held");
    }

    function test_commit_refuses() public {
        bytes32 auction = opened(3);
        bidder(0);
        bidder(1);
        _uncommitted("none", bidder(0), UNIT, wrongAuctionPhase("none", IAuctions.Phase.None));
        bytes memory small = abi.encodeWithSelector(IAuctions.DepositTooSmall.selector, UNIT - 1, UNIT);
        _uncommitted(auction, bidder(0), UNIT - 1, small);
        bytes memory dust = abi.encodeWithSelector(IAuctions.WrongValue.selector, UNIT + 1, UNIT);
        _uncommitted(auction, bidder(0), UNIT + 1, dust);
        _uncommitted(auction, BOB, UNIT, abi.encodeWithSelector(IAuctions.NotBonded.selector, BOB));
        commits(auction, bidder(0), 7, 1);
        bytes memory again = abi.encodeWithSelector(IAuctions.AlreadyBid.selector, auction, bidder(0));
        _uncommitted(auction, bidder(0), UNIT, again);
        vm.roll(auctionTerms[auction].commitUntil);
        commits(auction, bidder(1), 7, 1);
        rollToReveal(auction);
        bidder(2);
        _uncommitted(auction, bidder(2), UNIT, auctionTooLate(auction, auctionTerms[auction].commitUntil));
        reveals(auction, bidder(0));
        rollToClear(auction);
        clears(auction);
        _uncommitted(auction, bidder(2), UNIT, wrongAuctionPhase(auction, IAuctions.Phase.Cleared));
    }

    function test_bids_of_providers_do_not_count_where_edge_nodes_come_first() public {
        address provider = bidder(0);
        vm.prank(Predeploys.TIMELOCK);
        PROFILES.listProvider(provider, true);
        bytes32 any = opened(1);
        IAuctions.Offer memory wanted = offer(1);
        wanted.providersAfter = 100;
        bytes32 edge = opened(ALICE, MOST, wanted);
        commits(any, provider, 1, 1);
        commits(edge, provider, 1, 1);
        commits(edge, bidder(1), 2, 1);
        rollToReveal(edge);
        vm.expectEmit();
        emit IAuctions.BidRevealed(any, provider, 1, 1, true);
        reveals(any, provider);
        vm.expectEmit();
        emit IAuctions.BidRevealed(edge, provider, 1, 1, false);
        reveals(edge, provider);
        reveals(edge, bidder(1));
        rollToClear(edge);
        clears(any);
        clears(edge);
        eq(wonBy(any, provider), 1, "as any other");
        eq(wonBy(edge, provider), 0, "not here");
        eq(wonBy(edge, bidder(1)), 1, "who counts");
        eq(AUCTIONS.auctionOf(edge).margin, 257, "nor does it move the price");
        vm.expectEmit();
        emit IAuctions.BidClosed(edge, provider, IAuctions.Reason.Lost, 0, 0, UNIT, 0);
        closes(edge, provider);
    }

    function test_reveal_opens_a_bid() public {
        bytes32 auction = opened(3);
        commits(auction, bidder(0), 256, 3, 5 ether);
        commits(auction, bidder(1), 1, 1);
        vm.roll(auctionTerms[auction].revealUntil);
        vm.expectEmit();
        emit IAuctions.BidRevealed(auction, bidder(0), 256, 3, true);
        reveals(auction, bidder(0));
        (uint256 deposit, uint256 tick, uint256 units, uint256 taken) = AUCTIONS.bidOf(auction, bidder(0));
        eq(deposit, 5 ether, "deposit");
        eq(tick, 256, "tick");
        eq(units, 3, "units");
        eq(taken, 0, "taken");
        eq(AUCTIONS.auctionOf(auction).sealedGwei, UNIT / 1 gwei, "still sealed");
        eq(AUCTIONS.auctionOf(auction).rungs, 1 << 31, "the last eight ticks");
        eq(address(AUCTIONS).balance, 3 * MOST + 5 ether + UNIT, "nothing moves");
    }

    function test_reveal_refuses() public {
        bytes32 auction = opened(3);
        commits(auction, bidder(0), 100, 2);
        _unrevealed(auction, bidder(0), auctionTooEarly(auction, auctionTerms[auction].commitUntil));
        vm.roll(auctionTerms[auction].commitUntil);
        _unrevealed(auction, bidder(0), auctionTooEarly(auction, auctionTerms[auction].commitUntil));
        rollToReveal(auction);
        sealedBy[auction][bidder(1)] = sealedBy[auction][bidder(0)];
        _unrevealed(auction, bidder(1), _notTheBid(auction, bidder(1)));
        sealedBy[auction][bidder(0)].tick = 99;
        _unrevealed(auction, bidder(0), _notTheBid(auction, bidder(0)));
        sealedBy[auction][bidder(0)] = Sealed(100, 1, sealedBy[auction][bidder(0)].salt);
        _unrevealed(auction, bidder(0), _notTheBid(auction, bidder(0)));
        sealedBy[auction][bidder(0)] = Sealed(100, 2, "another salt");
        _unrevealed(auction, bidder(0), _notTheBid(auction, bidder(0)));
        sealedBy[auction][bidder(0)].salt = keccak256(abi.encode(bidder(0), SALT));
        reveals(auction, bidder(0));
        _unrevealed(auction, bidder(0), _notTheBid(auction, bidder(0)));
        rollToClear(auction);
        _unrevealed(auction, bidder(0), auctionTooLate(auction, auctionTerms[auction].revealUntil));
        clears(auction);
        _unrevealed(auction, bidder(0), wrongAuctionPhase(auction, IAuctions.Phase.Cleared));
    }

    function test_reveal_refuses_what_is_no_bid() public {
        bytes32 auction = opened(3);
        commits(auction, bidder(0), 0, 1);
        commits(auction, bidder(1), 257, 1);
        commits(auction, bidder(2), 1, 0, UNIT);
        commits(auction, bidder(3), 1, 4);
        commits(auction, bidder(4), 1, 3, 3 * UNIT - 1 gwei);
        rollToReveal(auction);
        _unrevealed(auction, bidder(0), abi.encodeWithSelector(IAuctions.TickOutOfRange.selector, 0, 256));
        _unrevealed(auction, bidder(1), abi.encodeWithSelector(IAuctions.TickOutOfRange.selector, 257, 256));
        _unrevealed(auction, bidder(2), abi.encodeWithSelector(IAuctions.CountOutOfRange.selector, 0, 3));
        _unrevealed(auction, bidder(3), abi.encodeWithSelector(IAuctions.CountOutOfRange.selector, 4, 3));
        bytes memory small = abi.encodeWithSelector(IAuctions.DepositTooSmall.selector, 3 * UNIT - 1 gwei, 3 * UNIT);
        _unrevealed(auction, bidder(4), small);
    }

    function testFuzz_a_deposit_is_a_twentieth_in_whole_gwei(uint256 price) public pure {
        price = within(price, 1, 500_000e18);
        uint256 deposit = AUCTIONS.unitDeposit(price);
        holds(deposit % 1 gwei == 0 && deposit * 20 >= price && (deposit - 1 gwei) * 20 < price, "a twentieth");
    }

    function _refused(IAuctions.Offer memory wanted, uint256 value, bytes memory reason) private {
        bytes memory inputs = wanted.count == 1 ? INPUT : inputsOf(wanted.count > 3 ? 3 : wanted.count);
        vm.expectRevert(reason);
        vm.prank(ALICE);
        AUCTIONS.open{value: value}(wanted, inputs);
    }

    function _uncommitted(bytes32 auction, address account, uint256 deposit, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(account);
        AUCTIONS.commit{value: deposit}(auction, "sealed");
    }

    function _unrevealed(bytes32 auction, address account, bytes memory reason) private {
        Sealed memory bid = sealedBy[auction][account];
        vm.expectRevert(reason);
        vm.prank(account);
        AUCTIONS.reveal(auction, bid.tick, bid.units, bid.salt);
    }

    function _notTheBid(bytes32 auction, address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctions.NotTheBid.selector, auction, account);
    }

    function _price(uint256 price, uint256 most) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctions.PriceOutOfRange.selector, price, 256e9, most);
    }
}
