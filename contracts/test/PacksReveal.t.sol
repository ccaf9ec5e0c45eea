// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Hoarder} from "./mocks/Hoarder.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IPacks} from "../src/interfaces/IPacks.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Progress} from "../src/types/Progress.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev How a round gets its seed: by a secret that was committed to and a mix that nobody knew.
contract PacksRevealTest is PacksWorld {
    uint256 private _sale;

    function setUp() public override {
        super.setUp();
        _sale = packed(looms, 2, tiersOf(10, 30));
    }

    function test_a_round_that_is_revealed_has_a_seed_and_its_money_is_the_payees() public {
        buys(ALICE, _sale, 3);
        buys(BOB, _sale, 1);
        records(_sale);
        uint256 height = HEIGHT + ROUND_BLOCKS + DELAY - 1;
        bytes32 secret = secretOf(_sale, 0);
        bytes32 seed = _seedBy(height, 0, secret);
        vm.expectEmit();
        emit IPacks.RoundRevealed(_sale, 0, secret, height, seed, 4 * PRICE, 4 * PRICE / 100);
        vm.prank(CAROL);
        PACKS.reveal(_sale, secret);
        eq(STUDIO.balance, 4 * PRICE * 99 / 100, "paid");
        eq(PACKS.duesIn(address(0)), 4 * PRICE / 100, "fee");
        eq(PACKS.saleOf(_sale).escrow, 0, "nothing is kept");
        eq(PACKS.saleOf(_sale).tip, secret, "tip");
        Progress memory so = PACKS.progressOf(_sale);
        eq(so.settled, 4, "settled");
        eq(so.revealed, 1, "revealed");
        eq(so.height, block.number + DELAY, "sells again");
        for (uint256 pack = 0; pack < 4; ++pack) {
            eq(PACKS.seedOf(_sale, pack), keccak256(abi.encode(seed, pack)), "a pack's");
        }
    }

    /// There is nobody here for the part of edge nodes: all is burned.
    function test_fees_are_passed_on() public {
        buys(ALICE, _sale, 3);
        reveals(_sale);
        bytes memory call = abi.encodeCall(IParameters.valueOf, (IParameters.Parameter.BurnShare));
        vm.mockCall(Predeploys.PARAMETERS, call, abi.encode(2500));
        PACKS.passOn(address(0));
        eq(Predeploys.BURN.balance, 3 * PRICE / 100, "burned");
        eq(PACKS.duesIn(address(0)), 0, "none is left");
        eq(address(PACKS).balance, 20 * SHARE, "no money of others went with them");
    }

    function test_a_pack_has_no_seed_before_its_round_is_revealed() public {
        buys(ALICE, _sale, 1);
        reveals(_sale);
        resumes(_sale);
        buys(ALICE, _sale, 1);
        PACKS.seedOf(_sale, 0);
        vm.expectRevert(abi.encodeWithSelector(IPacks.SecretMissing.selector, _sale, 1));
        PACKS.seedOf(_sale, 1);
        vm.expectRevert(abi.encodeWithSelector(IPacks.NoSuchPack.selector, _sale, 2));
        PACKS.seedOf(_sale, 2);
    }

    function test_nothing_is_revealed_before_the_mix_is_there_and_recorded() public {
        buys(ALICE, _sale, 1);
        uint256 height = HEIGHT + ROUND_BLOCKS + DELAY - 1;
        bytes32 secret = secretOf(_sale, 0);
        // Not even in the block itself, whose proposer would have seen it before.
        uint256[3] memory early = [HEIGHT, height - 1, height];
        for (uint256 i = 0; i < early.length; ++i) {
            vm.roll(early[i]);
            vm.expectRevert(abi.encodeWithSelector(IPacks.TooEarly.selector, _sale, height));
            PACKS.reveal(_sale, secret);
        }
        vm.roll(height + 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotRecorded.selector, height));
        PACKS.reveal(_sale, secret);
        records(_sale);
        PACKS.reveal(_sale, secret);
    }

    function test_only_the_secret_that_was_committed_to_is_taken() public {
        rollToRound(_sale, 5);
        buys(ALICE, _sale, 1);
        records(_sale);
        uint256[3] memory others = [uint256(4), 6, 0];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes32 other = secretOf(_sale, others[i]);
            vm.expectRevert(abi.encodeWithSelector(IPacks.WrongSecret.selector, _sale, 5));
            PACKS.reveal(_sale, other);
        }
        bytes32 commitment = PACKS.saleOf(_sale).tip;
        vm.expectRevert(abi.encodeWithSelector(IPacks.WrongSecret.selector, _sale, 5));
        PACKS.reveal(_sale, commitment);
        PACKS.reveal(_sale, secretOf(_sale, 5));
        eq(PACKS.progressOf(_sale).revealed, 6, "those before with it");
    }

    /// Between rounds in which something is sold there may be as many as the sale has.
    function testFuzz_rounds_without_a_sale_need_no_secret(uint256 seed) public {
        uint256 round;
        for (uint256 sold = 0; sold < 20; ++sold) {
            round += within(uint256(keccak256(abi.encode(seed, sold))), sold == 0 ? 0 : 1, 4);
            if (round >= ROUNDS) break;
            rollToRound(_sale, round);
            vm.roll(block.number + 2 * DELAY + 1);
            buys(ALICE, _sale, 1);
            records(_sale);
            bytes32 secret = secretOf(_sale, round);
            PACKS.reveal(_sale, secret);
            eq(PACKS.saleOf(_sale).tip, secret, "tip");
            eq(PACKS.progressOf(_sale).revealed, round + 1, "revealed");
            eq(
                PACKS.seedOf(_sale, sold),
                keccak256(abi.encode(_seedBy(HEIGHT + (round + 1) * ROUND_BLOCKS + DELAY - 1, round, secret), sold)),
                "seed"
            );
        }
    }

    function test_five_hundred_rounds_without_a_sale_need_no_secret() public {
        IPacks.Terms memory its = termsOf(looms, 1, tiersOf(2));
        its.rounds = 512;
        its.commitment = hashed("last", 512);
        uint256 sale = packed(its, tiersOf(2), list(year(PRICE)));
        rollToRound(sale, 511);
        buys(ALICE, sale, 1);
        records(sale);
        PACKS.reveal(sale, "last");
        eq(PACKS.progressOf(sale).settled, 1, "settled");
    }

    function test_where_nothing_waits_nothing_is_revealed() public {
        bytes memory nothing = abi.encodeWithSelector(IPacks.NothingToReveal.selector, _sale);
        bytes32 secret = secretOf(_sale, 0);
        vm.expectRevert(nothing);
        PACKS.reveal(_sale, secret);
        vm.expectRevert(nothing);
        PACKS.redraw(_sale);
        vm.expectRevert(nothing);
        PACKS.void(_sale);
        buys(ALICE, _sale, 1);
        reveals(_sale);
        vm.expectRevert(nothing);
        PACKS.reveal(_sale, secret);
    }

    function test_a_secret_is_revealed_in_its_time_or_never() public {
        buys(ALICE, _sale, 1);
        records(_sale);
        uint256 until = PACKS.progressOf(_sale).height + REVEAL_BLOCKS;
        bytes32 secret = secretOf(_sale, 0);
        vm.roll(until + 1);
        vm.expectRevert(abi.encodeWithSelector(IPacks.TooLate.selector, _sale, until));
        PACKS.reveal(_sale, secret);
        vm.expectRevert(abi.encodeWithSelector(IPacks.TooLate.selector, _sale, until));
        PACKS.redraw(_sale);
        vm.roll(until);
        PACKS.reveal(_sale, secret);
        eq(PACKS.REVEAL_BLOCKS(), REVEAL_BLOCKS, "twelve hours of a fifth of a second");
    }

    function test_a_payee_that_takes_no_money_is_credited() public {
        Hoarder payee = new Hoarder();
        payee.plan(Hoarder.Mood.Refuse, 0);
        IPacks.Terms memory its = termsOf(looms, 1, tiersOf(2));
        its.payee = address(payee);
        uint256 sale = packed(its, tiersOf(2), list(year(PRICE)));
        buys(ALICE, sale, 1);
        reveals(sale);
        eq(PACKS.creditOf(address(payee)), PRICE * 99 / 100, "credited");
    }

    function test_a_mix_that_nobody_recorded_in_time_is_drawn_anew() public {
        buys(ALICE, _sale, 1);
        uint256 lost = PACKS.progressOf(_sale).height;
        vm.roll(lost + HEADERS);
        vm.expectRevert(abi.encodeWithSelector(IPacks.TooEarly.selector, _sale, lost + HEADERS));
        PACKS.redraw(_sale);
        vm.roll(lost + HEADERS + 1);
        uint256 height = block.number + DELAY;
        vm.expectEmit();
        emit IPacks.RoundRedrawn(_sale, 0, height);
        vm.prank(BOB);
        PACKS.redraw(_sale);
        eq(PACKS.progressOf(_sale).height, height, "another");
        bytes32 secret = secretOf(_sale, 0);
        vm.expectRevert(abi.encodeWithSelector(IPacks.TooEarly.selector, _sale, height));
        PACKS.reveal(_sale, secret);
        vm.expectRevert(abi.encodeWithSelector(IPacks.TooEarly.selector, _sale, height + HEADERS));
        PACKS.redraw(_sale);
        records(_sale, "another mix");
        PACKS.reveal(_sale, secret);
        bytes32 seed = keccak256(
            abi.encode(
                block.chainid,
                Predeploys.PACKS,
                keccak256(abi.encode(_sale, uint256(0), secret)),
                height,
                bytes32("another mix")
            )
        );
        eq(PACKS.seedOf(_sale, 0), keccak256(abi.encode(seed, uint256(0))), "seed");
    }

    function test_a_mix_that_anybody_recorded_is_never_drawn_anew() public {
        buys(ALICE, _sale, 1);
        records(_sale);
        uint256 height = PACKS.progressOf(_sale).height;
        vm.roll(height + HEADERS + 1);
        vm.expectRevert(abi.encodeWithSelector(IPacks.NotLost.selector, _sale, height));
        PACKS.redraw(_sale);
    }

    /// What the beacon takes as long as nothing is drawn anew it takes no more from then on.
    function test_a_mix_can_be_recorded_until_it_is_drawn_anew() public {
        buys(ALICE, _sale, 1);
        uint256 height = PACKS.progressOf(_sale).height;
        bytes memory header = _headerOf(height);
        vm.mockCall(Predeploys.HISTORY_STORAGE, abi.encode(height), abi.encode(keccak256(header)));
        vm.roll(height + HEADERS);
        BEACON.record(header);
        vm.roll(height + HEADERS + 1);
        PACKS.reveal(_sale, secretOf(_sale, 0));
    }

    /// With little gas the beacon's answer cannot be made to look as if there were none.
    function testFuzz_little_gas_draws_nothing_anew(uint256 gas_) public {
        buys(ALICE, _sale, 1);
        records(_sale);
        vm.roll(PACKS.progressOf(_sale).height + HEADERS + 1);
        gas_ = within(gas_, 1000, 200_000);
        (bool done,) = address(PACKS).call{gas: gas_}(abi.encodeCall(PACKS.redraw, (_sale)));
        holds(!done, "refused");
    }

    function _seedBy(uint256 height, uint256 round, bytes32 secret) private view returns (bytes32) {
        bytes32 purpose = keccak256(abi.encode(_sale, round, secret));
        return keccak256(abi.encode(block.chainid, Predeploys.PACKS, purpose, height, mixOf(height)));
    }

    function _headerOf(uint256 height) private pure returns (bytes memory) {
        bytes[] memory fields = new bytes[](21);
        for (uint256 i = 0; i < fields.length; ++i) {
            fields[i] = RLP.encode(i == 8 ? height : i);
        }
        fields[13] = RLP.encode(mixOf(height));
        return RLP.encode(fields);
    }
}
