// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "./ICredits.sol";

/// @title Auctions of jobs
/// @notice open (the most that the requester pays, in escrow) → commit (sealed bids) → reveal → clear (one price for all, and one order in `IJobMarket`) →
/// take. The lowest bids win, and all of them are paid the same: the price of the first unit that was not needed, or the requester's own where
/// there is none. No bidder is paid less than it bid, and what a bid of one unit names decides only whether it wins: so bid what the work is worth to
/// you, and no more. Who bids several units may move the price of the first by the last.
///
/// Prices are ticks, 256ths of the most that the requester pays. Where a tick's units do not all fit, chance draws whose do: `draw`. When bids are
/// sealed nobody knows by what. If nobody shows within `DRAW_SECONDS` whom chance drew, those units are nobody's.
///
/// Winners have some time in which the jobs are theirs alone to take. What they leave, and what nobody won, everybody who is bonded takes by the same
/// verb at the same price, until the order's end. Where nobody bid, the order is posted for everybody, as if there had been no auction.
///
/// Every bid has a deposit, which comes back when it is over. Burned is all of it where the bid is not revealed, and of a winner the part that
/// stands for the units that it did not take in its time. Neither goes to a requester, who could bid as somebody else.
/// @dev An auction's number is the hash of its terms, which `clear` is shown again. Nothing depends on how many bids there are, or on the order in
/// which they come: revealing adds to sums, and clearing goes through 32 words at most.
///
/// A requester can bid through others to lower the price down to the bids that win, never below. Each such bid that it seals to decide
/// later costs it the deposit. What its own account bids does not count.
interface IAuctions is ICredits {
    /// @dev By height, an open auction is in the time of sealing, of revealing, or of clearing.
    enum Phase {
        None,
        Open,
        /// @dev There is an order, for those who won first.
        Cleared,
        /// @dev Nobody bid: there is an order for everybody.
        Unbid,
        /// @dev Nobody could clear it, or nobody did, and everybody has back what is theirs.
        Voided
    }

    /// @notice Why a bid is over.
    enum Reason {
        /// @dev All that it won was taken.
        Taken,
        /// @dev In its time not all was.
        NotTaken,
        /// @dev The price was lower, or chance drew others.
        Lost,
        /// @dev It was at the margin, and nobody showed in time whom chance drew.
        NotDrawn,
        NotRevealed,
        Voided
    }

    /// @notice These are not an auction's terms, or not its inputs.
    error NotTheTerms(bytes32 auction);
    error WrongPhase(bytes32 auction, Phase phase);
    /// @notice From the next block after `height` on.
    error TooEarly(bytes32 auction, uint256 height);
    /// @notice Until block `height`.
    error TooLate(bytes32 auction, uint256 height);
    /// @notice After `time`, or once it was drawn.
    error StillOpen(bytes32 auction, uint256 time);
    error KindClosed(uint16 kind);
    error CountOutOfRange(uint256 count, uint256 maximum);
    error WrongValue(uint256 sent, uint256 expected);
    error PriceOutOfRange(uint256 price, uint256 minimum, uint256 maximum);
    error PeriodOutOfRange(uint256 given, uint256 minimum, uint256 maximum);
    error MalformedRequirements(uint256 requirements);
    error NotBonded(address bidder);
    error AlreadyBid(bytes32 auction, address bidder);
    /// @notice There is no sealed bid of the caller's that this opens.
    error NotTheBid(bytes32 auction, address bidder);
    error TickOutOfRange(uint256 tick, uint256 maximum);
    error DepositTooSmall(uint256 deposit, uint256 needed);
    /// @notice All units that are asked for fit, or none of that tick does, or it was drawn.
    error NothingToDraw(bytes32 auction);
    /// @notice No bid at the margin.
    error NotAtMargin(bytes32 auction, address bidder);
    /// @notice Its priority is not higher than that of the one before.
    error OutOfOrder(bytes32 auction, address bidder);
    /// @notice The caller has won so many units that it has not taken, and nobody else's can be taken yet.
    error NotWon(bytes32 auction, address worker, uint256 left);
    error NothingUntaken(bytes32 auction);

