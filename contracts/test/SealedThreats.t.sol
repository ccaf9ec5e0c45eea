// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ISealed} from "../src/interfaces/ISealed.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {SealedWorld} from "./SealedWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Attacks of DOMAIN.md §3 by their numbers.
contract SealedThreatsTest is SealedWorld {
    uint256 private constant LENGTH_MAX = 256 * 1024;

    function flips(uint256 length, uint256 place, uint8 bits) public {
        bytes memory output = outputOf(length);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        place = within(place, 0, cipher.length - 1);
        cipher[place] ^= bytes1(uint8(within(bits, 1, 255)));
        released(output, cipher);
        if (place >= length) {
            ISealed.Opening memory list = listing(cipher, length);
            ISealed.Opening memory first = opening(cipher, 0, 1);
            vm.expectRevert(abi.encodeWithSelector(ISealed.WrongList.selector, sealId));
            SEALED.complainOfChunk(BOB, JOB, SHARE, list, 0, first);
            complainsOfList(cipher, length);
        } else {
            complainsOfChunk(cipher, length, uint64(place / 1024));
        }
        (IVerifier.Verdict verdict,) = SEALED.judge(workOf(BOB, JOB), "", "");
        eq(uint256(verdict), uint256(IVerifier.Verdict.Wrong), "wrong");
    }

    function test_threat_10_a_worker_that_keeps_its_key_is_wrong() public {
        bytes memory output = outputOf(LENGTH);
        seals(output, cipherOf(BOB, JOB, output));
        rules(IVerifier.Verdict.Right, TREE.rootOf(output));
        vm.warp(DEADLINE + TURN);
        judged(IVerifier.Verdict.Pending, 0);
        vm.warp(DEADLINE + TURN + 1);
        judged(IVerifier.Verdict.Wrong, keccak256(abi.encode(KEY)));
        rules(IVerifier.Verdict.Pending, 0);
        judged(IVerifier.Verdict.Wrong, keccak256(abi.encode(KEY)));
    }

    /// Who says of the job that it ends later gets its key out, and is not paid for that.
    function test_threat_10_a_key_that_comes_too_late_is_not_paid() public {
        bytes memory output = outputOf(LENGTH);
        seals(output, cipherOf(BOB, JOB, output));
        vm.warp(DEADLINE + TURN + 1);
        rules(IVerifier.Verdict.Pending, 0);
        vm.expectRevert(abi.encodeWithSelector(ISealed.TooLate.selector, DEADLINE + TURN));
        releases();
        IVerifier.Work memory work = workOf(BOB, JOB);
        work.deadline += 100;
        rules(work, IVerifier.Verdict.Pending, 0);
        vm.prank(BOB);
        SEALED.release(jobFrom(work), KEY);
        rules(IVerifier.Verdict.Right, TREE.rootOf(output));
        judged(IVerifier.Verdict.Wrong, KEY);
    }

    /// A root of nothing that anybody has: nobody could open it to complain.
    function test_threat_10_a_ciphertext_that_is_kept_is_demanded() public {
        bytes memory output = outputOf(LENGTH);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        released(output, cipher);
        vm.warp(START + TURN);
        demands(ALICE, LENGTH);
        rules(IVerifier.Verdict.Right, TREE.rootOf(output));
        vm.warp(START + 2 * TURN);
        judged(IVerifier.Verdict.Pending, 0);
        vm.warp(START + 2 * TURN + 1);
        judged(IVerifier.Verdict.Wrong, TREE.rootOf(cipher));
        vm.warp(START + 30 days);
        judged(IVerifier.Verdict.Wrong, TREE.rootOf(cipher));
        SEALED.reclaim(BOB, JOB);
        eq(SEALED.creditOf(ALICE), PIECE, "deposit");
    }

    /// One piece is not all of it.
    function test_threat_10_a_part_of_the_ciphertext_is_not_enough() public {
        uint256 length = 20_000;
        bytes memory output = outputOf(length);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        released(output, cipher);
        demands(ALICE, length);
        answers(cipher, 0);
        answers(cipher, 2);
        vm.warp(START + TURN + 1);
        judged(IVerifier.Verdict.Wrong, TREE.rootOf(cipher));
    }

    /// Who got the ciphertext only because it was demanded has as long as everybody else to look at it.
    function test_threat_10_there_is_time_to_complain_of_what_was_demanded() public {
        bytes memory output = outputOf(LENGTH);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        cipher[5] ^= 0x01;
        released(output, cipher);
        vm.warp(START + TURN);
        demands(ALICE, LENGTH);
        vm.warp(START + 2 * TURN);
        answers(cipher, 0);
        rules(IVerifier.Verdict.Right, TREE.rootOf(output));
        vm.warp(START + 3 * TURN);
        judged(IVerifier.Verdict.Pending, 0);
        complainsOfChunk(cipher, LENGTH, 0);
        vm.warp(START + 3 * TURN + 1);
        (IVerifier.Verdict verdict,) = SEALED.judge(workOf(BOB, JOB), "", "");
        eq(uint256(verdict), uint256(IVerifier.Verdict.Wrong), "wrong");
    }

    function test_threat_10_a_requester_that_never_complains_has_accepted() public {
        bytes memory output = outputOf(LENGTH);
        released(output, cipherOf(BOB, JOB, output));
        rules(IVerifier.Verdict.Right, TREE.rootOf(output));
        vm.warp(START + TURN);
        judged(IVerifier.Verdict.Pending, 0);
        vm.warp(START + TURN + 1);
        judged(IVerifier.Verdict.Right, TREE.rootOf(output));
    }

    /// The share is the requester's word: the job's subject has its hash.
    function test_threat_10_a_worker_does_not_choose_another_share() public {
        bytes32 own = SEALED.register(MODEL, keccak256("nobody knows of what"));
        bytes memory output = outputOf(LENGTH);
        (bytes32 root, bytes32 cipherRoot) = (TREE.rootOf(output), TREE.rootOf("x"));
        vm.prank(BOB);
        SEALED.seal(JOB, own, root, uint64(LENGTH), cipherRoot, keccak256(abi.encode(KEY)));
        rules(IVerifier.Verdict.Right, root);
        judged(IVerifier.Verdict.None, 0);
        // Its key is out for nothing.
        releases();
        vm.warp(START + TURN + 1);
        judged(IVerifier.Verdict.None, 0);
    }

    /// CAROL has the same requester's share, and BOB's ciphertext and key from the mempool: in her name they decrypt to nonsense.
    function test_threat_23_a_copied_seal_is_wrong_in_another_name() public {
        bytes memory output = outputOf(LENGTH);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        released(output, cipher);
        seals(CAROL, JOB, TREE.rootOf(output), uint64(LENGTH), cipher);
        IVerifier.Work memory work = workOf(CAROL, JOB);
        rules(work, IVerifier.Verdict.Pending, 0);
        work.subject = subject;
        vm.prank(CAROL);
        SEALED.release(jobFrom(work), KEY);
        SEALED.complainOfList(CAROL, JOB, SHARE, listing(cipher, LENGTH));
        judged(work, IVerifier.Verdict.Wrong, keccak256(listing(cipher, LENGTH).data));
        // And BOB's is as right as before.
        ISealed.Opening memory list = listing(cipher, LENGTH);
        vm.expectRevert(abi.encodeWithSelector(ISealed.NothingWrong.selector, sealId));
        SEALED.complainOfList(BOB, JOB, SHARE, list);
    }

    /// Nobody publishes a worker's key but the worker, for its own seal.
    function test_threat_23_a_key_is_released_by_its_worker() public {
        bytes memory output = outputOf(LENGTH);
        seals(output, cipherOf(BOB, JOB, output));
        rules(IVerifier.Verdict.Pending, 0);
        IVerifier.Work memory work = workOf(BOB, JOB);
        bytes32 hers = SEALED.sealIdOf(CAROL, JOB);
        vm.prank(CAROL);
        vm.expectRevert(abi.encodeWithSelector(ISealed.SealUnknown.selector, hers));
        SEALED.release(jobFrom(work), KEY);
    }

    function test_threat_26_a_seed_is_for_one_worker_job_and_chain() public {
        bytes32 seed = SEALED.seedOf(BOB, JOB, KEY, SHARE);
        holds(seed != SEALED.seedOf(CAROL, JOB, KEY, SHARE), "worker");
        holds(seed != SEALED.seedOf(BOB, JOB + 1, KEY, SHARE), "job");
        holds(seed != SEALED.seedOf(BOB, JOB, SHARE, KEY), "order");
        vm.chainId(block.chainid + 1);
        holds(seed != SEALED.seedOf(BOB, JOB, KEY, SHARE), "chain");
    }

    /// A complaint that was right about one job says nothing of the same worker's next.
    function test_threat_26_a_complaint_is_of_one_job() public {
        bytes memory output = outputOf(LENGTH);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        cipher[0] ^= 0x80;
        released(output, cipher);
        complainsOfChunk(cipher, LENGTH, 0);
        seals(BOB, JOB + 1, TREE.rootOf(output), uint64(LENGTH), cipher);
        eq(SEALED.sealOf(SEALED.sealIdOf(BOB, JOB + 1)).fault, 0, "not of the next");
    }

    function test_threat_33_another_answer_is_complained_of() public {
        bytes memory output = outputOf(LENGTH);
        bytes memory other = copyOf(output);
        other[1500] ^= 0x10;
        bytes memory cipher = cipherOf(BOB, JOB, other);
        released(output, cipher);
        // Its list is that of what it is.
        complainsOfList(cipher, LENGTH);
        rules(IVerifier.Verdict.Right, TREE.rootOf(output));
        judged(IVerifier.Verdict.Wrong, keccak256(listing(cipher, LENGTH).data));
    }

    function test_threat_33_a_right_list_behind_another_answer_is_complained_of() public {
        bytes memory output = outputOf(LENGTH);
        bytes memory other = copyOf(output);
        other[2499] ^= 0x10;
        bytes memory plain = bytes.concat(other, abi.encodePacked(TREE.listOf(output)));
        bytes memory cipher = crypted(SEALED.seedOf(BOB, JOB, KEY, SHARE), plain);
        released(output, cipher);
        ISealed.Opening memory list = listing(cipher, LENGTH);
        vm.expectRevert(abi.encodeWithSelector(ISealed.NothingWrong.selector, sealId));
        SEALED.complainOfList(BOB, JOB, SHARE, list);
        for (uint64 index = 0; index < 2; ++index) {
            ISealed.Opening memory chunk = opening(cipher, index, 1);
            vm.expectRevert(abi.encodeWithSelector(ISealed.NothingWrong.selector, sealId));
            SEALED.complainOfChunk(BOB, JOB, SHARE, list, index, chunk);
        }
        bytes32 evidence = keccak256(opening(cipher, 2, 1).data);
        vm.expectEmit();
        emit ISealed.ComplaintUpheld(sealId, address(this), 2, evidence);
        complainsOfChunk(cipher, LENGTH, 2);
        judged(IVerifier.Verdict.Wrong, evidence);
    }

    /// Half as many chunks, whose values are those of pairs: the list folds to the same root.
    function test_threat_33_a_list_of_pairs_is_complained_of_by_its_chunks() public {
        bytes memory output = outputOf(4096);
        bytes32[] memory chunks = TREE.listOf(output);
        bytes32[] memory pairs = new bytes32[](2);
        for (uint256 i = 0; i < 2; ++i) {
            bytes32[] memory pair = new bytes32[](2);
            (pair[0], pair[1]) = (chunks[2 * i], chunks[2 * i + 1]);
            pairs[i] = TREE.fold(pair, false);
        }
        bytes memory plain = bytes.concat(outputOf(2048), abi.encodePacked(pairs));
        bytes memory cipher = crypted(SEALED.seedOf(BOB, JOB, KEY, SHARE), plain);
        seals(BOB, JOB, TREE.rootOf(output), 2048, cipher);
        rules(IVerifier.Verdict.Pending, 0);
        releases();
        ISealed.Opening memory list = listing(cipher, 2048);
        vm.expectRevert(abi.encodeWithSelector(ISealed.NothingWrong.selector, sealId));
        SEALED.complainOfList(BOB, JOB, SHARE, list);
        complainsOfChunk(cipher, 2048, 1);
    }

    /// The dispute let another answer live than the one that was sealed.
    function test_threat_33_an_answer_that_was_not_claimed_is_wrong() public {
        bytes memory output = outputOf(LENGTH);
        released(output, cipherOf(BOB, JOB, output));
        rules(IVerifier.Verdict.Right, keccak256("another root"));
        vm.warp(START + TURN + 1);
        judged(IVerifier.Verdict.Wrong, TREE.rootOf(output));
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_threat_33_a_flipped_byte_is_complained_of(uint256 size, uint256 place, uint8 bits) public {
        flips(_sized(size), place, bits);
    }

    function test_threat_33_a_flipped_byte_at_each_border_is_complained_of() public {
        uint256[7] memory sizes = [uint256(1), 1023, 1024, 1025, 2048, LENGTH_MAX - 1, LENGTH_MAX];
        for (uint256 i = 0; i < sizes.length; ++i) {
            uint256 length = SEALED.lengthOf(uint64(sizes[i]));
            uint256[6] memory places = [0, sizes[i] / 2, sizes[i] - 1, sizes[i], sizes[i] + 31, length - 1];
            for (uint256 j = 0; j < places.length; ++j) {
                uint256 state = vm.snapshotState();
                // A call of its own, with memory of its own.
                if (places[j] < length) this.flips(sizes[i], places[j], 1);
                vm.revertToStateAndDelete(state);
            }
        }
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_an_honest_ciphertext_is_never_complained_of(uint256 size, uint256 place) public {
        uint256 length = _sized(size);
        bytes memory output = outputOf(length);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        eq(cipher.length, SEALED.lengthOf(uint64(length)), "length");
        released(output, cipher);
        ISealed.Opening memory list = listing(cipher, length);
        bytes memory reason = abi.encodeWithSelector(ISealed.NothingWrong.selector, sealId);
        if (length > 1024) {
            vm.expectRevert(reason);
            SEALED.complainOfList(BOB, JOB, SHARE, list);
        }
        uint64 index = uint64(within(place, 0, (length - 1) / 1024));
        ISealed.Opening memory chunk = opening(cipher, index, 1);
        vm.expectRevert(reason);
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, index, chunk);
    }

    /// @dev Mostly few chunks, with borders among them; now and then many.
    function _sized(uint256 raw) private pure returns (uint256 length) {
        if (raw % 4 == 0) return within(raw >> 8, 1, LENGTH_MAX);
        if (raw % 4 == 1) return within(raw >> 8, 1, 5000);
        uint256 border = 1024 * within(raw >> 8, 1, raw % 4 == 2 ? 20 : 256);
        length = within(raw >> 32, border - 2, border + 2);
        if (length > LENGTH_MAX) length = LENGTH_MAX;
    }
}
