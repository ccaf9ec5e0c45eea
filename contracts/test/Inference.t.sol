// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IInference} from "../src/interfaces/IInference.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Inference} from "../src/market/Inference.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {eq, vm, within} from "./Vm.sol";

/// @dev Whoever asks: it has no storage, and no caller matters.
contract InferenceTest is World {
    Inference private constant INFERENCE = Inference(Predeploys.INFERENCE);

    function test_check_refuses_unknown_models() public {
        bytes32 unknown = keccak256("nobody's model");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelUnknown.selector, unknown));
        INFERENCE.check(unknown, 1, keccak256(INPUT), INPUT);
    }

    function testFuzz_check_takes_inputs_of_the_models_length_alone(uint256 count, uint256 length) public {
        count = within(count, 2, 100);
        length = within(length, 0, 1000);
        if (length != 8 * count) {
            vm.expectRevert(abi.encodeWithSelector(IInference.InputLength.selector, 8 * count, length));
        }
        INFERENCE.check(modelId, count, "a root", new bytes(length));
        INFERENCE.check(modelId, count, "a root", new bytes(8 * count));
    }

    /// Of several inputs nobody hashes the tree there: who publishes others than it committed to finds no worker.
    function test_check_hashes_an_only_input() public {
        vm.expectRevert(abi.encodeWithSelector(IInference.InputMismatch.selector));
        INFERENCE.check(modelId, 1, "another", INPUT);
        INFERENCE.check(modelId, 1, keccak256(INPUT), INPUT);
        INFERENCE.check(modelId, 2, "another", bytes.concat(INPUT, INPUT));
    }

    function test_judge_says_nothing_of_nothing() public view {
        (IVerifier.Verdict verdict, bytes32 evidence) = INFERENCE.judge(_work(), "", "");
        eq(uint256(verdict), uint256(IVerifier.Verdict.None), "verdict");
        eq(evidence, 0, "evidence");
    }

    function test_judge_refuses_another_input() public {
        vm.expectRevert(abi.encodeWithSelector(IInference.InputMismatch.selector));
        INFERENCE.judge(_work(), answerTo(INPUT), "");
        vm.expectRevert(abi.encodeWithSelector(IInference.InputMismatch.selector));
        INFERENCE.judge(_work(), "", bytes.concat(INPUT, hex"00"));
    }

    function test_judge_refuses_unknown_models() public {
        IVerifier.Work memory work = _work();
        work.subject = "nobody's model";
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelUnknown.selector, work.subject));
        INFERENCE.judge(work, answerTo(INPUT), INPUT);
    }

    function testFuzz_judge_finds_right_what_the_chain_computes_alone(bytes memory answer) public view {
        _expect(answer, keccak256(answer) == keccak256(answerTo(INPUT)));
        _expect(answerTo(INPUT), true);
        _expect(bytes.concat(answerTo(INPUT), hex"00"), false);
        _expect("", false);
    }

    function _expect(bytes memory answer, bool right) private view {
        (IVerifier.Verdict verdict, bytes32 evidence) = INFERENCE.judge(_work(), answer, INPUT);
        eq(uint256(verdict), uint256(right ? IVerifier.Verdict.Right : IVerifier.Verdict.Wrong), "verdict");
        eq(evidence, keccak256(answer), "evidence");
    }

    function _work() private view returns (IVerifier.Work memory) {
        return IVerifier.Work(1, BOB, 100, uint64(START), modelId, keccak256(INPUT), 1e18);
    }
}
