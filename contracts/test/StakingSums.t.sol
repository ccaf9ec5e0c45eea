// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Stakers} from "./mocks/Stakers.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever stakers do: sums over all sources, nodes and exits of both books, computed the long way.
/// forge-config: default.invariant.runs = 16
contract StakingSumsTest is StakingWorld {
    Stakers private _stakers;
    uint256 private _members;
    uint32 private _nodes;

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function setUp() public override {
        _stakers = new Stakers();
        _stakers.setUp();
        (_members, _nodes) = (_stakers.SIZE(), _stakers.NODES());
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[22] memory verbs = [
            Stakers.stake.selector,
            Stakers.stake.selector,
            Stakers.stake.selector,
            Stakers.unstake.selector,
            Stakers.unstake.selector,
            Stakers.redelegate.selector,
            Stakers.redelegate.selector,
            Stakers.redeem.selector,
            Stakers.redeem.selector,
            Stakers.settle.selector,
            Stakers.slash.selector,
            Stakers.slash.selector,
            Stakers.unstake.selector,
            Stakers.lock.selector,
            Stakers.unlock.selector,
            Stakers.reward.selector,
            Stakers.claim.selector,
            Stakers.jail.selector,
            Stakers.delegate.selector,
            Stakers.transfer.selector,
            Stakers.pass.selector,
            Stakers.setCommission.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_stakers), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function targetContracts() external view returns (address[] memory) {
        return list(address(_stakers));
    }

    /// Two quiet epochs later the set is what is at stake, and everybody can leave, to the last wei of what a view said.
    function afterInvariant() external {
        _passEpochs();
        eq(_set(), _units(), "set");
        _stakers.disband();
        for (uint256 i = 0; i <= _members; ++i) {
            address source = _source(i);
            eq(STAKING.principalOf(source), 0, "principal of who left");
            for (uint32 on = 1; on <= _nodes; ++on) {
                eq(positionOf(source, on), 0, "position of who left");
            }
        }
        _expectDust(THETA.balanceOf(Predeploys.STAKING), 0);
    }

    /// The dust is what a join and a move round to the disadvantage of who makes it: three wei at most, and one for each position and exit.
    function invariant_theta_staked_is_all_there() public view {
        uint256 held = THETA.balanceOf(Predeploys.STAKING);
        _expectDust(held, _owed(false));
        uint256 lost = THETA.balanceOf(Predeploys.BURN) + THETA.balanceOf(REPORTER);
        eq(_stakers.paidIn(false), _stakers.paidOut(false) + lost + held, "in = out + slashed + held");
        holds(THETA.balanceOf(REPORTER) * 10 <= lost, "reporters got a tenth at most");
    }

    function invariant_tfuel_staked_and_rewards_are_all_there() public view {
        uint256 held = Predeploys.EDGE_STAKING.balance;
        uint256 rewards = _rewards(true);
        holds(held >= _owed(true) + rewards, "stakes, exits and rewards");
        uint256 burned = Predeploys.BURN.balance;
        eq(EDGE_STAKING.totalSlashed(), burned, "burned");
        uint256 claimable = _stakers.rewardsIn(true) - _stakers.rewardsOut(true);
        _expectDust(_stakers.paidIn(true) - _stakers.paidOut(true) - burned, _owed(true));
        eq(held, _stakers.paidIn(true) - _stakers.paidOut(true) - burned + claimable, "in = out + slashed + held");
        holds(rewards <= claimable, "edge rewards");
        eq(
            Predeploys.STAKING.balance,
            _stakers.rewardsIn(false) - _stakers.rewardsOut(false),
            "rewards in = out + held"
        );
        holds(_rewards(false) <= Predeploys.STAKING.balance, "rewards");
    }

    function invariant_a_share_is_worth_less_only_by_slashes_and_never_more() public view {
        for (uint32 on = 1; on <= _nodes; ++on) {
            eq(positionOf(_stakers.SAINT(), on), _stakers.worth(false, on), "THETA");
            eq(EDGE_STAKING.positionOf(on, _stakers.SAINT()).stake, _stakers.worth(true, on), "TFUEL");
            uint256 locked = _stakers.locked(on);
            eq(EDGE_STAKING.describe(on).locked, locked, "locked");
            // What several slashes round, 5e5 wei each.
            holds(locked <= EDGE_STAKING.describe(on).stake + _stakers.calls() * 1e6, "what jobs may cost is there");
        }
    }

    function invariant_votes_are_balances_and_principals() public view {
        uint256 votes = THETA.getVotes(REPORTER);
        uint256 units = THETA.balanceOf(REPORTER);
        uint256 principals;
        for (uint256 i = 0; i <= _members; ++i) {
            address source = _source(i);
            votes += THETA.getVotes(source);
            principals += STAKING.principalOf(source);
            units += THETA.balanceOf(source) + STAKING.principalOf(source);
            uint256 worth;
            for (uint32 on = 1; on <= _nodes; ++on) {
                worth += positionOf(source, on) + _waiting(false, on, source);
            }
            holds(STAKING.principalOf(source) >= worth, "principal");
        }
        eq(votes, units, "votes");
        votes += THETA.getVotes(HOLDER);
        // See ThetaVotes.t.sol for why.
        holds(votes <= SUPPLY + THETA.balanceOf(REPORTER), "votes and the supply");
        uint256 lost = THETA.balanceOf(Predeploys.BURN) + THETA.balanceOf(REPORTER);
        holds(principals <= THETA.balanceOf(Predeploys.STAKING) + lost, "principals");
    }

    function invariant_votes_of_a_delegate_are_what_its_choosers_hold_and_stake() public view {
        for (uint256 i = 0; i <= _members; ++i) {
            uint256 sum;
            for (uint256 j = 0; j <= _members; ++j) {
                (address chosen, address owner) = (_source(i), _source(j));
                if (THETA.delegates(owner) == chosen) sum += THETA.balanceOf(owner) + STAKING.principalOf(owner);
            }
            eq(THETA.getVotes(_source(i)), sum, "votes of a delegate");
        }
    }

    function invariant_theta_is_somebodys_and_no_more_than_ever() public view {
        address[7] memory others = [HOLDER, REPORTER, ALICE, BOB, CAROL, Predeploys.STAKING, Predeploys.BURN];
        uint256 sum;
        for (uint256 i = 0; i < others.length; ++i) {
            sum += THETA.balanceOf(others[i]);
        }
        for (uint256 i = 0; i <= _members; ++i) {
            sum += THETA.balanceOf(_source(i));
        }
        eq(sum, SUPPLY, "balances");
    }

    function invariant_votes_of_the_past_stay_as_they_were() public view {
        Stakers.Moment[] memory moments = _stakers.moments();
        uint256 first = moments.length > 8 ? moments.length - 8 : 0;
        for (uint256 i = first; i < moments.length; ++i) {
            for (uint256 j = 0; j < _members; ++j) {
                eq(THETA.getPastVotes(_stakers.member(j), moments[i].number), moments[i].votes[j], "past votes");
            }
        }
    }

    /// Whoever staked, left or moved has what is left of each amount after the slashes that reached it: no less, no more.
    function invariant_theta_slashes_reach_what_backed_the_fault_and_nothing_else() public {
        _expectLots(false);
    }

    function invariant_tfuel_slashes_reach_what_is_locked_and_nothing_else() public {
        _expectLots(true);
    }

    function invariant_the_guardians_set_adds_up() public view {
        bytes32 set = KEYS.setOf(Predeploys.STAKING, 2);
        uint256 sum;
        for (uint256 i = 3; i <= _nodes; ++i) {
            sum += KEYS.stakeOf(set, _stakers.keys(i));
        }
        eq(_set(), sum, "set");
    }

    /// The invariants above say something only if stakers get through every verb.
    function test_stakers_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 2500; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 16, raw >> 16);
            if (seed % 100 != 0) continue;
            _expectLots(false);
            _expectLots(true);
        }
        bytes32[16] memory verbs = [
            bytes32("stake"),
            "unstake",
            "redelegate",
            "redeem",
            "settle",
            "slash",
            "lock",
            "unlock",
            "fail",
            "reward",
            "claim",
            "commission",
            "jail",
            "unjail",
            "delegate",
            "transfer"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_stakers.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        (bool edge, uint256 a, uint256 b) = (raw % 2 == 0, raw >> 1, raw >> 32);
        if (verb < 3) _stakers.stake(edge, a, b, raw >> 64, raw >> 96);
        else if (verb == 3) _stakers.unstake(edge, a, b, raw >> 64, raw >> 96);
        else if (verb == 4) _stakers.redelegate(edge, a, b, raw >> 64, raw >> 96);
        else if (verb == 5) _stakers.redeem(edge, a, b);
        else if (verb == 6) _stakers.settle(edge, a, b);
        else if (verb == 7) _stakers.slash(a, b % 40, raw >> 64, edge, 1);
        else if (verb == 8) _stakers.lock(a, b);
        else if (verb == 9) _stakers.unlock(a, b % 1e20, edge);
        else if (verb == 10) _stakers.reward(edge, a, b, raw >> 64);
        else if (verb == 11) _stakers.claim(edge, a, b);
        else if (verb == 12) _stakers.setCommission(edge, a, b);
        else if (verb == 13) _stakers.jail(a);
        else if (verb == 14) edge ? _stakers.delegate(a, b) : _stakers.transfer(a, b, raw >> 64);
        else _stakers.pass(a, b % 8 == 0);
    }

    /// @dev A slash rounds by a rate's unit of the shares, 1e27 at most.
    function _expectLots(bool edge) private {
        uint256 slack = 1e9 * (_stakers.slashes() + 1);
        for (uint32 on = 1; on <= _nodes; ++on) {
            for (uint256 i = 0; i <= _members; ++i) {
                address source = _source(i);
                _stakers.settled(edge, source, on);
                uint256 staked_ = _stakers.book(edge).positionOf(on, source).stake;
                _expectNear(staked_, _stakers.lots(edge).stakeOf(on, source), slack, "at stake");
                uint256 waiting = _waiting(edge, on, source);
                _expectNear(waiting, _stakers.lots(edge).waitingOf(on, source), slack, "leaving");
            }
        }
    }

    function _expectNear(uint256 left, uint256 right, uint256 slack, string memory what) private pure {
        if (left > right + slack || right > left + slack) eq(left, right, what);
    }

    /// @dev What all sources could take out.
    function _owed(bool edge) private view returns (uint256 sum) {
        for (uint32 on = 1; on <= _nodes; ++on) {
            for (uint256 i = 0; i <= _members; ++i) {
                sum += _stakers.book(edge).positionOf(on, _source(i)).stake + _waiting(edge, on, _source(i));
            }
        }
    }

    function _rewards(bool edge) private view returns (uint256 sum) {
        IStakeBook book = _stakers.book(edge);
        sum = book.creditOf(OWNER);
        for (uint256 i = 0; i <= _members; ++i) {
            uint256 credit = book.creditOf(_source(i));
            sum += credit;
            for (uint32 on = 1; on <= _nodes; ++on) {
                sum += book.positionOf(on, _source(i)).reward - credit;
            }
        }
    }

    function _waiting(bool edge, uint32 on, address source) private view returns (uint256 sum) {
        IStakeBook.Unstaking[] memory waiting = _stakers.book(edge).unstakingOf(on, source);
        for (uint256 i = 0; i < waiting.length; ++i) {
            sum += waiting[i].amount;
        }
    }

    function _expectDust(uint256 held, uint256 owed) private view {
        holds(held >= owed, "solvent");
        holds(held - owed <= 4 * _stakers.calls(), "dust");
    }

    function _passEpochs() private {
        for (uint256 i = 0; i < 6; ++i) {
            _stakers.pass(59, false);
        }
    }

    function _set() private view returns (uint256) {
        return KEYS.describe(KEYS.setOf(Predeploys.STAKING, 2)).totalStake;
    }

    function _units() private view returns (uint256 sum) {
        uint256 least = PARAMETERS.valueOf(IParameters.Parameter.GuardianStakeMin);
        for (uint32 on = 3; on <= _nodes; ++on) {
            IStakeBook.Node memory described = STAKING.describe(on);
            if (described.jailedUntil == 0 && described.stake >= least) sum += described.stake / 1e9;
        }
    }

    function _source(uint256 i) private view returns (address) {
        return i == _members ? _stakers.SAINT() : _stakers.member(i);
    }
}
