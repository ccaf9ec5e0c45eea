// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPaymentPool} from "../src/interfaces/IPaymentPool.sol";
import {PoolWorld} from "./PoolWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Spenders} from "./mocks/Spenders.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever payers and payees do: sums over all pools and all pairs, computed the long way.
/// forge-config: default.invariant.runs = 16
contract PaymentPoolSumsTest is PoolWorld {
    Spenders private _spenders;
    uint256 private _pairs;

    function setUp() public override {
        _spenders = new Spenders();
        _spenders.setUp();
        _pairs = _spenders.SESSIONS() * _spenders.PAYEES();
        payer = _payer();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_spenders);
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[32] memory verbs = [
            Spenders.open.selector,
            Spenders.deposit.selector,
            Spenders.earmark.selector,
            Spenders.earmark.selector,
            Spenders.announceRelease.selector,
            Spenders.announceRelease.selector,
            Spenders.release.selector,
            Spenders.release.selector,
            Spenders.announceWithdrawal.selector,
            Spenders.takeBack.selector,
            Spenders.announceClose.selector,
            Spenders.close.selector,
            Spenders.authorize.selector,
            Spenders.revoke.selector,
            Spenders.sign.selector,
            Spenders.sign.selector,
            Spenders.assure.selector,
            Spenders.assure.selector,
            Spenders.redeem.selector,
            Spenders.redeem.selector,
            Spenders.redeem.selector,
            Spenders.charge.selector,
            Spenders.collect.selector,
            Spenders.withdraw.selector,
            Spenders.distribute.selector,
            Spenders.accuse.selector,
            Spenders.accuse.selector,
            Spenders.claim.selector,
            Spenders.claim.selector,
            Spenders.settle.selector,
            Spenders.award.selector,
            Spenders.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_spenders), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_the_balance_is_what_pools_hold_pairs_are_owed_and_accounts_are_credited() public view {
        uint256 sum = POOL.credited();
        for (uint256 pool = 1; pool <= POOL.poolCount(); ++pool) {
            sum += _heldBy(pool);
            for (uint256 i = 0; i < _pairs; ++i) {
                IPaymentPool.Pair memory pair = _pair(pool, i);
                sum += pair.redeemed - pair.withdrawn;
            }
        }
        eq(address(POOL).balance, sum, "balance");
    }

    function invariant_credits_add_up() public view {
        uint256 sum;
        for (uint256 i = 0; i < _spenders.PAYEES(); ++i) {
            sum += POOL.creditOf(_spenders.payee(i));
        }
        eq(POOL.credited(), sum, "credits");
    }

    function invariant_what_is_earmarked_is_what_pairs_lack_to_their_ceilings() public view {
        for (uint256 pool = 1; pool <= POOL.poolCount(); ++pool) {
            if (POOL.poolOf(pool).phase == IPaymentPool.Phase.Closed) continue;
            uint256 sum;
            for (uint256 i = 0; i < _pairs; ++i) {
                sum += _coveredBy(_pair(pool, i)) - _pair(pool, i).redeemed;
            }
            eq(POOL.poolOf(pool).earmarked, sum, "earmarked");
        }
    }

    function invariant_collateral_covers_the_free_reserve_as_long_as_it_pays() public view {
        for (uint256 pool = 1; pool <= POOL.poolCount(); ++pool) {
            IPaymentPool.Pool memory held = POOL.poolOf(pool);
            holds(held.phase == IPaymentPool.Phase.Settled || held.collateral >= held.free, "collateral");
        }
    }

    function invariant_what_was_guaranteed_stays_payable() public view {
        for (uint256 pool = 1; pool <= POOL.poolCount(); ++pool) {
            for (uint256 i = 0; i < _pairs; ++i) {
                (address session, address payee) = _names(i);
                if (_spenders.promisedUntil(pool, session, payee) < block.timestamp) continue;
                holds(_coveredBy(_pair(pool, i)) >= _spenders.promised(pool, session, payee), "promised");
            }
        }
    }

    /// To claims it commits for good, paid or not.
    function invariant_sessions_commit_to_what_their_pairs_are_covered_for_and_to_their_caps_at_most() public view {
        for (uint256 pool = 1; pool <= POOL.poolCount(); ++pool) {
            bool settled = POOL.poolOf(pool).phase == IPaymentPool.Phase.Settled;
            for (uint256 i = 1; i < _spenders.SESSIONS(); ++i) {
                address session = _spenders.session(i);
                uint256 covered;
                for (uint256 j = 0; j < _spenders.PAYEES(); ++j) {
                    covered += _coveredBy(POOL.pairOf(pool, session, _spenders.payee(j)));
                    covered += POOL.claimOf(pool, session, _spenders.payee(j));
                }
                IPaymentPool.Mandate memory mandate = POOL.mandateOf(pool, session);
                uint256 committed = POOL.committedBy(pool, session);
                uint256 used = mandate.payee == address(0) ? committed : covered;
                holds(used == covered || (settled && used > covered), "covered");
                holds(used <= uint256(mandate.capGwei) * 1 gwei, "cap");
            }
        }
    }

    function invariant_claims_add_up_and_get_no_more_than_they_are() public view {
        for (uint256 pool = 1; pool <= POOL.poolCount(); ++pool) {
            IPaymentPool.Pool memory held = POOL.poolOf(pool);
            uint256 sum;
            for (uint256 i = 0; i < _pairs; ++i) {
                (address session, address payee) = _names(i);
                sum += POOL.claimOf(pool, session, payee);
            }
            eq(held.claims, sum, "claims");
            holds(held.phase != IPaymentPool.Phase.Settled || held.free <= sum, "what is kept for them");
        }
    }

    function invariant_what_was_paid_in_is_held_redeemed_given_back_or_burned() public view {
        for (uint256 pool = 1; pool <= POOL.poolCount(); ++pool) {
            uint256 sum = _heldBy(pool) + _spenders.givenBack(pool) + _spenders.burned(pool);
            for (uint256 i = 0; i < _pairs; ++i) {
                sum += _pair(pool, i).redeemed;
            }
            eq(_spenders.paidIn(pool), sum, "paid in");
        }
    }

    function invariant_who_was_overspent_gets_nothing_back() public view {
        for (uint256 pool = 1; pool <= POOL.poolCount(); ++pool) {
            IPaymentPool.Pool memory held = POOL.poolOf(pool);
            bool over = held.phase == IPaymentPool.Phase.Settled || held.phase == IPaymentPool.Phase.Closed;
            holds(!over || uint256(held.collateral) + held.leaving == 0, "nothing of it is left to get");
            holds(held.phase != IPaymentPool.Phase.Closed || _heldBy(pool) == 0, "nothing is left behind");
        }
    }

    function invariant_money_is_conserved() public view {
        uint256 sum = address(POOL).balance + payer.balance + Predeploys.BURN.balance;
        for (uint256 i = 0; i < _spenders.PAYEES(); ++i) {
            sum += _spenders.payee(i).balance;
        }
        eq(sum, FUNDS, "money");
    }

    /// The invariants above say something only if the spenders get through every verb.
    function test_the_spenders_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 2500; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 25, raw >> 16);
        }
        bytes32[26] memory verbs = [
            bytes32("open"),
            "deposit",
            "earmark",
            "announceRelease",
            "release",
            "announceWithdrawal",
            "takeBack",
            "announceClose",
            "close",
            "authorize",
            "revoke",
            "sign",
            "promise",
            "redeem promised",
            "redeem",
            "skip",
            "charge",
            "collect",
            "withdraw",
            "distribute",
            "convict",
            "acquit",
            "claim",
            "settle",
            "award",
            "wait"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_spenders.done(verbs[i]) != 0, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        (uint256 a, uint256 b, uint256 c, uint256 d) = (raw % 1e9, raw >> 40, raw >> 80, raw >> 120);
        if (verb == 0 && a % 8 == 0) _spenders.open(b, c);
        else if (verb == 1) _spenders.deposit(a, b);
        else if (verb < 4) _spenders.earmark(a, b, c, d, a % 3 == 0);
        else if (verb == 4) _spenders.announceRelease(a, b, c);
        else if (verb == 5) _spenders.release(a);
        else if (verb == 6) _spenders.announceWithdrawal(a, b, c);
        else if (verb == 7) _spenders.takeBack(a);
        else if (verb == 8 && b % 4 == 0) _spenders.announceClose(a);
        else if (verb == 9) _spenders.close(a);
        else if (verb == 10) _spenders.authorize(a, b, c, d, d >> 20);
        else if (verb == 11) _spenders.revoke(a, b);
        else if (verb < 14) _spenders.sign(a, b, c, d);
        else if (verb == 14) _spenders.assure(a, b, c);
        else if (verb < 17) _spenders.redeem(a, b, c);
        else if (verb == 17) _spenders.charge(a, b, c);
        else if (verb == 18) _spenders.collect(a, b);
        else if (verb == 19) _spenders.withdraw(a);
        else if (verb == 20) _spenders.distribute();
        else if (verb == 21 && b % 4 == 0) _spenders.accuse(a);
        else if (verb == 22) _spenders.claim(a, b, c);
        else if (verb == 23) _settleOrAward(a);
        else if (verb == 24) _spenders.wait(a, b % 8 == 0);
    }

    function _settleOrAward(uint256 which) private {
        if (which % 2 == 0) _spenders.settle(which >> 1);
        else _spenders.award(which >> 1);
    }

    function _heldBy(uint256 pool) private view returns (uint256) {
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        return uint256(held.free) + held.earmarked + held.collateral + held.leaving;
    }

    function _pair(uint256 pool, uint256 i) private view returns (IPaymentPool.Pair memory) {
        (address session, address payee) = _names(i);
        return POOL.pairOf(pool, session, payee);
    }

    function _names(uint256 i) private view returns (address session, address payee) {
        return (_spenders.session(i / _spenders.PAYEES()), _spenders.payee(i));
    }

    function _payer() private view returns (address) {
        return POOL.poolOf(1).payer;
    }

    function _coveredBy(IPaymentPool.Pair memory pair) private pure returns (uint256) {
        uint256 ceiling = uint256(pair.ceilingGwei) * 1 gwei;
        return pair.redeemed > ceiling ? pair.redeemed : ceiling;
    }
}
