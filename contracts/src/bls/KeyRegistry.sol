// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibBit} from "solady/utils/LibBit.sol";
import {LibBytes} from "solady/utils/LibBytes.sol";
import {Bls} from "./Bls.sol";
import {IBls} from "../interfaces/IBls.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {Code} from "../types/Code.sol";
import {G1, G1Sum} from "../types/G1.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Sets} from "../types/Sets.sol";

contract KeyRegistry is IKeyRegistry {
    using G1Sum for G1;

    /// @dev A chunk's keys take 96 bytes each and fit in one account's code; 62 words hold their stakes, and 31 bytes of a
    /// bitmap tell of them.
    uint256 private constant CHUNK_PLACES = 248;
    uint256 private constant PLACES_MAX = 64 * CHUNK_PLACES;
    uint256 private constant STAKES_PER_WORD = 4;
    bytes4 private constant MAGIC = "BLS1";
    /// @dev Of a snapshot's list: magic, places, the sum of all keys.
    uint256 private constant HEAD_BYTES = 4 + 4 + 96;

    struct Key {
        address operator;
        G1 point;
    }

    struct Written {
        address keys;
        address stakes;
    }

    /// @dev Bit i of `keysChanged` and `stakesChanged` is that of chunk i, since it was written last.
    struct Table {
        uint32 places;
        uint32 members;
        uint64 epoch;
        uint64 keysChanged;
        uint64 stakesChanged;
        uint256 totalStake;
        G1 aggregate;
        uint256[] free;
        mapping(uint256 place => bytes32) keyAt;
        /// @dev Plus one, so that zero is none.
        mapping(bytes32 keyId => uint256) placeOf;
        /// @dev Four in a word, the first in its highest bits.
        mapping(uint256 index => uint256) stakes;
        mapping(uint256 chunk => Written) written;
        mapping(uint64 epoch => address) snapshots;
    }

    mapping(bytes32 keyId => Key) private _keys;
    mapping(bytes32 set => Table) private _tables;

    function register(bytes calldata publicKey, bytes calldata possession, bytes calldata consent)
        external
        returns (bytes32 keyId)
    {
        keyId = keccak256(publicKey);
        if (_keys[keyId].operator != address(0)) revert KeyTaken(keyId);
        IBls bls = IBls(Predeploys.BLS);
        if (!bls.verifyPossession(publicKey, possession)) revert PossessionNotProved();
        if (!bls.verify(publicKey, Bls.consent(msg.sender), consent)) revert ConsentNotSigned(msg.sender);
        _keys[keyId] = Key(msg.sender, G1Sum.decode(bls.decompress(publicKey)));
        emit KeyRegistered(keyId, msg.sender, publicKey);
    }

    function setStake(uint8 role, bytes32 keyId, uint64 stake) external returns (uint256 place) {
        if (role == 0) revert RoleIsReserved();
        if (_keys[keyId].operator == address(0)) revert KeyUnknown(keyId);
        bytes32 set = setOf(msg.sender, role);
        Table storage table = _tables[set];
        place = table.placeOf[keyId];
        if (place == 0) {
            if (stake == 0) revert NotAMember(set, keyId);
            place = _join(table, keyId);
        } else {
            --place;
            if (stake == 0) _leave(table, keyId, place);
        }
        _put(table, place, stake);
        emit StakeChanged(set, keyId, place, stake);
    }

    function write(bytes32 set, uint256 chunk) external {
        Table storage table = _tables[set];
        uint256 chunks = _chunks(table);
        if (chunk >= chunks) revert ChunkUnknown(chunk, chunks);
        if (isWritten(set, chunk)) return;
        uint64 bit = uint64(1) << uint64(chunk);
        Written storage written = table.written[chunk];
        if (table.keysChanged & bit != 0) written.keys = Code.store(_keysOf(table, chunk));
        if (table.stakesChanged & bit != 0) written.stakes = Code.store(_stakesOf(table, chunk));
        table.keysChanged &= ~bit;
        table.stakesChanged &= ~bit;
        emit ChunkWritten(set, chunk, written.keys, written.stakes);
    }

    function seal(uint8 role) external returns (uint64 epoch, address snapshot) {
        if (role == 0) revert RoleIsReserved();
        bytes32 set = setOf(msg.sender, role);
        Table storage table = _tables[set];
        uint256 changed = table.keysChanged | table.stakesChanged;
        if (changed != 0) revert ChunkNotWritten(LibBit.ffs(changed));
        epoch = ++table.epoch;
        snapshot = Code.store(_manifest(table));
        table.snapshots[epoch] = snapshot;
        emit SnapshotSealed(set, epoch, snapshot, table.places, table.totalStake);
    }

    function operatorOf(bytes32 keyId) external view returns (address operator) {
        operator = _keys[keyId].operator;
        if (operator == address(0)) revert KeyUnknown(keyId);
    }

    function describe(bytes32 set) external view returns (Set memory) {
        Table storage table = _tables[set];
        return Set(table.places, table.members, table.epoch, table.totalStake);
    }

    function stakeOf(bytes32 set, bytes32 keyId) external view returns (uint64 stake) {
        Table storage table = _tables[set];
        uint256 place = table.placeOf[keyId];
        return place == 0 ? 0 : _stakeAt(table, place - 1);
    }

    function keyAt(bytes32 set, uint256 place) external view returns (bytes32 keyId) {
        return _tables[set].keyAt[place];
    }

    function isIn(bytes32 set, uint64 epoch, uint256 place, bytes32 keyId) external view returns (bool) {
        // Of each chunk's two addresses the first.
        address keys =
            address(bytes20(Code.slice(snapshotAt(set, epoch), HEAD_BYTES + 40 * (place / CHUNK_PLACES), 20)));
        if (keys == address(0)) return false;
        G1 memory point = _keys[keyId].point;
        bytes memory found = Code.slice(keys, 96 * (place % CHUNK_PLACES), 96);
        return keccak256(found) == keccak256(abi.encodePacked(point.a, point.b, point.c));
    }

    function stakeIn(bytes32 set, uint64 epoch, uint256 place) external view returns (uint64 stake) {
        address snapshot = snapshotAt(set, epoch);
        // Of each chunk's two addresses the second.
        address stakes = address(bytes20(Code.slice(snapshot, HEAD_BYTES + 40 * (place / CHUNK_PLACES) + 20, 20)));
        if (stakes == address(0)) return 0;
        return uint64(bytes8(Code.slice(stakes, 8 * (place % CHUNK_PLACES), 8)));
    }

    function snapshotAt(bytes32 set, uint64 epoch) public view returns (address snapshot) {
        snapshot = _tables[set].snapshots[epoch];
        if (snapshot == address(0)) revert SnapshotUnknown(set, epoch);
    }

    function setOf(address owner, uint8 role) public pure returns (bytes32 set) {
        return Sets.named(owner, role);
    }

    function isWritten(bytes32 set, uint256 chunk) public view returns (bool) {
        Table storage table = _tables[set];
        return (uint256(table.keysChanged | table.stakesChanged) >> chunk) & 1 == 0;
    }

    /// @dev Places that others left come first, so that a set takes no more room than it ever had members.
    function _join(Table storage table, bytes32 keyId) private returns (uint256 place) {
        uint256 left = table.free.length;
        if (left != 0) {
            place = table.free[left - 1];
            table.free.pop();
        } else {
            place = table.places;
            if (place == PLACES_MAX) revert SetIsFull(PLACES_MAX);
            ++table.places;
        }
        ++table.members;
        table.placeOf[keyId] = place + 1;
        if (table.keyAt[place] != keyId) {
            table.keyAt[place] = keyId;
            table.keysChanged |= _bit(place);
        }
        table.aggregate = table.aggregate.add(_keys[keyId].point);
    }

    /// @dev The key stays in its chunk: without stake it counts for nothing.
    function _leave(Table storage table, bytes32 keyId, uint256 place) private {
        table.free.push(place);
        --table.members;
        delete table.placeOf[keyId];
        table.aggregate = table.aggregate.add(_keys[keyId].point.negate());
    }

    function _put(Table storage table, uint256 place, uint64 stake) private {
        uint64 before = _stakeAt(table, place);
        uint256 shift = _shift(place);
        table.stakes[place / STAKES_PER_WORD] ^= uint256(before ^ stake) << shift;
        table.totalStake = table.totalStake + stake - before;
        table.stakesChanged |= _bit(place);
    }

    function _stakeAt(Table storage table, uint256 place) private view returns (uint64) {
        return uint64(table.stakes[place / STAKES_PER_WORD] >> _shift(place));
    }

    function _keysOf(Table storage table, uint256 chunk) private view returns (bytes memory) {
        uint256 first = chunk * CHUNK_PLACES;
        uint256 count = _placesOf(table, chunk);
        bytes32[] memory words = new bytes32[](3 * count);
        for (uint256 i = 0; i < count; ++i) {
            G1 memory point = _keys[table.keyAt[first + i]].point;
            (words[3 * i], words[3 * i + 1], words[3 * i + 2]) = (point.a, point.b, point.c);
        }
        return abi.encodePacked(words);
    }

    function _stakesOf(Table storage table, uint256 chunk) private view returns (bytes memory) {
        uint256 first = chunk * (CHUNK_PLACES / STAKES_PER_WORD);
        uint256 count = _placesOf(table, chunk);
        uint256[] memory words = new uint256[]((count + STAKES_PER_WORD - 1) / STAKES_PER_WORD);
        for (uint256 i = 0; i < words.length; ++i) {
            words[i] = table.stakes[first + i];
        }
        return LibBytes.truncate(abi.encodePacked(words), 8 * count);
    }

    function _manifest(Table storage table) private view returns (bytes memory content) {
        G1 memory sum = table.aggregate;
        content = abi.encodePacked(MAGIC, table.places, sum.a, sum.b, sum.c);
        uint256 chunks = _chunks(table);
        for (uint256 chunk = 0; chunk < chunks; ++chunk) {
            Written storage written = table.written[chunk];
            content = abi.encodePacked(content, written.keys, written.stakes);
        }
    }

    function _chunks(Table storage table) private view returns (uint256) {
        return (table.places + CHUNK_PLACES - 1) / CHUNK_PLACES;
    }

    function _placesOf(Table storage table, uint256 chunk) private view returns (uint256) {
        uint256 rest = table.places - chunk * CHUNK_PLACES;
        return rest < CHUNK_PLACES ? rest : CHUNK_PLACES;
    }

    function _bit(uint256 place) private pure returns (uint64) {
        return uint64(1) << uint64(place / CHUNK_PLACES);
    }

    function _shift(uint256 place) private pure returns (uint256) {
        return 64 * (STAKES_PER_WORD - 1 - place % STAKES_PER_WORD);
    }
}
