// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Pay for content that was served
/// @notice A publisher sets a tariff: so much for each unit of a content that a server brings to clients of a set. Clients sign receipts, the
/// server settles many of them at once, and is paid from the publisher's pool, of which this contract is a session: the publisher
/// authorizes it there, within a cap, and may earmark for a server there what the server may count on.
/// @dev Client and server may be one person, and nothing here tells: so it is only the publisher's money that is paid, at the publisher's
/// price, for clients that it named. What no key signed for does not exist here, and nothing is minted or rewarded for it.
///
/// Only the server settles its receipts. A client's digits are signed one by one, so that others could use up its receipt of 3 units for one.
interface IDeliveries {
    error TariffUnknown(uint256 tariff);
    /// @notice A tariff is set by who pays from the pool.
    error NotPayer(uint256 pool, address caller);
    error ZeroPrice();
    /// @notice A tariff ends in the future.
    error WrongUntil(uint40 until);
    error TooLate(uint256 tariff, uint40 until);
    /// @notice Not what the clients named signed.
    error ReceiptsInvalid();
    /// @notice Of the client at `place`, units were paid by this publisher under the same terms.
    error AlreadyPaid(bytes32 terms, uint256 place);

    event TariffSet(
        uint256 indexed tariff,
        uint256 indexed pool,
        bytes32 indexed contentRoot,
        bytes32 clients,
        uint32 unitBytes,
        uint96 unitPrice,
        uint40 until
    );
    event Delivered(
        uint256 indexed tariff, address indexed server, bytes32 terms, uint256 units, uint256 clients, uint256 amount
    );

    /// @param pool in `IPaymentPool`
    /// @param contentRoot BLAKE3 of the content
    /// @param clients whose receipts count, `IKeyRegistry.setOf(owner, role)`
    /// @param unitBytes bytes of the content that one unit stands for
    /// @param unitPrice wei for each
    /// @param until Unix seconds, the last at which receipts are settled
    struct Tariff {
        uint256 pool;
        bytes32 contentRoot;
        bytes32 clients;
        uint32 unitBytes;
        uint96 unitPrice;
        uint40 until;
    }

    /// @param epoch of the clients' set when they signed
    /// @param serial that they signed
    /// @param amounts a byte for each place of the set: units that the client there received, 0 for who is none
    /// @param signature the aggregate of theirs (`IEdgeProof.receipts`)
    struct Receipts {
        uint64 epoch;
        uint64 serial;
        bytes amounts;
        bytes signature;
    }

    /// @notice Sets a tariff for good, until it ends. Only the pool's payer.
    function setTariff(Tariff calldata terms) external returns (uint256 tariff);

    /// @notice Pays the caller, as server, for receipts of its clients, each once by a publisher under the same terms. Units are those
    /// of this serial, no totals.
    /// @return amount wei, in the server's pair with this contract as session
    function settle(uint256 tariff, Receipts calldata receipts) external returns (uint256 amount);

    function tariffCount() external view returns (uint256);
    function tariffOf(uint256 tariff) external view returns (Tariff memory);
    /// @notice What tells receipts of a server from all others that a tariff's publisher pays for.
    function termsOf(uint256 tariff, uint64 epoch, address server, uint64 serial) external view returns (bytes32 terms);
    /// @notice Whether the client at a place was paid for under these terms.
    function isPaid(bytes32 terms, uint256 place) external view returns (bool);
}
