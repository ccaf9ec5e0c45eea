// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Courtroom} from "./Courtroom.sol";
import {IEquivocation} from "../src/interfaces/IEquivocation.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract EquivocationJudgeTest is Courtroom {
    function test_judge_refuses_votes_that_honest_nodes_make_in_one_view() public {
        acquitted("notarizeA", "nullify", agree(NOTARIZE, NULLIFY));
        acquitted("nullify", "notarizeB", agree(NULLIFY, NOTARIZE));
        acquitted("notarizeA", "finalizeA", agree(NOTARIZE, FINALIZE));
        acquitted("nullify", "nullify", agree(NULLIFY, NULLIFY));
    }

    /// The engine does not report it, so it is not ours to punish.
    function test_judge_refuses_a_notarize_and_a_finalize_of_different_proposals() public {
        acquitted("notarizeA", "finalizeB", agree(NOTARIZE, FINALIZE));
        acquitted("finalizeB", "notarizeA", agree(FINALIZE, NOTARIZE));
    }

    function test_judge_refuses_one_proposal_twice() public {
        acquitted("notarizeA", "notarizeA", abi.encodeWithSelector(IEquivocation.SameProposal.selector));
        acquitted("finalizeB", "finalizeB", abi.encodeWithSelector(IEquivocation.SameProposal.selector));
    }

    function test_judge_refuses_votes_of_different_views_and_epochs() public {
        acquitted("finalizeA", "finalizeBOfTheNextView", apart(7, 301));
        acquitted("finalizeA", "nullifyOfTheNextView", apart(7, 301));
        acquitted("finalizeA", "nullifyOfTheNextEpoch", apart(8, 300));
    }

    function test_judge_refuses_votes_of_another_chain_key_or_epochs_name() public {
        acquitted("nullifyOfAnotherChain", "finalizeA", notSigned(0));
        acquitted("finalizeA", "nullifyOfAnotherChain", notSigned(1));
        acquitted("finalizeA", "nullifyOfAnotherKey", notSigned(1));
        acquitted("nullifyOfAnotherKey", "finalizeA", notSigned(0));
        acquitted("finalizeA", "finalizeBInTheNextEpochsName", notSigned(1));
        key = field("nullifyOfAnotherKey", "publicKey");
        acquitted("finalizeA", "nullify", notSigned(0));
    }

    function test_judge_refuses_everything_on_another_chain() public {
        genesis = vm.parseJsonBytes32(json, ".nullifyOfAnotherChain.genesis");
        acquitted("finalizeA", "nullify", notSigned(0));
        acquitted("notarizeA", "notarizeB", notSigned(0));
    }

    function test_judge_refuses_swapped_signatures_and_kinds() public {
        IEquivocation.Vote memory first = vote("finalizeA");
        IEquivocation.Vote memory second = vote("finalizeB");
        (first.signature, second.signature) = (second.signature, first.signature);
        vm.expectRevert(notSigned(0));
        court.judge(genesis, key, first, second);
        // A notarize shown as a finalize: the bytes are the same, what was signed is not.
        first = vote("notarizeA");
        first.kind = FINALIZE;
        second = vote("finalizeB");
        vm.expectRevert(notSigned(0));
        court.judge(genesis, key, first, second);
    }

    /// Signed by the key as they are, so that nothing but their form is wrong.
    function test_judge_refuses_other_encodings_of_a_proposal() public {
        acquitted("notarizeB", "notarizeBPadded", malformed(1));
        acquitted("notarizeBPadded", "notarizeB", malformed(0));
        acquitted("notarizeB", "notarizeBTrailing", malformed(1));
        acquitted("notarizeBTrailing", "notarizeA", malformed(0));
    }

    function test_judge_convicts_of_two_notarizes_of_one_view() public view {
        convicted("notarizeA", "notarizeB");
    }

    function test_judge_convicts_of_one_block_on_two_parents() public view {
        convicted("notarizeA", "notarizeAOfAnotherParent");
    }

    function test_judge_convicts_of_two_finalizes_of_one_view() public view {
        convicted("finalizeA", "finalizeB");
    }

    function test_judge_convicts_of_a_nullify_and_a_finalize_of_one_view() public view {
        convicted("nullify", "finalizeA");
        convicted("nullify", "finalizeB");
    }

    function test_judge_reads_the_largest_view() public view {
        IEquivocation.Vote memory finalize = vote("finalizeOfTheLargestView");
        IEquivocation.Round memory round = court.judge(genesis, key, vote("nullifyOfTheLargestView"), finalize);
        eq(round.epoch, 0, "epoch");
        eq(round.viewNumber, type(uint64).max, "view");
    }
}

