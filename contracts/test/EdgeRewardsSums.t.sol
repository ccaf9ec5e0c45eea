// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EdgeRewards} from "../src/rewards/EdgeRewards.sol";
import {Emission} from "../src/rewards/Emission.sol";
import {Fleet} from "./mocks/Fleet.sol";
import {IEdgeRewards} from "../src/interfaces/IEdgeRewards.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true of edge nodes' pots whoever works, shows, lies and settles.
contract EdgeRewardsSumsTest {
    EdgeRewards private constant REWARDS = EdgeRewards(Predeploys.EDGE_REWARDS);
    Emission private constant EMISSION = Emission(Predeploys.EMISSION);

    IStakeBook private constant BOOK = IStakeBook(Predeploys.EDGE_STAKING);

    Fleet private _fleet;

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function setUp() public {
        _fleet = new Fleet();
        _fleet.setUp();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_fleet);
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[16] memory verbs = [
            Fleet.pass.selector,
            Fleet.pass.selector,
            Fleet.pass.selector,
            Fleet.release.selector,
            Fleet.enrol.selector,
            Fleet.enrol.selector,
            Fleet.answer.selector,
            Fleet.answer.selector,
            Fleet.show.selector,
            Fleet.work.selector,
            Fleet.stake.selector,
            Fleet.unstake.selector,
            Fleet.settle.selector,
            Fleet.sweep.selector,
            Fleet.claim.selector,
            Fleet.vote.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_fleet), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_no_pot_pays_more_than_it_has_and_money_is_somewhere() public view {
        uint256 left;
        uint256 settled;
        for (uint256 i = 0; i < _fleet.visited(); ++i) {
            uint32 epoch = _fleet.epochs(i);
            IEdgeRewards.Pot memory pot = REWARDS.potOf(epoch);
            uint256 paid = _fleet.settledOf(epoch);
            holds(paid <= pot.amount, "no more than there is");
            eq(pot.paid, _fleet.sweptOf(epoch) ? pot.amount : paid, "paid is settled, and then swept");
            left += pot.amount - pot.paid;
            settled += paid;
        }
        eq(Predeploys.EDGE_REWARDS.balance, left, "balance");
        (, uint256 released) = EMISSION.released();
        eq(released + _fleet.added(), settled + _fleet.swept() + left, "all that came");
        eq(EMISSION.givenBack(), _fleet.swept(), "given back");
        holds(_fleet.claimed() <= settled, "claimed");
    }

    function invariant_work_earns_no_more_than_it_burned_and_halves_are_kept() public view {
        for (uint256 i = 0; i < _fleet.visited(); ++i) {
            _checkShares(_fleet.epochs(i));
        }
    }

    function invariant_enrolled_is_what_was_at_stake_and_nobody_stands_for_more() public view {
        for (uint256 i = 0; i < _fleet.visited(); ++i) {
            uint32 epoch = _fleet.epochs(i) + 1;
            uint256 sum;
            for (uint256 j = 0; j < _fleet.NODES(); ++j) {
                uint256 enrolled = _fleet.enrolledOf(epoch, _fleet.nodeOf(j));
                IEdgeRewards.Tally memory tally = REWARDS.tallyOf(epoch, _fleet.nodeOf(j));
                holds(tally.stake <= enrolled, "no more than it had");
                holds((tally.stake == 0) == (enrolled == 0), "who enrolled");
                holds(tally.answered == 0 || enrolled != 0, "who did not enrol answers nothing");
                holds(!tally.opened || tally.answered != 0, "who answered nothing shows nothing");
                sum += enrolled;
            }
            eq(REWARDS.potOf(epoch).enrolled, sum, "enrolled");
        }
    }

    /// Nobody is slashed here.
    function invariant_the_book_has_stakes_exits_and_what_was_settled() public view {
        uint256 sum;
        for (uint256 i = 0; i < _fleet.NODES(); ++i) {
            uint32 node = _fleet.nodeOf(i);
            sum += BOOK.describe(node).stake;
            IStakeBook.Unstaking[] memory waiting = BOOK.unstakingOf(node, _fleet.operator(i));
            for (uint256 j = 0; j < waiting.length; ++j) {
                sum += waiting[j].amount;
            }
        }
        for (uint256 i = 0; i < _fleet.visited(); ++i) {
            sum += _fleet.settledOf(_fleet.epochs(i));
        }
        eq(Predeploys.EDGE_STAKING.balance + _fleet.claimed(), sum, "balance");
    }

    /// The invariants above say something only if every verb moves something.
    function test_the_fleet_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 3000; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 16, raw >> 16);
        }
        bytes32[13] memory verbs = [
            bytes32("pass"),
            "release",
            "enrol",
            "answer",
            "show",
            "caught",
            "work",
            "stake",
            "unstake",
            "settle",
            "sweep",
            "claim",
            "vote"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_fleet.done(verbs[i]) > 1, string(abi.encodePacked(verbs[i])));
        }
    }

    function _checkShares(uint32 epoch) private view {
        IEdgeRewards.Pot memory pot = REWARDS.potOf(epoch);
        uint256[4] memory sums;
        for (uint256 i = 0; i < _fleet.NODES(); ++i) {
            uint32 node = _fleet.nodeOf(i);
            (uint256 work, uint256 capacity) = REWARDS.shareOf(epoch, node);
            IEdgeRewards.Tally memory tally = REWARDS.tallyOf(epoch, node);
            eq(tally.burned, _fleet.burnedOf(epoch, node), "what its jobs burned");
            holds(work <= tally.burned, "no more than it burned");
            holds(capacity == 0 || tally.opened, "nothing for what was not shown");
            holds(_fleet.paidOf(epoch, node) <= work + capacity, "no more than its share");
            if (tally.paid) eq(_fleet.paidOf(epoch, node), work + capacity, "as it was settled");
            uint256[4] memory its = [work, capacity, tally.burned, tally.stake];
            for (uint256 j = 0; j < 4; ++j) {
                sums[j] += its[j];
            }
        }
        holds(sums[0] <= pot.amount / 2, "half for work");
        holds(sums[1] <= pot.amount - pot.amount / 2, "half for capacity");
        eq(sums[2], pot.burned, "burned");
        holds(sums[3] <= pot.enrolled, "nobody stands for more than enrolled");
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb < 3) _fleet.pass(raw >> 8, raw);
        else if (verb == 3) _fleet.release();
        else if (verb < 6) _fleet.enrol(raw);
        else if (verb < 8) _fleet.answer(raw, raw >> 8);
        else if (verb == 8) _fleet.show(raw, raw >> 8);
        else if (verb == 9) _fleet.work(raw, raw >> 8);
        else if (verb == 10) _fleet.stake(raw, raw >> 8);
        else if (verb == 11) _fleet.unstake(raw, raw >> 8);
        else if (verb == 12) _fleet.settle(raw, raw >> 8);
        else if (verb == 13) _fleet.sweep(raw);
        else if (verb == 14) _fleet.claim(raw);
        else _fleet.vote(raw, raw >> 128);
    }
}
