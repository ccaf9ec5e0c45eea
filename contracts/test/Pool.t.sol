// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Pool, Pools} from "../src/types/Pool.sol";
import {eq, holds, within} from "./Vm.sol";

/// @dev Pools alone: three holders who join and leave between slashes, in any order.
contract PoolTest {
    Pool private _pool;
    uint256[3] private _shares;
    uint256 private _held;

    function testFuzz_joins_leaves_and_slashes_keep_a_pool_solvent(uint256[24] calldata steps) public {
        for (uint256 i = 0; i < steps.length; ++i) {
            (uint256 who, uint256 raw) = (steps[i] % 3, steps[i] >> 16);
            uint256 verb = (steps[i] >> 8) % 5;
            uint256 before = _worth(who);
            if (verb < 2) _join(who, verb == 0 ? within(raw, 1, 20) : within(raw, 1, 1e27));
            else if (verb < 4) _leave(who, before, raw);
            else _slash(within(raw, 0, 3000));
            holds(Pools.valueOf(_pool.shares, _pool.loss) <= _held, "solvent");
            holds(_worth(0) + _worth(1) + _worth(2) <= _held, "for all");
            eq(_shares[0] + _shares[1] + _shares[2], _pool.shares, "shares");
        }
    }

    function testFuzz_what_is_joined_is_worth_no_more_than_was_put_in(uint256 amount, uint256 held, uint256 loss)
        public
        pure
    {
        (amount, held, loss) = (within(amount, 1, 1e29), within(held, 0, 1e29), within(loss, 0, Pools.LOSS_MAX));
        uint256 shares = Pools.sharesFor(amount, loss);
        uint256 more = Pools.without(held + shares, shares, loss);
        holds(more <= amount && more + 1 >= amount, "joined");
        shares = Pools.sharesWorth(amount, loss);
        uint256 less = Pools.without(held + shares, shares, loss);
        holds(less >= amount && less <= amount + 1, "left");
    }

    function testFuzz_a_slash_takes_its_part_and_never_gives(uint256 loss, uint256 part, uint256 whole) public pure {
        (loss, whole) = (within(loss, 0, Pools.ONE), within(whole, 1, 1e27));
        part = within(part, 0, whole);
        uint256 after_ = Pools.slashed(loss, part, whole);
        holds(after_ >= loss && after_ <= Pools.ONE, "within");
        holds((Pools.ONE - after_) * whole <= (Pools.ONE - loss) * (whole - part), "its part");
        holds(
            (Pools.ONE - after_ + 1) * whole > (Pools.ONE - loss) * (whole - part), "and less than a rate's unit more"
        );
        if (part == whole) eq(after_, Pools.ONE, "all");
        if (part == 0) eq(after_, loss, "nothing");
    }

    function test_shares_of_all_tfuel_at_the_highest_loss_fit() public pure {
        holds(Pools.sharesFor(50_000_000_000e18, Pools.LOSS_MAX) <= type(uint112).max, "112 bits");
        eq(Pools.valueOf(type(uint112).max, 0), type(uint112).max, "their value");
        eq(Pools.valueOf(type(uint112).max, Pools.ONE), 0, "of nothing");
    }

    function _join(uint256 who, uint256 amount) private {
        if (_pool.loss > Pools.LOSS_MAX) return;
        uint256 before = _worth(who);
        uint256 shares = Pools.sharesFor(amount, _pool.loss);
        if (_pool.shares + shares > type(uint112).max) return;
        _pool.shares += uint112(shares);
        _shares[who] += shares;
        _held += amount;
        holds(_worth(who) <= before + amount, "gained");
    }

    function _leave(uint256 who, uint256 worth, uint256 raw) private {
        if (worth == 0) return;
        uint256 shares = Pools.sharesWorth(within(raw, 1, worth), _pool.loss);
        if (shares > _shares[who]) shares = _shares[who];
        uint256 out = Pools.without(_shares[who], shares, _pool.loss);
        uint256 there = Pools.without(_pool.shares, shares, _pool.loss);
        if (there < out) out = there;
        _pool.shares -= uint112(shares);
        _shares[who] -= shares;
        _held -= out;
        holds(out + _worth(who) <= worth, "gained");
    }

    function _slash(uint256 share) private {
        uint256 before = Pools.valueOf(_pool.shares, _pool.loss);
        _pool.loss = uint64(Pools.slashed(_pool.loss, share, 10_000));
        _held -= before - Pools.valueOf(_pool.shares, _pool.loss);
    }

    function _worth(uint256 who) private view returns (uint256) {
        return Pools.valueOf(_shares[who], _pool.loss);
    }
}
