// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What an Edgeloom chain is, for contracts of another chain
/// @notice Begins with one block hash that its deployer trusts, follows the chain's committees from there, and says of headers, accounts,
/// storage and receipts what their proofs show. Anybody may relay; nobody can make it believe what no committee signed.
/// @dev Needs EIP-2537. A committee is believed for `WINDOW` seconds from the block that decided it: after that its stake may be gone,
/// and with it what kept its keys from signing another past. Who lets that pass has to begin again, with a newer hash.
interface ILightClient {
    /// @notice The hash of the header shown is not the one that is trusted.
    error NotTrusted(bytes32 expected, bytes32 found);
    /// @notice The genesis header does not commit to what is said to be the chain's beginning.
    error NotTheFounding(bytes32 expected, bytes32 found);
    /// @notice Bytes that are not what a chain begins with.
    error MalformedFounding();
    /// @notice No header was shown.
    error NoHeader();
    /// @notice The header at `index` is not on top of the one before it.
    error BrokenChain(uint256 index);
    /// @notice Bytes that are no certificate.
    error MalformedCertificate();
    /// @notice The certificate is of another block than the last header's.
    error CertificateOfAnother(bytes32 expected, bytes32 found);
    /// @notice The certificate's epoch is not the block's.
    error EpochOfAnother(uint64 expected, uint64 found);
    /// @notice The certificate is for `found` seats, and the committee has `expected`.
    error SeatsDiffer(uint256 expected, uint256 found);
    /// @notice `signers` seats signed, and `quorum` are needed.
    error QuorumMissed(uint256 signers, uint256 quorum);
    /// @notice The coordinates shown are not those of the compressed point.
    error NotThePoint();
    /// @notice The aggregate signature is not of the seats that the certificate names.
    error NotSigned();
    /// @notice Nothing shown so far decided the committee of this epoch.
    error CommitteeUnknown(uint64 epoch);
    /// @notice The committee of this epoch was decided too long ago to be believed.
    error CommitteeStale(uint64 epoch, uint256 until);
    /// @notice The committee of this epoch is known already.
    error CommitteeKnown(uint64 epoch);
    /// @notice These are not the keys of the committee of this epoch.
    error NotTheKeys(uint64 epoch);
    /// @notice The committee's contract has code that this one does not know: an upgrade replaced it.
    error ContractUnknown(bytes32 codeHash);
    /// @notice There is a proof less or more than the seats need.
    error ProofsDiffer(uint256 expected, uint256 found);

    event CommitteeLearned(uint64 indexed epoch, uint256 seats, bytes32 keys, uint64 since);

    /// @param hash of the block
    /// @param extraData keccak256 of the consensus record
    struct Header {
        bytes32 hash;
        bytes32 parentHash;
        bytes32 stateRoot;
        bytes32 transactionsRoot;
        bytes32 receiptsRoot;
        bytes32 extraData;
        bytes32 mixHash;
        uint64 number;
        uint64 timestamp;
    }

    /// @param codeHash keccak256 of its code; that of nothing for an account without
    struct Account {
        uint256 nonce;
        uint256 balance;
        bytes32 storageRoot;
        bytes32 codeHash;
    }

    /// @notice What shows that a block is final.
    /// @param headers RLP of headers on top of each other; the first is the one that is shown, the last the one that is certified
    /// @param certificate of the last one, as `edge_certificate` has it
    /// @param y of the certificate's signature, which is compressed there: both parts, 64 bytes each as in EIP-2537
    /// @param keys of the committee that signed: both coordinates of each, 48 bytes big-endian each, by seat
    struct Finality {
        bytes[] headers;
        bytes certificate;
        bytes32[4] y;
        bytes keys;
    }

    /// @notice What shows who is elected for the next epoch.
    /// @param nodes of the tries, each once
    /// @param account numbers of those that lead from the state root to the committee's contract, one byte each
    /// @param slots of those that lead to the term's head, and then for each seat to its key's first and second part
    /// @param keys of the committee that is elected, as in `Finality`
    struct Election {
        bytes[] nodes;
        bytes account;
        bytes[] slots;
        bytes keys;
    }

    /// @notice Learns the committee of the epoch after that of the block shown. Anybody may.
    function follow(Finality calldata shown, Election calldata elected) external;

    /// @notice The first of the headers shown, if it is final.
    function headerOf(Finality calldata shown) external view returns (Header memory header);
    /// @notice An account after the block shown.
    /// @param proof nodes from the state root down (`eth_getProof`); that there is no account has no proof here
    function accountOf(Finality calldata shown, address account, bytes[] calldata proof)
        external
        view
        returns (Account memory);
    /// @notice A slot of an account's storage after the block shown; that it is zero has no proof here.
    function storageOf(
        Finality calldata shown,
        address account,
        bytes32 slot,
        bytes[] calldata accountProof,
        bytes[] calldata storageProof
    ) external view returns (bytes32 value);
    /// @notice A receipt of the block shown, in its EIP-2718 form.
    function receiptOf(Finality calldata shown, uint256 index, bytes[] calldata proof)
        external
        view
        returns (bytes memory receipt);

    /// @notice The newest epoch whose committee is known.
    function newest() external view returns (uint64 epoch);
    /// @notice keccak256 of the keys of an epoch's committee, and when it was decided, Unix seconds; 0 for one that is not known.
    function committeeOf(uint64 epoch) external view returns (bytes32 keys, uint64 since);
    /// @notice Hash of block 0.
    function GENESIS() external view returns (bytes32);
    /// @notice Blocks of an epoch.
    function EPOCH_LENGTH() external view returns (uint64);
    /// @notice How long a committee is believed, seconds.
    function WINDOW() external view returns (uint256);
}
