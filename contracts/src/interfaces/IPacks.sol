// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPhases} from "./IPhases.sol";
import {Progress} from "../types/Progress.sol";

/// @title Sealed packs
/// @notice Packs of tokens of which nobody knows, when they are bought, what they are: chance decides that later, and nobody chooses. A
/// creator says how many tokens there are of each tier, from the rarest to the most common, and sells packs of so many. Each token is drawn
/// from all that are left. Packs cannot be moved before they are opened.
///
/// Sales are in rounds of so many blocks. What is bought in a round is drawn by two things together: the mix of a block that comes
/// after the round (`IBeacon`), and a secret of the creator's for that round. It committed to all of them when it opened the sale: the
/// commitment is the hash of the first round's secret, which is the hash of the second's, and so on. So after a round
/// - anybody records the mix, within 8,191 blocks (`IBeacon.record`);
/// - the creator reveals the secret, within `REVEAL_BLOCKS`, and is paid for the round then, not before (`reveal`);
/// - anybody opens packs, in the order in which they were bought (`openNext`). A buyer that does not take its tokens keeps nobody waiting,
///   and claims them.
///
/// Why both. Whoever proposes the block could leave it out if it liked better what another would draw: it does not know what either would, without
/// the secret. The creator knows that, and cannot choose, since it committed before anybody knew the mix. Nor does anybody buy by what it
/// knows and others do not: while a round waits for its secret nothing is sold, nor for `IBeacon.DELAY` blocks after it is revealed.
///
/// Why not withhold the secret. Then anybody voids the sale (`void`). Whoever bought in that round has its money back, and for each pack a tenth
/// of the highest price, out of the creator's bond; the rest of the bond is burned, so that a creator that bought the packs itself does not get
/// it back. The tokens that would have been drawn are nobody's for good: ids that drops and packs were given nobody else mints. So a creator that
/// sees a stranger win gets none of what the stranger would have won, and pays. Where packs cost nothing there is no bond.
///
/// Why not leave the mix unrecorded. After 8,191 blocks anybody has the round drawn by a later one (`redraw`). Who proposes blocks does not know
/// what that changes; only the creator does. A single account that records the mix prevents it, for the gas of one small transaction: all whose
/// packs are of the round, or come after it, have reason to. The secret is unknown then as before: none is revealed before the mix is recorded.
///
/// What remains. A creator that proposes the very block that draws a round, or tells its secret to who does, chooses between two outcomes by
/// leaving it out, and among 2^k if the last k blocks are all its own. Which blocks draw follows from when the sale was opened; who proposes
/// them is not known before the epoch before theirs. A creator that closes its sale leaves in it what was not sold. And rarity is worth what tokens
/// show: look whether the creation is frozen (`ICreation.isFrozen`).
/// @dev Formats, all numbers 32 bytes big-endian:
/// * P1 Round r is the blocks from `openedAt` + r·`roundBlocks` to the one before round r + 1. The block `IBeacon.DELAY` after its last one draws it.
/// * P2 With x_r the secret of round r: keccak256(x_0) is the commitment, keccak256(x_r) = x_(r-1). Of a round in which nothing was sold no
///   secret needs to be revealed: later ones show it.
/// * P3 The seed of a round is `IBeacon.seedAt(height, keccak256(sale ‖ r ‖ x_r))`, asked by this contract; that of a pack is
///   keccak256(seed of its round ‖ its number).
/// * P4 Packs are drawn in the order of their numbers, from 0. Token i of a pack is number keccak256(seed of the pack ‖ i) mod n of the n tokens
///   that are left, the first tier's first. (n is below 2^37: no token is likelier than another by a part in 2^219.) Of a collection it is the
///   lowest id of its tier that was not drawn, of editions a copy of its tier's id.
/// * P5 A collection's tiers are ranges of ids, each after the one before. Editions' tiers are ids, one after the other.
interface IPacks is IPhases {
    enum State {
        None,
        Open,
        /// @dev By its creator: nothing is sold any more.
        Closed,
        /// @dev A secret was not revealed in time.
        Voided
    }

