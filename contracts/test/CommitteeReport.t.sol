// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "./CommitteeWorld.sol";
import {Courtroom} from "./Courtroom.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IEquivocation} from "../src/interfaces/IEquivocation.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Whose votes convict whom: on those that Rust signed, of epoch 7, whose key has a seat there. The precompile finds true what was
/// signed, byte for byte, and nothing else.
contract CommitteeReportTest is CommitteeWorld, Courtroom {
    uint32 private constant EPOCH = 7;

    uint32 private _guilty;
    uint32 private _other;
    bytes private _next;

    function setUp() public override(CommitteeWorld, Courtroom) {
        CommitteeWorld.setUp();
        json = vm.readFile("test/vectors/votes.json");
        _guilty = _seated("notarizeA");
        _other = _seated("nullifyOfAnotherKey");
        _next = keyFor(operatorAt(_guilty));
        Courtroom.setUp();
        _kept(genesis);
        vm.roll(EPOCH * LENGTH);
        elect(EPOCH);
    }

    function test_report_refuses_votes_that_the_seat_did_not_sign() public {
        _expectRefused(_other, "finalizeA", "finalizeB", notSigned(0));
        _expectRefused(_guilty, "finalizeA", "nullifyOfAnotherKey", notSigned(1));
        _expectRefused(_guilty, "finalizeA", "finalizeBInTheNextEpochsName", notSigned(1));
    }

    function test_report_refuses_votes_for_another_chain() public {
        _expectRefused(_guilty, "nullifyOfAnotherChain", "finalizeA", notSigned(0));
        _kept(vm.parseJsonBytes32(json, ".nullifyOfAnotherChain.genesis"));
        _expectRefused(_guilty, "finalizeA", "finalizeB", notSigned(0));
        _kept(0);
        _expectRefused(_guilty, "finalizeA", "finalizeB", notSigned(0));
    }

    function test_report_refuses_what_honest_nodes_sign() public {
        _expectRefused(_guilty, "notarizeA", "nullify", agree(NOTARIZE, NULLIFY));
        _expectRefused(_guilty, "finalizeA", "finalizeA", abi.encodeWithSelector(IEquivocation.SameProposal.selector));
        _expectRefused(_guilty, "finalizeA", "finalizeBOfTheNextView", apart(7, 301));
        _expectRefused(_guilty, "notarizeBPadded", "notarizeA", malformed(0));
        _expectRefused(_guilty, "notarizeA", "notarizeBTrailing", malformed(1));
    }

    function test_report_refuses_seats_and_epochs_that_nobody_had() public {
        (IEquivocation.Vote memory first, IEquivocation.Vote memory second) = (vote("finalizeA"), vote("finalizeB"));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.SeatUnknown.selector, EPOCH, 2));
        COMMITTEE.report(2, first, second);
        first = vote("nullifyOfTheNextEpoch");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.TermUnknown.selector, EPOCH + 1));
        COMMITTEE.report(0, first, second);
        // The same place of the ring, of another epoch.
        first.content = hex"8702ac02";
        vm.expectRevert(abi.encodeWithSelector(ICommittee.TermUnknown.selector, EPOCH + 256));
        COMMITTEE.report(0, first, second);
        // An epoch that is this one in 32 bits.
        first.content = hex"8780808010ac02";
        vm.expectRevert(abi.encodeWithSignature("SafeCastOverflowedUintDowncast(uint8,uint256)", 32, 2 ** 32 + EPOCH));
        COMMITTEE.report(0, first, second);
    }

    function test_report_bans_and_slashes_the_seat_alone() public {
        _reported(BOB, "notarizeA", "notarizeB");
        eq(STAKING.describe(_guilty).jailedUntil, type(uint40).max, "banned");
        eq(STAKING.describe(_guilty).stake, 7 * MIN / 10, "slashed");
        eq(STAKING.describe(_other).stake, MIN, "of nobody else");
        eq(STAKING.describe(_other).jailedUntil, 0, "free");
    }

    function test_report_takes_each_kind_of_evidence_either_way_round() public {
        string[2][6] memory pairs = [
            ["notarizeB", "notarizeA"],
            ["notarizeA", "notarizeAOfAnotherParent"],
            ["finalizeA", "finalizeB"],
            ["finalizeB", "finalizeA"],
            ["nullify", "finalizeA"],
            ["finalizeB", "nullify"]
        ];
        for (uint256 i = 0; i < pairs.length; ++i) {
            _pardoned();
            _reported(BOB, pairs[i][0], pairs[i][1]);
            eq(STAKING.describe(_guilty).jailedUntil, type(uint40).max, pairs[i][0]);
        }
    }

    /// One accident signs many pairs.
    function test_report_refuses_a_node_that_is_banned() public {
        _reported(BOB, "notarizeA", "notarizeB");
        _expectRefused(
            _guilty, "finalizeA", "finalizeB", abi.encodeWithSelector(ICommittee.AlreadyBanned.selector, _guilty)
        );
    }

    /// By the key that it had then, whatever it has now.
    function test_report_goes_by_the_key_of_the_epoch() public {
        vm.prank(operatorAt(_guilty));
        COMMITTEE.enter(_guilty, identityAt(_guilty), _next, BENEFICIARY);
        vm.roll((EPOCH + 1) * LENGTH);
        elect(EPOCH + 1);
        _reported(BOB, "finalizeA", "finalizeB");
        holds(STAKING.describe(_guilty).jailedUntil != 0, "banned");
    }

    function test_report_takes_evidence_for_128_epochs() public {
        vm.roll((EPOCH + 129) * LENGTH);
        _expectRefused(
            _guilty,
            "finalizeA",
            "finalizeB",
            abi.encodeWithSelector(IStakeBook.FaultTooOld.selector, EPOCH, EPOCH + 129)
        );
        vm.roll((EPOCH + 129) * LENGTH - 1);
        _reported(BOB, "finalizeA", "finalizeB");
        holds(STAKING.describe(_guilty).jailedUntil != 0, "banned");
    }

    function test_report_pays_who_announced_these_votes() public {
        bytes memory evidence = abi.encode(vote("finalizeA"), vote("finalizeB"));
        vm.prank(BOB);
        COMMITTEE.announce(keccak256(abi.encodePacked(BOB, evidence)));
        vm.roll(block.number + 1);
        vm.expectEmit();
        emit IStakeBook.NodeSlashed(_guilty, EPOCH, MIN * 3 / 10, 0, MIN * 3 / 200, BOB, 2);
        _reported(BOB, "finalizeA", "finalizeB");
        eq(THETA.balanceOf(BOB), MIN * 3 / 200, "share");
    }

    /// What is no signature at all is refused by the precompile, in its words.
    function test_report_says_what_the_precompile_says() public {
        (IEquivocation.Vote memory first, IEquivocation.Vote memory second) = (vote("finalizeA"), vote("finalizeB"));
        second.signature = hex"c0";
        bytes memory asked = abi.encodeCall(IBls.verify, (key, field("finalizeB", "message"), second.signature));
        bytes memory reason = abi.encodeWithSelector(IBls.MalformedSignature.selector, 0);
        vm.mockCallRevert(Predeploys.BLS, asked, reason);
        uint256 seat = seatAt(EPOCH, _guilty);
        vm.expectRevert(reason);
        COMMITTEE.report(seat, first, second);
    }

    /// @dev A candidate with the key that signed a vote.
    function _seated(string memory name) private returns (uint32 node) {
        node = validator(MIN);
        bytes memory publicKey = field(name, "publicKey");
        registered(operatorAt(node), publicKey);
        vm.prank(operatorAt(node));
        COMMITTEE.enter(node, identityAt(node), publicKey, BENEFICIARY);
    }

    function _kept(bytes32 hash) private {
        vm.store(Predeploys.EPOCHS, bytes32(uint256(2)), hash);
    }

    /// @dev Free again.
    function _pardoned() private {
        bytes32 slot = keccak256(abi.encode(_guilty, 2));
        uint256 jail = uint256(type(uint40).max) << 200;
        vm.store(Predeploys.STAKING, slot, bytes32(uint256(vm.load(Predeploys.STAKING, slot)) & ~jail));
    }

    function _reported(address reporter, string memory first, string memory second) private {
        (IEquivocation.Vote memory one, IEquivocation.Vote memory other) = (vote(first), vote(second));
        uint256 seat = seatAt(EPOCH, _guilty);
        vm.prank(reporter);
        COMMITTEE.report(seat, one, other);
    }

    function _expectRefused(uint32 node, string memory first, string memory second, bytes memory reason) private {
        (IEquivocation.Vote memory one, IEquivocation.Vote memory other) = (vote(first), vote(second));
        uint256 seat = seatAt(EPOCH, node);
        vm.expectRevert(reason);
        COMMITTEE.report(seat, one, other);
    }
}
