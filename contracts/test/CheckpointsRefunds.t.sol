// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Bls} from "../src/bls/Bls.sol";
import {GuardWorld} from "./GuardWorld.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {ICheckpoints} from "../src/interfaces/ICheckpoints.sol";
import {IEmission} from "../src/interfaces/IEmission.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Several calls in one transaction.
contract Batch {
    function perform(bytes[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done,) = Predeploys.CHECKPOINTS.call(calls[i]);
            require(done);
        }
    }

    receive() external payable {}
}

/// @dev Adds zeros of its memory to a call.
contract Padder {
    function perform(bytes calldata callData, uint256 zeros) external {
        (bool done,) = Predeploys.CHECKPOINTS.call(bytes.concat(callData, new bytes(zeros)));
        require(done);
    }

    receive() external payable {}
}

contract CheckpointsRefundTest is GuardWorld {
    uint256 private constant FEE = 1 gwei;
    address private constant BOB = address(0xb0b);

    function setUp() public override {
        super.setUp();
        past(FIRST);
        past(FIRST + 100);
        vm.fee(FEE);
        vm.deal(BOB, 1);
        // A refund before, so that the reserve's counters are not new.
        vm.prank(Predeploys.CHECKPOINTS);
        EMISSION.refund(BOB, 1);
    }

    function test_a_refund_is_nearly_what_was_spent_and_never_more() public {
        bytes memory callData = _submission(FIRST, MORE);
        (uint256 paid, uint256 spent) = _sent(callData);
        holds(paid <= spent, "not more");
        holds(paid * 100 > spent * 95, "nearly");
    }

    function test_a_refund_is_not_raised_by_bytes_that_nobody_reads() public {
        (uint256 paid, uint256 spent) = _sent(bytes.concat(_submission(FIRST, MORE), new bytes(50_000)));
        holds(paid < 50_000 * 4 * FEE, "they are not paid for");
        holds(paid <= spent, "not more");
    }

    /// A contract has a zero of its memory for less than a transaction has one of its data.
    function test_a_refund_is_not_raised_by_bytes_that_a_contract_makes() public {
        Padder padder = new Padder();
        vm.deal(address(padder), 1);
        bytes memory submission = _submission(FIRST, MORE);
        uint256 before = gasleft();
        padder.perform(submission, 380_000);
        uint256 used = before - gasleft();
        uint256 spent = (used + 21_000 + _priceOf(abi.encodeCall(Padder.perform, (submission, 380_000)))) * FEE;
        holds(address(padder).balance - 1 <= spent, "not more");
    }

    function test_a_refund_is_not_raised_by_bringing_many_at_once() public {
        Batch batch = new Batch();
        vm.deal(address(batch), 1);
        bytes[] memory calls = new bytes[](4);
        calls[0] = _submission(FIRST, MORE);
        calls[1] = _submission(FIRST + 100, MORE);
        calls[2] = abi.encodeCall(ICheckpoints.extend, (hashOf(FIRST), MORE, hex"07", signatureOf(FIRST, hex"07")));
        calls[3] = abi.encodeCall(ICheckpoints.extend, (hashOf(FIRST), hex"07", ALL, signatureOf(FIRST, ALL)));
        bytes memory callData = abi.encodeCall(Batch.perform, (calls));
        uint256 before = gasleft();
        batch.perform(calls);
        uint256 used = before - gasleft();
        uint256 spent = (used + 21_000 + _priceOf(callData)) * FEE;
        holds(address(batch).balance - 1 <= spent, "not more");
        holds((address(batch).balance - 1) * 100 > spent * 80, "but paid");
    }

    function test_a_refund_has_a_most() public {
        bytes memory verified = abi.encode(IBls.Quorum(true, 1, 3, 3));
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.fastAggregateVerify.selector), verified);
        bytes memory call_ = abi.encodeCall(ICheckpoints.submit, (FIRST, hashOf(FIRST), new bytes(300_000), ""));
        (uint256 paid,) = _sent(call_);
        eq(paid, 2_000_000 * FEE, "gas");
    }

    function test_a_refund_has_the_reserves_most() public {
        vm.fee(1e15);
        (uint256 paid,) = _sent(_submission(FIRST + 100, MORE));
        eq(paid, EMISSION.REFUND_MAX(), "the reserve's");
    }

    function test_a_refund_is_without_a_tip_and_nothing_where_gas_is_free() public {
        vm.fee(0);
        (uint256 paid,) = _sent(_submission(FIRST, MORE));
        eq(paid, 0, "paid");
        holds(CHECKPOINTS.isCheckpointed(hashOf(FIRST)), "certified");
    }

    function test_a_union_is_paid_by_what_it_gains() public {
        // Else the first union alone would pay for looking at it.
        PARAMETERS.valueOf(IParameters.Parameter.UnionWindow);
        (uint256 whole,) = _sent(_submission(FIRST, MORE));
        (uint256 half,) =
            _sent(abi.encodeCall(ICheckpoints.extend, (hashOf(FIRST), MORE, hex"0b", signatureOf(FIRST, hex"0b"))));
        (uint256 all,) =
            _sent(abi.encodeCall(ICheckpoints.extend, (hashOf(FIRST), hex"0b", ALL, signatureOf(FIRST, ALL))));
        // In one transaction, all but the first are paid without its start; the union by number 3 gains a fortieth.
        holds(half * 100 > all * 45 && half * 100 < all * 55, "half");
        holds(all < whole, "less than the first, which writes more");
    }

    function test_who_refuses_the_refund_does_not_block_the_certificate() public {
        HostileAccount hostile = new HostileAccount();
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        hostile.perform(Predeploys.CHECKPOINTS, 0, _submission(FIRST, MORE));
        holds(CHECKPOINTS.isCheckpointed(hashOf(FIRST)), "certified");
        eq(address(hostile).balance, 0, "not paid");
        eq(EMISSION.refunded(), 1, "not counted");
    }

    function test_a_reserve_that_refunds_no_more_today_does_not_block_the_certificate() public {
        for (uint256 i = 0; i < 1001; ++i) {
            vm.prank(Predeploys.CHECKPOINTS);
            EMISSION.refund(address(0xdead), 10e18);
        }
        eq(EMISSION.refundable(), 0, "used up");
        (uint256 paid,) = _sent(_submission(FIRST, MORE));
        eq(paid, 0, "not paid");
        holds(CHECKPOINTS.isCheckpointed(hashOf(FIRST)), "certified");
    }

    function test_an_empty_reserve_does_not_block_the_certificate() public {
        vm.deal(Predeploys.EMISSION, 0);
        (uint256 paid,) = _sent(_submission(FIRST, MORE));
        eq(paid, 0, "not paid");
        holds(CHECKPOINTS.isCheckpointed(hashOf(FIRST)), "certified");
    }

    function test_who_is_paid_finds_the_certificate_taken_already() public {
        HostileAccount hostile = new HostileAccount();
        bytes memory callData = _submission(FIRST, MORE);
        hostile.plan(HostileAccount.Mood.Reenter, Predeploys.CHECKPOINTS, callData);
        hostile.perform(Predeploys.CHECKPOINTS, 0, callData);
        eq(hostile.attempts(), 1, "called back");
        eq(hostile.successes(), 0, "in vain");
        eq(EMISSION.refunded() - 1, address(hostile).balance, "paid once");
        hostile.plan(HostileAccount.Mood.Reenter, Predeploys.EMISSION, abi.encodeCall(IEmission.refund, (BOB, 1e18)));
        hostile.perform(Predeploys.CHECKPOINTS, 0, _submission(FIRST + 100, MORE));
        eq(hostile.attempts(), 2, "called back again");
        eq(hostile.successes(), 0, "in vain again");
    }

    function _submission(uint64 height, bytes memory signers) private view returns (bytes memory) {
        return abi.encodeCall(ICheckpoints.submit, (height, hashOf(height), signers, signatureOf(height, signers)));
    }

    /// @dev What BOB gets back for a transaction, and what it takes.
    function _sent(bytes memory callData) private returns (uint256 paid, uint256 spent) {
        uint256 balance = BOB.balance;
        vm.prank(BOB);
        uint256 before = gasleft();
        (bool done,) = Predeploys.CHECKPOINTS.call(callData);
        uint256 used = before - gasleft();
        spent = (used + 21_000 + _priceOf(callData)) * block.basefee;
        holds(done, "sent");
        paid = BOB.balance - balance;
    }

    function _priceOf(bytes memory callData) private pure returns (uint256 gas) {
        for (uint256 i = 0; i < callData.length; ++i) {
            gas += callData[i] == 0 ? 4 : 16;
        }
    }
}

