// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../interfaces/IEdgeStaking.sol";
import {IProfiles} from "../interfaces/IProfiles.sol";
import {ITill} from "../interfaces/ITill.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Requirements, RequirementsOf} from "../types/Requirements.sol";

contract Profiles is IProfiles {
    using RequirementsOf for Requirements;

    IEdgeStaking private constant STAKING = IEdgeStaking(Predeploys.EDGE_STAKING);

    uint64 private constant VOUCHED = uint64(type(uint32).max) << 32;
    /// @dev Of a reputation, what each failure costs: the fees of twenty TFUEL of settled work, the least bond.
    uint256 private constant FAILURE_COST = 1e18;

    mapping(address worker => Profile) private _profiles;
    mapping(address account => bool) public isVoucher;
    mapping(address account => bool) public isProvider;

    modifier onlyTimelock() {
        if (msg.sender != Predeploys.TIMELOCK) revert OnlyTimelock(msg.sender);
        _;
    }

    function declare(uint16 region, uint16 gpuClass, uint16 memoryGib, uint64 attributes) external {
        if (attributes & VOUCHED != 0) revert NotItsAttributes(attributes & VOUCHED);
        attributes |= _profiles[msg.sender].attributes & VOUCHED;
        _profiles[msg.sender] = Profile(region, gpuClass, memoryGib, attributes);
        emit ProfileDeclared(msg.sender, region, gpuClass, memoryGib, attributes);
    }

    function vouch(address worker, uint64 attributes) external {
        if (!isVoucher[msg.sender]) revert OnlyVoucher(msg.sender);
        if (attributes & ~VOUCHED != 0) revert NotItsAttributes(attributes & ~VOUCHED);
        Profile storage profile = _profiles[worker];
        profile.attributes = profile.attributes & ~VOUCHED | attributes;
        emit Vouched(worker, msg.sender, attributes);
    }

    function listVoucher(address voucher, bool listed) external onlyTimelock {
        isVoucher[voucher] = listed;
        emit VoucherListed(voucher, listed);
    }

    function listProvider(address provider, bool listed) external onlyTimelock {
        isProvider[provider] = listed;
        emit ProviderListed(provider, listed);
    }

    function profileOf(address worker) external view returns (Profile memory) {
        return _profiles[worker];
    }

    function meets(address worker, uint256 requirements) external view returns (bool) {
        Requirements asked = Requirements.wrap(requirements);
        Profile memory profile = _profiles[worker];
        if (asked.region() != 0 && asked.region() != profile.region) return false;
        if (asked.gpuClass() > profile.gpuClass || asked.memoryGib() > profile.memoryGib) return false;
        if (asked.attributes() & ~profile.attributes != 0) return false;
        if (asked.stake() != 0) {
            IEdgeStaking.Standing memory standing = STAKING.standingOf(worker);
            if (asked.stake() > standing.free + standing.locked) return false;
        }
        return asked.reputation() == 0 || asked.reputation() <= reputationOf(worker);
    }

    function reputationOf(address worker) public view returns (uint256) {
        ITill.Record memory jobs = ITill(Predeploys.JOB_MARKET).recordOf(worker);
        ITill.Record memory leases = ITill(Predeploys.LEASES).recordOf(worker);
        uint256 fees = uint256(jobs.fees) + leases.fees;
        uint256 lost = (uint256(jobs.failed) + leases.failed) * FAILURE_COST;
        return fees > lost ? fees - lost : 0;
    }
}
