// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {AuditsWorld} from "../AuditsWorld.sol";
import {IAudits} from "../../src/interfaces/IAudits.sol";
import {IDisputes} from "../../src/interfaces/IDisputes.sol";
import {vm, within} from "../Vm.sol";

/// @dev What a bench of auditors, each of whom also requests and contradicts, does in any order. Every action picks a
/// target for which it is allowed and does nothing when there is none, so a revert is a finding.
contract Bench is AuditsWorld {
    uint256 public constant SIZE = 6;
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    uint256 public audits;
    uint256 public burned;
    mapping(uint256 who => bytes32) public keyOf;
    uint256 private _sealable;
    uint256 private _sealedPlaces;
    /// @dev What was committed to by whom, 0 for nothing yet.
    mapping(bytes32 claimId => mapping(uint256 place => bytes32)) private _found;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
            keyOf[i] = registered(member(i));
        }
    }

    function auditor(uint256 who) public pure returns (address) {
        return member(who % SIZE);
    }

    function claimId(uint256 number) public pure returns (bytes32) {
        return keccak256(abi.encode("claim", number));
    }

    function enlist(uint256 who) external {
        bytes32 keyId = keyOf[who % SIZE];
        bool poor = auditor(who).balance < DEPOSIT;
        if (AUDITS.seatOf(keyId).operator == address(0) && !poor) _enlist(auditor(who), keyId);
    }

    function resign(uint256 who) external {
        bytes32 keyId = keyOf[who % SIZE];
        IAudits.Seat memory seat = AUDITS.seatOf(keyId);
        if (seat.operator != address(0) && seat.withdrawableAt == 0) _resign(auditor(who), keyId);
    }

    function reclaim(uint256 who) external {
        bytes32 keyId = keyOf[who % SIZE];
        uint64 withdrawableAt = AUDITS.seatOf(keyId).withdrawableAt;
        if (withdrawableAt != 0 && block.timestamp >= withdrawableAt) _reclaim(keyId);
    }

    function seal() external {
        if (block.timestamp >= _sealable) _seal();
    }

    function request(uint256 who, uint256 fee) external {
        fee = within(fee, 4e18, 20e18);
        bool nobody = AUDITS.epoch() == 0 || _sealedPlaces == 0;
        if (!nobody && auditor(who).balance >= fee) _request(auditor(who), fee);
    }

    function requestAgain(uint256 which, uint256 who, uint256 fee) external {
        if (audits == 0) return;
        fee = within(fee, 4e18, 20e18);
        bytes32 id = _recent(which);
        IDisputes.Claim memory claim = DISPUTES.claimOf(id);
        IAudits.Audit memory audit = AUDITS.auditOf(id);
        if (claim.phase != IDisputes.Phase.Open || block.timestamp > claim.claimedAt + 21 hours) return;
        if (audit.committed != 0 && block.timestamp > audit.requestedAt + TURN) return;
        if (auditor(who).balance >= fee) _requestAgain(auditor(who), id, fee);
    }

    function commit(uint256 which, uint256 who, bool right) external {
        if (audits == 0) return;
        bytes32 id = _recent(which);
        IAudits.Seat memory seat = AUDITS.seatOf(keyOf[who % SIZE]);
        IAudits.Audit memory audit = AUDITS.auditOf(id);
        if (seat.operator == address(0) || seat.withdrawableAt != 0 || seat.since > audit.epoch) return;
        if (block.timestamp > audit.requestedAt + TURN || _found[id][seat.place] != 0) return;
        if (DISPUTES.claimOf(id).phase != IDisputes.Phase.Open) return;
        if (has(AUDITS.committeeOf(id), seat.place)) _commit(id, seat.place, right ? OUTPUT : OTHER);
    }

    function attestAll(uint256 which, bool right) external {
        if (audits == 0) return;
        bytes32 id = _recent(which);
        IAudits.Audit memory audit = AUDITS.auditOf(id);
        uint256 members = audit.places < 4 ? audit.places : 4;
        if (block.timestamp <= audit.requestedAt + TURN && audit.committed < members) return;
        if (block.timestamp > audit.requestedAt + 2 * TURN) return;
        uint256[] memory places = _unattested(id, right ? OUTPUT : OTHER);
        if (places.length != 0) _attest(id, places, right ? OUTPUT : OTHER);
    }

    function close(uint256 which) external {
        if (audits == 0) return;
        bytes32 id = claimId(which % audits);
        IAudits.Audit memory audit = AUDITS.auditOf(id);
        bool decided = DISPUTES.claimOf(id).phase != IDisputes.Phase.Open;
        if (!audit.closed && block.timestamp > audit.requestedAt + (decided ? 2 * TURN : 3 days)) _close(id);
    }

    function judge(uint256 which, uint256 phase) external {
        if (audits == 0) return;
        bytes32 id = claimId(which % audits);
        if (DISPUTES.claimOf(id).phase != IDisputes.Phase.Open) return;
        if (phase % 3 == 0) return _judge(id, IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        if (phase % 3 == 1) return _judge(id, IDisputes.Phase.Canary, IDisputes.Reason.WrongElement);
        bool silent = (phase / 3) % 2 == 0;
        IDisputes.Reason reason = silent ? IDisputes.Reason.Silence : IDisputes.Reason.WrongElement;
        _judge(id, IDisputes.Phase.Convicted, reason);
    }

    /// @dev Of some claims from a random one on, the first vote that a verdict contradicts.
    function contradict(uint256 who, uint256 which) external {
        for (uint256 number = 0; number < 64 && number < audits; ++number) {
            bytes32 id = claimId((which % audits + number) % audits);
            for (uint256 place = 0; place < SIZE; ++place) {
                if (_isContradicted(id, place)) return _contradict(auditor(who), id, place);
            }
        }
    }

    function withdraw(uint256 who) external {
        if (AUDITS.creditOf(auditor(who)) != 0) _withdraw(auditor(who));
    }

    /// @dev Mostly minutes, now and then days.
    function wait(uint256 time, bool long) external counted("wait") {
        vm.warp(block.timestamp + (long ? within(time, 1 days, 4 days) : within(time, 1, 40 minutes)));
    }

    function _enlist(address operator, bytes32 keyId) private counted("enlist") {
        vm.prank(operator);
        AUDITS.enlist{value: DEPOSIT}(keyId);
    }

    function _resign(address operator, bytes32 keyId) private counted("resign") {
        vm.prank(operator);
        AUDITS.resign(keyId);
    }

    function _reclaim(bytes32 keyId) private counted("reclaim") {
        AUDITS.reclaim(keyId);
    }

    function _seal() private counted("seal") {
        sealNow();
        _sealable = block.timestamp + 1 hours;
        _sealedPlaces = KEYS.describe(AUDITS.set()).places;
    }

    /// @dev The mix by which it is drawn is shown at once, so that the committee can be read from now on.
    function _request(address requester, uint256 fee) private counted("request") {
        bytes32 id = claimId(audits++);
        DISPUTES.open(id, OUTPUT, TRACE);
        vm.prank(requester);
        AUDITS.request{value: fee}(id);
        uint256 height = block.number + BEACON.DELAY();
        vm.roll(height + 300);
        bytes[] memory fields = new bytes[](21);
        for (uint256 i = 0; i < fields.length; ++i) {
            fields[i] = RLP.encode(i == 8 ? height : i);
        }
        fields[13] = RLP.encode(keccak256(abi.encode("mix", height)));
        bytes memory header = RLP.encode(fields);
        vm.mockCall(HISTORY, abi.encode(height), abi.encode(keccak256(header)));
        BEACON.record(header);
    }

    function _requestAgain(address requester, bytes32 id, uint256 fee) private counted("request again") {
        vm.prank(requester);
        AUDITS.request{value: fee}(id);
    }

    function _commit(bytes32 id, uint256 place, bytes32 outputRoot) private counted("commit") {
        _found[id][place] = outputRoot;
        commit(id, place, outputRoot);
    }

    function _attest(bytes32 id, uint256[] memory places, bytes32 outputRoot) private counted("attest") {
        attest(id, places, outputRoot);
    }

    function _close(bytes32 id) private counted("close") {
        AUDITS.close(id);
    }

    function _judge(bytes32 id, IDisputes.Phase phase, IDisputes.Reason reason) private counted("judge") {
        DISPUTES.end(id, phase, reason);
    }

    function _contradict(address caller, bytes32 id, uint256 place) private counted("contradict") {
        vm.prank(caller);
        AUDITS.contradict(id, place);
        bool silent = DISPUTES.claimOf(id).reason == IDisputes.Reason.Silence;
        burned += silent ? DEPOSIT : DEPOSIT - DEPOSIT / 10;
    }

    function _withdraw(address account) private counted("withdraw") {
        vm.prank(account);
        AUDITS.withdraw();
    }

    function _isContradicted(bytes32 id, uint256 place) private view returns (bool) {
        IDisputes.Claim memory claim = DISPUTES.claimOf(id);
        IAudits.Vote memory vote = AUDITS.voteOf(id, place);
        if (claim.phase == IDisputes.Phase.Open || claim.phase == IDisputes.Phase.Upheld) return false;
        IAudits.Seat memory seat = AUDITS.seatOf(vote.keyId);
        bool sits = seat.deposit != 0 && seat.since <= AUDITS.auditOf(id).epoch;
        return sits && vote.outputRoot == OUTPUT;
    }

    /// @dev One of the last few claims, whose audits may still run.
    function _recent(uint256 which) private view returns (bytes32) {
        return claimId(audits - 1 - which % (audits < 4 ? audits : 4));
    }

    /// @dev Who committed to this and has not shown it.
    function _unattested(bytes32 id, bytes32 outputRoot) private view returns (uint256[] memory places) {
        uint256 count;
        uint256[] memory all = new uint256[](SIZE);
        for (uint256 place = 0; place < SIZE; ++place) {
            IAudits.Vote memory vote = AUDITS.voteOf(id, place);
            if (_found[id][place] == outputRoot && vote.outputRoot == 0) all[count++] = place;
        }
        (places,) = split(all, count);
    }
}
