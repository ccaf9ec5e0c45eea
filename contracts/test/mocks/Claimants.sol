// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputableWorld} from "../DisputableWorld.sol";
import {IAudits} from "../../src/interfaces/IAudits.sol";
import {IDisputable} from "../../src/interfaces/IDisputable.sol";
import {IDisputes} from "../../src/interfaces/IDisputes.sol";
import {IVerifier} from "../../src/interfaces/IVerifier.sol";
import {vm, within} from "../Vm.sol";

/// @dev What a few workers do with claims about jobs, and others to them, in any order. Every action picks a target for which it is allowed
/// and does nothing when there is none, so a revert is a finding.
contract Claimants is DisputableWorld {
    uint256 public constant SIZE = 4;

    struct Made {
        address worker;
        uint256 jobId;
        bytes32 claimId;
        bool planted;
    }

    Made[] private _made;
    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    /// @dev What came into the pot and left it, as those who paid and were paid have it.
    uint256 public entries;
    uint256 public funded;
    uint256 public reclaimed;
    /// @dev By the pot, for an audit of this claim, as auditors have it.
    mapping(bytes32 claimId => uint256) public paidFor;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
        }
        bench(4);
        wrong(3, 0, 0);
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function count() external view returns (uint256) {
        return _made.length;
    }

    function madeAt(uint256 index) external view returns (Made memory) {
        return _made[index];
    }

    /// @dev Of a worker who was never late.
    function work(uint256 index) external view returns (IVerifier.Work memory) {
        Made memory made = _made[index];
        return IVerifier.Work(made.jobId, made.worker, 0, type(uint64).max, graphId, inputRoot, 0);
    }

    function claim(uint256 who, bool planted) external {
        if (member(who).balance >= BOND) _claim(member(who), planted);
    }

    function enter(uint256 which) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made memory made = _nth(which, i);
            IDisputes.Claim memory found = DISPUTES.claimOf(made.claimId);
            bool late = block.timestamp > found.claimedAt + 30 minutes;
            bool fit = found.phase == IDisputes.Phase.Open && !late && _entryOf(made).height == 0;
            jobPrice = which % 3 * 8e18;
            if (fit && made.worker.balance >= DISPUTABLE.entryFee(jobPrice)) return _enter(made);
        }
    }

    /// @dev With something more than is needed, or not. One worker forgets it for good, and nobody else does it.
    function draw(uint256 who, uint256 which, uint256 mix, uint256 more) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made memory made = _nth(which, i);
            IDisputable.Entry memory entry = _entryOf(made);
            bool forgotten = made.worker == member(0);
            if (entry.height != 0 && !entry.drawn && !forgotten) {
                return _draw(member(who), made, entry.height, mix, more % 3 * 1e18);
            }
        }
    }

    function fund(uint256 who, uint256 amount) external {
        amount = within(amount, 1, 20e18);
        if (amount % 8 == 0) amount *= 10;
        if (member(who).balance >= amount) _fund(member(who), amount);
    }

    function ask(uint256 who, uint256 which) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made memory made = _nth(which, i);
            // Now and then again.
            bool wanted = !_isAudited(made) || which % 8 == 0;
            if (wanted && _isAskable(made) && member(who).balance >= AUDIT) return _ask(member(who), made);
        }
    }

    /// @dev To half of the audits nobody comes.
    function attest(uint256 which) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made memory made = _nth(which, i);
            if (!_isAudited(made) || uint256(made.claimId) % 2 == 0) continue;
            IAudits.Audit memory audit = AUDITS.auditOf(made.claimId);
            bool inTime = block.timestamp <= audit.requestedAt + TURN && audit.committed == 0;
            if (inTime && DISPUTES.claimOf(made.claimId).phase == IDisputes.Phase.Open) return _attest(made);
        }
    }

    /// @dev What was planted sooner than the rest, most of which is to live on.
    function refute(uint256 who, uint256 which) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made memory made = _nth(which, i);
            bool spared = !made.planted && who % 8 != 0;
            bool open = DISPUTES.claimOf(made.claimId).phase == IDisputes.Phase.Open;
            if (open && !spared) return _refute(member(who >> 3), made);
        }
    }

    function reveal(uint256 which) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made memory made = _nth(which, i);
            IDisputes.Claim memory found = DISPUTES.claimOf(made.claimId);
            bool inTime = block.timestamp <= found.convictedAt + TURN;
            if (made.planted && found.phase == IDisputes.Phase.Convicted && inTime) return _reveal(made);
        }
    }

    function uphold(uint256 which) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made memory made = _nth(which, i);
            IDisputes.Claim memory found = DISPUTES.claimOf(made.claimId);
            bool over = block.timestamp > found.claimedAt + WINDOW;
            if (!made.planted && over && found.phase == IDisputes.Phase.Open) return _uphold(made);
        }
    }

    function close(uint256 which) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made memory made = _nth(which, i);
            if (!_isAudited(made)) continue;
            IAudits.Audit memory audit = AUDITS.auditOf(made.claimId);
            bool decided = DISPUTES.claimOf(made.claimId).phase != IDisputes.Phase.Open;
            bool over = block.timestamp > audit.requestedAt + (decided ? 2 * TURN : 3 days);
            if (!audit.closed && over) return _closeAudit(made);
        }
    }

    function reclaim() external {
        if (AUDITS.creditOf(address(DISPUTABLE)) != 0) _reclaim();
    }

    /// @dev Mostly minutes, now and then hours.
    function wait(uint256 time, uint256 long) external counted("wait") {
        vm.warp(block.timestamp + (long % 4 == 0 ? within(time, 1 hours, 26 hours) : within(time, 1, 10 minutes)));
        vm.roll(block.number + 1 + time % 20);
    }

    function _claim(address worker, bool planted) private counted("claim") {
        uint256 jobId = uint256(keccak256(abi.encode("job", _made.length)));
        bytes32 claimId = claimedAs(worker, bytes32(jobId), traceRoot, planted);
        _made.push(Made(worker, jobId, claimId, planted));
    }

    function _enter(Made memory made) private counted("enter") {
        enters(made.worker, made.jobId);
        entries += DISPUTABLE.entryFee(jobPrice);
    }

    /// @dev One in two is audited here. Who would be, and cannot any more, is not drawn.
    function _draw(address caller, Made memory made, uint256 height, uint256 mix, uint256 more) private {
        height += DELAY;
        if (block.number <= height) vm.roll(height + 1);
        if (mixOf(height) == 0) mixes(height, mixFor(made.claimId, height, mix % 2 == 0));
        bool audited = isAuditedBy(made.claimId, height, mixOf(height));
        uint256 fee = _leastFor(made);
        uint256 asked = _isAudited(made) ? AUDITS.auditOf(made.claimId).fee : 0;
        bool bill = audited && asked < fee;
        if (bill && !_isAskable(made)) return;
        uint256 back = bill ? AUDITS.creditOf(address(DISPUTABLE)) : 0;
        uint256 pot = DISPUTABLE.pot() + back;
        uint256 lacking = bill && pot < fee ? fee - pot : 0;
        if (caller.balance < lacking + more) return;
        reclaimed += back;
        vm.prank(caller);
        DISPUTABLE.draw{value: lacking + more}(made.worker, made.jobId);
        funded += lacking;
        if (audited) paidFor[made.claimId] += AUDITS.auditOf(made.claimId).fee - asked;
        ++done[audited ? bytes32("draw audited") : bytes32("draw")];
    }

    function _fund(address payer, uint256 amount) private counted("fund") {
        vm.prank(payer);
        DISPUTABLE.fund{value: amount}();
        funded += amount;
    }

    function _ask(address payer, Made memory made) private counted("ask") {
        vm.prank(payer);
        AUDITS.request{value: AUDIT}(made.claimId);
    }

    function _attest(Made memory made) private counted("attest") {
        attested(made.claimId, outputRoot);
    }

    function _refute(address by, Made memory made) private counted("refute") {
        announced(by, made.claimId, 3, 0);
        hold();
        refuted(by, made.claimId, 3, 0);
    }

    function _reveal(Made memory made) private counted("reveal") {
        vm.prank(made.worker);
        DISPUTES.reveal(made.claimId, SALT);
    }

    function _uphold(Made memory made) private counted("uphold") {
        DISPUTES.uphold(made.claimId, SALT);
    }

    function _closeAudit(Made memory made) private counted("close") {
        // The committee may have been read by nobody yet.
        committee(made.claimId);
        AUDITS.close(made.claimId);
        if (AUDITS.auditOf(made.claimId).requester != address(DISPUTABLE)) {
            AUDITS.refund(made.claimId, address(DISPUTABLE));
        }
    }

    function _reclaim() private counted("reclaim") {
        reclaimed += AUDITS.creditOf(address(DISPUTABLE));
        DISPUTABLE.reclaim();
    }

    /// @dev Of an audit, while the pot is not full.
    function _leastFor(Made memory made) private view returns (uint256) {
        uint256 shares = uint256(_entryOf(made).price) * 4 * 45 / 100;
        return shares > AUDIT ? shares : AUDIT;
    }

    /// @dev From a random one on, each once.
    function _nth(uint256 which, uint256 i) private view returns (Made memory) {
        return _made[(which % _made.length + i) % _made.length];
    }

    function _entryOf(Made memory made) private view returns (IDisputable.Entry memory) {
        return DISPUTABLE.entryOf(made.worker, made.jobId);
    }

    function _isAskable(Made memory made) private view returns (bool) {
        IDisputes.Claim memory found = DISPUTES.claimOf(made.claimId);
        if (found.phase != IDisputes.Phase.Open || block.timestamp > found.claimedAt + 21 hours) return false;
        if (!_isAudited(made)) return true;
        IAudits.Audit memory audit = AUDITS.auditOf(made.claimId);
        bool known = block.number <= audit.height + DELAY || mixOf(audit.height + DELAY) != 0;
        return known && (audit.committed == 0 || block.timestamp <= audit.requestedAt + TURN);
    }

    function _isAudited(Made memory made) private view returns (bool) {
        try AUDITS.auditOf(made.claimId) {
            return true;
        } catch {
            return false;
        }
    }
}
