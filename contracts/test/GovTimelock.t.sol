// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {
    TimelockControllerUpgradeable as Controller
} from "@openzeppelin/contracts-upgradeable/governance/TimelockControllerUpgradeable.sol";
import {GovernanceWorld} from "./GovernanceWorld.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

contract GovTimelockTest is GovernanceWorld {
    bytes32 private constant ADMIN = 0;
    /// @dev Where OpenZeppelin notes that an initializer ran.
    bytes32 private constant INITIALIZED = 0xf0c57e16840df040f15088dc2f81fe391c3923bec73e23a9662efc9c229c6a00;

    function test_schedule_and_cancel_refuse_everybody_but_the_governor() public {
        Plan memory made = gasPlan();
        address[4] memory callers = [ALICE, Predeploys.TIMELOCK, Predeploys.SYSTEM, address(0)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(_unauthorized(callers[i], keccak256("PROPOSER_ROLE")));
            vm.prank(callers[i]);
            TIMELOCK.schedule(made.targets[0], 0, made.calls[0], 0, 0, 30 days);
            vm.expectRevert(_unauthorized(callers[i], keccak256("PROPOSER_ROLE")));
            vm.prank(callers[i]);
            TIMELOCK.scheduleBatch(made.targets, made.values, made.calls, 0, 0, 30 days);
            vm.expectRevert(_unauthorized(callers[i], keccak256("CANCELLER_ROLE")));
            vm.prank(callers[i]);
            TIMELOCK.cancel("operation");
        }
    }

    function test_roles_cannot_be_given_taken_or_laid_down() public {
        bytes32[4] memory roles = _roles();
        address[4] memory callers = [ALICE, Predeploys.TIMELOCK, Predeploys.GOVERNOR, address(0)];
        for (uint256 i = 0; i < 16; ++i) {
            (bytes32 role, address caller) = (roles[i % 4], callers[i / 4]);
            vm.expectRevert(_unauthorized(caller, ADMIN));
            vm.prank(caller);
            TIMELOCK.grantRole(role, MALLORY);
            vm.expectRevert(_unauthorized(caller, ADMIN));
            vm.prank(caller);
            TIMELOCK.revokeRole(role, Predeploys.GOVERNOR);
            vm.expectRevert(_unauthorized(caller, ADMIN));
            vm.prank(caller);
            TIMELOCK.renounceRole(role, caller);
        }
    }

    function test_roles_are_the_governors_and_executing_is_everybodys() public pure {
        bytes32[4] memory roles = _roles();
        address[6] memory others =
            [ALICE, MALLORY, Predeploys.TIMELOCK, Predeploys.PARAMETERS, Predeploys.SYSTEM, address(0)];
        for (uint256 i = 0; i < others.length; ++i) {
            for (uint256 j = 0; j < 3; ++j) {
                holds(!TIMELOCK.hasRole(roles[j], others[i]), "none");
            }
            holds(TIMELOCK.hasRole(roles[3], others[i]), "executor");
        }
        holds(!TIMELOCK.hasRole(ADMIN, Predeploys.GOVERNOR), "no administrator");
        holds(TIMELOCK.hasRole(roles[1], Predeploys.GOVERNOR), "proposer");
        holds(TIMELOCK.hasRole(roles[2], Predeploys.GOVERNOR), "canceller");
    }

    /// Initializers that OpenZeppelin's contracts have or had. The governor has none, so they end in no function at all.
    function test_nobody_initializes_either() public {
        address[] memory some = list(MALLORY);
        address[3] memory callers = [MALLORY, Predeploys.TIMELOCK, Predeploys.GOVERNOR];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Initializable.InvalidInitialization.selector));
            vm.prank(callers[i]);
            TIMELOCK.initialize(0, some, some, MALLORY);
            _missing(callers[i], abi.encodeWithSignature("initialize()"));
            _missing(callers[i], abi.encodeWithSignature("initialize(string)", "mine"));
            _missing(callers[i], abi.encodeWithSignature("initialize(address)", MALLORY));
            _missing(callers[i], abi.encodeWithSignature("initialize(address,address)", MALLORY, MALLORY));
            _missing(
                callers[i],
                abi.encodeWithSignature("initialize(uint256,address[],address[],address)", 0, some, some, MALLORY)
            );
            _missing(callers[i], abi.encodeWithSignature("updateTimelock(address)", MALLORY));
            _missing(callers[i], abi.encodeWithSignature("setVotingPeriod(uint32)", 1));
            _missing(callers[i], abi.encodeWithSignature("updateQuorumNumerator(uint256)", 0));
        }
        enacted(gasPlan());
        eq(vm.load(Predeploys.GOVERNOR, INITIALIZED), 0, "governor");
        eq(vm.load(Predeploys.TIMELOCK, INITIALIZED), 0, "timelock");
    }

    function test_the_delay_is_the_parameter_and_nothing_else() public {
        eq(TIMELOCK.getMinDelay(), TIMELOCK_DELAY, "genesis");
        address[3] memory callers = [ALICE, Predeploys.TIMELOCK, Predeploys.GOVERNOR];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Controller.TimelockUnauthorizedCaller.selector, callers[i]));
            vm.prank(callers[i]);
            TIMELOCK.updateDelay(0);
        }
        setNow(IParameters.Parameter.TimelockDelay, 1 days);
        eq(TIMELOCK.getMinDelay(), 1 days, "voted");
        Plan memory made = gasPlan();
        vm.expectRevert(abi.encodeWithSelector(Controller.TimelockInsufficientDelay.selector, 1 days - 1, 1 days));
        vm.prank(Predeploys.GOVERNOR);
        TIMELOCK.scheduleBatch(made.targets, made.values, made.calls, 0, 0, 1 days - 1);
    }

    function test_queue_refuses_what_has_not_passed() public {
        Plan memory made = gasPlan();
        uint256 proposalId = proposed(BOB, made);
        _queueRefused(made, proposalId, IGovernor.ProposalState.Pending);
        openVote(proposalId);
        voted(CAROL, proposalId, FOR);
        _queueRefused(made, proposalId, IGovernor.ProposalState.Active);
        voted(BOB, proposalId, AGAINST);
        closeVote(proposalId);
        _queueRefused(made, proposalId, IGovernor.ProposalState.Defeated);
    }

    function test_queue_refuses_a_second_time() public {
        Plan memory made = gasPlan();
        uint256 proposalId = queued(made);
        _queueRefused(made, proposalId, IGovernor.ProposalState.Queued);
    }

    function test_queue_says_when_it_can_be_executed() public {
        Plan memory made = gasPlan();
        uint256 proposalId = passed(made);
        expectState(proposalId, IGovernor.ProposalState.Succeeded);
        vm.expectEmit();
        emit IGovernor.ProposalQueued(proposalId, block.timestamp + TIMELOCK_DELAY);
        queue(made);
        expectState(proposalId, IGovernor.ProposalState.Queued);
        bytes32 operation = GOVERNOR.operationOf(proposalId);
        eq(GOVERNOR.proposalEta(proposalId), block.timestamp + TIMELOCK_DELAY, "eta");
        eq(TIMELOCK.getTimestamp(operation), block.timestamp + TIMELOCK_DELAY, "in the timelock");
        eq(operation, _operation(made), "operation");
    }

    function test_execute_refuses_before_the_delay() public {
        Plan memory made = gasPlan();
        uint256 proposalId = passed(made);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Succeeded, only(IGovernor.ProposalState.Queued)));
        execute(made);
        queue(made);
        waitBlocks(TIMELOCK_DELAY - 1);
        vm.expectRevert(_notReady(made));
        execute(made);
        vm.expectRevert(_notReady(made));
        vm.prank(MALLORY);
        TIMELOCK.executeBatch(made.targets, made.values, made.calls, 0, hashOf(made));
        waitBlocks(1);
        execute(made);
        eq(PARAMETERS.valueOf(IParameters.Parameter.GasLimit), 60_000_000, "set");
    }

    function test_execute_refuses_a_second_time() public {
        Plan memory made = gasPlan();
        uint256 proposalId = enacted(made);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Executed, only(IGovernor.ProposalState.Queued)));
        execute(made);
        vm.expectRevert(_notReady(made));
        TIMELOCK.executeBatch(made.targets, made.values, made.calls, 0, hashOf(made));
    }

    function test_execute_refuses_what_nobody_queued() public {
        Plan memory made = gasPlan();
        vm.expectRevert(_notReady(made));
        TIMELOCK.executeBatch(made.targets, made.values, made.calls, 0, hashOf(made));
        vm.expectRevert(
            abi.encodeWithSelector(
                Controller.TimelockUnexpectedOperationState.selector,
                TIMELOCK.hashOperation(made.targets[0], 0, made.calls[0], 0, 0),
                bytes32(uint256(4))
            )
        );
        TIMELOCK.execute(made.targets[0], 0, made.calls[0], 0, 0);
    }

    function test_anybody_executes_in_the_timelock_too() public {
        Plan memory made = gasPlan();
        uint256 proposalId = queued(made);
        waitBlocks(TIMELOCK_DELAY);
        vm.prank(MALLORY);
        TIMELOCK.executeBatch(made.targets, made.values, made.calls, 0, hashOf(made));
        expectState(proposalId, IGovernor.ProposalState.Executed);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Executed, only(IGovernor.ProposalState.Queued)));
        execute(made);
    }

    function test_queued_operations_keep_their_delay() public {
        Plan memory made = gasPlan();
        queued(made);
        setNow(IParameters.Parameter.TimelockDelay, 30 days);
        waitBlocks(TIMELOCK_DELAY - 1);
        vm.expectRevert(_notReady(made));
        execute(made);
        waitBlocks(1);
        execute(made);
        Plan memory second = setting(IParameters.Parameter.GasLimit, 50_000_000);
        queued(second);
        setNow(IParameters.Parameter.TimelockDelay, 1 days);
        waitBlocks(30 days - 1);
        vm.expectRevert(_notReady(second));
        execute(second);
        waitBlocks(1);
        execute(second);
    }

    function test_a_call_that_fails_leaves_the_operation_queued() public {
        Plan memory made = setting(IParameters.Parameter.HeartbeatMs, 200);
        uint256 proposalId = queued(made);
        setNow(IParameters.Parameter.BlockTimeMs, 300);
        waitBlocks(TIMELOCK_DELAY);
        vm.expectRevert(abi.encodeWithSelector(IParameters.HeartbeatBelowBlockTime.selector, 300, 200));
        execute(made);
        expectState(proposalId, IGovernor.ProposalState.Queued);
        setNow(IParameters.Parameter.BlockTimeMs, 200);
        execute(made);
        expectState(proposalId, IGovernor.ProposalState.Executed);
    }

    /// A vote can take back what another one queued, through `relay`: the governor is the timelock's canceller.
    function test_a_vote_cancels_what_is_queued() public {
        Plan memory made = gasPlan();
        uint256 proposalId = queued(made);
        bytes memory cancelling = abi.encodeCall(TIMELOCK.cancel, (GOVERNOR.operationOf(proposalId)));
        bytes memory relaying = abi.encodeCall(GOVERNOR.relay, (Predeploys.TIMELOCK, 0, cancelling));
        enacted(plan(Predeploys.GOVERNOR, relaying, "take it back"));
        expectState(proposalId, IGovernor.ProposalState.Canceled);
        vm.expectRevert(_notReady(made));
        TIMELOCK.executeBatch(made.targets, made.values, made.calls, 0, hashOf(made));
    }

    function test_relay_refuses_everybody_but_a_vote() public {
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, MALLORY));
        vm.prank(MALLORY);
        GOVERNOR.relay(Predeploys.PARAMETERS, 0, "");
    }

    function test_money_is_the_timelocks_and_leaves_by_a_vote() public {
        vm.deal(address(this), 5e18);
        (bool taken,) = Predeploys.GOVERNOR.call{value: 1}("");
        holds(!taken, "the governor takes none");
        (taken,) = Predeploys.TIMELOCK.call{value: 3e18}("");
        holds(taken, "the timelock does");
        Plan memory made = plan(MALLORY, "", "pay");
        made.values[0] = 4e18;
        queued(made);
        waitBlocks(TIMELOCK_DELAY);
        // What the timelock lacks, whoever executes can add.
        GOVERNOR.execute{value: 1e18}(made.targets, made.values, made.calls, hashOf(made));
        eq(MALLORY.balance, 4e18, "paid");
        eq(Predeploys.TIMELOCK.balance, 0, "nothing left");
    }

    function _queueRefused(Plan memory made, uint256 proposalId, IGovernor.ProposalState found) private {
        vm.expectRevert(wrongState(proposalId, found, only(IGovernor.ProposalState.Succeeded)));
        queue(made);
    }

    function _missing(address caller, bytes memory call) private {
        vm.prank(caller);
        (bool done, bytes memory returned) = Predeploys.GOVERNOR.call(call);
        holds(!done && returned.length == 0, "no such function");
    }

    function _operation(Plan memory made) private pure returns (bytes32) {
        return TIMELOCK.hashOperationBatch(made.targets, made.values, made.calls, 0, hashOf(made));
    }

    function _notReady(Plan memory made) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            Controller.TimelockUnexpectedOperationState.selector, _operation(made), bytes32(uint256(4))
        );
    }

    function _unauthorized(address caller, bytes32 role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role);
    }

    function _roles() private pure returns (bytes32[4] memory) {
        return [ADMIN, keccak256("PROPOSER_ROLE"), keccak256("CANCELLER_ROLE"), keccak256("EXECUTOR_ROLE")];
    }
}
