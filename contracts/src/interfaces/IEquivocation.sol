// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Evidence of two votes that exclude each other
/// @notice Convicts a voting key of what no honest node does, not after a restart either: two notarizes of one view for different
/// proposals, two finalizes of one view for different proposals, or a nullify and a finalize of one view. These are the faults
/// that the consensus engine itself reports. Everything else that a key signs is legal: a notarize and a nullify of one
/// view are what every timeout after a vote makes, and a finalize for another proposal than was notarized is none of them.
/// @dev The bytes are those of CHAIN.md C6. A vote is a BLS signature over `varint(length of ns) ‖ ns ‖ content`, where
/// `ns` is `genesis hash 32 ‖ epoch u64 big-endian ‖ "_NOTARIZE", "_FINALIZE" or "_NULLIFY"`. The content of a nullify is
/// `epoch varint ‖ view varint`, that of the others the proposal: `epoch varint ‖ view varint ‖ parent view varint ‖
/// block hash 32`. Varints are unsigned LEB128 of 64 bits in shortest form.
interface IEquivocation {
    /// @notice The content of vote number `index` is not exactly one encoding of what its kind signs.
    error MalformedVote(uint256 index);
    /// @notice The votes are of different epochs or views.
    error DifferentRounds(Round first, Round second);
    /// @notice An honest node can sign votes of these kinds in one view.
    error KindsAgree(Kind first, Kind second);
    /// @notice Both votes are for one proposal.
    error SameProposal();
    /// @notice Vote number `index` was not signed with the key, for this chain.
    error NotSigned(uint256 index);

    enum Kind {
        Notarize,
        Finalize,
        Nullify
    }

    /// @param content the signed bytes after the namespace
    /// @param signature 96 bytes, compressed
    struct Vote {
        Kind kind;
        bytes content;
        bytes signature;
    }

    struct Round {
        uint64 epoch;
        uint64 viewNumber;
    }
}
