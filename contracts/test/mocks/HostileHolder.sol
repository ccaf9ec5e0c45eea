// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev A contract that trades: it signs whatever it is asked (ERC-1271), does as it is told, and when TFUEL or an ERC-1155 reaches it, calls back
/// and remembers whether that worked.
contract HostileHolder {
    address private _target;
    bytes private _callback;
    bool private _refuses;
    /// @dev From one on, so that there is gas to count when TFUEL comes.
    uint256 private _attempts = 1;
    uint256 public successes;
    bytes4 public refusal;

    function plan(address target, bytes calldata callback) external {
        (_target, _callback) = (target, callback);
    }

    function refuse() external {
        _refuses = true;
    }

    function perform(address target, uint256 value, bytes calldata callData) external returns (bytes memory) {
        (bool done, bytes memory answer) = target.call{value: value}(callData);
        if (done) return answer;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }

    function attempts() external view returns (uint256) {
        return _attempts - 1;
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        _callBack();
        return this.onERC1155Received.selector;
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector;
    }

    receive() external payable {
        if (_refuses) revert();
        _callBack();
    }

    function _callBack() private {
        if (_target == address(0)) return;
        ++_attempts;
        (bool done, bytes memory reason) = _target.call(_callback);
        if (done) ++successes;
        else if (gasleft() > 30_000) refusal = bytes4(reason);
    }
}
