// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionsWorld} from "./AuctionsWorld.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IAuctions} from "../src/interfaces/IAuctions.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What DOMAIN.md numbers, as far as auctions can be attacked by it. That the order of transactions decides nothing `AuctionsModel.t.sol` shows.
contract AuctionsThreatsTest is AuctionsWorld {
    /// There are no slots to fill: who bids nonsense pays for each, and keeps nobody out.
    function test_threat_9_who_fills_an_auction_with_bids_keeps_nobody_out() public {
        bytes32 auction = opened(1);
        for (uint256 i = 1; i <= 40; ++i) {
            commits(auction, bidder(i), 2, 1);
        }
        commits(auction, bidder(0), 1, 1);
        rollToReveal(auction);
        for (uint256 i = 0; i <= 20; ++i) {
            reveals(auction, bidder(i));
        }
        rollToClear(auction);
        clears(auction);
        eq(wonBy(auction, bidder(0)), 1, "wins");
        eq(Predeploys.BURN.balance, 20 * UNIT, "and those that were not revealed are paid for");
    }

    function test_threat_9_attributes_that_nobody_vouched_for_win_nothing_but_a_loss() public {
        IAuctions.Offer memory wanted = offer(1);
        wanted.requirements = uint256(1) << 48 + 40;
        bytes32 auction = opened(ALICE, MOST, wanted);
        commits(auction, bidder(0), 1, 1);
        rollToReveal(auction);
        reveals(auction, bidder(0));
        rollToClear(auction);
        uint256 order = clears(auction);
        vm.expectRevert(abi.encodeWithSelector(ITill.RequirementsNotMet.selector, order, bidder(0)));
        takesWon(auction, bidder(0), 1);
        vm.warp(START + CLAIM_SECONDS + 1);
        closes(auction, bidder(0));
        eq(Predeploys.BURN.balance, UNIT, "its deposit");
        address vouched = bidder(1);
        vm.prank(Predeploys.TIMELOCK);
        PROFILES.listVoucher(CAROL, true);
        vm.prank(CAROL);
        PROFILES.vouch(vouched, 1 << 40);
        takesWon(auction, vouched, 1);
    }

    /// A bid that is sealed says nothing but the most that its deposit can pay for: whoever waits to the last block knows no more than the first.
    function test_threat_9_a_sealed_bid_shows_neither_tick_nor_units() public {
        bytes32 auction = opened(3);
        commits(auction, bidder(0), 100, 1, 3 * UNIT);
        commits(auction, bidder(1), 1, 3);
        (uint256 deposit, uint256 tick, uint256 units,) = AUCTIONS.bidOf(auction, bidder(0));
        (uint256 otherDeposit, uint256 otherTick, uint256 otherUnits,) = AUCTIONS.bidOf(auction, bidder(1));
        holds(deposit == otherDeposit && tick == otherTick && units == otherUnits, "the same");
        eq(AUCTIONS.auctionOf(auction).rungs, 0, "no rung");
    }

    /// Who wins and does not take pays, the requester has not what it paid, and the jobs are others'.
    function test_threat_10_who_wins_and_does_not_come_loses_its_deposit_to_nobody() public {
        bytes32 auction = _won(bidder(0), 2);
        vm.warp(START + CLAIM_SECONDS + 1);
        uint256 credit = AUCTIONS.creditOf(ALICE);
        closes(auction, bidder(0));
        eq(Predeploys.BURN.balance, 2 * UNIT, "burned");
        eq(AUCTIONS.creditOf(ALICE), credit, "not the requester's");
        bonded(BOB, STAKE);
        takesWon(auction, BOB, 2);
    }

    /// By its own account it moves nothing; by another's it costs what any bid costs, if it wins.
    function test_threat_10_a_requester_that_bids_itself_lowers_nothing() public {
        bonded(ALICE, STAKE);
        bytes32 auction = opened(1);
        commits(auction, ALICE, 1, 1);
        commits(auction, bidder(0), 200, 1);
        rollToReveal(auction);
        reveals(auction, ALICE);
        reveals(auction, bidder(0));
        rollToClear(auction);
        clears(auction);
        eq(wonBy(auction, ALICE), 0, "wins nothing");
        eq(wonBy(auction, bidder(0)), 1, "keeps nobody out");
        eq(MARKET.escrowed(), MOST, "and the price is what it would have been");
        closes(auction, ALICE);
        eq(AUCTIONS.creditOf(ALICE), UNIT, "its deposit");
    }

    /// A requester cannot take away what was won.
    function test_threat_10_a_requester_cannot_cancel_what_was_won() public {
        bytes32 auction = _won(bidder(0), 2);
        uint256 order = orderFor[auction];
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooEarly.selector, order, START + TAKE_SECONDS));
        cancels(ALICE, order);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooEarly.selector, order, START + TAKE_SECONDS));
        expires(order);
        takesWon(auction, bidder(0), 2);
    }

    /// As many bidders as there may be cost who clears no more.
    function test_threat_14_clearing_costs_the_same_however_many_bid() public {
        uint256 state = vm.snapshotState();
        uint256 few = _clearingGas(3);
        holds(vm.revertToState(state), "back");
        uint256 many = _clearingGas(60);
        holds(many < few + 2000, "no more");
    }

    /// A receiver that refuses its money stops nobody, and one that calls back finds everything done.
    function test_threat_14_who_refuses_money_stops_nobody() public {
        HostileAccount hostile = new HostileAccount();
        vm.deal(address(hostile), FUNDS);
        hostile.perform(address(EDGE_STAKING), STAKE, abi.encodeCall(EDGE_STAKING.bond, ()));
        bytes32 auction = opened(1);
        commits(auction, address(hostile), 9, 1);
        commits(auction, bidder(0), 5, 1);
        rollToReveal(auction);
        reveals(auction, address(hostile));
        reveals(auction, bidder(0));
        rollToClear(auction);
        clears(auction);
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        address[] memory all = new address[](1);
        all[0] = address(hostile);
        AUCTIONS.close(auction, all);
        bytes memory call = abi.encodeCall(AUCTIONS.withdraw, ());
        hostile.plan(HostileAccount.Mood.Reenter, address(AUCTIONS), call);
        hostile.perform(address(AUCTIONS), 0, call);
        eq(hostile.attempts(), 1, "it tried");
        eq(hostile.successes(), 0, "in vain");
        eq(address(hostile).balance, FUNDS - STAKE, "once");
    }

    /// Nothing of a bid is left when it is over, and nothing of the ladder when the auction is.
    function test_threat_22_what_is_over_leaves_no_bid_behind() public {
        bytes32 auction = _won(bidder(0), 2);
        bytes32 slot = keccak256(abi.encode(uint256(0), keccak256(abi.encode(auction, uint256(5)))));
        eq(vm.load(address(AUCTIONS), slot), 0, "a word of the ladder");
        takesWon(auction, bidder(0), 2);
        (uint256 deposit, uint256 tick, uint256 units, uint256 taken) = AUCTIONS.bidOf(auction, bidder(0));
        eq(deposit + tick + units + taken, 0, "a bid");
    }

    function test_threat_23_who_copies_a_commitment_cannot_open_it() public {
        bytes32 auction = opened(1);
        commits(auction, bidder(0), 9, 1);
        Sealed memory bid = sealedBy[auction][bidder(0)];
        bytes32 commitment = AUCTIONS.commitmentOf(auction, bidder(0), bid.tick, bid.units, bid.salt);
        address copier = bidder(1);
        vm.prank(copier);
        AUCTIONS.commit{value: UNIT}(auction, commitment);
        rollToReveal(auction);
        reveals(auction, bidder(0));
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NotTheBid.selector, auction, copier));
        vm.prank(copier);
        AUCTIONS.reveal(auction, bid.tick, bid.units, bid.salt);
    }

    /// A commitment is good for one auction of one chain.
    function test_threat_26_a_commitment_is_of_one_chain_and_one_auction() public {
        bytes32 auction = opened(1);
        bytes32 other = opened(1);
        commits(auction, bidder(0), 9, 1);
        Sealed memory bid = sealedBy[auction][bidder(0)];
        bytes32 commitment = AUCTIONS.commitmentOf(auction, bidder(0), bid.tick, bid.units, bid.salt);
        vm.prank(bidder(0));
        AUCTIONS.commit{value: UNIT}(other, commitment);
        rollToReveal(auction);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NotTheBid.selector, other, bidder(0)));
        vm.prank(bidder(0));
        AUCTIONS.reveal(other, bid.tick, bid.units, bid.salt);
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NotTheBid.selector, auction, bidder(0)));
        vm.prank(bidder(0));
        AUCTIONS.reveal(auction, bid.tick, bid.units, bid.salt);
        vm.chainId(chain);
        reveals(auction, bidder(0));
    }

    /// What chance draws by is of a block that comes after the last bid is sealed and opened.
    function test_threat_4_nobody_knows_the_draw_while_bids_are_open() public {
        bytes32 auction = opened(1);
        vm.roll(auctionTerms[auction].revealUntil);
        (bool known,) = address(AUCTIONS).staticcall(abi.encodeCall(AUCTIONS.priorityOf, (auction, BOB)));
        holds(!known, "not yet");
    }

    function _won(address winner, uint32 count) private returns (bytes32 auction) {
        auction = opened(count);
        commits(auction, winner, 9, count);
        rollToReveal(auction);
        reveals(auction, winner);
        rollToClear(auction);
        clears(auction);
    }

    function _clearingGas(uint256 bids) private returns (uint256 gas) {
        bytes32 auction = opened(2);
        for (uint256 i = 0; i < bids; ++i) {
            commits(auction, bidder(i), 9 + i % 3, 1);
        }
        rollToReveal(auction);
        for (uint256 i = 0; i < bids; ++i) {
            reveals(auction, bidder(i));
        }
        rollToClear(auction);
        IAuctions.Terms memory terms = auctionTerms[auction];
        bytes memory inputs = inputsFor[auction];
        AUCTIONS.auctionOf(auction);
        gas = gasleft();
        AUCTIONS.clear(auction, terms, inputs);
        gas -= gasleft();
    }
}
