// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {ILightClient} from "../src/interfaces/ILightClient.sol";
import {LightClient} from "../src/light/LightClient.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {LightWorld} from "./LightWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract LightClientBeginTest is LightWorld {
    function test_begin_takes_what_genesis_commits_to() public view {
        eq(light.GENESIS(), genesis, "genesis");
        eq(light.EPOCH_LENGTH(), numberAt(".epochLength"), "length");
        eq(light.WINDOW(), WINDOW, "window");
        (bytes32 keys, uint64 since) = light.committeeOf(0);
        eq(keys, keccak256(bytesAt(".foundingKeys")), "keys");
        eq(since, NOW, "since");
        eq(light.newest(), 0, "newest");
    }

    function test_begin_refuses_another_header_and_another_founding() public {
        bytes memory header = bytesAt(".genesisHeader");
        bytes memory founding = bytesAt(".founding");
        bytes memory keys = bytesAt(".foundingKeys");
        bytes memory other = flipped(header, 800);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotTrusted.selector, genesis, keccak256(other)));
        new LightClient(genesis, other, founding, keys, codeHash, WINDOW);
        bytes32 committed = keccak256(founding);
        for (uint256 bit = 0; bit < 8 * founding.length; bit += 97) {
            other = flipped(founding, bit);
            vm.expectRevert(abi.encodeWithSelector(ILightClient.NotTheFounding.selector, committed, keccak256(other)));
            new LightClient(genesis, header, other, keys, codeHash, WINDOW);
        }
        vm.expectRevert(abi.encodeWithSelector(ILightClient.MalformedFounding.selector));
        new LightClient(genesis, header, founding, bytes.concat(keys, new bytes(96)), codeHash, WINDOW);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.MalformedFounding.selector));
        new LightClient(genesis, header, founding, bytes.concat(keys, hex"00"), codeHash, WINDOW);
    }

    /// Both coordinates of every key are checked: x by the compressed one, y by the curve and its sign.
    function test_begin_refuses_other_keys(uint256 seed) public {
        bytes memory keys = bytesAt(".foundingKeys");
        keys = flipped(keys, within(seed, 0, 8 * keys.length - 1));
        bytes memory header = bytesAt(".genesisHeader");
        bytes memory founding = bytesAt(".founding");
        try new LightClient(genesis, header, founding, keys, codeHash, WINDOW) {
            revert("it begins");
        } catch {}
    }
}

