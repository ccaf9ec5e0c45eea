// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC1155} from "solady/tokens/ERC1155.sol";
import {Creation} from "./Creation.sol";
import {ICreation} from "../interfaces/ICreation.sol";
import {IEditions} from "../interfaces/IEditions.sol";

/// @dev On solady's ERC1155, which declares again what `IEditions` does: neither can be inherited with the other. Whoever receives editions is called
/// last, when everything is counted.
contract Editions is Creation, ERC1155 {
    /// @param minted burned ones too
    /// @param cut by how much the cap is below 2^128 - 1
    struct Edition {
        uint128 minted;
        uint128 cut;
        uint128 burned;
    }

    mapping(uint256 id => Edition) private _editions;
    mapping(bytes32 voucher => uint256) private _redeemed;

    function mint(address to, uint256 id, uint256 amount, bytes32 content) external onlyOwner {
        _checkCreators(id);
        if (content != 0 && content != contentOf[id]) {
            if (_editions[id].minted != 0) _checkNotFrozen();
            _setContent(id, content);
            _noteUpdate(id);
        }
        _count(id, amount);
        _mint(to, id, amount, "");
    }

    function mintBatch(address to, uint256[] calldata ids, uint256[] calldata amounts) external onlyOwner {
        if (ids.length != amounts.length) revert LengthMismatch();
        for (uint256 i = 0; i < ids.length; ++i) {
            _checkCreators(ids[i]);
            _count(ids[i], amounts[i]);
        }
        _batchMint(to, ids, amounts, "");
    }

    function redeem(Voucher calldata voucher, bytes calldata signature, uint128 amount) external {
        bytes32 hash = _checkVoucher(voucher, signature);
        uint256 left = voucher.amount - _redeemed[hash];
        if (amount == 0 || amount > left) revert WrongVoucherAmount(amount, left);
        _redeemed[hash] += amount;
        if (voucher.content != 0 && _editions[voucher.id].minted == 0) {
            _setContent(voucher.id, voucher.content);
            _noteUpdate(voucher.id);
        }
        _count(voucher.id, amount);
        _mint(voucher.to, voucher.id, amount, "");
    }

    function issue(address to, uint256 id, uint256 amount) external {
        _checkDrops(id);
        _count(id, amount);
        _mint(to, id, amount, "");
    }

    /// @dev Of what drops and packs mint, the creator cannot keep it from whoever bought it.
    function setCap(uint256 id, uint128 cap) external onlyOwner {
        _checkCreators(id);
        Edition storage edition = _editions[id];
        if (cap > _capOf(edition) || cap < edition.minted) revert IEditions.WrongCap(id, cap);
        edition.cut = type(uint128).max - cap;
        emit IEditions.CapSet(id, cap);
    }

    /// @dev Nobody holds more than was minted, so the amount fits.
    function burn(address from, uint256 id, uint256 amount) external {
        _burn(msg.sender, from, id, amount);
        _editions[id].burned += uint128(amount);
    }

    function mintedOf(uint256 id) external view returns (uint256 minted, uint256 cap) {
        return (_editions[id].minted, _capOf(_editions[id]));
    }

    function totalSupply(uint256 id) external view returns (uint256) {
        return _editions[id].minted - _editions[id].burned;
    }

    function validateTransfer(address caller, address from, address to, uint256 id, uint256) external view {
        validateTransfer(caller, from, to, id);
    }

    function name() external view returns (string memory) {
        return _name;
    }

    function symbol() external view returns (string memory) {
        return _symbol;
    }

    function getTransferValidationFunction() external pure override returns (bytes4 selector, bool isView) {
        return (IEditions.validateTransfer.selector, true);
    }

    function uri(uint256 id) public view override returns (string memory) {
        return _uriOf(id);
    }

    /// @dev ERC-2981, besides solady's.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == 0x2a55205a || super.supportsInterface(interfaceId);
    }

    function _noteUpdate(uint256 id) internal override {
        super._noteUpdate(id);
        emit URI(_uriOf(id), id);
    }

    function _beforeTokenTransfer(address from, address to, uint256[] memory, uint256[] memory, bytes memory)
        internal
        view
        override
    {
        if (from == address(0) || to == address(0)) return;
        _checkTransfer(msg.sender, from, to, msg.sender == tx.origin);
    }

    function _useBeforeTokenTransfer() internal pure override returns (bool) {
        return true;
    }

    function _domainName() internal pure override returns (string memory) {
        return "Edgeloom Editions";
    }

    function _count(uint256 id, uint256 amount) private {
        Edition storage edition = _editions[id];
        (uint256 minted, uint256 cap) = (edition.minted, _capOf(edition));
        if (amount > cap - minted) revert IEditions.AboveCap(id, minted, cap);
        edition.minted = uint128(minted + amount);
    }

    function _capOf(Edition storage edition) private view returns (uint256) {
        return type(uint128).max - edition.cut;
    }
}
