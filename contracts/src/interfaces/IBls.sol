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
    /// @notice A domain separation tag has 1 to 255 bytes, this one has `actual`.
    error TagLength(uint256 actual);

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
