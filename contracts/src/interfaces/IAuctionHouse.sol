// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICheckout} from "./ICheckout.sol";
import {ICredits} from "./ICredits.sol";
import {IExchange} from "./IExchange.sol";

/// @title English auctions of tokens
/// @notice create (the token goes into escrow: approve the house) → bid (so does the money) → settle. Whoever bids most has the token. Who is outbid
/// fetches its money by `withdraw`, or `withdrawTokens`: it is never pushed, so that nobody who refuses it stops a higher bid.
///
/// Nobody gains by bidding late: a bid in the last 10 minutes moves the end to 10 minutes after it. That may go on as long as somebody pays for it, a
/// twentieth more each time: from one TFUEL to all that there is in less than four days.
///
/// An auction that ends with a bid is a sale, and neither side can leave it. Its price is paid when the token is delivered, or when it is the
/// winner that cannot receive it: the house then finds that it can send the token to itself, keeps it for the winner, and sends it to
/// whomever the winner names (`claim`). If the token itself does not move, nothing is paid; anybody may try again, and the winner may name another
/// recipient. If it still does not move 7 days after the end, the auction is void: the money is the winner's again, and the
/// token the seller's, who lets it be sent back as soon as it moves (`reclaim`). No creation of `INftFactory` can stay where it is, so that its auctions
/// are never void. A token of any other code is as good as that code: see who wrote it before you bid.
/// @dev A creator's royalty is asked for twice. An auction is not created where it is above what the seller agreed to, so that nobody keeps
/// it from the creator; and at the end no more than that is paid, so that no token that asks for more stops the settlement.
interface IAuctionHouse is ICheckout, ICredits {
    enum Phase {
        None,
        /// @dev Until it is settled, or the token is back.
        Open,
        /// @dev The price is paid, and the winner has the token.
        Sold,
        /// @dev The price is paid, and the house has the token for the winner.
        Kept,
        /// @dev The money is the winner's again, and the house has the token for the seller.
        Voided,
        /// @dev The seller has the token back.
        Returned
    }

    /// @param amount of an ERC-721 1
    struct Lot {
        IExchange.Standard standard;
        address token;
        uint256 id;
        uint96 amount;
    }

    /// @param currency as `ICheckout` has it
    /// @param reserve that the first bid is at least, more than 0
    /// @param from the first second in which it can be bid for, at most 30 days ahead; at once if that has passed
    /// @param until the last one, 1 hour to 30 days later
    /// @param royaltyMax basis points of the price, 5,000 at most
    struct Terms {
        address currency;
        uint128 reserve;
        uint40 from;
        uint40 until;
        uint16 royaltyMax;
    }

    /// @param until the last second in which it can be bid for, as it is by now
    /// @param bidder who bid most; 0 before the first
    struct Auction {
        address seller;
        uint40 from;
        uint40 until;
        Phase phase;
        IExchange.Standard standard;
        address token;
        uint16 royaltyMax;
        uint256 id;
        address bidder;
        uint96 amount;
        uint128 reserve;
        uint128 highest;
        address currency;
    }

    error NotAToken(address token);
    /// @notice Of an ERC-721 there is one; of others at least one is sold.
    error WrongAmount(uint256 amount);
    error ZeroReserve();
    error PeriodOutOfRange(uint256 given, uint256 minimum, uint256 maximum);
    error RoyaltyMaxTooHigh(uint256 bps, uint256 most);
    /// @notice Somebody has the use of what would be sold (ERC-4907).
    error HasUser(address token, uint256 id, address user);
    /// @notice By what the token says of itself, it is not where it was sent.
    error NotMoved(address token, uint256 id);
    /// @notice The house takes tokens by `create` alone.
    error NotExpected(address operator);
    error WrongPhase(uint256 auction, Phase phase);
    error NotYetOpen(uint256 auction, uint256 from);
    /// @notice Since the second after `until`.
    error Ended(uint256 auction, uint256 until);
    /// @notice To the end of second `until`.
    error StillOpen(uint256 auction, uint256 until);
    error OwnAuction(uint256 auction);
    error BidTooLow(uint256 auction, uint256 amount, uint256 least);
    error WrongValue(uint256 sent, uint256 expected);
    error HasBid(uint256 auction, address bidder);
    error NoBid(uint256 auction);
    error NotSeller(uint256 auction, address caller);
    error NotWinner(uint256 auction, address caller);
    error WrongRecipient(address to);
    /// @notice The token does not move. From `time` on the auction is void if it still does not.
    error Undeliverable(uint256 auction, uint256 time);
    /// @notice A delivery failed that did not have all the gas that it may take: send more with it.
    error GasTooLow(uint256 gas, uint256 needed);
    error OnlySelf(address caller);

    event AuctionCreated(uint256 indexed auction, address indexed seller, address indexed token, Lot lot, Terms terms);
    /// @param until the end by now
    event BidPlaced(uint256 indexed auction, address indexed bidder, uint256 amount, uint40 until);
    /// @notice The price was paid: `fee` to the protocol, `royalty` to the creator, the rest to the seller.
    event AuctionSettled(
        uint256 indexed auction,
        address indexed seller,
        address indexed winner,
        uint256 price,
        uint256 fee,
        uint256 royalty
    );
    event LotDelivered(uint256 indexed auction, address indexed to);
    /// @notice The winner did not take the token: `claim`.
    event LotKept(uint256 indexed auction, address indexed winner);
    event AuctionVoided(uint256 indexed auction, address indexed winner, uint256 refunded);
    event LotReturned(uint256 indexed auction, address indexed seller);

    /// @notice Begins an auction of a token of the caller's. Refused while it has a user (ERC-4907): nobody can give it one as long as the house has it.
    function create(Lot calldata lot, Terms calldata terms) external returns (uint256 auction);

    /// @notice Bids, with just that TFUEL where it is the currency. At least `minimumBid`, and not by the seller.
    function bid(uint256 auction, uint256 amount) external payable;

    /// @notice Ends an auction that somebody bid for. Anybody may.
    function settle(uint256 auction) external;

    /// @notice The winner has the token sent to `to`, and by that settles the auction if nobody has. With as much gas as it likes, where `settle`
    /// tries with 500,000.
    function claim(uint256 auction, address to) external;

    /// @notice The seller takes the token back, as long as nobody has bid.
    function cancel(uint256 auction) external;

    /// @notice Sends the token back to the seller when nobody bid until the end, or the auction is void. Anybody may.
    function reclaim(uint256 auction) external;

    /// @notice Moves what the house holds. The house itself only, which tries it so.
    function deliver(Lot calldata lot, address to) external;

    function auctionOf(uint256 auction) external view returns (Auction memory);
    /// @notice Auctions are numbered from 1.
    function auctionCount() external view returns (uint256);
    /// @notice The reserve, or a twentieth above the highest bid, rounded up.
    function minimumBid(uint256 auction) external view returns (uint256);
}
