// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";
import {IEmission} from "../interfaces/IEmission.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Schedule} from "./Schedule.sol";

/// @dev Genesis gives it a balance and no storage. The balance is the reserve, however it came here; only `release` and
/// `refund` let any of it go. There is no longest time that a release pays for: it would make what is released depend on
/// how often it is asked for, and take from everybody who worked before a late checkpoint. Stake is locked during a halt,
/// too, and who earned what is for the contract of rewards to say.
contract Emission is IEmission {
    using SafeCast for uint256;

    uint256 public constant REFUND_MAX = 10e18;
    /// @dev Under 1% of what is released in a day at genesis' rates, so a fault in checkpoints cannot empty the reserve.
    uint256 public constant REFUNDS_PER_DAY = 10_000e18;

    struct Totals {
        uint128 theta;
        uint128 edge;
        uint128 givenBack;
    }

    /// @dev All zero when nothing was ever refunded: then a whole day's refunds can be paid. One word, since each certificate writes it.
    /// @param paid ever; at `REFUNDS_PER_DAY` it takes 20,000 years to fill
    struct Refunds {
        uint96 used;
        uint64 since;
        uint96 paid;
    }

    Rates private _rates;
    Totals private _totals;
    Refunds private _refunds;

    modifier onlyRewards() {
        if (msg.sender != Predeploys.REWARDS) revert OnlyRewards(msg.sender);
        _;
    }

    function release() external onlyRewards returns (uint256 thetaAmount, uint256 edgeAmount) {
        uint256 since = _rates.since;
        (thetaAmount, edgeAmount) = due();
        _totals.theta += thetaAmount.toUint128();
        _totals.edge += edgeAmount.toUint128();
        _takeRates();
        if (since != 0) emit Released(thetaAmount, edgeAmount, block.timestamp - since);
        uint256 amount = thetaAmount + edgeAmount;
        if (amount == 0) return (0, 0);
        (bool sent,) = msg.sender.call{value: amount}("");
        if (!sent) revert PayoutFailed(msg.sender, amount);
    }

    /// @dev The only event after an interaction, because it says how that went. Its receiver may call anything, but finds
    /// the refund used up already; used up it stays when it is refused, or refusing would be free.
    function refund(address to, uint256 amount) external returns (uint256 paid) {
        if (msg.sender != Predeploys.CHECKPOINTS) revert OnlyCheckpoints(msg.sender);
        uint256 most = refundable();
        if (amount > most) amount = most;
        if (amount == 0) return 0;
        _refunds = Refunds((_used() + amount).toUint96(), uint64(block.timestamp), _refunds.paid + amount.toUint96());
        // Gas enough for a wallet, not for a burden; and none of the answer is copied.
        if (SafeTransferLib.trySafeTransferETH(to, amount, SafeTransferLib.GAS_STIPEND_NO_GRIEF)) {
            emit Refunded(to, amount);
            return amount;
        }
        _refunds.paid -= amount.toUint96();
        emit RefundRefused(to, amount);
    }

    function giveBack() external payable {
        bool rewards = msg.sender == Predeploys.REWARDS || msg.sender == Predeploys.EDGE_REWARDS;
        if (!rewards) revert OnlyRewards(msg.sender);
        _totals.givenBack += msg.value.toUint128();
        emit GivenBack(msg.value);
    }

    function rates() external view returns (Rates memory) {
        return _rates;
    }

    function released() external view returns (uint256 theta, uint256 edge) {
        return (_totals.theta, _totals.edge);
    }

    function refunded() external view returns (uint256) {
        return _refunds.paid;
    }

    function givenBack() external view returns (uint256) {
        return _totals.givenBack;
    }

    function due() public view returns (uint256 thetaAmount, uint256 edgeAmount) {
        Rates memory current = _rates;
        return Schedule.due(current, block.timestamp - current.since, address(this).balance);
    }

    function refundable() public view returns (uint256 most) {
        most = REFUNDS_PER_DAY - _used();
        if (most > REFUND_MAX) most = REFUND_MAX;
        if (most > address(this).balance) most = address(this).balance;
    }

    /// @dev Before the first call the rates are zero, so that the time since the epoch of the clock pays nothing.
    function _takeRates() private {
        IParameters parameters = IParameters(Predeploys.PARAMETERS);
        uint96 theta = parameters.valueOf(IParameters.Parameter.ThetaEmission).toUint96();
        uint96 edge = parameters.valueOf(IParameters.Parameter.EdgeEmission).toUint96();
        if (theta != _rates.theta || edge != _rates.edge) emit RatesTaken(theta, edge);
        _rates = Rates(theta, edge, uint64(block.timestamp));
    }

    function _used() private view returns (uint256) {
        return Schedule.used(_refunds.used, block.timestamp - _refunds.since, REFUNDS_PER_DAY);
    }
}
