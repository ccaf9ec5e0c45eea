// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title A collection of tokens, each one of its kind
/// @notice ERC-721 with metadata, ERC-2981 royalties, ERC-4906 updates, ERC-4494 permits, and ERC-4907 users. What it has in common with
/// editions is in `ICreation`.
/// @dev A token's nonce counts what ends what was agreed about it: transfers, burning, and a user that is set. Who lists a token binds the
/// nonce, so that no listing is revived when the token comes back.
interface ICollection {
    error TokenDoesNotExist();
    error TokenAlreadyExists();
    error NotOwnerNorApproved();
    error AccountBalanceOverflow();
    error BalanceQueryForZeroAddress();
    error TransferToZeroAddress();
    error TransferFromIncorrectOwner();
    error TransferToNonERC721ReceiverImplementer();
    /// @notice A token that was burned stays so.
    error Burned(uint256 id);
    error PermitExpired(uint256 deadline);
    error PermitNotSigned(address owner);
    /// @notice The token moved, or got a user, since its nonce was the one that is said.
    error NonceMoved(address token, uint256 id, uint256 signed, uint256 current);
    /// @notice Its user keeps a token for the time that was agreed, and alone can give it up.
    error UserRuns(uint256 id, address user, uint256 until);
    error UserTooLong(uint256 until, uint256 most);
    /// @notice It would be over already.
    error UserTooShort(uint256 until);
    /// @notice Whoever received a token in this block cannot set its user yet: it may be borrowed.
    error JustReceived(uint256 id);

    event Transfer(address indexed from, address indexed to, uint256 indexed id);
    event Approval(address indexed owner, address indexed account, uint256 indexed id);
    event ApprovalForAll(address indexed owner, address indexed operator, bool isApproved);
    /// @notice ERC-4907.
    event UpdateUser(uint256 indexed tokenId, address indexed user, uint64 expires);

    /// @notice Mints a token. Creator only.
    /// @param id below `split`
    /// @param content as `ICreation.contentOf`, 0 for none
    function mint(address to, uint256 id, bytes32 content) external;

    /// @notice Mints `count` tokens from `first` upward. Creator only.
    /// @param contents none, or one for each
    function mintBatch(address to, uint256 first, uint256 count, bytes32[] calldata contents) external;

    /// @notice Its holder, or who it approved, burns a token for good.
    function burn(uint256 id) external;

    /// @notice ERC-4494: approves by a signature of the holder, its key's or its contract's (ERC-1271). As the standard has it, the same one
    /// approves again until the token's nonce moves.
    function permit(address spender, uint256 tokenId, uint256 deadline, bytes calldata signature) external;

    /// @notice ERC-4907: gives a token a user until `expires`, from now to 366 days ahead. The holder or who it approved, while no other user's time
    /// runs, and not in the block in which the token came: the same user's time can be made longer. Or the user itself, to give it up (user 0),
    /// which does not move the nonce. A user stays when the token is sold, or burned.
    function setUser(uint256 tokenId, address user, uint64 expires) external;

    function userOf(uint256 tokenId) external view returns (address);
    /// @notice The last second of a token's user, or of the one before who gave it up or whose time is over; 0 where there never was one.
    function userExpires(uint256 tokenId) external view returns (uint256);
    /// @notice The second since when a token's user is its user; 0 where it has none.
    function userSince(uint256 tokenId) external view returns (uint256);
    /// @notice The second in which a token came to its holder, or was burned.
    function heldSince(uint256 tokenId) external view returns (uint256);
    /// @notice ERC-4494, of tokens that never were: 0.
    function nonces(uint256 tokenId) external view returns (uint256);

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function tokenURI(uint256 id) external view returns (string memory);
    function ownerOf(uint256 id) external view returns (address);
    function balanceOf(address owner) external view returns (uint256);
    function getApproved(uint256 id) external view returns (address);
    function isApprovedForAll(address owner, address operator) external view returns (bool);
    function approve(address account, uint256 id) external payable;
    function setApprovalForAll(address operator, bool isApproved) external;
    function transferFrom(address from, address to, uint256 id) external payable;
    /// @notice As `transferFrom`, if that is the token's nonce: for exchanges, where a listing binds it.
    function transferAt(address from, address to, uint256 id, uint256 nonce) external;
    function safeTransferFrom(address from, address to, uint256 id) external payable;
    function safeTransferFrom(address from, address to, uint256 id, bytes calldata data) external payable;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
