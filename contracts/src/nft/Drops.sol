// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICreation} from "../interfaces/ICreation.sol";
import {IDrops} from "../interfaces/IDrops.sol";
import {Phases} from "./Phases.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Its balance is credits and dues: what is paid goes on in the same transaction.
contract Drops is IDrops, Phases {
    using SafeCast for uint256;

    uint256 public dropCount;
    mapping(uint256 drop => Drop) private _drops;
    /// @dev 0 where none was given out.
    mapping(address creation => uint256) private _next;

    function open(Terms calldata terms, Phase[] calldata phases) external returns (uint256 drop) {
        bool editions = _checkCreator(terms.creation);
        if (terms.count == 0) revert NoQuantity();

        drop = ++dropCount;
        _plan(drop, phases);
        Drop memory its;
        (its.creation, its.count, its.editions) = (terms.creation, terms.count, editions);
        its.payee = terms.payee == address(0) ? msg.sender : terms.payee;
        its.first = _allocate(terms.creation, editions ? 1 : terms.count).toUint64();
        _drops[drop] = its;
        emit DropOpened(drop, terms.creation, msg.sender, its, phases);
    }

    /// @dev Who receives editions is called, before others are paid: it can enter nothing here that counts on these.
    function mint(uint256 drop, uint256 phase, uint256 quantity, Allowance calldata allowance)
        external
        payable
        nonReentrant
    {
        Drop memory its = _dropOf(drop);
        if (its.closed) revert SaleClosed(drop);
        if (quantity > its.count - its.sold) revert QuantityTooMany(quantity, its.count - its.sold);
        uint256 price = _sell(drop, phase, quantity, allowance);

        uint256 fee = feeFor(price);
        uint256 first = its.editions ? its.first : its.first + its.sold;
        _drops[drop].sold = (its.sold + quantity).toUint32();
        _takeFee(TFUEL, address(this), fee);
        emit Minted(drop, msg.sender, phase, first, quantity, price, fee);
        ICreation(its.creation).issue(msg.sender, first, quantity);
        _send(TFUEL, address(this), its.payee, price - fee);
        _send(TFUEL, address(this), msg.sender, msg.value - price);
    }

    function close(uint256 drop) external {
        Drop memory its = _dropOf(drop);
        _checkCreator(its.creation);
        if (its.closed) revert SaleClosed(drop);
        _drops[drop].closed = true;
        emit DropClosed(drop);
    }

    function allocate(address creation, uint256 count) external returns (uint256 first) {
        if (msg.sender != Predeploys.PACKS) revert OnlyPacks(msg.sender);
        return _allocate(creation, count);
    }

    function dropOf(uint256 drop) external view returns (Drop memory) {
        return _dropOf(drop);
    }

    function nextOf(address creation) public view returns (uint256 next) {
        next = _next[creation];
        if (next == 0) next = ICreation(creation).split();
    }

    function _allocate(address creation, uint256 count) private returns (uint256 first) {
        first = nextOf(creation);
        _next[creation] = first + count;
    }

    function _dropOf(uint256 drop) private view returns (Drop memory its) {
        its = _drops[drop];
        if (its.creation == address(0)) revert NoSuchSale(drop);
    }
}
