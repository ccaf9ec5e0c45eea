// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Credits} from "../jobs/Credits.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IProfiles} from "../interfaces/IProfiles.sol";
import {ITill} from "../interfaces/ITill.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Its balance is escrow, credits and dues together.
abstract contract Till is ITill, Credits {
    using SafeCast for uint256;

    IParameters internal constant PARAMETERS = IParameters(Predeploys.PARAMETERS);
    IProfiles private constant PROFILES = IProfiles(Predeploys.PROFILES);

    uint256 internal constant BASIS_POINTS = 10_000;
    /// @dev Of the price. Low enough that a deal past the market, without its escrow and its check, saves little: and while the reserve
    /// lasts, edge nodes get back what is burned, and the rest always.
    uint256 private constant FEE_SHARE = 500;

    /// @dev No vote takes the largest stake below this: of a bond within it nothing has to be read.
    uint256 private constant STAKE_MAX_LEAST = 100_000e18;

    /// @dev One word, since every deal writes all of it. Dues have room for a million TFUEL: forty of the largest fees.
    struct Ledger {
        uint96 escrowed;
        uint80 unburned;
        uint80 unshared;
    }

    Ledger private _ledger;
    mapping(address worker => Record) private _records;

    function passOn() external {
        Ledger memory ledger = _ledger;
        (_ledger.unburned, _ledger.unshared) = (0, 0);
        _passOn(ledger.unburned, ledger.unshared);
    }

    function escrowed() external view returns (uint256) {
        return _ledger.escrowed;
    }

    function dues() external view returns (uint256 unburned, uint256 unshared) {
        return (_ledger.unburned, _ledger.unshared);
    }

    function recordOf(address worker) external view returns (Record memory) {
        return _records[worker];
    }

    function feeFor(uint256 price) public pure returns (uint256) {
        return price * FEE_SHARE / BASIS_POINTS;
    }

    /// @dev What nobody could have at stake is refused before anybody pays for it.
    function _checkBond(uint256 bond) internal view {
        if (bond <= STAKE_MAX_LEAST) return;
        uint256 most = PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax);
        if (bond > most) revert BondTooLarge(bond, most);
    }

    /// @dev Where no time is set aside for edge nodes, and nothing is asked for, no profile is read.
    /// @param providersFrom 0 for a worker who alone can take it
    function _checkProfile(uint256 deal, address worker, uint256 providersFrom, uint256 requirements) internal view {
        if (block.timestamp < providersFrom && PROFILES.isProvider(worker)) {
            revert NotYetForProviders(deal, providersFrom);
        }
        if (requirements != 0 && !PROFILES.meets(worker, requirements)) revert RequirementsNotMet(deal, worker);
    }

    function _hold(uint256 amount) internal {
        _ledger.escrowed += amount.toUint96();
    }

    function _release(uint256 amount) internal {
        _ledger.escrowed -= amount.toUint96();
    }

    /// @dev What leaves escrow for a worker: `fees` of it stay here.
    /// @param burned of the fees
    function _earn(address worker, uint256 amount, uint256 fees, uint256 burned, uint256 deals) internal {
        Record memory record = _records[worker];
        record.fees += fees.toUint96();
        record.burned += burned.toUint96();
        record.settled += deals.toUint32();
        _records[worker] = record;
        Ledger memory ledger = _ledger;
        (uint256 unburned, uint256 unshared) = (ledger.unburned + burned, ledger.unshared + fees - burned);
        bool full = unburned > type(uint80).max || unshared > type(uint80).max;
        (ledger.unburned, ledger.unshared) = full ? (0, 0) : (uint80(unburned), uint80(unshared));
        ledger.escrowed -= amount.toUint96();
        _ledger = ledger;
        if (full) _passOn(unburned, unshared);
    }

    function _failed(address worker) internal {
        ++_records[worker].failed;
    }

    /// @dev What the rewards do not take is burned.
    function _passOn(uint256 burned, uint256 shared) private {
        if (!_contribute(shared)) (burned, shared) = (burned + shared, 0);
        emit FeesPassedOn(burned, shared);
        _pay(Predeploys.BURN, burned);
    }
}
