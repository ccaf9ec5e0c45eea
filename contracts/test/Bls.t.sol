// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Bls} from "../src/bls/Bls.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What a contract that uses the library is.
contract Gate {
    function pass(Bls.Certificate memory certificate, uint256 numerator, uint256 denominator) external view {
        Bls.requireQuorum(certificate, numerator, denominator);
    }

    function message(bytes32 set, uint64 epoch, bytes32 payload) external view returns (bytes memory) {
        return Bls.message(set, epoch, payload);
    }
}

/// @dev The precompile's verdict is mocked here, at exactly the call that it must be asked with; `precompiles/provider` tests the
/// registry and the verdicts on the real one.
contract BlsTest {
    Gate private _gate;
    bytes32 private constant SET = bytes32(uint256(0xaa) << 96 | 3);
    address private constant SNAPSHOT = address(0x5a);

    function setUp() public {
        _gate = new Gate();
        bytes memory asked = abi.encodeCall(IKeyRegistry.snapshotAt, (SET, 7));
        vm.mockCall(Predeploys.KEY_REGISTRY, asked, abi.encode(SNAPSHOT));
    }

    function test_a_certificate_of_others_or_of_nobody_does_not_pass() public {
        _answer(IBls.Quorum(false, 0, 0, 90));
        vm.expectRevert(abi.encodeWithSelector(Bls.CertificateInvalid.selector));
        _gate.pass(_certificate(), 2, 3);
    }

    function test_two_thirds_are_not_more_than_two_thirds() public {
        _answer(IBls.Quorum(true, 4, 60, 90));
        vm.expectRevert(abi.encodeWithSelector(Bls.QuorumMissed.selector, 60, 90, 2, 3));
        _gate.pass(_certificate(), 2, 3);
        _answer(IBls.Quorum(true, 4, 61, 90));
        _gate.pass(_certificate(), 2, 3);
    }

    function testFuzz_a_quorum_is_strictly_more(uint256 signed, uint256 total, uint256 denominator) public {
        total = within(total, 1, type(uint128).max);
        signed = within(signed, 0, total);
        denominator = within(denominator, 1, 1000);
        uint256 numerator = denominator / 2;
        _answer(IBls.Quorum(true, 1, signed, total));
        if (signed * denominator <= total * numerator) {
            vm.expectRevert(abi.encodeWithSelector(Bls.QuorumMissed.selector, signed, total, numerator, denominator));
        }
        _gate.pass(_certificate(), numerator, denominator);
    }

    function test_a_message_names_chain_set_epoch_and_payload() public view {
        bytes memory message = _gate.message(SET, 7, keccak256("payload"));
        eq(message.length, 136, "length");
        bytes memory expected = bytes.concat(
            bytes32("edgeloom/bls/1"), bytes32(block.chainid), SET, bytes8(uint64(7)), keccak256("payload")
        );
        holds(keccak256(message) == keccak256(expected), "bytes");
    }

    function _certificate() private pure returns (Bls.Certificate memory) {
        return Bls.Certificate(SET, 7, keccak256("payload"), hex"0f", hex"1234");
    }

    function _answer(IBls.Quorum memory quorum) private {
        bytes memory message = _gate.message(SET, 7, keccak256("payload"));
        bytes memory asked = abi.encodeCall(IBls.fastAggregateVerify, (SNAPSHOT, message, hex"0f", hex"1234"));
        vm.mockCall(Predeploys.BLS, asked, abi.encode(quorum));
    }
}
