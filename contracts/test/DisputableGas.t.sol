// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputableWorld} from "./DisputableWorld.sol";
import {Zeros} from "./mocks/Zeros.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. The pot has something. What a claim costs is
/// in `Gas.t.sol`, and what the precompile takes for an answer that is shown, in the chain's tests.
contract DisputableGasTest is DisputableWorld {
    function setUp() public override {
        super.setUp();
        bench(4);
        vm.deal(address(DISPUTABLE), 10e18);
    }

    function test_gas_of_a_claim_that_is_not_drawn() public {
        entered(JOB_ID);
        vm.snapshotGasLastCall("Disputable", "enter");
        drawn(JOB_ID, false);
        vm.snapshotGasLastCall("Disputable", "draw, not audited");
        upheld(idOf(JOB_ID));
        DISPUTABLE.judge(workOf(JOB_ID), "", "");
        vm.snapshotGasLastCall("Disputable", "judge, right");
    }

    function test_gas_of_a_claim_that_is_audited() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, true);
        vm.snapshotGasLastCall("Disputable", "draw, audited");
        upheld(claimId);
        AUDITS.close(claimId);
        DISPUTABLE.reclaim();
        vm.snapshotGasLastCall("Disputable", "reclaim");
        claimId = entered(JOB_ID + 1);
        vm.deal(address(DISPUTABLE), 0);
        drawable(JOB_ID + 1, true);
        vm.prank(BOB);
        DISPUTABLE.draw{value: 5e18}(BOB, JOB_ID + 1);
        vm.snapshotGasLastCall("Disputable", "draw, audited, made up by the caller");
    }

    function test_gas_of_an_answer_that_is_shown() public {
        bytes memory short = abi.encodePacked(INPUT_BYTES, uint64(1024), TRACE_BYTES);
        graphId = REGISTRY.registerGraph(short, WEIGHTS, TRANSPOSED, "short", "");
        outputRoot = Zeros.root(1024);
        claimed();
        vm.prank(BOB);
        DISPUTABLE.enter{value: ENTRY}(JOB_ID, jobPrice, new bytes(1024));
        vm.snapshotGasLastCall("Disputable", "enter, 1,024 bytes of zeros");
    }

    function test_gas_of_funding() public {
        vm.prank(ALICE);
        DISPUTABLE.fund{value: 1}();
        vm.snapshotGasLastCall("Disputable", "fund");
    }
}
