// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Bls} from "../src/bls/Bls.sol";
import {GuardWorld} from "./GuardWorld.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {ICheckpoints} from "../src/interfaces/ICheckpoints.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Signatures} from "./mocks/Signatures.sol";
import {eq, holds, vm} from "./Vm.sol";

contract CheckpointsSubmitTest is GuardWorld {
    function test_submit_refuses_heights_that_are_no_checkpoints() public {
        past(FIRST + 1);
        _expect(abi.encodeWithSelector(ICheckpoints.NotACheckpointHeight.selector, FIRST + 1, 100));
        _submit(FIRST + 1, hashOf(FIRST + 1), MORE, "");
        _expect(abi.encodeWithSelector(ICheckpoints.NotACheckpointHeight.selector, 1102, 100));
        _submit(1102, hashOf(1102), MORE, "");
    }

    /// Guardians that signed at the heights of an epoch are not too late because of a vote.
    function test_submit_keeps_the_heights_that_an_epoch_began_with() public {
        voted(IParameters.Parameter.CheckpointInterval, 250);
        guarded(FIRST + 100, 0x0f, ALL);
        begun(3 * LENGTH, 0, 0);
        guarded(3 * LENGTH + 1, 0x0f, ALL);
        guarded(3 * LENGTH + 101, 0x0f, ALL);
        begun(4 * LENGTH, 0, 0);
        past(4 * LENGTH + 101);
        _expect(abi.encodeWithSelector(ICheckpoints.NotACheckpointHeight.selector, 4 * LENGTH + 101, 250));
        _submit(4 * LENGTH + 101, hashOf(4 * LENGTH + 101), MORE, "");
        guarded(4 * LENGTH + 251, 0x0f, ALL);
    }

    function test_submit_refuses_epochs_without_rules() public {
        vm.roll(9 * LENGTH + 2);
        _expect(abi.encodeWithSelector(ICheckpoints.NotACheckpointHeight.selector, 9 * LENGTH + 1, 0));
        _submit(9 * LENGTH + 1, hashOf(9 * LENGTH + 1), MORE, "");
    }

    function test_submit_refuses_its_own_block_and_those_to_come() public {
        vm.roll(FIRST);
        _expectNotInHistory(FIRST, hashOf(FIRST));
        _submit(FIRST, hashOf(FIRST), MORE, "");
        _expectNotInHistory(FIRST + 100, hashOf(FIRST + 100));
        _submit(FIRST + 100, hashOf(FIRST + 100), MORE, "");
    }

    function test_submit_refuses_another_hash_than_the_chains() public {
        past(FIRST);
        bytes32 other = hashOf(FIRST + 100);
        _expectNotInHistory(FIRST, other);
        _submit(FIRST, other, MORE, "");
        _expectNotInHistory(FIRST, 0);
        _submit(FIRST, 0, MORE, "");
    }

    function test_submit_refuses_what_history_has_forgotten() public {
        past(FIRST);
        bytes memory signature = signatureOf(FIRST, MORE);
        vm.roll(FIRST + 8192);
        _expectNotInHistory(FIRST, hashOf(FIRST));
        _submit(FIRST, hashOf(FIRST), MORE, signature);
        // What it has is no hash there.
        _expectNotInHistory(FIRST, 0);
        _submit(FIRST, 0, MORE, signature);
        vm.roll(FIRST + 8191);
        _submit(FIRST, hashOf(FIRST), MORE, signature);
    }

    function test_submit_refuses_epochs_without_guardians() public {
        past(LENGTH + 1);
        _expect(abi.encodeWithSelector(ICheckpoints.NoGuardians.selector, 1));
        _submit(LENGTH + 1, hashOf(LENGTH + 1), MORE, "");
    }

    function test_submit_refuses_exactly_two_thirds_and_takes_a_gwei_more() public {
        past(FIRST);
        bytes memory signature = signatureOf(FIRST, TWO_THIRDS);
        _expect(abi.encodeWithSelector(ICheckpoints.QuorumMissed.selector, 40_000e9, GUARDED));
        _submit(FIRST, hashOf(FIRST), TWO_THIRDS, signature);
        submitted(ALICE, FIRST, MORE);
        eq(CHECKPOINTS.checkpointOf(hashOf(FIRST)).signedStake, 40_000e9 + 1, "stake");
    }

    function test_submit_refuses_a_height_twice() public {
        past(FIRST);
        submitted(ALICE, FIRST, MORE);
        bytes memory signature = signatureOf(FIRST, ALL);
        _expect(abi.encodeWithSelector(ICheckpoints.AlreadyCertified.selector, FIRST));
        _submit(FIRST, hashOf(FIRST), ALL, signature);
    }

    /// DOMAIN.md 3: what the precompile refuses (infinity, wrong subgroup, wrong length, strangers) reverts, and is not a quorum of nobody.
    function test_what_is_no_signature_of_members_reverts() public {
        past(FIRST);
        bytes memory signature = signatureOf(FIRST, MORE);
        _expect(abi.encodeWithSelector(IBls.MalformedSignature.selector, 0));
        _submit(FIRST, hashOf(FIRST), MORE, hex"c0");
        _expect(abi.encodeWithSelector(IBls.SignersLength.selector, 1, 2));
        _submit(FIRST, hashOf(FIRST), hex"0300", signature);
        _expect(abi.encodeWithSelector(IBls.NotAMember.selector, 4));
        _submit(FIRST, hashOf(FIRST), hex"1f", signature);
        _expectInvalid();
        _submit(FIRST, hashOf(FIRST), ALL, signature);
        _expectInvalid();
        _submit(FIRST, hashOf(FIRST), hex"00", signature);
    }

    /// DOMAIN.md 26: guardians' words for another height, block, snapshot, set, role or chain are not for this one.
    function test_threat_26_signatures_do_not_carry_over() public {
        uint64 height = FIRST + 100;
        past(height);
        (uint64 snapshot,) = STAKING.guardiansOf(EPOCH);
        bytes32 payload = CHECKPOINTS.payloadOf(height, hashOf(height));
        bytes32 set = setOfGuardians();
        _expectRefused(height, messageOf(FIRST));
        _expectRefused(height, Bls.message(set, snapshot, CHECKPOINTS.payloadOf(height, hashOf(FIRST))));
        _expectRefused(height, Bls.message(set, snapshot + 1, payload));
        _expectRefused(height, Bls.message(KEYS.setOf(Predeploys.STAKING, 3), snapshot, payload));
        _expectRefused(height, Bls.message(KEYS.setOf(Predeploys.COMMITTEE, 2), snapshot, payload));
        _expectRefused(height, Bls.message(set, snapshot, hashOf(height)));
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        bytes memory elsewhere = messageOf(height);
        vm.chainId(here);
        _expectRefused(height, elsewhere);
        submitted(ALICE, height, MORE);
    }

    /// The same guardians under their next snapshot: what they signed under the old one is over with its epochs.
    function test_threat_26_an_old_snapshot_ends_with_its_epochs() public {
        staked(guardian(0), nodeOf(guardian(0)), 1 gwei);
        for (uint64 height = 3 * LENGTH; height < 3 * LENGTH + 6; ++height) {
            begun(height, 0, 0);
        }
        begun(4 * LENGTH, 0, 0);
        uint64 checkpoint = 4 * LENGTH + 1;
        past(checkpoint);
        (uint64 before,) = STAKING.guardiansOf(3);
        (uint64 snapshot,) = STAKING.guardiansOf(4);
        eq(snapshot, before + 1, "another snapshot");
        bytes32 payload = CHECKPOINTS.payloadOf(checkpoint, hashOf(checkpoint));
        _expectRefused(checkpoint, Bls.message(setOfGuardians(), before, payload));
        submitted(ALICE, checkpoint, MORE);
        past(3 * LENGTH + 1);
        vm.roll(checkpoint + 2);
        submitted(ALICE, 3 * LENGTH + 1, MORE);
        eq(
            CHECKPOINTS.checkpointOf(hashOf(3 * LENGTH + 1)).signedStake,
            40_000e9 + 1,
            "by the guardians of its own epoch"
        );
    }

    function test_submit_keeps_what_was_signed() public {
        past(FIRST);
        holds(!CHECKPOINTS.isCheckpointed(hashOf(FIRST)), "not before");
        (uint64 height, bytes32 blockHash) = CHECKPOINTS.latest();
        holds(height == 0 && blockHash == 0, "none");
        bytes memory signature = signatureOf(FIRST, MORE);
        vm.expectEmit();
        emit ICheckpoints.Certified(FIRST, hashOf(FIRST), 40_000e9 + 1, GUARDED, MORE);
        _submit(FIRST, hashOf(FIRST), MORE, signature);
        ICheckpoints.Checkpoint memory found = CHECKPOINTS.checkpointOf(hashOf(FIRST));
        eq(found.height, FIRST, "height");
        eq(CHECKPOINTS.certificateAt(FIRST), keccak256(abi.encode(hashOf(FIRST), keccak256(MORE))), "signers");
        eq(found.signedStake, 40_000e9 + 1, "stake");
        eq(found.certifiedAt, FIRST + 1, "certified at");
        eq(found.epoch, EPOCH, "epoch");
        holds(CHECKPOINTS.isCheckpointed(hashOf(FIRST)), "certified");
        holds(!CHECKPOINTS.isCheckpointed(hashOf(FIRST + 100)) && !CHECKPOINTS.isCheckpointed(0), "no other is");
        eq(CHECKPOINTS.checkpointOf(hashOf(FIRST + 100)).certifiedAt, 0, "none there");
    }

    /// Block 0 has a hash, and is no checkpoint.
    function test_before_the_first_there_is_no_latest() public {
        vm.roll(100);
        vm.store(Predeploys.HISTORY_STORAGE, 0, hashOf(FIRST));
        (bool known, bytes memory found) = Predeploys.HISTORY_STORAGE.staticcall(abi.encode(0));
        holds(known && bytes32(found) == hashOf(FIRST), "block 0 is known");
        (uint64 height, bytes32 blockHash) = CHECKPOINTS.latest();
        eq(height, 0, "height");
        eq(blockHash, 0, "hash");
    }

    function test_submit_of_an_older_height_keeps_the_latest() public {
        past(FIRST);
        past(FIRST + 100);
        submitted(ALICE, FIRST + 100, MORE);
        submitted(ALICE, FIRST, ALL);
        (uint64 height, bytes32 blockHash) = CHECKPOINTS.latest();
        eq(height, FIRST + 100, "height");
        eq(blockHash, hashOf(FIRST + 100), "hash");
        holds(CHECKPOINTS.isCheckpointed(hashOf(FIRST)), "the older one counts");
        past(FIRST + 200);
        vm.roll(FIRST + 100 + 8191);
        (, blockHash) = CHECKPOINTS.latest();
        eq(blockHash, hashOf(FIRST + 100), "while there is history");
        vm.roll(FIRST + 100 + 8192);
        (height, blockHash) = CHECKPOINTS.latest();
        holds(height == FIRST + 100 && blockHash == 0, "the height after that");
        vm.roll(FIRST + 201);
        submitted(ALICE, FIRST + 200, MORE);
        (height,) = CHECKPOINTS.latest();
        eq(height, FIRST + 200, "a newer one");
    }

    function test_the_payload_is_what_guardians_are_told_to_sign() public pure {
        bytes32 expected = keccak256(abi.encode("edgeloom/checkpoint/1", uint256(FIRST), hashOf(FIRST)));
        eq(CHECKPOINTS.payloadOf(FIRST, hashOf(FIRST)), expected, "payload");
    }

    function test_the_latest_height_is_in_slot_0_for_readers_of_storage() public {
        past(FIRST);
        submitted(ALICE, FIRST, MORE);
        eq(vm.load(Predeploys.CHECKPOINTS, 0), bytes32(uint256(FIRST)), "slot");
    }

    function _submit(uint64 height, bytes32 blockHash, bytes memory signers, bytes memory signature) private {
        CHECKPOINTS.submit(height, blockHash, signers, signature);
    }

    function _expectRefused(uint64 height, bytes memory message) private {
        bytes memory signature = Signatures(Predeploys.BLS).sign(message, MORE);
        _expectInvalid();
        _submit(height, hashOf(height), MORE, signature);
    }

    function _expectInvalid() private {
        _expect(abi.encodeWithSelector(Bls.CertificateInvalid.selector));
    }

    function _expectNotInHistory(uint64 height, bytes32 blockHash) private {
        _expect(abi.encodeWithSelector(ICheckpoints.NotInHistory.selector, height, blockHash));
    }

    function _expect(bytes memory reason) private {
        vm.expectRevert(reason);
    }
}

