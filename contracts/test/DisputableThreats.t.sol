// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputableWorld} from "./DisputableWorld.sol";
import {IAudits} from "../src/interfaces/IAudits.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IDisputable} from "../src/interfaces/IDisputable.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IKinds} from "../src/interfaces/IKinds.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What DOMAIN.md numbers, as far as claims about jobs can be attacked by it. What it costs in the market is in
/// `DisputableMarket.t.sol`.
contract DisputableThreatsTest is DisputableWorld {
    uint16 private constant CLAIMS = 3;
    uint256 private constant BASIS_POINTS = 10_000;
    /// @dev Numbers of shares and chances.
    uint256 private constant ONE = 1e18;

    function setUp() public override {
        super.setUp();
        bench(5);
        vm.deal(address(DISPUTABLE), 100e18);
    }

    /// A worker learns whether it is audited after it can change anything.
    function test_threat_4_a_claim_is_drawn_by_a_block_that_comes_after_it() public {
        bytes32 claimId = entered(JOB_ID);
        uint256 height = DISPUTABLE.drawnAt(block.number);
        eq(height, TAKEN_AT + DELAY, "a delay later");
        bytes32 mix = mixFor(claimId, height, true);
        vm.roll(height - 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotYet.selector, height, height - 1));
        DISPUTABLE.draw(BOB, JOB_ID);
        vm.roll(height);
        vm.prevrandao(mix);
        // It knows now, and can neither enter again, nor claim again, nor have another mix.
        vm.expectRevert(abi.encodeWithSelector(IDisputable.EnteredAlready.selector, claimId));
        enters(BOB, JOB_ID);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimExists.selector, claimId));
        claimed();
        DISPUTABLE.draw(BOB, JOB_ID);
        holds(DISPUTABLE.entryOf(BOB, JOB_ID).audited, "audited");
    }

    /// Else it would enter first, and take only those jobs of which no audit was drawn.
    function test_threat_4_who_enters_before_it_takes_a_job_is_not_paid() public {
        vm.roll(TAKEN_AT - 50);
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, false);
        holds(block.number < TAKEN_AT, "it knows before it takes the job");
        upheld(claimId);
        says(IVerifier.Verdict.None, JOB_ID, "entered in vain");
    }

    /// A worker that has its claim audited before there is a trace, to which nobody could attest, is too late to enter when that audit is over.
    function test_threat_4_no_claim_is_entered_that_auditors_have_no_time_for() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        vm.prank(BOB);
        AUDITS.request{value: AUDIT}(claimId);
        uint256[] memory places = committee(claimId);
        bytes32 keyId = KEYS.keyAt(AUDITS.set(), places[0]);
        address operator = KEYS.operatorOf(keyId);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoTrace.selector, claimId));
        vm.prank(operator);
        AUDITS.commit(claimId, keyId, "a commitment");
        vm.warp(START + 30 minutes);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        uint256 state = vm.snapshotState();
        vm.warp(START + 30 minutes + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.TooLate.selector, uint64(START) + 30 minutes));
        enters(BOB, JOB_ID);
        vm.revertToState(state);
        // In time, half of theirs is left.
        enters(BOB, JOB_ID);
        attested(claimId, "what it is");
        eq(AUDITS.auditOf(claimId).members, 4, "all found it");
    }

    /// The worker cannot have its draw refused by asking for the audit itself; nor can anybody else, to have it lose its bond.
    function testFuzz_threat_4_an_audit_asked_for_elsewhere_stops_no_draw(uint256 asked, bool audited) public {
        bytes32 claimId = entered(JOB_ID);
        vm.warp(within(asked, START, START + 21 hours));
        vm.prank(ALICE);
        AUDITS.request{value: AUDIT}(claimId);
        vm.warp(within(asked >> 128, block.timestamp, START + LIFE));
        drawn(JOB_ID, audited);
        vm.warp(START + LIFE);
        DISPUTES.uphold(claimId, SALT);
        says(IVerifier.Verdict.Right, JOB_ID, "right");
    }

    /// Cheating loses on average at every price, though a third or half of the auditors say what the cheat wants, and even if it can withhold the block by
    /// which it is drawn. The bond is burned whole: `DisputableMarket.t.sol`.
    function testFuzz_threat_4_a_cheat_that_withholds_a_block_loses_on_average(uint256 price) public view {
        IKinds.Kind memory rules = KINDS.rulesOf(CLAIMS);
        price = within(price, rules.priceMin, rules.priceMax);
        uint256 rate = DISPUTABLE.auditRate() * ONE / BASIS_POINTS;
        holds(_expectedLoss(price, rate, 3) > 7 * price, "a third of the auditors");
        holds(_expectedLoss(price, rate, 2) > 7 * price, "half of the auditors");
        uint256 both = rate * rate / ONE;
        holds(_expectedLoss(price, both, 3) > 3 * price / 2, "a third, and a block");
        holds(_expectedLoss(price, both, 2) > 7 * price / 5, "half, and a block");
    }

    /// Numbers of `IDisputable`, for a price that is not so small that the least bond matters.
    function test_threat_4_a_rate_of_a_tenth_would_not_do() public view {
        uint256 price = 1000e18;
        eq(_expectedLoss(price, 0.2e18, 3) * 10 / price, 79, "a fifth: 7.9 prices");
        eq(_expectedLoss(price, 0.04e18, 3) * 100 / price, 158, "one block less: 1.58");
        eq(_expectedLoss(price, 0.01e18, 3) * 100 / price, 39, "a tenth, one block less: 0.39");
    }

    /// Who convicts itself has a tenth of the claim's bond back, and has lost the job.
    function test_threat_5_and_28_a_cheat_that_convicts_itself_loses_nine_tenths_and_the_job() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, true);
        convicted(claimId);
        says(IVerifier.Verdict.Wrong, JOB_ID, "wrong, whoever said so");
        eq(DISPUTES.creditOf(CAROL), BOND / 10, "its friend's");
        vm.warp(block.timestamp + TURN + 1);
        DISPUTES.burn(claimId);
        eq(Predeploys.BURN.balance, BOND * 9 / 10, "burned");
    }

    /// Nor does it help to have planted it: that is for claims that are no job.
    function test_threat_28_to_say_that_it_was_planted_saves_no_job() public {
        bytes32 claimId = claimedAs(BOB, JOB, traceRoot, true);
        enters(BOB, JOB_ID);
        drawn(JOB_ID, true);
        convicted(claimId);
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
        says(IVerifier.Verdict.Wrong, JOB_ID, "wrong");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.WrongPhase.selector, claimId, IDisputes.Phase.Canary));
        DISPUTES.uphold(claimId, SALT);
    }

    /// Nobody need do anything for the worker to be right, least of all the requester.
    function test_threat_10_the_worker_alone_gets_there() public {
        vm.deal(address(DISPUTABLE), 0);
        bytes32 claimId = entered(JOB_ID);
        drawable(JOB_ID, true);
        vm.prank(BOB);
        DISPUTABLE.draw{value: AUDIT - ENTRY}(BOB, JOB_ID);
        vm.warp(START + WINDOW + 1);
        vm.prank(BOB);
        DISPUTES.uphold(claimId, SALT);
        says(IVerifier.Verdict.Right, JOB_ID, "right");
    }

    /// A long answer that is kept is asked for, and silence is wrong. (A short one is shown at the entry.)
    function test_threat_10_a_result_that_is_withheld_is_wrong() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, false);
        challenged(ALICE, claimId, OUTPUT);
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, OUTPUT, 11, 0);
        says(IVerifier.Verdict.Wrong, JOB_ID, "wrong");
        // Or it is shown, to everybody.
        claimId = entered(JOB_ID + 1);
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        descended(thread, 0);
        answered(claimId, OUTPUT, 3, 0);
    }

    /// Auditors who say what a claim says without a look are not paid, and lose their seats when somebody looks.
    function test_threat_11_lazy_auditors_lose_their_seats_and_the_pot_gets_its_fee_back() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, true);
        uint256 pot = DISPUTABLE.pot();
        uint256[] memory places = attested(claimId, outputRoot);
        convicted(claimId);
        says(IVerifier.Verdict.Wrong, JOB_ID, "wrong, whatever they said");
        for (uint256 i = 0; i < places.length; ++i) {
            AUDITS.contradict(claimId, places[i]);
            eq(AUDITS.seatOf(KEYS.keyAt(AUDITS.set(), places[i])).deposit, 0, "lost");
        }
        vm.warp(START + 2 * TURN + 1);
        AUDITS.close(claimId);
        DISPUTABLE.reclaim();
        eq(DISPUTABLE.pot(), pot + AUDIT, "nobody earned it");
    }

    /// A claim that was copied on its way is its copier's own: it is for no job that this one took.
    function test_threat_23_who_copies_a_claim_has_a_claim_about_no_job() public {
        bytes32 seal = sealOf(CAROL, JOB, false);
        vm.prank(CAROL);
        DISPUTES.claim{value: BOND}(JOB, graphId, inputRoot, outputRoot, traceRoot, seal, "");
        enters(CAROL, JOB_ID);
        says(IVerifier.Verdict.None, JOB_ID, "not BOB's");
        bytes32 claimId = entered(JOB_ID);
        // The same mix draws them apart.
        mixes(TAKEN_AT + DELAY, _mixThatParts(DISPUTES.claimIdOf(CAROL, JOB), claimId));
        vm.roll(TAKEN_AT + DELAY + 1);
        DISPUTABLE.draw(CAROL, JOB_ID);
        DISPUTABLE.draw(BOB, JOB_ID);
        holds(!DISPUTABLE.entryOf(CAROL, JOB_ID).audited, "hers is not");
        holds(DISPUTABLE.entryOf(BOB, JOB_ID).audited, "BOB's is");
        upheld(claimId);
        says(IVerifier.Verdict.Right, JOB_ID, "BOB's");
    }

    function testFuzz_threat_26_what_is_right_of_one_job_is_nothing_of_another(uint256 other) public {
        vm.assume(other != JOB_ID);
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, false);
        upheld(claimId);
        says(IVerifier.Verdict.Right, JOB_ID, "of its own");
        IVerifier.Work memory work = workOf(other);
        says(IVerifier.Verdict.None, work, "of another");
        work = workOf(JOB_ID);
        work.inputHash = bytes32(other);
        says(IVerifier.Verdict.None, work, "of another input");
        work = workOf(JOB_ID);
        work.subject = bytes32(other);
        says(IVerifier.Verdict.None, work, "of another model");
        // Or of the same job, had it been taken again.
        work = workOf(JOB_ID);
        work.takenAt = TAKEN_AT + 1;
        says(IVerifier.Verdict.None, work, "of another time");
    }

    function test_threat_26_what_is_right_on_one_chain_is_nothing_on_another() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, false);
        upheld(claimId);
        vm.chainId(block.chainid + 1);
        says(IVerifier.Verdict.None, JOB_ID, "there");
    }

    /// As many as like may ask at the last moment: the worker answers for each place once, and is right in time.
    function test_threat_29_many_challengers_do_not_keep_a_claim_from_being_right() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, true);
        vm.warp(START + WINDOW);
        uint256[] memory threads = new uint256[](6);
        uint256 bonds;
        for (uint256 i = 0; i < threads.length; ++i) {
            bonds += DISPUTES.challengeBond(claimId);
            threads[i] = challenged(ALICE, claimId, TRACE);
        }
        vm.warp(block.timestamp + TURN);
        answered(claimId, TRACE, 19, 0);
        for (uint256 i = 0; i < threads.length; ++i) {
            vm.warp(START + WINDOW + 2 * TURN);
            descended(threads[i], 0);
        }
        vm.warp(block.timestamp + TURN);
        answered(claimId, TRACE, 11, 0);
        says(IVerifier.Verdict.Pending, JOB_ID, "meanwhile");
        vm.warp(block.timestamp + TURN + 1);
        for (uint256 i = 0; i < threads.length; ++i) {
            DISPUTES.forfeit(threads[i]);
        }
        DISPUTES.uphold(claimId, SALT);
        says(IVerifier.Verdict.Right, JOB_ID, "right");
        eq(DISPUTES.creditOf(BOB), BOND + bonds / 2, "and paid for its trouble");
    }

    function test_threat_29_the_longest_dispute_ends_a_day_before_the_claims_life() public view {
        uint256 longest = DISPUTES.WINDOW() + 20 * DISPUTES.TURN();
        holds(longest + 1 days <= DISPUTABLE.LIFE(), "a day");
        holds(DISPUTABLE.LIFE() >= AUDITS.UNBONDING(), "while auditors answer for it");
    }

    /// @param parts of the auditors, one of which says what the cheat wants
    function _expectedLoss(uint256 price, uint256 rate, uint256 parts) private view returns (uint256) {
        uint256 seen = ONE - ONE / parts ** AUDITS.SIZE();
        return KINDS.bondFor(CLAIMS, price) * rate / ONE * seen / ONE;
    }

    function _mixThatParts(bytes32 free, bytes32 audited) private view returns (bytes32 mix) {
        uint256 height = TAKEN_AT + DELAY;
        do {
            mix = keccak256(abi.encode(mix));
        } while (isAuditedBy(free, height, mix) || !isAuditedBy(audited, height, mix));
    }
}
