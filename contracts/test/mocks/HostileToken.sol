// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Foreign721} from "./ForeignTokens.sol";

/// @dev An ERC-721 that does in a call of the exchange what it was told to.
contract HostileToken is Foreign721 {
    enum Mood {
        Plain,
        // Counts moves as its nonce, until it forgets them.
        Counting,
        // Has a nonce that never moves.
        Stuck,
        // As counting, and fails with a little less gas than the exchange gives.
        Shy,
        // Moves nothing.
        Lazy,
        // Moves to somebody else.
        Astray,
        // Calls somebody while it moves.
        Calling,
        // Burns all gas while it moves.
        Burning,
        // Reverts with a hundred kilobytes while it moves.
        Bombing
    }

    /// @dev Less than the exchange gives by what it costs to get there.
    uint256 private constant SHY = 27_000;

    Mood private _mood;
    address private _target;
    bytes private _callback;
    mapping(uint256 id => uint256) private _moves;
    address public royaltyTo;
    uint256 public royaltyBps;
    uint256 public royaltyBurns;
    uint256 public royaltyBytes;
    uint256 public attempts;
    uint256 public successes;
    bytes4 public refusal;

    function plan(Mood mood) external {
        _mood = mood;
    }

    function planCall(address target, bytes calldata callback) external {
        (_mood, _target, _callback) = (Mood.Calling, target, callback);
    }

    /// @param burns gas that it takes to answer
    /// @param bytes_ of the answer, where it is long
    function planRoyalty(address to, uint256 bps, uint256 burns, uint256 bytes_) external {
        (royaltyTo, royaltyBps, royaltyBurns, royaltyBytes) = (to, bps, burns, bytes_);
    }

    /// @dev As if it had never moved, back where it was.
    function rewind(address to, uint256 id) external {
        _moves[id] = 0;
        _transfer(address(0), ownerOf(id), to, id);
    }

    function nonces(uint256 id) external view returns (uint256) {
        if (_mood == Mood.Stuck) return 0;
        if (_mood == Mood.Shy && gasleft() < SHY) revert();
        if (_mood != Mood.Counting && _mood != Mood.Shy) revert();
        return _moves[id];
    }

    function royaltyInfo(uint256, uint256 price) external view returns (address, uint256) {
        uint256 left = gasleft();
        while (left - gasleft() < royaltyBurns) {}
        bytes memory long = new bytes(royaltyBytes);
        uint256 royalty = price * royaltyBps / 10_000;
        address to = royaltyTo;
        assembly ("memory-safe") {
            let start := add(long, 0x20)
            mstore(start, to)
            mstore(add(start, 0x20), royalty)
            let size := mload(long)
            if lt(size, 0x40) { size := 0x40 }
            return(start, size)
        }
    }

    function transferFrom(address from, address to, uint256 id) public payable override {
        if (_mood == Mood.Lazy) return;
        if (_mood == Mood.Burning) {
            while (true) {}
        }
        if (_mood == Mood.Bombing) {
            assembly ("memory-safe") {
                revert(0, 100000)
            }
        }
        ++_moves[id];
        super.transferFrom(from, _mood == Mood.Astray ? address(0x57a4) : to, id);
        if (_mood != Mood.Calling) return;
        ++attempts;
        (bool done, bytes memory reason) = _target.call(_callback);
        if (done) ++successes;
        else refusal = bytes4(reason);
    }
}