    /// @param auction keccak256(abi.encode(terms))
    /// @param inputs what workers are to work on, as the kind has it
    event AuctionOpened(
        bytes32 indexed auction, address indexed requester, bytes32 indexed subject, Terms terms, bytes inputs
    );
    event BidCommitted(bytes32 indexed auction, address indexed bidder, bytes32 commitment, uint256 deposit);
    /// @param counts no: it is the requester's, or a cloud provider's where edge nodes come first, and loses
    event BidRevealed(bytes32 indexed auction, address indexed bidder, uint256 tick, uint256 units, bool counts);
    /// @param margin tick of the first unit that was not needed, 257 where there is none
    /// @param price of each job, wei
    /// @param won units of lower ticks: all of them win
    /// @param contested units at the margin, and `rest` of them win
    /// @param refunded to the requester, wei
    /// @param burned deposits of bids that were not revealed, wei
    event AuctionCleared(
        bytes32 indexed auction,
        uint256 indexed order,
        uint256 margin,
        uint256 price,
        uint256 won,
        uint256 rest,
        uint256 contested,
        uint256 refunded,
        uint256 burned
    );
    /// @notice Part of the bids at the margin was gone through.
    event DrawContinued(bytes32 indexed auction, address indexed caller, uint256 units);
    /// @notice Of the bids at the margin, those win whose keccak256(abi.encode(seed, bidder)) is lower than `cutoff`. Of the one that has it, `part` units do.
    event AuctionDrawn(bytes32 indexed auction, bytes32 seed, bytes32 cutoff, uint256 part);
    /// @param first number of the first job; the others follow it
    /// @param won whether the worker had won them
    event UnitsTaken(
        bytes32 indexed auction, uint256 indexed order, address indexed worker, uint256 first, uint256 units, bool won
    );
    /// @notice The terminal event of every bid.
    /// @param won units
    /// @param taken units of those, in time
    /// @param refunded wei
    /// @param burned wei; of a bid that was not revealed, when the auction was cleared
    event BidClosed(
        bytes32 indexed auction,
        address indexed bidder,
        Reason reason,
        uint256 won,
        uint256 taken,
        uint256 refunded,
        uint256 burned
    );
    event AuctionVoided(bytes32 indexed auction, address indexed requester, uint256 refunded);

    /// @notice What a requester asks for, with the sent TFUEL as the most that it pays for all jobs together.
    /// @param kind of `IKinds`
    /// @param count of jobs
    /// @param commitBlocks how long bids can be sealed
    /// @param revealBlocks how long they can be revealed after that
    /// @param claimSeconds how long winners have for taking what they won, 1 to 86,400
    /// @param takeSeconds how long jobs can be taken after the clearing, to 604,800: winners' time, the draw's, and at least as long as winners' for others
    /// @param workSeconds how long whoever takes one may work
    /// @param providersAfter how long edge nodes have before listed cloud providers can take what is left; then their bids do not count. 0 where that makes no
    /// difference
    /// @param requester whose jobs they are, and who is refunded; 0 for the caller
    /// @param requirements `types/Requirements.sol`; 0 for none. Who does not meet them when it takes loses what it won
    /// @param subject a model's id, or what else the kind works on
    /// @param inputRoot as `IJobMarket` has it
    struct Offer {
        uint16 kind;
        uint32 count;
        uint32 commitBlocks;
        uint32 revealBlocks;
        uint32 claimSeconds;
        uint32 takeSeconds;
        uint32 workSeconds;
        uint32 providersAfter;
        address requester;
        uint256 requirements;
        bytes32 subject;
        bytes32 inputRoot;
    }

    /// @param number makes the terms of every auction others
    /// @param commitUntil the last height at which bids can be sealed
    /// @param revealUntil the last at which they can be revealed. What chance draws, the block `IBeacon.DELAY` after it does
    /// @param price the most for each job, wei
    /// @param inputsHash keccak256 of the inputs
    struct Terms {
        uint64 number;
        uint40 commitUntil;
        uint40 revealUntil;
        uint16 kind;
        uint32 count;
        uint32 claimSeconds;
        uint32 takeSeconds;
        uint32 workSeconds;
        uint32 providersAfter;
        uint96 price;
        address requester;
        uint256 requirements;
        bytes32 subject;
        bytes32 inputRoot;
        bytes32 inputsHash;
    }

    /// @notice `IJobMarket.Terms` of an auction's order, as `JobsPosted` had them.
    struct OrderTerms {
        address requester;
        uint16 kind;
        uint16 burnShare;
        uint32 count;
        uint32 workSeconds;
        uint40 takeBy;
        uint40 providersFrom;
        uint96 price;
        uint96 bond;
        address verifier;
        address worker;
        uint256 requirements;
        bytes32 subject;
        bytes32 inputRoot;
    }

