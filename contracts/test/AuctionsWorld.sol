// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Auctions} from "../src/market/Auctions.sol";
import {Beacon} from "../src/chain/Beacon.sol";
import {IAuctions} from "../src/interfaces/IAuctions.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {vm} from "./Vm.sol";

/// @dev Auctions with the real market and beacon where genesis puts them, and as many bidders as a test wants.
abstract contract AuctionsWorld is MarketWorld {
    Auctions internal constant AUCTIONS = Auctions(Predeploys.AUCTIONS);
    Beacon internal constant BEACON = Beacon(Predeploys.BEACON);

    uint32 internal constant COMMIT_BLOCKS = 20;
    uint32 internal constant REVEAL_BLOCKS = 30;
    uint32 internal constant CLAIM_SECONDS = 60;
    uint256 internal constant DRAW_SECONDS = 300;
    /// @dev The most that requesters pay: a tick is a hundredth of a TFUEL.
    uint96 internal constant MOST = 2.56e18;
    uint256 internal constant TICK = 0.01e18;
    /// @dev Of a unit.
    uint256 internal constant UNIT = 0.128e18;
    bytes32 internal constant SALT = "salt";
    bytes32 internal constant MIX = keccak256("mix");

    /// @dev What a bidder sealed.
    struct Sealed {
        uint256 tick;
        uint256 units;
        bytes32 salt;
    }

    mapping(bytes32 auction => IAuctions.Terms) internal auctionTerms;
    mapping(bytes32 auction => bytes) internal inputsFor;
    mapping(bytes32 auction => uint256) internal orderFor;
    mapping(bytes32 auction => mapping(address bidder => Sealed)) internal sealedBy;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.AUCTIONS, address(new Auctions()).code);
        vm.etch(Predeploys.BEACON, address(new Beacon()).code);
    }

    /// @dev With stake for some hundred jobs, and money for deposits.
    function bidder(uint256 number) internal returns (address account) {
        account = address(uint160(0xb1d0000 + number));
        if (account.balance != 0) return account;
        vm.deal(account, FUNDS);
        bonded(account, STAKE);
    }

    function offer(uint32 count) internal view returns (IAuctions.Offer memory wanted) {
        IJobMarket.Request memory asked = request(count);
        wanted.kind = asked.kind;
        wanted.count = count;
        wanted.commitBlocks = COMMIT_BLOCKS;
        wanted.revealBlocks = REVEAL_BLOCKS;
        wanted.claimSeconds = CLAIM_SECONDS;
        wanted.takeSeconds = TAKE_SECONDS;
        wanted.workSeconds = WORK_SECONDS;
        wanted.subject = asked.subject;
        wanted.inputRoot = asked.inputRoot;
    }

    /// @dev What the interface says of an offer, computed beside it.
    function termsFor(address requester, uint96 most, IAuctions.Offer memory wanted, bytes memory inputs)
        internal
        view
        returns (IAuctions.Terms memory terms)
    {
        terms.number = AUCTIONS.auctionCount() + 1;
        terms.commitUntil = uint40(block.number + wanted.commitBlocks);
        terms.revealUntil = uint40(block.number + wanted.commitBlocks + wanted.revealBlocks);
        (terms.kind, terms.count, terms.price) = (wanted.kind, wanted.count, most);
        (terms.claimSeconds, terms.takeSeconds) = (wanted.claimSeconds, wanted.takeSeconds);
        (terms.workSeconds, terms.providersAfter) = (wanted.workSeconds, wanted.providersAfter);
        terms.requester = wanted.requester == address(0) ? requester : wanted.requester;
        terms.requirements = wanted.requirements;
        (terms.subject, terms.inputRoot) = (wanted.subject, wanted.inputRoot);
        terms.inputsHash = keccak256(inputs);
    }

    /// @dev ALICE's.
    function opened(uint32 count) internal returns (bytes32) {
        return opened(ALICE, MOST, offer(count));
    }

    function opened(address requester, uint96 most, IAuctions.Offer memory wanted) internal returns (bytes32 auction) {
        bytes memory inputs = wanted.kind == INFERENCES ? inputsOf(wanted.count) : bytes("");
        IAuctions.Terms memory terms = termsFor(requester, most, wanted, inputs);
        vm.prank(requester);
        auction = AUCTIONS.open{value: uint256(most) * wanted.count}(wanted, inputs);
        auctionTerms[auction] = terms;
        inputsFor[auction] = inputs;
    }

    /// @dev With just the deposit that its units need.
    function commits(bytes32 auction, address account, uint256 tick, uint256 units) internal {
        commits(auction, account, tick, units, units * AUCTIONS.unitDeposit(auctionTerms[auction].price));
    }

    function commits(bytes32 auction, address account, uint256 tick, uint256 units, uint256 deposit) internal {
        Sealed memory bid = Sealed(tick, units, keccak256(abi.encode(account, SALT)));
        bytes32 commitment = AUCTIONS.commitmentOf(auction, account, tick, units, bid.salt);
        vm.prank(account);
        AUCTIONS.commit{value: deposit}(auction, commitment);
        sealedBy[auction][account] = bid;
    }

    function reveals(bytes32 auction, address account) internal {
        Sealed memory bid = sealedBy[auction][account];
        vm.prank(account);
        AUCTIONS.reveal(auction, bid.tick, bid.units, bid.salt);
    }

    /// @dev To the first block in which bids are revealed.
    function rollToReveal(bytes32 auction) internal {
        vm.roll(auctionTerms[auction].commitUntil + 1);
    }

    function rollToClear(bytes32 auction) internal {
        vm.roll(auctionTerms[auction].revealUntil + 1);
    }

    /// @dev To a block in which everybody can read what bids are drawn by.
    function rollToDraw(bytes32 auction, bytes32 mix) internal {
        uint256 height = auctionTerms[auction].revealUntil + 16;
        vm.store(Predeploys.BEACON, keccak256(abi.encode(height, 0)), mix);
        vm.roll(height + 1);
    }

    function clears(bytes32 auction) internal returns (uint256 order) {
        order = AUCTIONS.clear(auction, auctionTerms[auction], inputsFor[auction]);
        orderFor[auction] = order;
        followed(auction);
    }

    /// @dev As `JobsPosted` has it.
    function followed(bytes32 auction) internal {
        uint256 order = orderFor[auction];
        IAuctions.Auction memory cleared = AUCTIONS.auctionOf(auction);
        address worker = cleared.phase == IAuctions.Phase.Unbid ? address(0) : Predeploys.AUCTIONS;
        uint256 tick = cleared.margin > 256 ? 256 : cleared.margin;
        termsOf[order] = orderTermsOf(auctionTerms[auction], uint256(cleared.price) * tick / 256, worker);
        for (uint256 i = 0; i < cleared.count; ++i) {
            orderWith[order + i] = order;
        }
    }

    function orderTermsOf(IAuctions.Terms memory terms, uint256 price, address worker)
        internal
        view
        returns (IJobMarket.Terms memory)
    {
        IJobMarket.Request memory asked;
        (asked.kind, asked.count, asked.worker) = (terms.kind, terms.count, worker);
        (asked.takeSeconds, asked.workSeconds) = (terms.takeSeconds, terms.workSeconds);
        (asked.providersAfter, asked.requirements) = (terms.providersAfter, terms.requirements);
        (asked.subject, asked.inputRoot) = (terms.subject, terms.inputRoot);
        return termsFor(terms.requester, uint128(price), asked);
    }

    function takesWon(bytes32 auction, address worker, uint256 units) internal {
        IAuctions.OrderTerms memory terms = orderTerms(auction);
        vm.prank(worker);
        AUCTIONS.take(auction, terms, units);
    }

    function orderTerms(bytes32 auction) internal view returns (IAuctions.OrderTerms memory) {
        return abi.decode(abi.encode(termsOf[orderFor[auction]]), (IAuctions.OrderTerms));
    }

    function draws(bytes32 auction, address[] memory bidders) internal {
        AUCTIONS.draw(auction, sorted(auction, bidders));
    }

    /// @dev By their priorities, the lowest first.
    function sorted(bytes32 auction, address[] memory all) internal view returns (address[] memory) {
        for (uint256 i = 1; i < all.length; ++i) {
            for (uint256 j = i; j > 0; --j) {
                if (AUCTIONS.priorityOf(auction, all[j - 1]) < AUCTIONS.priorityOf(auction, all[j])) break;
                (all[j - 1], all[j]) = (all[j], all[j - 1]);
            }
        }
        return all;
    }

    function closes(bytes32 auction, address one) internal {
        AUCTIONS.close(auction, list(one));
    }

    function wonBy(bytes32 auction, address account) internal view returns (uint256) {
        return AUCTIONS.wonBy(auction, account);
    }

    function phaseOf(bytes32 auction) internal view returns (IAuctions.Phase) {
        return AUCTIONS.auctionOf(auction).phase;
    }

    function wrongAuctionPhase(bytes32 auction, IAuctions.Phase phase) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctions.WrongPhase.selector, auction, phase);
    }

    function auctionTooEarly(bytes32 auction, uint256 height) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctions.TooEarly.selector, auction, height);
    }

    function auctionTooLate(bytes32 auction, uint256 height) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctions.TooLate.selector, auction, height);
    }

    function outOfPeriod(uint256 given, uint256 least, uint256 most) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctions.PeriodOutOfRange.selector, given, least, most);
    }

    /// @dev Tick and units of four bidders, revealed.
    function bidByFour(uint32 count, uint256[8] memory bids) internal returns (bytes32 auction) {
        uint256 height = block.number;
        auction = opened(count);
        for (uint256 i = 0; i < 4; ++i) {
            commits(auction, bidder(i), bids[2 * i], bids[2 * i + 1]);
        }
        rollToReveal(auction);
        for (uint256 i = 0; i < 4; ++i) {
            reveals(auction, bidder(i));
        }
        vm.roll(height);
    }

    function three() internal returns (address[] memory all) {
        all = new address[](3);
        (all[0], all[1], all[2]) = (bidder(0), bidder(1), bidder(2));
    }

    function stillOpen(bytes32 auction, uint256 time) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctions.StillOpen.selector, auction, time);
    }

    function notWon(bytes32 auction, address worker, uint256 left) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctions.NotWon.selector, auction, worker, left);
    }
}