contract LightClientFollowTest is LightWorld {
    function test_follow_goes_through_a_change_of_committee() public {
        for (uint256 epoch = 0; epoch < 4; ++epoch) {
            follows(epoch);
            eq(light.newest(), epoch + 1, "newest");
            (bytes32 keys,) = light.committeeOf(uint64(epoch + 1));
            eq(keys, keccak256(bytesAt(string.concat(".epochs[", digit(epoch), "].keys"))), "keys");
        }
        (bytes32 first,) = light.committeeOf(1);
        (bytes32 second,) = light.committeeOf(2);
        holds(first != second, "the committee changed");
    }

    function test_follow_refuses_what_it_knows() public {
        follows(0);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.CommitteeKnown.selector, 1));
        follows(0);
    }

    function test_follow_cannot_leave_an_epoch_out() public {
        vm.expectRevert(abi.encodeWithSelector(ILightClient.CommitteeUnknown.selector, 1));
        follows(1);
        follows(0);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.CommitteeUnknown.selector, 2));
        follows(2);
    }

    function test_follow_refuses_the_committee_of_another_epoch() public {
        ILightClient.Finality memory shown = finality(".epochs[0].finality");
        ILightClient.Election memory elected = election(1);
        vm.expectRevert(
            abi.encodeWithSelector(TrieProof.TrieProofTraversalError.selector, TrieProof.ProofError.INVALID_ROOT)
        );
        light.follow(shown, elected);
    }

    function test_follow_refuses_other_keys(uint256 seed) public {
        ILightClient.Election memory elected = election(0);
        elected.keys = flipped(elected.keys, within(seed, 0, 8 * elected.keys.length - 1));
        try light.follow(finality(".epochs[0].finality"), elected) {
            revert("it follows");
        } catch {}
    }

    function test_follow_refuses_other_nodes(uint256 seed) public {
        ILightClient.Election memory elected = election(0);
        uint256 node = within(seed, 0, elected.nodes.length - 1);
        uint256 bit = within(seed / elected.nodes.length, 0, 8 * elected.nodes[node].length - 1);
        elected.nodes[node] = flipped(elected.nodes[node], bit);
        try light.follow(finality(".epochs[0].finality"), elected) {
            revert("it follows");
        } catch {}
    }

    /// The proofs of two seats' keys, and the keys with them, the other way round.
    function test_follow_refuses_another_order_of_seats() public {
        ILightClient.Election memory elected = election(0);
        (elected.slots[1], elected.slots[3]) = (elected.slots[3], elected.slots[1]);
        (elected.slots[2], elected.slots[4]) = (elected.slots[4], elected.slots[2]);
        elected.keys = bytes.concat(
            _part(elected.keys, 96, 96), _part(elected.keys, 0, 96), _part(elected.keys, 192, elected.keys.length - 192)
        );
        vm.expectRevert();
        light.follow(finality(".epochs[0].finality"), elected);
    }

    function test_follow_wants_a_proof_for_each_part_of_each_key() public {
        ILightClient.Finality memory shown = finality(".epochs[0].finality");
        ILightClient.Election memory elected = election(0);
        bytes[] memory slots = elected.slots;
        elected.slots = new bytes[](slots.length - 1);
        for (uint256 i = 0; i < elected.slots.length; ++i) {
            elected.slots[i] = slots[i];
        }
        vm.expectRevert(abi.encodeWithSelector(ILightClient.ProofsDiffer.selector, slots.length, slots.length - 1));
        light.follow(shown, elected);
        elected.slots = new bytes[](0);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.ProofsDiffer.selector, 1, 0));
        light.follow(shown, elected);
        elected.slots = slots;
        elected.keys = _part(elected.keys, 0, 96);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.SeatsDiffer.selector, 4, 1));
        light.follow(shown, elected);
    }

    function test_follow_refuses_a_contract_that_it_does_not_know() public {
        bytes32 actual = codeHash;
        codeHash = keccak256("another");
        light = begun();
        vm.expectRevert(abi.encodeWithSelector(ILightClient.ContractUnknown.selector, actual));
        follows(0);
    }

    /// A committee is believed as long as its stake answers for it, and no later one helps who let that pass.
    function test_nothing_follows_from_a_committee_that_is_stale() public {
        vm.warp(NOW + WINDOW);
        follows(0);
        light = begun();
        vm.warp(NOW + 2 * WINDOW + 1);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.CommitteeStale.selector, 0, NOW + 2 * WINDOW));
        follows(0);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.CommitteeStale.selector, 0, NOW + 2 * WINDOW));
        light.headerOf(finality(".epochs[0].finality"));
    }

    function _part(bytes memory content, uint256 from, uint256 count) private pure returns (bytes memory part) {
        part = new bytes(count);
        for (uint256 i = 0; i < count; ++i) {
            part[i] = content[from + i];
        }
    }
}

