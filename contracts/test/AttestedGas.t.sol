// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AttestedWorld} from "./AttestedWorld.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. What the precompile takes to verify a
/// signature comes on top of `attest`: it is not here.
contract AttestedGasTest is AttestedWorld {
    function test_gas_of_a_claim() public {
        bench(SEATS);
        (bytes32 id, uint256[] memory places) = claimed(ALICE, 1, OUTPUT);
        vm.snapshotGasLastCall("Attested", "committeeOf, before the first commits");
        (id, places) = claimed();
        claims(BOB, 2, OUTPUT);
        vm.snapshotGasLastCall("Attested", "claim");
        commits(id, places[0], OUTPUT);
        vm.snapshotGasLastCall("Attested", "commit, the first, which draws");
        commits(id, places[1], OUTPUT);
        vm.snapshotGasLastCall("Attested", "commit");
        for (uint256 i = 2; i < SIZE; ++i) {
            commits(id, places[i], OUTPUT);
        }
        (uint256[] memory most, uint256[] memory late) = split(places, QUORUM);
        attests(id, most, OUTPUT);
        vm.snapshotGasLastCall("Attested", "attest, nine members");
        attests(id, late, OUTPUT);
        vm.snapshotGasLastCall("Attested", "attest, four more");
        reveals(BOB, JOB, OUTPUT);
        vm.snapshotGasLastCall("Attested", "reveal");
        ATTESTED.judge(workOf(BOB, JOB), "", "");
        vm.snapshotGasLastCall("Attested", "judge");
        over();
        ATTESTED.close(id);
        vm.snapshotGasLastCall("Attested", "close, thirteen members");
    }
}
