// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "./ICredits.sol";

/// @title What a market holds for its deals, and what it takes of them
/// @notice Prices are in escrow until their deals end. A twentieth of what is paid is the protocol's fee: the share that votes set is burned,
/// the rest is for edge nodes. Fees gather here until somebody has them passed on.
interface ITill is ICredits {
    /// @notice Nobody could take it: no stake can be as large as its bond.
    error BondTooLarge(uint256 bond, uint256 limit);
    /// @notice The worker is not what the deal asks for.
    error RequirementsNotMet(uint256 deal, address worker);
    /// @notice Cloud providers take from then on what edge nodes left.
    error NotYetForProviders(uint256 deal, uint256 from);

    /// @notice Fees were passed on: `burned` is gone, `shared` is in the current epoch's pot of edge nodes.
    event FeesPassedOn(uint256 burned, uint256 shared);

    /// @param fees that the protocol took of what a worker was paid, wei
    /// @param burned of them, or to be, wei
    /// @param settled deals that it was paid for
    /// @param failed deals that it lost a bond by
    struct Record {
        uint96 fees;
        uint96 burned;
        uint32 settled;
        uint32 failed;
    }

    /// @notice Burns and shares out the fees that gathered. Anybody may.
    function passOn() external;

    /// @notice Of a price, what the protocol takes when it is paid, wei.
    function feeFor(uint256 price) external pure returns (uint256);
    /// @notice Σ of prices that are held for deals, wei.
    function escrowed() external view returns (uint256);
    /// @notice Fees that gathered, wei.
    function dues() external view returns (uint256 unburned, uint256 unshared);
    function recordOf(address worker) external view returns (Record memory);
}
