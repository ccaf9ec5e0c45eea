// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev The cheat codes of forge that these tests use, and no others.
interface Vm {
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 key) external pure returns (address);
    function assume(bool condition) external pure;
    function chainId(uint256 id) external;
    function deal(address account, uint256 balance) external;
    function deleteStateSnapshot(uint256 id) external returns (bool deleted);
    function etch(address account, bytes calldata code) external;
    function exists(string calldata path) external view returns (bool);
    function expectCall(address callee, bytes calldata callData) external;
    function expectEmit() external;
    function expectRevert() external;
    function expectRevert(bytes calldata reason) external;
    function fee(uint256 basefee) external;
    function getRecordedLogs() external returns (Log[] memory logs);
    function lastCallGas() external view returns (Gas memory gas);
    function load(address account, bytes32 slot) external view returns (bytes32);
    function mockCall(address callee, bytes calldata callData, bytes calldata returned) external;
    function mockCallRevert(address callee, bytes calldata callData, bytes calldata reason) external;
    function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
    function parseJsonBytesArray(string calldata json, string calldata key) external pure returns (bytes[] memory);
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
    function parseJsonString(string calldata json, string calldata key) external pure returns (string memory);
    function pauseGasMetering() external;
    function prank(address sender) external;
    function prank(address sender, address origin) external;
    function prevrandao(bytes32 mix) external;
    function readFile(string calldata path) external view returns (string memory);
    function recordLogs() external;
    function resumeGasMetering() external;
    function revertToState(uint256 id) external returns (bool reverted);
    function roll(uint256 number) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function skip(bool skips, string calldata reason) external pure;
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gas);
    function snapshotState() external returns (uint256 id);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function store(address account, bytes32 slot, bytes32 value) external;
    function warp(uint256 timestamp) external;
    function revertToStateAndDelete(uint256 id) external returns (bool reverted);
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

error NotEqual(string what, bytes32 left, bytes32 right);

function eq(uint256 left, uint256 right, string memory what) pure {
    if (left != right) revert NotEqual(what, bytes32(left), bytes32(right));
}

function eq(address left, address right, string memory what) pure {
    eq(uint256(uint160(left)), uint256(uint160(right)), what);
}

function eq(bytes32 left, bytes32 right, string memory what) pure {
    eq(uint256(left), uint256(right), what);
}

function holds(bool condition, string memory what) pure {
    if (!condition) revert NotEqual(what, bytes32(uint256(1)), 0);
}

/// @dev A value between `low` and `high`, both included, that spreads over the range as `raw` does.
function within(uint256 raw, uint256 low, uint256 high) pure returns (uint256) {
    uint256 width = high - low;
    return width == type(uint256).max ? raw : low + raw % (width + 1);
}
