// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GuardWorld} from "../GuardWorld.sol";
import {ICheckpoints} from "../../src/interfaces/ICheckpoints.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {holds, vm, within} from "../Vm.sol";

/// @dev Guardians of changing stakes, and whoever submits what they signed: early, late, again, with too few, or as what it is not. It
/// keeps books of its own, of who signed which height, and knows from the rules alone what is to be refused.
contract Sentries is GuardWorld {
    uint256 public constant SUBMITTERS = 3;
    /// @dev Beyond what a refund pays for.
    uint256 private constant GAS_MAX = 2_000_000;

    struct Height {
        uint64 number;
        uint64 certifiedAt;
        bytes signers;
    }

    mapping(bytes32 verb => uint256) public done;
    Height[] private _heights;
    uint64 public highest;
    /// @dev What all refunds can have been at most.
    uint256 public refundsMost;
    uint64 private _height;

    function setUp() public override {
        super.setUp();
        _height = EPOCH * LENGTH;
        for (uint256 i = 0; i < SUBMITTERS; ++i) {
            vm.deal(submitter(i), 1);
        }
    }

    function submitter(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SUBMITTERS));
    }

    /// @dev On to the next checkpoint, and past it.
    function produce() external {
        uint64 height = _next(_height);
        uint64 boundary = (_height / LENGTH + 1) * LENGTH;
        if (height >= boundary) {
            // A block for each sixteen guardians, so that a set that changed is sealed.
            begun(boundary, 0, 0);
            begun(boundary + 1, 0, 0);
            height = _next(boundary);
            if (height <= boundary + 1) height = _next(height);
        }
        past(height);
        _heights.push(Height(height, 0, ""));
        _height = height + 1;
        ++done["produce"];
    }

    function wait(uint256 count) external {
        _on(uint64(within(count, 1, 20)));
        ++done["wait"];
    }

    /// @dev The last height, or one before, by any guardians: it is taken exactly where more than two thirds signed and nobody was earlier.
    function submit(uint256 who, uint256 which, uint256 signers, uint256 price) external {
        if (_heights.length == 0) return;
        Height storage height = _recent(which);
        bytes memory bitmap = _bitmap(signers);
        bytes memory signature = signatureOf(height.number, bitmap);
        vm.fee(within(price, 0, 1e13));
        bool right = height.certifiedAt == 0 && signedBy(height.number, bitmap) * 3 > totalAt(height.number) * 2;
        vm.prank(submitter(who));
        try CHECKPOINTS.submit(height.number, hashOf(height.number), bitmap, signature) {
            holds(right, "too few or too late");
            (height.certifiedAt, height.signers) = (uint64(block.number), bitmap);
            if (height.number > highest) highest = height.number;
            refundsMost += GAS_MAX * block.basefee;
            ++done["submit"];
        } catch {
            holds(!right, "a quorum was refused");
            ++done["refuse"];
        }
    }

    /// @dev It is taken exactly where it has all that signed before, and somebody more, in time.
    function extend(uint256 who, uint256 which, uint256 signers) external {
        if (_heights.length == 0) return;
        Height storage height = _recent(which);
        bytes memory before = height.signers;
        bytes memory bitmap = _bitmap(signers);
        if ((signers >> 16) % 2 != 0 && height.certifiedAt != 0) bitmap[0] |= before[0];
        bytes memory signature = signatureOf(height.number, bitmap);
        bool right = height.certifiedAt != 0 && block.number <= height.certifiedAt + 25
            && (before[0] & bitmap[0]) == before[0] && before[0] != bitmap[0];
        vm.prank(submitter(who));
        try CHECKPOINTS.extend(hashOf(height.number), before, bitmap, signature) {
            holds(right, "no union, or too late");
            height.signers = bitmap;
            refundsMost += GAS_MAX * block.basefee;
            ++done["extend"];
        } catch {
            holds(!right, "a union was refused");
            ++done["refuse union"];
        }
    }

    /// @dev Signed by others than are said to have, of another block, or at a height that is none.
    function forge(uint256 which, uint256 signers, uint256 kind) external {
        if (_heights.length == 0) return;
        uint64 height = _recent(which).number;
        bytes memory bitmap = _bitmap(signers);
        bytes memory signature = signatureOf(kind % 3 == 1 ? height + 1 : height, bitmap);
        if (kind % 3 == 0) bitmap[0] ^= bytes1(uint8(1 << (kind >> 8) % 4));
        bytes32 blockHash = hashOf(kind % 3 == 1 ? height + 1 : height);
        uint64 claimed = kind % 3 == 2 ? height + 1 : height;
        bytes memory call = abi.encodeCall(ICheckpoints.submit, (claimed, blockHash, bitmap, signature));
        (bool taken,) = address(CHECKPOINTS).call(call);
        holds(!taken, "a forgery");
        ++done["forge"];
    }

    /// @dev The next snapshots have it.
    function stake(uint256 who, uint256 amount) external {
        address source = guardian(who % 4);
        staked(source, nodeOf(source), within(amount, 1 gwei, 10_000e18));
        ++done["stake"];
    }

    function vote(uint256 interval) external {
        voted(IParameters.Parameter.CheckpointInterval, 50 * within(interval, 1, 4));
        ++done["vote"];
    }

    function heights() external view returns (Height[] memory) {
        return _heights;
    }

    function epochAt(uint64 height) external pure returns (uint32) {
        return uint32(height / LENGTH);
    }

    function blockHashAt(uint64 height) external pure returns (bytes32) {
        return hashOf(height);
    }

    /// @dev Of the snapshot of the height's epoch, gwei.
    function signedBy(uint64 height, bytes memory signers) public view returns (uint256 sum) {
        (uint64 snapshot,) = STAKING.guardiansOf(uint32(height / LENGTH));
        for (uint256 place = 0; place < 4; ++place) {
            if ((uint8(signers[0]) >> place) & 1 != 0) sum += KEYS.stakeIn(setOfGuardians(), snapshot, place);
        }
    }

    function totalAt(uint64 height) public view returns (uint256) {
        return signedBy(height, ALL);
    }

    function _on(uint64 blocks) private {
        // Not over a boundary, which is a block of its own.
        if ((_height + blocks) / LENGTH != _height / LENGTH) return;
        _height += blocks;
        vm.roll(_height);
        vm.warp(START + _height);
    }

    /// @dev The first checkpoint at or above `from` by the rules of its epoch.
    function _next(uint64 from) private view returns (uint64 height) {
        uint64 interval = EPOCHS.rulesOf(uint32(from / LENGTH)).checkpointInterval;
        return (from + interval - 1) / interval * interval + 1;
    }

    function _recent(uint256 which) private view returns (Height storage) {
        uint256 latest = _heights.length < 3 ? _heights.length : 3;
        return _heights[_heights.length - 1 - (which % 4 == 3 ? (which >> 8) % latest : 0)];
    }

    /// @dev Mostly one of three quorums, of which the first is in both others, and neither of these in the other.
    function _bitmap(uint256 seed) private pure returns (bytes memory) {
        uint256[3] memory quorums = [uint256(3), 11, 7];
        uint256 bits = seed % 4 < 3 ? quorums[seed % 4] : (seed >> 8) % 16;
        return abi.encodePacked(uint8(bits == 0 ? 15 : bits));
    }
}
