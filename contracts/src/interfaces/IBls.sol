// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title BLS signatures on BLS12-381, checked by the chain itself
/// @notice A precompile at 0x0000000000000000000000000000000000000410. Ciphersuite
/// BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_ of draft-irtf-cfrg-bls-signature: public keys are 48 bytes (G1), signatures
/// 96 (G2), both compressed. Where a key takes part with others, its possession must have been proved (`verifyPossession`).
/// @dev Every function is a view. DELEGATECALL and CALLCODE revert with `NotCalledDirectly`. Gas is charged before work.
/// What is no key or no signature reverts; what is one and does not verify is `false`.
interface IBls {
    /// @notice The precompile was reached by DELEGATECALL or CALLCODE.
    error NotCalledDirectly();
    /// @notice The calldata is not the canonical ABI encoding of a call of this interface, the only one that is accepted,
    /// or the call carries value, which a view could never give back.
    error MalformedCall();
    /// @notice Public key number `index` is infinity, off the curve, outside its subgroup, or not encoded canonically.
    error MalformedKey(uint256 index);
    /// @notice Signature number `index` is infinity, off the curve, outside its subgroup, or not encoded canonically.
    error MalformedSignature(uint256 index);
    /// @notice There are `actual` keys or signatures in one call, more than `limit`, or none.
    error WrongCount(uint256 limit, uint256 actual);
    /// @notice There are `keys` public keys, and `messages` messages for them.
    error CountsDiffer(uint256 keys, uint256 messages);
    /// @notice The signatures cancel out: infinity is no signature.
    error SignaturesCancelOut();
    /// @notice The code at `code` is not that of a snapshot, or not of a chunk of one.
    error MalformedSnapshot(address code);
    /// @notice Signers of this set take `expected` bytes, these are `actual`.
    error SignersLength(uint256 expected, uint256 actual);
    /// @notice Nobody with stake is at `place`, or it is beyond the set's last.
    error NotAMember(uint256 place);
    /// @notice A domain separation tag has 1 to 255 bytes, this one has `actual`.
    error TagLength(uint256 actual);

    /// @param valid whether exactly the signers named signed
    /// @param signers how many they are; 0 where it is not valid
    /// @param signedStake what they have at stake, each counted once; 0 where it is not valid
    /// @param totalStake what all members have
    struct Quorum {
        bool valid;
        uint256 signers;
        uint256 signedStake;
        uint256 totalStake;
    }

    /// @notice Whether `signature` is that of `publicKey` over `message`.
    function verify(bytes calldata publicKey, bytes calldata message, bytes calldata signature)
        external
        view
        returns (bool valid);

    /// @notice Whether `signature` is the aggregate of a signature of each key over the message of the same index; at most
    /// 64 of them.
    function aggregateVerify(bytes[] calldata publicKeys, bytes[] calldata messages, bytes calldata signature)
        external
        view
        returns (bool valid);

    /// @notice Whether `signature` is the aggregate of one signature over `message` of each member that `signers` names.
    /// @param snapshot manifest of a set, as `IKeyRegistry` writes it: check there that it is the one that you trust
    /// @param signers a bit for each place of the set, the lowest of a byte first; as many bytes as that takes
    /// @dev Costs what the fewer of present and absent cost. Nobody's signature is not valid.
    function fastAggregateVerify(
        address snapshot,
        bytes calldata message,
        bytes calldata signers,
        bytes calldata signature
    ) external view returns (Quorum memory quorum);

    /// @notice As `fastAggregateVerify`, for an aggregate that holds a member's signature as often as `multiplicities` says.
    /// @param multiplicities two bytes for each place of the set, big-endian; at most 4,096 of them not zero
    function weightedAggregateVerify(
        address snapshot,
        bytes calldata message,
        bytes calldata multiplicities,
        bytes calldata signature
    ) external view returns (Quorum memory quorum);

    /// @notice Both coordinates of `publicKey`, 48 bytes big-endian each.
    function decompress(bytes calldata publicKey) external view returns (bytes memory point);

    /// @notice Whether `proof` shows that somebody knows the secret of `publicKey`: a signature over its 48 bytes with the
    /// tag BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_.
    /// @dev It can be copied: a registry has the key sign for whom it is registered as well.
    function verifyPossession(bytes calldata publicKey, bytes calldata proof) external view returns (bool valid);

    /// @notice The aggregate of up to 256 signatures.
    function aggregateSignatures(bytes[] calldata signatures) external view returns (bytes memory aggregate);

    /// @notice `message` as a point of G1 by RFC 9380's BLS12381G1_XMD:SHA-256_SSWU_RO_, in the 128 bytes of EIP-2537.
    function hashToG1(bytes calldata message, bytes calldata tag) external view returns (bytes memory point);

    /// @notice `message` as a point of G2 by RFC 9380's BLS12381G2_XMD:SHA-256_SSWU_RO_, in the 256 bytes of EIP-2537.
    function hashToG2(bytes calldata message, bytes calldata tag) external view returns (bytes memory point);
}
