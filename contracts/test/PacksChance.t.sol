// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPacks} from "../src/interfaces/IPacks.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What is drawn is fair, and whoever proposes the block that draws gains nothing by leaving it out. Seeds are fixed: these tests end the same
/// each time, and their bounds are such that a fair draw fails once in some ten thousand seeds.
contract PacksChanceTest is PacksWorld {
    uint256 private constant TRIALS = 600;

    /// Of a hundred tokens in four tiers, six hundred mixes draw each tier as often as there are tokens of it.
    function test_every_token_is_as_likely_as_any_other() public {
        vm.pauseGasMetering();
        uint32[] memory tiers = new uint32[](4);
        (tiers[0], tiers[1], tiers[2], tiers[3]) = (1, 9, 30, 60);
        uint256 sale = packed(prints, 1, tiers);
        uint256[4] memory found;
        buys(ALICE, sale, 1);
        for (uint256 i = 0; i < TRIALS; ++i) {
            ++found[_firstTier(sale, keccak256(abi.encode("fair", i)))];
        }
        // Σ (found - expected)² / expected, three degrees of freedom: above 21.1 once in 10,000.
        uint256 chi;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 expected = TRIALS * tiers[i] / 100;
            uint256 off = found[i] > expected ? found[i] - expected : expected - found[i];
            chi += off * off * 1000 / expected;
        }
        holds(chi < 21_100, "chi-square");
        holds(found[0] != 0, "even the rarest");
    }

    /// Each of ten packs has the one rare token as often as any other: it makes no difference whether one buys early or late.
    function test_no_pack_is_luckier_than_another() public {
        vm.pauseGasMetering();
        uint256 sale = packed(prints, 2, tiersOf(1, 19));
        buys(ALICE, sale, 10);
        uint256[10] memory found;
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; i < TRIALS; ++i) {
            records(sale, keccak256(abi.encode("lucky", i)));
            PACKS.reveal(sale, secretOf(sale, 0));
            uint256 pack;
            for ((, uint256[16] memory left) = PACKS.tiersOf(sale); left[0] != 0; ++pack) {
                PACKS.openNext(sale, 1);
                (, left) = PACKS.tiersOf(sale);
            }
            ++found[pack - 1];
            vm.revertToState(state);
        }
        // Nine degrees of freedom: above 33.7 once in 10,000.
        uint256 chi;
        for (uint256 i = 0; i < 10; ++i) {
            uint256 off = found[i] > TRIALS / 10 ? found[i] - TRIALS / 10 : TRIALS / 10 - found[i];
            chi += off * off * 1000 / (TRIALS / 10);
        }
        holds(chi < 33_700, "chi-square");
    }

    /// The pack has the rare token or the common one, as likely as not. Its buyer proposes the block that draws it, and could leave it out: then the next
    /// proposer's mix draws. It knows both, and all that is public. So it takes the one that would be better if the secret were one of those that it
    /// can think of: it wins as often as if it took any. Who knew the secret would win three times of four, and this test would fail.
    function test_threat_4_who_proposes_the_block_that_draws_gains_nothing_by_leaving_it_out() public {
        vm.pauseGasMetering();
        uint256 blind;
        uint256 informed;
        for (uint256 i = 0; i < TRIALS; ++i) {
            uint256 state = vm.snapshotState();
            // Other secrets in each trial, as of other sales.
            bytes32 secret = keccak256(abi.encode("of a trial", i));
            IPacks.Terms memory its = termsOf(prints, 1, tiersOf(1, 1));
            its.commitment = keccak256(abi.encode(secret));
            uint256 sale = packed(its, tiersOf(1, 1), list(year(PRICE)));
            buys(ALICE, sale, 1);
            bytes32[2] memory mixes = [keccak256(abi.encode("own", i)), keccak256(abi.encode("next", i))];
            bool[2] memory wins = [_wins(sale, mixes[0], secret), _wins(sale, mixes[1], secret)];
            bool guess = _guess(sale, mixes[0], PACKS.saleOf(sale).tip);
            // It leaves out its own where it seems to lose.
            if (wins[guess ? 0 : 1]) ++blind;
            if (wins[0] || wins[1]) ++informed;
            vm.revertToStateAndDelete(state);
        }
        // Half of 600, four times the standard deviation of 12.2; and three quarters, four times that of 10.6.
        holds(blind > 251 && blind < 349, "no better than chance");
        holds(informed > 407 && informed < 493, "with the secret it would be");
    }

    /// What it would win by a mix if the secret were this one, by what the interface says.
    function _guess(uint256 sale, bytes32 mix, bytes32 secret) private view returns (bool) {
        bytes32 purpose = keccak256(abi.encode(sale, uint256(0), secret));
        uint256 height = PACKS.progressOf(sale).height;
        bytes32 seed = keccak256(abi.encode(block.chainid, Predeploys.PACKS, purpose, height, mix));
        seed = keccak256(abi.encode(seed, uint256(0)));
        return uint256(keccak256(abi.encode(seed, uint256(0)))) % 2 == 0;
    }

    function _wins(uint256 sale, bytes32 mix, bytes32 secret) private returns (bool won) {
        uint256 state = vm.snapshotState();
        records(sale, mix);
        PACKS.reveal(sale, secret);
        PACKS.openNext(sale, 1);
        won = copiesOf(ALICE, SPLIT) == 1;
        vm.revertToStateAndDelete(state);
        // The guess is right of whoever knows the secret: nothing else goes into it.
        eq(won ? 1 : 0, _guess(sale, mix, secret) ? 1 : 0, "as the interface says");
    }

    function _firstTier(uint256 sale, bytes32 mix) private returns (uint256 tier) {
        uint256 state = vm.snapshotState();
        records(sale, mix);
        PACKS.reveal(sale, secretOf(sale, 0));
        PACKS.openNext(sale, 1);
        while (copiesOf(ALICE, SPLIT + tier) == 0) ++tier;
        vm.revertToStateAndDelete(state);
    }
}
