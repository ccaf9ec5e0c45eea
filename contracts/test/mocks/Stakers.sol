// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../../src/interfaces/IEdgeStaking.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {IStakeBook} from "../../src/interfaces/IStakeBook.sol";
import {IStaking} from "../../src/interfaces/IStaking.sol";
import {Lots} from "./Lots.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {StakingWorld} from "../StakingWorld.sol";
import {eq, vm, within} from "../Vm.sol";

/// @dev Sources who stake on nodes of both books in any order, with slashes, jobs, rewards, jails and time between. Every action picks a
/// target for which it is allowed and does nothing when there is none, so a revert is a finding.
contract Stakers is StakingWorld {
    uint256 public constant SIZE = 4;
    uint32 public constant NODES = 4;
    /// @dev What it put on every node before anything happened, and never touches: it sees what shares are worth.
    address public constant SAINT = address(0x5a147);
    uint256 public constant SAINTS = 1000e18;

    /// @dev What all had for votes in a block.
    struct Moment {
        uint256 number;
        uint256[SIZE] votes;
    }

    mapping(bytes32 verb => uint256) public done;
    uint256 public calls;
    uint256 public slashes;
    mapping(bool edge => Lots) public lots;
    /// @dev By book: THETA's is false, edge nodes' is true.
    mapping(bool edge => uint256) public paidIn;
    mapping(bool edge => uint256) public paidOut;
    mapping(bool edge => uint256) public rewardsIn;
    mapping(bool edge => uint256) public rewardsOut;
    /// @dev What the saint had when its node was slashed last.
    mapping(bool edge => mapping(uint32 node => uint256)) public worth;
    mapping(uint32 node => uint256) public locked;
    bytes32[5] public keys;
    Moment[] private _moments;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
        ++calls;
    }

    function setUp() public override {
        super.setUp();
        // Whatever a node has, it may work.
        bytes memory least = abi.encodeCall(IParameters.valueOf, (IParameters.Parameter.EdgeStakeMin));
        vm.mockCall(Predeploys.PARAMETERS, least, abi.encode(0));
        node(address(0x09e5), IStaking.Role.Guardian);
        for (uint32 each = 3; each <= NODES; ++each) {
            address operator = STAKING.describe(each).operator;
            keys[each] = registered(operator);
            vm.prank(operator);
            STAKING.setKey(each, keys[each]);
        }
        for (uint256 i = 0; i <= SIZE; ++i) {
            address source = i == SIZE ? SAINT : member(i);
            endow(source);
            vm.deal(source, FUNDS);
        }
        vm.prank(REPORTER);
        THETA.delegate(REPORTER);
        vm.prank(HOLDER);
        THETA.delegate(HOLDER);
        address[] memory sources = new address[](SIZE + 1);
        for (uint256 i = 0; i <= SIZE; ++i) {
            sources[i] = i == SIZE ? SAINT : member(i);
        }
        (lots[false], lots[true]) = (new Lots(NODES, sources), new Lots(NODES, sources));
        for (uint32 each = 1; each <= NODES; ++each) {
            _stake(false, SAINT, each, SAINTS);
            vm.prank(worker(each));
            EDGE_STAKING.register(OWNER, 500);
            vm.prank(OWNER);
            EDGE_STAKING.acceptOwnership(each);
            _stake(true, SAINT, each, SAINTS);
            (worth[false][each], worth[true][each]) = (SAINTS, SAINTS);
        }
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function worker(uint32 on) public pure returns (address) {
        return address(uint160(0xed6e0000 + uint256(on)));
    }

    function book(bool edge) public pure returns (IStakeBook) {
        return IStakeBook(edge ? Predeploys.EDGE_STAKING : Predeploys.STAKING);
    }

    function stake(bool edge, uint256 who, uint256 where, uint256 amount, uint256 dust) external {
        (address source, uint32 on) = (member(who), _node(where));
        uint256 most = edge ? source.balance : THETA.balanceOf(source);
        if (dust % 8 == 0 && most > 10) most = 10;
        if (most == 0 || !_open(edge, on)) return;
        amount = _amount(amount, most);
        if (edge && EDGE_STAKING.describe(on).stake + amount > 500_000e18) return;
        _stake(edge, source, on, amount);
    }

    function unstake(bool edge, uint256 who, uint256 where, uint256 amount, uint256 dust) external {
        (address source, uint32 on) = (member(who), _node(where));
        uint256 most = _free(edge, source, on);
        if (most == 0) return;
        _unstake(edge, source, on, _amount(amount, dust % 8 == 0 && most > 10 ? 10 : most));
    }

    function redelegate(bool edge, uint256 who, uint256 from, uint256 to, uint256 amount) external {
        (address source, uint32 left, uint32 on) = (member(who), _node(from), _node(to));
        uint256 most = _free(edge, source, left);
        settled(edge, source, on);
        if (most == 0 || left == on || !_open(edge, on)) return;
        if (block.timestamp < book(edge).positionOf(on, source).liableUntil) return;
        amount = _amount(amount, most);
        if (edge && EDGE_STAKING.describe(on).stake + amount + 1 > 500_000e18) return;
        _redelegate(edge, source, left, on, amount);
    }

    function redeem(bool edge, uint256 who, uint256 where) external {
        (address source, uint32 on) = (member(who), _node(where));
        IStakeBook.Unstaking[] memory waiting = book(edge).unstakingOf(on, source);
        if (waiting.length != 0 && block.timestamp >= waiting[0].release) _redeem(edge, source, on);
    }

    function settle(bool edge, uint256 who, uint256 where) external counted("settle") {
        settled(edge, member(who), _node(where));
    }

    /// @dev Mostly some percent, now and then all.
    function slash(uint256 where, uint256 share, uint256 ago, bool reported, uint256 rare) external counted("slash") {
        uint32 on = _node(where);
        share = rare % 64 == 0 ? 10_000 : within(share, 0, 2500);
        uint32 epoch = _epoch() - uint32(within(ago, 0, 4));
        vm.prank(Predeploys.COMMITTEE);
        STAKING.slash(on, uint16(share), epoch, reported ? REPORTER : address(0), 7);
        lots[false].slash(on, share, 10_000, epoch - 1);
        ++slashes;
        worth[false][on] = positionOf(SAINT, on);
    }

    function lock(uint256 where, uint256 amount) external {
        uint32 on = _node(where);
        IEdgeStaking.Standing memory standing = EDGE_STAKING.standingOf(worker(on));
        if (standing.free != 0 && EDGE_STAKING.isBonded(worker(on))) _lock(on, within(amount, 1, standing.free));
    }

    function unlock(uint256 where, uint256 amount, bool failed) external {
        uint32 on = _node(where);
        if (locked[on] != 0) _unlock(on, within(amount, 1, locked[on]), failed);
    }

    function reward(bool edge, uint256 where, uint256 amount, uint256 ago) external counted("reward") {
        amount = within(amount, 0, 1e24);
        rewardsIn[edge] += amount;
        address payer = edge ? Predeploys.EDGE_REWARDS : Predeploys.REWARDS;
        vm.deal(payer, amount);
        vm.prank(payer);
        book(edge).reward{value: amount}(_node(where), _epoch() - uint32(within(ago, 0, 4)));
    }

    function claim(bool edge, uint256 who, uint256 where) external {
        // Whom a node owes something, which credits would hide.
        for (uint256 i = 0; i < SIZE * NODES; ++i) {
            (address earner, uint32 on) = (member(who % SIZE + i / NODES), _node(where % NODES + i));
            if (book(edge).positionOf(on, earner).reward > book(edge).creditOf(earner)) {
                return _claim(edge, earner, on);
            }
        }
        address source = who % 5 == 0 ? OWNER : member(who);
        if (book(edge).positionOf(_node(where), source).reward != 0) _claim(edge, source, _node(where));
    }

    function setCommission(bool edge, uint256 where, uint256 commission) external {
        vm.prank(OWNER);
        (bool set,) = address(book(edge))
            .call(abi.encodeCall(IStakeBook.setCommission, (_node(where), uint16(within(commission, 0, 1000)))));
        if (set) ++done["commission"];
    }

    /// @dev Puts a node in jail, or out where it can be.
    function jail(uint256 where) external counted("jail") {
        uint32 on = _node(where);
        IStakeBook.Node memory described = STAKING.describe(on);
        if (described.jailedUntil == 0) return jailed(on, block.timestamp + 100);
        if (block.timestamp < described.jailedUntil) return;
        vm.prank(described.operator);
        STAKING.unjail(on);
        ++done["unjail"];
    }

    function delegate(uint256 from, uint256 to) external counted("delegate") {
        vm.prank(member(from));
        THETA.delegate(member(to));
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external counted("transfer") {
        amount = within(amount, 0, THETA.balanceOf(member(from)));
        vm.prank(member(from));
        THETA.transfer(member(to), amount);
    }

    /// @dev Some blocks, now and then days.
    function pass(uint256 blocks, bool long) external counted("pass") {
        blocks = within(blocks, 1, 60);
        _remember();
        vm.warp(block.timestamp + (long ? 4 days : blocks));
        for (uint256 i = 0; i < 3; ++i) {
            vm.roll(block.number + blocks);
            advance();
        }
    }

    function advance() public {
        vm.prank(Predeploys.EPOCHS);
        STAKING.advance();
    }

    function settled(bool edge, address source, uint32 on) public {
        book(edge).settle(on, source);
        lots[edge].settle(on, source);
    }

    function moments() external view returns (Moment[] memory) {
        return _moments;
    }

    /// @dev Everybody takes everything out: what can go wrong here did before.
    function disband() external {
        for (uint32 on = 1; on <= NODES; ++on) {
            if (locked[on] != 0) _unlock(on, locked[on], false);
        }
        // What moved cannot leave before its time is over, nor can what left.
        for (uint256 round = 0; round < 2; ++round) {
            vm.warp(block.timestamp + 28 days);
            for (uint256 i = 0; i <= SIZE; ++i) {
                for (uint32 on = 1; on <= NODES; ++on) {
                    _leave(false, i == SIZE ? SAINT : member(i), on, round == 0);
                    _leave(true, i == SIZE ? SAINT : member(i), on, round == 0);
                }
            }
        }
    }

    function _leave(bool edge, address source, uint32 on, bool all) private {
        uint256 free = _free(edge, source, on);
        if (all && free != 0) _unstake(edge, source, on, free);
        while (true) {
            IStakeBook.Unstaking[] memory waiting = book(edge).unstakingOf(on, source);
            if (waiting.length == 0 || block.timestamp < waiting[0].release) return;
            _redeem(edge, source, on);
        }
    }

    function _stake(bool edge, address source, uint32 on, uint256 amount) private counted("stake") {
        paidIn[edge] += amount;
        lots[edge].stake(on, source, amount);
        vm.prank(source);
        if (edge) EDGE_STAKING.stake{value: amount}(on);
        else STAKING.stake(on, amount);
    }

    function _unstake(bool edge, address source, uint32 on, uint256 amount) private counted("unstake") {
        vm.prank(source);
        book(edge).unstake(on, amount);
        lots[edge].unstake(on, source, amount, _epoch(), block.timestamp + _unbonding(edge));
    }

    function _redelegate(bool edge, address source, uint32 from, uint32 to, uint256 amount)
        private
        counted("redelegate")
    {
        vm.prank(source);
        book(edge).redelegate(from, to, amount);
        lots[edge].move(from, to, source, amount, _epoch(), block.timestamp + _unbonding(edge));
    }

    function _redeem(bool edge, address source, uint32 on) private counted("redeem") {
        vm.prank(source);
        paidOut[edge] += book(edge).redeem(on);
        lots[edge].redeem(on, source);
    }

    function _claim(bool edge, address source, uint32 on) private counted("claim") {
        vm.prank(source);
        rewardsOut[edge] += book(edge).claim(on);
        eq(book(edge).positionOf(on, source).reward, 0, "all was claimed");
    }

    function _lock(uint32 on, uint256 amount) private counted("lock") {
        locked[on] += amount;
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.lock(worker(on), 1, uint128(amount));
    }

    function _unlock(uint32 on, uint256 amount, bool failed)
        private
        counted(failed ? bytes32("fail") : bytes32("unlock"))
    {
        locked[on] -= amount;
        if (!failed) {
            vm.prank(Predeploys.JOB_MARKET);
            return EDGE_STAKING.unlock(worker(on), 1, uint128(amount));
        }
        uint256 whole = EDGE_STAKING.describe(on).stake;
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.slash(worker(on), 1, uint128(amount), 5);
        if (whole != 0) lots[true].slash(on, amount < whole ? amount : whole, whole, type(uint32).max);
        ++slashes;
        worth[true][on] = EDGE_STAKING.positionOf(on, SAINT).stake;
    }

    /// @dev What the source can take off the node once its losses are settled.
    function _free(bool edge, address source, uint32 on) private returns (uint256 free) {
        settled(edge, source, on);
        IStakeBook.Position memory position = book(edge).positionOf(on, source);
        IStakeBook.Node memory described = book(edge).describe(on);
        free = position.stake > position.liable ? position.stake - position.liable : 0;
        uint256 loose = described.stake > described.locked ? described.stake - described.locked : 0;
        if (free > loose) free = loose;
    }

    /// @dev Nobody joins a node that lost all but a thousandth, or a bit more here.
    function _open(bool edge, uint32 on) private view returns (bool) {
        return worth[edge][on] > SAINTS / 999;
    }

    function _remember() private {
        _moments.push();
        Moment storage moment = _moments[_moments.length - 1];
        moment.number = block.number;
        for (uint256 i = 0; i < SIZE; ++i) {
            moment.votes[i] = THETA.getVotes(member(i));
        }
    }

    function _unbonding(bool edge) private pure returns (uint256) {
        return edge ? 16 days : UNBONDING;
    }

    /// @dev Fuzzers like small numbers, and most amounts are not.
    function _amount(uint256 raw, uint256 most) private pure returns (uint256) {
        return within(uint256(keccak256(abi.encode(raw))), 1, most);
    }

    function _node(uint256 seed) private pure returns (uint32) {
        return uint32(1 + seed % NODES);
    }

    function _epoch() private view returns (uint32) {
        return uint32(block.number / EPOCH);
    }
}