contract EquivocationParseTest is Courtroom {
    function test_parse_refuses_every_part_of_a_vote_and_everything_longer() public {
        _refusesPartsAndMore(vote("notarizeA"));
        _refusesPartsAndMore(vote("finalizeA"));
        _refusesPartsAndMore(vote("nullify"));
        _refusesPartsAndMore(vote("nullifyOfTheLargestView"));
        _refusesPartsAndMore(vote("finalizeOfTheLargestView"));
    }

    function test_parse_refuses_a_proposal_as_a_nullify_and_the_reverse() public {
        IEquivocation.Vote memory one = vote("notarizeA");
        one.kind = NULLIFY;
        _refuses(one);
        one = vote("nullify");
        one.kind = FINALIZE;
        _refuses(one);
    }

    function test_parse_refuses_varints_that_are_longer_than_they_have_to_be() public {
        _refuses(_nullify(hex"8000" hex"01"));
        _refuses(_nullify(hex"01" hex"8000"));
        _refuses(_nullify(hex"01" hex"818000"));
        _refuses(_nullify(hex"ffffffffffffffffff00" hex"01"));
    }

    function test_parse_refuses_varints_of_more_than_64_bits() public {
        _refuses(_nullify(hex"01" hex"ffffffffffffffffff02"));
        _refuses(_nullify(hex"01" hex"ffffffffffffffffff7f"));
        _refuses(_nullify(hex"01" hex"ffffffffffffffffff8101"));
        _refuses(_nullify(hex"01" hex"80808080808080808080808001"));
    }

    function test_parse_refuses_the_parent_view_that_is_longer_than_it_has_to_be() public {
        bytes memory content = bytes.concat(hex"07" hex"ac02" hex"ab8200", bytes32(uint256(1)));
        _refuses(IEquivocation.Vote(NOTARIZE, content, ""));
    }

    function testFuzz_parse_reads_what_was_written(uint64 epoch, uint64 viewNumber, uint64 parent, bytes32 payload)
        public
        view
    {
        bytes memory head = bytes.concat(_varint(epoch), _varint(viewNumber));
        _reads(IEquivocation.Vote(NULLIFY, head, ""), epoch, viewNumber);
        bytes memory proposal = bytes.concat(head, _varint(parent), payload);
        _reads(IEquivocation.Vote(NOTARIZE, proposal, ""), epoch, viewNumber);
        _reads(IEquivocation.Vote(FINALIZE, proposal, ""), epoch, viewNumber);
    }

    /// Where two byte strings are read as one vote, they are one byte string.
    function testFuzz_parse_takes_one_encoding_only(bytes calldata content) public view {
        try court.parse(IEquivocation.Vote(NULLIFY, content, "")) returns (IEquivocation.Round memory round) {
            bytes memory written = bytes.concat(_varint(round.epoch), _varint(round.viewNumber));
            eq(keccak256(content), keccak256(written), "bytes");
        } catch (bytes memory reason) {
            eq(keccak256(reason), keccak256(malformed(0)), "reason");
        }
    }

    /// The same with bytes that are likely to be varints.
    function testFuzz_parse_takes_one_encoding_of_what_looks_like_a_vote(uint256 raw, uint256 length) public view {
        bytes memory content = new bytes(within(length, 1, 12));
        for (uint256 i = 0; i < content.length; ++i) {
            uint8 octet = uint8(raw >> 8 * i);
            content[i] = bytes1(octet % 3 == 0 ? octet & 0x80 : octet % 3 == 1 ? octet | 0x80 : octet);
        }
        this.testFuzz_parse_takes_one_encoding_only(content);
    }

    function test_messages_are_those_that_rust_signed() public view {
        string[4] memory names = ["notarizeA", "finalizeBOfTheNextView", "nullify", "nullifyOfTheLargestView"];
        for (uint256 i = 0; i < names.length; ++i) {
            IEquivocation.Vote memory one = vote(names[i]);
            bytes memory made = court.message(genesis, court.parse(one).epoch, one.kind, one.content);
            eq(keccak256(made), keccak256(field(names[i], "message")), names[i]);
        }
    }

    function _refusesPartsAndMore(IEquivocation.Vote memory whole) private {
        bytes memory content = whole.content;
        for (uint256 length = 0; length < content.length; ++length) {
            bytes memory part = new bytes(length);
            for (uint256 i = 0; i < length; ++i) {
                part[i] = content[i];
            }
            _refuses(IEquivocation.Vote(whole.kind, part, ""));
        }
        _refuses(IEquivocation.Vote(whole.kind, bytes.concat(content, hex"00"), ""));
        court.parse(whole);
    }

    function _refuses(IEquivocation.Vote memory one) private {
        vm.expectRevert(malformed(0));
        court.parse(one);
    }

    function _reads(IEquivocation.Vote memory one, uint64 epoch, uint64 viewNumber) private view {
        IEquivocation.Round memory round = court.parse(one);
        eq(round.epoch, epoch, "epoch");
        eq(round.viewNumber, viewNumber, "view");
    }

    function _nullify(bytes memory content) private pure returns (IEquivocation.Vote memory) {
        return IEquivocation.Vote(NULLIFY, content, "");
    }

    function _varint(uint64 value) private pure returns (bytes memory out) {
        while (value >= 0x80) {
            out = bytes.concat(out, bytes1(uint8(value) | 0x80));
            value >>= 7;
        }
        return bytes.concat(out, bytes1(uint8(value)));
    }
}

contract EquivocationGasTest is Courtroom {
    /// Without the precompile's own gas, which the chain's tests measure.
    function test_gas_of_judging() public {
        IEquivocation.Vote memory first = vote("finalizeA");
        IEquivocation.Vote memory second = vote("finalizeB");
        court.judge(genesis, key, first, second);
        vm.snapshotGasLastCall("Equivocation", "two finalizes");
        second = vote("nullify");
        court.judge(genesis, key, first, second);
        vm.snapshotGasLastCall("Equivocation", "a finalize and a nullify");
    }
}
