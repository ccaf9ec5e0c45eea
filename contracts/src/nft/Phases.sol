// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";
import {Checkout} from "./Checkout.sol";
import {INftFactory} from "../interfaces/INftFactory.sol";
import {IPhases} from "../interfaces/IPhases.sol";
import {Predeploys} from "../types/Predeploys.sol";

abstract contract Phases is IPhases, Checkout, ReentrancyGuardTransient {
    INftFactory private constant FACTORY = INftFactory(Predeploys.NFT_FACTORY);

    uint256 public constant PHASES_MAX = 8;

    /// @dev `Phase`, and what was sold in the same word as its limits.
    struct Stage {
        uint128 price;
        uint128 endPrice;
        uint40 from;
        uint40 until;
        uint32 perWallet;
        uint32 supply;
        uint32 sold;
        bytes32 allowed;
    }

    mapping(uint256 sale => Stage[]) private _stages;
    mapping(uint256 sale => mapping(uint256 phase => mapping(address account => uint256))) public boughtBy;

    function phaseOf(uint256 sale, uint256 phase) external view returns (Phase memory its, uint256 sold) {
        Stage storage stage = _stageOf(sale, phase);
        (its.price, its.endPrice, its.from, its.until) = (stage.price, stage.endPrice, stage.from, stage.until);
        (its.perWallet, its.supply, its.allowed) = (stage.perWallet, stage.supply, stage.allowed);
        sold = stage.sold;
    }

    function phaseCount(uint256 sale) external view returns (uint256) {
        return _stages[sale].length;
    }

    function priceOf(uint256 sale, uint256 phase, uint256 time) public view returns (uint256) {
        Stage storage stage = _stageOf(sale, phase);
        (uint256 from, uint256 until) = (stage.from, stage.until);
        if (time < from || time > until) revert NotOnSale(sale, phase, from, until);
        uint256 price = stage.price;
        return price - (price - stage.endPrice) * (time - from) / (until - from);
    }

    /// @return most of the prices at which one of the sale can be bought
    function _plan(uint256 sale, Phase[] calldata phases) internal returns (uint256 most) {
        if (phases.length == 0 || phases.length > PHASES_MAX) revert PhasesOutOfRange(phases.length, PHASES_MAX);
        for (uint256 i = 0; i < phases.length; ++i) {
            Phase calldata its = phases[i];
            bool limitedTwice = its.allowed != 0 && its.perWallet != 0;
            if (its.from >= its.until || its.endPrice > its.price || limitedTwice) revert MalformedPhase(i);
            if (its.price > most) most = its.price;
            _stages[sale].push(
                Stage(its.price, its.endPrice, its.from, its.until, its.perWallet, its.supply, 0, its.allowed)
            );
        }
    }

    /// @dev Of what is left of the sale the caller has made sure. What comes of it is the caller's to do, and to give back what was sent too much.
    /// @return price of all
    function _sell(uint256 sale, uint256 phase, uint256 quantity, Allowance calldata allowance)
        internal
        returns (uint256 price)
    {
        if (quantity == 0) revert NoQuantity();
        price = quantity * priceOf(sale, phase, block.timestamp);
        if (msg.value < price) revert NotEnoughSent(price, msg.value);
        Stage storage stage = _stages[sale][phase];
        (uint256 sold, uint256 supply) = (stage.sold, stage.supply);
        if (supply != 0 && quantity > supply - sold) revert QuantityTooMany(quantity, supply - sold);

        // No more than the sale has left, which 32 bits hold.
        stage.sold = uint32(sold + quantity);
        _count(sale, phase, quantity, allowance);
    }

    /// @return editions whether it is that, and no collection
    function _checkCreator(address creation) internal view returns (bool editions) {
        editions = FACTORY.isEditions(creation);
        if (!editions && !FACTORY.isCollection(creation)) revert NotACreation(creation);
        if (Ownable(creation).owner() != msg.sender) revert OnlyCreator(creation, msg.sender);
    }

    function _useTransientReentrancyGuardOnlyOnMainnet() internal pure override returns (bool) {
        return false;
    }

    /// @dev Leaves are hashed twice, so that no node of the tree is one.
    function _count(uint256 sale, uint256 phase, uint256 quantity, Allowance calldata allowance) private {
        Stage storage stage = _stages[sale][phase];
        (uint256 most, bytes32 root) = (stage.perWallet, stage.allowed);
        if (root != 0) {
            most = allowance.most;
            bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(msg.sender, most))));
            if (!MerkleProof.verifyCalldata(allowance.proof, root, leaf)) revert NotAllowed(msg.sender, most);
        } else if (most == 0) {
            return;
        }
        uint256 before = boughtBy[sale][phase][msg.sender];
        // A list can have the same account twice.
        uint256 left = most > before ? most - before : 0;
        if (quantity > left) revert AllowanceExceeded(msg.sender, quantity, left);
        boughtBy[sale][phase][msg.sender] = before + quantity;
    }

    function _stageOf(uint256 sale, uint256 phase) private view returns (Stage storage) {
        if (phase >= _stages[sale].length) revert NoSuchPhase(sale, phase);
        return _stages[sale][phase];
    }
}
