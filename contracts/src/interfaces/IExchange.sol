// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICreation} from "./ICreation.sol";

/// @title Trade of tokens by signed orders
/// @notice A maker signs an order (EIP-712; contracts by ERC-1271), which costs nothing; a taker fills it. One form serves all:
/// a listing gives tokens for a price; an offer pays a price for tokens, which may be any of a collection or of a set of ids; a bundle has
/// several items; a swap has items both ways; a private sale names its taker; a Dutch auction has a price that falls.
/// Approve the exchange for what you give: tokens by `setApprovalForAll`, currencies by `approve`.
/// @dev An order of `units` is filled in parts: items and price are those of one unit, so that nothing is rounded. Where it
/// gives an ERC-721 there is one unit, and the item names the token's nonce (`nonceOf`), so that an order ends with the first transfer, and
/// a token that comes back revives none. Editions have no nonce: an order for them stands while its maker has them, or has them again, until it is cancelled.
interface IExchange {
    /// @notice Who pays the price: of a sale whoever takes the order, of a purchase its maker.
    enum Side {
        Sell,
        Buy
    }

    enum Standard {
        ERC721,
        ERC1155
    }

    /// @notice Which ids an item stands for: this one; any of the token; or any in the Merkle tree of which `id` is the root.
    /// @dev Leaves are keccak256(keccak256(abi.encode(id))), as in OpenZeppelin's `StandardMerkleTree`.
    enum Criteria {
        Exact,
        Any,
        OneOf
    }

    /// @param id or a root, or 0 of any
    /// @param amount in a unit; of an ERC-721 1
    /// @param nonce of an ERC-721 that the maker gives; else 0
    struct Item {
        Standard standard;
        Criteria criteria;
        address token;
        uint256 id;
        uint128 amount;
        uint64 nonce;
    }

    /// @notice The order stands while the state of an account that a token owns (ERC-6551) is this one: nothing was taken out of it.
    struct Bound {
        address account;
        uint256 state;
    }

    /// @param taker who alone can fill it; 0 for anybody
    /// @param price of a unit, at `from`
    /// @param endPrice of a unit, at `until`, between them in proportion to time: no higher of a sale, no lower of a purchase
    /// @param from the first second in which it can be filled
    /// @param until the last one
    /// @param units 1 at least
    /// @param royaltyMax of a sale, basis points of the price, 5,000 at most; of a purchase the taker says it
    /// @param counter of the maker (`counterOf`)
    /// @param salt tells orders apart that are otherwise alike
    /// @param gives what goes from the maker to the taker, 32 items at most
    /// @param wants what goes from the taker to the maker, 32 items at most
    /// @param bounds 8 at most; they hold when everything has moved
    struct Order {
        address maker;
        address taker;
        Side side;
        address currency;
        uint128 price;
        uint128 endPrice;
        uint40 from;
        uint40 until;
        uint32 units;
        uint16 royaltyMax;
        uint256 counter;
        uint256 salt;
        Item[] gives;
        Item[] wants;
        Bound[] bounds;
    }

    /// @notice A maker's consent to an order. With a proof it is to a tree of 2^n orders, n = 1 to 16, of which this is number `index`
    /// (EIP-712 type `BulkOrder(Order[2]…[2] tree)`, n times): one signature for all of them.
    struct Consent {
        bytes signature;
        uint256 index;
        bytes32[] proof;
    }

    /// @notice The id that a taker gives where an item asks for any, or one of a set.
    struct Choice {
        uint256 id;
        bytes32[] proof;
    }

    /// @notice A creator's voucher of what the order gives, redeemed before anything moves, so that what is sold need not be minted before.
    /// One that cannot be redeemed is passed over: somebody may have been first, and then there is what is sold.
    struct Minting {
        address token;
        ICreation.Voucher voucher;
        bytes signature;
        uint128 amount;
    }

    /// @param units to be filled; of an order that wants an ERC-721 one at a time
    /// @param royaltyMax of a purchase, as `Order.royaltyMax` of a sale
    /// @param recipient of the tokens that the order gives; 0 for the caller, who is paid in any case
    /// @param choices one for each item of `wants` that is not exact, in their order; none is of what the order gives
    struct Take {
        Order order;
        Consent consent;
        uint32 units;
        uint16 royaltyMax;
        address recipient;
        Choice[] choices;
        Minting[] mintings;
    }

    /// @notice What a token was sold for. `from` gave it.
    struct Moved {
        address token;
        uint256 id;
        uint256 amount;
        address from;
        uint256 royalty;
    }

    /// @notice What a sweep owes of TFUEL for royalties, which it pays when somebody else's are next, and at the end: one payment for those in a row.
    struct Royalties {
        address to;
        uint256 amount;
    }

    /// @param reason what the take reverted with, its first 256 bytes; empty of one that ran out of gas or cannot be read
    struct Outcome {
        bool filled;
        bytes reason;
    }

