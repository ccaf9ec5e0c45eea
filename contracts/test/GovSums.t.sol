// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Voters} from "./mocks/Voters.sol";
import {GovernanceWorld} from "./GovernanceWorld.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IUpgrades} from "../src/interfaces/IUpgrades.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever holders do: sums over all proposals, and what an execution took.
/// forge-config: default.invariant.runs = 24
contract GovSumsTest is GovernanceWorld {
    Voters private _electorate;

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function setUp() public override {
        _electorate = new Voters();
        _electorate.setUp();
    }

    function targetContracts() external view returns (address[] memory) {
        return list(address(_electorate));
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[17] memory verbs = [
            Voters.transferTheta.selector,
            Voters.delegateTheta.selector,
            Voters.stakeTheta.selector,
            Voters.unstakeTheta.selector,
            Voters.redeemTheta.selector,
            Voters.proposeSetting.selector,
            Voters.proposeRule.selector,
            Voters.cancel.selector,
            Voters.vote.selector,
            Voters.vote.selector,
            Voters.vote.selector,
            Voters.queueOne.selector,
            Voters.executeOne.selector,
            Voters.wait.selector,
            Voters.waitFor.selector,
            Voters.waitFor.selector,
            Voters.waitFor.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_electorate), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_votes_on_a_proposal_are_the_weights_of_its_voters_and_within_the_supply() public view {
        Voters.Noted[] memory noted = _electorate.noted();
        for (uint256 i = 0; i < noted.length; ++i) {
            (uint256 against, uint256 inFavour, uint256 abstained) = GOVERNOR.proposalVotes(noted[i].id);
            eq(against + inFavour + abstained, noted[i].cast, "cast");
            holds(noted[i].cast <= THETA.totalSupply(), "supply");
        }
    }

    /// Nobody was slashed and all have delegated, so that no vote is missing, either.
    function invariant_votes_of_wallets_and_stakes_are_the_supply_at_every_snapshot() public view {
        Voters.Noted[] memory noted = _electorate.noted();
        for (uint256 i = 0; i < noted.length; ++i) {
            uint256 snapshot = GOVERNOR.proposalSnapshot(noted[i].id);
            uint256 sum;
            for (uint256 j = 0; j < _electorate.SIZE(); ++j) {
                sum += THETA.getPastVotes(_electorate.member(j), snapshot);
            }
            eq(sum, THETA.totalSupply(), "votes");
        }
    }

    /// Each by itself, since what one delegate has too much another could lack.
    function invariant_votes_of_a_delegate_are_what_its_choosers_hold_and_stake() public view {
        for (uint256 i = 0; i < _electorate.SIZE(); ++i) {
            address chosen = _electorate.member(i);
            uint256 sum;
            for (uint256 j = 0; j < _electorate.SIZE(); ++j) {
                address owner = _electorate.member(j);
                if (THETA.delegates(owner) == chosen) sum += THETA.balanceOf(owner) + STAKING.principalOf(owner);
            }
            eq(THETA.getVotes(chosen), sum, "votes of a delegate");
        }
    }

    function invariant_parameters_are_what_was_executed_and_within_bounds() public view {
        uint256[] memory values = PARAMETERS.all();
        for (uint256 i = 0; i < values.length; ++i) {
            IParameters.Bounded memory bounds = PARAMETERS.boundsOf(IParameters.Parameter(i));
            eq(values[i], _electorate.expected(i), "what was executed last");
            holds(bounds.least <= values[i] && values[i] <= bounds.most, "within bounds");
        }
    }

    function invariant_nothing_executes_without_a_won_vote_and_the_delay() public view {
        Voters.Noted[] memory noted = _electorate.noted();
        for (uint256 i = 0; i < noted.length; ++i) {
            bool executed = GOVERNOR.state(noted[i].id) == IGovernor.ProposalState.Executed;
            eq(noted[i].executedAt != 0 ? 1 : 0, executed ? 1 : 0, "executed");
            eq(uint256(GOVERNOR.operationOf(noted[i].id)) != 0 ? 1 : 0, noted[i].queuedAt != 0 ? 1 : 0, "queued");
            if (!executed) continue;
            (uint256 against, uint256 inFavour, uint256 abstained) = GOVERNOR.proposalVotes(noted[i].id);
            holds(inFavour > against, "won");
            holds(inFavour + abstained >= noted[i].quorum, "quorum");
            holds(noted[i].queuedAt != 0, "queued");
            holds(noted[i].executedAt >= noted[i].queuedAt + noted[i].delay, "delay");
        }
    }

    function invariant_a_snapshot_is_before_its_proposal_and_its_quorum_stays() public view {
        Voters.Noted[] memory noted = _electorate.noted();
        for (uint256 i = 0; i < noted.length; ++i) {
            uint256 snapshot = GOVERNOR.proposalSnapshot(noted[i].id);
            eq(snapshot, noted[i].block - 1, "snapshot");
            holds(GOVERNOR.voteStart(noted[i].id) > noted[i].block, "no vote in the proposal's block");
            eq(GOVERNOR.quorum(snapshot), noted[i].quorum, "quorum");
        }
    }

    function invariant_nobody_has_a_role_but_the_governor() public view {
        bytes32[3] memory roles = [bytes32(0), TIMELOCK.PROPOSER_ROLE(), TIMELOCK.CANCELLER_ROLE()];
        for (uint256 i = 0; i < roles.length; ++i) {
            for (uint256 j = 0; j < _electorate.SIZE(); ++j) {
                holds(!TIMELOCK.hasRole(roles[i], _electorate.member(j)), "member");
            }
            holds(!TIMELOCK.hasRole(roles[i], Predeploys.TIMELOCK), "itself");
            holds(!TIMELOCK.hasRole(roles[i], address(0)), "everybody");
        }
        holds(TIMELOCK.hasRole(roles[1], Predeploys.GOVERNOR), "proposer");
        holds(TIMELOCK.hasRole(roles[2], Predeploys.GOVERNOR), "canceller");
    }

    function invariant_pending_forks_are_bounded_and_the_next_is_the_lowest() public view {
        IUpgrades.Fork[] memory forks = UPGRADES.pending();
        holds(forks.length <= UPGRADES.FORKS_MAX(), "bounded");
        uint64 least;
        for (uint256 i = 0; i < forks.length; ++i) {
            if (least == 0 || forks[i].height < least) least = forks[i].height;
        }
        eq(UPGRADES.next(), least, "next");
    }

    /// The invariants above say something only if the holders get through every verb.
    function test_the_electorate_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 1500; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 17, raw >> 16);
        }
        bytes32[12] memory verbs = [
            bytes32("transfer"),
            "delegate",
            "stake",
            "unstake",
            "redeem",
            "propose",
            "cancel",
            "vote",
            "queue",
            "execute",
            "execute in the timelock",
            "wait"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_electorate.done(verbs[i]) > 1, string(abi.encodePacked(verbs[i])));
        }
        invariant_nothing_executes_without_a_won_vote_and_the_delay();
        invariant_parameters_are_what_was_executed_and_within_bounds();
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0) _electorate.transferTheta(raw, raw >> 8, raw >> 16);
        else if (verb == 1) _electorate.delegateTheta(raw, raw >> 8);
        else if (verb == 2) _electorate.proposeSetting(raw, raw >> 8, raw >> 16);
        else if (verb == 3) _electorate.proposeRule(raw);
        else if (verb == 4) _electorate.cancel(raw);
        else if (verb < 8) _electorate.vote(raw, raw >> 8, raw >> 16);
        else if (verb == 8) _electorate.queueOne(raw);
        else if (verb == 9) _electorate.executeOne(raw >> 1, raw % 2 == 0);
        else if (verb == 10) _electorate.wait(raw);
        else if (verb == 14) _electorate.stakeTheta(raw, raw >> 8);
        else if (verb == 15) _electorate.unstakeTheta(raw, raw >> 8);
        else if (verb == 16) _electorate.redeemTheta(raw);
        else _electorate.waitFor(raw);
    }
}
