// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IKinds} from "../interfaces/IKinds.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Genesis kinds are code, as genesis values of parameters are.
contract Kinds is IKinds {
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);

    uint16 private constant GENESIS = 5;
    uint32 private constant BASIS_POINTS = 10_000;
    uint32 private constant WORK_SECONDS_MAX = 1 days;
    /// @dev The largest stake at genesis: nobody could lock the bond of a dearer job. Votes move that one (`EdgeStakeMax`), and no kind: the market
    /// itself refuses a job whose bond is above what there can be then.
    uint96 private constant PRICE_MAX = 500_000e18;
    uint96 private constant PRICE_MIN = 1e9;

    uint16 private _added;
    mapping(uint16 kind => Kind) private _kinds;
    mapping(uint16 kind => bool) private _closed;

    modifier onlyTimelock() {
        if (msg.sender != Predeploys.TIMELOCK) revert OnlyTimelock(msg.sender);
        _;
    }

    function add(Kind calldata rules, string calldata name, string calldata unit)
        external
        onlyTimelock
        returns (uint16 kind)
    {
        bool bounded = rules.priceMin != 0 && rules.priceMin <= rules.priceMax && rules.priceMax <= PRICE_MAX
            && rules.workSecondsMax != 0 && rules.workSecondsMax <= WORK_SECONDS_MAX;
        if (!bounded || rules.bondMin == 0 || !_isBondable(rules) || !rules.open || rules.verifier.code.length == 0) {
            revert MalformedKind();
        }
        kind = GENESIS + ++_added;
        _kinds[kind] = rules;
        emit KindAdded(kind, name, unit, rules);
    }

    function close(uint16 kind) external onlyTimelock {
        if (!rulesOf(kind).open) revert KindClosed(kind);
        _closed[kind] = true;
        emit KindClosedToJobs(kind);
    }

    function count() external view returns (uint16) {
        return GENESIS + _added;
    }

    function bondFor(uint16 kind, uint256 price) external view returns (uint256) {
        return _bondOf(rulesOf(kind), price);
    }

    function rulesOf(uint16 kind) public view returns (Kind memory rules) {
        if (kind == 0 || (kind > GENESIS && kind > GENESIS + _added)) revert KindUnknown(kind);
        rules = kind <= GENESIS ? _genesis(kind) : _kinds[kind];
        rules.open = !_closed[kind];
    }

    /// @dev Somebody can have the bond of its dearest job at stake.
    function _isBondable(Kind calldata rules) private view returns (bool) {
        return _bondOf(rules, rules.priceMax) <= PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax);
    }

    function _bondOf(Kind memory rules, uint256 price) private pure returns (uint256) {
        return Math.max(price * rules.bondShare / BASIS_POINTS, rules.bondMin);
    }

    /// @dev 1 is an inference, which the chain runs; 2 is keeping content, of which the chain sees samples. No answer of these that is paid can be wrong: the
    /// bond has to cover only the time lost to a worker who takes a job and delivers nothing. The price is the requester's own
    /// valuation of that; the least keeps a dust-priced job from being blocked for dust.
    function _genesis(uint16 kind) private pure returns (Kind memory) {
        if (kind == 3) return _disputable(Predeploys.DISPUTABLE);
        if (kind == 4) return _attested();
        if (kind == 5) return _disputable(Predeploys.SEALED);
        (address verifier, Assurance assurance) =
            kind == 1 ? (Predeploys.INFERENCE, Assurance.Executed) : (Predeploys.POSSESSION, Assurance.Proven);
        return Kind({
            verifier: verifier,
            assurance: assurance,
            open: true,
            bondShare: BASIS_POINTS,
            workSecondsMax: WORK_SECONDS_MAX,
            bondMin: 1e18,
            priceMin: PRICE_MIN,
            priceMax: PRICE_MAX
        });
    }

    /// @dev 3, and 5 where only the requester can read the answer: an inference that only some committees check. What a cheat gains, it has to lose many
    /// times over where it is caught, once in 25 to 5 times (`IDisputable`). An auditor is paid 45 in 100 of the price: of the dearest job's, 9.9 TFUEL. One that agrees with whatever
    /// was claimed loses 1000, once in a hundred times if one claim in a hundred is planted to be wrong, and that is more.
    function _disputable(address verifier) private pure returns (Kind memory) {
        return Kind({
            verifier: verifier,
            assurance: Assurance.Disputable,
            open: true,
            bondShare: 40 * BASIS_POINTS,
            workSecondsMax: WORK_SECONDS_MAX,
            bondMin: 100e18,
            priceMin: PRICE_MIN,
            priceMax: 22e18
        });
    }

    /// @dev 4: work that a committee does again, within half an hour as its worker did. A liar is convicted 62 times for each time that it is paid
    /// (`IAttested`), so that a bond of one price deters whoever gains 60 of them. The worker pays the committee, out of a price of twice what that takes at least.
    function _attested() private pure returns (Kind memory) {
        return Kind({
            verifier: Predeploys.ATTESTED,
            assurance: Assurance.Attested,
            open: true,
            bondShare: BASIS_POINTS,
            workSecondsMax: 30 minutes,
            bondMin: 13e18,
            priceMin: 26e18,
            priceMax: 10_000e18
        });
    }
}
