// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "@edgeloom/contracts/src/interfaces/IEdgeProof.sol";
import {IEdgeStaking} from "@edgeloom/contracts/src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "@edgeloom/contracts/src/interfaces/IJobMarket.sol";
import {IModelRegistry} from "@edgeloom/contracts/src/interfaces/IModelRegistry.sol";
import {ITheta} from "@edgeloom/contracts/src/interfaces/ITheta.sol";
import {Predeploys} from "@edgeloom/contracts/src/types/Predeploys.sol";

/// What a user might write against every interface.
contract Uploader {
    IModelRegistry constant REGISTRY = IModelRegistry(Predeploys.MODEL_REGISTRY);
    IEdgeProof constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    IJobMarket constant MARKET = IJobMarket(Predeploys.JOB_MARKET);
    IEdgeStaking constant STAKING = IEdgeStaking(Predeploys.EDGE_STAKING);
    ITheta constant THETA = ITheta(Predeploys.THETA);

    address[] public chunks;

    function upload(bytes calldata chunk) external {
        chunks.push(REGISTRY.upload(chunk));
    }

    function infer(address manifest, bytes calldata input) external view returns (bytes memory output) {
        return PROOF.infer(manifest, input);
    }

    function symbol() external view returns (string memory) {
        return THETA.symbol();
    }

    function market() external view returns (address, uint256, uint256) {
        return (address(MARKET), address(MARKET).code.length, address(STAKING).code.length);
    }
}
