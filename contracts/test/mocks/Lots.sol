// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev What everybody has at stake, kept the long way: each amount by itself, without shares, rates or pools, and every slash taken off
/// every amount that it reaches. One for each book.
contract Lots {
    /// @dev What came from another node and answers for its faults, too.
    struct Moved {
        uint256 amount;
        uint32 from;
        uint32 epoch;
        uint256 until;
    }

    struct Left {
        uint256 amount;
        uint32 epoch;
        uint256 release;
    }

    uint256 private constant REDEEM_MAX = 32;

    uint32 private immutable NODES;
    address[] private _sources;
    mapping(uint32 node => mapping(address source => uint256)) private _stakes;
    mapping(uint32 node => mapping(address source => Moved)) private _moved;
    mapping(uint32 node => mapping(address source => Left[])) private _left;
    mapping(uint32 node => mapping(address source => uint256)) private _head;

    constructor(uint32 nodes, address[] memory sources) {
        (NODES, _sources) = (nodes, sources);
    }

    function stake(uint32 node, address source, uint256 amount) external {
        _stakes[node][source] += amount;
    }

    function unstake(uint32 node, address source, uint256 amount, uint32 epoch, uint256 release) external {
        _take(node, source, amount);
        _left[node][source].push(Left(amount, epoch, release));
    }

    function move(uint32 from, uint32 to, address source, uint256 amount, uint32 epoch, uint256 until) external {
        _take(from, source, amount);
        _moved[to][source] = Moved(amount, from, epoch, until);
    }

    function redeem(uint32 node, address source) external {
        Left[] storage left = _left[node][source];
        uint256 head = _head[node][source];
        for (uint256 i = 0; i < REDEEM_MAX && head < left.length; ++i) {
            if (block.timestamp < left[head].release) break;
            ++head;
        }
        _head[node][source] = head;
    }

    /// @dev Its time over, what moved is like any other stake.
    function settle(uint32 node, address source) external {
        Moved storage moved = _moved[node][source];
        if (moved.amount == 0 || block.timestamp < moved.until) return;
        _stakes[node][source] += moved.amount;
        moved.amount = 0;
    }

    /// @dev Takes `part` of `whole` of all that backs the node, and of what left it in `since` or later.
    function slash(uint32 node, uint256 part, uint256 whole, uint32 since) external {
        for (uint256 i = 0; i < _sources.length; ++i) {
            address source = _sources[i];
            _stakes[node][source] -= _stakes[node][source] * part / whole;
            _cut(_moved[node][source], part, whole);
            Left[] storage left = _left[node][source];
            for (uint256 place = _head[node][source]; place < left.length; ++place) {
                if (left[place].epoch >= since) left[place].amount -= left[place].amount * part / whole;
            }
            for (uint32 to = 1; to <= NODES; ++to) {
                Moved storage moved = _moved[to][source];
                if (moved.from == node && moved.epoch >= since) _cut(moved, part, whole);
            }
        }
    }

    function stakeOf(uint32 node, address source) external view returns (uint256) {
        return _stakes[node][source] + _moved[node][source].amount;
    }

    function waitingOf(uint32 node, address source) external view returns (uint256 sum) {
        Left[] storage left = _left[node][source];
        for (uint256 place = _head[node][source]; place < left.length; ++place) {
            sum += left[place].amount;
        }
    }

    /// @dev The last wei may be a rounding's.
    function _take(uint32 node, address source, uint256 amount) private {
        uint256 held = _stakes[node][source];
        _stakes[node][source] = held > amount ? held - amount : 0;
    }

    function _cut(Moved storage moved, uint256 part, uint256 whole) private {
        moved.amount -= moved.amount * part / whole;
    }
}
