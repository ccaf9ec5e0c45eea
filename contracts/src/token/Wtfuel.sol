// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC20} from "solady/tokens/ERC20.sol";
import {IWtfuel} from "../interfaces/IWtfuel.sol";

/// @dev On solady's ERC20, whose permit asks for chain and address at each call and keeps nothing that a constructor would
/// have to fill. Its WETH emits neither `Deposit` nor `Withdrawal`, which tools look for. The supply is counted, not
/// read off the balance as WETH9 does: anybody can force TFUEL upon a contract.
contract Wtfuel is ERC20 {
    receive() external payable {
        deposit();
    }

    function withdraw(uint256 wad) external {
        _burn(msg.sender, wad);
        emit IWtfuel.Withdrawal(msg.sender, wad);
        (bool sent,) = msg.sender.call{value: wad}("");
        if (!sent) revert IWtfuel.PayoutFailed(msg.sender, wad);
    }

    function deposit() public payable {
        _mint(msg.sender, msg.value);
        emit IWtfuel.Deposit(msg.sender, msg.value);
    }

    /// @dev Checked here and not in solady's hook, which cannot tell a transfer to zero from a burn.
    function transfer(address to, uint256 amount) public override returns (bool) {
        _checkReceiver(to);
        return super.transfer(to, amount);
    }

    /// @dev Contracts that move their own WETH9 by `transferFrom` never approved themselves.
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (from == msg.sender) return transfer(to, amount);
        _checkReceiver(to);
        return super.transferFrom(from, to, amount);
    }

    function name() public pure override returns (string memory) {
        return "Wrapped TFUEL";
    }

    function symbol() public pure override returns (string memory) {
        return "WTFUEL";
    }

    function _checkReceiver(address to) private view {
        if (to == address(0) || to == address(this)) revert IWtfuel.WrongReceiver(to);
    }

    function _constantNameHash() internal pure override returns (bytes32) {
        return keccak256("Wrapped TFUEL");
    }

    /// @dev There is no Permit2 in genesis; whoever got code to that address would own every balance.
    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }
}
