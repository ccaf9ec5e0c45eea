// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Governor} from "../src/governance/Governor.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Timelock} from "../src/governance/Timelock.sol";
import {Upgrades} from "../src/governance/Upgrades.sol";
import {World} from "./World.sol";
import {eq, vm} from "./Vm.sol";

/// @dev The contracts of governance by runtime code alone, and three holders of all THETA, who vote for themselves since
/// before block 100. Blocks are a second apart.
abstract contract GovernanceWorld is World {
    Governor internal constant GOVERNOR = Governor(payable(Predeploys.GOVERNOR));
    Timelock internal constant TIMELOCK = Timelock(payable(Predeploys.TIMELOCK));
    Upgrades internal constant UPGRADES = Upgrades(Predeploys.UPGRADES);

    uint8 internal constant AGAINST = 0;
    uint8 internal constant FOR = 1;
    uint8 internal constant ABSTAIN = 2;

    /// @dev Genesis values, which `GovParametersTest` compares.
    uint256 internal constant DELAY = 86_400;
    uint256 internal constant PERIOD = 604_800;
    uint256 internal constant THRESHOLD = 1_000_000e18;
    uint256 internal constant QUORUM = 40_000_000e18;
    uint256 internal constant TIMELOCK_DELAY = 2 days;

    uint256 internal constant ALICES = 500_000_000e18;
    uint256 internal constant BOBS = 300_000_000e18;
    uint256 internal constant CAROLS = 200_000_000e18;
    address internal constant MALLORY = address(0x3a110);

    struct Plan {
        address[] targets;
        uint256[] values;
        bytes[] calls;
        string description;
    }

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.GOVERNOR, address(new Governor()).code);
        vm.etch(Predeploys.TIMELOCK, address(new Timelock()).code);
        vm.etch(Predeploys.UPGRADES, address(new Upgrades()).code);
        bytes32 slot = keccak256(abi.encodePacked(ALICE, uint64(0), uint32(0x87a211a2)));
        vm.store(Predeploys.THETA, slot, bytes32(THETA.SUPPLY()));
        vm.roll(99);
        move(ALICE, BOB, BOBS);
        move(ALICE, CAROL, CAROLS);
        delegate(ALICE);
        delegate(BOB);
        delegate(CAROL);
        vm.roll(100);
    }

    function move(address from, address to, uint256 amount) internal {
        vm.prank(from);
        THETA.transfer(to, amount);
    }

    function delegate(address holder) internal {
        vm.prank(holder);
        THETA.delegate(holder);
    }

    function waitBlocks(uint256 count) internal {
        vm.roll(block.number + count);
        vm.warp(block.timestamp + count);
    }

    function plan(address target, bytes memory data, string memory description) internal pure returns (Plan memory) {
        bytes[] memory calls = new bytes[](1);
        calls[0] = data;
        return Plan(list(target), new uint256[](1), calls, description);
    }

    function setting(IParameters.Parameter parameter, uint256 value) internal pure returns (Plan memory) {
        return plan(Predeploys.PARAMETERS, abi.encodeCall(IParameters.set, (parameter, value)), "set a parameter");
    }

    function gasPlan() internal pure returns (Plan memory) {
        return setting(IParameters.Parameter.GasLimit, 60_000_000);
    }

    /// @dev As a vote would.
    function setNow(IParameters.Parameter parameter, uint256 value) internal {
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(parameter, value);
    }

    function proposed(address proposer, Plan memory made) internal returns (uint256 proposalId) {
        vm.prank(proposer);
        return GOVERNOR.propose(made.targets, made.values, made.calls, made.description);
    }

    function voted(address voter, uint256 proposalId, uint8 support) internal returns (uint256 weight) {
        vm.prank(voter);
        return GOVERNOR.castVote(proposalId, support);
    }

    function openVote(uint256 proposalId) internal {
        waitBlocks(GOVERNOR.voteStart(proposalId) + 1 - block.number);
    }

    function closeVote(uint256 proposalId) internal {
        waitBlocks(GOVERNOR.proposalDeadline(proposalId) + 1 - block.number);
    }

    /// @dev Proposed by BOB, voted for by ALICE.
    function passed(Plan memory made) internal returns (uint256 proposalId) {
        proposalId = proposed(BOB, made);
        openVote(proposalId);
        voted(ALICE, proposalId, FOR);
        closeVote(proposalId);
    }

    function queue(Plan memory made) internal {
        GOVERNOR.queue(made.targets, made.values, made.calls, hashOf(made));
    }

    function execute(Plan memory made) internal {
        GOVERNOR.execute(made.targets, made.values, made.calls, hashOf(made));
    }

    function queued(Plan memory made) internal returns (uint256 proposalId) {
        proposalId = passed(made);
        queue(made);
    }

    function enacted(Plan memory made) internal returns (uint256 proposalId) {
        proposalId = queued(made);
        waitBlocks(PARAMETERS.valueOf(IParameters.Parameter.TimelockDelay));
        execute(made);
    }

    function hashOf(Plan memory made) internal pure returns (bytes32) {
        return keccak256(bytes(made.description));
    }

    function expectState(uint256 proposalId, IGovernor.ProposalState expected) internal view {
        eq(uint256(GOVERNOR.state(proposalId)), uint256(expected), "state");
    }

    /// @dev What the governor says of a proposal that is in one state where it needed one of others.
    function wrongState(uint256 proposalId, IGovernor.ProposalState found, bytes32 needed)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IGovernor.GovernorUnexpectedProposalState.selector, proposalId, found, needed);
    }

    function only(IGovernor.ProposalState needed) internal pure returns (bytes32) {
        return bytes32(uint256(1) << uint8(needed));
    }
}
