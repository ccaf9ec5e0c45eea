// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Subtree} from "../src/types/Subtree.sol";
import {eq, holds, within} from "./Vm.sol";

/// @dev Against the plainest model: ranges of chunks, cut into as few equal parts of 8 * 256^k chunks as at most 256 are.
contract SubtreeTest {
    function test_trees_at_the_limits_of_levels() public pure {
        _expectRoot(0, 1, 3);
        _expectRoot(1, 1, 3);
        _expectRoot(1024, 1, 3);
        _expectRoot(1025, 2, 3);
        _expectRoot(8 << 10, 8, 3);
        _expectRoot((8 << 10) + 1, 9, 11);
        _expectRoot(2 << 20, 2048, 11);
        _expectRoot((2 << 20) + 1, 2049, 19);
        _expectRoot(512 << 20, 1 << 19, 19);
        _expectRoot((512 << 20) + 1, (1 << 19) + 1, 27);
        _expectRoot(type(uint64).max, 1 << 54, 59);
    }

    function test_a_child_that_is_alone_is_gone_through() public pure {
        // 2,049 chunks: 2,048 of them, and one that is its own leaf.
        _expectChild(2049, 19, 0, 0, 11, 0);
        _expectChild(2049, 19, 0, 1, 3, 256);
        // 2,057: the last nine are two leaves, of level 11.
        _expectChild(2057, 19, 0, 1, 11, 1);
        _expectChild(2057, 11, 1, 1, 3, 257);
        // Two levels at once.
        _expectChild((1 << 19) + 8, 27, 0, 1, 3, 1 << 16);
    }

    function testFuzz_children_cut_a_node_into_its_chunks(uint256 raw, uint256 path) public pure {
        uint256 chunks = _spread(raw);
        (uint8 level, uint64 index) = (Subtree.levelOf(chunks), 0);
        (uint256 start, uint256 end) = (0, chunks);
        while (level > Subtree.LOWEST) {
            uint256 each = _each(end - start);
            uint256 count = (end - start + each - 1) / each;
            eq(Subtree.childrenOf(chunks, level, index), count, "children");
            holds(count >= 2 && count <= 256, "a fold takes 2 to 256");
            _expectCut(chunks, level, index, end);
            uint256 child = path % count;
            path = uint256(keccak256(abi.encode(path)));
            (level, index) = Subtree.childOf(chunks, level, index, child);
            start += child * each;
            if (end > start + each) end = start + each;
            _expectNode(chunks, level, index, start, end);
        }
        (uint64 first, uint64 run) = Subtree.runOf(chunks, index);
        eq(first, start, "first");
        eq(run, end - start, "run");
        holds(run >= 1 && run <= 8, "what one answer shows");
        eq(
            Subtree.indexOf(uint64(within(path, start, end - 1) << 10) | uint64(path % 1024)),
            index,
            "where a byte lies"
        );
    }

    /// The only name of a node: no lower level holds its chunks.
    function testFuzz_levels_are_the_lowest(uint256 raw) public pure {
        uint256 chunks = _spread(raw);
        uint8 level = Subtree.levelOf(chunks);
        eq(level % 8, 3, "3, 11, 19, 27 and on");
        holds(chunks <= uint256(1) << level, "it holds them");
        holds(level == 3 || chunks > uint256(1) << (level - 8), "the next lower does not");
    }

    function testFuzz_chunks_of_a_length(uint64 length) public pure {
        uint256 chunks = Subtree.chunksOf(length);
        holds(chunks * 1024 >= length && (length == 0 || (chunks - 1) * 1024 < length), "as many as it takes");
        holds(chunks >= 1, "one at least");
    }

    function testFuzz_bytes_beyond_a_tree_have_a_leaf_that_nobody_can_name(uint64 position) public pure {
        eq(Subtree.indexOf(position), position / 8192, "index");
    }

    /// Ends of children are where the next begin, from the node's first chunk to its last.
    function _expectCut(uint256 chunks, uint8 level, uint64 index, uint256 end) private pure {
        uint256 next = Subtree.firstOf(level, index);
        uint256 count = Subtree.childrenOf(chunks, level, index);
        for (uint256 child = 0; child < count; ++child) {
            (uint8 below, uint64 number) = Subtree.childOf(chunks, level, index, child);
            eq(Subtree.firstOf(below, number), next, "where the one before ends");
            next += Subtree.widthOf(chunks, below, number);
        }
        eq(next, end, "all of it");
    }

    function _expectNode(uint256 chunks, uint8 level, uint64 index, uint256 start, uint256 end) private pure {
        eq(Subtree.firstOf(level, index), start, "first chunk");
        eq(Subtree.widthOf(chunks, level, index), end - start, "chunks");
        eq(level, Subtree.levelOf(end - start), "as low as can be");
    }

    function _expectRoot(uint64 length, uint256 chunks, uint8 level) private pure {
        eq(Subtree.chunksOf(length), chunks, "chunks");
        eq(Subtree.levelOf(chunks), level, "level");
        eq(Subtree.widthOf(chunks, level, 0), chunks, "the root has all");
    }

    function _expectChild(uint256 chunks, uint8 level, uint64 index, uint256 child, uint8 below, uint64 number)
        private
        pure
    {
        (uint8 foundBelow, uint64 foundNumber) = Subtree.childOf(chunks, level, index, child);
        eq(foundBelow, below, "level");
        eq(foundNumber, number, "index");
    }

    /// Numbers of chunks of every size, many of them near where levels end.
    function _spread(uint256 raw) private pure returns (uint256 chunks) {
        chunks = (uint256(1) << within(raw, 0, 54));
        uint256 near = (raw >> 8) % 20;
        if (raw >> 255 == 1) chunks = within(raw >> 16, 1, chunks);
        else if ((raw >> 254) & 1 == 1) chunks = chunks > near ? chunks - near : 1;
        else chunks = chunks + near <= 1 << 54 ? chunks + near : 1 << 54;
    }

    function _each(uint256 chunks) private pure returns (uint256 each) {
        each = 8;
        while (each * 256 < chunks) each *= 256;
    }
}
