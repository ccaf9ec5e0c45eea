// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`.
contract NftFactoryGasTest is CreationWorld {
    function test_gas_of_creating() public {
        collection(ICreation.Policy.Strict);
        vm.snapshotGasLastCall("NftFactory", "createCollection");
        editions(ICreation.Policy.Strict);
        vm.snapshotGasLastCall("NftFactory", "createEditions");
    }
}
