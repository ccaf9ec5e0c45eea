// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {GovernorUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/GovernorUpgradeable.sol";
import {
    GovernorCountingSimpleUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorCountingSimpleUpgradeable.sol";
import {IGovernance} from "../interfaces/IGovernance.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Theta} from "../token/Theta.sol";
import {Timelock} from "./Timelock.sol";

/// @dev On the variants that are made for proxies, because the others keep the signing domain in immutables, which only a
/// constructor can fill. There is no proxy and no initializer: what an initializer would store (the name, the domain's name and
/// version) is overridden here, and everything else begins with zero. OpenZeppelin's extensions for votes and timelocks
/// store an address each, so the few lines of them that are needed stand below.
contract Governor is GovernorCountingSimpleUpgradeable, IGovernance {
    using SafeCast for uint256;

    Theta private constant THETA = Theta(Predeploys.THETA);
    Timelock private constant TIMELOCK = Timelock(payable(Predeploys.TIMELOCK));
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);
    uint256 private constant BASIS_POINTS = 10_000;

    mapping(uint256 proposalId => uint256) private _snapshots;
    mapping(uint256 snapshot => uint256) private _quorums;
    mapping(uint256 proposalId => bytes32) public operationOf;

    function token() external pure returns (address) {
        return Predeploys.THETA;
    }

    function timelock() external pure returns (address) {
        return Predeploys.TIMELOCK;
    }

    function name() public pure override returns (string memory) {
        return "Edgeloom Governor";
    }

    /// @dev THETA's, which has to be the same: a test compares.
    function clock() public view override returns (uint48) {
        return block.number.toUint48();
    }

    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=blocknumber&from=default";
    }

    function votingDelay() public view override returns (uint256) {
        return PARAMETERS.valueOf(IParameters.Parameter.VotingDelay);
    }

    function votingPeriod() public view override returns (uint256) {
        return PARAMETERS.valueOf(IParameters.Parameter.VotingPeriod);
    }

    function proposalThreshold() public view override returns (uint256) {
        return PARAMETERS.valueOf(IParameters.Parameter.ProposalThreshold);
    }

    /// @dev That of the proposals with this snapshot; without any, what a proposal made now would need.
    function quorum(uint256 snapshot) public view override returns (uint256 votes) {
        votes = _quorums[snapshot];
        if (votes != 0) return votes;
        uint256 share = PARAMETERS.valueOf(IParameters.Parameter.Quorum);
        return THETA.getPastTotalSupply(snapshot) * share / BASIS_POINTS;
    }

    /// @dev G1. OpenZeppelin's is also where voting starts, which is `voteStart` here.
    function proposalSnapshot(uint256 proposalId) public view override returns (uint256) {
        return _snapshots[proposalId];
    }

    function voteStart(uint256 proposalId) public view returns (uint256) {
        return super.proposalSnapshot(proposalId);
    }

    /// @dev With its snapshot in the past a proposal is never pending to OpenZeppelin, and never executed by the timelock.
    function state(uint256 proposalId) public view override returns (ProposalState current) {
        current = super.state(proposalId);
        if (current == ProposalState.Active && voteStart(proposalId) >= clock()) return ProposalState.Pending;
        if (current != ProposalState.Queued) return current;
        bytes32 operation = operationOf[proposalId];
        if (TIMELOCK.isOperationPending(operation)) return ProposalState.Queued;
        // Anybody may execute in the timelock itself, and a vote may cancel there.
        return TIMELOCK.isOperationDone(operation) ? ProposalState.Executed : ProposalState.Canceled;
    }

    function proposalNeedsQueuing(uint256) public pure override returns (bool) {
        return true;
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256 proposalId) {
        proposalId = super._propose(targets, values, calldatas, description, proposer);
        uint256 snapshot = clock() - 1;
        _snapshots[proposalId] = snapshot;
        _quorums[snapshot] = quorum(snapshot);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override returns (uint48 etaSeconds) {
        uint256 delay = TIMELOCK.getMinDelay();
        operationOf[proposalId] = TIMELOCK.hashOperationBatch(targets, values, calldatas, 0, descriptionHash);
        TIMELOCK.scheduleBatch(targets, values, calldatas, 0, descriptionHash, delay);
        return (block.timestamp + delay).toUint48();
    }

    function _executeOperations(
        uint256,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override {
        TIMELOCK.executeBatch{value: msg.value}(targets, values, calldatas, 0, descriptionHash);
    }

    function _executor() internal pure override returns (address) {
        return Predeploys.TIMELOCK;
    }

    function _getVotes(address account, uint256 snapshot, bytes memory) internal view override returns (uint256) {
        return THETA.getPastVotes(account, snapshot);
    }

    function _EIP712Name() internal pure override returns (string memory) {
        return name();
    }

    function _EIP712Version() internal view override returns (string memory) {
        return version();
    }
}
