// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IBls} from "../interfaces/IBls.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @title Signatures of sets of keys, in one line
/// @notice `Bls.requireQuorum(Bls.Certificate(owner, role, epoch, payload, signers, signature), 2, 3)` passes when members of
/// the owner's set with more than two thirds of its stake signed `payload` for this chain, this set and this epoch.
/// @dev The message is 136 bytes: "edgeloom/bls/1" padded to 32 ‖ chain id (32) ‖ set (32) ‖ epoch (8) ‖ payload (32).
library Bls {
    /// @notice Not what its signers signed.
    error CertificateInvalid();
    /// @notice The signers have `signed` of `total` stake, and more than `numerator`/`denominator` of it was asked for.
    error QuorumMissed(uint256 signed, uint256 total, uint256 numerator, uint256 denominator);

    bytes32 private constant TAG = "edgeloom/bls/1";

    /// @param set `IKeyRegistry.setOf(owner, role)`
    /// @param epoch of the snapshot that the signers signed for
    /// @param payload what they signed, most often a hash
    /// @param signers a bit for each place of the snapshot
    /// @param signature the aggregate of theirs
    struct Certificate {
        bytes32 set;
        uint64 epoch;
        bytes32 payload;
        bytes signers;
        bytes signature;
    }

    /// @notice What a member of `set` signs to say `payload` in its epoch `epoch`.
    function message(bytes32 set, uint64 epoch, bytes32 payload) internal view returns (bytes memory) {
        return abi.encodePacked(TAG, block.chainid, set, epoch, payload);
    }

    /// @notice What a key signs to be registered for `operator`.
    function consent(address operator) internal view returns (bytes memory) {
        bytes32 set = bytes32(bytes20(Predeploys.KEY_REGISTRY));
        return message(set, 0, bytes32(uint256(uint160(operator))));
    }

    /// @notice Who signed, and with what stake.
    function check(Certificate memory certificate) internal view returns (IBls.Quorum memory) {
        address snapshot = IKeyRegistry(Predeploys.KEY_REGISTRY).snapshotAt(certificate.set, certificate.epoch);
        return IBls(Predeploys.BLS)
            .fastAggregateVerify(
                snapshot,
                message(certificate.set, certificate.epoch, certificate.payload),
                certificate.signers,
                certificate.signature
            );
    }

    /// @notice Reverts unless signers with more than `numerator`/`denominator` of the stake signed.
    function requireQuorum(Certificate memory certificate, uint256 numerator, uint256 denominator) internal view {
        IBls.Quorum memory quorum = check(certificate);
        if (!quorum.valid) revert CertificateInvalid();
        if (quorum.signedStake * denominator <= quorum.totalStake * numerator) {
            revert QuorumMissed(quorum.signedStake, quorum.totalStake, numerator, denominator);
        }
    }
}
