// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Broken} from "./mocks/Broken.sol";
import {CommitteeWorld} from "./CommitteeWorld.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IEpochs} from "../src/interfaces/IEpochs.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Releases} from "./mocks/Releases.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What happens by itself, and what of it when a part fails.
contract EpochsTest is CommitteeWorld {
    bytes private constant REASON = abi.encodePacked(Broken.Broke.selector);
    /// @dev INVALID: takes all gas there is.
    bytes private constant BURNER = hex"fe";
    /// @dev Reverts with 65,535 bytes.
    bytes private constant TALKER = hex"61ffff6000fd";

    uint32[] private _nodes;

    function setUp() public override {
        super.setUp();
        _nodes = candidates(5);
    }

    function test_only_the_chain_begins_blocks() public {
        vm.expectRevert(abi.encodeWithSelector(IEpochs.OnlySystem.selector, ALICE));
        vm.prank(ALICE);
        EPOCHS.begin(new IEpochs.Included[](0));
    }

    function test_epochs_are_ranges_of_blocks() public {
        eq(EPOCHS.length(), LENGTH, "length");
        eq(uint256(vm.load(Predeploys.EPOCHS, 0)), LENGTH, "in slot 0");
        uint32[4] memory epochs = [uint32(0), 0, 1, 7];
        uint256[4] memory blocks = [uint256(0), LENGTH - 1, LENGTH, 8 * LENGTH - 1];
        for (uint256 i = 0; i < 4; ++i) {
            vm.roll(blocks[i]);
            eq(EPOCHS.current(), epochs[i], "epoch");
        }
    }

    function test_block_1_keeps_the_hash_of_genesis() public {
        eq(EPOCHS.genesisHash(), 0, "not before");
        bytes32 genesis = blockhash(0);
        holds(genesis != 0, "there is one");
        beginAt(1);
        eq(EPOCHS.genesisHash(), genesis, "kept");
        eq(vm.load(Predeploys.EPOCHS, bytes32(uint256(2))), genesis, "in slot 2");
        beginAt(2);
        beginAt(20 * LENGTH);
        eq(EPOCHS.genesisHash(), genesis, "for ever");
    }

    function test_block_1_elects_the_committees_of_epochs_0_and_1() public {
        beginAt(1);
        eq(COMMITTEE.seatsOf(0).length, 5, "epoch 0");
        eq(COMMITTEE.seatsOf(1).length, 5, "epoch 1");
        _expectUnelected(2);
    }

    function test_the_first_block_of_an_epoch_elects_the_next_ones_committee() public {
        beginAt(1);
        beginAt(2);
        beginAt(LENGTH - 1);
        _expectUnelected(2);
        beginAt(LENGTH);
        eq(COMMITTEE.seatsOf(2).length, 5, "epoch 2");
        beginAt(LENGTH + 1);
        _expectUnelected(3);
        beginAt(2 * LENGTH);
        eq(COMMITTEE.seatsOf(3).length, 5, "epoch 3");
        _expectUnelected(4);
    }

    /// C7: what comes after the first block of an epoch counts in the one after the next.
    function test_who_enters_after_the_first_block_sits_an_epoch_later() public {
        beginAt(1);
        beginAt(LENGTH);
        uint32 node = candidate(10 * MIN);
        beginAt(2 * LENGTH);
        holds(!isSeated(2, node), "elected before");
        holds(isSeated(3, node), "after");
    }

    function test_certificates_count_for_the_epochs_that_signed_them() public {
        beginAt(1);
        vm.roll(2);
        IEpochs.Included[] memory certificates = new IEpochs.Included[](4);
        certificates[0] = IEpochs.Included(0, 31);
        certificates[1] = IEpochs.Included(1, 3);
        certificates[2] = IEpochs.Included(1, 2);
        certificates[3] = IEpochs.Included(900, 31);
        begin(certificates);
        (uint256 count,) = COMMITTEE.participationOf(0);
        eq(count, 1, "epoch 0");
        uint256[] memory signed;
        (count, signed) = COMMITTEE.participationOf(1);
        eq(count, 2, "epoch 1");
        eq(signed[0], 1, "first seat");
        eq(signed[1], 2, "second seat");
    }

    function test_an_epoch_is_judged_at_the_beginning_of_the_one_after_the_next() public {
        beginAt(1);
        for (uint256 i = 0; i < 15; ++i) {
            include(0, i < 7 ? all(0) : allBut(0, _nodes[0]));
        }
        beginAt(LENGTH);
        eq(_jailedUntil(_nodes[0]), 0, "not yet");
        // The last certificates of an epoch come late: this block's still counts, and saves who is in it.
        vm.roll(2 * LENGTH);
        begin(certified(0, all(0)));
        eq(_jailedUntil(_nodes[0]), 0, "live in half of them");
    }

    /// Whoever is judged is out of the very next election.
    function test_who_is_jailed_is_not_elected_in_the_same_block() public {
        beginAt(1);
        included(0, allBut(0, _nodes[0]));
        beginAt(LENGTH);
        holds(isSeated(2, _nodes[0]), "before it is judged");
        beginAt(2 * LENGTH);
        eq(_jailedUntil(_nodes[0]), START + 1 hours, "jailed");
        holds(!isSeated(3, _nodes[0]), "and out");
        eq(COMMITTEE.seatsOf(3).length, 4, "the others");
        // No block but the first judges.
        staked(_nodes[0], 1e18);
        uint256 stake = STAKING.describe(_nodes[0]).stake;
        beginAt(2 * LENGTH + 1);
        beginAt(3 * LENGTH);
        eq(STAKING.describe(_nodes[0]).stake, stake, "once");
    }

    function test_the_reserve_releases_at_checkpoints() public {
        for (uint256 number = 1; number <= 201; ++number) {
            beginAt(number);
            eq(RELEASES.count(), (number + 99) / 100, "releases");
        }
    }

    function test_rules_are_those_of_the_parameters_when_the_epoch_before_began() public {
        beginAt(1);
        IEpochs.Rules memory genesis = IEpochs.Rules(90_000_000, 200, 1000, 7, 100);
        eq(keccak256(abi.encode(EPOCHS.rulesOf(0))), keccak256(abi.encode(genesis)), "of the first");
        eq(keccak256(abi.encode(EPOCHS.rulesOf(1))), keccak256(abi.encode(genesis)), "of the second");
        (uint32 epoch, uint32 blocks) = EPOCHS.checkpointsAt(2 * LENGTH - 1);
        holds(epoch == 1 && blocks == 100, "of a height");
        (epoch, blocks) = EPOCHS.checkpointsAt(2 * LENGTH);
        holds(epoch == 2 && blocks == 0, "none yet");
        set(IParameters.Parameter.GasLimit, 30_000_000);
        set(IParameters.Parameter.BlockTimeMs, 50);
        set(IParameters.Parameter.HeartbeatMs, 2500);
        set(IParameters.Parameter.BaseFeeFloor, 10_000 gwei);
        set(IParameters.Parameter.CheckpointInterval, 20);
        beginAt(2);
        beginAt(LENGTH);
        eq(keccak256(abi.encode(EPOCHS.rulesOf(1))), keccak256(abi.encode(genesis)), "as they were");
        IEpochs.Rules memory voted = IEpochs.Rules(30_000_000, 50, 2500, 10_000 gwei, 20);
        eq(keccak256(abi.encode(EPOCHS.rulesOf(2))), keccak256(abi.encode(voted)), "by the vote");
        eq(keccak256(abi.encode(EPOCHS.rulesNow())), keccak256(abi.encode(voted)), "now");
        eq(EPOCHS.rulesOf(3).gasLimit, 0, "none yet");
        uint256 count = RELEASES.count();
        for (uint256 number = LENGTH + 1; number < 3 * LENGTH; ++number) {
            beginAt(number);
            uint256 interval = number < 2 * LENGTH ? 100 : 20;
            if (number % interval == 1) ++count;
            eq(RELEASES.count(), count, "released");
        }
    }

    function test_rewards_are_told_of_every_epoch() public {
        beginAt(1);
        eq(RELEASES.begun(), 1, "the first");
        eq(RELEASES.epoch(), 0, "epoch");
        beginAt(2);
        beginAt(LENGTH);
        beginAt(LENGTH + 1);
        eq(RELEASES.begun(), 2, "the second");
        eq(RELEASES.epoch(), 1, "epoch");
    }

    function test_guardians_change_epoch_by_epoch() public {
        _guardian();
        _run(1, 2 * LENGTH + 1);
        eq(_snapshotOf(1), 0, "none of epoch 1");
        eq(_snapshotOf(2), 1, "of epoch 2");
    }

    function test_without_a_committee_the_rest_goes_on() public {
        _guardian();
        vm.etch(Predeploys.COMMITTEE, type(Broken).runtimeCode);
        vm.expectEmit();
        emit IEpochs.PartFailed(1, REASON);
        vm.expectEmit();
        emit IEpochs.PartFailed(2, REASON);
        _beginWith(certified(0, 1), 1);
        _run(2, LENGTH + 3);
        eq(RELEASES.count(), 1, "released");
        eq(_snapshotOf(2), 1, "guardians");
    }

    function test_without_stakes_the_committee_stays_and_the_rest_goes_on() public {
        beginAt(1);
        bytes32 before = keccak256(abi.encode(COMMITTEE.seatsOf(1)));
        vm.etch(Predeploys.STAKING, type(Broken).runtimeCode);
        vm.roll(LENGTH);
        vm.expectEmit();
        emit IEpochs.PartFailed(2, REASON);
        vm.expectEmit();
        emit ICommittee.CommitteeKept(2, 1);
        vm.expectEmit();
        emit IEpochs.PartFailed(3, REASON);
        begin();
        eq(keccak256(abi.encode(COMMITTEE.seatsOf(2))), before, "kept");
        _run(LENGTH + 1, 2 * LENGTH + 1);
        eq(keccak256(abi.encode(COMMITTEE.seatsOf(3))), before, "still");
        eq(RELEASES.count(), 2, "released");
    }

    function test_without_parameters_certificates_count_and_the_committee_stays() public {
        beginAt(1);
        vm.etch(Predeploys.PARAMETERS, type(Broken).runtimeCode);
        vm.roll(LENGTH);
        vm.expectEmit();
        emit IEpochs.PartFailed(5, REASON);
        vm.expectEmit();
        emit ICommittee.CommitteeKept(2, 1);
        begin(certified(1, 31));
        (uint256 count,) = COMMITTEE.participationOf(1);
        eq(count, 1, "counted");
        eq(EPOCHS.rulesOf(2).gasLimit, 90_000_000, "as before");
        eq(EPOCHS.rulesOf(2).checkpointInterval, 100, "as before");
    }

    function test_an_interval_that_is_no_number_or_zero_is_no_checkpoint() public {
        // Returns nothing.
        vm.etch(Predeploys.PARAMETERS, hex"00");
        vm.expectEmit();
        emit IEpochs.PartFailed(5, "");
        beginAt(1);
        // Returns 0.
        vm.etch(Predeploys.PARAMETERS, hex"60206000f3");
        beginAt(LENGTH);
        beginAt(2 * LENGTH);
        beginAt(2 * LENGTH + 1);
        beginAt(2 * LENGTH + 101);
        eq(RELEASES.count(), 0, "releases");
        // Returns what is more than a gas limit can be.
        vm.etch(Predeploys.PARAMETERS, hex"6801000000000000000060005260206000f3");
        vm.expectEmit();
        emit IEpochs.PartFailed(
            5, abi.encodeWithSignature("SafeCastOverflowedUintDowncast(uint8,uint256)", 64, 1 << 64)
        );
        beginAt(3 * LENGTH);
    }

    function test_without_rewards_the_rest_goes_on() public {
        vm.etch(Predeploys.REWARDS, type(Broken).runtimeCode);
        vm.expectEmit();
        emit IEpochs.PartFailed(4, REASON);
        beginAt(1);
        eq(COMMITTEE.seatsOf(1).length, 5, "elected");
    }

    function test_where_rewards_have_no_code_the_rest_goes_on() public {
        vm.etch(Predeploys.REWARDS, "");
        beginAt(1);
        eq(COMMITTEE.seatsOf(1).length, 5, "elected");
    }

    /// One that takes all the gas it gets leaves what the others need.
    function test_a_part_that_burns_all_gas_leaves_the_others_theirs() public {
        _guardian();
        _run(1, LENGTH);
        address[4] memory parts = [Predeploys.COMMITTEE, Predeploys.STAKING, Predeploys.PARAMETERS, Predeploys.REWARDS];
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory code = parts[i].code;
            vm.etch(parts[i], BURNER);
            uint256 releases = i == 3 ? 0 : RELEASES.count();
            uint256 first = (2 + 2 * i) * LENGTH;
            vm.roll(first);
            begin(certified(uint32(first / LENGTH), 31));
            vm.roll(first + 1);
            begin();
            vm.etch(parts[i], code);
            if (i == 0 || i == 1) eq(RELEASES.count(), releases + 1, "released");
            if (i != 0) eq(COMMITTEE.seatsOf(uint32(first / LENGTH + 1)).length, 5, "elected or kept");
            beginAt(first + LENGTH);
        }
    }

    /// Whatever all parts do together, the block's beginning ends well.
    function test_all_parts_burning_all_gas_do_not_take_that_of_the_beginning() public {
        // A checkpoint's height that is an epoch's first: 201 = 3 * 67.
        set(IParameters.Parameter.CheckpointInterval, 100);
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(67)));
        beginAt(134);
        eq(EPOCHS.rulesOf(3).checkpointInterval, 100, "interval");
        vm.etch(Predeploys.COMMITTEE, BURNER);
        vm.etch(Predeploys.STAKING, BURNER);
        vm.etch(Predeploys.REWARDS, BURNER);
        vm.roll(201);
        uint256 left = gasleft();
        IEpochs.Included[] memory certificates = new IEpochs.Included[](4);
        begin(certificates);
        left -= gasleft();
        holds(left < BLOCK_GAS - 500_000, "gas");
        // 0.8, 5, 6.2 and 4 million, 1 for the rewards' beginning, 10 and 1.
        holds(left > 27_900_000, "they burned what they got");
        // Two elections, and nothing to keep.
        vm.roll(1);
        left = gasleft();
        begin(certificates);
        left -= gasleft();
        holds(left < BLOCK_GAS - 500_000, "gas of the first");
    }

    function test_of_long_reasons_no_more_is_read_than_is_paid_for() public {
        vm.etch(Predeploys.COMMITTEE, TALKER);
        vm.etch(Predeploys.STAKING, TALKER);
        vm.etch(Predeploys.REWARDS, TALKER);
        vm.expectEmit();
        emit IEpochs.PartFailed(1, new bytes(256));
        uint256 left = gasleft();
        _beginWith(certified(0, 1), 1);
        left -= gasleft();
        holds(left < 500_000, "gas");
    }

    function _guardian() private {
        uint32 node = nodeOf(IStaking.Role.Guardian, ALICE, 1000e18);
        bytes memory key = keyFor(operatorAt(node));
        vm.prank(operatorAt(node));
        STAKING.setKey(node, keccak256(key));
    }

    function _beginWith(IEpochs.Included[] memory certificates, uint256 number) private {
        vm.roll(number);
        begin(certificates);
    }

    function _run(uint256 from, uint256 to) private {
        for (uint256 number = from; number <= to; ++number) {
            beginAt(number);
        }
    }

    function _snapshotOf(uint32 epoch) private view returns (uint64 snapshot) {
        (snapshot,) = STAKING.guardiansOf(epoch);
    }

    function _jailedUntil(uint32 node) private view returns (uint256) {
        return STAKING.describe(node).jailedUntil;
    }

    function _expectUnelected(uint32 epoch) private {
        vm.expectRevert(abi.encodeWithSelector(ICommittee.TermUnknown.selector, epoch));
        COMMITTEE.seatsOf(epoch);
    }
}
