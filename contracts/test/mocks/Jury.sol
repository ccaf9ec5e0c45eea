// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {AttestedWorld} from "../AttestedWorld.sol";
import {IAttested} from "../../src/interfaces/IAttested.sol";
import {IVerifier} from "../../src/interfaces/IVerifier.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {vm, within} from "../Vm.sol";

/// @dev What workers and a bench of auditors do in any order. Every action picks a target for which it is allowed and does nothing when
/// there is none, so a revert is a finding.
contract Jury is AttestedWorld {
    uint256 public constant WORKERS = 3;

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    bytes32[] public claimIds;
    /// @dev What workers paid for their claims.
    uint256 public fees;
    /// @dev What was withdrawn by anybody.
    uint256 public withdrawn;
    mapping(bytes32 claimId => uint256) public jobOf;
    /// @dev A verdict that stood, which must not change; plus one.
    mapping(bytes32 claimId => uint256) public decidedAs;
    mapping(bytes32 claimId => mapping(uint256 place => bytes32)) private _found;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        bench(SEATS);
        for (uint256 i = 0; i < WORKERS; ++i) {
            vm.deal(worker(i), FUNDS);
        }
    }

    function worker(uint256 who) public pure returns (address) {
        return address(uint160(0xb0b0000 + who % WORKERS));
    }

    function count() external view returns (uint256) {
        return claimIds.length;
    }

    /// @dev Its mix is shown at once, so that the committee can be read from now on.
    function claim(uint256 who, bool right) external counted("claim") {
        uint256 jobId = uint256(keccak256(abi.encode("job", claimIds.length)));
        jobPrice = who % 3 * 50e18;
        fees += ATTESTED.feeOf(jobPrice);
        bytes32 id = claims(worker(who), jobId, right ? OUTPUT : OTHER);
        claimIds.push(id);
        jobOf[id] = jobId;
        uint256 height = block.number + BEACON.DELAY();
        vm.roll(height + 300);
        bytes[] memory fields = new bytes[](21);
        for (uint256 i = 0; i < fields.length; ++i) {
            fields[i] = RLP.encode(i == 8 ? height : i);
        }
        fields[13] = RLP.encode(keccak256(abi.encode("mix", height)));
        bytes memory header = RLP.encode(fields);
        vm.mockCall(Predeploys.HISTORY_STORAGE, abi.encode(height), abi.encode(keccak256(header)));
        BEACON.record(header);
    }

    /// @dev Some of the committee, in the order of their places.
    function commit(uint256 which, uint256 members, uint256 wrong) external {
        if (claimIds.length == 0) return;
        bytes32 id = _recent(which);
        if (block.timestamp > ATTESTED.claimOf(id).claimedAt + TURN) return;
        uint256[] memory places = ATTESTED.committeeOf(id);
        members = within(members, 1, SIZE);
        for (uint256 i = 0; i < SIZE && members != 0; ++i) {
            if (_found[id][places[i]] != 0) continue;
            _commit(id, places[i], (wrong >> i) % 8 == 0 ? OTHER : OUTPUT);
            --members;
        }
    }

    function attest(uint256 which, bool right, uint256 some) external {
        if (claimIds.length == 0) return;
        bytes32 id = _recent(which);
        bytes32 found = right ? OUTPUT : OTHER;
        (uint256[] memory places, uint256 fresh) = _signersOf(id, found, some);
        if (fresh != 0 && _isTimeToShow(ATTESTED.claimOf(id))) _attest(id, places, found);
    }

    function reveal(uint256 which) external {
        if (claimIds.length == 0) return;
        bytes32 id = _recent(which);
        IAttested.Claim memory made = ATTESTED.claimOf(id);
        if (made.revealed || !_isTimeToShow(made)) return;
        bytes32 sealOfRight = sealFor(made.worker, jobOf[id], OUTPUT);
        _reveal(made.worker, jobOf[id], made.output == sealOfRight ? OUTPUT : OTHER);
    }

    function close(uint256 which) external {
        if (claimIds.length == 0) return;
        bytes32 id = claimIds[which % claimIds.length];
        IAttested.Claim memory made = ATTESTED.claimOf(id);
        if (!made.closed && block.timestamp > made.claimedAt + 2 * TURN) _close(id);
    }

    /// @dev What is decided is so for good.
    function judge(uint256 which) external {
        if (claimIds.length == 0) return;
        bytes32 id = claimIds[which % claimIds.length];
        IVerifier.Work memory work = workOf(ATTESTED.claimOf(id).worker, jobOf[id]);
        work.price = ATTESTED.claimOf(id).price;
        work.deadline = type(uint64).max;
        (IVerifier.Verdict verdict,) = ATTESTED.judge(work, "", "");
        if (verdict != IVerifier.Verdict.Pending) _judge(id, verdict);
    }

    function withdraw(uint256 who, bool member_) external {
        address account = member_ ? member(who % SEATS) : worker(who);
        if (ATTESTED.creditOf(account) != 0) _withdraw(account);
    }

    function wait(uint256 time) external counted("wait") {
        vm.warp(block.timestamp + within(time, 1, 40 minutes));
    }

    function _commit(bytes32 id, uint256 place, bytes32 found) private counted("commit") {
        _found[id][place] = found;
        commits(id, place, found);
    }

    function _attest(bytes32 id, uint256[] memory places, bytes32 found) private counted("attest") {
        attests(id, places, found);
    }

    function _reveal(address by, uint256 jobId, bytes32 output) private counted("reveal") {
        reveals(by, jobId, output);
    }

    function _close(bytes32 id) private counted("close") {
        ATTESTED.close(id);
    }

    function _judge(bytes32 id, IVerifier.Verdict verdict) private counted("judge") {
        uint256 before = decidedAs[id];
        require(before == 0 || before == uint256(verdict) + 1, "a verdict changed");
        decidedAs[id] = uint256(verdict) + 1;
    }

    function _withdraw(address account) private counted("withdraw") {
        withdrawn += ATTESTED.creditOf(account);
        vm.prank(account);
        ATTESTED.withdraw();
    }

    function _isTimeToShow(IAttested.Claim memory made) private view returns (bool) {
        bool open = made.committed == SIZE || block.timestamp > made.claimedAt + TURN;
        return open && block.timestamp <= made.claimedAt + 2 * TURN;
    }

    /// @dev Some of who committed to this, who attested before among them.
    function _signersOf(bytes32 id, bytes32 found, uint256 some)
        private
        view
        returns (uint256[] memory places, uint256 fresh)
    {
        uint256 signers;
        uint256[] memory all = new uint256[](SEATS);
        for (uint256 place = 0; place < SEATS; ++place) {
            if (_found[id][place] != found || (some >> place) % 2 == 0) continue;
            all[signers++] = place;
            if (!ATTESTED.voteOf(id, place).attested) ++fresh;
        }
        (places,) = split(all, signers);
    }

    /// @dev One of the last few.
    function _recent(uint256 which) private view returns (bytes32) {
        uint256 length = claimIds.length;
        return claimIds[length - 1 - which % (length < 3 ? length : 3)];
    }
}
