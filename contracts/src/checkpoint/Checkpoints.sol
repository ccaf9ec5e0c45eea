// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bls} from "../bls/Bls.sol";
import {IBls} from "../interfaces/IBls.sol";
import {ICheckpoints} from "../interfaces/ICheckpoints.sol";
import {IEmission} from "../interfaces/IEmission.sol";
import {IEpochs} from "../interfaces/IEpochs.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Sets} from "../types/Sets.sol";

contract Checkpoints is ICheckpoints {
    using SafeCast for uint256;

    IEpochs private constant EPOCHS = IEpochs(Predeploys.EPOCHS);
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);
    IStaking private constant STAKING = IStaking(Predeploys.STAKING);

    /// @dev What paying a refund takes at least, after gas is measured.
    uint256 private constant GAS_TO_PAY = 10_000;
    /// @dev A transaction's start, and what the first refund in it takes beyond that: once, however many certificates it brings.
    uint256 private constant GAS_TO_START = 21_000 + 7000;
    /// @dev As if all bytes were zeros: who adds some does not earn by it.
    uint256 private constant GAS_PER_BYTE = 4;
    /// @dev Selector, words and paddings of a call. Its own bytes beyond what it needs are not counted: a contract has them from its memory,
    /// where they cost less.
    uint256 private constant BYTES_OF_CALL = 4 + 8 * 32;
    /// @dev A certificate of the most guardians that there can be takes less.
    uint256 private constant GAS_MAX = 2_000_000;
    /// @dev A union that gains a twentieth of all stake is paid whole, others in proportion.
    uint256 private constant FULL_GAIN = 20;

    /// @dev Slot 0, for readers of storage.
    uint64 private _latest;
    /// @dev Whether the start of this transaction was refunded.
    bool private transient _started;
    /// @dev Who asks for a checkpoint's signers shows its hash and theirs: so two words hold all, and this finds one of them by height.
    mapping(uint64 height => bytes32) public certificateAt;
    mapping(bytes32 blockHash => Checkpoint) private _checkpoints;

    function submit(uint64 height, bytes32 blockHash, bytes calldata signers, bytes calldata signature) external {
        uint256 gasBefore = gasleft();
        (uint32 epoch, uint256 interval) = EPOCHS.checkpointsAt(height);
        if (interval == 0 || height % interval != 1) revert NotACheckpointHeight(height, interval);
        if (certificateAt[height] != 0) revert AlreadyCertified(height);
        if (blockHash == 0 || blockHash != _hashAt(height)) revert NotInHistory(height, blockHash);
        IBls.Quorum memory quorum = _check(epoch, payloadOf(height, blockHash), signers, signature);
        if (quorum.signedStake * 3 <= quorum.totalStake * 2) {
            revert QuorumMissed(quorum.signedStake, quorum.totalStake);
        }

        certificateAt[height] = certificateOf(blockHash, signers);
        _checkpoints[blockHash] = Checkpoint(height, quorum.signedStake.toUint64(), block.number.toUint64(), epoch);
        if (height > _latest) _latest = height;
        emit Certified(height, blockHash, quorum.signedStake, quorum.totalStake, signers);
        _refund(gasBefore, signers.length + signature.length, 1, 1);
    }

    function extend(bytes32 blockHash, bytes calldata before, bytes calldata signers, bytes calldata signature)
        external
    {
        uint256 gasBefore = gasleft();
        Checkpoint memory checkpoint = _checkpoints[blockHash];
        if (checkpoint.certifiedAt == 0) revert NotCertified(blockHash);
        uint64 height = checkpoint.height;
        uint256 until = checkpoint.certifiedAt + PARAMETERS.valueOf(IParameters.Parameter.UnionWindow);
        if (block.number > until) revert WindowOver(height, until);
        if (certificateOf(blockHash, before) != certificateAt[height]) revert NotItsSigners(height);
        if (!_includes(signers, before)) revert NotAUnion(height);
        IBls.Quorum memory quorum = _check(checkpoint.epoch, payloadOf(height, blockHash), signers, signature);
        uint256 stakeBefore = checkpoint.signedStake;
        if (quorum.signedStake <= stakeBefore) revert NothingGained(height);

        _checkpoints[blockHash].signedStake = quorum.signedStake.toUint64();
        certificateAt[height] = certificateOf(blockHash, signers);
        emit Extended(height, quorum.signedStake, quorum.totalStake, signers);
        uint256 length = 2 * signers.length + signature.length;
        _refund(gasBefore, length, (quorum.signedStake - stakeBefore) * FULL_GAIN, quorum.totalStake);
    }

    function latest() external view returns (uint64 height, bytes32 blockHash) {
        height = _latest;
        if (height != 0) blockHash = _hashAt(height);
    }

    function isCheckpointed(bytes32 blockHash) external view returns (bool) {
        return _checkpoints[blockHash].certifiedAt != 0;
    }

    function checkpointOf(bytes32 blockHash) external view returns (Checkpoint memory) {
        return _checkpoints[blockHash];
    }

    function certificateOf(bytes32 blockHash, bytes calldata signers) public pure returns (bytes32 certificate) {
        return keccak256(abi.encode(blockHash, keccak256(signers)));
    }

    function payloadOf(uint64 height, bytes32 blockHash) public pure returns (bytes32 payload) {
        return keccak256(abi.encode("edgeloom/checkpoint/1", height, blockHash));
    }

    function _check(uint32 epoch, bytes32 payload, bytes calldata signers, bytes calldata signature)
        private
        view
        returns (IBls.Quorum memory quorum)
    {
        (uint64 snapshot,) = STAKING.guardiansOf(epoch);
        if (snapshot == 0) revert NoGuardians(epoch);
        quorum = Bls.check(Bls.Certificate(Sets.guardians(), snapshot, payload, signers, signature));
        if (!quorum.valid) revert Bls.CertificateInvalid();
    }

    /// @dev EIP-2935: a call with a height returns its hash, and reverts where it has none; 0 then.
    function _hashAt(uint64 height) private view returns (bytes32) {
        (bool known, bytes memory found) = Predeploys.HISTORY_STORAGE.staticcall(abi.encode(height));
        return known ? bytes32(found) : bytes32(0);
    }

    /// @dev Of equal length, since the snapshot is the same.
    function _includes(bytes calldata signers, bytes calldata before) private pure returns (bool) {
        if (signers.length != before.length) return false;
        for (uint256 i = 0; i < before.length; i += 32) {
            uint256 end = i + 32 < before.length ? i + 32 : before.length;
            bytes32 had = bytes32(before[i:end]);
            if (bytes32(signers[i:end]) & had != had) return false;
        }
        return true;
    }

    /// @dev Gas at the block's base fee, without a tip, and never more than it took: nobody earns by submitting. Last, since the
    /// receiver may call anything.
    function _refund(uint256 gasBefore, uint256 length, uint256 part, uint256 whole) private {
        uint256 used = GAS_TO_PAY + GAS_PER_BYTE * (BYTES_OF_CALL + length);
        if (!_started) used += GAS_TO_START;
        _started = true;
        used += gasBefore - gasleft();
        if (used > GAS_MAX) used = GAS_MAX;
        uint256 amount = used * block.basefee;
        if (part < whole) amount = amount * part / whole;
        IEmission(Predeploys.EMISSION).refund(msg.sender, amount);
    }
}
