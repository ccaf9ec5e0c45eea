// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IMediaGate} from "../src/interfaces/IMediaGate.sol";
import {MediaGate} from "../src/nft/MediaGate.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract MediaGateTest is CreationWorld {
    IMediaGate private constant GATE = IMediaGate(Predeploys.MEDIA_GATE);

    uint32 private constant EPOCH = 600;
    uint256 private constant FIRST = 1;
    uint256 private constant LAST = 9;
    uint256 private constant TOKEN = 5;

    ICollection private _token;
    uint256 private _gate;

    function setUp() public override {
        super.setUp();
        vm.etch(Predeploys.MEDIA_GATE, address(new MediaGate()).code);
        _token = collection(ICreation.Policy.Open);
        minted(_token, ALICE, TOKEN);
        _gate = _opened(_terms());
    }

    function test_a_gate_opens_for_its_creator_and_is_what_was_said() public {
        vm.expectEmit();
        emit IMediaGate.GateOpened(2, creator, address(_token), _terms());
        vm.expectEmit();
        emit IMediaGate.QuorumSet(2, 1, _quorum(3, 4));
        eq(_opened(_terms()), 2, "number");
        eq(GATE.gateCount(), 2, "count");
        eq(GATE.ownerOf(2), creator, "owner");
        eq(keccak256(abi.encode(GATE.termsOf(2))), keccak256(abi.encode(_terms())), "terms");
        (uint32 version, IMediaGate.Quorum memory quorum) = GATE.quorumOf(2);
        eq(version, 1, "version");
        eq(keccak256(abi.encode(quorum)), keccak256(abi.encode(_quorum(3, 4))), "quorum");
        eq(GATE.contentOf(2).root, 0, "nothing yet");
    }

    function test_nobody_else_opens_a_gate_for_a_collection() public {
        vm.expectRevert(abi.encodeWithSelector(IMediaGate.NotCreator.selector, address(_token), BOB));
        vm.prank(BOB);
        GATE.open(_terms(), _quorum(3, 4));
    }

    function test_only_collections_of_the_factory_have_gates() public {
        IMediaGate.Terms memory terms = _terms();
        terms.collection = address(editions(ICreation.Policy.Open));
        _refused(terms, abi.encodeWithSelector(IMediaGate.NotCollection.selector, terms.collection));
        terms.collection = address(this);
        _refused(terms, abi.encodeWithSelector(IMediaGate.NotCollection.selector, address(this)));
    }

    function test_terms_have_to_make_sense() public {
        IMediaGate.Terms memory terms = _terms();
        terms.first = LAST + 1;
        _refused(terms, abi.encodeWithSelector(IMediaGate.WrongTokens.selector, LAST + 1, LAST));
        terms = _terms();
        terms.start = 0;
        _refused(terms, abi.encodeWithSelector(IMediaGate.WrongStart.selector, 0));
        terms = _terms();
        uint32[2] memory wrong = [59, uint32(30 days + 1)];
        for (uint256 i = 0; i < wrong.length; ++i) {
            terms.epochSeconds = wrong[i];
            _refused(terms, abi.encodeWithSelector(IMediaGate.WrongEpoch.selector, wrong[i]));
        }
        uint32[2] memory right = [60, uint32(30 days)];
        for (uint256 i = 0; i < right.length; ++i) {
            terms.epochSeconds = right[i];
            _opened(terms);
        }
    }

    function testFuzz_two_quorums_have_a_node_in_common(uint256 rawThreshold, uint256 rawNodes) public {
        (uint256 threshold, uint256 nodes) = (within(rawThreshold, 0, 40), within(rawNodes, 0, 40));
        IMediaGate.Quorum memory quorum = _quorum(threshold, nodes);
        bool right = threshold <= nodes && 2 * threshold > nodes && nodes <= 32;
        if (!right) vm.expectRevert(abi.encodeWithSelector(IMediaGate.WrongQuorum.selector, threshold, nodes));
        vm.prank(creator);
        GATE.setQuorum(_gate, quorum);
        (uint32 version,) = GATE.quorumOf(_gate);
        eq(version, right ? 2 : 1, "version");
    }

    function test_there_is_a_commitment_for_each_coefficient() public {
        IMediaGate.Quorum memory quorum = _quorum(3, 4);
        quorum.commitments = new bytes(3 * 48 - 1);
        vm.expectRevert(abi.encodeWithSelector(IMediaGate.WrongCommitments.selector, 143, 144));
        vm.prank(creator);
        GATE.setQuorum(_gate, quorum);
    }

    function test_only_its_owner_changes_a_gate() public {
        vm.expectRevert(abi.encodeWithSelector(IMediaGate.NotOwner.selector, _gate, BOB));
        vm.prank(BOB);
        GATE.setQuorum(_gate, _quorum(3, 4));
        vm.expectRevert(abi.encodeWithSelector(IMediaGate.NotOwner.selector, _gate, BOB));
        vm.prank(BOB);
        GATE.setContent(_gate, IMediaGate.Content(bytes32(uint256(1)), "ipfs://x"));
        vm.expectRevert(abi.encodeWithSelector(IMediaGate.GateUnknown.selector, 7));
        vm.prank(creator);
        GATE.setQuorum(7, _quorum(3, 4));

        vm.expectEmit();
        emit IMediaGate.ContentSet(_gate, bytes32(uint256(1)), "ipfs://x");
        vm.prank(creator);
        GATE.setContent(_gate, IMediaGate.Content(bytes32(uint256(1)), "ipfs://x"));
        eq(GATE.contentOf(_gate).root, bytes32(uint256(1)), "root");
        eq(keccak256(bytes(GATE.contentOf(_gate).uri)), keccak256("ipfs://x"), "uri");
    }

    function test_unknown_gates_say_so() public {
        bytes memory reason = abi.encodeWithSelector(IMediaGate.GateUnknown.selector, 2);
        vm.expectRevert(reason);
        GATE.isEntitled(2, TOKEN, ALICE);
        vm.expectRevert(reason);
        GATE.currentEpoch(2);
        vm.expectRevert(reason);
        GATE.termsOf(2);
        vm.expectRevert(reason);
        GATE.quorumOf(2);
        vm.expectRevert(reason);
        GATE.contentOf(2);
        vm.expectRevert(reason);
        GATE.ownerOf(2);
    }

    function testFuzz_epochs_follow_each_other(uint256 raw) public {
        uint256 later = within(raw, 0, 1000 days);
        vm.warp(START + later);
        (uint256 epoch, uint256 since) = GATE.currentEpoch(_gate);
        eq(epoch, later / EPOCH, "epoch");
        eq(since, START + epoch * EPOCH, "since");
    }

    function test_nothing_opens_before_the_start() public {
        IMediaGate.Terms memory terms = _terms();
        terms.start = uint40(START + 1 days);
        uint256 gate = _opened(terms);
        _at(1 days - 1);
        holds(!GATE.isEntitled(gate, TOKEN, ALICE), "before");
        vm.expectRevert(abi.encodeWithSelector(IMediaGate.WrongStart.selector, terms.start));
        GATE.currentEpoch(gate);
        _at(1 days);
        holds(GATE.isEntitled(gate, TOKEN, ALICE), "then");
    }

    function test_a_holder_opens_what_it_held_before_the_epoch() public {
        holds(!_opens(ALICE), "minted in it");
        _at(EPOCH - 1);
        holds(!_opens(ALICE), "to its end");
        _at(EPOCH);
        holds(_opens(ALICE) && !_opens(BOB), "the next");
        holds(!GATE.isEntitled(_gate, TOKEN + 1, ALICE), "by a token that is none");
    }

    function test_only_tokens_of_the_gate_open_it() public {
        minted(_token, ALICE, FIRST - 1);
        minted(_token, ALICE, LAST + 1);
        minted(_token, ALICE, FIRST);
        minted(_token, ALICE, LAST);
        _at(EPOCH);
        holds(!GATE.isEntitled(_gate, FIRST - 1, ALICE) && !GATE.isEntitled(_gate, LAST + 1, ALICE), "beside");
        holds(GATE.isEntitled(_gate, FIRST, ALICE) && GATE.isEntitled(_gate, LAST, ALICE), "of it");
    }

    function test_a_transfer_revokes_the_next_epoch() public {
        _at(EPOCH + 1);
        holds(_opens(ALICE), "before");
        moved(_token, ALICE, BOB, TOKEN);
        holds(!_opens(ALICE) && !_opens(BOB), "nobody twice in one epoch");
        _at(2 * EPOCH);
        holds(!_opens(ALICE) && _opens(BOB), "the next");
    }

    function test_who_has_it_back_in_the_same_epoch_waits_for_the_next() public {
        _at(EPOCH + 1);
        moved(_token, ALICE, BOB, TOKEN);
        moved(_token, BOB, ALICE, TOKEN);
        holds(!_opens(ALICE), "somebody else may have had it");
        _at(2 * EPOCH);
        holds(_opens(ALICE), "the next");
    }

    /// Whatever a borrower does within a transaction or a block, what nodes ask of the chain comes after it.
    function test_neither_a_flash_loan_nor_a_borrow_within_a_block_obtains_a_key() public {
        _at(2 * EPOCH);
        Borrower borrower = new Borrower(GATE, _gate);
        vm.prank(ALICE);
        _token.setApprovalForAll(address(borrower), true);
        borrower.borrow(_token, ALICE, TOKEN);
        holds(!borrower.hadKey(), "not even while it had the token");
        holds(!_opens(address(borrower)), "nor after");
    }

    function test_a_borrower_over_the_boundary_has_that_epoch_and_the_lender_none() public {
        _at(EPOCH - 1);
        moved(_token, ALICE, BOB, TOKEN);
        _at(EPOCH);
        holds(_opens(BOB) && !_opens(ALICE), "one account for a token and an epoch");
    }

    function test_a_renter_opens_it_instead_of_the_holder() public {
        _rented(BOB, START + 3 * EPOCH - 1);
        _at(EPOCH);
        holds(_opens(BOB) && !_opens(ALICE), "the renter");
        _at(3 * EPOCH - 1);
        holds(_opens(BOB) && !_opens(ALICE), "to the last second");
        _at(3 * EPOCH);
        holds(!_opens(BOB) && _opens(ALICE), "the holder again");
    }

    function test_a_renter_waits_for_the_next_epoch_and_so_does_the_holder_behind_it() public {
        _at(EPOCH + 1);
        _rented(BOB, START + 2 * EPOCH + 5);
        holds(!_opens(BOB) && !_opens(ALICE), "it was the holder's");
        _at(2 * EPOCH);
        holds(_opens(BOB), "the next");
        _at(2 * EPOCH + 6);
        holds(!_opens(BOB) && !_opens(ALICE), "it was the renter's");
        _at(3 * EPOCH);
        holds(_opens(ALICE), "the holder again");
    }

    function test_a_renter_that_gives_up_gives_the_holder_no_part_of_its_epoch() public {
        _rented(BOB, START + 10 * EPOCH);
        _at(EPOCH + 5);
        vm.prank(BOB);
        _token.setUser(TOKEN, address(0), 0);
        holds(!_opens(BOB) && !_opens(ALICE), "it was the renter's");
        vm.prank(ALICE);
        _token.setUser(TOKEN, address(0), 0);
        holds(!_opens(ALICE), "whatever the holder clears");
        _at(2 * EPOCH);
        holds(!_opens(BOB) && _opens(ALICE), "the holder again");
    }

    /// A user set for a time that was over would hide when the one before ended.
    function test_a_holder_hides_no_use_that_ended_in_the_epoch() public {
        _rented(BOB, START + EPOCH + 5);
        _at(EPOCH);
        holds(_opens(BOB), "the renter's");
        _at(EPOCH + 6);
        for (uint256 until = 0; until <= START + EPOCH; until += START + EPOCH) {
            vm.prank(ALICE);
            vm.expectRevert(abi.encodeWithSelector(ICollection.UserTooShort.selector, until));
            _token.setUser(TOKEN, CAROL, uint64(until));
        }
        holds(!_opens(ALICE), "not the holder's");
    }

    /// Blocks are shorter than seconds.
    function test_a_renter_that_gives_up_in_the_epochs_first_second_gives_the_holder_none_of_it() public {
        _rented(BOB, START + 10 * EPOCH);
        _at(EPOCH);
        holds(_opens(BOB), "the renter's");
        vm.prank(BOB);
        _token.setUser(TOKEN, address(0), 0);
        holds(!_opens(BOB) && !_opens(ALICE) && !_opens(address(0)), "nobody's in that second");
        _at(EPOCH + 1);
        holds(!_opens(ALICE), "nor after it");
        _at(2 * EPOCH);
        holds(_opens(ALICE), "the next");
    }

    function test_a_rental_outlives_a_sale() public {
        _rented(BOB, START + 5 * EPOCH);
        _at(EPOCH);
        moved(_token, ALICE, CAROL, TOKEN);
        _at(2 * EPOCH);
        holds(_opens(BOB) && !_opens(CAROL) && !_opens(ALICE), "the renter");
    }

    function test_a_burned_token_opens_nothing() public {
        _at(EPOCH);
        vm.prank(ALICE);
        _token.burn(TOKEN);
        _at(2 * EPOCH);
        holds(!_opens(ALICE) && !_opens(address(0)), "gone");
    }

    function test_the_zero_account_opens_nothing() public {
        _at(EPOCH);
        holds(!_opens(address(0)) && !GATE.isEntitled(_gate, TOKEN + 1, address(0)), "nobody");
    }

    function test_threat_26_what_nodes_sign_is_of_one_chain_gate_and_epoch() public {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Edgeloom MediaGate"),
                keccak256("1"),
                block.chainid,
                Predeploys.MEDIA_GATE
            )
        );
        eq(GATE.DOMAIN_SEPARATOR(), domain, "domain");
        bytes32 content = keccak256(abi.encode(keccak256("Epoch(uint256 gate,uint256 epoch)"), 3, 4));
        bytes32 message = GATE.messageOf(3, 4);
        eq(message, keccak256(abi.encodePacked(hex"1901", domain, content)), "message");
        holds(message != GATE.messageOf(4, 3) && message != GATE.messageOf(3, 5), "of another");
        vm.chainId(block.chainid + 1);
        holds(message != GATE.messageOf(3, 4), "elsewhere");
    }

    /// At any time at most one account has the key, and over any epoch nobody but one.
    function testFuzz_one_account_for_each_token_and_epoch(uint256 seed) public {
        address[3] memory people = [ALICE, BOB, CAROL];
        address opener;
        uint256 last;
        for (uint256 i = 0; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 step = seed % (EPOCH / 2);
            // Often to the second in which an epoch begins, or within the same second.
            if (seed >> 240 & 3 == 0) step = EPOCH - (block.timestamp - START) % EPOCH;
            if (seed >> 240 & 3 == 1) step = 0;
            vm.warp(block.timestamp + step);
            _act(seed >> 16, people[(seed >> 8) % 3]);
            (uint256 epoch,) = GATE.currentEpoch(_gate);
            for (uint256 j = 0; j < people.length; ++j) {
                if (!_opens(people[j])) continue;
                holds(last != epoch || opener == address(0) || opener == people[j], "somebody else had this epoch");
                (last, opener) = (epoch, people[j]);
            }
        }
    }

    function _act(uint256 raw, address who) private {
        address owner = _token.ownerOf(TOKEN);
        address user = _token.userOf(TOKEN);
        uint256 verb = raw % 5;
        if (verb == 0) moved(_token, owner, who, TOKEN);
        if (verb == 1 && user == address(0) && _token.heldSince(TOKEN) < block.timestamp) {
            vm.prank(owner);
            _token.setUser(TOKEN, who, uint64(block.timestamp + raw % (3 * EPOCH)));
        }
        if (verb == 2 && user != address(0)) {
            vm.prank(user);
            _token.setUser(TOKEN, address(0), 0);
        }
        if (verb == 4) {
            vm.prank(owner);
            try _token.setUser(TOKEN, who, uint64(block.timestamp - raw % EPOCH)) {} catch {}
        }
        if (verb == 3 && user == address(0) && _token.heldSince(TOKEN) < block.timestamp) {
            vm.prank(owner);
            _token.setUser(TOKEN, address(0), 0);
        }
    }

    function _opened(IMediaGate.Terms memory terms) private returns (uint256) {
        vm.prank(creator);
        return GATE.open(terms, _quorum(3, 4));
    }

    function _refused(IMediaGate.Terms memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(creator);
        GATE.open(terms, _quorum(3, 4));
    }

    function _rented(address user, uint256 until) private {
        vm.warp(block.timestamp + 1);
        vm.prank(ALICE);
        _token.setUser(TOKEN, user, uint64(until));
    }

    function _at(uint256 later) private {
        vm.warp(START + later);
    }

    function _opens(address account) private view returns (bool) {
        return GATE.isEntitled(_gate, TOKEN, account);
    }

    function _terms() private view returns (IMediaGate.Terms memory) {
        return IMediaGate.Terms(address(_token), FIRST, LAST, uint40(START), EPOCH);
    }

    function _quorum(uint256 threshold, uint256 nodes) private pure returns (IMediaGate.Quorum memory quorum) {
        quorum = IMediaGate.Quorum(uint8(threshold), new address[](nodes), new bytes(threshold * 48));
        for (uint256 i = 0; i < nodes; ++i) {
            quorum.nodes[i] = address(uint160(0x1000 + i));
        }
    }
}

/// @dev Takes a token, asks for the key and gives the token back, in one transaction.
contract Borrower {
    IMediaGate private immutable _gates;
    uint256 private immutable _gate;
    bool public hadKey;

    constructor(IMediaGate gates, uint256 gate) {
        (_gates, _gate) = (gates, gate);
    }

    function borrow(ICollection token, address lender, uint256 id) external {
        token.transferFrom(lender, address(this), id);
        hadKey = _gates.isEntitled(_gate, id, address(this));
        token.transferFrom(address(this), lender, id);
    }
}
