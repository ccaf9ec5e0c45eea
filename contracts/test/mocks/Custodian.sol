// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev A contract that holds tokens of either kind and does with them as it is told, also while it is made; when it receives some it does what
/// was planned.
contract Custodian {
    enum Mood {
        Accept,
        WrongAnswer,
        Refuse,
        Reenter
    }

    error Unwanted(uint256 received);

    Mood private _mood;
    address private _target;
    bytes private _callback;
    uint256 public received;
    /// @dev Of what it called back, how much worked.
    uint256 public successes;
    bytes public lastData;

    /// @param target 0 for none
    /// @param callData its first argument is replaced by this contract, whose address follows from the rest
    constructor(address target, bytes memory callData) {
        if (target == address(0)) return;
        for (uint256 i = 0; i < 20; ++i) {
            callData[16 + i] = bytes20(address(this))[i];
        }
        perform(target, callData);
    }

    function plan(Mood mood, address target, bytes calldata callback) external {
        (_mood, _target, _callback) = (mood, target, callback);
    }

    function onERC721Received(address, address, uint256, bytes calldata data) external returns (bytes4) {
        return _take(this.onERC721Received.selector, data);
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata data) external returns (bytes4) {
        return _take(this.onERC1155Received.selector, data);
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata data)
        external
        returns (bytes4)
    {
        return _take(this.onERC1155BatchReceived.selector, data);
    }

    function perform(address target, bytes memory callData) public {
        (bool done, bytes memory reason) = target.call(callData);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    function _take(bytes4 answer, bytes calldata data) private returns (bytes4) {
        (lastData, received) = (data, received + 1);
        if (_mood == Mood.Refuse) revert Unwanted(received);
        if (_mood == Mood.WrongAnswer) return 0xffffffff;
        if (_mood == Mood.Reenter) {
            (bool done,) = _target.call(_callback);
            if (done) ++successes;
        }
        return answer;
    }
}
