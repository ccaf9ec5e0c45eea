// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Credits} from "../jobs/Credits.sol";
import {IAuctions} from "../interfaces/IAuctions.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {IEdgeStaking} from "../interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IKinds} from "../interfaces/IKinds.sol";
import {IProfiles} from "../interfaces/IProfiles.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {Bid, Bids} from "../types/Bid.sol";
import {Ladder, Ladders} from "../types/Ladder.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Requirements, RequirementsOf} from "../types/Requirements.sol";

/// @dev Its balance is the escrow of open auctions, deposits and credits together. Deposits of bids that were not revealed leave when the auction is
/// cleared; all others wait for the end of their bids.
contract Auctions is IAuctions, Credits {
    using Ladders for Ladder;
    using RequirementsOf for Requirements;
    using SafeCast for uint256;

    IBeacon private constant BEACON = IBeacon(Predeploys.BEACON);
    IEdgeStaking private constant STAKING = IEdgeStaking(Predeploys.EDGE_STAKING);
    IJobMarket private constant MARKET = IJobMarket(Predeploys.JOB_MARKET);
    IKinds private constant KINDS = IKinds(Predeploys.KINDS);
    IProfiles private constant PROFILES = IProfiles(Predeploys.PROFILES);

    uint256 public constant BLOCKS_MIN = 16;
    uint256 public constant BLOCKS_MAX = 100_000;
    /// @dev With the time for the draw well within the blocks whose headers the beacon still takes.
    uint256 public constant CLEAR_BLOCKS = 4096;
    uint256 public constant DRAW_SECONDS = 300;
    uint256 private constant CLAIM_SECONDS_MAX = 1 days;
    /// @dev The market's.
    uint256 private constant TAKE_SECONDS_MAX = 7 days;
    /// @dev Of the most that the requester pays: one part of so many for each unit.
    uint256 private constant DEPOSIT_PARTS = 20;
    /// @dev A tick above every margin.
    uint16 private constant NOT_COUNTED = uint16(Ladders.TICKS + 2);

    struct Clearing {
        uint256 margin;
        uint256 won;
        uint256 contested;
        uint256 rest;
        uint256 price;
        uint256 burned;
    }

    /// @dev How far somebody has gone through the bids at a margin.
    struct Walk {
        bytes32 last;
        bytes32 cutoff;
        uint32 units;
        uint32 part;
    }

    /// @dev What chance drew; zeros before.
    struct Cut {
        bytes32 seed;
        bytes32 priority;
        uint32 part;
    }

    struct End {
        Reason reason;
        uint256 won;
        uint256 refunded;
        uint256 burned;
    }

    uint64 public auctionCount;
    mapping(bytes32 auction => Auction) private _auctions;
    mapping(bytes32 auction => mapping(address bidder => Bid)) private _bids;
    mapping(bytes32 auction => Ladder) private _ladders;
    mapping(bytes32 auction => Cut) private _cuts;
    /// @dev Each caller's own: nobody leads another's walk astray.
    mapping(bytes32 auction => mapping(address caller => Walk)) private _walks;

    function open(Offer calldata offer, bytes calldata inputs) external payable returns (bytes32 auction) {
        Terms memory terms = _termsOf(offer, inputs);

        auctionCount = terms.number;
        auction = keccak256(abi.encode(terms));
        Auction storage opened = _auctions[auction];
        (opened.commitUntil, opened.revealBlocks) = (terms.commitUntil, uint24(offer.revealBlocks));
        (opened.phase, opened.edgeOnly) = (Phase.Open, terms.providersAfter != 0);
        opened.unitGwei = (unitDeposit(terms.price) / 1 gwei).toUint64();
        (opened.requester, opened.price, opened.count) = (terms.requester, terms.price, uint16(terms.count));
        emit AuctionOpened(auction, terms.requester, terms.subject, terms, inputs);
    }

    /// @dev As little is read as will do: what else is wrong with a bid shows when it is revealed.
    function commit(bytes32 auction, bytes32 commitment) external payable {
        Auction storage bidOn = _in(Phase.Open, auction);
        if (block.number > bidOn.commitUntil) revert TooLate(auction, bidOn.commitUntil);
        uint256 least = uint256(bidOn.unitGwei) * 1 gwei;
        if (msg.value < least) revert DepositTooSmall(msg.value, least);
        if (msg.value % 1 gwei != 0) revert WrongValue(msg.value, msg.value - msg.value % 1 gwei);
        if (!_bids[auction][msg.sender].isNone()) revert AlreadyBid(auction, msg.sender);
        if (!STAKING.isBonded(msg.sender)) revert NotBonded(msg.sender);

        uint64 gwei_ = (msg.value / 1 gwei).toUint64();
        _bids[auction][msg.sender] = Bids.sealing(commitment, gwei_);
        bidOn.sealedGwei += gwei_;
        emit BidCommitted(auction, msg.sender, commitment, msg.value);
    }

    function reveal(bytes32 auction, uint256 tick, uint256 units, bytes32 salt) external {
        Auction storage bidOn = _in(Phase.Open, auction);
        if (block.number <= bidOn.commitUntil) revert TooEarly(auction, bidOn.commitUntil);
        if (block.number > _revealUntil(bidOn)) revert TooLate(auction, _revealUntil(bidOn));
        Bid bid = _bids[auction][msg.sender];
        if (!bid.isOf(commitmentOf(auction, msg.sender, tick, units, salt))) revert NotTheBid(auction, msg.sender);
        if (tick == 0 || tick > Ladders.TICKS) revert TickOutOfRange(tick, Ladders.TICKS);
        if (units == 0 || units > bidOn.count) revert CountOutOfRange(units, bidOn.count);
        uint256 needed = uint256(bidOn.unitGwei) * units * 1 gwei;
        if (bid.deposit() < needed) revert DepositTooSmall(bid.deposit(), needed);

        bool counts = !_isExcluded(bidOn, msg.sender);
        _bids[auction][msg.sender] = bid.opened(counts ? uint16(tick) : NOT_COUNTED, uint32(units));
        bidOn.sealedGwei -= bid.gweiOf();
        if (counts) bidOn.rungs |= _ladders[auction].add(tick, uint32(units));
        emit BidRevealed(auction, msg.sender, tick, units, counts);
    }

    /// @dev Of an order for everybody nothing is kept here: it is the market's.
    function clear(bytes32 auction, Terms calldata terms, bytes calldata inputs) external returns (uint256 order) {
        Auction storage clearing = _in(Phase.Open, auction);
        bool known = keccak256(abi.encode(terms)) == auction && keccak256(inputs) == terms.inputsHash;
        if (!known) revert NotTheTerms(auction);
        if (block.number <= terms.revealUntil) revert TooEarly(auction, terms.revealUntil);
        uint256 clearBy = terms.revealUntil + CLEAR_BLOCKS;
        if (block.number > clearBy) revert TooLate(auction, clearBy);

        order = MARKET.jobCount() + 1;
        bool unbid = clearing.rungs == 0;
        Clearing memory sum = _clear(auction, clearing, order, terms.claimSeconds);
        uint256 value = sum.price * terms.count;
        uint256 back = uint256(terms.price) * terms.count - value;
        emit AuctionCleared(auction, order, sum.margin, sum.price, sum.won, sum.rest, sum.contested, back, sum.burned);
        _credit(terms.requester, back);
        MARKET.post{value: value}(_requestOf(terms, unbid ? address(0) : address(this)), inputs);
        if (sum.burned != 0) _pay(Predeploys.BURN, sum.burned);
    }

    /// @dev The sum says that nobody is left out, and the order that nobody is there twice.
    function draw(bytes32 auction, address[] calldata bidders) external {
        Auction storage drawn = _in(Phase.Cleared, auction);
        bool late = drawn.rest == 0 || _cuts[auction].priority != 0 || block.timestamp > drawn.drawBy;
        if (late) revert NothingToDraw(auction);
        bytes32 seed = _seedOf(auction, drawn);
        Walk memory walk = _walks[auction][msg.sender];
        (uint256 margin, uint256 rest) = (drawn.margin, drawn.rest);
        for (uint256 i = 0; i < bidders.length; ++i) {
            bytes32 priority = _priority(seed, bidders[i]);
            if (priority <= walk.last) revert OutOfOrder(auction, bidders[i]);
            Bid bid = _bids[auction][bidders[i]];
            if (!bid.isRevealed() || bid.tick() != margin) revert NotAtMargin(auction, bidders[i]);
            if (walk.units < rest) {
                (walk.cutoff, walk.part) = (priority, Math.min(bid.units(), rest - walk.units).toUint32());
            }
            (walk.last, walk.units) = (priority, walk.units + bid.units());
        }
        if (walk.units != drawn.contested) {
            _walks[auction][msg.sender] = walk;
            emit DrawContinued(auction, msg.sender, walk.units);
            return;
        }
        delete _walks[auction][msg.sender];
        _cuts[auction] = Cut(seed, walk.cutoff, walk.part);
        emit AuctionDrawn(auction, seed, walk.cutoff, walk.part);
    }

    function take(bytes32 auction, OrderTerms calldata terms, uint256 units) external {
        Auction storage taken = _in(Phase.Cleared, auction);
        if (units == 0 || units > taken.count - taken.taken) revert NothingUntaken(auction);
        bool won = block.timestamp <= taken.claimBy;
        (uint256 order, uint256 first) = (taken.order, uint256(taken.order) + taken.taken);

        taken.taken += uint16(units);
        emit UnitsTaken(auction, order, msg.sender, first, units, won);
        if (won) _takeWon(auction, taken, units);
        uint256[] memory jobIds = new uint256[](units);
        for (uint256 i = 0; i < units; ++i) {
            jobIds[i] = first + i;
        }
        MARKET.takeFor(order, abi.decode(abi.encode(terms), (IJobMarket.Terms)), jobIds, msg.sender);
    }

    function close(bytes32 auction, address[] calldata bidders) external {
        Auction storage over = _auctions[auction];
        if (over.phase == Phase.None || over.phase == Phase.Open) revert WrongPhase(auction, over.phase);
        uint256 burned;
        for (uint256 i = 0; i < bidders.length; ++i) {
            Bid bid = _bids[auction][bidders[i]];
            if (bid.isNone()) continue;
            End memory end = _endOf(auction, over, bidders[i], bid);
            if (!bid.isSealed()) burned += end.burned;
            _close(auction, bidders[i], bid.isSealed() ? 0 : bid.taken(), end);
        }
        if (burned != 0) _pay(Predeploys.BURN, burned);
    }

    function void(bytes32 auction) external {
        Auction storage voided = _in(Phase.Open, auction);
        uint256 clearBy = _revealUntil(voided) + CLEAR_BLOCKS;
        if (block.number <= clearBy) revert TooEarly(auction, clearBy);
        voided.phase = Phase.Voided;
        uint256 refunded = uint256(voided.price) * voided.count;
        emit AuctionVoided(auction, voided.requester, refunded);
        _credit(voided.requester, refunded);
    }

    function auctionOf(bytes32 auction) external view returns (Auction memory) {
        return _auctions[auction];
    }

    function bidOf(bytes32 auction, address bidder)
        external
        view
        returns (uint256 deposit, uint256 tick, uint256 units, uint256 taken)
    {
        Bid bid = _bids[auction][bidder];
        deposit = bid.deposit();
        if (bid.isRevealed()) (tick, units, taken) = (bid.tick(), bid.units(), bid.taken());
    }

    function wonBy(bytes32 auction, address bidder) external view returns (uint256) {
        return _wonBy(auction, _in(Phase.Cleared, auction), bidder, _bids[auction][bidder]);
    }

    function priorityOf(bytes32 auction, address bidder) external view returns (bytes32) {
        Auction storage asked = _auctions[auction];
        if (asked.phase == Phase.None) revert WrongPhase(auction, Phase.None);
        bytes32 seed = _cuts[auction].seed;
        return _priority(seed == 0 ? _seedOf(auction, asked) : seed, bidder);
    }

    function commitmentOf(bytes32 auction, address bidder, uint256 tick, uint256 units, bytes32 salt)
        public
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(block.chainid, address(this), auction, bidder, tick, units, salt));
    }

    function unitDeposit(uint256 price) public pure returns (uint256) {
        return Math.ceilDiv(price, DEPOSIT_PARTS * 1 gwei) * 1 gwei;
    }

    function _clear(bytes32 auction, Auction storage clearing, uint256 order, uint256 claimSeconds)
        private
        returns (Clearing memory sum)
    {
        (sum.margin, sum.won, sum.contested) = _ladders[auction].climb(clearing.rungs, clearing.count);
        // Where all fit, there is no margin, and what nobody bid for is nobody's.
        if (sum.contested != 0) sum.rest = clearing.count - sum.won;
        sum.price = uint256(clearing.price) * Math.min(sum.margin, Ladders.TICKS) / Ladders.TICKS;
        sum.burned = uint256(clearing.sealedGwei) * 1 gwei;

        clearing.phase = clearing.rungs == 0 ? Phase.Unbid : Phase.Cleared;
        (clearing.sealedGwei, clearing.rungs) = (0, 0);
        (clearing.order, clearing.margin) = (order.toUint64(), uint16(sum.margin));
        (clearing.rest, clearing.contested) = (uint16(sum.rest), uint32(sum.contested));
        uint256 drawBy = block.timestamp + (sum.rest == 0 ? 0 : DRAW_SECONDS);
        (clearing.drawBy, clearing.claimBy) = (drawBy.toUint40(), (drawBy + claimSeconds).toUint40());
    }

    function _takeWon(bytes32 auction, Auction storage taken, uint256 units) private {
        Bid bid = _bids[auction][msg.sender];
        uint256 won = _wonBy(auction, taken, msg.sender, bid);
        uint256 left = won == 0 ? 0 : won - bid.taken();
        if (units > left) revert NotWon(auction, msg.sender, left);
        uint256 all = bid.taken() + units;
        if (units == left) _close(auction, msg.sender, all, End(Reason.Taken, won, bid.deposit(), 0));
        else _bids[auction][msg.sender] = bid.withTaken(uint32(all));
    }

    function _endOf(bytes32 auction, Auction storage over, address bidder, Bid bid)
        private
        view
        returns (End memory end)
    {
        uint256 deposit = bid.deposit();
        if (over.phase == Phase.Voided) return End(Reason.Voided, 0, deposit, 0);
        if (bid.isSealed()) return End(Reason.NotRevealed, 0, 0, deposit);
        end.won = _wonBy(auction, over, bidder, bid);
        if (end.won == 0) {
            bool undrawn = bid.tick() == over.margin && over.rest != 0 && _cuts[auction].priority == 0;
            return End(undrawn ? Reason.NotDrawn : Reason.Lost, 0, deposit, 0);
        }
        if (block.timestamp <= over.claimBy) revert StillOpen(auction, over.claimBy);
        end.reason = Reason.NotTaken;
        end.burned = (end.won - bid.taken()) * over.unitGwei * 1 gwei;
        end.refunded = deposit - end.burned;
    }

    /// @dev Every end of a bid passes here, once: nothing of it is left.
    function _close(bytes32 auction, address bidder, uint256 taken, End memory end) private {
        _bids[auction][bidder] = Bids.NONE;
        emit BidClosed(auction, bidder, end.reason, end.won, taken, end.refunded, end.burned);
        _credit(bidder, end.refunded);
    }

    function _wonBy(bytes32 auction, Auction storage cleared, address bidder, Bid bid) private view returns (uint256) {
        if (!bid.isRevealed() || bid.tick() > cleared.margin) return 0;
        if (bid.tick() < cleared.margin) return bid.units();
        if (cleared.rest == 0) return 0;
        Cut storage cut = _cuts[auction];
        if (cut.priority == 0) {
            if (block.timestamp <= cleared.drawBy) revert StillOpen(auction, cleared.drawBy);
            return 0;
        }
        bytes32 priority = _priority(cut.seed, bidder);
        if (priority < cut.priority) return bid.units();
        return priority == cut.priority ? cut.part : 0;
    }

    function _termsOf(Offer calldata offer, bytes calldata inputs) private view returns (Terms memory terms) {
        if (offer.count == 0 || offer.count > MARKET.COUNT_MAX()) {
            revert CountOutOfRange(offer.count, MARKET.COUNT_MAX());
        }
        IKinds.Kind memory rules = KINDS.rulesOf(offer.kind);
        if (!rules.open) revert KindClosed(offer.kind);
        terms.price = _priceOf(offer.count, rules);
        _checkPeriods(offer, rules.workSecondsMax);
        if (!Requirements.wrap(offer.requirements).isKnown()) revert MalformedRequirements(offer.requirements);
        IVerifier(rules.verifier).check(offer.subject, offer.count, offer.inputRoot, inputs);

        terms.number = auctionCount + 1;
        terms.commitUntil = (block.number + offer.commitBlocks).toUint40();
        terms.revealUntil = terms.commitUntil + offer.revealBlocks;
        (terms.kind, terms.count) = (offer.kind, offer.count);
        terms.claimSeconds = offer.claimSeconds;
        terms.takeSeconds = offer.takeSeconds;
        terms.workSeconds = offer.workSeconds;
        terms.providersAfter = offer.providersAfter;
        terms.requester = offer.requester == address(0) ? msg.sender : offer.requester;
        terms.requirements = offer.requirements;
        terms.subject = offer.subject;
        terms.inputRoot = offer.inputRoot;
        terms.inputsHash = keccak256(inputs);
    }

    function _priceOf(uint256 count, IKinds.Kind memory rules) private view returns (uint96) {
        uint256 price = msg.value / count;
        if (price * count != msg.value) revert WrongValue(msg.value, price * count);
        uint256 least = rules.priceMin * Ladders.TICKS;
        if (price < least || price > rules.priceMax) revert PriceOutOfRange(price, least, rules.priceMax);
        return price.toUint96();
    }

    function _checkPeriods(Offer calldata offer, uint256 workSecondsMax) private pure {
        _checkPeriod(offer.commitBlocks, BLOCKS_MIN, BLOCKS_MAX);
        _checkPeriod(offer.revealBlocks, BLOCKS_MIN, BLOCKS_MAX);
        _checkPeriod(offer.claimSeconds, 1, CLAIM_SECONDS_MAX);
        _checkPeriod(offer.takeSeconds, DRAW_SECONDS + 2 * uint256(offer.claimSeconds), TAKE_SECONDS_MAX);
        _checkPeriod(offer.workSeconds, 1, workSecondsMax);
        if (offer.providersAfter != 0) _checkPeriod(offer.providersAfter, 1, offer.takeSeconds);
    }

    function _checkPeriod(uint256 given, uint256 minimum, uint256 maximum) private pure {
        if (given < minimum || given > maximum) revert PeriodOutOfRange(given, minimum, maximum);
    }

    function _requestOf(Terms calldata terms, address worker) private pure returns (IJobMarket.Request memory asked) {
        (asked.kind, asked.count, asked.worker) = (terms.kind, terms.count, worker);
        (asked.takeSeconds, asked.workSeconds) = (terms.takeSeconds, terms.workSeconds);
        (asked.providersAfter, asked.requester) = (terms.providersAfter, terms.requester);
        (asked.requirements, asked.subject, asked.inputRoot) = (terms.requirements, terms.subject, terms.inputRoot);
    }

    function _seedOf(bytes32 auction, Auction storage asked) private view returns (bytes32) {
        return BEACON.seedAt(_revealUntil(asked) + BEACON.DELAY(), auction);
    }

    function _priority(bytes32 seed, address bidder) private pure returns (bytes32) {
        return keccak256(abi.encode(seed, bidder));
    }

    /// @dev Nothing that they bid is served by them: it must not move the price.
    function _isExcluded(Auction storage asked, address bidder) private view returns (bool) {
        return bidder == asked.requester || (asked.edgeOnly && PROFILES.isProvider(bidder));
    }

    function _revealUntil(Auction storage asked) private view returns (uint256) {
        return uint256(asked.commitUntil) + asked.revealBlocks;
    }

    function _in(Phase phase, bytes32 auction) private view returns (Auction storage known) {
        known = _auctions[auction];
        if (known.phase != phase) revert WrongPhase(auction, known.phase);
    }
}