    /// @param creation a clone of `INftFactory` of which the caller is the creator
    /// @param payee who is paid; 0 for the caller
    /// @param packs how many there are
    /// @param size tokens in each, 1 to 16
    /// @param roundBlocks blocks of a round, 600 to 3,024,000
    /// @param rounds 1 to 512: after the last nothing is sold. Blocks come faster while there is work for them, so have some to spare
    /// @param commitment to the secrets of all rounds (P2). Never take the same secrets for two sales
    struct Terms {
        address creation;
        address payee;
        uint32 packs;
        uint8 size;
        uint24 roundBlocks;
        uint16 rounds;
        bytes32 commitment;
    }

    /// @param first id of the first tier
    /// @param opener who has the bond back
    /// @param openedAt the first block of the first round
    /// @param tip the last secret that was revealed, or the commitment
    /// @param escrow what was paid in the round that is not revealed, or what is still to be refunded, wei
    /// @param share of a pack in the bond, wei
    /// @param bond what is left of it, wei
    struct Sale {
        address creation;
        uint32 packs;
        uint8 size;
        bool editions;
        State state;
        address payee;
        uint64 first;
        address opener;
        uint40 openedAt;
        uint24 roundBlocks;
        uint16 rounds;
        bytes32 tip;
        uint256 escrow;
        uint256 share;
        uint256 bond;
    }

    /// @notice Of the size, the blocks of a round, the rounds, or the number of tiers.
    error OutOfRange(uint256 given, uint256 least, uint256 most);
    error EmptyTier(uint256 tier);
    /// @notice There are `tokens` in all packs together.
    error TiersDoNotAddUp(uint256 sum, uint256 tokens);
    error WrongBond(uint256 sent, uint256 bond);
    error RoundsOver(uint256 sale, uint256 rounds);
    /// @notice Nothing is sold until the secret of this round is known.
    error SecretMissing(uint256 sale, uint256 round);
    /// @notice Nothing is sold before block `height`.
    error Paused(uint256 sale, uint256 height);
    /// @notice No packs wait for a secret, or not any more.
    error NothingToReveal(uint256 sale);
    error WrongSecret(uint256 sale, uint256 round);
    /// @notice From the next block after `height` on.
    error TooEarly(uint256 sale, uint256 height);
    /// @notice Until block `height`.
    error TooLate(uint256 sale, uint256 height);
    /// @notice The mix of this height was recorded.
    error NotLost(uint256 sale, uint256 height);
    error NothingToOpen(uint256 sale);
    /// @notice Tokens are not sent with less gas than their buyer may need.
    error TooLittleGas(uint256 left, uint256 needed);
    error NothingToClaim(uint256 sale, uint256 pack, address account);
    error NothingToRefund(uint256 sale, uint256 purchase);
    /// @notice More can be sold, or revealed, or it was given back, or there is none.
    error BondBound(uint256 sale);
    error NoSuchPack(uint256 sale, uint256 pack);
    error NoSuchPurchase(uint256 sale, uint256 purchase);

    event SaleOpened(
        uint256 indexed sale,
        address indexed creation,
        address indexed creator,
        Terms terms,
        uint256 first,
        uint32[] tiers,
        IPhases.Phase[] phases
    );
    /// @param first number of the first of `quantity` packs
    /// @param price of all, wei
    event PacksBought(
        uint256 indexed sale,
        address indexed buyer,
        uint256 purchase,
        uint256 first,
        uint256 quantity,
        uint256 round,
        uint256 phase,
        uint256 price
    );
    /// @param height that drew the round
    /// @param price of all packs of it, wei, of which `fee` was the protocol's
    event RoundRevealed(
        uint256 indexed sale,
        uint256 indexed round,
        bytes32 secret,
        uint256 height,
        bytes32 seed,
        uint256 price,
        uint256 fee
    );
    /// @notice The round is drawn by this height instead.
    event RoundRedrawn(uint256 indexed sale, uint256 indexed round, uint256 height);
    /// @param ids as many as a pack has, an edition's as often as it has copies; tiers in their order
    event PackOpened(uint256 indexed sale, uint256 indexed pack, address indexed buyer, uint256[] ids);
    /// @notice The buyer did not take all tokens of an opened pack: it claims the rest.
    event TokensKept(uint256 indexed sale, uint256 indexed pack, address indexed buyer, uint256[] ids);
    event TokensClaimed(uint256 indexed sale, uint256 indexed pack, address indexed buyer, address to, uint256[] ids);
    event SaleEnded(uint256 indexed sale);
    /// @param packs that are refunded
    /// @param burned of the bond, wei
    event SaleVoided(uint256 indexed sale, uint256 round, uint256 packs, uint256 burned);
    /// @param share of the bond, wei
    event Refunded(uint256 indexed sale, address indexed buyer, uint256 purchase, uint256 price, uint256 share);
    event BondReturned(uint256 indexed sale, address indexed opener, uint256 amount);

