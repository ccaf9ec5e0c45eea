// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IExchange} from "../src/interfaces/IExchange.sol";
import {Structs} from "../src/types/Structs.sol";
import {eq, holds, within} from "./Vm.sol";

contract Loader {
    function loaded(IExchange.Order calldata order) external pure returns (bytes memory) {
        return abi.encode(Structs.load(order));
    }

    function decoded(IExchange.Order calldata order) external pure returns (bytes memory) {
        IExchange.Order memory its = order;
        return abi.encode(its);
    }
}

/// @dev Orders as the library reads them out of a call, beside what the compiler makes of the same bytes.
contract StructsTest {
    uint256 private constant SELECTOR = 4;

    Loader private _loader = new Loader();
    uint256 private _refusals;
    uint256 private _answers;

    function test_an_order_is_read_as_the_compiler_reads_it() public {
        for (uint256 size = 0; size < 4; ++size) {
            bytes memory data = _call(_order(size));
            _same(data);
            eq(_answers, size + 1, "read");
            eq(keccak256(_loader.loaded(_order(size))), keccak256(abi.encode(_order(size))), "as it is");
        }
    }

    /// Each word, with the least that is no value of each type and the most that is one: what is too wide reverts.
    function test_no_field_holds_more_than_its_type() public {
        bytes memory data = _call(_order(2));
        uint8[9] memory bits = [1, 2, 8, 16, 32, 40, 64, 128, 160];
        for (uint256 place = SELECTOR; place < data.length; place += 32) {
            uint256 before = _word(data, place);
            for (uint256 i = 0; i < bits.length; ++i) {
                _sameWith(data, place, 1 << bits[i]);
                _sameWith(data, place, (1 << bits[i]) - 1);
            }
            _sameWith(data, place, type(uint256).max);
            // Places before the beginning of the call.
            _sameWith(data, place, 1 << 255);
            _sameWith(data, place, type(uint256).max - 0x5ff);
            _set(data, place, before);
        }
        holds(_refusals > 300 && _answers > 300, "both happened");
    }

    /// forge-config: default.fuzz.runs = 4096
    function testFuzz_whatever_lies_in_a_call(uint256 size, uint256 place, uint256 word, uint256 length) public {
        bytes memory data = _call(_order(size % 4));
        place = SELECTOR + within(place, 0, (data.length - SELECTOR) / 32 - 1) * 32;
        // Where lists lie, and how long they are, is said by small numbers.
        _set(data, place, word % 3 == 0 ? word : word % 3 == 1 ? word % 1024 : word % 32 * 32);
        _same(data);
        length = within(length, SELECTOR, data.length);
        assembly ("memory-safe") {
            mstore(data, length)
        }
        _same(data);
    }

    function _sameWith(bytes memory data, uint256 place, uint256 word) private {
        _set(data, place, word);
        _same(data);
    }

    function _same(bytes memory data) private {
        (bool decoded, bytes memory expected) = _asked(Loader.decoded.selector, data);
        (bool loaded, bytes memory answer) = _asked(Loader.loaded.selector, data);
        holds(decoded == loaded, "one reads it");
        if (decoded) {
            ++_answers;
            eq(keccak256(answer), keccak256(expected), "what");
        } else {
            ++_refusals;
            eq(answer.length, 0, "refused before it is written");
        }
    }

    function _asked(bytes4 selector, bytes memory data) private view returns (bool, bytes memory) {
        for (uint256 i = 0; i < SELECTOR; ++i) {
            data[i] = selector[i];
        }
        return address(_loader).staticcall{gas: 10_000_000}(data);
    }

    function _call(IExchange.Order memory order) private pure returns (bytes memory) {
        return abi.encodeCall(Loader.loaded, (order));
    }

    function _order(uint256 size) private pure returns (IExchange.Order memory order) {
        (order.maker, order.taker, order.currency) = (address(0xa), address(0xb), address(0xc));
        (order.price, order.endPrice, order.from, order.until) = (4, 3, 1, 2);
        (order.units, order.royaltyMax, order.counter, order.salt) = (1, 500, 6, 7);
        order.gives = new IExchange.Item[](size);
        order.wants = new IExchange.Item[](size / 2);
        order.bounds = new IExchange.Bound[](size / 2);
        for (uint256 i = 0; i < size; ++i) {
            order.gives[i] =
                IExchange.Item(IExchange.Standard.ERC1155, IExchange.Criteria.OneOf, address(uint160(i)), i, 8, 9);
        }
        for (uint256 i = 0; i < size / 2; ++i) {
            order.wants[i] = IExchange.Item(IExchange.Standard.ERC721, IExchange.Criteria.Any, address(0xd), i, 10, 11);
            order.bounds[i] = IExchange.Bound(address(0xe), i);
        }
        order.side = IExchange.Side.Buy;
    }

    function _word(bytes memory from, uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(from, 0x20), place))
        }
    }

    function _set(bytes memory to, uint256 place, uint256 word) private pure {
        assembly ("memory-safe") {
            mstore(add(add(to, 0x20), place), word)
        }
    }
}
