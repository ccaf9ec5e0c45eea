// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPaymentPool} from "../src/interfaces/IPaymentPool.sol";
import {PoolWorld} from "./PoolWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {holds, vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`.
contract PaymentPoolGasTest is PoolWorld {
    uint256 private constant BATCH = 1000;
    uint256 private constant TARGET = 15_000;
    /// @dev Of one transaction (EIP-7825).
    uint256 private constant GAS_MAX = 16_777_216;

    function test_gas_of_a_batch_of_earmarked_pairs() public {
        uint256 pool = opened(0, 0);
        for (uint256 i = 0; i < BATCH; ++i) {
            earmarked(pool, SELF, _payee(i), 1 ether);
        }
        _redeemBatch(_vouchers(pool, 0.123_456_789 ether), "redeemBatch, earmarked, of 1,000");
    }

    function test_gas_of_a_batch_of_pairs_redeemed_before() public {
        uint256 pool = opened(BATCH * 1 ether, BATCH * 1 ether);
        POOL.redeemBatch(_vouchers(pool, 0.1 ether));
        _redeemBatch(_vouchers(pool, 0.123_456_789 ether), "redeemBatch, redeemed before, of 1,000");
    }

    function test_gas_of_a_batch_of_one_session() public {
        uint256 pool = opened(BATCH * 1 ether, BATCH * 1 ether);
        authorized(pool, SELF, BATCH * 1 ether);
        POOL.redeemBatch(_sessions(pool, 0.1 ether));
        _redeemBatch(_sessions(pool, 0.123_456_789 ether), "redeemBatch, one session, of 1,000");
    }

    /// Every voucher by a key of its own, which is the dearest there is: a session's slot for each.
    function test_gas_of_a_batch_of_as_many_sessions() public {
        uint256 pool = opened(100 ether, 100 ether);
        IPaymentPool.Bundle[] memory all = new IPaymentPool.Bundle[](100);
        for (uint256 i = 0; i < 100; ++i) {
            address session = vm.addr(0x1000 + i);
            vm.prank(payer);
            POOL.authorize(pool, session, mandate(_payee(i), 1 ether, 1 days));
            earmarked(pool, session, _payee(i), 1 ether);
            all[i] = sign(0x1000 + i, pool, session, _payee(i), 0.123_456_789 ether);
        }
        holds(POOL.redeemBatch(all) == 100, "all of them");
        vm.snapshotGasLastCall("PaymentPool", "redeemBatch, 100 sessions, of 100");
    }

    function test_gas_of_what_a_payer_does() public {
        uint256 pool = opened(10 ether, 10 ether);
        vm.snapshotGasLastCall("PaymentPool", "open");
        vm.prank(payer);
        POOL.deposit{value: 2 ether}(pool, 1 ether);
        vm.snapshotGasLastCall("PaymentPool", "deposit");
        earmarked(pool, SELF, ALICE, 1 ether);
        vm.snapshotGasLastCall("PaymentPool", "earmark");
        authorized(pool, SELF, 5 ether);
        vm.snapshotGasLastCall("PaymentPool", "authorize");
        vm.prank(payer);
        POOL.revoke(pool, agent);
        vm.snapshotGasLastCall("PaymentPool", "revoke");
        vm.prank(payer);
        POOL.announceRelease(pool, SELF, ALICE, 0);
        vm.snapshotGasLastCall("PaymentPool", "announceRelease");
        vm.prank(payer);
        POOL.announceWithdrawal(pool, 2 ether, 2 ether);
        vm.snapshotGasLastCall("PaymentPool", "announceWithdrawal");
        vm.warp(START + NOTICE);
        vm.prank(payer);
        POOL.takeBack(pool);
        vm.snapshotGasLastCall("PaymentPool", "takeBack");
        vm.prank(payer);
        POOL.deposit{value: 1 ether}(pool, 1 ether);
        vm.prank(payer);
        POOL.release(pool, SELF, ALICE);
        vm.snapshotGasLastCall("PaymentPool", "release");
        vm.prank(payer);
        POOL.announceClose(pool);
        vm.snapshotGasLastCall("PaymentPool", "announceClose");
        vm.warp(START + 2 * NOTICE);
        vm.prank(payer);
        POOL.close(pool);
        vm.snapshotGasLastCall("PaymentPool", "close");
    }

    function test_gas_of_what_a_payee_does() public {
        uint256 pool = opened(10 ether, 10 ether);
        redeemed(voucher(pool, ALICE, 1 ether));
        vm.snapshotGasLastCall("PaymentPool", "redeem, a new pair");
        redeemed(voucher(pool, ALICE, 2 ether));
        vm.snapshotGasLastCall("PaymentPool", "redeem");
        earmarked(pool, SELF, BOB, 1 ether);
        redeemed(voucher(pool, BOB, 1 ether));
        vm.snapshotGasLastCall("PaymentPool", "redeem, earmarked");
        authorized(pool, SELF, 5 ether);
        redeemed(agents(pool, ALICE, 1 ether));
        redeemed(agents(pool, ALICE, 2 ether));
        vm.snapshotGasLastCall("PaymentPool", "redeem, of a session");
        vm.prank(agent);
        POOL.charge(pool, ALICE, 1 ether);
        vm.snapshotGasLastCall("PaymentPool", "charge");
        collected(pool, SELF, ALICE);
        vm.snapshotGasLastCall("PaymentPool", "collect, one pair");
        vm.prank(ALICE);
        POOL.withdraw();
        vm.snapshotGasLastCall("PaymentPool", "withdraw");
    }

    function test_gas_of_an_overspend() public {
        vm.deal(Predeploys.BURN, 1);
        uint256 pool = opened(10 ether, 10 ether);
        POOL.proveOverspend(pool, joined(voucher(pool, ALICE, 8 ether), voucher(pool, CAROL, 9 ether)));
        vm.snapshotGasLastCall("PaymentPool", "proveOverspend, 2 vouchers");
        claimed(voucher(pool, ALICE, 8 ether));
        claimed(voucher(pool, CAROL, 9 ether));
        vm.snapshotGasLastCall("PaymentPool", "claim");
        vm.warp(START + NOTICE + 1);
        POOL.settle(pool);
        vm.snapshotGasLastCall("PaymentPool", "settle");
        POOL.award(pool, SELF, ALICE);
        vm.snapshotGasLastCall("PaymentPool", "award");
    }

    function test_gas_of_a_split() public {
        address[] memory recipients = new address[](2);
        uint16[] memory shares = new uint16[](2);
        (recipients[0], recipients[1]) = (ALICE, BOB);
        (shares[0], shares[1]) = (2500, 7500);
        address split = POOL.splitOf(recipients, shares);
        uint256 pool = opened(10 ether, 10 ether);
        redeemed(voucher(pool, split, 1 ether));
        collected(pool, SELF, split);
        POOL.distribute(recipients, shares);
        vm.snapshotGasLastCall("PaymentPool", "distribute, to 2");
    }

    function _redeemBatch(IPaymentPool.Bundle[] memory bundles, string memory name) private {
        vm.prank(RELAYER);
        uint256 redeemed = POOL.redeemBatch(bundles);
        uint256 gas = vm.snapshotGasLastCall("PaymentPool", name);
        holds(redeemed == BATCH, "all of them");
        holds(gas <= GAS_MAX && gas / BATCH <= TARGET, "of each");
    }

    function _vouchers(uint256 pool, uint256 total) private view returns (IPaymentPool.Bundle[] memory) {
        IPaymentPool.Voucher[] memory all = new IPaymentPool.Voucher[](BATCH);
        for (uint256 i = 0; i < BATCH; ++i) {
            all[i] = voucher(pool, _payee(i), total + i).vouchers[0];
        }
        return list(IPaymentPool.Bundle(pool, SELF, all));
    }

    function _sessions(uint256 pool, uint256 total) private view returns (IPaymentPool.Bundle[] memory) {
        IPaymentPool.Voucher[] memory all = new IPaymentPool.Voucher[](BATCH);
        for (uint256 i = 0; i < BATCH; ++i) {
            all[i] = agents(pool, _payee(i), total + i).vouchers[0];
        }
        return list(IPaymentPool.Bundle(pool, agent, all));
    }

    function _payee(uint256 i) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("payee", i)))));
    }
}