    /// @notice Opens a sale, with the bond sent: `packs` times a tenth of the highest price, rounded up. The creator only.
    /// @param tiers how many tokens there are of each, 1 to 16 of them
    function open(Terms calldata terms, uint32[] calldata tiers, IPhases.Phase[] calldata phases)
        external
        payable
        returns (uint256 sale);

    /// @notice Buys packs, for the TFUEL sent; what is more than the price is sent back.
    function buy(uint256 sale, uint256 phase, uint256 quantity, IPhases.Allowance calldata allowance)
        external
        payable
        returns (uint256 purchase);

    /// @notice Shows the secret of the round that waits for it; the payee is paid. Anybody may, once the mix of its height is recorded.
    /// @dev Let nobody see it before that is: who proposes the block could choose.
    function reveal(uint256 sale, bytes32 secret) external;

    /// @notice Anybody, of a mix that nobody recorded in time: it is drawn by the block `IBeacon.DELAY` after this one.
    function redraw(uint256 sale) external;

    /// @notice Anybody: opens the next packs, `count` at most, and sends the tokens to their buyers.
    /// @return opened how many
    function openNext(uint256 sale, uint256 count) external returns (uint256 opened);

    /// @notice The buyer's, of an opened pack whose tokens it did not take.
    function claim(uint256 sale, uint256 pack, address to) external;

    /// @notice Nothing is sold any more. The creator only; it cannot be opened again.
    function close(uint256 sale) external;

    /// @notice Anybody, of a sale whose secret was not revealed in time.
    function void(uint256 sale) external;

    /// @notice Anybody, of a voided sale: gives a buyer back what it paid for packs of the round that was not revealed, and their share of the bond.
    function refund(uint256 sale, uint256 purchase) external;

    /// @notice Anybody, once no more can be sold and all is revealed: gives the bond back to who opened the sale.
    function returnBond(uint256 sale) external;

    function saleOf(uint256 sale) external view returns (Sale memory);
    function progressOf(uint256 sale) external view returns (Progress memory);
    /// @notice How many tokens of each tier there were, and are left; 0 beyond the last.
    function tiersOf(uint256 sale) external view returns (uint256[16] memory counts, uint256[16] memory left);
    /// @notice Packs that were bought together: `quantity` of them from number `first` on, for `price` wei in all. The buyer is 0 once it was refunded.
    function purchaseOf(uint256 sale, uint256 purchase)
        external
        view
        returns (address buyer, uint256 first, uint256 quantity, uint256 round, uint256 price);
    /// @notice Of which purchase a pack is.
    function purchaseWith(uint256 sale, uint256 pack) external view returns (uint256 purchase);
    /// @notice A pack's (P3), once its round is revealed.
    function seedOf(uint256 sale, uint256 pack) external view returns (bytes32);
    /// @notice What the buyer of an opened pack has to claim.
    function keptOf(uint256 sale, uint256 pack) external view returns (address buyer, uint256[] memory ids);
    /// @notice The round that this block is in, beyond the last one after the end.
    function roundOf(uint256 sale) external view returns (uint256);
    /// @notice Sales ever opened: they are numbered from 1.
    function saleCount() external view returns (uint256);
    /// @notice For how long after the block that draws a round its secret can be revealed: twelve hours of blocks that come as fast as they can.
    function REVEAL_BLOCKS() external view returns (uint256);
}
