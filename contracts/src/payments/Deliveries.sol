// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibBit} from "solady/utils/LibBit.sol";
import {IDeliveries} from "../interfaces/IDeliveries.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {IPaymentPool} from "../interfaces/IPaymentPool.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Holds no money: the pool pays, all or nothing, and what it refuses leaves the receipts unused.
contract Deliveries is IDeliveries {
    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);
    IPaymentPool private constant POOL = IPaymentPool(Predeploys.PAYMENT_POOL);

    uint256 public tariffCount;
    mapping(uint256 tariff => Tariff) private _tariffs;
    /// @dev Bit i of word w is that of place 256 * w + i.
    mapping(bytes32 terms => mapping(uint256 word => uint256)) private _paid;

    function setTariff(Tariff calldata terms) external returns (uint256 tariff) {
        if (POOL.poolOf(terms.pool).payer != msg.sender) revert NotPayer(terms.pool, msg.sender);
        if (terms.unitPrice == 0) revert ZeroPrice();
        if (terms.until <= block.timestamp) revert WrongUntil(terms.until);
        tariff = ++tariffCount;
        _tariffs[tariff] = terms;
        emit TariffSet(
            tariff, terms.pool, terms.contentRoot, terms.clients, terms.unitBytes, terms.unitPrice, terms.until
        );
    }

    function settle(uint256 tariff, Receipts calldata receipts) external returns (uint256 amount) {
        Tariff memory by = _known(tariff);
        if (block.timestamp > by.until) revert TooLate(tariff, by.until);
        IEdgeProof.Terms memory signed = _signed(by, receipts.epoch, msg.sender, receipts.serial);
        address snapshot = KEYS.snapshotAt(by.clients, receipts.epoch);
        IEdgeProof.Delivery memory delivery = PROOF.receipts(snapshot, signed, receipts.amounts, receipts.signature);
        if (!delivery.right) revert ReceiptsInvalid();

        bytes32 terms = _termsOf(by.pool, signed);
        _mark(terms, receipts.amounts);
        amount = delivery.units * by.unitPrice;
        emit Delivered(tariff, msg.sender, terms, delivery.units, delivery.clients, amount);
        POOL.charge(by.pool, msg.sender, amount);
    }

    function tariffOf(uint256 tariff) external view returns (Tariff memory) {
        return _known(tariff);
    }

    function termsOf(uint256 tariff, uint64 epoch, address server, uint64 serial)
        external
        view
        returns (bytes32 terms)
    {
        Tariff memory by = _known(tariff);
        return _termsOf(by.pool, _signed(by, epoch, server, serial));
    }

    function isPaid(bytes32 terms, uint256 place) external view returns (bool) {
        return (_paid[terms][place / 256] >> (place % 256)) & 1 != 0;
    }

    /// @dev 256 places at a time, of which most words have none: the set has as many places as `amounts` has bytes.
    function _mark(bytes32 terms, bytes calldata amounts) private {
        for (uint256 first = 0; first < amounts.length; first += 256) {
            uint256 marks = _marksFrom(amounts, first);
            if (marks == 0) continue;
            uint256 before = _paid[terms][first / 256];
            uint256 again = marks & before;
            if (again != 0) revert AlreadyPaid(terms, first + LibBit.ffs(again));
            _paid[terms][first / 256] = before | marks;
        }
    }

    /// @dev By publisher, so that one's low price cannot use up what another pays for; and whichever of its tariffs a server takes.
    function _termsOf(uint256 pool, IEdgeProof.Terms memory signed) private view returns (bytes32) {
        return keccak256(abi.encode(POOL.poolOf(pool).payer, signed));
    }

    function _known(uint256 tariff) private view returns (Tariff memory known) {
        known = _tariffs[tariff];
        if (known.until == 0) revert TariffUnknown(tariff);
    }

    function _signed(Tariff memory by, uint64 epoch, address server, uint64 serial)
        private
        pure
        returns (IEdgeProof.Terms memory)
    {
        return IEdgeProof.Terms(by.clients, epoch, server, by.contentRoot, by.unitBytes, serial);
    }

    /// @dev Bit i is whether byte `first` + i is not zero, for 256 bytes or as many as there are.
    function _marksFrom(bytes calldata amounts, uint256 first) private pure returns (uint256 marks) {
        for (uint256 from = first; from < first + 256 && from < amounts.length; from += 32) {
            // The first byte lowest. Behind the end are zeros.
            uint256 word = LibBit.reverseBytes(uint256(bytes32(amounts[from:])));
            while (word != 0) {
                uint256 index = LibBit.ffs(word) / 8;
                marks |= 1 << (from - first + index);
                word &= ~(uint256(0xff) << (8 * index));
            }
        }
    }
}
