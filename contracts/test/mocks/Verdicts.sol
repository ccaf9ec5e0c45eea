// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDisputes} from "../../src/interfaces/IDisputes.sol";

/// @dev Stands where the disputes are, and says of each claim what it was told.
contract Verdicts {
    uint64 public constant WINDOW = 1 days;
    mapping(bytes32 claimId => IDisputes.Claim) private _claims;

    function open(bytes32 claimId, bytes32 outputRoot, bytes32 traceRoot) external {
        IDisputes.Claim storage claim = _claims[claimId];
        claim.worker = msg.sender;
        claim.claimedAt = uint64(block.timestamp);
        claim.phase = IDisputes.Phase.Open;
        claim.outputRoot = outputRoot;
        claim.traceRoot = traceRoot;
    }

    function end(bytes32 claimId, IDisputes.Phase phase, IDisputes.Reason reason) external {
        (_claims[claimId].phase, _claims[claimId].reason) = (phase, reason);
    }

    function commitTrace(bytes32 claimId, bytes32 traceRoot) external {
        _claims[claimId].traceRoot = traceRoot;
    }

    function claimOf(bytes32 claimId) external view returns (IDisputes.Claim memory claim) {
        claim = _claims[claimId];
        if (claim.phase == IDisputes.Phase.None) revert IDisputes.ClaimUnknown(claimId);
    }
}