/// @dev As transactions of their own (`--isolate`), for 1,000 guardians. The precompile's gas comes on top, from its own table
/// (`precompiles/provider`): here its answer is mocked.
contract CheckpointsGasTest is GuardWorld {
    function test_gas_of_checkpoints() public {
        vm.fee(1 gwei);
        vm.deal(ALICE, 1);
        _answered(FIRST, _bitmap(0xff));
        _answered(FIRST + 100, _bitmap(0x7f));
        bytes memory all = _answered(FIRST + 100, _bitmap(0xff));
        past(FIRST);
        past(FIRST + 100);
        bytes memory signature = _signature();
        CHECKPOINTS.submit(FIRST, hashOf(FIRST), all, signature);
        vm.prank(ALICE);
        CHECKPOINTS.submit(FIRST + 100, hashOf(FIRST + 100), _bitmap(0x7f), signature);
        vm.snapshotGasLastCall("Checkpoints", "submit, 1,000 guardians, without the precompile");
        vm.prank(ALICE);
        CHECKPOINTS.extend(hashOf(FIRST + 100), _bitmap(0x7f), all, signature);
        vm.snapshotGasLastCall("Checkpoints", "extend, 1,000 guardians, without the precompile");
    }

    /// @dev Stakes of a gwei each of 1,000.
    function _answered(uint64 height, bytes memory signers) private returns (bytes memory) {
        (uint64 number,) = STAKING.guardiansOf(EPOCH);
        address snapshot = KEYS.snapshotAt(setOfGuardians(), number);
        bytes memory asked =
            abi.encodeCall(IBls.fastAggregateVerify, (snapshot, messageOf(height), signers, _signature()));
        uint256 signed = signers[0] == 0xff ? 1000 : 875;
        vm.mockCall(Predeploys.BLS, asked, abi.encode(IBls.Quorum(true, signed, signed, 1000)));
        return signers;
    }

    function _bitmap(uint8 each) private pure returns (bytes memory signers) {
        signers = new bytes(125);
        for (uint256 i = 0; i < 125; ++i) {
            signers[i] = bytes1(each);
        }
    }

    function _signature() private pure returns (bytes memory) {
        bytes32 third = keccak256("signature");
        return bytes.concat(third, third, third);
    }
}
