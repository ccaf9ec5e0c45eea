// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IKinds} from "../../src/interfaces/IKinds.sol";
import {Disputable} from "../../src/market/Disputable.sol";
import {Kinds} from "../../src/market/Kinds.sol";
import {Till} from "../../src/market/Till.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {vm} from "../Vm.sol";

/// @dev Stands where `Disputable` asks what an audit costs.
contract Price {
    uint256 public FEE_MIN;
    uint256 public constant SIZE = 4;
}

/// @dev For a prover (README.md): every price of 96 bits, and every share up to all, where nothing smaller is assumed.
contract MarketProofs is Till {
    /// @dev The largest stake at genesis.
    uint256 private constant STAKE_MAX = 500_000e18;
    uint256 private constant COUNT_MAX = 4096;
    /// @dev Dues beyond that are passed on at once, which is not proved here.
    uint256 private constant DUES_MAX = type(uint80).max;
    address private constant WORKER = address(0xed6e);

    // Fees.

    /// As `JobMarket` pays a job: its price leaves escrow whole, and every wei of it is the worker's or due.
    function check_a_price_is_paid_and_due_without_rest(uint96 price, uint16 share) external {
        vm.assume(share <= BASIS_POINTS && price <= STAKE_MAX);
        _hold(price);
        uint256 fee = feeFor(price);
        assert(fee <= price);
        uint256 burned = fee * share / BASIS_POINTS;
        assert(burned <= fee);
        _earn(WORKER, price, fee, burned, 1);
        (uint256 unburned, uint256 unshared) = this.dues();
        assert(this.escrowed() == 0);
        assert(unburned == burned);
        assert(price - fee + unburned + unshared == price);
    }

    /// As `JobMarket` pays a batch, each job by itself: less than a wei a job is lost to rounding, and only for those who share the fees.
    function check_fees_of_jobs_are_those_of_their_batch_but_for_a_wei_each(uint96 price, uint16 jobs) external pure {
        vm.assume(jobs != 0 && jobs <= COUNT_MAX);
        uint256 whole = feeFor(uint256(price) * jobs);
        uint256 each = feeFor(price) * jobs;
        assert(each <= whole && whole - each < jobs);
    }

    function check_burned_parts_of_a_batch_are_no_more_than_its_fees_share(uint96 price, uint16 share, uint16 jobs)
        external
        pure
    {
        vm.assume(share <= BASIS_POINTS && jobs <= COUNT_MAX);
        uint256 fee = feeFor(price);
        assert(fee * share / BASIS_POINTS * jobs <= fee * jobs * share / BASIS_POINTS);
    }

    /// However often it is collected, a lease pays no more fees than at once.
    function check_fees_in_parts_are_no_more_than_at_once(uint96 first, uint96 second) external pure {
        uint256 parts = feeFor(first) + feeFor(second);
        uint256 whole = feeFor(uint256(first) + second);
        assert(parts <= whole && whole <= parts + 1);
    }

    /// Of dues that were there before, nothing is lost, whatever is added to them.
    function check_dues_add_up(uint80 burnedBefore, uint80 sharedBefore, uint96 fees, uint96 burned) external {
        vm.assume(burned <= fees);
        vm.assume(uint256(burnedBefore) + burned <= DUES_MAX && uint256(sharedBefore) + fees - burned <= DUES_MAX);
        _earn(WORKER, 0, uint256(burnedBefore) + sharedBefore, burnedBefore, 0);
        _earn(WORKER, 0, fees, burned, 0);
        (uint256 unburned, uint256 unshared) = this.dues();
        assert(unburned == uint256(burnedBefore) + burned);
        assert(unburned + unshared == uint256(burnedBefore) + sharedBefore + fees);
        assert(this.recordOf(WORKER).burned == unburned);
    }

    // Bonds.

    function check_a_bond_is_at_least_its_kinds_least_and_can_be_staked(uint8 kind, uint96 price) external {
        Kinds kinds = new Kinds();
        vm.assume(kind != 0 && kind <= 5);
        IKinds.Kind memory rules = kinds.rulesOf(kind);
        vm.assume(price <= rules.priceMax);
        uint256 bond = kinds.bondFor(kind, price);
        assert(bond >= rules.bondMin && bond <= STAKE_MAX);
    }

    /// Of the kinds of genesis: no bond is smaller than its job's price, or than that of a cheaper job.
    function check_a_bond_covers_its_price_and_grows_with_it(uint8 kind, uint96 less, uint96 more) external {
        Kinds kinds = new Kinds();
        vm.assume(kind != 0 && kind <= 5 && less <= more);
        uint256 bond = kinds.bondFor(kind, less);
        assert(bond >= less && bond <= kinds.bondFor(kind, more));
    }

    // What audits of disputable jobs cost.

    function check_an_audit_never_costs_more_than_a_full_pot_holds(uint96 least, uint96 price, uint128 held) external {
        Disputable disputable = _disputable(least);
        vm.deal(address(disputable), held);
        uint256 fee = disputable.auditFee(price);
        uint256 owed = _owed(least, price);
        assert(fee >= owed);
        // Who calls makes up no more than what an audit costs at least.
        assert(fee == owed || fee <= held);
    }

    /// Entries pay for the audits that chance draws of them, even for dearer ones, but for what rounding takes.
    function check_entries_pay_for_their_audits(uint96 least, uint96 price) external {
        Disputable disputable = _disputable(least);
        uint256 drawn = disputable.auditRate();
        uint256 fee = disputable.entryFee(price);
        uint256 dear = _owed(least, price) * 5 / 4;
        assert(fee * BASIS_POINTS <= dear * drawn && dear * drawn < (fee + 1) * BASIS_POINTS);
    }

    function _owed(uint256 least, uint256 price) private pure returns (uint256) {
        uint256 shares = 4 * price * 4500 / BASIS_POINTS;
        return shares > least ? shares : least;
    }

    function _disputable(uint96 least) private returns (Disputable disputable) {
        disputable = new Disputable();
        vm.etch(Predeploys.AUDITS, type(Price).runtimeCode);
        vm.store(Predeploys.AUDITS, 0, bytes32(uint256(least)));
    }
}
