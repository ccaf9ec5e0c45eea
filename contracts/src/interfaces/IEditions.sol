// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Tokens of which there are several alike
/// @notice ERC-1155 with metadata and ERC-2981 royalties. What editions have in common with collections is in `ICreation`.
interface IEditions {
    error NotOwnerNorApproved();
    error ArrayLengthsMismatch();
    error AccountBalanceOverflow();
    error TransferToZeroAddress();
    error InsufficientBalance();
    error TransferToNonERC1155ReceiverImplementer();
    /// @notice More than `cap` of an edition would have been minted, of which `minted` were before.
    error AboveCap(uint256 id, uint256 minted, uint256 cap);
    /// @notice A cap can only fall, and not below what was minted.
    error WrongCap(uint256 id, uint256 cap);

    event TransferSingle(
        address indexed operator, address indexed from, address indexed to, uint256 id, uint256 amount
    );
    event TransferBatch(
        address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] amounts
    );
    event ApprovalForAll(address indexed owner, address indexed operator, bool isApproved);
    event URI(string value, uint256 indexed id);
    event CapSet(uint256 indexed id, uint256 cap);

    /// @notice Mints `amount` of an edition. Creator only.
    /// @param id below `split`
    /// @param content as `ICreation.contentOf`, 0 to leave it as it is
    function mint(address to, uint256 id, uint256 amount, bytes32 content) external;
    /// @notice Mints of several editions. Creator only.
    function mintBatch(address to, uint256[] calldata ids, uint256[] calldata amounts) external;
    /// @notice How many of an edition there will ever be: burned ones are not minted anew. Of ids below `split`. Creator only.
    function setCap(uint256 id, uint128 cap) external;
    /// @notice Its holder, or who it approved, burns `amount` of an edition.
    function burn(address from, uint256 id, uint256 amount) external;

    /// @notice How many of an edition were minted, and can be: 2^128 - 1 where nobody said.
    function mintedOf(uint256 id) external view returns (uint256 minted, uint256 cap);
    /// @notice Of an edition, how many there are: minted and not burned.
    function totalSupply(uint256 id) external view returns (uint256);

    /// @notice As `ICreation.validateTransfer`, in the words of ERC-1155C.
    function validateTransfer(address caller, address from, address to, uint256 id, uint256 amount) external view;

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function uri(uint256 id) external view returns (string memory);
    function balanceOf(address owner, uint256 id) external view returns (uint256);
    function balanceOfBatch(address[] calldata owners, uint256[] calldata ids) external view returns (uint256[] memory);
    function isApprovedForAll(address owner, address operator) external view returns (bool);
    function setApprovalForAll(address operator, bool isApproved) external;
    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata data) external;
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        bytes calldata data
    ) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
