// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Equivocation} from "../src/staking/Equivocation.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {IEquivocation} from "../src/interfaces/IEquivocation.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev What a contract that slashes is.
contract Court {
    function judge(
        bytes32 genesis,
        bytes calldata publicKey,
        IEquivocation.Vote calldata first,
        IEquivocation.Vote calldata second
    ) external view returns (IEquivocation.Round memory) {
        return Equivocation.judge(genesis, publicKey, first, second);
    }

    function parse(IEquivocation.Vote calldata vote) external pure returns (IEquivocation.Round memory) {
        return Equivocation.parse(vote, 0);
    }

    function message(bytes32 genesis, uint64 epoch, IEquivocation.Kind kind, bytes calldata content)
        external
        pure
        returns (bytes memory)
    {
        return Equivocation.message(genesis, epoch, kind, content);
    }
}

/// @dev On votes that Rust signed (`node/types`, `certificate/tests/votes.rs`). The precompile is mocked: it finds true exactly what
/// those keys signed, byte for byte, and everything else false.
abstract contract Courtroom {
    IEquivocation.Kind internal constant NOTARIZE = IEquivocation.Kind.Notarize;
    IEquivocation.Kind internal constant FINALIZE = IEquivocation.Kind.Finalize;
    IEquivocation.Kind internal constant NULLIFY = IEquivocation.Kind.Nullify;

    Court internal court;
    string internal json;
    bytes32 internal genesis;
    bytes internal key;

    function setUp() public virtual {
        court = new Court();
        json = vm.readFile("test/vectors/votes.json");
        genesis = vm.parseJsonBytes32(json, ".notarizeA.genesis");
        key = field("notarizeA", "publicKey");
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.verify.selector), abi.encode(false));
        string[16] memory names = [
            "notarizeA",
            "notarizeB",
            "notarizeAOfAnotherParent",
            "notarizeBPadded",
            "notarizeBTrailing",
            "finalizeA",
            "finalizeB",
            "finalizeBOfTheNextView",
            "finalizeBInTheNextEpochsName",
            "nullify",
            "nullifyOfTheNextView",
            "nullifyOfTheNextEpoch",
            "nullifyOfAnotherChain",
            "nullifyOfAnotherKey",
            "nullifyOfTheLargestView",
            "finalizeOfTheLargestView"
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            bytes memory asked = abi.encodeCall(
                IBls.verify, (field(names[i], "publicKey"), field(names[i], "message"), field(names[i], "signature"))
            );
            vm.mockCall(Predeploys.BLS, asked, abi.encode(true));
        }
    }

    function field(string memory name, string memory part) internal view returns (bytes memory) {
        return vm.parseJsonBytes(json, string.concat(".", name, ".", part));
    }

    function vote(string memory name) internal view returns (IEquivocation.Vote memory) {
        bytes32 kind = keccak256(bytes(vm.parseJsonString(json, string.concat(".", name, ".kind"))));
        IEquivocation.Kind parsed =
            kind == keccak256("Notarize") ? NOTARIZE : kind == keccak256("Finalize") ? FINALIZE : NULLIFY;
        return IEquivocation.Vote(parsed, field(name, "content"), field(name, "signature"));
    }

    /// @dev Both ways round.
    function convicted(string memory first, string memory second) internal view {
        _isOfTheRound(court.judge(genesis, key, vote(first), vote(second)));
        _isOfTheRound(court.judge(genesis, key, vote(second), vote(first)));
    }

    function acquitted(string memory first, string memory second, bytes memory reason) internal {
        // Read before the refusal is expected, as reading is a call.
        (IEquivocation.Vote memory one, IEquivocation.Vote memory other) = (vote(first), vote(second));
        vm.expectRevert(reason);
        court.judge(genesis, key, one, other);
    }

    function malformed(uint256 index) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IEquivocation.MalformedVote.selector, index);
    }

    function notSigned(uint256 index) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IEquivocation.NotSigned.selector, index);
    }

    function agree(IEquivocation.Kind first, IEquivocation.Kind second) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IEquivocation.KindsAgree.selector, first, second);
    }

    function apart(uint64 epoch, uint64 viewNumber) internal pure returns (bytes memory) {
        IEquivocation.Round memory here = IEquivocation.Round(7, 300);
        return
            abi.encodeWithSelector(IEquivocation.DifferentRounds.selector, here, IEquivocation.Round(epoch, viewNumber));
    }

    function _isOfTheRound(IEquivocation.Round memory round) private pure {
        eq(round.epoch, 7, "epoch");
        eq(round.viewNumber, 300, "view");
    }
}
