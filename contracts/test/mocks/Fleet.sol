// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EdgeWorld} from "../EdgeWorld.sol";
import {IEdgeRewards} from "../../src/interfaces/IEdgeRewards.sol";
import {IEdgeStaking} from "../../src/interfaces/IEdgeStaking.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "../Vm.sol";

/// @dev Edge nodes that enrol, answer rightly or wrongly, show and work, and whoever settles, in any order that heights allow. It keeps
/// books of its own: what each node's jobs burned, which products are wrong, and what was paid. Each verb does nothing where it could
/// only be refused.
contract Fleet is EdgeWorld {
    uint256 public constant NODES = 4;

    mapping(bytes32 verb => uint256) public done;
    uint32[] public epochs;
    uint32 public last;
    /// @dev Beside the emission: what fees left.
    uint256 public added;
    uint256 public swept;
    uint256 public claimed;
    mapping(uint32 epoch => uint256) public settledOf;
    mapping(uint32 epoch => bool) public sweptOf;
    mapping(uint32 epoch => mapping(uint32 node => uint256)) public burnedOf;
    mapping(uint32 epoch => mapping(uint32 node => uint256)) public paidOf;
    /// @dev What a node had at stake when it enrolled.
    mapping(uint32 epoch => mapping(uint32 node => uint256)) public enrolledOf;
    mapping(uint32 epoch => mapping(uint32 node => mapping(uint256 round => uint256))) private _wrong;
    mapping(uint32 epoch => mapping(uint32 node => bool)) private _settled;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < NODES; ++i) {
            edgeNode(operator(i), STAKE + i * STAKE);
        }
        last = NOW - 1;
        epochs.push(last);
    }

    function operator(uint256 who) public pure returns (address) {
        return address(uint160(0xf1ee7000 + who % NODES));
    }

    function nodeOf(uint256 who) public pure returns (uint32) {
        return uint32(1 + who % NODES);
    }

    /// @dev To a round, a draw, somewhere, or far away.
    function pass(uint256 raw, uint256 kind) external {
        uint256 height = block.number + within(raw, 1, 200);
        if (kind % 8 < 5) height = _nextPoint();
        if (kind % 64 == 63) height = block.number + 33 * LENGTH;
        reach(height);
        if (height / LENGTH != last) epochs.push(uint32(height / LENGTH));
        last = uint32(height / LENGTH);
        ++done["pass"];
    }

    function release() external {
        released();
        ++done["release"];
    }

    function enrol(uint256 who) external {
        uint32 epoch = last + 1;
        if (!_bonded(who) || EDGE_REWARDS.tallyOf(epoch, nodeOf(who)).stake != 0) return;
        enrolledOf[epoch][nodeOf(who)] = EDGE_STAKING.describe(nodeOf(who)).stake;
        enrolled(operator(who));
        ++done["enrol"];
    }

    /// @dev In every round that can be, half of the time rightly.
    function answer(uint256 who, uint256 lies) external {
        for (uint256 round = 0; round < ROUNDS; ++round) {
            (uint256 height, uint256 until) = EDGE_REWARDS.roundOf(last, round);
            if (block.number <= height || block.number > until) continue;
            IEdgeRewards.Tally memory tally = EDGE_REWARDS.tallyOf(last, nodeOf(who));
            bool can = tally.stake != 0 && (tally.answered >> round) & 1 == 0 && _bonded(who);
            if (!can) continue;
            uint256 wrong = lies % 2 == 0 ? 1 << ((lies >> 8) % LINKS) | 1 << ((lies >> 16) % LINKS) : 0;
            answeredNow(operator(who), last, round, wrong);
            _wrong[last][nodeOf(who)][round] = wrong;
            ++done["answer"];
        }
    }

    /// @dev It is shown exactly where no wrong product was drawn.
    function show(uint256 who, uint256 ago) external {
        uint32 epoch = last - uint32(ago % 2);
        uint32 node = nodeOf(who);
        (uint256 height, uint256 until) = EDGE_REWARDS.openingOf(epoch);
        if (block.number <= height || block.number > until) return;
        IEdgeRewards.Tally memory tally = EDGE_REWARDS.tallyOf(epoch, node);
        if (tally.answered == 0 || tally.opened) return;
        recorded(height);
        bool right = true;
        IEdgeRewards.Draw[] memory draws = EDGE_REWARDS.drawsOf(epoch, node);
        for (uint256 i = 0; i < draws.length; ++i) {
            recorded(heightOf(epoch, draws[i].round));
            if ((_wrong[epoch][node][draws[i].round] >> draws[i].link) & 1 != 0) right = false;
        }
        try EDGE_REWARDS.open(epoch, node, digestsOf(epoch, node), openingsOf(epoch, node)) {
            holds(right, "a wrong product was shown");
            ++done["show"];
        } catch (bytes memory reason) {
            bool refused = bytes4(reason) == IEdgeRewards.NotComputed.selector;
            holds(!right && refused, "a right product was not shown");
            ++done["caught"];
        }
    }

    function work(uint256 who, uint256 price) external {
        if (!_bonded(who) || EDGE_STAKING.standingOf(operator(who)).free < 1001e18) return;
        (uint256 before,) = MARKET.dues();
        worked(operator(who), uint128(within(price, 1e9, 1000e18)));
        (uint256 unburned,) = MARKET.dues();
        burnedOf[last][nodeOf(who)] += unburned - before;
        ++done["work"];
        if (price % 2 == 0) _passOn();
    }

    function stake(uint256 who, uint256 amount) external {
        amount = within(amount, 1, 2 * STAKE);
        if (EDGE_STAKING.describe(nodeOf(who)).stake + amount > 500_000e18) return;
        vm.deal(operator(who), operator(who).balance + amount);
        vm.prank(operator(who));
        EDGE_STAKING.stake{value: amount}(nodeOf(who));
        ++done["stake"];
    }

    /// @dev Now and then below the least.
    function unstake(uint256 who, uint256 amount) external {
        IEdgeStaking.Standing memory standing = EDGE_STAKING.standingOf(operator(who));
        if (standing.free < 2) return;
        vm.prank(operator(who));
        EDGE_STAKING.unstake(standing.node, within(amount, 1, standing.free / 2));
        ++done["unstake"];
    }

    function settle(uint256 who, uint256 ago) external {
        uint32 epoch = _epoch(ago);
        uint32 node = nodeOf(who);
        if (last < epoch + 2 || last > epoch + 32) return;
        // By its own books: the contract's may forget.
        bool before = _settled[epoch][node];
        _settled[epoch][node] = true;
        uint256 held = Predeploys.EDGE_REWARDS.balance;
        settled(epoch, node);
        uint256 paid = held - Predeploys.EDGE_REWARDS.balance;
        holds(!before || paid == 0, "paid once");
        settled(epoch, node);
        eq(Predeploys.EDGE_REWARDS.balance, held - paid, "asked again, it pays nothing");
        settledOf[epoch] += paid;
        paidOf[epoch][node] += paid;
        if (paid != 0) ++done["settle"];
    }

    function sweep(uint256 which) external {
        uint32 epoch = epochs[which % epochs.length];
        IEdgeRewards.Pot memory pot = EDGE_REWARDS.potOf(epoch);
        if (pot.amount == pot.paid || last < epoch + 33) return;
        EDGE_REWARDS.sweep(epoch);
        swept += pot.amount - pot.paid;
        sweptOf[epoch] = true;
        ++done["sweep"];
    }

    function claim(uint256 who) external {
        if (rewardOf(operator(who)) == 0) return;
        vm.prank(operator(who));
        claimed += EDGE_STAKING.claim(nodeOf(who));
        ++done["claim"];
    }

    function vote(uint256 share, uint256 rate) external {
        voted(IParameters.Parameter.BurnShare, within(share, 2500, 10_000));
        // Mostly next to nothing, or no work would ever be paid less than it burned.
        voted(IParameters.Parameter.EdgeEmission, rate % 4 == 0 ? within(rate, 0, 12e18) : within(rate, 0, 1e15));
        ++done["vote"];
    }

    function visited() external view returns (uint256) {
        return epochs.length;
    }

    function _passOn() private {
        uint256 before = Predeploys.EDGE_REWARDS.balance;
        MARKET.passOn();
        added += Predeploys.EDGE_REWARDS.balance - before;
    }

    /// @dev A round that just began, or a draw, or the next epoch's first block.
    function _nextPoint() private view returns (uint256 height) {
        for (uint256 round = 0; round < ROUNDS; ++round) {
            height = heightOf(last, round) + 1;
            if (height > block.number) return height;
        }
        height = heightOf(last, ROUNDS - 1) + 167;
        if (height <= block.number) height = uint256(last + 1) * LENGTH;
    }

    /// @dev One of the last few.
    function _epoch(uint256 ago) private view returns (uint32) {
        uint256 back = ago % 5;
        return epochs.length > back ? epochs[epochs.length - 1 - back] : epochs[0];
    }

    function _bonded(uint256 who) private view returns (bool) {
        return EDGE_STAKING.isBonded(operator(who));
    }
}
