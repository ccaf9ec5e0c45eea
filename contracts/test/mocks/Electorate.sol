// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "../CommitteeWorld.sol";
import {ICommittee} from "../../src/interfaces/ICommittee.sol";
import {IEpochs} from "../../src/interfaces/IEpochs.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {IStakeBook} from "../../src/interfaces/IStakeBook.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {holds, vm, within} from "../Vm.sol";

/// @dev What validators do and what the chain does, in any order, with a list of candidates that is nearly full of tiny ones. Every action
/// picks a target for which it is allowed and does nothing when there is none, so a revert is a finding.
contract Electorate is CommitteeWorld {
    uint256 public constant SIZE = 12;
    uint256 private constant TINY = 120;

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    /// @dev What an epoch's committee was elected under.
    mapping(uint32 epoch => uint256) public seatsMost;
    mapping(uint32 epoch => uint256) public stakeLeast;
    mapping(uint32 epoch => uint256) public perOwner;
    /// @dev Who sits in an epoch, and what its certificates were, as it was when it happened.
    mapping(uint32 epoch => bytes32) public seatsHash;
    mapping(uint32 epoch => uint256) public included;
    mapping(uint32 epoch => mapping(uint256 seat => uint256)) public signed;
    bool public elected;
    uint32 private _newest;
    uint256 private _identities = 1e6;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        // Fuzzers call this, too.
        if (Predeploys.STAKING.code.length != 0) return;
        super.setUp();
        for (uint256 i = 0; i < TINY; ++i) {
            candidate(1 + i);
        }
        for (uint256 i = 0; i < SIZE; ++i) {
            // Four owners.
            nodeOf(IStaking.Role.Validator, ownerAt(i % 4), MIN / 2 + i * MIN / 4);
        }
        set(IParameters.Parameter.SeatsPerOwner, 1);
        set(IParameters.Parameter.CommitteeSeats, 6);
    }

    /// @dev From the first of them on, in the order in which they registered.
    function member(uint256 seed) public pure returns (uint32 node) {
        return uint32(TINY + 1 + seed % SIZE);
    }

    function enter(uint256 who) external {
        uint32 node = member(who);
        if (isCandidate(node)) _enter("change keys", node);
        else if (COMMITTEE.candidates().length < COMMITTEE.CANDIDATES_MAX()) _enter("enter", node);
        else if (_weightOf(node) > _lowest()) _enter("displace", node);
    }

    /// @dev One more, of hardly more than the least.
    function crowd() external counted("crowd") {
        candidate(_lowest() + 1);
    }

    function resign(uint256 who) external {
        uint32 node = member(who);
        if (isCandidate(node)) _resign(node);
    }

    function stake(uint256 who, uint256 amount) external counted("stake") {
        staked(member(who), within(amount, 1e18, MIN));
    }

    function unstake(uint256 who, uint256 amount) external {
        uint32 node = member(who);
        address owner = STAKING.describe(node).owner;
        STAKING.settle(node, owner);
        IStakeBook.Position memory position = STAKING.positionOf(node, owner);
        if (position.stake > 1e18) _unstake(node, owner, within(amount, 1, position.stake / 2));
    }

    function unjail(uint256 who) external {
        for (uint256 i = 0; i < SIZE; ++i) {
            uint32 node = member(who % SIZE + i);
            uint256 until = STAKING.describe(node).jailedUntil;
            if (until != 0 && until <= block.timestamp) return _unjail(node);
        }
    }

    /// @dev The next block, with certificates of this epoch and the one before.
    function produce(uint256 count, uint256 seats) external counted("produce") {
        vm.roll(block.number + 1);
        _begin(count, seats);
    }

    /// @dev The next epoch's first block.
    function proceed(uint256 count, uint256 seats) external counted("proceed") {
        vm.warp(block.timestamp + 30 minutes);
        vm.roll((uint256(EPOCHS.current()) + 1) * LENGTH);
        _begin(count, seats);
    }

    function tune(uint256 which, uint256 value) external counted("tune") {
        uint256 seats = PARAMETERS.valueOf(IParameters.Parameter.CommitteeSeats);
        uint256 each = PARAMETERS.valueOf(IParameters.Parameter.SeatsPerOwner);
        if (which % 3 == 0) set(IParameters.Parameter.CommitteeSeats, within(value, 3 * each + 1, 10));
        if (which % 3 == 1) set(IParameters.Parameter.SeatsPerOwner, within(value, 1, (seats - 1) / 3));
        if (which % 3 == 2) set(IParameters.Parameter.ValidatorStakeMin, within(value, MIN / 2, 5 * MIN));
    }

    function _begin(uint256 count, uint256 seats) private {
        if (block.number % LENGTH == 0) _note(EPOCHS.current() + 1);
        // More than a block has, so that an epoch of few blocks is judged.
        IEpochs.Included[] memory certificates = new IEpochs.Included[](count % 5 * 8);
        for (uint256 i = 0; i < certificates.length; ++i) {
            uint32 epoch = EPOCHS.current();
            if (i % 2 == 1 && epoch != 0) --epoch;
            certificates[i] = IEpochs.Included(epoch, uint32(uint256(keccak256(abi.encode(seats, i)))));
            if (seatsHash[epoch] != 0) _include(certificates[i]);
        }
        begin(certificates);
        if (block.number % LENGTH == 0) _confirm(EPOCHS.current() + 1);
    }

    function _note(uint32 epoch) private {
        seatsMost[epoch] = PARAMETERS.valueOf(IParameters.Parameter.CommitteeSeats);
        stakeLeast[epoch] = PARAMETERS.valueOf(IParameters.Parameter.ValidatorStakeMin);
        perOwner[epoch] = PARAMETERS.valueOf(IParameters.Parameter.SeatsPerOwner);
    }

    /// @dev Who could be elected is known after who was judged left.
    function _confirm(uint32 epoch) private {
        uint256 count = _electable(epoch);
        uint256 before = elected ? COMMITTEE.seatsOf(_newest).length : 0;
        if (count != 0 && (count >= 4 || count >= before)) {
            (elected, _newest) = (true, epoch);
            _confirmFree(epoch);
            ++done["elect"];
        } else {
            (seatsMost[epoch], stakeLeast[epoch]) = (seatsMost[_newest], stakeLeast[_newest]);
            perOwner[epoch] = perOwner[_newest];
            count = before;
            _newest = epoch;
            if (elected) ++done["keep"];
        }
        if (!elected) return;
        holds(COMMITTEE.seatsOf(epoch).length == count, "as many as there can be");
        seatsHash[epoch] = keccak256(abi.encode(COMMITTEE.seatsOf(epoch)));
    }

    function _include(IEpochs.Included memory certificate) private {
        ++included[certificate.epoch];
        for (uint256 seat = 0; seat < 31; ++seat) {
            signed[certificate.epoch][seat] += (certificate.seats >> seat) & 1;
        }
    }

    /// @dev Who is elected is at large, and has at stake what it counts for.
    function _confirmFree(uint32 epoch) private view {
        ICommittee.Seat[] memory seats = COMMITTEE.seatsOf(epoch);
        for (uint256 i = 0; i < seats.length; ++i) {
            IStakeBook.Node memory described = STAKING.describe(seats[i].node);
            holds(described.jailedUntil == 0, "not in jail");
            holds(seats[i].stake == described.stake / 1e9, "its stake");
        }
    }

    function _electable(uint32 epoch) private view returns (uint256 count) {
        uint32[] memory nodes = COMMITTEE.candidates();
        address[] memory owners = new address[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (_weightOf(nodes[i]) < stakeLeast[epoch]) continue;
            owners[i] = STAKING.describe(nodes[i]).owner;
            uint256 held;
            for (uint256 j = 0; j < i; ++j) {
                if (owners[j] == owners[i]) ++held;
            }
            if (held < perOwner[epoch]) ++count;
        }
        if (count > seatsMost[epoch]) count = seatsMost[epoch];
    }

    function _enter(bytes32 verb, uint32 node) private counted(verb) {
        bytes memory key = keyFor(operatorAt(node));
        vm.prank(operatorAt(node));
        COMMITTEE.enter(node, identityAt(++_identities), key, BENEFICIARY);
    }

    function _resign(uint32 node) private counted("resign") {
        vm.prank(operatorAt(node));
        COMMITTEE.resign(node);
    }

    function _unstake(uint32 node, address owner, uint256 amount) private counted("unstake") {
        vm.prank(owner);
        STAKING.unstake(node, amount);
    }

    function _unjail(uint32 node) private counted("unjail") {
        vm.prank(operatorAt(node));
        STAKING.unjail(node);
    }

    function _lowest() private view returns (uint256 lowest) {
        lowest = type(uint256).max;
        uint32[] memory nodes = COMMITTEE.candidates();
        for (uint256 i = 0; i < nodes.length; ++i) {
            uint256 weight = _weightOf(nodes[i]);
            if (weight < lowest) lowest = weight;
        }
    }

    function _weightOf(uint32 node) private view returns (uint256) {
        IStakeBook.Node memory described = STAKING.describe(node);
        return described.jailedUntil == 0 ? described.stake : 0;
    }
}
