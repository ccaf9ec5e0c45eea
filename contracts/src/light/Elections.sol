// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SlotDerivation} from "@openzeppelin/contracts/utils/SlotDerivation.sol";
import {ILightClient} from "../interfaces/ILightClient.sol";
import {G1, G1Sum} from "../types/G1.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Certificates} from "./Certificates.sol";
import {Points} from "./Points.sol";
import {Proofs} from "./Proofs.sol";

/// @dev Committees as `Committee.sol` keeps them, by proofs of its storage. Its code is compared, so that an upgrade that moves them is seen.
library Elections {
    using G1Sum for G1;
    using SlotDerivation for bytes32;

    /// @dev `Committee._terms`, and what is where in a term.
    bytes32 private constant TERMS = bytes32(uint256(3));
    uint256 private constant TERMS_KEPT = 256;
    uint256 private constant CHAIRS = 5;
    uint256 private constant CHAIR_SLOTS = 4;
    uint256 private constant KEY_BYTES = 96;

    /// @param term where that of the epoch lies
    struct Ballot {
        bytes[] nodes;
        bytes32 storageRoot;
        bytes32 term;
    }

    /// @dev Whether `elected` shows the committee of `epoch` in a state; else, that the one before goes on. Reverts where it shows
    /// neither.
    function check(bytes32 stateRoot, uint64 epoch, bytes32 codeHash, ILightClient.Election calldata elected)
        internal
        view
        returns (bool isElected)
    {
        Ballot memory ballot;
        ballot.nodes = elected.nodes;
        ballot.term = TERMS.deriveMapping(uint256(epoch) % TERMS_KEPT);
        ballot.storageRoot = _open(stateRoot, codeHash, _pick(ballot.nodes, elected.account));
        if (elected.slots.length == 0) revert ILightClient.ProofsDiffer(1, 0);
        uint256 head = uint256(_read(ballot, 0, elected.slots[0]));
        uint256 seats = uint8(head >> 32);
        if (uint32(head) != epoch || seats == 0) return false;
        if (elected.slots.length != 1 + 2 * seats) {
            revert ILightClient.ProofsDiffer(1 + 2 * seats, elected.slots.length);
        }
        if (elected.keys.length != KEY_BYTES * seats) {
            revert ILightClient.SeatsDiffer(seats, elected.keys.length / KEY_BYTES);
        }
        _checkKeys(ballot, seats, elected);
        return true;
    }

    function _open(bytes32 stateRoot, bytes32 codeHash, bytes[] memory proof) private pure returns (bytes32) {
        ILightClient.Account memory account = Proofs.accountOf(stateRoot, Predeploys.COMMITTEE, proof);
        if (account.codeHash != codeHash) revert ILightClient.ContractUnknown(account.codeHash);
        return account.storageRoot;
    }

    function _checkKeys(Ballot memory ballot, uint256 seats, ILightClient.Election calldata elected) private view {
        G1 memory sum;
        for (uint256 seat = 0; seat < seats; ++seat) {
            uint256 chair = CHAIRS + CHAIR_SLOTS * seat;
            bytes32 high = _read(ballot, chair + 1, elected.slots[1 + 2 * seat]);
            bytes32 low = _read(ballot, chair + 2, elected.slots[2 + 2 * seat]);
            G1 memory key = Certificates.keyAt(elected.keys, seat);
            // Node and stake lie above the key's rest.
            Points.checkG1(key, high, bytes16(low << 128));
            // Only for its check that both are on the curve.
            sum = sum.add(key);
        }
    }

    function _read(Ballot memory ballot, uint256 offset, bytes calldata path) private pure returns (bytes32) {
        return Proofs.storageOf(ballot.storageRoot, ballot.term.offset(offset), _pick(ballot.nodes, path));
    }

    /// @dev One beyond the last reverts by itself.
    function _pick(bytes[] memory nodes, bytes calldata numbers) private pure returns (bytes[] memory path) {
        path = new bytes[](numbers.length);
        for (uint256 i = 0; i < path.length; ++i) {
            path[i] = nodes[uint8(numbers[i])];
        }
    }
}
