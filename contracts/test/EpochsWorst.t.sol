// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "./CommitteeWorld.sol";
import {IEpochs} from "../src/interfaces/IEpochs.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev The dearest block there can be: the first of an epoch and a checkpoint's, with all certificates and all candidates, of whom all
/// that sat were dead and lost stake in every way in every epoch that a slash goes through, and sixteen guardians of a full chunk that
/// changed their keys. Each part stays below four fifths of the gas that it is given.
contract EpochsWorstTest is CommitteeWorld {
    uint256 private constant SEATS = 31;
    uint256 private constant GUARDIANS = 248;
    uint64 private constant NOW = 3;

    function setUp() public override {
        super.setUp();
        // A checkpoint's height that is an epoch's first: 201 = 3 * 67.
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(67)));
        set(IParameters.Parameter.SeatsPerOwner, 10);
        // Three owners fill thirty seats, and whoever takes the last comes after all that they have no seats for: another one
        // after the first was in jail.
        uint32[] memory nodes = new uint32[](COMMITTEE.CANDIDATES_MAX());
        for (uint256 i = 0; i < nodes.length; ++i) {
            nodes[i] = candidateOf(ownerAt(i < 2 ? 3 + i : i % 3), MIN + i * 1e18);
        }
        uint32[] memory sinks = new uint32[](3);
        for (uint256 i = 0; i < 3; ++i) {
            sinks[i] = validator(1e18);
        }
        uint32[] memory guardians = new uint32[](GUARDIANS);
        for (uint256 i = 0; i < GUARDIANS; ++i) {
            guardians[i] = nodeOf(IStaking.Role.Guardian, ownerAt(100 + i), 1000e18);
            _setKey(guardians[i]);
        }
        for (uint256 i = 0; i < nodes.length; ++i) {
            _stakeAs(_stakerOf(nodes[i]), nodes[i], 10e18);
        }
        for (uint256 epoch = 0; epoch < NOW; ++epoch) {
            for (uint256 number = epoch == 0 ? 1 : epoch * 67; number < epoch * 67 + 67; ++number) {
                beginAt(number);
            }
            for (uint256 i = 0; i < nodes.length; ++i) {
                vm.prank(_stakerOf(nodes[i]));
                STAKING.unstake(nodes[i], 1e18);
                vm.prank(_stakerOf(nodes[i]));
                STAKING.redelegate(nodes[i], sinks[epoch], 1e18);
            }
        }
        included(1, 0);
        (uint64 snapshot,) = STAKING.guardiansOf(2);
        eq(snapshot, 1, "guardians");
        for (uint256 i = 0; i < 16; ++i) {
            _setKey(guardians[i]);
        }
        eq(COMMITTEE.seatsOf(1).length, SEATS, "seats");
        vm.roll(NOW * 67);
    }

    function test_the_dearest_beginning() public {
        IEpochs.Included[] memory certificates = new IEpochs.Included[](4);
        for (uint256 i = 0; i < 4; ++i) {
            certificates[i] = IEpochs.Included(uint32(NOW - i % 3), all(1));
        }
        certificates[2] = IEpochs.Included(uint32(NOW), all(1));
        uint256 left = gasleft();
        begin(certificates);
        holds(left - gasleft() < 20_000_000, "gas");
        eq(COMMITTEE.seatsOf(uint32(NOW + 1)).length, SEATS, "elected");
        holds(KEYS.isWritten(KEYS.setOf(Predeploys.STAKING, 2), 0), "written");
        eq(RELEASES.count(), 3, "released");
    }

    function test_the_dearest_count() public {
        uint32 seats = all(1);
        uint256 left = gasleft();
        include(uint32(NOW), seats);
        holds(left - gasleft() < 160_000, "gas");
    }

    function test_the_dearest_judgement() public {
        uint256 left = gasleft();
        judge(1);
        holds(left - gasleft() < 4_000_000, "gas");
        for (uint256 seat = 0; seat < SEATS; ++seat) {
            (uint32 node,,,,) = COMMITTEE.seatOf(1, seat);
            holds(STAKING.describe(node).jailedUntil != 0, "judged");
        }
    }

    function test_the_dearest_election() public {
        uint256 left = gasleft();
        elect(uint32(NOW + 1));
        holds(left - gasleft() < 4_960_000, "gas");
    }

    function test_the_dearest_keeping() public {
        vm.prank(Predeploys.EPOCHS);
        uint256 left = gasleft();
        COMMITTEE.keep(uint32(NOW + 1));
        holds(left - gasleft() < 3_200_000, "gas");
    }

    function test_the_dearest_change_of_guardians() public {
        vm.prank(Predeploys.EPOCHS);
        uint256 left = gasleft();
        STAKING.advance();
        holds(left - gasleft() < 9_600_000, "gas");
        holds(KEYS.isWritten(KEYS.setOf(Predeploys.STAKING, 2), 0), "written");
    }

    function _stakerOf(uint32 node) private pure returns (address) {
        return address(uint160(0x57a4e40000 + node));
    }

    function _stakeAs(address source, uint32 node, uint256 amount) private {
        vm.prank(HOLDER);
        THETA.transfer(source, amount);
        vm.prank(source);
        THETA.approve(Predeploys.STAKING, amount);
        vm.prank(source);
        STAKING.stake(node, amount);
    }

    function _setKey(uint32 node) private {
        bytes memory key = keyFor(operatorAt(node));
        vm.prank(operatorAt(node));
        STAKING.setKey(node, keccak256(key));
    }
}
