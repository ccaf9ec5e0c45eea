// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ILightClient} from "../interfaces/ILightClient.sol";
import {G1, G1Sum} from "../types/G1.sol";
import {Certificates} from "./Certificates.sol";
import {Elections} from "./Elections.sol";
import {Points} from "./Points.sol";
import {Proofs} from "./Proofs.sol";

/// @dev Keeps one word of a committee's keys, and its time: whoever shows a certificate shows the keys.
contract LightClient is ILightClient {
    using G1Sum for G1;

    /// @dev Chain id, three times, length of epochs, seats: 8 bytes each.
    uint256 private constant NUMBERS_BYTES = 48;
    /// @dev Identity, key, beneficiary.
    uint256 private constant SEAT_BYTES = 100;
    uint256 private constant KEY_BYTES = 96;

    struct Committee {
        bytes32 keys;
        uint64 since;
    }

    bytes32 public immutable GENESIS;
    uint64 public immutable EPOCH_LENGTH;
    uint256 public immutable WINDOW;
    /// @dev Of the committee's contract on the chain that is followed.
    bytes32 private immutable CODE_HASH;

    uint64 public newest;
    mapping(uint64 epoch => Committee) public committeeOf;

    /// @param genesis the hash that is trusted, now
    /// @param header RLP of block 0's
    /// @param founding what its `mixHash` is the hash of (`edge_founding`)
    /// @param keys of the committee that it names, as in `Finality`
    /// @param codeHash of the contract at `Predeploys.COMMITTEE` there
    /// @param window seconds
    constructor(
        bytes32 genesis,
        bytes memory header,
        bytes memory founding,
        bytes memory keys,
        bytes32 codeHash,
        uint256 window
    ) {
        if (keccak256(header) != genesis) revert NotTrusted(genesis, keccak256(header));
        bytes32 expected = Proofs.header(header).mixHash;
        if (keccak256(founding) != expected) revert NotTheFounding(expected, keccak256(founding));
        uint256 seats = keys.length / KEY_BYTES;
        if (founding.length != NUMBERS_BYTES + SEAT_BYTES * seats || keys.length != KEY_BYTES * seats) {
            revert MalformedFounding();
        }
        G1 memory sum;
        for (uint256 seat = 0; seat < seats; ++seat) {
            uint256 from = NUMBERS_BYTES + SEAT_BYTES * seat + 32;
            G1 memory key = G1(
                _word(keys, KEY_BYTES * seat), _word(keys, KEY_BYTES * seat + 32), _word(keys, KEY_BYTES * seat + 64)
            );
            Points.checkG1(key, _word(founding, from), bytes16(_word(founding, from + 32)));
            sum = sum.add(key);
        }
        (GENESIS, CODE_HASH, WINDOW) = (genesis, codeHash, window);
        EPOCH_LENGTH = uint64(bytes8(_word(founding, 32)));
        _learn(0, keys.length, keccak256(keys), uint64(block.timestamp));
    }

    function follow(Finality calldata shown, Election calldata elected) external {
        Header memory header = headerOf(shown);
        uint64 epoch = header.number / EPOCH_LENGTH;
        if (committeeOf[epoch + 1].since != 0) revert CommitteeKnown(epoch + 1);
        if (Elections.check(header.stateRoot, epoch + 1, CODE_HASH, elected)) {
            _learn(epoch + 1, elected.keys.length, keccak256(elected.keys), header.timestamp);
        } else {
            Committee storage before = committeeOf[epoch];
            if (before.since == 0) revert CommitteeUnknown(epoch);
            // Its stake is no younger for that.
            _learn(epoch + 1, 0, before.keys, before.since);
        }
    }

    function accountOf(Finality calldata shown, address account, bytes[] calldata proof)
        external
        view
        returns (Account memory)
    {
        return Proofs.accountOf(headerOf(shown).stateRoot, account, proof);
    }

    function storageOf(
        Finality calldata shown,
        address account,
        bytes32 slot,
        bytes[] calldata accountProof,
        bytes[] calldata storageProof
    ) external view returns (bytes32 value) {
        Account memory found = Proofs.accountOf(headerOf(shown).stateRoot, account, accountProof);
        return Proofs.storageOf(found.storageRoot, slot, storageProof);
    }

    function receiptOf(Finality calldata shown, uint256 index, bytes[] calldata proof)
        external
        view
        returns (bytes memory receipt)
    {
        return Proofs.receiptOf(headerOf(shown).receiptsRoot, index, proof);
    }

    function headerOf(Finality calldata shown) public view returns (Header memory header) {
        uint256 count = shown.headers.length;
        if (count == 0) revert NoHeader();
        header = Proofs.header(shown.headers[0]);
        Header memory top = header;
        for (uint256 i = 1; i < count; ++i) {
            bytes32 below = top.hash;
            top = Proofs.header(shown.headers[i]);
            if (top.parentHash != below) revert BrokenChain(i);
        }
        uint64 epoch = top.number / EPOCH_LENGTH;
        _checkCommittee(epoch, shown.keys);
        Certificates.Parsed memory parsed = Certificates.parse(shown.certificate);
        if (parsed.blockHash != top.hash) revert CertificateOfAnother(top.hash, parsed.blockHash);
        if (parsed.epoch != epoch) revert EpochOfAnother(epoch, parsed.epoch);
        Certificates.verify(GENESIS, shown.certificate, shown.y, shown.keys);
    }

    function _checkCommittee(uint64 epoch, bytes calldata keys) private view {
        Committee memory committee = committeeOf[epoch];
        if (committee.since == 0) revert CommitteeUnknown(epoch);
        if (keccak256(keys) != committee.keys) revert NotTheKeys(epoch);
        uint256 until = committee.since + WINDOW;
        if (block.timestamp > until) revert CommitteeStale(epoch, until);
    }

    /// @param length of its keys; 0 where it is that of the epoch before
    function _learn(uint64 epoch, uint256 length, bytes32 keys, uint64 since) private {
        committeeOf[epoch] = Committee(keys, since);
        if (epoch > newest) newest = epoch;
        emit CommitteeLearned(epoch, length / KEY_BYTES, keys, since);
    }

    /// @dev Zeros beyond the end.
    function _word(bytes memory content, uint256 from) private pure returns (bytes32 word) {
        for (uint256 i = 0; i < 32 && from + i < content.length; ++i) {
            word |= bytes32(content[from + i]) >> (8 * i);
        }
    }
}
