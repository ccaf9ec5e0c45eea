// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICheckout} from "./ICheckout.sol";
import {ICredits} from "./ICredits.sol";

/// @title First sales in phases
/// @notice What drops and packs have in common. A creator sells what was not minted yet, for TFUEL, in up to eight phases that may overlap: each has a
/// time, a price that can fall, and who may buy. Nothing of it can be changed once a sale is open, but that it is closed for good. There
/// is no royalty on a first sale: after the protocol's fee all is the payee's.
/// @dev Whoever buys is who calls: a purchase that was copied from the mempool is the copier's own, at its own cost, and a proof says
/// whose it is. Accounts cost nothing, so that `perWallet` keeps nobody from buying more; a list does.
interface IPhases is ICheckout, ICredits {
    /// @param price of one, wei, at `from`
    /// @param endPrice of one, wei, at `until`, between them in proportion to time; no higher. Either may be 0
    /// @param from the first second in which it sells, Unix
    /// @param until the last one, later than the first
    /// @param perWallet the most that one account buys in it, 0 for no limit; 0 where there is a list
    /// @param supply the most that is sold in it, 0 for what is left
    /// @param allowed root of a tree of (address account, uint256 most), as OpenZeppelin's `StandardMerkleTree`; 0 for anybody
    struct Phase {
        uint128 price;
        uint128 endPrice;
        uint40 from;
        uint40 until;
        uint32 perWallet;
        uint32 supply;
        bytes32 allowed;
    }

    /// @notice What a list says of the buyer. Zeros where there is no list.
    /// @param most that it buys in the phase, in all its purchases together
    struct Allowance {
        uint256 most;
        bytes32[] proof;
    }

    /// @notice No clone of `INftFactory`.
    error NotACreation(address creation);
    error OnlyCreator(address creation, address caller);
    error PhasesOutOfRange(uint256 count, uint256 most);
    error MalformedPhase(uint256 phase);
    error NoSuchSale(uint256 sale);
    error NoSuchPhase(uint256 sale, uint256 phase);
    error SaleClosed(uint256 sale);
    /// @notice The phase sells from `from` to `until`.
    error NotOnSale(uint256 sale, uint256 phase, uint256 from, uint256 until);
    error NoQuantity();
    /// @notice Of the sale, or of the phase, so many are left.
    error QuantityTooMany(uint256 quantity, uint256 left);
    /// @notice The account can buy so many more in the phase.
    error AllowanceExceeded(address account, uint256 quantity, uint256 left);
    /// @notice The list of the phase does not have this account with this number.
    error NotAllowed(address account, uint256 most);

    /// @notice A phase of a sale, and how many were sold in it. Phases count from 0.
    function phaseOf(uint256 sale, uint256 phase) external view returns (Phase memory its, uint256 sold);
    function phaseCount(uint256 sale) external view returns (uint256);
    /// @notice What one costs in a phase at a time within it.
    function priceOf(uint256 sale, uint256 phase, uint256 time) external view returns (uint256);
    /// @notice How many an account bought in a phase. Where nothing limits that, nobody counts: 0.
    function boughtBy(uint256 sale, uint256 phase, address account) external view returns (uint256);
    function PHASES_MAX() external view returns (uint256);
}