contract LightClientReadTest is LightWorld {
    string private constant STATE = ".state.finality";

    function setUp() public override {
        super.setUp();
        for (uint256 epoch = 0; epoch < 3; ++epoch) {
            follows(epoch);
        }
    }

    function test_a_header_is_what_its_certificate_finalizes() public view {
        ILightClient.Finality memory shown = finality(STATE);
        ILightClient.Header memory header = light.headerOf(shown);
        eq(header.hash, keccak256(shown.headers[0]), "hash");
        eq(header.number, numberAt(".state.height"), "number");
        holds(header.timestamp != 0 && header.extraData != 0 && header.mixHash != 0, "fields");
    }

    function test_a_header_is_final_by_a_descendants_certificate() public {
        ILightClient.Finality memory shown = _descendant();
        holds(shown.headers.length > 1, "a chain of headers");
        eq(light.headerOf(shown).hash, keccak256(shown.headers[0]), "the first");
        ILightClient.Finality memory broken = _descendant();
        broken.headers[0] = flipped(broken.headers[0], 1000);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.BrokenChain.selector, 1));
        light.headerOf(broken);
        broken.headers = new bytes[](0);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NoHeader.selector));
        light.headerOf(broken);
        // Its own hash is not what was signed.
        bytes[] memory lone = new bytes[](1);
        lone[0] = shown.headers[0];
        shown.headers = lone;
        vm.expectRevert();
        light.headerOf(shown);
    }

    function test_no_bit_of_a_header_can_be_another() public {
        ILightClient.Finality memory shown = finality(STATE);
        bytes memory header = shown.headers[shown.headers.length - 1];
        for (uint256 bit = 0; bit < 8 * header.length; bit += 37) {
            shown.headers[shown.headers.length - 1] = flipped(header, bit);
            vm.expectRevert();
            light.headerOf(shown);
        }
    }

    function test_keys_of_another_committee_are_refused() public {
        ILightClient.Finality memory shown = finality(STATE);
        shown.keys = bytesAt(".foundingKeys");
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotTheKeys.selector, 2));
        light.headerOf(shown);
    }

    function test_a_certificate_of_another_block_is_refused() public {
        ILightClient.Finality memory shown = finality(STATE);
        ILightClient.Finality memory other = finality(".epochs[2].finality");
        bytes32 expected = keccak256(shown.headers[shown.headers.length - 1]);
        bytes32 found = keccak256(other.headers[other.headers.length - 1]);
        (shown.certificate, shown.y) = (other.certificate, other.y);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.CertificateOfAnother.selector, expected, found));
        light.headerOf(shown);
    }

    function test_a_certificate_in_the_name_of_another_epoch_is_refused() public {
        ILightClient.Finality memory shown = finality(STATE);
        shown.certificate[0] = 0x01;
        vm.expectRevert(abi.encodeWithSelector(ILightClient.EpochOfAnother.selector, 2, 1));
        light.headerOf(shown);
    }

    function test_an_account_and_a_slot_are_what_the_state_holds() public {
        ILightClient.Finality memory shown = finality(STATE);
        address account = vm.parseJsonAddress(json, ".state.account.address");
        bytes[] memory proof = nodesAt(".state.account.accountProof");
        ILightClient.Account memory found = light.accountOf(shown, account, proof);
        eq(found.balance, numberAt(".state.account.balance"), "balance");
        eq(found.nonce, numberAt(".state.account.nonce"), "nonce");
        eq(found.codeHash, keccak256(""), "code");
        vm.expectRevert();
        light.accountOf(shown, address(uint160(account) + 1), proof);

        bytes32 slot = bytes32(numberAt(".state.height") - 1);
        bytes[] memory path = nodesAt(".state.history.accountProof");
        bytes[] memory leaf = nodesAt(".state.history.storageProof[0].proof");
        bytes32 value = light.storageOf(shown, Predeploys.HISTORY_STORAGE, slot, path, leaf);
        eq(value, light.headerOf(shown).parentHash, "the history's last");
        vm.expectRevert();
        light.storageOf(shown, Predeploys.HISTORY_STORAGE, bytes32(uint256(slot) - 1), path, leaf);
        // What is zero has no proof here.
        leaf = nodesAt(".state.history.storageProof[1].proof");
        vm.expectRevert();
        light.storageOf(shown, Predeploys.HISTORY_STORAGE, bytes32(uint256(8000)), path, leaf);
    }

    function test_no_bit_of_an_accounts_proof_can_be_another(uint256 seed) public view {
        ILightClient.Finality memory shown = finality(STATE);
        address account = vm.parseJsonAddress(json, ".state.account.address");
        bytes[] memory proof = nodesAt(".state.account.accountProof");
        uint256 node = within(seed, 0, proof.length - 1);
        proof[node] = flipped(proof[node], within(seed / proof.length, 0, 8 * proof[node].length - 1));
        try light.accountOf(shown, account, proof) {
            revert("it is proved");
        } catch {}
    }

    function test_a_receipt_is_what_the_block_has() public {
        ILightClient.Finality memory shown = finality(".receipt.finality");
        bytes[] memory proof = nodesAt(".receipt.proof");
        bytes memory receipt = light.receiptOf(shown, numberAt(".receipt.index"), proof);
        eq(keccak256(receipt), keccak256(bytesAt(".receipt.receipt")), "receipt");
        vm.expectRevert();
        light.receiptOf(shown, 0, proof);
        proof[proof.length - 1] = flipped(proof[proof.length - 1], 300);
        vm.expectRevert();
        light.receiptOf(shown, 1, proof);
    }

    function _descendant() private view returns (ILightClient.Finality memory) {
        return finality(".descendant");
    }
}

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`.
contract LightClientGasTest is LightWorld {
    function test_gas_of_following_and_reading() public {
        vm.snapshotValue("LightClient", "begin, 4 seats", _gasToBegin());
        follows(0);
        vm.snapshotGasLastCall("LightClient", "follow, 4 seats");
        follows(1);
        vm.snapshotGasLastCall("LightClient", "follow, 4 seats, another committee");
        follows(2);
        ILightClient.Finality memory shown = finality(".state.finality");
        light.headerOf(shown);
        vm.snapshotGasLastCall("LightClient", "headerOf");
        light.accountOf(
            shown, vm.parseJsonAddress(json, ".state.account.address"), nodesAt(".state.account.accountProof")
        );
        vm.snapshotGasLastCall("LightClient", "accountOf");
        light.receiptOf(finality(".receipt.finality"), 1, nodesAt(".receipt.proof"));
        vm.snapshotGasLastCall("LightClient", "receiptOf");
        notary.verify(genesis, shown.certificate, shown.y, shown.keys);
        vm.snapshotGasLastCall("LightClient", "a certificate alone, 4 seats");
    }

    function _gasToBegin() private returns (uint256 gas) {
        bytes memory header = bytesAt(".genesisHeader");
        bytes memory founding = bytesAt(".founding");
        bytes memory keys = bytesAt(".foundingKeys");
        gas = gasleft();
        new LightClient(genesis, header, founding, keys, codeHash, WINDOW);
        gas -= gasleft();
    }
}
