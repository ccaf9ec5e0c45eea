// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EVIDENCE_EPOCHS, Pool, Pools} from "../types/Pool.sol";
import {Nodes} from "./Nodes.sol";

/// @dev The accounting of stake, whatever is staked. Money comes and goes through `_give` and whoever inherits this; what is kept here is
/// who has how many shares of what.
///
/// * B1 A node's stake is a pool. A source's shares in it change by its own staking and unstaking, and by B3.
/// * B2 What leaves in an epoch goes to that epoch's pool of exits of the node. A fault of epoch e slashes the node's stake and its exits
///   of epoch e - 1 and later: what left before that backed nothing any more, since a committee is of the epoch before it.
/// * B3 What moves to another node is counted in a pool of the epoch in which it left, too, a shadow that holds no money. The part
///   that the shadow loses is taken from the shares that came to the new node when somebody settles it.
/// * B4 Losses are reckoned with a source when it, or anybody for it, next touches its position.
abstract contract StakeBook is Nodes {
    using SafeCast for uint256;

    uint256 private constant REDEEM_MAX = 32;
    /// @dev Rewards of a share are counted in 1/1e12 wei.
    uint256 private constant INDEX_ONE = 1e12;
    /// @dev Fewer shares than this get no rewards, so that the index fits 80 bits.
    uint256 private constant SHARES_MIN = 1e18;

    /// @param slashes of the node that were reckoned with it
    /// @param head of its exits, the first that was not redeemed
    struct Holding {
        uint112 shares;
        uint80 index;
        uint16 slashes;
        uint24 head;
        uint24 tail;
    }

    /// @param credit of TFUEL
    /// @param principal for books that vote, beside it, since whoever earns has it
    struct Account {
        uint128 credit;
        uint128 principal;
    }

    /// @param shares of the pool of exits
    /// @param loss of that pool when they were made
    struct Exit {
        uint112 shares;
        uint64 loss;
        uint40 release;
        uint32 epoch;
    }

    /// @param shares of the node that it came to, less those that were taken
    /// @param loss of the shadow that was reckoned
    /// @param node that it came from
    struct Liability {
        uint112 shares;
        uint64 loss;
        uint40 until;
        uint32 epoch;
        uint32 node;
    }

    mapping(address account => Account) internal _accounts;
    mapping(uint32 node => mapping(address source => Holding)) private _holdings;
    mapping(uint32 node => mapping(address source => mapping(uint24 place => Exit))) private _queues;
    mapping(uint32 node => mapping(uint32 epoch => Pool)) private _exits;
    mapping(uint32 node => mapping(uint32 epoch => Pool)) private _shadows;
    mapping(uint32 node => mapping(address source => Liability)) private _liabilities;
    /// @dev The loss after each slash, so that a source's part of it is exact however late it is reckoned.
    mapping(uint32 node => mapping(uint16 slashes => uint64)) private _losses;

    function unstake(uint32 node, uint256 amount) external {
        settle(node, msg.sender);
        (uint256 out, uint256 shares) = _leave(node, amount);
        uint32 epoch = _epoch();
        uint40 release = (block.timestamp + _unbonding()).toUint40();
        Pool storage exits = _exits[node][epoch];
        uint64 loss = exits.loss;
        uint112 claim_ = Pools.sharesFor(out, loss).toUint112();
        exits.shares += claim_;
        _queues[node][msg.sender][_holdings[node][msg.sender].tail++] = Exit(claim_, loss, release, epoch);
        emit Unstaked(node, msg.sender, out, shares, epoch, release);
        _forfeit(msg.sender, out - Pools.valueOf(claim_, loss));
        _changed(node);
    }

    function redelegate(uint32 from, uint32 to, uint256 amount) external {
        if (from == to) revert SameNode(to);
        settle(to, msg.sender);
        Liability storage liability = _liabilities[to][msg.sender];
        if (block.timestamp < liability.until) revert StillLiable(to, liability.until);
        settle(from, msg.sender);
        (uint256 out,) = _leave(from, amount);
        uint32 epoch = _epoch();
        uint40 until = (block.timestamp + _unbonding()).toUint40();
        uint112 shares = _join(to, msg.sender, out);
        Pool storage shadow = _shadows[from][epoch];
        shadow.shares += shares;
        _liabilities[to][msg.sender] = Liability(shares, shadow.loss, until, epoch, from);
        emit Redelegated(from, to, msg.sender, out, epoch, until);
        _changed(from);
        _changed(to);
    }

    function redeem(uint32 node) external returns (uint256 amount) {
        _known(node);
        Holding storage holding = _holdings[node][msg.sender];
        uint24 place = holding.head;
        uint256 nominal;
        for (uint256 i = 0; i < REDEEM_MAX && place < holding.tail; ++i) {
            Exit storage exit = _queues[node][msg.sender][place];
            if (block.timestamp < exit.release) break;
            nominal += Pools.valueOf(exit.shares, exit.loss);
            Pool storage exits = _exits[node][exit.epoch];
            amount += Pools.without(exits.shares, exit.shares, exits.loss);
            exits.shares -= exit.shares;
            delete _queues[node][msg.sender][place++];
        }
        if (place == holding.head) revert NothingToRedeem(_queues[node][msg.sender][place].release);
        holding.head = place;
        // What a rounding adds is never more than the pool had; what it lacks stays with the pool.
        amount = Math.min(amount, nominal);
        emit Redeemed(node, msg.sender, amount, nominal - amount);
        _forfeit(msg.sender, nominal);
        _give(msg.sender, amount);
    }

    function claim(uint32 node) external returns (uint256 amount) {
        Entry storage entry = _known(node);
        Holding storage holding = _holdings[node][msg.sender];
        amount = _rewardOf(entry, holding) + creditOf(msg.sender);
        if (amount == 0) revert NothingToClaim(msg.sender);
        holding.index = entry.index;
        _accounts[msg.sender].credit = 0;
        emit Claimed(node, msg.sender, amount);
        _pay(msg.sender, amount);
    }

    function creditOf(address account) public view returns (uint256) {
        return _accounts[account].credit;
    }

    function settle(uint32 node, address source) public {
        (Entry storage entry, Holding storage holding) = _touch(node, source);
        Liability storage liability = _liabilities[node][source];
        uint112 bound = liability.shares;
        if (bound == 0) return;
        (uint32 from, uint32 epoch) = (liability.node, liability.epoch);
        uint64 loss = _shadows[from][epoch].loss;
        // In shares, so that what the new node itself loses in between makes no difference.
        uint112 left = (bound * (Pools.ONE - loss) / (Pools.ONE - liability.loss)).toUint112();
        // As what was unstaked is out of reach when it is redeemed.
        if (block.timestamp >= liability.until) delete _liabilities[node][source];
        else if (left != bound) (liability.shares, liability.loss) = (left, loss);
        if (left == bound) return;
        uint256 shares = Math.min(bound - left, holding.shares);
        uint256 lost = Pools.without(entry.shares, shares, entry.loss);
        uint256 kept = Pools.without(holding.shares, shares, entry.loss);
        entry.shares -= shares.toUint112();
        holding.shares -= shares.toUint112();
        emit LossReckoned(node, source, kept);
        _forfeit(source, kept);
        _changed(node);
        _burn(from, epoch, lost, 0, address(0), 0);
    }

    function reward(uint32 node, uint32 epoch) external payable {
        if (msg.sender != _payer()) revert OnlyRewards(msg.sender);
        Entry storage entry = _known(node);
        uint256 commission = msg.value;
        if (entry.shares >= SHARES_MIN) {
            uint16 share = epoch >= entry.commissionFrom ? entry.nextCommission : entry.commission;
            commission = msg.value * share / BASIS_POINTS;
            entry.index += ((msg.value - commission) * INDEX_ONE / entry.shares).toUint80();
        }
        _accounts[entry.owner].credit += commission.toUint128();
        emit Rewarded(node, msg.value, commission);
    }

    function positionOf(uint32 node, address source) external view returns (Position memory) {
        Entry storage entry = _known(node);
        Holding storage holding = _holdings[node][source];
        Liability storage liability = _liabilities[node][source];
        return Position(
            Pools.valueOf(holding.shares, entry.loss),
            _liableOf(node, source),
            liability.until,
            _rewardOf(entry, holding) + creditOf(source)
        );
    }

    function unstakingOf(uint32 node, address source) external view returns (Unstaking[] memory waiting) {
        Holding storage holding = _holdings[node][source];
        waiting = new Unstaking[](holding.tail - holding.head);
        for (uint24 i = 0; i < waiting.length; ++i) {
            Exit storage exit = _queues[node][source][holding.head + i];
            waiting[i] = Unstaking(Pools.valueOf(exit.shares, _exits[node][exit.epoch].loss), exit.release);
        }
    }

    /// @dev The caller has the money.
    function _stake(uint32 node, address source, uint256 amount) internal {
        if (amount == 0) revert ZeroAmount();
        _touch(node, source);
        emit Staked(node, source, amount, _join(node, source, amount));
        _changed(node);
    }

    /// @dev Slashes `share` basis points of what backed the node in `epoch`.
    function _slash(uint32 node, uint16 share, uint32 epoch, address reporter, uint8 reason) internal {
        Entry storage entry = _known(node);
        uint32 now_ = _epoch();
        if (epoch + EVIDENCE_EPOCHS < now_) revert FaultTooOld(epoch, now_);
        uint256 lost = _stakeOf(entry);
        entry.loss = Pools.slashed(entry.loss, share, BASIS_POINTS).toUint64();
        lost -= _stakeOf(entry);
        _losses[node][++entry.slashes] = entry.loss;
        uint256 unstaking;
        for (uint32 left = epoch == 0 ? 0 : epoch - 1; left <= now_; ++left) {
            unstaking += _slashPool(_exits[node][left], share);
            _slashPool(_shadows[node][left], share);
        }
        _changed(node);
        _burn(node, epoch, lost + unstaking, unstaking, reporter, reason);
    }

    /// @dev Slashes `amount` wei of the node's stake, or all where that is less. Nothing is kept for B4, so that there is no end to how
    /// often: for books that reckon no losses with their sources.
    function _slashAmount(uint32 node, uint256 amount, address reporter, uint8 reason) internal {
        Entry storage entry = _nodes[node];
        uint256 stake = _stakeOf(entry);
        if (stake == 0) return;
        entry.loss = Pools.slashed(entry.loss, Math.min(amount, stake), stake).toUint64();
        _burn(node, 0, stake - _stakeOf(entry), 0, reporter, reason);
    }

    /// @dev Brings a position up to date: rewards are credited, losses reckoned.
    function _touch(uint32 node, address source) internal returns (Entry storage entry, Holding storage holding) {
        entry = _known(node);
        holding = _holdings[node][source];
        uint256 earned = _rewardOf(entry, holding);
        if (earned != 0) _accounts[source].credit += earned.toUint128();
        holding.index = entry.index;
        if (holding.slashes == entry.slashes) return (entry, holding);
        uint256 lost =
            Pools.valueOf(holding.shares, _losses[node][holding.slashes]) - Pools.valueOf(holding.shares, entry.loss);
        holding.slashes = entry.slashes;
        if (lost == 0) return (entry, holding);
        emit LossReckoned(node, source, lost);
        _forfeit(source, lost);
    }

    /// @dev Last in whatever calls it: the receiver may call anything.
    function _pay(address to, uint256 amount) internal {
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert PayoutFailed(to, amount);
    }

    /// @dev Seconds from unstaking to redeeming.
    function _unbonding() internal view virtual returns (uint256);

    /// @dev The contract that pays nodes of this book their rewards.
    function _payer() internal view virtual returns (address);

    /// @dev Gives what was staked back.
    function _give(address to, uint256 amount) internal virtual;

    /// @dev Takes what was slashed out of the contract: a part for who reported it, the rest burned. `unstaking` of it were exits.
    function _burn(uint32 node, uint32 epoch, uint256 lost, uint256 unstaking, address reporter, uint8 reason)
        internal
        virtual;

    /// @dev A source has `amount` less than it had here.
    function _forfeit(address source, uint256 amount) internal virtual {}

    /// @dev Somebody added to a node's stake.
    function _joined(Entry storage entry) internal virtual {}

    function _join(uint32 node, address source, uint256 amount) private returns (uint112 shares) {
        Entry storage entry = _nodes[node];
        uint64 loss = entry.loss;
        if (loss > Pools.LOSS_MAX || entry.jailedUntil == FOREVER) revert NodeClosed(node);
        shares = Pools.sharesFor(amount, loss).toUint112();
        Holding storage holding = _holdings[node][source];
        uint256 before = Pools.valueOf(holding.shares, loss);
        entry.shares += shares;
        holding.shares += shares;
        _joined(entry);
        _forfeit(source, amount - (Pools.valueOf(holding.shares, loss) - before));
    }

    function _leave(uint32 node, uint256 amount) private returns (uint256 out, uint256 shares) {
        if (amount == 0) revert ZeroAmount();
        Entry storage entry = _nodes[node];
        Holding storage holding = _holdings[node][msg.sender];
        uint256 free = Pools.valueOf(holding.shares, entry.loss);
        uint256 bound = _liableOf(node, msg.sender);
        free = free > bound ? free - bound : 0;
        uint256 stake = _stakeOf(entry);
        free = Math.min(free, stake > entry.locked ? stake - entry.locked : 0);
        if (amount > free) revert InsufficientStake(node, msg.sender, free, amount);
        // The last wei of a holding is worth a share more than it has, where a slash left it no whole number.
        shares = Math.min(Pools.sharesWorth(amount, entry.loss), holding.shares);
        uint256 nominal = Pools.without(holding.shares, shares, entry.loss);
        // The two roundings may differ by a wei, and the pool's is what there is.
        out = Math.min(nominal, Pools.without(entry.shares, shares, entry.loss));
        holding.shares -= shares.toUint112();
        entry.shares -= shares.toUint112();
        _forfeit(msg.sender, nominal - out);
    }

    function _slashPool(Pool storage pool, uint16 share) private returns (uint256 lost) {
        if (pool.shares == 0) return 0;
        lost = Pools.valueOf(pool.shares, pool.loss);
        pool.loss = Pools.slashed(pool.loss, share, BASIS_POINTS).toUint64();
        lost -= Pools.valueOf(pool.shares, pool.loss);
    }

    function _liableOf(uint32 node, address source) private view returns (uint256) {
        Liability storage liability = _liabilities[node][source];
        return block.timestamp < liability.until ? Pools.valueOf(liability.shares, _nodes[node].loss) : 0;
    }

    function _rewardOf(Entry storage entry, Holding storage holding) private view returns (uint256) {
        return uint256(holding.shares) * (entry.index - holding.index) / INDEX_ONE;
    }
}
