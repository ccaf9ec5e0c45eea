// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Checkpoints} from "../src/checkpoint/Checkpoints.sol";
import {Emission} from "../src/rewards/Emission.sol";
import {ICheckpoints} from "../src/interfaces/ICheckpoints.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Sentries} from "./mocks/Sentries.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true of checkpoints whoever submits what.
/// forge-config: default.invariant.runs = 24
contract CheckpointsSumsTest {
    Checkpoints private constant CHECKPOINTS = Checkpoints(Predeploys.CHECKPOINTS);
    Emission private constant EMISSION = Emission(Predeploys.EMISSION);
    uint256 private constant START = 1_800_000_000;
    uint256 private constant RESERVE = 45_000_000_000e18;

    Sentries private _sentries;

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function setUp() public {
        _sentries = new Sentries();
        _sentries.setUp();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_sentries);
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[10] memory verbs = [
            Sentries.produce.selector,
            Sentries.produce.selector,
            Sentries.submit.selector,
            Sentries.submit.selector,
            Sentries.extend.selector,
            Sentries.extend.selector,
            Sentries.forge.selector,
            Sentries.stake.selector,
            Sentries.vote.selector,
            Sentries.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_sentries), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_a_checkpoint_has_the_stake_of_its_signers_and_more_than_two_thirds() public view {
        Sentries.Height[] memory heights = _sentries.heights();
        for (uint256 i = 0; i < heights.length; ++i) {
            Sentries.Height memory height = heights[i];
            ICheckpoints.Checkpoint memory found = _at(height.number);
            eq(found.certifiedAt, height.certifiedAt, "certified");
            if (height.certifiedAt == 0) continue;
            eq(found.signedStake, _sentries.signedBy(height.number, height.signers), "stake");
            holds(found.signedStake * uint256(3) > _sentries.totalAt(height.number) * 2, "two thirds");
            eq(found.height, height.number, "height");
            eq(found.epoch, _sentries.epochAt(height.number), "epoch");
        }
    }

    function invariant_a_height_has_one_certificate_of_the_chains_block_and_all_who_signed() public view {
        Sentries.Height[] memory heights = _sentries.heights();
        for (uint256 i = 0; i < heights.length; ++i) {
            bytes32 blockHash = _sentries.blockHashAt(heights[i].number);
            bool certified = heights[i].certifiedAt != 0;
            bytes32 expected = certified ? CHECKPOINTS.certificateOf(blockHash, heights[i].signers) : bytes32(0);
            eq(CHECKPOINTS.certificateAt(heights[i].number), expected, "certificate");
            holds(CHECKPOINTS.isCheckpointed(blockHash) == certified, "checkpointed");
            eq(CHECKPOINTS.certificateAt(heights[i].number + 1), bytes32(0), "no other height");
        }
    }

    function invariant_the_latest_is_the_highest_and_never_falls() public view {
        (uint64 height, bytes32 blockHash) = CHECKPOINTS.latest();
        eq(height, _sentries.highest(), "highest");
        holds(height == 0 || blockHash == _sentries.blockHashAt(height), "hash");
    }

    function invariant_refunds_are_what_submitters_got_within_gas_and_a_days_budget() public view {
        uint256 got;
        for (uint256 i = 0; i < _sentries.SUBMITTERS(); ++i) {
            got += _sentries.submitter(i).balance - 1;
        }
        eq(EMISSION.refunded(), got, "refunds");
        holds(got <= _sentries.refundsMost(), "gas");
        uint256 accrued = EMISSION.REFUNDS_PER_DAY() * (1 days + block.timestamp - START) / 1 days;
        holds(got + EMISSION.refundable() <= accrued, "budget");
        (uint256 theta, uint256 edge) = EMISSION.released();
        eq(Predeploys.EMISSION.balance + got + theta + edge, RESERVE, "reserve");
    }

    /// The invariants above say something only if every verb does something.
    function test_the_sentries_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 600; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 10, raw >> 16);
        }
        bytes32[9] memory verbs =
            [bytes32("produce"), "submit", "refuse", "extend", "refuse union", "forge", "stake", "vote", "wait"];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_sentries.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb < 2) _sentries.produce();
        else if (verb < 4) _sentries.submit(raw, raw >> 8, raw >> 16, raw >> 32);
        else if (verb < 6) _sentries.extend(raw, raw >> 8, raw >> 16);
        else if (verb == 6) _sentries.forge(raw, raw >> 8, raw >> 16);
        else if (verb == 7) _sentries.stake(raw, raw >> 8);
        else if (verb == 8) _sentries.vote(raw);
        else _sentries.wait(raw);
    }

    function _at(uint64 height) private view returns (ICheckpoints.Checkpoint memory) {
        return CHECKPOINTS.checkpointOf(_sentries.blockHashAt(height));
    }
}
