// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {LibString} from "solady/utils/LibString.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";
import {SignatureCheckerLib} from "solady/utils/SignatureCheckerLib.sol";
import {Code} from "../types/Code.sol";
import {ICreation} from "../interfaces/ICreation.sol";
import {Metadata} from "./Metadata.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Typed} from "../types/Typed.sol";

/// @dev A clone of a contract in genesis: what it is comes by `initialize`, and from its factory alone.
abstract contract Creation is ICreation, Ownable {
    /// @dev In one word, so that minting and moving read one.
    struct Config {
        address royaltyTo;
        uint16 royaltyBps;
        Policy policy;
        bool frozen;
        uint32 voucherCounter;
        uint32 split;
    }

    enum Standing {
        None,
        Allowed,
        Former
    }

    uint16 private constant ROYALTY_MAX = 1000;
    uint256 private constant BASIS_POINTS = 10_000;
    bytes32 private constant VOUCHER =
        keccak256("Voucher(uint256 id,address to,uint128 amount,bytes32 content,uint40 until,uint32 counter)");
    /// @dev What the code of an account begins with whose key delegated to other code (EIP-7702), and how long it is.
    bytes3 private constant DELEGATION = 0xef0100;
    uint256 private constant DELEGATION_LENGTH = 23;

    Config private _config;
    string internal _name;
    string internal _symbol;
    string private _contractUri;
    string private _baseUri;
    mapping(address operator => Standing) private _operators;
    mapping(uint256 id => bytes32) public contentOf;
    mapping(uint256 id => address) private _onChain;

    function initialize(Terms calldata terms) external {
        if (msg.sender != Predeploys.NFT_FACTORY) revert OnlyFactory(msg.sender);
        if (terms.royaltyBps > ROYALTY_MAX) revert RoyaltyTooHigh(terms.royaltyBps, ROYALTY_MAX);
        _initializeOwner(terms.creator);
        _config = Config(terms.royaltyTo, terms.royaltyBps, terms.policy, false, 0, terms.split);
        (_name, _symbol) = (terms.name, terms.symbol);
        (_contractUri, _baseUri) = (terms.contractUri, terms.baseUri);
        emit Created(terms.creator, terms);
    }

    function revokeVouchers() external onlyOwner {
        uint32 counter = ++_config.voucherCounter;
        emit VouchersRevoked(counter);
    }

    function setRoyalty(address to, uint16 bps) external onlyOwner {
        if (bps > _config.royaltyBps) revert OnlyLess();
        (_config.royaltyTo, _config.royaltyBps) = (to, bps);
        emit RoyaltySet(to, bps);
    }

    function setPolicy(Policy policy) external onlyOwner {
        if (policy > _config.policy) revert OnlyLess();
        _config.policy = policy;
        emit PolicySet(policy);
    }

    function setOperator(address operator, bool allowed) external onlyOwner {
        if (allowed) _operators[operator] = Standing.Allowed;
        else if (_operators[operator] == Standing.Allowed) _operators[operator] = Standing.Former;
        emit OperatorSet(operator, allowed);
    }

    function setBaseUri(string calldata uri) external onlyOwner {
        _checkNotFrozen();
        _baseUri = uri;
        emit BatchMetadataUpdate(0, type(uint256).max);
    }

    /// @dev Frozen or not: no token shows it.
    function setContractUri(string calldata uri) external onlyOwner {
        _contractUri = uri;
        emit ContractURIUpdated();
    }

    function setContent(uint256 id, bytes32 content) external onlyOwner {
        _checkNotFrozen();
        _setContent(id, content);
        _noteUpdate(id);
    }

    function setOnChain(uint256 id, bytes calldata json) external onlyOwner {
        _checkNotFrozen();
        if (json.length > Code.BYTES_MAX) revert JsonTooLong(json.length, Code.BYTES_MAX);
        _onChain[id] = json.length == 0 ? address(0) : Code.store(json);
        contentOf[id] = 0;
        _noteUpdate(id);
    }

    function freeze() external onlyOwner {
        _checkNotFrozen();
        _config.frozen = true;
        emit MetadataFrozen();
    }

    function transferPolicy() external view returns (Policy) {
        return _config.policy;
    }

    function isFrozen() external view returns (bool) {
        return _config.frozen;
    }

    function split() external view returns (uint256) {
        return _config.split;
    }

    function voucherCounter() external view returns (uint32) {
        return _config.voucherCounter;
    }

    function contractURI() external view returns (string memory) {
        return _contractUri;
    }

    function royaltyInfo(uint256, uint256 price) external view returns (address receiver, uint256 amount) {
        receiver = _config.royaltyTo;
        if (receiver == address(0)) receiver = owner();
        amount = price * _config.royaltyBps / BASIS_POINTS;
    }

    function voucherDigest(Voucher calldata voucher) external view returns (bytes32) {
        return _digest(_hashOf(voucher));
    }

    function getTransferValidator() external view returns (address) {
        return address(this);
    }

    function getTransferValidationFunction() external pure virtual returns (bytes4 selector, bool isView) {
        return (ICreation.validateTransfer.selector, true);
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _separator();
    }

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
        )
    {
        return (hex"0f", _domainName(), "1", block.chainid, address(this), 0, new uint256[](0));
    }

    function validateTransfer(address caller, address from, address to, uint256) public view {
        _checkTransfer(caller, from, to, _isKeyed(caller));
    }

    function isOperatorAllowed(address operator) public view returns (bool) {
        return Predeploys.isExchange(operator) || _operators[operator] == Standing.Allowed;
    }

    function _setContent(uint256 id, bytes32 content) internal {
        contentOf[id] = content;
        if (_onChain[id] != address(0)) _onChain[id] = address(0);
    }

    /// @dev What a token shows is another.
    function _noteUpdate(uint256 id) internal virtual {
        emit MetadataUpdate(id);
    }

    function _checkNotFrozen() internal view {
        if (_config.frozen) revert Frozen();
    }

    function _checkCreators(uint256 id) internal view {
        uint256 from = _config.split;
        if (id >= from) revert NotCreators(id, from);
    }

    function _checkDrops(uint256 id) internal view {
        if (!Predeploys.isDrop(msg.sender)) revert OnlyDrops(msg.sender);
        uint256 from = _config.split;
        if (id < from) revert NotDrops(id, from);
    }

    /// @dev The signature last: it costs the most.
    function _checkVoucher(Voucher calldata voucher, bytes calldata signature) internal view returns (bytes32 hash) {
        if (block.timestamp > voucher.until) revert VoucherExpired(voucher.until);
        uint32 counter = _config.voucherCounter;
        if (voucher.counter != counter) revert VoucherRevoked(voucher.counter, counter);
        _checkCreators(voucher.id);
        hash = _hashOf(voucher);
        address creator = owner();
        bool signed = SignatureCheckerLib.isValidSignatureNowCalldata(creator, _digest(hash), signature);
        if (!signed) revert VoucherNotSigned(creator);
    }

    /// @dev `Strict` judges who parts with a token, by the key that signed the transaction: no contract is that, not in its constructor, and not one
    /// whose address was known before there was code, nor an account whose delegated code (EIP-7702) somebody else runs. So a wrapper could be
    /// given tokens where the second check does not see it yet, and give back none but by a sale.
    /// @param keyed whether the operator's own key signed
    function _checkTransfer(address operator, address from, address to, bool keyed) internal view {
        Policy policy = _config.policy;
        if (policy == Policy.Open || isOperatorAllowed(operator)) return;
        bool own = operator == from;
        if (own && (policy == Policy.Operators || (keyed && _isKeyed(to)))) return;
        // Whoever was an operator holds tokens for others.
        bool allowed = own && _operators[operator] == Standing.Former;
        if (!allowed) revert TransferNotAllowed(policy, operator, from, to);
    }

    function _uriOf(uint256 id) internal view returns (string memory) {
        address json = _onChain[id];
        if (json != address(0)) return Metadata.data(SSTORE2.read(json));
        bytes32 content = contentOf[id];
        if (content != 0) return Metadata.ipfs(content);
        if (bytes(_baseUri).length == 0) return "";
        return string.concat(_baseUri, LibString.toString(id));
    }

    function _digest(bytes32 hash) internal view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(_separator(), hash);
    }

    function _guardInitializeOwner() internal pure override returns (bool) {
        return true;
    }

    function _domainName() internal pure virtual returns (string memory);

    function _separator() private view returns (bytes32) {
        return Typed.domain(keccak256(bytes(_domainName())));
    }

    function _isKeyed(address account) private view returns (bool) {
        uint256 length = account.code.length;
        return length == 0 || (length == DELEGATION_LENGTH && bytes3(account.code) == DELEGATION);
    }

    function _hashOf(Voucher calldata voucher) private pure returns (bytes32) {
        return keccak256(abi.encode(VOUCHER, voucher));
    }
}
