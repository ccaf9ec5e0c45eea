// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernanceWorld} from "../GovernanceWorld.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {IStakeBook} from "../../src/interfaces/IStakeBook.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {IUpgrades} from "../../src/interfaces/IUpgrades.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {eq, vm, within} from "../Vm.sol";

/// @dev What holders of all THETA do in any order. Every action picks something that it is allowed to do and does nothing when
/// there is none, so a revert is a finding. Beside it stands what should follow, noted when it happened.
contract Voters is GovernanceWorld {
    uint256 public constant SIZE = 5;
    uint256 private constant PROPOSALS_MAX = 24;

    struct Noted {
        uint256 id;
        uint256 block;
        uint256 quorum;
        uint256 cast;
        uint256 queuedAt;
        uint256 delay;
        uint256 executedAt;
    }

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    /// @dev What the parameters are, by what was executed.
    uint256[] public expected;
    Noted[] private _noted;
    Plan[] private _plans;
    mapping(uint256 index => mapping(uint256 member => bool)) private _voted;
    uint32 private _rule;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; ++i) {
            delegate(member(i));
            move(ALICE, member(i), ALICES / SIZE);
            move(BOB, member(i), BOBS / SIZE);
            move(CAROL, member(i), CAROLS / SIZE);
        }
        vm.prank(BOB);
        STAKING.register(IStaking.Role.Validator, BOB, 0);
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.prank(member(i));
            THETA.approve(Predeploys.STAKING, type(uint256).max);
        }
        expected = PARAMETERS.all();
        waitBlocks(1);
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function noted() external view returns (Noted[] memory) {
        return _noted;
    }

    function transferTheta(uint256 from, uint256 to, uint256 amount) external counted("transfer") {
        amount = within(amount, 0, THETA.balanceOf(member(from)));
        move(member(from), member(to), amount);
    }

    function delegateTheta(uint256 from, uint256 to) external counted("delegate") {
        vm.prank(member(from));
        THETA.delegate(member(to));
    }

    function stakeTheta(uint256 who, uint256 amount) external {
        uint256 held = THETA.balanceOf(member(who));
        if (held != 0) _stake(member(who), within(amount, 1, held));
    }

    function unstakeTheta(uint256 who, uint256 amount) external {
        uint256 held = STAKING.positionOf(1, member(who)).stake;
        if (held != 0) _unstake(member(who), within(amount, 1, held));
    }

    function redeemTheta(uint256 who) external {
        IStakeBook.Unstaking[] memory waiting = STAKING.unstakingOf(1, member(who));
        if (waiting.length == 0) return;
        // Now and then so long that votes end meanwhile.
        if (who % 8 < 5 && block.timestamp < waiting[0].release) waitBlocks(waiting[0].release - block.timestamp);
        if (block.timestamp >= waiting[0].release) _redeem(member(who));
    }

    function proposeSetting(uint256 who, uint256 which, uint256 value) external {
        IParameters.Parameter parameter = IParameters.Parameter(within(which, 0, expected.length - 1));
        // A pair's rule may forbid what bounds allow, and make the execution revert.
        if (parameter == IParameters.Parameter.BlockTimeMs || parameter == IParameters.Parameter.HeartbeatMs) {
            parameter = IParameters.Parameter.Quorum;
        }
        if (parameter == IParameters.Parameter.CommitteeSeats || parameter == IParameters.Parameter.SeatsPerOwner) {
            parameter = IParameters.Parameter.VotingPeriod;
        }
        IParameters.Bounded memory bounds = PARAMETERS.boundsOf(parameter);
        _propose(member(who), setting(parameter, within(value, bounds.least, bounds.most)));
    }

    function proposeRule(uint256 who) external {
        // Later than any wait of this crowd.
        bytes memory call = abi.encodeCall(IUpgrades.scheduleRule, (uint64(1) << 63, ++_rule));
        _propose(member(who), plan(Predeploys.UPGRADES, call, "a rule"));
    }

    /// @dev Seldom, so that most votes come to an end.
    function cancel(uint256 which) external {
        if (which % 4 != 0) return;
        (bool found, uint256 index) = _find(which, IGovernor.ProposalState.Pending);
        if (found) _cancel(index);
    }

    function vote(uint256 who, uint256 which, uint256 support) external {
        (bool found, uint256 index) = _find(which, IGovernor.ProposalState.Active);
        if (!found) return;
        for (uint256 i = 0; i < SIZE; ++i) {
            uint256 voter = (who % SIZE + i) % SIZE;
            // Mostly for, since so little passes otherwise.
            if (!_voted[index][voter]) return _vote(index, voter, support % 4 > 2 ? uint8(support % 3) : FOR);
        }
    }

    function queueOne(uint256 which) external {
        (bool found, uint256 index) = _find(which, IGovernor.ProposalState.Succeeded);
        if (found) _queue(index);
    }

    function executeOne(uint256 which, bool direct) external {
        (bool found, uint256 index) = _find(which, IGovernor.ProposalState.Queued);
        if (!found || GOVERNOR.proposalEta(_noted[index].id) > block.timestamp) return;
        // A full list refuses.
        bool isRule = _plans[index].targets[0] == Predeploys.UPGRADES;
        if (isRule && UPGRADES.pending().length == UPGRADES.FORKS_MAX()) return;
        if (direct) _executeInTimelock(index);
        else _execute(index);
        _note(index, isRule);
    }

    function wait(uint256 blocks) external counted("wait") {
        waitBlocks(within(blocks, 1, 1000));
    }

    /// @dev To the next stage of one proposal.
    function waitFor(uint256 which) external counted("wait for") {
        if (_noted.length == 0) return;
        uint256 id = _noted[within(which, 0, _noted.length - 1)].id;
        if (block.number <= GOVERNOR.voteStart(id)) openVote(id);
        else if (block.number <= GOVERNOR.proposalDeadline(id)) closeVote(id);
        else if (GOVERNOR.proposalEta(id) > block.timestamp) waitBlocks(GOVERNOR.proposalEta(id) - block.timestamp);
    }

    function _propose(address proposer, Plan memory made) private {
        if (_noted.length == PROPOSALS_MAX) return;
        if (THETA.getPastVotes(proposer, block.number - 1) < GOVERNOR.proposalThreshold()) return;
        made.description = string(abi.encode(_noted.length));
        _proposed(proposer, made);
    }

    function _proposed(address proposer, Plan memory made) private counted("propose") {
        uint256 id = proposed(proposer, made);
        uint256 quorum = GOVERNOR.quorum(GOVERNOR.proposalSnapshot(id));
        _noted.push(Noted(id, block.number, quorum, 0, 0, 0, 0));
        _plans.push(made);
    }

    function _stake(address source, uint256 amount) private counted("stake") {
        vm.prank(source);
        STAKING.stake(1, amount);
    }

    function _unstake(address source, uint256 amount) private counted("unstake") {
        vm.prank(source);
        STAKING.unstake(1, amount);
    }

    function _redeem(address source) private counted("redeem") {
        vm.prank(source);
        STAKING.redeem(1);
    }

    function _cancel(uint256 index) private counted("cancel") {
        Plan memory made = _plans[index];
        vm.prank(GOVERNOR.proposalProposer(_noted[index].id));
        GOVERNOR.cancel(made.targets, made.values, made.calls, hashOf(made));
    }

    function _vote(uint256 index, uint256 voter, uint8 support) private counted("vote") {
        _voted[index][voter] = true;
        uint256 id = _noted[index].id;
        uint256 weight = THETA.getPastVotes(member(voter), _noted[index].block - 1);
        eq(voted(member(voter), id, support), weight, "weight");
        _noted[index].cast += weight;
    }

    function _queue(uint256 index) private counted("queue") {
        _noted[index].queuedAt = block.timestamp;
        _noted[index].delay = PARAMETERS.valueOf(IParameters.Parameter.TimelockDelay);
        queue(_plans[index]);
    }

    function _execute(uint256 index) private counted("execute") {
        execute(_plans[index]);
    }

    function _executeInTimelock(uint256 index) private counted("execute in the timelock") {
        Plan memory made = _plans[index];
        TIMELOCK.executeBatch(made.targets, made.values, made.calls, 0, hashOf(made));
    }

    function _note(uint256 index, bool isRule) private {
        _noted[index].executedAt = block.timestamp;
        if (isRule) return;
        bytes memory call = _plans[index].calls[0];
        bytes memory words = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) {
            words[i] = call[4 + i];
        }
        (uint256 number, uint256 value) = abi.decode(words, (uint256, uint256));
        expected[number] = value;
    }

    /// @dev The first proposal from `which` on, around the ring, in a state.
    function _find(uint256 which, IGovernor.ProposalState state) private view returns (bool, uint256) {
        uint256 count = _noted.length;
        for (uint256 i = 0; i < count; ++i) {
            uint256 index = (which % count + i) % count;
            if (GOVERNOR.state(_noted[index].id) == state) return (true, index);
        }
        return (false, 0);
    }
}
