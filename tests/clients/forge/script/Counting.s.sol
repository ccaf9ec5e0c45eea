// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Counter} from "../src/Counter.sol";

interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// One deployment and five calls, each of which needs those before it.
contract Counting {
    Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    bool public constant IS_SCRIPT = true;

    function run() external {
        vm.startBroadcast();
        Counter counter = new Counter{value: 3}(7);
        for (uint256 i = 1; i <= 5; i++) {
            counter.add(i);
        }
        vm.stopBroadcast();
        require(counter.value() == 22, "the simulation adds up");
    }
}
