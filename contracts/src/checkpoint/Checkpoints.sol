// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bls} from "../bls/Bls.sol";
import {IBls} from "../interfaces/IBls.sol";
import {ICheckpoints} from "../interfaces/ICheckpoints.sol";
import {IEmission} from "../interfaces/IEmission.sol";
import {IEpochs} from "../interfaces/IEpochs.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {Predeploys} from "../types/Predeploys.sol";

contract Checkpoints is ICheckpoints {
    using SafeCast for uint256;

    IEpochs private constant EPOCHS = IEpochs(Predeploys.EPOCHS);
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);
    IStaking private constant STAKING = IStaking(Predeploys.STAKING);

    /// @dev What paying a refund takes at least, after gas is measured.
    uint256 private constant GAS_TO_PAY = 10_000;
    /// @dev A transaction's start, and what the first refund in it takes beyond that: once, however many certificates it brings.
    uint256 private constant GAS_TO_START = 21_000 + 12_000;
    /// @dev As if all bytes were zeros: who adds some does not earn by it.
    uint256 private constant GAS_PER_BYTE = 4;
    /// @dev A certificate of the most guardians that there can be takes less.
    uint256 private constant GAS_MAX = 2_000_000;
    /// @dev A union that gains a twentieth of all stake is paid whole, others in proportion.
    uint256 private constant FULL_GAIN = 20;

    struct Signed {
        bytes32 blockHash;
        bytes32 signersHash;
    }

    struct Standing {
        uint64 height;
        uint64 signedStake;
        uint64 certifiedAt;
        uint32 epoch;
    }

    uint64 private _latest;
    /// @dev Whether the start of this transaction was refunded.
    bool private transient _started;
    /// @dev Half of a checkpoint is found by its height, and half by its hash, which is to be found itself: so three words hold all.
    mapping(uint64 height => Signed) private _signed;
    mapping(bytes32 blockHash => Standing) private _standings;

    function submit(uint64 height, bytes32 blockHash, bytes calldata signers, bytes calldata signature) external {
        uint256 gasBefore = gasleft();
        uint32 epoch = (uint256(height) / EPOCHS.length()).toUint32();
        uint256 interval = EPOCHS.rulesOf(epoch).checkpointInterval;
        if (interval == 0 || height % interval != 1) revert NotACheckpointHeight(height, interval);
        if (_signed[height].blockHash != 0) revert AlreadyCertified(height);
        _checkHistory(height, blockHash);
        IBls.Quorum memory quorum = _check(epoch, payloadOf(height, blockHash), signers, signature);
        if (quorum.signedStake * 3 <= quorum.totalStake * 2) {
            revert QuorumMissed(quorum.signedStake, quorum.totalStake);
        }

        _signed[height] = Signed(blockHash, keccak256(signers));
        _standings[blockHash] = Standing(height, quorum.signedStake.toUint64(), block.number.toUint64(), epoch);
        if (height > _latest) _latest = height;
        emit Certified(height, blockHash, quorum.signedStake, quorum.totalStake, signers);
        _refund(gasBefore, 1, 1);
    }

    function extend(uint64 height, bytes calldata before, bytes calldata signers, bytes calldata signature) external {
        uint256 gasBefore = gasleft();
        Signed storage signed = _signed[height];
        bytes32 blockHash = signed.blockHash;
        if (blockHash == 0) revert NotCertified(height);
        Standing storage standing = _standings[blockHash];
        uint256 until = standing.certifiedAt + PARAMETERS.valueOf(IParameters.Parameter.UnionWindow);
        if (block.number > until) revert WindowOver(height, until);
        if (keccak256(before) != signed.signersHash) revert NotItsSigners(height);
        if (!_includes(signers, before)) revert NotAUnion(height);
        IBls.Quorum memory quorum = _check(standing.epoch, payloadOf(height, blockHash), signers, signature);
        uint256 stakeBefore = standing.signedStake;
        if (quorum.signedStake <= stakeBefore) revert NothingGained(height);

        standing.signedStake = quorum.signedStake.toUint64();
        signed.signersHash = keccak256(signers);
        emit Extended(height, quorum.signedStake, quorum.totalStake, signers);
        _refund(gasBefore, (quorum.signedStake - stakeBefore) * FULL_GAIN, quorum.totalStake);
    }

    function latest() external view returns (uint64 height, bytes32 blockHash) {
        height = _latest;
        blockHash = _signed[height].blockHash;
    }

    function isCheckpointed(bytes32 blockHash) external view returns (bool) {
        return _standings[blockHash].certifiedAt != 0;
    }

    function checkpointAt(uint64 height) external view returns (Checkpoint memory) {
        Signed storage signed = _signed[height];
        Standing storage standing = _standings[signed.blockHash];
        return
            Checkpoint(signed.blockHash, signed.signersHash, standing.signedStake, standing.certifiedAt, standing.epoch);
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
        bytes32 set = IKeyRegistry(Predeploys.KEY_REGISTRY).setOf(Predeploys.STAKING, STAKING.GUARDIANS());
        quorum = Bls.check(Bls.Certificate(set, snapshot, payload, signers, signature));
        if (!quorum.valid) revert Bls.CertificateInvalid();
    }

    /// @dev EIP-2935: a call with a height returns its hash, and reverts where it has none.
    function _checkHistory(uint64 height, bytes32 blockHash) private view {
        (bool known, bytes memory found) = Predeploys.HISTORY_STORAGE.staticcall(abi.encode(height));
        if (!known || found.length != 32 || bytes32(found) != blockHash) revert NotInHistory(height, blockHash);
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
    function _refund(uint256 gasBefore, uint256 part, uint256 whole) private {
        uint256 used = GAS_TO_PAY + GAS_PER_BYTE * msg.data.length;
        if (!_started) used += GAS_TO_START;
        _started = true;
        used += gasBefore - gasleft();
        if (used > GAS_MAX) used = GAS_MAX;
        uint256 amount = used * block.basefee;
        if (part < whole) amount = amount * part / whole;
        IEmission(Predeploys.EMISSION).refund(msg.sender, amount);
    }
}
