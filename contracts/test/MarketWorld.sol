// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IKinds} from "../src/interfaces/IKinds.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Umpire} from "./mocks/Umpire.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @dev The market with a fourth kind, whose verifier says what a test tells it, and nobody who leases.
abstract contract MarketWorld is World {
    uint16 internal constant UMPIRED = 6;
    uint128 internal constant STAKE = 10_000e18;
    uint96 internal constant UMPIRED_BOND_MIN = 2e18;

    Umpire internal umpire;

    function setUp() public virtual override {
        super.setUp();
        umpire = new Umpire();
        vm.prank(Predeploys.TIMELOCK);
        KINDS.add(umpiredRules(), "umpired", "verdict");
        leased(address(0), ITill.Record(0, 0, 0, 0));
    }

    function umpiredRules() internal view returns (IKinds.Kind memory) {
        return IKinds.Kind({
            verifier: address(umpire),
            assurance: IKinds.Assurance.Attested,
            open: true,
            bondShare: 5000,
            workSecondsMax: 1 days,
            bondMin: UMPIRED_BOND_MIN,
            priceMin: 1e9,
            priceMax: 100_000e18
        });
    }

    /// @dev What the market for leases says of a worker, or of all.
    function leased(address worker, ITill.Record memory record) internal {
        bytes memory asked =
            worker == address(0) ? abi.encodePacked(ITill.recordOf.selector) : abi.encodeCall(ITill.recordOf, (worker));
        vm.mockCall(Predeploys.LEASES, asked, abi.encode(record));
    }

    /// @dev Of the umpire's kind.
    function umpired(uint32 count) internal view returns (IJobMarket.Request memory asked) {
        asked = request(count);
        (asked.kind, asked.subject) = (UMPIRED, "a game");
    }

    /// @dev Of which each names jobs of an order by their places.
    function idsOf(uint256 order, uint256 from, uint256 until) internal pure returns (uint256[] memory all) {
        all = new uint256[](until - from);
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = order + from + i;
        }
    }

    /// @dev Right answers of inferences.
    function resultsOf(uint256 order, uint256[] memory jobIds)
        internal
        view
        returns (IJobMarket.Result[] memory shown)
    {
        shown = new IJobMarket.Result[](jobIds.length);
        for (uint256 i = 0; i < jobIds.length; ++i) {
            shown[i] = resultOf(order, jobIds[i], answerTo(inputOf(order, jobIds[i])));
        }
    }

    /// @dev Of which the chain tells what became without anybody's showing it.
    function blanksOf(uint256 order, uint256[] memory jobIds) internal view returns (IJobMarket.Result[] memory shown) {
        shown = new IJobMarket.Result[](jobIds.length);
        for (uint256 i = 0; i < jobIds.length; ++i) {
            shown[i] = IJobMarket.Result(ticketOf(order, jobIds[i]), "", "");
        }
    }

    function ticketsOf(uint256 order, uint256[] memory jobIds) internal view returns (IJobMarket.Ticket[] memory all) {
        all = new IJobMarket.Ticket[](jobIds.length);
        for (uint256 i = 0; i < jobIds.length; ++i) {
            all[i] = ticketOf(order, jobIds[i]);
        }
    }

    function accepts(address requester, uint256 order, uint256[] memory jobIds) internal {
        vm.prank(requester);
        MARKET.accept(order, termsOf[order], jobIds);
    }

    function ruled(uint256 jobId, IVerifier.Verdict verdict) internal {
        umpire.rule(jobId, verdict);
    }

    function notTheTerms(uint256 order) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IJobMarket.NotTheTerms.selector, order);
    }

    function packed(uint16 region, uint16 gpuClass, uint16 memoryGib, uint64 attributes, uint32 stake, uint32 fees)
        internal
        pure
        returns (uint256)
    {
        return uint256(region) | uint256(gpuClass) << 16 | uint256(memoryGib) << 32 | uint256(attributes) << 48
            | uint256(stake) << 112 | uint256(fees) << 144;
    }
}
