// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Audits} from "../src/jobs/Audits.sol";
import {Beacon} from "../src/chain/Beacon.sol";
import {Bls} from "../src/bls/Bls.sol";
import {Verdicts} from "./mocks/Verdicts.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {Keyed} from "./Keyed.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {vm} from "./Vm.sol";

/// @dev The auditors with the real registry and beacon where genesis puts them. What the precompile would say is mocked:
/// of keys always yes, of certificates no, but where a test says that these members signed this.
abstract contract AuditsWorld is Keyed {
    Audits internal constant AUDITS = Audits(Predeploys.AUDITS);
    Beacon internal constant BEACON = Beacon(Predeploys.BEACON);
    Verdicts internal constant DISPUTES = Verdicts(Predeploys.DISPUTES);

    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant FUNDS = 1_000_000e18;
    uint256 internal constant DEPOSIT = 1000e18;
    uint256 internal constant FEE = 10e18;
    uint256 internal constant SHARE = FEE / 4;
    uint64 internal constant TURN = 1 hours;

    bytes32 internal constant CLAIM = keccak256("claim");
    /// @dev What the worker claims.
    bytes32 internal constant OUTPUT = keccak256("output");
    bytes32 internal constant TRACE = keccak256("trace");
    bytes32 internal constant OTHER = keccak256("another output");
    bytes internal constant SIGNATURE = hex"1234";

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(10_000);
        vm.etch(Predeploys.AUDITS, address(new Audits()).code);
        vm.etch(Predeploys.BEACON, address(new Beacon()).code);
        vm.etch(Predeploys.DISPUTES, address(new Verdicts()).code);
        plantKeys();
        bytes memory no = abi.encode(IBls.Quorum(false, 0, 0, 1));
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.fastAggregateVerify.selector), no);
        vm.deal(ALICE, FUNDS);
        vm.deal(BOB, FUNDS);
    }

    function member(uint256 number) internal pure returns (address) {
        return address(uint160(0xa0d170000 + number));
    }

    function seated(address operator) internal returns (bytes32 keyId) {
        keyId = registered(operator);
        enlist(operator, keyId);
    }

    function enlist(address operator, bytes32 keyId) internal {
        vm.deal(operator, FUNDS);
        vm.prank(operator);
        AUDITS.enlist{value: DEPOSIT}(keyId);
    }

    /// @dev Seals a set with these many members, the first at place 0.
    function bench(uint256 members) internal {
        for (uint256 i = 0; i < members; ++i) {
            seated(member(i));
        }
        sealNow();
    }

    function sealNow() internal returns (uint64) {
        bytes32 set = AUDITS.set();
        uint256 places = KEYS.describe(set).places;
        for (uint256 chunk = 0; chunk * 248 < places; ++chunk) {
            KEYS.write(set, chunk);
        }
        return AUDITS.seal();
    }

    function keyAt(uint256 place) internal view returns (bytes32) {
        return KEYS.keyAt(AUDITS.set(), place);
    }

    function operatorAt(uint256 place) internal view returns (address) {
        return KEYS.operatorOf(keyAt(place));
    }

    /// @dev An audit of a claim that is open since now, whose committee can be read now, in rising order.
    function requested(bytes32 claimId, bytes32 mix) internal returns (uint256[] memory places) {
        DISPUTES.open(claimId, OUTPUT, TRACE);
        vm.prank(ALICE);
        AUDITS.request{value: FEE}(claimId);
        vm.roll(block.number + BEACON.DELAY());
        vm.prevrandao(mix);
        return sorted(AUDITS.committeeOf(claimId));
    }

    function saltOf(uint256 place) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", place));
    }

    function commitmentOf(bytes32 claimId, uint256 place, bytes32 outputRoot) internal view returns (bytes32) {
        return keccak256(abi.encode(claimId, operatorAt(place), outputRoot, TRACE, saltOf(place)));
    }

    function commit(bytes32 claimId, uint256 place, bytes32 outputRoot) internal {
        commitAs(operatorAt(place), claimId, keyAt(place), commitmentOf(claimId, place, outputRoot));
    }

    function commitAs(address operator, bytes32 claimId, bytes32 keyId, bytes32 commitment) internal {
        vm.prank(operator);
        AUDITS.commit(claimId, keyId, commitment);
    }

    /// @dev All members at `places` found `outputRoot`, and show it.
    function attested(bytes32 claimId, uint256[] memory places, bytes32 outputRoot) internal {
        for (uint256 i = 0; i < places.length; ++i) {
            commit(claimId, places[i], outputRoot);
        }
        attest(claimId, places, outputRoot);
    }

    function attest(bytes32 claimId, uint256[] memory places, bytes32 outputRoot) internal {
        bytes memory signers = bitmap(claimId, places);
        sign(claimId, outputRoot, signers);
        AUDITS.attest(claimId, outputRoot, TRACE, signers, SIGNATURE, saltsOf(places));
    }

    /// @dev From now on the precompile says that they signed it.
    function sign(bytes32 claimId, bytes32 outputRoot, bytes memory signers) internal {
        bytes32 payload = keccak256(abi.encode(bytes32("edgeloom/audit/1"), claimId, outputRoot, TRACE));
        uint64 epoch = AUDITS.auditOf(claimId).epoch;
        bytes memory message = Bls.message(AUDITS.set(), epoch, payload);
        address snapshot = KEYS.snapshotAt(AUDITS.set(), epoch);
        bytes memory asked = abi.encodeCall(IBls.fastAggregateVerify, (snapshot, message, signers, SIGNATURE));
        vm.mockCall(Predeploys.BLS, asked, abi.encode(IBls.Quorum(true, 1, 1, 1)));
    }

    function bitmap(bytes32 claimId, uint256[] memory places) internal view returns (bytes memory signers) {
        signers = new bytes((AUDITS.auditOf(claimId).places + 7) / 8);
        for (uint256 i = 0; i < places.length; ++i) {
            signers[places[i] / 8] |= bytes1(uint8(1) << uint8(places[i] % 8));
        }
    }

    function saltsOf(uint256[] memory places) internal pure returns (bytes32[] memory salts) {
        salts = new bytes32[](places.length);
        for (uint256 i = 0; i < places.length; ++i) {
            salts[i] = saltOf(places[i]);
        }
    }

    function list(uint256 one) internal pure returns (uint256[] memory all) {
        all = new uint256[](1);
        all[0] = one;
    }

    /// @dev The first `count` of them, or the others.
    function split(uint256[] memory all, uint256 count)
        internal
        pure
        returns (uint256[] memory front, uint256[] memory back)
    {
        (front, back) = (new uint256[](count), new uint256[](all.length - count));
        for (uint256 i = 0; i < all.length; ++i) {
            if (i < count) front[i] = all[i];
            else back[i - count] = all[i];
        }
    }

    function sorted(uint256[] memory all) internal pure returns (uint256[] memory) {
        for (uint256 i = 1; i < all.length; ++i) {
            for (uint256 j = i; j > 0 && all[j] < all[j - 1]; --j) {
                (all[j], all[j - 1]) = (all[j - 1], all[j]);
            }
        }
        return all;
    }

    function has(uint256[] memory all, uint256 one) internal pure returns (bool) {
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i] == one) return true;
        }
        return false;
    }
}