    /// @notice The terms contradict each other, or could mean more than one thing.
    error WrongTerms();
    error NotYetOpen(uint256 from);
    error OrderExpired(uint256 until);
    error WrongTaker(address taker, address caller);
    /// @notice A maker does not trade with itself.
    error OwnOrder(address maker);
    error CounterMoved(uint256 signed, uint256 current);
    error OrderCancelled(bytes32 order);
    error UnitsNotLeft(uint256 units, uint256 left);
    error NotSigned(address maker);
    error WrongChoices();
    error NotInSet(uint256 id, bytes32 root);
    /// @notice The token moved, or got a user, since the order was signed.
    error NonceMoved(address token, uint256 id, uint256 signed, uint256 current);
    /// @notice The token did not say that it moved.
    error NonceStuck(address token, uint256 id);
    error AccountChanged(address account, uint256 state);
    /// @notice Somebody has the use of what would be sold (ERC-4907). A token of the factory's is sold with its user by a listing: that names a nonce,
    /// which moves when a user is set, so that whoever looks at the token sees with whom.
    error HasUser(address token, uint256 id, uint256 until);
    /// @notice Its creator's policy lets the token be sold alone, or with others of its own (`ICreation.Policy.Strict`).
    error NotSoldSo(address token);
    error NotMaker(address maker, address caller);
    error OnlyTimelock(address caller);
    error OnlySelf(address caller);
    /// @notice There is no code at the address, or what is there does not say that the token moved to whom it should.
    error NotAToken(address token);
    /// @notice With so little gas it cannot be known what tokens would say, or takes would do.
    error TooLittleGas();

    /// @param taker who filled it; what the order gives went to the recipient that it named (`Take.recipient`)
    /// @param price of all units, of which `fee` was the protocol's
    event Filled(
        bytes32 indexed order,
        address indexed maker,
        address indexed taker,
        Side side,
        address currency,
        uint256 price,
        uint256 fee,
        uint32 units,
        Moved[] items
    );
    /// @notice A take of a sweep was not filled, which says nothing of the order: a taker can fail by its own doing. One that cannot be read has no
    /// hash.
    event Skipped(bytes32 indexed order, uint256 index, bytes reason);
    event Cancelled(bytes32 indexed order, address indexed maker);
    event CounterIncremented(address indexed maker, uint256 counter);
    event CurrencyListed(address indexed currency, bool listed);

    /// @notice Fills an order, with the TFUEL sent where it is priced in that; the rest is sent back.
    function fill(Take calldata take) external payable;

    /// @notice Fills each order that can be. Of any other the outcome and `Skipped` say why not, and nothing of it happened. What is not spent of
    /// the TFUEL sent is sent back. There must be so much gas that no take is left without, whatever the others do: 120,000, and for each take 192,000
    /// and 450 for each of its bytes above 1,024.
    /// @dev Takes lie in the call one after the other, as encoders write them.
    function sweep(Take[] calldata takes) external payable returns (Outcome[] memory outcomes);

    /// @notice One take of a sweep, by `taker`, with no more of the TFUEL sent than `budget`. The exchange itself only.
    /// @param owed of the takes before it
    /// @return spent of the TFUEL sent
    /// @return left owed after it: to whom `owed` was, with its own, or the last of its own when it paid `owed`
    function fillFor(Take calldata take, address taker, uint256 budget, Royalties memory owed)
        external
        returns (uint256 spent, Royalties memory left);

    /// @notice Ends orders of the caller.
    function cancel(Order[] calldata orders) external;

    /// @notice Ends every order that the caller signed with its counter as it is.
    function incrementCounter() external returns (uint256 counter);

    /// @notice Lists a currency, or takes it off the list. The timelock only.
    function listCurrency(address currency, bool listed) external;

    /// @notice What the price of a unit is at a time within the order's.
    function priceAt(Order calldata order, uint256 time) external pure returns (uint256);
    function hashOf(Order calldata order) external pure returns (bytes32);
    /// @notice The digest that a maker signs for one order, or for a tree of 2^`height` by its root.
    function digestOf(Order calldata order) external view returns (bytes32);
    function bulkDigestOf(bytes32 root, uint256 height) external view returns (bytes32);
    function counterOf(address maker) external view returns (uint256);
    /// @notice Units that were filled; 2^256 - 1 of an order that was cancelled. Of a sale of ERC-721s alone they are not counted: it ends with the first
    /// of these that moves.
    function filledOf(bytes32 order) external view returns (uint256);
    /// @notice What an order has to name: of a token with ERC-4494 its nonce, of any other how often it was sold here. Such a token that comes back by
    /// other ways is for sale again while its order stands.
    function nonceOf(address token, uint256 id) external view returns (uint64);
    /// @notice Whether prices can be in this currency.
    function isListed(address currency) external view returns (bool);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
