// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IWtfuel} from "../../src/interfaces/IWtfuel.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {Wtfuel} from "../../src/token/Wtfuel.sol";
import {vm, within} from "../Vm.sol";

/// @dev Accounts that wrap, unwrap and pay each other in any order, each as far as it can.
contract Wrappers {
    uint256 public constant SIZE = 4;
    uint256 public constant FUNDS = 1000e18;
    IWtfuel private constant WTFUEL = IWtfuel(payable(Predeploys.WTFUEL));

    /// @dev How often each verb moved something.
    mapping(bytes32 verb => uint256) public done;

    function setUp() external {
        vm.etch(Predeploys.WTFUEL, address(new Wtfuel()).code);
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
        }
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function deposit(uint256 who, uint256 amount, bool plainly) external {
        amount = within(amount, 0, member(who).balance);
        vm.prank(member(who));
        if (plainly) {
            (bool sent,) = address(WTFUEL).call{value: amount}("");
            require(sent, "a plain transfer");
        } else {
            WTFUEL.deposit{value: amount}();
        }
        if (amount != 0) ++done["deposit"];
    }

    function withdraw(uint256 who, uint256 amount) external {
        amount = within(amount, 0, WTFUEL.balanceOf(member(who)));
        vm.prank(member(who));
        WTFUEL.withdraw(amount);
        if (amount != 0) ++done["withdraw"];
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external {
        amount = within(amount, 0, WTFUEL.balanceOf(member(from)));
        vm.prank(member(from));
        WTFUEL.transfer(member(to), amount);
        if (amount != 0) ++done["transfer"];
    }

    function transferFrom(uint256 spender, uint256 from, uint256 to, uint256 amount) external {
        amount = within(amount, 0, WTFUEL.balanceOf(member(from)));
        vm.prank(member(from));
        WTFUEL.approve(member(spender), amount);
        vm.prank(member(spender));
        WTFUEL.transferFrom(member(from), member(to), amount);
        if (amount != 0) ++done["transferFrom"];
    }
}
