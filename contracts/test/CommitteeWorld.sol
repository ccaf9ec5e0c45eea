// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Committee} from "../src/staking/Committee.sol";
import {identityFrom} from "./Curve.sol";
import {Epochs} from "../src/staking/Epochs.sol";
import {G1, G1Sum} from "../src/types/G1.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IEpochs} from "../src/interfaces/IEpochs.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {KeyRegistry} from "../src/bls/KeyRegistry.sol";
import {Parameters} from "../src/governance/Parameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Releases} from "./mocks/Releases.sol";
import {Staking} from "../src/staking/Staking.sol";
import {Theta} from "../src/token/Theta.sol";
import {vm} from "./Vm.sol";

/// @dev Candidates and epochs with the real stakes, keys and parameters where genesis puts them. Only the precompile and the
/// rewards are mocked: every proof of a key verifies, and releases are counted.
abstract contract CommitteeWorld {
    using G1Sum for G1;

    Committee internal constant COMMITTEE = Committee(Predeploys.COMMITTEE);
    Epochs internal constant EPOCHS = Epochs(Predeploys.EPOCHS);
    Staking internal constant STAKING = Staking(Predeploys.STAKING);
    KeyRegistry internal constant KEYS = KeyRegistry(Predeploys.KEY_REGISTRY);
    Parameters internal constant PARAMETERS = Parameters(Predeploys.PARAMETERS);
    Releases internal constant RELEASES = Releases(Predeploys.REWARDS);
    Theta internal constant THETA = Theta(Predeploys.THETA);

    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant BENEFICIARY = address(0xbe4ef1c1a27);
    /// @dev Has all THETA and gives it to who stakes.
    address internal constant HOLDER = address(0x401de2);
    uint256 internal constant START = 1_800_000_000;
    uint64 internal constant LENGTH = 50;
    uint256 internal constant MIN = 200_000e18;
    uint256 internal constant BLOCK_GAS = 30_000_000;

    /// @dev The group's generator: the multiples of it are as good as keys.
    bytes32 private constant G_A = 0x17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58;
    bytes32 private constant G_B = 0x6c55e83ff97a1aeffb3af00adb22c6bb08b3f481e3aaa0f1a09e30ed741d8ae4;
    bytes32 private constant G_C = 0xfcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1;

    G1 private _point;
    uint256 private _registered;

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(1);
        vm.etch(Predeploys.COMMITTEE, address(new Committee()).code);
        vm.etch(Predeploys.EPOCHS, address(new Epochs()).code);
        vm.etch(Predeploys.STAKING, address(new Staking()).code);
        vm.etch(Predeploys.KEY_REGISTRY, address(new KeyRegistry()).code);
        vm.etch(Predeploys.PARAMETERS, address(new Parameters()).code);
        vm.etch(Predeploys.REWARDS, address(new Releases()).code);
        vm.etch(Predeploys.THETA, address(new Theta()).code);
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(LENGTH)));
        bytes32 balance = keccak256(abi.encodePacked(HOLDER, uint64(0), uint32(0x87a211a2)));
        vm.store(Predeploys.THETA, balance, bytes32(THETA.SUPPLY()));
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.verifyPossession.selector), abi.encode(true));
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.verify.selector), abi.encode(true));
    }

    function operatorAt(uint256 number) internal pure returns (address) {
        return address(uint160(0x0be2a702000000 + number));
    }

    function ownerAt(uint256 number) internal pure returns (address) {
        return address(uint160(0x03e2000000 + number));
    }

    function identityAt(uint256 number) internal pure returns (bytes32) {
        return identityFrom(keccak256(abi.encode("identity", number)));
    }

    /// @dev A node of its own operator and owner, the number of both being its own.
    function validator(uint256 stake) internal returns (uint32 node) {
        return nodeOf(IStaking.Role.Validator, ownerAt(STAKING.nodeCount() + 1), stake);
    }

    function nodeOf(IStaking.Role role, address owner, uint256 stake) internal returns (uint32 node) {
        vm.prank(operatorAt(STAKING.nodeCount() + 1));
        node = STAKING.register(role, owner, 0);
        vm.prank(owner);
        STAKING.acceptOwnership(node);
        if (stake != 0) staked(node, stake);
    }

    function staked(uint32 node, uint256 amount) internal {
        address owner = STAKING.describe(node).owner;
        vm.prank(HOLDER);
        THETA.transfer(owner, amount);
        vm.prank(owner);
        THETA.approve(Predeploys.STAKING, amount);
        vm.prank(owner);
        STAKING.stake(node, amount);
    }

    /// @dev A key for whoever runs the node.
    function keyFor(address operator) internal returns (bytes memory publicKey) {
        G1 memory generator = G1(G_A, G_B, G_C);
        G1 memory point = _registered == 0 ? generator : _point.add(generator);
        _point = point;
        publicKey = bytes.concat(bytes16(uint128(++_registered)), keccak256(abi.encode(_registered)));
        registered(operator, publicKey);
    }

    /// @dev At the newest point.
    function registered(address operator, bytes memory publicKey) internal {
        bytes memory asked = abi.encodeCall(IBls.decompress, (publicKey));
        vm.mockCall(Predeploys.BLS, asked, abi.encode(abi.encodePacked(_point.a, _point.b, _point.c)));
        vm.prank(operator);
        KEYS.register(publicKey, "", "");
    }

    function candidate(uint256 stake) internal returns (uint32 node) {
        node = validator(stake);
        entered(node);
    }

    function candidateOf(address owner, uint256 stake) internal returns (uint32 node) {
        node = nodeOf(IStaking.Role.Validator, owner, stake);
        entered(node);
    }

    /// @dev Candidates of the least stake and a THETA more each than the one before.
    function candidates(uint256 count) internal returns (uint32[] memory nodes) {
        nodes = new uint32[](count);
        for (uint256 i = 0; i < count; ++i) {
            nodes[i] = candidate(MIN + i * 1e18);
        }
    }

    function entered(uint32 node) internal {
        bytes memory key = keyFor(operatorAt(node));
        vm.prank(operatorAt(node));
        COMMITTEE.enter(node, identityAt(node), key, BENEFICIARY);
    }

    /// @dev Begins a block with no certificates.
    function begin() internal {
        begin(new IEpochs.Included[](0));
    }

    function begin(IEpochs.Included[] memory certificates) internal {
        vm.prank(Predeploys.SYSTEM);
        EPOCHS.begin{gas: BLOCK_GAS}(certificates);
    }

    function beginAt(uint256 number) internal {
        vm.roll(number);
        begin();
    }

    /// @dev The first block of an epoch.
    function beginEpoch(uint32 epoch) internal {
        beginAt(epoch == 0 ? 1 : epoch * LENGTH);
    }

    function certified(uint32 epoch, uint32 seats) internal pure returns (IEpochs.Included[] memory one) {
        one = new IEpochs.Included[](1);
        one[0] = IEpochs.Included(epoch, seats);
    }

    function include(uint32 epoch, uint32 seats) internal {
        vm.prank(Predeploys.EPOCHS);
        COMMITTEE.include(epoch, seats);
    }

    /// @dev As many of the same as it takes to judge.
    function included(uint32 epoch, uint32 seats) internal {
        for (uint256 i = 0; i < 16; ++i) {
            include(epoch, seats);
        }
    }

    function elect(uint32 epoch) internal {
        vm.prank(Predeploys.EPOCHS);
        COMMITTEE.elect(epoch);
    }

    function judge(uint32 epoch) internal {
        vm.prank(Predeploys.EPOCHS);
        COMMITTEE.judge(epoch);
    }

    function set(IParameters.Parameter parameter, uint256 value) internal {
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(parameter, value);
    }

    /// @dev So few that no owner may have two.
    function setFourSeats() internal {
        set(IParameters.Parameter.SeatsPerOwner, 1);
        set(IParameters.Parameter.CommitteeSeats, 4);
    }

    function isSeated(uint32 epoch, uint32 node) internal view returns (bool) {
        return seatsHeld(epoch, node) != 0;
    }

    function seatsHeld(uint32 epoch, uint32 node) internal view returns (uint256 count) {
        ICommittee.Seat[] memory seats = COMMITTEE.seatsOf(epoch);
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].node == node) ++count;
        }
    }

    /// @dev The seat that a node has; it has one.
    function seatAt(uint32 epoch, uint32 node) internal view returns (uint256 seat) {
        ICommittee.Seat[] memory seats = COMMITTEE.seatsOf(epoch);
        while (seats[seat].node != node) ++seat;
    }

    function isCandidate(uint32 node) internal view returns (bool) {
        uint32[] memory nodes = COMMITTEE.candidates();
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (nodes[i] == node) return true;
        }
        return false;
    }

    /// @dev The bits of all seats of a committee.
    function all(uint32 epoch) internal view returns (uint32 bits) {
        return uint32((uint256(1) << COMMITTEE.seatsOf(epoch).length) - 1);
    }

    function allBut(uint32 epoch, uint32 node) internal view returns (uint32 bits) {
        return all(epoch) & ~uint32(uint256(1) << seatAt(epoch, node));
    }
}
