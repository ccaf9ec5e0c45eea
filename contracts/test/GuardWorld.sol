// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Bls} from "../src/bls/Bls.sol";
import {Checkpoints} from "../src/checkpoint/Checkpoints.sol";
import {Committee} from "../src/staking/Committee.sol";
import {identityFrom} from "./Curve.sol";
import {EdgeRewards} from "../src/rewards/EdgeRewards.sol";
import {Emission} from "../src/rewards/Emission.sol";
import {Epochs} from "../src/staking/Epochs.sol";
import {IEpochs} from "../src/interfaces/IEpochs.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {KeyRegistry} from "../src/bls/KeyRegistry.sol";
import {Parameters} from "../src/governance/Parameters.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Rewards} from "../src/rewards/Rewards.sol";
import {Signatures} from "./mocks/Signatures.sol";
import {Staking} from "../src/staking/Staking.sol";
import {Theta} from "../src/token/Theta.sol";
import {eq, vm} from "./Vm.sol";

/// @dev A chain of short epochs with four validators and four guardians, in force from `EPOCH` on; everything but the BLS precompile is
/// real. Only the blocks that matter are begun, a second for each block.
abstract contract GuardWorld {
    Checkpoints internal constant CHECKPOINTS = Checkpoints(Predeploys.CHECKPOINTS);
    Committee internal constant COMMITTEE = Committee(Predeploys.COMMITTEE);
    EdgeRewards internal constant EDGE_REWARDS = EdgeRewards(Predeploys.EDGE_REWARDS);
    Emission internal constant EMISSION = Emission(Predeploys.EMISSION);
    Epochs internal constant EPOCHS = Epochs(Predeploys.EPOCHS);
    KeyRegistry internal constant KEYS = KeyRegistry(Predeploys.KEY_REGISTRY);
    Parameters internal constant PARAMETERS = Parameters(Predeploys.PARAMETERS);
    Rewards internal constant REWARDS = Rewards(payable(Predeploys.REWARDS));
    Staking internal constant STAKING = Staking(Predeploys.STAKING);
    Theta internal constant THETA = Theta(Predeploys.THETA);

    address internal constant ALICE = address(0xa11ce);
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant RESERVE = 45_000_000_000e18;
    uint64 internal constant LENGTH = 500;
    uint64 internal constant INTERVAL = 100;
    /// @dev The first with a committee and guardians, and its first checkpoint.
    uint32 internal constant EPOCH = 2;
    uint64 internal constant FIRST = EPOCH * LENGTH + 1;
    /// @dev Of all stake, {0, 2, 3} have exactly two thirds, {0, 1} a gwei more, and 3 a fortieth.
    uint256[4] internal STAKES = [20_000e18 + 1 gwei, 20_000e18, 18_500e18 - 1 gwei, 1500e18];
    uint256 internal constant GUARDED = 60_000e9;
    uint256 internal constant VALIDATED = 1_000_000e9;
    bytes internal constant TWO_THIRDS = hex"0d";
    bytes internal constant MORE = hex"03";
    bytes internal constant ALL = hex"0f";
    /// @dev EIP-2935's.
    bytes private constant HISTORY =
        hex"3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

    mapping(uint64 height => bytes) internal signersAt;

    function setUp() public virtual {
        plant();
        join();
        start();
    }

    function plant() internal {
        vm.etch(Predeploys.BLS, address(new Signatures()).code);
        vm.etch(Predeploys.HISTORY_STORAGE, HISTORY);
        vm.etch(Predeploys.CHECKPOINTS, address(new Checkpoints()).code);
        vm.etch(Predeploys.COMMITTEE, address(new Committee()).code);
        vm.etch(Predeploys.EMISSION, address(new Emission()).code);
        vm.etch(Predeploys.EPOCHS, address(new Epochs()).code);
        vm.etch(Predeploys.KEY_REGISTRY, address(new KeyRegistry()).code);
        vm.etch(Predeploys.PARAMETERS, address(new Parameters()).code);
        vm.etch(Predeploys.REWARDS, address(new Rewards()).code);
        vm.etch(Predeploys.EDGE_REWARDS, address(new EdgeRewards()).code);
        vm.etch(Predeploys.STAKING, address(new Staking()).code);
        vm.etch(Predeploys.THETA, address(new Theta()).code);
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(LENGTH)));
        vm.deal(Predeploys.EMISSION, RESERVE);
        bytes32 slot = keccak256(abi.encodePacked(ALICE, uint64(0), uint32(0x87a211a2)));
        vm.store(Predeploys.THETA, slot, bytes32(THETA.SUPPLY()));
        begun(1, 0, 0);
    }

    function join() internal virtual {
        for (uint256 i = 0; i < 4; ++i) {
            validates(validator(i), i % 2 == 0 ? 200_000e18 : 300_000e18);
        }
        for (uint256 i = 0; i < 4; ++i) {
            guards(guardian(i), STAKES[i]);
        }
    }

    /// @dev To the first block of `EPOCH`, with a block for each sixteen guardians.
    function start() internal {
        begun(LENGTH, 0, 0);
        for (uint64 height = LENGTH + 1; height < LENGTH + 24; ++height) {
            begun(height, 0, 0);
        }
        begun(EPOCH * LENGTH, 0, 0);
        eq(COMMITTEE.seatsOf(EPOCH).length, 4, "seats");
    }

    function validator(uint256 i) internal pure returns (address) {
        return address(uint160(0xa1d0000 + i));
    }

    function guardian(uint256 i) internal pure returns (address) {
        return address(uint160(0x90a0000 + i));
    }

    /// @dev In the order of their operators.
    function identityOf(address operator) internal pure returns (bytes32) {
        return identityFrom(bytes32(bytes20(operator)));
    }

    function publicKeyOf(address operator) internal pure returns (bytes memory) {
        return abi.encodePacked(bytes28(keccak256(abi.encode(operator))), operator);
    }

    function keyOf(address operator) internal pure returns (bytes32) {
        return keccak256(publicKeyOf(operator));
    }

    function validates(address operator, uint256 amount) internal returns (uint32 node) {
        node = joined(IStaking.Role.Validator, operator, amount);
        vm.prank(operator);
        COMMITTEE.enter(node, identityOf(operator), publicKeyOf(operator), operator);
    }

    function guards(address operator, uint256 amount) internal returns (uint32 node) {
        node = joined(IStaking.Role.Guardian, operator, amount);
        vm.prank(operator);
        STAKING.setKey(node, keyOf(operator));
    }

    function joined(IStaking.Role role, address operator, uint256 amount) internal returns (uint32 node) {
        vm.prank(operator);
        node = STAKING.register(role, operator, 1000);
        vm.prank(operator);
        KEYS.register(publicKeyOf(operator), "", "");
        staked(operator, node, amount);
    }

    function staked(address source, uint32 node, uint256 amount) internal {
        vm.prank(ALICE);
        THETA.transfer(source, amount);
        vm.prank(source);
        THETA.approve(Predeploys.STAKING, amount);
        vm.prank(source);
        STAKING.stake(node, amount);
    }

    function nodeOf(address operator) internal view returns (uint32) {
        return STAKING.nodeOf(operator);
    }

    /// @dev Begins a block that carries `count` certificates of its epoch with these seats.
    function begun(uint64 height, uint256 count, uint32 seats) internal {
        vm.roll(height);
        vm.warp(START + height);
        vm.prevrandao(keccak256(abi.encode("mix", height)));
        IEpochs.Included[] memory certificates = new IEpochs.Included[](count);
        for (uint256 i = 0; i < count; ++i) {
            certificates[i] = IEpochs.Included(EPOCHS.current(), seats);
        }
        vm.prank(Predeploys.SYSTEM);
        EPOCHS.begin(certificates);
    }

    function hashOf(uint64 height) internal pure returns (bytes32) {
        return keccak256(abi.encode("block", height));
    }

    /// @dev The block after `height`, as far as the history is concerned.
    function past(uint64 height) internal {
        vm.roll(height + 1);
        vm.warp(START + height + 1);
        vm.prank(Predeploys.SYSTEM);
        (bool kept,) = Predeploys.HISTORY_STORAGE.call(abi.encode(hashOf(height)));
        eq(kept ? 1 : 0, 1, "history");
    }

    function messageOf(uint64 height) internal view returns (bytes memory) {
        (uint64 snapshot,) = STAKING.guardiansOf(uint32(height / LENGTH));
        return Bls.message(setOfGuardians(), snapshot, CHECKPOINTS.payloadOf(height, hashOf(height)));
    }

    function setOfGuardians() internal view returns (bytes32) {
        return KEYS.setOf(Predeploys.STAKING, STAKING.GUARDIANS());
    }

    function signatureOf(uint64 height, bytes memory signers) internal view returns (bytes memory) {
        return Signatures(Predeploys.BLS).sign(messageOf(height), signers);
    }

    function submitted(address by, uint64 height, bytes memory signers) internal {
        bytes memory signature = signatureOf(height, signers);
        vm.prank(by);
        CHECKPOINTS.submit(height, hashOf(height), signers, signature);
        signersAt[height] = signers;
    }

    function extended(address by, uint64 height, bytes memory before, bytes memory signers) internal {
        bytes memory signature = signatureOf(height, signers);
        vm.prank(by);
        CHECKPOINTS.extend(hashOf(height), before, signers, signature);
        signersAt[height] = signers;
    }

    /// @dev A checkpoint's block, with two certificates of these seats, and these guardians' certificate in the next; none for none.
    function guarded(uint64 height, uint32 seats, bytes memory signers) internal {
        begun(height, 2, seats);
        past(height);
        if (signers.length != 0) submitted(ALICE, height, signers);
    }

    /// @dev All checkpoints of an epoch by everybody.
    function lived(uint32 epoch) internal {
        if (epoch != EPOCH) begun(epoch * LENGTH, 0, 0);
        for (uint64 i = 0; i < LENGTH / INTERVAL; ++i) {
            guarded(epoch * LENGTH + 1 + i * INTERVAL, 0x0f, ALL);
        }
    }

    /// @dev To the first block at which an epoch is judged.
    function judged(uint32 epoch) internal {
        begun((epoch + 1) * LENGTH, 0, 0);
        begun((epoch + 2) * LENGTH, 0, 0);
    }

    /// @dev The checkpoints that an epoch's samples name.
    function samplesOf(uint32 epoch) internal view returns (IRewards.Sample[] memory samples) {
        uint64[] memory heights = REWARDS.samplesOf(epoch);
        samples = new IRewards.Sample[](heights.length);
        for (uint256 i = 0; i < heights.length; ++i) {
            samples[i] = IRewards.Sample(hashOf(heights[i]), signersAt[heights[i]]);
        }
    }

    /// @dev In how many samples of an epoch a guardian is.
    function presenceOf(uint32 epoch, uint256 place) internal view returns (uint256 present) {
        IRewards.Sample[] memory samples = samplesOf(epoch);
        for (uint256 i = 0; i < samples.length; ++i) {
            bytes memory bitmap = samples[i].signers;
            if (bitmap.length != 0) present += (uint8(bitmap[place / 8]) >> (place % 8)) & 1;
        }
    }

    /// @dev Guardians from number `from` on, as they are asked to be paid.
    function presences(uint256 from, uint256 count) internal pure returns (IRewards.Presence[] memory all) {
        all = new IRewards.Presence[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = IRewards.Presence(keyOf(guardian(from + i)), from + i);
        }
    }

    function voted(IParameters.Parameter parameter, uint256 value) internal {
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(parameter, value);
    }
}
