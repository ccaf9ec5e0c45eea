// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What collections and editions have in common
/// @notice A creator's tokens: who mints them, what they show, what of each sale is the creator's, and who may move them.
/// @dev Ownership is solady's `Ownable`: the owner is the creator. What a creation promises its holders can only be made more, never less: the
/// royalty falls, the policy loosens, metadata freeze.
interface ICreation {
    /// @notice Who may move tokens besides their holders. A creation's policy can become a lesser one and never a greater one.
    /// - `Open`: whoever the holder approved (ERC-721, ERC-1155).
    /// - `Operators`: of those, the chain's own exchange and auction house, which pay royalties, and operators that the creator allowed.
    /// - `Strict`: as `Operators`, and holders move tokens themselves only in transactions of their own key: contracts receive them by a sale
    ///   alone and part with them by a sale alone. They are not swapped, nor sold in one bundle with tokens of other creations.
    /// No policy knows what is paid beside a sale: whoever agrees on a private one for a wei, by hand or by a contract written for that, pays a royalty
    /// on a wei. It takes both sides, and no marketplace that lists or takes bids can do it for them.
    enum Policy {
        Open,
        Operators,
        Strict
    }

    /// @param creator who owns the creation
    /// @param contractUri ERC-7572's
    /// @param baseUri what `id` in decimals is appended to, where a token has no metadata of its own
    /// @param royaltyTo who is paid royalties (ERC-2981); 0 for the creator as of now
    /// @param royaltyBps of the price, basis points, 1,000 at most
    /// @param split ids below it are the creator's to mint, from it on those of drops and packs (`IDrops`, `IPacks`)
    struct Terms {
        address creator;
        string name;
        string symbol;
        string contractUri;
        string baseUri;
        address royaltyTo;
        uint16 royaltyBps;
        Policy policy;
        uint32 split;
    }

    /// @notice What a creator signs so that others mint when they want it (EIP-712, domain of the creation).
    /// @param to who receives the tokens: the creator for what is sold by a signed order, or whom it is a gift for
    /// @param amount of all that the voucher can mint; 1 of a collection
    /// @param content as `contentOf`, 0 for none
    /// @param until the last second in which it can be used
    /// @param counter the creator's when it signed: `revokeVouchers` moves it
    struct Voucher {
        uint256 id;
        address to;
        uint128 amount;
        bytes32 content;
        uint40 until;
        uint32 counter;
    }

    error OnlyFactory(address caller);
    error OnlyDrops(address caller);
    error RoyaltyTooHigh(uint256 bps, uint256 most);
    /// @notice Promises to holders are not taken back: a royalty can only fall and a policy only loosen.
    error OnlyLess();
    error Frozen();
    error JsonTooLong(uint256 length, uint256 most);
    /// @notice Ids from `split` on are minted by drops.
    error NotCreators(uint256 id, uint256 split);
    /// @notice Ids below `split` are the creator's alone.
    error NotDrops(uint256 id, uint256 split);
    error LengthMismatch();
    error VoucherExpired(uint256 until);
    error VoucherRevoked(uint256 counter, uint256 current);
    error WrongVoucherAmount(uint256 amount, uint256 left);
    error VoucherNotSigned(address creator);
    /// @notice The policy does not let this caller move tokens so.
    error TransferNotAllowed(Policy policy, address operator, address from, address to);

    event Created(address indexed creator, Terms terms);
    event RoyaltySet(address indexed to, uint16 bps);
    event PolicySet(Policy policy);
    event OperatorSet(address indexed operator, bool allowed);
    /// @notice ERC-4906. Editions emit `IEditions.URI` as well.
    event MetadataUpdate(uint256 _tokenId);
    event BatchMetadataUpdate(uint256 _fromTokenId, uint256 _toTokenId);
    event MetadataFrozen();
    event VouchersRevoked(uint32 counter);
    /// @notice ERC-7572.
    event ContractURIUpdated();

    /// @notice Makes a clone what its terms say. The factory only, once.
    function initialize(Terms calldata terms) external;

    /// @notice Mints by a voucher of the creator. Anybody may; what is minted is the voucher's `to`. Its content becomes that of a token or
    /// an edition of which there was none: later the creator alone changes it.
    function redeem(Voucher calldata voucher, bytes calldata signature, uint128 amount) external;

    /// @notice Of ids from `split` on: a collection mints `amount` tokens from `id` upward, editions mint `amount` of `id`. Drops and packs only.
    function issue(address to, uint256 id, uint256 amount) external;

    /// @notice Makes every voucher void that was signed so far. Creator only, as all below.
    function revokeVouchers() external;
    function setRoyalty(address to, uint16 bps) external;
    function setPolicy(Policy policy) external;
    /// @notice One that was allowed once can still give back what it holds.
    function setOperator(address operator, bool allowed) external;
    function setBaseUri(string calldata uri) external;
    function setContractUri(string calldata uri) external;
    /// @notice Names a token's metadata by the BLAKE3 hash of the JSON: its URI is then `ipfs://` and the CIDv1 of these raw bytes. 0 for none.
    function setContent(uint256 id, bytes32 content) external;
    /// @notice Keeps a token's metadata on the chain: its URI is then a `data:` URI of this JSON, of 24,575 bytes at most. Empty for none.
    function setOnChain(uint256 id, bytes calldata json) external;
    /// @notice From then on nothing that tokens show can change. What there was none of is still minted with its content.
    function freeze() external;

    function transferPolicy() external view returns (Policy);
    /// @notice Whether it is the chain's own, or the creator allowed it.
    function isOperatorAllowed(address operator) external view returns (bool);
    function isFrozen() external view returns (bool);
    function split() external view returns (uint256);
    function voucherCounter() external view returns (uint32);
    /// @notice BLAKE3 of a token's metadata, 0 where it is not known by that.
    function contentOf(uint256 id) external view returns (bytes32);
    function contractURI() external view returns (string memory);
    /// @notice ERC-2981.
    function royaltyInfo(uint256 id, uint256 price) external view returns (address receiver, uint256 amount);
    /// @notice The digest that a creator signs.
    function voucherDigest(Voucher calldata voucher) external view returns (bytes32);
    /// @notice Reverts with `TransferNotAllowed` where the policy does not let `caller` move tokens of `from` to `to`.
    /// @dev The call that wallets make upon `getTransferValidator` of ERC-721C. Whose key signs the transaction it cannot know: of `Strict` it takes a
    /// holder without code, or with code that its key delegated to (EIP-7702), for one that sends its transactions itself.
    function validateTransfer(address caller, address from, address to, uint256 id) external view;
    /// @notice This contract: it judges its transfers itself.
    function getTransferValidator() external view returns (address);
    function getTransferValidationFunction() external view returns (bytes4 selector, bool isView);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    /// @notice ERC-5267.
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );
}
