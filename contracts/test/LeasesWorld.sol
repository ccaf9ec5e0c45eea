// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EdgeRewards} from "../src/rewards/EdgeRewards.sol";
import {EdgeStaking} from "../src/staking/EdgeStaking.sol";
import {Epochs} from "../src/staking/Epochs.sol";
import {ILeases} from "../src/interfaces/ILeases.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {JobMarket} from "../src/jobs/JobMarket.sol";
import {Leases} from "../src/market/Leases.sol";
import {Parameters} from "../src/governance/Parameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Profiles} from "../src/market/Profiles.sol";
import {vm} from "./Vm.sol";

/// @dev What leases touch, where genesis puts it, and a few accounts. Nothing is a mock.
abstract contract LeasesWorld {
    EdgeRewards internal constant EDGE_REWARDS = EdgeRewards(Predeploys.EDGE_REWARDS);
    EdgeStaking internal constant EDGE_STAKING = EdgeStaking(Predeploys.EDGE_STAKING);
    Leases internal constant LEASES = Leases(Predeploys.LEASES);
    Parameters internal constant PARAMETERS = Parameters(Predeploys.PARAMETERS);
    Profiles internal constant PROFILES = Profiles(Predeploys.PROFILES);

    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant CAROL = address(0xca201);

    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant FUNDS = 1_000_000e18;
    uint128 internal constant STAKE = 10_000e18;
    uint96 internal constant RATE = 0.01e18;
    uint32 internal constant TERM = 3600;
    uint32 internal constant TAKE_SECONDS = 600;
    uint32 internal constant BEGIN_SECONDS = 60;
    uint32 internal constant SERVE_SECONDS = 900;
    /// @dev Of such a lease: 960 seconds.
    uint96 internal constant BOND = 9.6e18;
    uint256 internal constant DEPOSIT = uint256(RATE) * TERM;
    bytes32 internal constant SUBJECT = keccak256("a node, a database");
    bytes internal constant SPEC = "a node, a database";
    bytes32 internal constant ENDPOINT = keccak256("198.51.100.7:51820");
    bytes32 internal constant WHY = keccak256("it was slow");

    /// @dev As the event of the offer had them.
    mapping(uint256 lease => ILeases.Terms) internal termsOf;

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(100);
        vm.etch(Predeploys.EDGE_STAKING, address(new EdgeStaking()).code);
        vm.etch(Predeploys.EDGE_REWARDS, address(new EdgeRewards()).code);
        vm.etch(Predeploys.JOB_MARKET, address(new JobMarket()).code);
        vm.etch(Predeploys.LEASES, address(new Leases()).code);
        vm.etch(Predeploys.PARAMETERS, address(new Parameters()).code);
        vm.etch(Predeploys.PROFILES, address(new Profiles()).code);
        vm.etch(Predeploys.EPOCHS, address(new Epochs()).code);
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(100)));
        vm.deal(ALICE, FUNDS);
        vm.deal(BOB, FUNDS);
        vm.deal(CAROL, FUNDS);
    }

    function offer() internal pure returns (ILeases.Offer memory wanted) {
        wanted.rate = RATE;
        wanted.takeSeconds = TAKE_SECONDS;
        wanted.beginSeconds = BEGIN_SECONDS;
        wanted.serveSeconds = SERVE_SECONDS;
        wanted.subject = SUBJECT;
    }

    /// @dev What the interface says of an offer, computed beside it: the lease takes no others.
    function termsFor(address requester, ILeases.Offer memory wanted, uint256 value)
        internal
        view
        returns (ILeases.Terms memory terms)
    {
        terms.requester = requester;
        terms.burnShare = uint16(PARAMETERS.valueOf(IParameters.Parameter.BurnShare));
        terms.beginSeconds = wanted.beginSeconds;
        terms.serveSeconds = wanted.serveSeconds;
        terms.firstTerm = uint32(value / wanted.rate);
        terms.takeBy = uint40(block.timestamp) + wanted.takeSeconds;
        if (wanted.providersAfter != 0) terms.providersFrom = uint40(block.timestamp) + wanted.providersAfter;
        terms.rate = wanted.rate;
        terms.bond = wanted.rate * (wanted.beginSeconds + wanted.serveSeconds);
        if (terms.bond < 1e18) terms.bond = 1e18;
        terms.worker = wanted.worker;
        terms.requirements = wanted.requirements;
        terms.subject = wanted.subject;
    }

    function bonded(address worker) internal returns (address) {
        vm.prank(worker);
        EDGE_STAKING.bond{value: STAKE}();
        return worker;
    }

    function offered(address requester, ILeases.Offer memory wanted, uint256 value) internal returns (uint256 lease) {
        ILeases.Terms memory terms = termsFor(requester, wanted, value);
        vm.prank(requester);
        lease = LEASES.offer{value: value}(wanted, SPEC);
        termsOf[lease] = terms;
    }

    /// @dev ALICE's.
    function offered() internal returns (uint256) {
        return offered(ALICE, offer(), DEPOSIT);
    }

    function take(address worker, uint256 lease) internal {
        vm.prank(worker);
        LEASES.take(lease, termsOf[lease]);
    }

    function begin(address worker, uint256 lease) internal {
        vm.prank(worker);
        LEASES.begin(lease, termsOf[lease], ENDPOINT);
    }

    function extend(address payer, uint256 lease, uint256 term) internal {
        uint256 value = term * termsOf[lease].rate;
        vm.prank(payer);
        LEASES.extend{value: value}(lease, termsOf[lease]);
    }

    function collect(address worker, uint256 lease) internal returns (uint256 paid) {
        vm.prank(worker);
        return LEASES.collect(deals(lease));
    }

    function end(address party, uint256 lease) internal {
        vm.prank(party);
        LEASES.end(lease, termsOf[lease], WHY);
    }

    function close(uint256 lease) internal {
        LEASES.close(deals(lease));
    }

    /// @dev A lease of ALICE's that BOB, freshly bonded, took.
    function taken() internal returns (uint256 lease) {
        lease = offered();
        take(bonded(BOB), lease);
    }

    function running() internal returns (uint256 lease) {
        lease = taken();
        begin(BOB, lease);
    }

    function deals(uint256 lease) internal view returns (ILeases.Deal[] memory one) {
        one = new ILeases.Deal[](1);
        one[0] = ILeases.Deal(lease, termsOf[lease]);
    }

    function deals(uint256 first, uint256 second) internal view returns (ILeases.Deal[] memory two) {
        two = new ILeases.Deal[](2);
        two[0] = ILeases.Deal(first, termsOf[first]);
        two[1] = ILeases.Deal(second, termsOf[second]);
    }

    function lockedOf(address worker) internal view returns (uint256) {
        return EDGE_STAKING.standingOf(worker).locked;
    }

    /// @dev Of an amount that leaves escrow for a worker, what it gets.
    function net(uint256 amount) internal pure returns (uint256) {
        return amount - amount / 20;
    }

    function wrongPhase(uint256 lease, ILeases.Phase phase) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILeases.WrongPhase.selector, lease, phase);
    }

    function tooLate(uint256 lease, uint256 deadline) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILeases.TooLate.selector, lease, deadline);
    }

    function period(uint256 given, uint256 most) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILeases.PeriodOutOfRange.selector, given, 1, most);
    }
}
