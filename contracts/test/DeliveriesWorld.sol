// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Deliveries} from "../src/payments/Deliveries.sol";
import {IDeliveries} from "../src/interfaces/IDeliveries.sol";
import {IEdgeProof} from "../src/interfaces/IEdgeProof.sol";
import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {IPaymentPool} from "../src/interfaces/IPaymentPool.sol";
import {PoolWorld} from "./PoolWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Receipts} from "./mocks/Receipts.sol";
import {vm} from "./Vm.sol";

/// @dev A publisher with a pool, of which the deliveries are a session, and a set of clients as large as a test asks for.
abstract contract DeliveriesWorld is PoolWorld {
    IDeliveries internal constant DELIVERIES = IDeliveries(Predeploys.DELIVERIES);
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);

    bytes32 internal constant CONTENT = "content";
    bytes32 internal constant CLIENTS = bytes32(bytes20(address(0x5e7))) | bytes32(uint256(1));
    uint64 internal constant EPOCH = 3;
    uint64 internal constant SERIAL = 7;
    uint32 internal constant UNIT_BYTES = 1 << 20;
    uint96 internal constant PRICE = 1 gwei;
    uint256 internal constant CAP = 100 ether;
    address internal constant SERVER = address(0x5e4e4);

    uint256 internal pool;
    uint256 internal tariff;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.DELIVERIES, address(new Deliveries()).code);
        vm.etch(Predeploys.EDGE_PROOF, address(new Receipts()).code);
        clients(8);
        pool = opened(CAP, CAP);
        vm.prank(payer);
        POOL.authorize(pool, Predeploys.DELIVERIES, mandate(SELF, CAP, 30 days));
        tariff = tariffAt(PRICE);
    }

    /// @dev The set's snapshot has so many places. Nobody asks for another epoch of it, nor for another set.
    function clients(uint32 places) internal {
        address snapshot = address(uint160(0x54a900000000 + places));
        vm.etch(snapshot, abi.encodePacked(hex"00", bytes4("BLS1"), places, new bytes(96)));
        bytes memory asked = abi.encodeCall(IKeyRegistry.snapshotAt, (CLIENTS, EPOCH));
        vm.etch(Predeploys.KEY_REGISTRY, hex"00");
        vm.mockCallRevert(Predeploys.KEY_REGISTRY, abi.encodePacked(IKeyRegistry.snapshotAt.selector), "unknown");
        vm.mockCall(Predeploys.KEY_REGISTRY, asked, abi.encode(snapshot));
    }

    function tariffAt(uint96 unitPrice) internal returns (uint256) {
        vm.prank(payer);
        return DELIVERIES.setTariff(offer(unitPrice));
    }

    function offer(uint96 unitPrice) internal view returns (IDeliveries.Tariff memory) {
        return IDeliveries.Tariff(pool, CONTENT, CLIENTS, UNIT_BYTES, unitPrice, uint40(START + 10 days));
    }

    function terms(address server, uint64 serial) internal pure returns (IEdgeProof.Terms memory) {
        return IEdgeProof.Terms(CLIENTS, EPOCH, server, CONTENT, UNIT_BYTES, serial);
    }

    /// @dev What SERVER's clients signed.
    function receipts(uint64 serial, bytes memory amounts) internal pure returns (IDeliveries.Receipts memory) {
        bytes memory signature = Receipts(Predeploys.EDGE_PROOF).sign(terms(SERVER, serial), amounts);
        return IDeliveries.Receipts(EPOCH, serial, amounts, signature);
    }

    function settled(uint256 by, IDeliveries.Receipts memory signed) internal returns (uint256 amount) {
        vm.prank(SERVER);
        return DELIVERIES.settle(by, signed);
    }

    function paid() internal view returns (uint256) {
        return redeemedOf(pool, Predeploys.DELIVERIES, SERVER);
    }
}
