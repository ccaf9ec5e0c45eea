// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IProfiles} from "../src/interfaces/IProfiles.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Requirements, RequirementsOf} from "../src/types/Requirements.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract ProfilesTest is MarketWorld {
    using RequirementsOf for Requirements;

    address private constant VOUCHER = address(0x0c);

    function test_only_the_timelock_lists() public {
        address[3] memory callers = [ALICE, Predeploys.GOVERNOR, VOUCHER];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IProfiles.OnlyTimelock.selector, callers[i]);
            vm.expectRevert(refusal);
            vm.prank(callers[i]);
            PROFILES.listVoucher(VOUCHER, true);
            vm.expectRevert(refusal);
            vm.prank(callers[i]);
            PROFILES.listProvider(BOB, true);
        }
    }

    function test_a_vote_lists_and_strikes_off() public {
        bool[2] memory states = [true, false];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectEmit();
            emit IProfiles.VoucherListed(VOUCHER, states[i]);
            _listed(VOUCHER, states[i]);
            holds(PROFILES.isVoucher(VOUCHER) == states[i], "voucher");
            vm.expectEmit();
            emit IProfiles.ProviderListed(BOB, states[i]);
            vm.prank(Predeploys.TIMELOCK);
            PROFILES.listProvider(BOB, states[i]);
            holds(PROFILES.isProvider(BOB) == states[i], "provider");
        }
        holds(!PROFILES.isProvider(VOUCHER) && !PROFILES.isVoucher(BOB), "each as it is listed");
    }

    function test_vouch_refuses_who_is_not_listed_any_more() public {
        bytes memory refusal = abi.encodeWithSelector(IProfiles.OnlyVoucher.selector, VOUCHER);
        vm.expectRevert(refusal);
        _vouched(BOB, 1 << 32);
        _listed(VOUCHER, true);
        _vouched(BOB, 1 << 32);
        _listed(VOUCHER, false);
        vm.expectRevert(refusal);
        _vouched(BOB, 0);
    }

    function test_vouch_refuses_the_lower_attributes() public {
        _listed(VOUCHER, true);
        vm.expectRevert(abi.encodeWithSelector(IProfiles.NotItsAttributes.selector, 1 << 31 | 1));
        _vouched(BOB, 1 << 32 | 1 << 31 | 1);
    }

    function test_declare_says_what_the_caller_is() public {
        vm.expectEmit();
        emit IProfiles.ProfileDeclared(BOB, 276, 5, 24, 0xf00d);
        vm.prank(BOB);
        PROFILES.declare(276, 5, 24, 0xf00d);
        _expect(BOB, 276, 5, 24, 0xf00d);
        _expect(CAROL, 0, 0, 0, 0);
        vm.prank(BOB);
        PROFILES.declare(0, 0, 0, 0);
        _expect(BOB, 0, 0, 0, 0);
    }

    function test_what_was_vouched_for_stays_when_a_worker_declares() public {
        _listed(VOUCHER, true);
        vm.expectEmit();
        emit IProfiles.Vouched(BOB, VOUCHER, 3 << 40);
        _vouched(BOB, 3 << 40);
        vm.expectEmit();
        emit IProfiles.ProfileDeclared(BOB, 1, 2, 3, 3 << 40 | 9);
        vm.prank(BOB);
        PROFILES.declare(1, 2, 3, 9);
        _vouched(BOB, 5 << 50);
        _expect(BOB, 1, 2, 3, 5 << 50 | 9);
        _vouched(BOB, 0);
        _expect(BOB, 1, 2, 3, 9);
    }

    function testFuzz_threat_9_nobody_gives_itself_what_is_vouched_for(uint64 attributes, uint64 vouched) public {
        _listed(VOUCHER, true);
        vouched &= type(uint64).max << 32;
        _vouched(BOB, vouched);
        uint64 upper = attributes & (type(uint64).max << 32);
        if (upper != 0) vm.expectRevert(abi.encodeWithSelector(IProfiles.NotItsAttributes.selector, upper));
        vm.prank(BOB);
        PROFILES.declare(0, 0, 0, attributes);
        eq(PROFILES.profileOf(BOB).attributes, vouched | (upper == 0 ? attributes : 0), "attributes");
    }

    function test_threat_9_a_region_or_a_card_that_is_vouched_for_is_not_the_workers_to_set() public {
        _listed(VOUCHER, true);
        uint256 asked = packed(0, 0, 0, 1 << 63, 0, 0);
        holds(!PROFILES.meets(BOB, asked), "not by itself");
        vm.expectRevert(abi.encodeWithSelector(IProfiles.NotItsAttributes.selector, 1 << 63));
        vm.prank(BOB);
        PROFILES.declare(0, 0, 0, 1 << 63);
        _vouched(BOB, 1 << 63);
        holds(PROFILES.meets(BOB, asked), "by who was there");
    }

    function testFuzz_a_worker_meets_what_it_is_and_no_more(uint256 is_, uint256 asked) public {
        is_ = is_ % 2 ** 112;
        asked = asked % 2 ** 112;
        Requirements own = Requirements.wrap(is_);
        _listed(VOUCHER, true);
        _vouched(BOB, own.attributes() & (type(uint64).max << 32));
        vm.prank(BOB);
        PROFILES.declare(own.region(), own.gpuClass(), own.memoryGib(), own.attributes() & type(uint32).max);
        holds(PROFILES.meets(BOB, is_), "what it is");
        holds(PROFILES.meets(BOB, 0), "nothing");
        Requirements other = Requirements.wrap(asked);
        bool met = (other.region() == 0 || other.region() == own.region()) && other.gpuClass() <= own.gpuClass()
            && other.memoryGib() <= own.memoryGib() && other.attributes() & own.attributes() == other.attributes();
        holds(PROFILES.meets(BOB, asked) == met, "something else");
    }

    function test_stake_counts_whether_it_is_locked_or_not() public {
        holds(!PROFILES.meets(BOB, packed(0, 0, 0, 0, 1, 0)), "no node");
        taken();
        holds(PROFILES.meets(BOB, packed(0, 0, 0, 0, 10_000, 0)), "all of it");
        holds(!PROFILES.meets(BOB, packed(0, 0, 0, 0, 10_001, 0)), "no more");
        holds(!PROFILES.meets(BOB, packed(0, 0, 0, 0, type(uint32).max, 0)), "nor the most");
    }

    function test_a_reputation_is_fees_of_both_markets_less_a_bond_for_each_failure() public {
        eq(PROFILES.reputationOf(BOB), 0, "nobody yet");
        bonded(BOB, 2 * STAKE);
        for (uint256 i = 0; i < 8; ++i) {
            _settledOne(i != 0);
        }
        // Seven fees of a quarter, and a failure.
        eq(PROFILES.reputationOf(BOB), 7 * FEE - 1e18, "of jobs");
        leased(BOB, ITill.Record(2e18, 0, 5, 1));
        eq(PROFILES.reputationOf(BOB), 7 * FEE, "and of leases");
        holds(PROFILES.meets(BOB, packed(0, 0, 0, 0, 0, 1750)), "in thousandths");
        holds(!PROFILES.meets(BOB, packed(0, 0, 0, 0, 0, 1751)), "and no more");
        leased(BOB, ITill.Record(0, 0, 0, 1));
        eq(PROFILES.reputationOf(BOB), 0, "never below zero");
        leased(BOB, ITill.Record(type(uint96).max, 0, 0, type(uint32).max));
        holds(PROFILES.reputationOf(BOB) != 0, "whatever there is of both");
    }

    /// Accounts that deal with each other have of what that costs one thing: fees, which are gone. Splitting them makes nothing of it.
    function testFuzz_threat_8_accounts_that_pay_each_other_gain_no_more_than_their_fees(uint256 size, uint256 raw)
        public
    {
        size = within(size, 2, 6);
        for (uint256 i = 0; i < size; ++i) {
            vm.deal(_member(i), FUNDS);
            bonded(_member(i), 200_000e18);
        }
        uint256 fees;
        for (uint256 i = 0; i < 12; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(raw, i)));
            fees += _dealt(
                _member(seed % size), _member((seed % size + 1 + (seed >> 8) % (size - 1)) % size), seed >> 16
            );
        }
        uint256 sum;
        for (uint256 i = 0; i < size; ++i) {
            sum += PROFILES.reputationOf(_member(i));
        }
        holds(sum <= fees, "no more than they paid");
        uint256 before = MARKET.escrowed() + MARKET.credited();
        eq(address(MARKET).balance - before, fees, "and that is not theirs any more");
    }

    function testFuzz_requirements_are_read_as_they_are_packed(
        uint16 region,
        uint16 gpuClass,
        uint16 memoryGib,
        uint64 attributes,
        uint32 stake,
        uint32 fees
    ) public pure {
        Requirements asked = Requirements.wrap(packed(region, gpuClass, memoryGib, attributes, stake, fees));
        eq(asked.region(), region, "region");
        eq(asked.gpuClass(), gpuClass, "card");
        eq(asked.memoryGib(), memoryGib, "memory");
        eq(asked.attributes(), attributes, "attributes");
        eq(asked.stake(), uint256(stake) * 1e18, "stake");
        eq(asked.reputation(), uint256(fees) * 1e15, "reputation");
        holds(asked.isKnown(), "known");
        holds(!Requirements.wrap(Requirements.unwrap(asked) | 1 << 176).isKnown(), "a bit more");
        holds(!Requirements.wrap(Requirements.unwrap(asked) | 1 << 255).isKnown(), "or the last");
    }

    /// @dev One deal, of which a seed says the price and the end: what fees it left.
    function _dealt(address requester, address worker, uint256 seed) private returns (uint256 fee) {
        uint128 price = uint128(within(seed >> 8, 1e9, 5000e18));
        uint256 order = posted(requester, price, umpired(1));
        takes(worker, order);
        if (seed % 4 == 0) {
            vm.warp(block.timestamp + WORK_SECONDS + 1);
            forfeits(order);
            return 0;
        }
        accepts(requester, order, ids(order));
        return MARKET.feeFor(price);
    }

    function _settledOne(bool right) private {
        uint256 order = posted(ALICE, PRICE);
        takes(BOB, order);
        settles(BOB, order, right ? answerTo(INPUT) : bytes(""));
    }

    function _member(uint256 i) private pure returns (address) {
        return address(uint160(0xc0de00 + i));
    }

    function _listed(address voucher, bool listed) private {
        vm.prank(Predeploys.TIMELOCK);
        PROFILES.listVoucher(voucher, listed);
    }

    function _vouched(address worker, uint64 attributes) private {
        vm.prank(VOUCHER);
        PROFILES.vouch(worker, attributes);
    }

    function _expect(address worker, uint256 region, uint256 gpuClass, uint256 memoryGib, uint256 attributes)
        private
        view
    {
        IProfiles.Profile memory profile = PROFILES.profileOf(worker);
        eq(profile.region, region, "region");
        eq(profile.gpuClass, gpuClass, "card");
        eq(profile.memoryGib, memoryGib, "memory");
        eq(profile.attributes, attributes, "attributes");
    }
}
