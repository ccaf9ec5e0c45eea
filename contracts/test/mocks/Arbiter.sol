// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifier} from "../../src/interfaces/IVerifier.sol";

/// @dev Stands where the verifier of disputable answers is, and says of each job what it was told; of any other work, nothing.
contract Arbiter is IVerifier {
    error Refused(bytes32 subject);

    struct Ruling {
        Verdict verdict;
        bytes32 evidence;
    }

    mapping(bytes32 workHash => Ruling) private _rulings;

    function rule(Work calldata work, Verdict verdict, bytes32 evidence) external {
        _rulings[keccak256(abi.encode(work))] = Ruling(verdict, evidence);
    }

    function check(bytes32 subject, uint256 count, bytes32 inputRoot, bytes calldata inputs) external pure {
        if (count != 1 || inputRoot != keccak256(inputs)) revert Refused(subject);
    }

    function judge(Work calldata work, bytes calldata output, bytes calldata proof)
        external
        view
        returns (Verdict verdict, bytes32 evidence)
    {
        if (output.length != 0 || proof.length != 0) revert Refused(work.subject);
        Ruling memory ruling = _rulings[keccak256(abi.encode(work))];
        return (ruling.verdict, ruling.evidence);
    }
}