    /// @dev Three words. Who commits reads and writes the first alone.
    /// @param sealedGwei Σ of deposits of bids that are not revealed; 0 once they were burned
    /// @param unitGwei `unitDeposit` of the price
    /// @param rungs which of 32 times eight ticks have bids, a bit each; 0 once it was cleared
    /// @param edgeOnly bids of cloud providers do not count
    /// @param order in `IJobMarket`, from the clearing on, as what follows
    /// @param contested units at the margin
    /// @param margin tick of the first unit that was not needed, 257 where there is none
    /// @param rest units at the margin that win
    /// @param taken units, which are the order's first jobs
    /// @param drawBy until when it is drawn, and `claimBy`, until when winners take, Unix seconds
    struct Auction {
        uint40 commitUntil;
        uint24 revealBlocks;
        uint64 sealedGwei;
        uint64 unitGwei;
        uint32 rungs;
        uint16 count;
        Phase phase;
        bool edgeOnly;
        address requester;
        uint96 price;
        uint64 order;
        uint32 contested;
        uint16 margin;
        uint16 rest;
        uint16 taken;
        uint40 drawBy;
        uint40 claimBy;
    }

    /// @notice Opens an auction. What the market would refuse later is refused now, at the highest and at the lowest price.
    function open(Offer calldata offer, bytes calldata inputs) external payable returns (bytes32 auction);

    /// @notice Seals a bid, one of each bonded worker. What is sent is its deposit: at least `unitDeposit` for each unit. More hides how many they are.
    /// @param commitment `commitmentOf` the bid, with a salt that nobody guesses
    function commit(bytes32 auction, bytes32 commitment) external payable;

    /// @notice Opens the caller's bid: so many units, for the tick's price or more each.
    /// @param tick 1 to 256
    /// @param units 1 to the auction's count
    function reveal(bytes32 auction, uint256 tick, uint256 units, bytes32 salt) external;

    /// @notice Anyone, after the time of revealing and for `CLEAR_BLOCKS` from then: finds the price and posts the order.
    function clear(bytes32 auction, Terms calldata terms, bytes calldata inputs) external returns (uint256 order);

    /// @notice Anyone, until `drawBy`: shows whom chance drew. What is shown in part, the same caller goes on with.
    /// @param bidders all that bid at the margin, in ascending order of their priorities
    function draw(bytes32 auction, address[] calldata bidders) external;

    /// @notice Takes the order's next jobs. Until `claimBy` a winner, as many as it won; then anybody that the order admits.
    /// @dev Who takes does not choose among them: they cost the same, and nobody gets in the way of another by taking what that one named.
    function take(bytes32 auction, OrderTerms calldata terms, uint256 units) external;

    /// @notice Anyone: ends bids that are over, and credits what is left of their deposits. Those that are closed are passed over.
    function close(bytes32 auction, address[] calldata bidders) external;

    /// @notice Anyone, of an auction that was not cleared in `CLEAR_BLOCKS`: gives everybody back what is theirs. Bids are closed as ever.
    function void(bytes32 auction) external;

    /// @notice Zeros where there is none.
    function auctionOf(bytes32 auction) external view returns (Auction memory);
    /// @notice Zeros where there is none, or where it was closed. Nothing but the deposit is known until it is revealed.
    function bidOf(bytes32 auction, address bidder)
        external
        view
        returns (uint256 deposit, uint256 tick, uint256 units, uint256 taken);
    /// @notice Units that a bid has won, taken or not. Reverts while chance has to draw that.
    function wonBy(bytes32 auction, address bidder) external view returns (uint256);
    /// @notice By which bids at the margin are drawn, the lowest first. Reverts with the errors of `IBeacon` until the block is known.
    function priorityOf(bytes32 auction, address bidder) external view returns (bytes32);
    /// @notice What a bidder commits to.
    function commitmentOf(bytes32 auction, address bidder, uint256 tick, uint256 units, bytes32 salt)
        external
        view
        returns (bytes32);
    /// @notice Where the requester pays at most `price`, what a bid deposits for a unit: a twentieth, whole gwei.
    function unitDeposit(uint256 price) external pure returns (uint256);
    /// @notice Auctions ever opened.
    function auctionCount() external view returns (uint64);
    /// @notice Blocks that the time of sealing, and that of revealing, have at least, and at most.
    function BLOCKS_MIN() external view returns (uint256);
    function BLOCKS_MAX() external view returns (uint256);
    /// @notice How long an auction can be cleared.
    function CLEAR_BLOCKS() external view returns (uint256);
    /// @notice How long after the clearing it can be drawn.
    function DRAW_SECONDS() external view returns (uint256);
}
