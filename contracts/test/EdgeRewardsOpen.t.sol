// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EdgeWorld} from "./EdgeWorld.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IEdgeProof} from "../src/interfaces/IEdgeProof.sol";
import {IEdgeRewards} from "../src/interfaces/IEdgeRewards.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What is drawn of answers, shown, and paid.
contract EdgeRewardsOpenTest is EdgeWorld {
    uint32 private _bob;
    bytes32 private _salt;

    function setUp() public override {
        super.setUp();
        _bob = edgeNode(BOB, STAKE);
        enrolled(BOB);
    }

    /// @dev Other mixes for tests that need many.
    function mixOf(uint256 height) internal view override returns (bytes32) {
        return keccak256(abi.encode("mix", height, _salt));
    }

    function test_open_refuses_before_and_after_its_window() public {
        _answerAll(BOB, 0);
        drawn(NOW);
        bytes32[] memory digests = digestsOf(NOW, _bob);
        IEdgeRewards.Opening[] memory openings = openingsOf(NOW, _bob);
        bytes memory refused = abi.encodeWithSelector(IEdgeRewards.NotOpening.selector, NOW, DRAWN + 1, DRAWN + 600);
        vm.roll(DRAWN);
        vm.expectRevert(refused);
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
        vm.roll(DRAWN + 601);
        vm.expectRevert(refused);
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
        vm.roll(DRAWN + 600);
        vm.expectEmit();
        emit IEdgeRewards.CapacityOpened(NOW, _bob);
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.AlreadyOpened.selector, NOW, _bob));
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
    }

    function test_open_refuses_who_did_not_answer() public {
        drawn(NOW);
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NothingAnswered.selector, NOW, _bob));
        EDGE_REWARDS.open(NOW, _bob, new bytes32[](0), new IEdgeRewards.Opening[](0));
    }

    function test_open_refuses_without_the_mixes() public {
        _answerAll(BOB, 0);
        drawn(NOW);
        bytes32[] memory digests = digestsOf(NOW, _bob);
        IEdgeRewards.Opening[] memory openings = openingsOf(NOW, _bob);
        uint256 round = heightOf(NOW, EDGE_REWARDS.drawsOf(NOW, _bob)[1].round);
        uint256[2] memory heights = [DRAWN, round];
        for (uint256 i = 0; i < 2; ++i) {
            vm.store(Predeploys.BEACON, keccak256(abi.encode(heights[i], 0)), 0);
            vm.expectRevert(abi.encodeWithSelector(IBeacon.NotRecorded.selector, heights[i]));
            EDGE_REWARDS.open(NOW, _bob, digests, openings);
            recorded(heights[i]);
        }
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
    }

    function test_open_refuses_other_digests() public {
        _answerAll(BOB, 0);
        drawn(NOW);
        bytes32[] memory digests = digestsOf(NOW, _bob);
        IEdgeRewards.Opening[] memory openings = openingsOf(NOW, _bob);
        bytes memory refused = abi.encodeWithSelector(IEdgeRewards.NotItsAnswers.selector, NOW, _bob);
        for (uint256 i = 0; i < digests.length; ++i) {
            digests[i] ^= bytes32(uint256(1));
            vm.expectRevert(refused);
            EDGE_REWARDS.open(NOW, _bob, digests, openings);
            digests[i] ^= bytes32(uint256(1));
        }
        (digests[0], digests[1]) = (digests[1], digests[0]);
        vm.expectRevert(refused);
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
        vm.expectRevert(refused);
        EDGE_REWARDS.open(NOW, _bob, new bytes32[](3), openings);
        vm.expectRevert(refused);
        EDGE_REWARDS.open(NOW, _bob, new bytes32[](5), openings);
    }

    function test_open_refuses_too_few_and_too_many() public {
        _answerAll(BOB, 0);
        drawn(NOW);
        bytes32[] memory digests = digestsOf(NOW, _bob);
        for (uint256 count = 0; count < 4; ++count) {
            if (count == 2) continue;
            vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.OpeningsMissing.selector, 2, count));
            EDGE_REWARDS.open(NOW, _bob, digests, new IEdgeRewards.Opening[](count));
        }
    }

    function test_open_refuses_other_roots() public {
        _answerAll(BOB, 0);
        drawn(NOW);
        bytes32[] memory digests = digestsOf(NOW, _bob);
        for (uint256 i = 0; i < 2; ++i) {
            IEdgeRewards.Opening[] memory openings = openingsOf(NOW, _bob);
            for (uint256 link = 0; link < LINKS; ++link) {
                openings[i].roots[link] ^= bytes32(uint256(1));
                _refusedRoots(i, digests, openings);
                openings[i].roots[link] ^= bytes32(uint256(1));
            }
            openings[i].roots = new bytes32[](LINKS + 1);
            _refusedRoots(i, digests, openings);
        }
    }

    /// Roots that a node answered with, but too few: it would have made less than others.
    function test_a_round_of_fewer_products_cannot_be_shown() public {
        bytes32[] memory roots = new bytes32[](LINKS - 1);
        reach(FIRST);
        reach(FIRST + 1);
        bytes32[] memory all = rootsOf(NOW, _bob, 0, 0);
        for (uint256 i = 0; i < roots.length; ++i) {
            roots[i] = all[i];
        }
        bytes32[] memory digests = new bytes32[](1);
        digests[0] = keccak256(abi.encodePacked(roots));
        vm.prank(BOB);
        EDGE_REWARDS.answer(NOW, 0, digests[0]);
        drawn(NOW);
        IEdgeRewards.Opening[] memory openings = new IEdgeRewards.Opening[](2);
        openings[0].roots = roots;
        _refusedRoots(0, digests, openings);
    }

    function test_open_refuses_proofs_of_anything_else() public {
        _answerAll(BOB, 0);
        drawn(NOW);
        bytes32[] memory digests = digestsOf(NOW, _bob);
        for (uint256 i = 0; i < 2; ++i) {
            IEdgeRewards.Opening[] memory openings = openingsOf(NOW, _bob);
            bytes memory right = openings[i].proof;
            IEdgeRewards.Draw memory drawn_ = EDGE_REWARDS.drawsOf(NOW, _bob)[i];
            bytes32 root = openings[i].roots[drawn_.link];
            openings[i].proof = proof().proofOf(root, drawn_.challenge, SAMPLES - 1);
            _refusedProof(i, digests, openings);
            openings[i].proof = proof().proofOf(root, bytes32(uint256(drawn_.challenge) + 1), SAMPLES);
            _refusedProof(i, digests, openings);
            openings[i].proof = bytes.concat(right, hex"00");
            _refusedProof(i, digests, openings);
            openings[i].proof = "";
            _refusedProof(i, digests, openings);
            openings[i].proof = right;
            if (i == 1) EDGE_REWARDS.open(NOW, _bob, digests, openings);
        }
    }

    /// What the precompile is asked, byte by byte.
    function test_the_precompile_is_asked_for_the_seed_of_the_link() public {
        _answerAll(BOB, 0);
        drawn(NOW);
        IEdgeRewards.Opening[] memory openings = openingsOf(NOW, _bob);
        bytes32[] memory digests = digestsOf(NOW, _bob);
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectCall(Predeploys.EDGE_PROOF, _asked(i, digests, openings[i]));
        }
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
    }

    function test_rounds_that_were_not_answered_are_neither_drawn_nor_paid() public {
        answered(BOB, NOW, 1, 0);
        answered(BOB, NOW, 3, 0);
        drawn(NOW);
        IEdgeRewards.Draw[] memory draws = EDGE_REWARDS.drawsOf(NOW, _bob);
        for (uint256 i = 0; i < 2; ++i) {
            holds(draws[i].round == 1 || draws[i].round == 3, "answered");
            eq(draws[i].index, draws[i].round / 2, "index");
        }
        opened(NOW, _bob);
        _settled();
        eq(rewardOf(BOB), _half() / 2, "two of four");
    }

    function test_capacity_is_paid_by_stake_and_rounds() public {
        uint32 carol = edgeNode(CAROL, 3 * STAKE);
        enrolled(CAROL);
        _answerBoth(4, 2);
        drawn(NOW);
        opened(NOW, _bob);
        opened(NOW, carol);
        reach(DRAWN + 601);
        _settled();
        settled(NOW, carol);
        eq(rewardOf(BOB), _half() / 4, "all rounds of a quarter");
        eq(rewardOf(CAROL), _half() * 3 / 8, "half the rounds of three quarters");
        eq(EDGE_REWARDS.potOf(NOW).paid, _half() / 4 + _half() * 3 / 8, "paid");
    }

    function test_who_shows_nothing_is_paid_for_work_alone() public {
        _answerAll(BOB, 0);
        worked(BOB, PRICE);
        (, uint256 capacity) = EDGE_REWARDS.shareOf(NOW, _bob);
        eq(capacity, 0, "nothing shown");
        _settled();
        eq(rewardOf(BOB), BURNED, "work");
    }

    function test_who_is_bonded_and_nothing_else_is_paid_nothing() public {
        drawn(NOW);
        _settled();
        eq(rewardOf(BOB), 0, "uptime of a key");
    }

    function test_a_wrong_product_cannot_be_shown_where_it_is_drawn() public {
        _answerAll(BOB, 0x0f);
        drawn(NOW);
        (bytes32[] memory digests, IEdgeRewards.Opening[] memory openings) =
            (digestsOf(NOW, _bob), openingsOf(NOW, _bob));
        _refusedProof(0, digests, openings);
        _settled();
        eq(rewardOf(BOB), 0, "for nothing");
    }

    /// DOMAIN.md 8: a machine whose products are one node's cannot show them for another, in the same window or later, and whoever copies
    /// an answer has nothing to show.
    function test_threat_8_products_of_one_node_are_no_other_s() public {
        uint32 carol = edgeNode(CAROL, STAKE);
        enrolled(CAROL);
        reach(FIRST);
        reach(FIRST + 1);
        answeredNow(BOB, NOW, 0, 0);
        bytes32[] memory digests = digestsOf(NOW, _bob);
        vm.prank(CAROL);
        EDGE_REWARDS.answer(NOW, 0, digests[0]);
        drawn(NOW);
        IEdgeRewards.Opening[] memory openings = openingsOf(NOW, _bob);
        for (uint256 i = 0; i < 2; ++i) {
            IEdgeRewards.Draw memory each = EDGE_REWARDS.drawsOf(NOW, carol)[i];
            openings[i].proof = proof().proofOf(openings[i].roots[each.link], each.challenge, SAMPLES);
        }
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NotComputed.selector, 0));
        EDGE_REWARDS.open(NOW, carol, digests, openings);
        opened(NOW, _bob);
    }

    /// DOMAIN.md 8: one machine does in a window what one node needs. Spread over two nodes it makes half of each one's products, of
    /// which both draws have to be: a quarter of the epochs are paid, half of what one node with the same stake gets.
    function test_threat_8_a_machine_that_answers_for_two_nodes_is_paid_for_less_than_one() public {
        _answerAll(BOB, 0x0a);
        uint256 passed;
        for (uint256 i = 0; i < 400; ++i) {
            _salt = bytes32(i);
            vm.roll(DRAWN + 1);
            recorded(DRAWN);
            IEdgeRewards.Draw[] memory draws = EDGE_REWARDS.drawsOf(NOW, _bob);
            if (draws[0].link % 2 == 0 && draws[1].link % 2 == 0) ++passed;
        }
        // A quarter of 400, within four deviations.
        holds(passed > 65 && passed < 135, "about a quarter");
    }

    /// DOMAIN.md 8: the same stake gets no more in two nodes than in one; only the most that a node may have asks for a second machine.
    function test_threat_8_two_nodes_are_paid_no_more_than_one_with_the_stake_of_both() public {
        uint32 carol = edgeNode(CAROL, STAKE);
        uint32 one = edgeNode(address(0x0e), 2 * STAKE);
        enrolled(CAROL);
        enrolled(address(0x0e));
        for (uint256 round = 0; round < ROUNDS; ++round) {
            answered(BOB, NOW, round, 0);
            answeredNow(CAROL, NOW, round, 0);
            answeredNow(address(0x0e), NOW, round, 0);
        }
        drawn(NOW);
        opened(NOW, _bob);
        opened(NOW, carol);
        opened(NOW, one);
        _settled();
        settled(NOW, carol);
        settled(NOW, one);
        eq(rewardOf(BOB) + rewardOf(CAROL), rewardOf(address(0x0e)), "the same");
    }

    function testFuzz_draws_are_of_answered_rounds_and_fall_on_every_product(uint8 answers, uint256 links, bytes32 salt)
        public
    {
        links = within(links, 1, 256);
        answers = uint8(within(answers, 1, 15));
        voted(IParameters.Parameter.CapacityLinks, links);
        reach(NOW * LENGTH);
        enrolled(BOB);
        for (uint256 round = 0; round < ROUNDS; ++round) {
            if ((answers >> round) & 1 == 0) continue;
            reach(heightOf(NOW + 1, round) + 1);
            vm.prank(BOB);
            EDGE_REWARDS.answer(NOW + 1, round, salt);
        }
        _salt = salt;
        drawn(NOW + 1);
        IEdgeRewards.Draw[] memory draws = EDGE_REWARDS.drawsOf(NOW + 1, _bob);
        eq(draws.length, 2, "two");
        for (uint256 i = 0; i < 2; ++i) {
            holds((answers >> draws[i].round) & 1 != 0, "answered");
            holds(draws[i].link < links, "product");
        }
        holds(draws[0].challenge != draws[1].challenge, "apart");
    }

    function _asked(uint256 number, bytes32[] memory digests, IEdgeRewards.Opening memory opening)
        private
        view
        returns (bytes memory call)
    {
        bytes32 general = seedAt(DRAWN, keccak256(abi.encode(_bob, EDGE_REWARDS.tallyOf(NOW, _bob).chain)));
        bytes32 challenge = keccak256(abi.encode(general, number));
        uint256 round = uint256(challenge) % 4;
        uint256 link = (uint256(challenge) >> 128) % LINKS;
        bytes32 chain;
        for (uint256 i = 0; i < round; ++i) {
            chain = keccak256(abi.encode(chain, i, digests[i]));
        }
        bytes32 seed = seedAt(heightOf(NOW, round), keccak256(abi.encode(_bob, round, chain)));
        if (link != 0) seed = keccak256(abi.encode(seed, opening.roots[link - 1]));
        bytes32 root = opening.roots[link];
        return abi.encodeCall(IEdgeProof.capacity, (root, SIZE, seed, challenge, SAMPLES, opening.proof));
    }

    function _answerAll(address operator, uint256 wrong) private {
        for (uint256 round = 0; round < ROUNDS; ++round) {
            answered(operator, NOW, round, wrong);
        }
    }

    function _answerBoth(uint256 bobs, uint256 carols) private {
        for (uint256 round = 0; round < ROUNDS; ++round) {
            reach(heightOf(NOW, round));
            reach(heightOf(NOW, round) + 1);
            if (round < bobs) answeredNow(BOB, NOW, round, 0);
            if (round < carols) answeredNow(CAROL, NOW, round, 0);
        }
    }

    function _settled() private {
        released();
        judged(NOW);
        settled(NOW, _bob);
    }

    function _half() private view returns (uint256) {
        uint256 amount = EDGE_REWARDS.potOf(NOW).amount;
        return amount - amount / 2;
    }

    function _refusedRoots(uint256 number, bytes32[] memory digests, IEdgeRewards.Opening[] memory openings) private {
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NotItsRoots.selector, number));
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
    }

    function _refusedProof(uint256 number, bytes32[] memory digests, IEdgeRewards.Opening[] memory openings) private {
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NotComputed.selector, number));
        EDGE_REWARDS.open(NOW, _bob, digests, openings);
    }
}
