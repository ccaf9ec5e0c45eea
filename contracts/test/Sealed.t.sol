// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Arbiter} from "./mocks/Arbiter.sol";
import {ISealed} from "../src/interfaces/ISealed.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Keystream} from "../src/types/Keystream.sol";
import {SealedWorld} from "./SealedWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Each verb, and whatever it refuses.
contract SealedTest is SealedWorld {
    bytes private _output;
    bytes private _cipher;
    bytes32 private _root;

    function setUp() public override {
        super.setUp();
        _output = outputOf(LENGTH);
        _cipher = cipherOf(BOB, JOB, _output);
        _root = TREE.rootOf(_output);
    }

    function test_a_subject_is_what_the_dispute_calls_it_and_a_share() public {
        bytes32 shareHash = keccak256("another share's hash");
        vm.expectEmit();
        emit ISealed.Registered(keccak256(abi.encode(bytes32("edgeloom/sealed/1"), MODEL, shareHash)), MODEL, shareHash);
        bytes32 made = SEALED.register(MODEL, shareHash);
        eq(SEALED.subjectOf(made).inner, MODEL, "inner");
        eq(SEALED.subjectOf(made).shareHash, shareHash, "share");
        eq(SEALED.register(MODEL, shareHash), made, "again the same");
        vm.expectRevert(abi.encodeWithSelector(ISealed.NoShare.selector));
        SEALED.register(MODEL, 0);
    }

    function test_check_asks_the_dispute_about_what_was_registered() public {
        vm.expectRevert(abi.encodeWithSelector(ISealed.SubjectUnknown.selector, MODEL));
        SEALED.check(MODEL, 1, keccak256("inputs"), "inputs");
        SEALED.check(subject, 1, keccak256("inputs"), "inputs");
        vm.expectRevert(abi.encodeWithSelector(Arbiter.Refused.selector, MODEL));
        SEALED.check(subject, 2, keccak256("inputs"), "inputs");
        vm.expectRevert(abi.encodeWithSelector(Arbiter.Refused.selector, MODEL));
        SEALED.check(subject, 1, "other inputs", "inputs");
    }

    function test_a_seal_says_what_it_is_of() public {
        bytes32 cipherRoot = TREE.rootOf(_cipher);
        bytes32 keyHash = keccak256(abi.encode(KEY));
        vm.expectEmit();
        emit ISealed.Sealed(sealId, BOB, JOB, subject, _root, uint64(LENGTH), cipherRoot, keyHash);
        seals(_output, _cipher);
        ISealed.Seal memory made = SEALED.sealOf(sealId);
        eq(made.sealedAt, START, "when");
        eq(made.outputLength, LENGTH, "length");
        eq(made.subject, subject, "subject");
        eq(made.outputRoot, _root, "output");
        eq(made.cipherRoot, cipherRoot, "cipher");
        eq(made.key, keyHash, "key's hash");
        vm.expectRevert(abi.encodeWithSelector(ISealed.SealExists.selector, sealId));
        vm.prank(BOB);
        SEALED.seal(JOB, subject, _root, 1, cipherRoot, keyHash);
    }

    function test_a_seal_is_of_a_known_subject_and_a_bounded_answer() public {
        uint64[2] memory lengths = [uint64(0), 262_145];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(ISealed.LengthOutOfRange.selector, lengths[i], uint64(1), uint64(262_144))
            );
            SEALED.seal(JOB, subject, _root, lengths[i], _root, 0);
        }
        vm.expectRevert(abi.encodeWithSelector(ISealed.SubjectUnknown.selector, MODEL));
        SEALED.seal(JOB, MODEL, _root, 1, _root, 0);
        SEALED.seal(JOB, subject, _root, 262_144, _root, 0);
    }

    function test_a_key_is_released_once_and_is_the_sealed_one() public {
        rules(IVerifier.Verdict.Pending, 0);
        vm.expectRevert(abi.encodeWithSelector(ISealed.SealUnknown.selector, sealId));
        releases();
        seals(_output, _cipher);
        IVerifier.Work memory work = workOf(BOB, JOB);
        vm.expectRevert(abi.encodeWithSelector(ISealed.NotTheKey.selector, sealId));
        vm.prank(BOB);
        SEALED.release(jobFrom(work), SHARE);
        vm.warp(DEADLINE + TURN);
        vm.expectEmit();
        emit ISealed.KeyReleased(sealId, KEY, DEADLINE + 2 * TURN);
        releases();
        eq(SEALED.sealOf(sealId).key, KEY, "key");
        eq(SEALED.sealOf(sealId).releasedAt, DEADLINE + TURN, "when");
        eq(SEALED.sealOf(sealId).until, DEADLINE + 2 * TURN, "until");
        vm.expectRevert(abi.encodeWithSelector(ISealed.Released.selector, sealId));
        releases();
    }

    function test_a_key_is_released_for_an_answer_that_lives_only() public {
        seals(_output, _cipher);
        IVerifier.Verdict[3] memory dead = [IVerifier.Verdict.None, IVerifier.Verdict.Wrong, IVerifier.Verdict.Void];
        for (uint256 i = 0; i < 3; ++i) {
            rules(dead[i], _root);
            vm.expectRevert(abi.encodeWithSelector(ISealed.NotClaimed.selector, sealId, dead[i]));
            releases();
        }
        rules(IVerifier.Verdict.Right, keccak256("another"));
        vm.expectRevert(abi.encodeWithSelector(ISealed.NotClaimed.selector, sealId, IVerifier.Verdict.Right));
        releases();
        rules(IVerifier.Verdict.Right, _root);
        releases();
    }

    function test_nobody_complains_before_the_key_is_out_or_after_an_hour() public {
        _cipher[0] ^= 0x01;
        bytes memory cipher = _cipher;
        ISealed.Opening memory list = listing(cipher, LENGTH);
        ISealed.Opening memory chunk = opening(cipher, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ISealed.SealUnknown.selector, sealId));
        SEALED.complainOfList(BOB, JOB, SHARE, list);
        seals(_output, cipher);
        vm.expectRevert(abi.encodeWithSelector(ISealed.NotReleased.selector, sealId));
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, 0, chunk);
        rules(IVerifier.Verdict.Pending, 0);
        releases();
        vm.warp(START + TURN + 1);
        vm.expectRevert(abi.encodeWithSelector(ISealed.TooLate.selector, uint64(START) + TURN));
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, 0, chunk);
        vm.warp(START + TURN);
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, 0, chunk);
    }

    function test_who_complains_has_the_share() public {
        released(_output, _cipher);
        ISealed.Opening memory list = listing(_cipher, LENGTH);
        bytes memory reason = abi.encodeWithSelector(ISealed.NotTheShare.selector, sealId);
        vm.expectRevert(reason);
        SEALED.complainOfList(BOB, JOB, KEY, list);
        ISealed.Opening memory chunk = opening(_cipher, 0, 1);
        vm.expectRevert(reason);
        SEALED.complainOfChunk(BOB, JOB, KEY, list, 0, chunk);
    }

    function test_a_complaint_is_upheld_once() public {
        _cipher[LENGTH] ^= 0x01;
        released(_output, _cipher);
        bytes memory cipher = _cipher;
        complainsOfList(cipher, LENGTH);
        ISealed.Opening memory list = listing(cipher, LENGTH);
        vm.expectRevert(abi.encodeWithSelector(ISealed.Complained.selector, sealId));
        SEALED.complainOfList(BOB, JOB, SHARE, list);
    }

    function test_what_is_shown_is_the_ciphertext() public {
        released(_output, _cipher);
        bytes memory cipher = _cipher;
        bytes memory reason = abi.encodeWithSelector(ISealed.NotTheCiphertext.selector, TREE.rootOf(cipher));
        ISealed.Opening memory list = listing(cipher, LENGTH);
        ISealed.Opening memory chunk = opening(cipher, 0, 1);
        ISealed.Opening memory second = opening(cipher, 1, 1);
        vm.expectRevert(reason);
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, 0, second);
        vm.expectRevert(reason);
        SEALED.complainOfList(BOB, JOB, SHARE, chunk);
        chunk.data[7] ^= 0x01;
        vm.expectRevert(reason);
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, 0, chunk);
        list.data[7] ^= 0x01;
        vm.expectRevert(reason);
        SEALED.complainOfList(BOB, JOB, SHARE, list);
        vm.expectRevert(abi.encodeWithSelector(ISealed.ChunkUnknown.selector, uint64(3), uint64(3)));
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, 3, chunk);
    }

    function test_the_list_of_a_single_chunk_is_none() public {
        bytes memory output = outputOf(1024);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        eq(cipher.length, 1024, "no list");
        released(output, cipher);
        ISealed.Opening memory none;
        vm.expectRevert(abi.encodeWithSelector(ISealed.NothingWrong.selector, sealId));
        SEALED.complainOfList(BOB, JOB, SHARE, none);
    }

    function test_a_demand_takes_a_deposit_for_each_piece_once() public {
        bytes memory output = outputOf(20_000);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        vm.expectRevert(abi.encodeWithSelector(ISealed.SealUnknown.selector, sealId));
        SEALED.demand(BOB, JOB);
        seals(output, cipher);
        vm.expectRevert(abi.encodeWithSelector(ISealed.NotReleased.selector, sealId));
        SEALED.demand(BOB, JOB);
        rules(IVerifier.Verdict.Pending, 0);
        releases();
        vm.expectRevert(abi.encodeWithSelector(ISealed.WrongDeposit.selector, 2 * PIECE, 3 * PIECE));
        vm.prank(ALICE);
        SEALED.demand{value: 2 * PIECE}(BOB, JOB);
        vm.expectEmit();
        emit ISealed.CiphertextDemanded(sealId, ALICE, 3, uint64(START) + TURN, uint64(START) + 2 * TURN);
        demands(ALICE, 20_000);
        eq(SEALED.held(), 3 * PIECE, "held");
        eq(SEALED.sealOf(sealId).until, START + 2 * TURN, "longer");
        vm.expectRevert(abi.encodeWithSelector(ISealed.Demanded.selector, sealId));
        vm.prank(CAROL);
        SEALED.demand{value: 3 * PIECE}(BOB, JOB);
    }

    function test_nobody_demands_after_the_time_to_complain() public {
        released(_output, _cipher);
        vm.warp(START + TURN + 1);
        vm.expectRevert(abi.encodeWithSelector(ISealed.TooLate.selector, uint64(START) + TURN));
        SEALED.demand(BOB, JOB);
    }

    function test_an_answer_pays_its_gas_and_the_rest_back() public {
        bytes memory cipher = _cipher;
        released(_output, cipher);
        demands(ALICE, LENGTH);
        vm.fee(1000 gwei);
        bytes memory data = opening(cipher, 0, 3).data;
        vm.expectEmit();
        emit ISealed.PieceShown(sealId, 0, data, 0.4e18);
        answers(cipher, 0);
        eq(SEALED.creditOf(BOB), 0.4e18, "gas");
        eq(SEALED.creditOf(ALICE), PIECE - 0.4e18, "rest");
        eq(SEALED.held(), 0, "held");
        rules(IVerifier.Verdict.Right, _root);
        vm.warp(START + 2 * TURN);
        judged(IVerifier.Verdict.Pending, 0);
        vm.warp(START + 2 * TURN + 1);
        judged(IVerifier.Verdict.Right, _root);
    }

    function test_an_answer_pays_no_more_than_the_deposit() public {
        released(_output, _cipher);
        demands(ALICE, LENGTH);
        vm.fee(20_000 gwei);
        answers(_cipher, 0);
        eq(SEALED.creditOf(BOB), PIECE, "deposit");
        eq(SEALED.creditOf(ALICE), 0, "rest");
        vm.prank(BOB);
        SEALED.withdraw();
        eq(BOB.balance, PIECE, "paid");
    }

    function test_what_was_not_asked_for_is_not_answered() public {
        bytes memory cipher = _cipher;
        released(_output, cipher);
        ISealed.Opening memory all = opening(cipher, 0, 3);
        bytes memory none = abi.encodeWithSelector(ISealed.NotDemanded.selector, sealId);
        vm.expectRevert(none);
        SEALED.answer(BOB, JOB, 0, all);
        vm.expectRevert(none);
        SEALED.reclaim(BOB, JOB);
        demands(ALICE, LENGTH);
        vm.expectRevert(abi.encodeWithSelector(ISealed.PieceUnknown.selector, uint64(1), uint64(1)));
        SEALED.answer(BOB, JOB, 1, all);
        ISealed.Opening memory part = opening(cipher, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(ISealed.NotTheCiphertext.selector, TREE.rootOf(cipher)));
        SEALED.answer(BOB, JOB, 0, part);
        vm.warp(START + TURN + 1);
        vm.expectRevert(abi.encodeWithSelector(ISealed.TooLate.selector, uint64(START) + TURN));
        SEALED.answer(BOB, JOB, 0, all);
        vm.warp(START + TURN);
        SEALED.answer(BOB, JOB, 0, all);
        vm.expectRevert(abi.encodeWithSelector(ISealed.PieceAnswered.selector, sealId, uint64(0)));
        SEALED.answer(BOB, JOB, 0, all);
    }

    function test_deposits_of_what_was_not_answered_come_back_once() public {
        bytes memory output = outputOf(20_000);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        released(output, cipher);
        demands(ALICE, 20_000);
        vm.fee(0);
        answers(cipher, 1);
        vm.warp(START + TURN);
        vm.expectRevert(abi.encodeWithSelector(ISealed.TooEarly.selector, uint64(START) + TURN));
        SEALED.reclaim(BOB, JOB);
        vm.warp(START + TURN + 1);
        vm.expectEmit();
        emit ISealed.DepositReclaimed(sealId, ALICE, 2 * PIECE);
        SEALED.reclaim(BOB, JOB);
        eq(SEALED.creditOf(ALICE), 3 * PIECE, "all");
        eq(SEALED.held(), 0, "held");
        vm.expectRevert(abi.encodeWithSelector(ISealed.NothingToReclaim.selector, sealId));
        SEALED.reclaim(BOB, JOB);
    }

    /// The largest has 33 pieces, the last of them short of nothing.
    function test_all_pieces_of_the_largest_are_answered() public {
        bytes memory output = outputOf(262_144);
        bytes memory cipher = cipherOf(BOB, JOB, output);
        eq(SEALED.depositOf(262_144), 33 * PIECE, "deposit");
        released(output, cipher);
        demands(ALICE, 262_144);
        for (uint64 piece = 0; piece < 33; ++piece) {
            this.answersOf(cipher, piece);
        }
        rules(IVerifier.Verdict.Right, TREE.rootOf(output));
        vm.warp(START + 2 * TURN + 1);
        judged(IVerifier.Verdict.Right, TREE.rootOf(output));
    }

    /// @dev A call of its own, with memory of its own.
    function answersOf(bytes calldata cipher, uint64 piece) external {
        answers(cipher, piece);
    }

    function test_judge_passes_on_what_the_dispute_says_against_it() public {
        released(_output, _cipher);
        vm.warp(START + TURN + 1);
        rules(IVerifier.Verdict.None, 0);
        judged(IVerifier.Verdict.None, 0);
        rules(IVerifier.Verdict.Wrong, "why");
        judged(IVerifier.Verdict.Wrong, "why");
        rules(IVerifier.Verdict.Void, "why not");
        judged(IVerifier.Verdict.Void, "why not");
        rules(IVerifier.Verdict.Pending, 0);
        judged(IVerifier.Verdict.Pending, 0);
        rules(IVerifier.Verdict.Right, _root);
        judged(IVerifier.Verdict.Right, _root);
    }

    function test_what_was_not_sealed_in_time_is_none() public {
        rules(IVerifier.Verdict.Right, _root);
        judged(IVerifier.Verdict.None, 0);
        vm.warp(DEADLINE + 1);
        seals(_output, _cipher);
        judged(IVerifier.Verdict.None, 0);
    }

    function test_what_is_sealed_by_the_deadline_is_in_time() public {
        vm.warp(DEADLINE);
        seals(_output, _cipher);
        rules(IVerifier.Verdict.Right, _root);
        judged(IVerifier.Verdict.Pending, 0);
    }

    function test_what_was_sealed_for_another_subject_is_none() public {
        released(_output, _cipher);
        IVerifier.Work memory work = workOf(BOB, JOB);
        work.subject = SEALED.register(MODEL, "another share's");
        bytes32 other = work.subject;
        rules(work, IVerifier.Verdict.Right, _root);
        work.subject = other;
        vm.warp(START + TURN + 1);
        judged(work, IVerifier.Verdict.None, 0);
    }

    function test_judge_takes_neither_output_nor_proof() public {
        IVerifier.Work memory work = workOf(BOB, JOB);
        bytes memory reason = abi.encodeWithSelector(ISealed.NothingToShow.selector);
        vm.expectRevert(reason);
        SEALED.judge(work, "output", "");
        vm.expectRevert(reason);
        SEALED.judge(work, "", "proof");
    }

    function decrypts(bytes32 seed, uint256 first, bytes calldata data) external pure returns (bytes memory) {
        return Keystream.over(seed, first, data);
    }

    /// The stream of the interface's words; and twice the same is nothing.
    function testFuzz_the_keystream_is_that_of_the_interface(bytes32 seed, bytes calldata data) public view {
        bytes memory once = this.decrypts(seed, 0, data);
        eq(keccak256(once), keccak256(crypted(seed, data)), "the same");
        eq(keccak256(this.decrypts(seed, 0, once)), keccak256(data), "back");
        if (data.length == 0) return;
        uint256 from = within(uint256(seed), 0, (data.length - 1) / 32);
        bytes memory tail = this.decrypts(seed, from, data[32 * from:]);
        for (uint256 i = 0; i < tail.length; ++i) {
            holds(tail[i] == once[32 * from + i], "from any block on");
        }
    }
}
