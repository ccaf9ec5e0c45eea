// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC20Votes} from "solady/tokens/ERC20Votes.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {ITheta} from "../interfaces/ITheta.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev On solady, because OpenZeppelin's permit and votes keep the signing domain in immutables, which only a
/// constructor can fill. Genesis writes one storage slot: the first holder's balance. Everything about the supply is a
/// constant, so no checkpoint of it has to be planted.
contract Theta is ERC20Votes {
    uint256 public constant SUPPLY = 1_000_000_000e18;

    function name() public pure override returns (string memory) {
        return "Theta Token";
    }

    function symbol() public pure override returns (string memory) {
        return "THETA";
    }

    function totalSupply() public pure override returns (uint256) {
        return SUPPLY;
    }

    function getVotesTotalSupply() public pure override returns (uint256) {
        return SUPPLY;
    }

    function getPastVotesTotalSupply(uint256 timepoint) public view override returns (uint256) {
        return getPastTotalSupply(timepoint);
    }

    function getPastTotalSupply(uint256 timepoint) public view returns (uint256) {
        if (timepoint >= clock()) revert ERC5805FutureLookup();
        return SUPPLY;
    }

    function forfeit(address owner, uint256 amount) external {
        if (msg.sender != Predeploys.STAKING) revert ITheta.OnlyStaking(msg.sender);
        _moveDelegateVotes(delegates(owner), address(0), amount);
    }

    function _constantNameHash() internal pure override returns (bytes32) {
        return keccak256("Theta Token");
    }

    /// @dev There is no Permit2 in genesis; whoever got code to that address would own every balance.
    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }

    /// @dev What came there by another way than staking would keep voting for who sent it, for nothing at stake.
    function _beforeTokenTransfer(address, address to, uint256) internal view override {
        if (to == address(0)) revert ITheta.TransferToZero();
        if (to == Predeploys.STAKING && msg.sender != to) revert ITheta.NotStakedByTransfer();
    }

    /// @dev Staked, it goes on voting for its owner.
    function _afterTokenTransfer(address from, address to, uint256 amount) internal override {
        if (to != Predeploys.STAKING) super._afterTokenTransfer(from, to, amount);
    }

    function _getVotingUnits(address owner) internal view override returns (uint256) {
        return balanceOf(owner) + IStaking(Predeploys.STAKING).principalOf(owner);
    }
}