contract CheckpointsExtendTest is GuardWorld {
    function setUp() public override {
        super.setUp();
        past(FIRST);
        submitted(ALICE, FIRST, MORE);
    }

    function test_extend_refuses_heights_without_a_certificate() public {
        vm.expectRevert(abi.encodeWithSelector(ICheckpoints.NotCertified.selector, hashOf(FIRST + 100)));
        CHECKPOINTS.extend(hashOf(FIRST + 100), "", ALL, "");
    }

    function test_extend_refuses_after_the_windows_last_block() public {
        bytes memory signature = signatureOf(FIRST, hex"07");
        vm.roll(FIRST + 1 + 26);
        vm.expectRevert(abi.encodeWithSelector(ICheckpoints.WindowOver.selector, FIRST, FIRST + 1 + 25));
        CHECKPOINTS.extend(hashOf(FIRST), MORE, hex"07", signature);
        vm.roll(FIRST + 1 + 25);
        CHECKPOINTS.extend(hashOf(FIRST), MORE, hex"07", signature);
        // A union does not prolong it.
        vm.roll(FIRST + 1 + 26);
        vm.expectRevert(abi.encodeWithSelector(ICheckpoints.WindowOver.selector, FIRST, FIRST + 1 + 25));
        CHECKPOINTS.extend(hashOf(FIRST), hex"07", ALL, signature);
    }

    function test_extend_refuses_other_signers_than_the_checkpoints() public {
        vm.expectRevert(abi.encodeWithSelector(ICheckpoints.NotItsSigners.selector, FIRST));
        CHECKPOINTS.extend(hashOf(FIRST), hex"07", ALL, "");
        extended(ALICE, FIRST, MORE, hex"07");
        vm.expectRevert(abi.encodeWithSelector(ICheckpoints.NotItsSigners.selector, FIRST));
        CHECKPOINTS.extend(hashOf(FIRST), MORE, ALL, "");
    }

    function test_extend_refuses_who_leaves_signers_out() public {
        bytes memory signature = signatureOf(FIRST, hex"0e");
        vm.expectRevert(abi.encodeWithSelector(ICheckpoints.NotAUnion.selector, FIRST));
        CHECKPOINTS.extend(hashOf(FIRST), MORE, hex"0e", signature);
        vm.expectRevert(abi.encodeWithSelector(ICheckpoints.NotAUnion.selector, FIRST));
        CHECKPOINTS.extend(hashOf(FIRST), MORE, hex"0f00", signature);
    }

    function test_extend_refuses_what_adds_nobody() public {
        bytes memory signature = signatureOf(FIRST, MORE);
        vm.expectRevert(abi.encodeWithSelector(ICheckpoints.NothingGained.selector, FIRST));
        CHECKPOINTS.extend(hashOf(FIRST), MORE, MORE, signature);
    }

    function test_extend_refuses_signatures_that_do_not_verify() public {
        bytes memory signature = signatureOf(FIRST, MORE);
        vm.expectRevert(abi.encodeWithSelector(Bls.CertificateInvalid.selector));
        CHECKPOINTS.extend(hashOf(FIRST), MORE, ALL, signature);
        bytes memory other = signatureOf(FIRST + 100, ALL);
        vm.expectRevert(abi.encodeWithSelector(Bls.CertificateInvalid.selector));
        CHECKPOINTS.extend(hashOf(FIRST), MORE, ALL, other);
    }

    /// DOMAIN.md 31: whoever submits first leaves out guardians that were late; they are admitted, and `RewardsPlaces` pays them.
    function test_threat_31_late_signers_are_admitted() public {
        bytes memory signature = signatureOf(FIRST, ALL);
        vm.roll(FIRST + 20);
        vm.expectEmit();
        emit ICheckpoints.Extended(FIRST, GUARDED, GUARDED, ALL);
        CHECKPOINTS.extend(hashOf(FIRST), MORE, ALL, signature);
        ICheckpoints.Checkpoint memory found = CHECKPOINTS.checkpointOf(hashOf(FIRST));
        eq(CHECKPOINTS.certificateAt(FIRST), keccak256(abi.encode(hashOf(FIRST), keccak256(ALL))), "signers");
        eq(found.signedStake, GUARDED, "stake");
        eq(found.height, FIRST, "the same block");
        eq(found.certifiedAt, FIRST + 1, "at the same height");
        eq(found.epoch, EPOCH, "epoch");
    }

    function test_extend_uses_the_snapshot_of_the_blocks_epoch() public {
        staked(guardian(0), nodeOf(guardian(0)), 1 gwei);
        for (uint64 height = 3 * LENGTH; height < 3 * LENGTH + 6; ++height) {
            begun(height, 0, 0);
        }
        uint64 last = 4 * LENGTH - INTERVAL + 1;
        past(last);
        vm.roll(4 * LENGTH - 1);
        submitted(ALICE, last, MORE);
        begun(4 * LENGTH, 0, 0);
        (, uint256 total) = STAKING.guardiansOf(4);
        eq(total, GUARDED + 1, "another by now");
        extended(ALICE, last, MORE, ALL);
        eq(CHECKPOINTS.checkpointOf(hashOf(last)).signedStake, GUARDED, "as it was");
    }
}

/// @dev Bitmaps of more than a word.
contract CheckpointsUnionTest is GuardWorld {
    uint256 private constant COUNT = 300;

    function join() internal override {
        super.join();
        for (uint256 i = 4; i < COUNT; ++i) {
            guards(guardian(i), 1000e18);
        }
    }

    function test_extend_refuses_who_leaves_out_one_in_any_byte() public {
        past(FIRST);
        bytes memory before = new bytes((COUNT + 7) / 8);
        for (uint256 i = 0; i < COUNT - 1; ++i) {
            before[i / 8] |= bytes1(uint8(1 << (i % 8)));
        }
        submitted(ALICE, FIRST, before);
        bytes memory all = bytes.concat(before);
        all[(COUNT - 1) / 8] |= bytes1(uint8(1 << ((COUNT - 1) % 8)));
        for (uint256 i = 0; i < all.length; ++i) {
            bytes1 kept = all[i];
            all[i] &= ~bytes1(uint8(1 << (i % 4)));
            vm.expectRevert(abi.encodeWithSelector(ICheckpoints.NotAUnion.selector, FIRST));
            CHECKPOINTS.extend(hashOf(FIRST), before, all, "");
            all[i] = kept;
        }
        extended(ALICE, FIRST, before, all);
    }
}
