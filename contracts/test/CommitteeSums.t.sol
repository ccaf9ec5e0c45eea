// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "./CommitteeWorld.sol";
import {Electorate} from "./mocks/Electorate.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What stays true whatever validators and the chain do, computed the long way.
contract CommitteeSumsTest is CommitteeWorld {
    /// @dev Of the newest committees, so many are looked at.
    uint32 private constant DEPTH = 3;

    Electorate private _electorate;
    mapping(uint256 round => mapping(bytes32 what => bool)) private _seen;
    uint256 private _round;

    function setUp() public override {
        _electorate = new Electorate();
        _electorate.setUp();
    }

    function targetContracts() external view returns (address[] memory contracts) {
        contracts = new address[](1);
        contracts[0] = address(_electorate);
    }

    /// forge-config: default.invariant.runs = 12
    function invariant_committees_are_as_large_as_they_may_be_and_never_empty() public view {
        uint32 next = EPOCHS.current() + 1;
        if (!_electorate.elected()) return;
        // The first committee may be of the next epoch.
        holds(COMMITTEE.seatsOf(next).length != 0, "somebody");
        for (uint32 epoch = _oldest(); epoch <= next; ++epoch) {
            ICommittee.Seat[] memory seats = _seatsOf(epoch);
            holds(seats.length <= _electorate.seatsMost(epoch), "seats");
            uint256 sum;
            for (uint256 i = 0; i < seats.length; ++i) {
                holds(seats[i].stake >= _electorate.stakeLeast(epoch) / 1e9, "least stake");
                holds(seats[i].beneficiary != address(0), "beneficiary");
                eq(_seatsOfOwner(seats, seats[i].node) <= _electorate.perOwner(epoch) ? 1 : 0, 1, "of one owner");
                sum += seats[i].stake;
            }
            if (seats.length == 0) continue;
            (,, uint128 total,,) = COMMITTEE.seatOf(epoch, 0);
            eq(total, sum, "total stake");
        }
    }

    /// forge-config: default.invariant.runs = 12
    function invariant_identities_keys_and_nodes_of_a_committee_are_unique_and_in_order() public {
        for (uint32 epoch = _oldest(); epoch <= EPOCHS.current() + 1; ++epoch) {
            ICommittee.Seat[] memory seats = _seatsOf(epoch);
            ++_round;
            for (uint256 i = 0; i < seats.length; ++i) {
                holds(i == 0 || seats[i - 1].identity < seats[i].identity, "order of identities");
                _once(keccak256(seats[i].publicKey), "key");
                _once(bytes32(uint256(seats[i].node)), "node");
            }
        }
    }

    /// forge-config: default.invariant.runs = 12
    function invariant_a_seat_signed_what_was_included_and_no_more() public view {
        for (uint32 epoch = _oldest(); epoch <= EPOCHS.current() + 1; ++epoch) {
            if (_seatsOf(epoch).length == 0) continue;
            (uint256 count, uint256[] memory signed) = COMMITTEE.participationOf(epoch);
            eq(count, _electorate.included(epoch), "included");
            for (uint256 i = 0; i < signed.length; ++i) {
                eq(signed[i], _electorate.signed(epoch, i), "signed");
                holds(signed[i] <= count, "no more");
            }
        }
    }

    /// forge-config: default.invariant.runs = 12
    function invariant_a_committee_stays_as_it_was_elected() public view {
        for (uint32 epoch = _oldest(); epoch <= EPOCHS.current() + 1; ++epoch) {
            ICommittee.Seat[] memory seats = _seatsOf(epoch);
            bytes32 expected = _electorate.seatsHash(epoch);
            if (expected != 0) eq(keccak256(abi.encode(seats)), expected, "seats");
            else eq(seats.length, 0, "nobody elected them");
        }
    }

    /// forge-config: default.invariant.runs = 12
    function invariant_theta_is_at_stake_burned_or_its_owners() public view {
        uint256 sum = THETA.balanceOf(HOLDER) + THETA.balanceOf(Predeploys.BURN);
        uint256 held = THETA.balanceOf(Predeploys.STAKING);
        uint256 staked;
        for (uint32 node = 1; node <= STAKING.nodeCount(); ++node) {
            staked += STAKING.describe(node).stake;
        }
        holds(staked <= held, "stakes are there");
        eq(sum + held, THETA.SUPPLY(), "nobody redeemed any");
    }

    /// forge-config: default.invariant.runs = 12
    function invariant_candidates_are_listed_once_and_have_applied() public {
        uint32[] memory nodes = COMMITTEE.candidates();
        holds(nodes.length <= COMMITTEE.CANDIDATES_MAX(), "candidates");
        ++_round;
        for (uint256 i = 0; i < nodes.length; ++i) {
            _once(bytes32(uint256(nodes[i])), "candidate");
            uint256 application = uint256(keccak256(abi.encode(nodes[i], 1)));
            bytes32 identity = vm.load(Predeploys.COMMITTEE, bytes32(application));
            _once(identity, "identity");
            holds(vm.load(Predeploys.COMMITTEE, bytes32(application + 3)) != 0, "applied");
            eq(
                uint256(vm.load(Predeploys.COMMITTEE, keccak256(abi.encode(identity, 2)))),
                nodes[i],
                "holds its identity"
            );
        }
        for (uint256 i = 0; i < _electorate.SIZE(); ++i) {
            uint32 node = _electorate.member(i);
            uint256 application = uint256(keccak256(abi.encode(node, 1)));
            bool applied = vm.load(Predeploys.COMMITTEE, bytes32(application + 3)) != 0;
            holds(applied == isCandidate(node), "who applied is a candidate");
        }
    }

    /// The invariants above say something only if the electorate gets through every verb.
    function test_the_electorate_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 900; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 16, raw >> 16);
        }
        bytes32[13] memory verbs = [
            bytes32("enter"),
            "displace",
            "change keys",
            "crowd",
            "resign",
            "stake",
            "unstake",
            "unjail",
            "produce",
            "proceed",
            "tune",
            "elect",
            "keep"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_electorate.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0) _electorate.enter(raw);
        else if (verb == 1) _electorate.crowd();
        else if (verb < 5) _electorate.resign(raw);
        else if (verb == 5) _electorate.stake(raw, raw >> 8);
        else if (verb < 10) _electorate.unstake(raw, raw >> 8);
        else if (verb == 10) _electorate.unjail(raw);
        else if (verb == 11) _electorate.produce(raw, raw >> 8);
        else if (verb < 15) _electorate.proceed(raw, raw >> 8);
        else _electorate.tune(raw, raw >> 8);
    }

    function _oldest() private view returns (uint32) {
        uint32 current = EPOCHS.current();
        return current < DEPTH ? 0 : current - DEPTH;
    }

    /// @dev None where there is no committee.
    function _seatsOf(uint32 epoch) private view returns (ICommittee.Seat[] memory seats) {
        try COMMITTEE.seatsOf(epoch) returns (ICommittee.Seat[] memory found) {
            return found;
        } catch {}
    }

    function _seatsOfOwner(ICommittee.Seat[] memory seats, uint32 node) private view returns (uint256 count) {
        address owner = STAKING.describe(node).owner;
        for (uint256 i = 0; i < seats.length; ++i) {
            if (STAKING.describe(seats[i].node).owner == owner) ++count;
        }
    }

    function _once(bytes32 what, string memory why) private {
        holds(!_seen[_round][what], why);
        _seen[_round][what] = true;
    }
}
