// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ERC721} from "solady/tokens/ERC721.sol";
import {SignatureCheckerLib} from "solady/utils/SignatureCheckerLib.sol";
import {Creation} from "./Creation.sol";
import {ICollection} from "../interfaces/ICollection.sol";

/// @dev On solady's ERC721, which declares again what `ICollection` does: neither can be inherited with the other. With a token's holder it keeps
/// 96 bits: the nonce, and above it when the token came. They are never 0 of a token that was, so that none is minted twice. Nobody
/// is called when a token is minted.
contract Collection is Creation, ERC721 {
    /// @dev Both ends are included.
    struct Use {
        address user;
        uint40 until;
        uint40 since;
    }

    uint256 private constant USE_MAX = 366 days;
    uint256 private constant NONCE_BITS = 40;
    bytes32 private constant PERMIT =
        keccak256("Permit(address spender,uint256 tokenId,uint256 nonce,uint256 deadline)");

    mapping(uint256 id => Use) private _uses;

    function mint(address to, uint256 id, bytes32 content) external onlyOwner {
        _checkCreators(id);
        _create(to, id, content);
    }

    function mintBatch(address to, uint256 first, uint256 count, bytes32[] calldata contents) external onlyOwner {
        bool named = contents.length != 0;
        if (named && contents.length != count) revert LengthMismatch();
        for (uint256 i = 0; i < count; ++i) {
            _checkCreators(first + i);
            _create(to, first + i, named ? contents[i] : bytes32(0));
        }
    }

    /// @dev That the token is minted once counts the voucher.
    function redeem(Voucher calldata voucher, bytes calldata signature, uint128 amount) external {
        uint256 left = voucher.amount == 1 ? 1 : 0;
        if (amount != 1 || left != 1) revert WrongVoucherAmount(amount, left);
        _checkVoucher(voucher, signature);
        _create(voucher.to, voucher.id, voucher.content);
    }

    function issue(address to, uint256 id, uint256 amount) external {
        _checkDrops(id);
        for (uint256 i = 0; i < amount; ++i) {
            _mint(to, id + i);
        }
    }

    function burn(uint256 id) external {
        _burn(msg.sender, id);
    }

    function transferAt(address from, address to, uint256 id, uint256 nonce) external {
        uint256 current = nonces(id);
        if (current != nonce) revert ICollection.NonceMoved(address(this), id, nonce, current);
        transferFrom(from, to, id);
    }

    function permit(address spender, uint256 tokenId, uint256 deadline, bytes calldata signature) external {
        if (block.timestamp > deadline) revert ICollection.PermitExpired(deadline);
        address holder = ownerOf(tokenId);
        bytes32 digest = _digest(keccak256(abi.encode(PERMIT, spender, tokenId, nonces(tokenId), deadline)));
        bool signed = SignatureCheckerLib.isValidSignatureNowCalldata(holder, digest, signature);
        if (!signed) revert ICollection.PermitNotSigned(holder);
        _approve(spender, tokenId);
    }

    function setUser(uint256 tokenId, address user, uint64 expires) external {
        Use memory before = _uses[tokenId];
        bool runs = _runs(before);
        if (runs && user == address(0) && msg.sender == before.user) return _endUse(tokenId, before.until);
        if (!_isApprovedOrOwner(msg.sender, tokenId)) revert NotOwnerNorApproved();
        if (runs && (user != before.user || expires < before.until)) {
            revert ICollection.UserRuns(tokenId, before.user, before.until);
        }
        uint256 since = heldSince(tokenId);
        if (since == block.timestamp) revert ICollection.JustReceived(tokenId);
        if (user == address(0)) return _endUse(tokenId, before.until);

        uint256 most = block.timestamp + USE_MAX;
        if (expires > most) revert ICollection.UserTooLong(expires, most);
        if (expires < block.timestamp) revert ICollection.UserTooShort(expires);
        _setExtraData(tokenId, _packed(nonces(tokenId) + 1, since));
        _uses[tokenId] = Use(user, uint40(expires), runs ? before.since : uint40(block.timestamp));
        emit ICollection.UpdateUser(tokenId, user, expires);
    }

    function userOf(uint256 tokenId) external view returns (address) {
        Use memory use = _uses[tokenId];
        return _runs(use) ? use.user : address(0);
    }

    function userExpires(uint256 tokenId) external view returns (uint256) {
        return _uses[tokenId].until;
    }

    function userSince(uint256 tokenId) external view returns (uint256) {
        Use memory use = _uses[tokenId];
        return _runs(use) ? use.since : 0;
    }

    function name() public view override returns (string memory) {
        return _name;
    }

    function symbol() public view override returns (string memory) {
        return _symbol;
    }

    function tokenURI(uint256 id) public view override returns (string memory) {
        if (!_exists(id)) revert TokenDoesNotExist();
        return _uriOf(id);
    }

    function heldSince(uint256 tokenId) public view returns (uint256) {
        return _getExtraData(tokenId) >> NONCE_BITS;
    }

    function nonces(uint256 tokenId) public view returns (uint256) {
        return uint40(_getExtraData(tokenId));
    }

    /// @dev ERC-2981, ERC-4494, ERC-4906 and ERC-4907, besides solady's.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == 0x2a55205a || interfaceId == 0x5604e225 || interfaceId == 0x49064906
            || interfaceId == 0xad092b5c || super.supportsInterface(interfaceId);
    }

    /// @dev Before solady reads the word that both write. Whether the caller may move the token at all is asked after.
    function _beforeTokenTransfer(address from, address to, uint256 id) internal override {
        uint256 nonce = nonces(id);
        if (from == address(0)) {
            if (heldSince(id) != 0 && !_exists(id)) revert ICollection.Burned(id);
        } else {
            if (to != address(0)) _checkTransfer(msg.sender, from, to, msg.sender == tx.origin);
            ++nonce;
        }
        _setExtraData(id, _packed(nonce, block.timestamp));
    }

    function _domainName() internal pure override returns (string memory) {
        return "Edgeloom Collection";
    }

    function _create(address to, uint256 id, bytes32 content) private {
        if (content != 0) _setContent(id, content);
        _mint(to, id);
    }

    /// @dev When it ended stays, so that nobody counts that time as the holder's (`IMediaGate`).
    function _endUse(uint256 id, uint256 until) private {
        _uses[id] = Use(address(0), uint40(Math.min(until, block.timestamp)), 0);
        emit ICollection.UpdateUser(id, address(0), 0);
    }

    function _runs(Use memory use) private view returns (bool) {
        return use.user != address(0) && use.until >= block.timestamp;
    }

    /// @dev 2^40 moves of one token would take more gas than all blocks of centuries have.
    function _packed(uint256 nonce, uint256 since) private pure returns (uint96) {
        return uint96(since << NONCE_BITS | nonce);
    }
}
