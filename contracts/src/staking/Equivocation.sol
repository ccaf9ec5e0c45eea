// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IBls} from "../interfaces/IBls.sol";
import {IEquivocation} from "../interfaces/IEquivocation.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Judges evidence and remembers nothing: the same evidence, or other of the same view, convicts again. Whoever slashes keeps
/// what it slashed for, and asks whose key it was in that epoch.
library Equivocation {
    uint256 private constant NAMESPACE_BYTES = 40;

    /// @dev Reverts unless the two votes exclude each other and `publicKey` signed both. Cheap refusals come first. Which
    /// vote is shown first makes no difference.
    /// @param genesis hash of block 0
    /// @param publicKey 48 bytes, compressed
    function judge(
        bytes32 genesis,
        bytes memory publicKey,
        IEquivocation.Vote calldata first,
        IEquivocation.Vote calldata second
    ) internal view returns (IEquivocation.Round memory round) {
        round = parse(first, 0);
        IEquivocation.Round memory other = parse(second, 1);
        if (round.epoch != other.epoch || round.viewNumber != other.viewNumber) {
            revert IEquivocation.DifferentRounds(round, other);
        }
        _checkExclusive(first, second);
        if (!_signed(genesis, publicKey, first, round.epoch)) revert IEquivocation.NotSigned(0);
        if (!_signed(genesis, publicKey, second, round.epoch)) revert IEquivocation.NotSigned(1);
    }

    /// @dev Exactly the encodings that the engine makes, so that different bytes are different votes.
    function parse(IEquivocation.Vote calldata vote, uint256 index)
        internal
        pure
        returns (IEquivocation.Round memory round)
    {
        bytes calldata content = vote.content;
        uint256 cursor;
        (round.epoch, cursor) = _varint(content, 0, index);
        (round.viewNumber, cursor) = _varint(content, cursor, index);
        if (vote.kind != IEquivocation.Kind.Nullify) {
            (, cursor) = _varint(content, cursor, index);
            cursor += 32;
        }
        if (cursor != content.length) revert IEquivocation.MalformedVote(index);
    }

    /// @dev What is signed. The namespace's epoch is the content's: no honest node signs one in the other's name.
    function message(bytes32 genesis, uint64 epoch, IEquivocation.Kind kind, bytes calldata content)
        internal
        pure
        returns (bytes memory)
    {
        bytes memory suffix = kind == IEquivocation.Kind.Notarize
            ? bytes("_NOTARIZE")
            : kind == IEquivocation.Kind.Finalize ? bytes("_FINALIZE") : bytes("_NULLIFY");
        // One byte of varint, as the namespace has fewer than 128.
        bytes1 length = bytes1(uint8(NAMESPACE_BYTES + suffix.length));
        return abi.encodePacked(length, genesis, epoch, suffix, content);
    }

    /// @dev Of one view. Two nullifies of it are the same vote.
    function _checkExclusive(IEquivocation.Vote calldata first, IEquivocation.Vote calldata second) private pure {
        bool isPair = first.kind == second.kind && first.kind != IEquivocation.Kind.Nullify;
        if (isPair) {
            if (keccak256(first.content) == keccak256(second.content)) revert IEquivocation.SameProposal();
            return;
        }
        bool isNullifyAndFinalize =
            (first.kind == IEquivocation.Kind.Nullify && second.kind == IEquivocation.Kind.Finalize)
                || (first.kind == IEquivocation.Kind.Finalize && second.kind == IEquivocation.Kind.Nullify);
        if (!isNullifyAndFinalize) revert IEquivocation.KindsAgree(first.kind, second.kind);
    }

    /// @dev What is no key or no signature at all the precompile refuses by itself.
    function _signed(bytes32 genesis, bytes memory publicKey, IEquivocation.Vote calldata vote, uint64 epoch)
        private
        view
        returns (bool)
    {
        bytes memory signed = message(genesis, epoch, vote.kind, vote.content);
        return IBls(Predeploys.BLS).verify(publicKey, signed, vote.signature);
    }

    /// @dev As `node/types` reads it: at most ten bytes, of the tenth one bit, no last byte of zero but a lone one.
    function _varint(bytes calldata content, uint256 cursor, uint256 index)
        private
        pure
        returns (uint64 value, uint256 next)
    {
        for (uint256 shift = 0; shift < 64; shift += 7) {
            if (cursor == content.length) revert IEquivocation.MalformedVote(index);
            uint8 octet = uint8(content[cursor++]);
            uint256 bits = uint256(octet & 0x7f) << shift;
            if (bits > type(uint64).max) revert IEquivocation.MalformedVote(index);
            value |= uint64(bits);
            if (octet & 0x80 == 0) {
                if (octet == 0 && shift != 0) revert IEquivocation.MalformedVote(index);
                return (value, cursor);
            }
        }
        revert IEquivocation.MalformedVote(index);
    }
}
