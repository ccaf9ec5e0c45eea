// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICheckout} from "./ICheckout.sol";
import {ICredits} from "./ICredits.sol";

/// @title Tokens for rent, by signed offers
/// @notice An owner signs an offer (EIP-712; contracts by ERC-1271), which costs nothing, and approves this contract by `setApprovalForAll`; a renter pays
/// for so many seconds and is, or names, the token's user (ERC-4907) for that time. The owner keeps the token, and whoever it
/// goes to has it with its user. A price is split as that of a sale, with the royalty on what is paid as rent.
///
/// An offer is good for one rental, and for none once the token has moved: it names the token's nonce. To stay longer takes a new offer of the owner's:
/// while the time of a token's user runs, nobody else can be its user, and what is paid for the same one is added to its time.
/// @dev Only collections of `INftFactory` are rented out: that nobody takes a user's time from it is a promise of their code.
/// A token that came in this block has no user set (`ICollection.JustReceived`), so that none is rented out that was borrowed for a block.
interface IRentals is ICheckout, ICredits {
    /// @param nonce of the token (`ICollection.nonces`)
    /// @param renter who alone can take the offer; 0 for anybody
    /// @param currency as `ICheckout` has it
    /// @param pricePerSecond more than 0
    /// @param least seconds, 1 at least
    /// @param most seconds, 365 days at most
    /// @param until the last second in which it can be taken
    /// @param royaltyMax basis points of the price, 5,000 at most
    /// @param counter of the owner (`counterOf`)
    struct Offer {
        address owner;
        address collection;
        uint256 id;
        uint64 nonce;
        address renter;
        address currency;
        uint128 pricePerSecond;
        uint32 least;
        uint32 most;
        uint40 until;
        uint16 royaltyMax;
        uint256 counter;
    }

    /// @param until the last second of the user's
    /// @param price of which `fee` was the protocol's, `royalty` the creator's, and the rest the owner's
    struct Rental {
        address collection;
        uint256 id;
        address user;
        uint64 until;
        address currency;
        uint256 price;
        uint256 fee;
        uint256 royalty;
    }

    /// @notice No collection of the factory: its code may not keep a user's time.
    error NotRentable(address collection);
    /// @notice The terms contradict each other.
    error WrongTerms();
    error OfferExpired(uint256 until);
    error WrongRenter(address renter, address caller);
    /// @notice An owner does not rent from itself.
    error OwnOffer(address owner);
    error WrongUser(address user);
    error PeriodOutOfRange(uint256 given, uint256 minimum, uint256 maximum);
    error CounterMoved(uint256 signed, uint256 current);
    /// @notice The token moved, or got a user, since the offer was signed.
    error NonceMoved(address collection, uint256 id, uint256 signed, uint256 current);
    error NotOwner(address collection, uint256 id, address owner);
    error NotSigned(address owner);
    error WrongValue(uint256 sent, uint256 expected);
    error UserNotSet(address collection, uint256 id, address user);

    event Rented(bytes32 indexed offer, address indexed owner, address indexed renter, Rental rental);
    event CounterIncremented(address indexed owner, uint256 counter);

    /// @notice Rents a token for `duration` seconds, with just the price in TFUEL where that is the currency.
    function rent(Offer calldata offer, bytes calldata signature, uint32 duration, address user) external payable;

    /// @notice Ends every offer that the caller signed with its counter as it is.
    function incrementCounter() external returns (uint256 counter);

    function priceFor(Offer calldata offer, uint32 duration) external pure returns (uint256);
    function hashOf(Offer calldata offer) external pure returns (bytes32);
    /// @notice The digest that an owner signs.
    function digestOf(Offer calldata offer) external view returns (bytes32);
    function counterOf(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
