// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Emission} from "../src/rewards/Emission.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IEpochs} from "../src/interfaces/IEpochs.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Rewards} from "../src/rewards/Rewards.sol";
import {Watch} from "./mocks/Watch.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true of pots and of the reserve whoever settles what, and when.
contract RewardsSumsTest {
    Emission private constant EMISSION = Emission(Predeploys.EMISSION);
    Rewards private constant REWARDS = Rewards(payable(Predeploys.REWARDS));
    ICommittee private constant COMMITTEE = ICommittee(Predeploys.COMMITTEE);
    IStaking private constant STAKING = IStaking(Predeploys.STAKING);
    uint256 private constant RESERVE = 45_000_000_000e18;

    Watch private _watch;

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function setUp() public {
        _watch = new Watch();
        _watch.setUp();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_watch);
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[10] memory verbs = [
            Watch.checkpoint.selector,
            Watch.checkpoint.selector,
            Watch.wait.selector,
            Watch.settleSeats.selector,
            Watch.settlePlaces.selector,
            Watch.settlePlaces.selector,
            Watch.sweep.selector,
            Watch.claim.selector,
            Watch.unjail.selector,
            Watch.vote.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_watch), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_rewards_hold_what_pots_have_left_and_no_pot_pays_more_than_it_has() public view {
        uint256 left;
        for (uint256 i = 0; i < _watch.visited(); ++i) {
            uint32 epoch = _watch.epochs(i);
            IRewards.Pot memory pot = REWARDS.potOf(epoch);
            uint256 settled = _watch.settled(epoch);
            holds(settled <= pot.theta, "no more than what is for stakers");
            // Less than that, plus what was swept: all of it or nothing.
            uint256 paid = pot.paid;
            holds(paid == settled || paid == uint256(pot.theta) + pot.edge, "paid is settled, and then swept");
            left += uint256(pot.theta) + pot.edge - paid;
        }
        eq(Predeploys.REWARDS.balance, left, "balance");
    }

    /// By the stakes of both at the epoch, whatever either leaves.
    function invariant_validators_and_guardians_get_their_parts_of_a_pot_at_most() public view {
        for (uint256 i = 0; i < _watch.visited(); ++i) {
            uint32 epoch = _watch.epochs(i);
            uint256 settled = _watch.settled(epoch);
            // The committee keeps the newest 256 epochs.
            if (settled == 0 || IEpochs(Predeploys.EPOCHS).current() > uint256(epoch) + 254) continue;
            uint256 pot = REWARDS.potOf(epoch).theta;
            eq(pot, _watch.potWhenSettled(epoch), "settled pots stay");
            uint256 toSeats = _watch.paidToSeats(epoch);
            (,, uint128 validators,,) = COMMITTEE.seatOf(epoch, 0);
            (, uint256 guardians) = STAKING.guardiansOf(epoch);
            holds(toSeats * (validators + guardians) <= pot * validators, "validators");
            holds((settled - toSeats) * (validators + guardians) <= pot * guardians, "guardians");
        }
    }

    function invariant_money_is_somewhere() public view {
        uint256 refunded = EMISSION.refunded();
        uint256 held = Predeploys.EMISSION.balance + Predeploys.REWARDS.balance + Predeploys.STAKING.balance;
        (, uint256 forEdge) = EMISSION.released();
        eq(Predeploys.EDGE_REWARDS.balance, forEdge, "passed on");
        held += forEdge;
        eq(held + _watch.claimed() + refunded, RESERVE, "all");
        uint256 settled;
        for (uint256 i = 0; i < _watch.visited(); ++i) {
            settled += _watch.settled(_watch.epochs(i));
        }
        eq(Predeploys.STAKING.balance + _watch.claimed(), settled, "the book has what was settled");
        (uint256 theta, uint256 edge) = EMISSION.released();
        eq(theta + edge - EMISSION.givenBack(), settled + Predeploys.REWARDS.balance + edge, "released");
    }

    function invariant_the_schedule_is_kept() public view {
        (uint256 theta, uint256 edge) = EMISSION.released();
        (uint256 thetaDue, uint256 edgeDue) = EMISSION.due();
        uint256 elapsed = block.timestamp - 1_800_000_001;
        eq(theta + thetaDue, elapsed * 8e18, "theta");
        eq(edge + edgeDue, elapsed * 6.33e18, "edge");
    }

    /// The invariants above say something only if every verb moves something.
    function test_the_watch_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 500; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 10, raw >> 16);
        }
        bytes32[10] memory verbs = [
            bytes32("checkpoint"),
            "submit",
            "extend",
            "wait",
            "settleSeats",
            "settlePlaces",
            "sweep",
            "claim",
            "unjail",
            "vote"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_watch.done(verbs[i]) > 1, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb < 3) _watch.checkpoint(raw, raw >> 16);
        else if (verb == 3) _watch.settleSeats(raw);
        else if (verb < 6) _watch.settlePlaces(raw, raw >> 32, raw >> 40);
        else if (verb == 6) _watch.sweep(raw);
        else if (verb == 7) _watch.claim(raw);
        else if (verb == 8 && raw % 4 == 0) _watch.vote(raw >> 8, raw >> 16);
        else if (verb == 8) _watch.unjail(raw);
        else _watch.wait(raw);
    }
}
