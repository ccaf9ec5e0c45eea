// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Keyed} from "./Keyed.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @dev THETA at stake: two validators and a guardian of OWNER's, and three sources that vote for themselves. It is epoch 10.
abstract contract StakingWorld is World, Keyed {
    uint32 internal constant NODE = 1;
    uint32 internal constant OTHER = 2;
    uint32 internal constant GUARDIAN = 3;

    address internal constant OWNER = address(0x07e2);
    address internal constant OPERATOR = address(0x09e2);
    address internal constant OTHER_OPERATOR = address(0x09e3);
    address internal constant GUARDIAN_OPERATOR = address(0x09e4);
    address internal constant REPORTER = address(0x4e904);
    address internal constant HOLDER = address(0x801de2);

    uint256 internal constant SUPPLY = 1_000_000_000e18;
    uint256 internal constant THETAS = 1_000_000e18;
    uint256 internal constant STAKE = 300_000e18;
    uint256 internal constant UNBONDING = 7 days;
    uint32 internal constant NOW = 10;

    function setUp() public virtual override {
        super.setUp();
        plantKeys();
        vm.roll(NOW * EPOCH);
        bytes32 slot = keccak256(abi.encodePacked(HOLDER, uint64(0), uint32(0x87a211a2)));
        vm.store(Predeploys.THETA, slot, bytes32(SUPPLY));
        node(OPERATOR, IStaking.Role.Validator);
        node(OTHER_OPERATOR, IStaking.Role.Validator);
        node(GUARDIAN_OPERATOR, IStaking.Role.Guardian);
        endow(ALICE);
        endow(BOB);
        endow(CAROL);
    }

    function node(address operator, IStaking.Role role) internal returns (uint32 number) {
        vm.prank(operator);
        number = STAKING.register(role, OWNER, 1000);
        vm.prank(OWNER);
        STAKING.acceptOwnership(number);
    }

    /// @dev THETA that is approved, and votes for who has it.
    function endow(address source) internal {
        vm.prank(HOLDER);
        THETA.transfer(source, THETAS);
        vm.prank(source);
        THETA.approve(Predeploys.STAKING, type(uint256).max);
        vm.prank(source);
        THETA.delegate(source);
    }

    function staked(address source, uint32 on, uint256 amount) internal {
        vm.prank(source);
        STAKING.stake(on, amount);
    }

    function unstaked(address source, uint32 on, uint256 amount) internal {
        vm.prank(source);
        STAKING.unstake(on, amount);
    }

    function moved(address source, uint32 from, uint32 to, uint256 amount) internal {
        vm.prank(source);
        STAKING.redelegate(from, to, amount);
    }

    function redeemed(address source, uint32 on) internal returns (uint256) {
        vm.prank(source);
        return STAKING.redeem(on);
    }

    function slashed(uint32 on, uint16 share, uint32 epoch) internal {
        vm.prank(Predeploys.COMMITTEE);
        STAKING.slash(on, share, epoch, address(0), 7);
    }

    function jailed(uint32 on, uint256 until) internal {
        vm.prank(Predeploys.COMMITTEE);
        STAKING.jail(on, uint40(until));
    }

    function rewarded(uint32 on, uint32 epoch, uint256 amount) internal {
        vm.deal(Predeploys.REWARDS, amount);
        vm.prank(Predeploys.REWARDS);
        STAKING.reward{value: amount}(on, epoch);
    }

    function claimed(address source, uint32 on) internal returns (uint256) {
        vm.prank(source);
        return STAKING.claim(on);
    }

    /// @dev The first block of an epoch.
    function enter(uint32 epoch) internal {
        vm.roll(uint256(epoch) * EPOCH);
    }

    function positionOf(address source, uint32 on) internal view returns (uint256) {
        return STAKING.positionOf(on, source).stake;
    }

    function insufficient(uint32 on, address source, uint256 available, uint256 needed)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IStakeBook.InsufficientStake.selector, on, source, available, needed);
    }
}
