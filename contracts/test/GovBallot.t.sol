// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Governor} from "../src/governance/Governor.sol";
import {GovernanceWorld} from "./GovernanceWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Votes that somebody else sends: by a key's signature (EIP-712), or an account's word (ERC-1271).
contract GovBallotTest is GovernanceWorld {
    uint256 private constant KEY_OF_SIGNER = 0x5167;
    uint256 private constant VOTES = 9e18;
    address private _signer;
    uint256 private _proposalId;

    function setUp() public override {
        super.setUp();
        _signer = vm.addr(KEY_OF_SIGNER);
        delegate(_signer);
        move(ALICE, _signer, VOTES);
        waitBlocks(1);
        _proposalId = proposed(BOB, gasPlan());
        openVote(_proposalId);
    }

    /// Attack 26.
    function test_threat_26_a_ballot_of_another_chain_is_refused() public {
        uint256 here = block.chainid;
        bytes memory ballot = _ballot(Predeploys.GOVERNOR, here, FOR, 0);
        vm.chainId(here + 1);
        _refused(FOR, ballot);
        vm.chainId(here);
        eq(_cast(FOR, ballot), VOTES, "here it counts");
    }

    /// Attack 26.
    function test_threat_26_a_ballot_for_another_contract_is_refused() public {
        _refused(FOR, _ballot(address(new Governor()), block.chainid, FOR, 0));
        // The token's domain, with the governor's message.
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", THETA.DOMAIN_SEPARATOR(), _message(FOR, 0)));
        _refused(FOR, _sign(digest));
    }

    /// Attack 26.
    function test_threat_26_a_ballot_for_another_proposal_is_refused() public {
        bytes memory ballot = _ballot(Predeploys.GOVERNOR, block.chainid, FOR, 0);
        Plan memory made = gasPlan();
        made.description = "again";
        uint256 other = proposed(BOB, made);
        openVote(other);
        vm.expectRevert(_invalid(_signer));
        GOVERNOR.castVoteBySig(other, FOR, _signer, ballot);
    }

    function test_a_ballot_for_another_answer_voter_or_nonce_is_refused() public {
        _refused(AGAINST, _ballot(Predeploys.GOVERNOR, block.chainid, FOR, 0));
        _refused(FOR, _ballot(Predeploys.GOVERNOR, block.chainid, FOR, 1));
        _refused(FOR, "");
        bytes memory ballot = _ballot(Predeploys.GOVERNOR, block.chainid, FOR, 0);
        vm.expectRevert(_invalid(ALICE));
        GOVERNOR.castVoteBySig(_proposalId, FOR, ALICE, ballot);
    }

    function test_a_ballot_counts_once() public {
        bytes memory ballot = _ballot(Predeploys.GOVERNOR, block.chainid, FOR, 0);
        vm.expectEmit();
        emit IGovernor.VoteCast(_signer, _proposalId, FOR, VOTES, "");
        eq(_cast(FOR, ballot), VOTES, "weight");
        eq(GOVERNOR.nonces(_signer), 1, "nonce");
        _refused(FOR, ballot);
        bytes memory second = _ballot(Predeploys.GOVERNOR, block.chainid, AGAINST, 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, _signer));
        _cast(AGAINST, second);
    }

    function test_a_ballot_with_a_reason_counts() public {
        bytes32 message = keccak256(
            abi.encode(
                GOVERNOR.EXTENDED_BALLOT_TYPEHASH(), _proposalId, FOR, _signer, 0, keccak256("why"), keccak256("")
            )
        );
        bytes memory ballot = _sign(_digest(Predeploys.GOVERNOR, block.chainid, message));
        vm.expectRevert(_invalid(_signer));
        GOVERNOR.castVoteWithReasonAndParamsBySig(_proposalId, FOR, _signer, "because", "", ballot);
        eq(GOVERNOR.castVoteWithReasonAndParamsBySig(_proposalId, FOR, _signer, "why", "", ballot), VOTES, "weight");
    }

    function test_an_account_with_code_votes_by_its_word() public {
        address wallet = address(0x3a11e7);
        vm.etch(wallet, address(new Wallet()).code);
        delegate(wallet);
        move(CAROL, wallet, VOTES);
        waitBlocks(1);
        Plan memory made = gasPlan();
        made.description = "again";
        _proposalId = proposed(BOB, made);
        openVote(_proposalId);
        vm.expectRevert(_invalid(wallet));
        GOVERNOR.castVoteBySig(_proposalId, FOR, wallet, "any bytes");
        bytes32 message = keccak256(abi.encode(GOVERNOR.BALLOT_TYPEHASH(), _proposalId, FOR, wallet, 0));
        Wallet(wallet).sign(_digest(Predeploys.GOVERNOR, block.chainid, message));
        eq(GOVERNOR.castVoteBySig(_proposalId, FOR, wallet, "any bytes"), VOTES, "weight");
    }

    /// The domain that any wallet computes, without an initializer that stored it.
    function test_the_signing_domain_says_where_it_is() public view {
        (bytes1 fields, string memory name, string memory version, uint256 chain, address place,,) =
            GOVERNOR.eip712Domain();
        eq(bytes32(fields), bytes32(hex"0f"), "fields");
        eq(keccak256(bytes(name)), keccak256("Edgeloom Governor"), "name");
        eq(keccak256(bytes(GOVERNOR.name())), keccak256("Edgeloom Governor"), "the same name");
        eq(keccak256(bytes(version)), keccak256("1"), "version");
        eq(chain, block.chainid, "chain");
        eq(place, Predeploys.GOVERNOR, "contract");
        holds(bytes(name).length != 0, "not empty");
    }

    function _cast(uint8 support, bytes memory ballot) private returns (uint256 weight) {
        vm.prank(MALLORY);
        return GOVERNOR.castVoteBySig(_proposalId, support, _signer, ballot);
    }

    function _refused(uint8 support, bytes memory ballot) private {
        vm.expectRevert(_invalid(_signer));
        GOVERNOR.castVoteBySig(_proposalId, support, _signer, ballot);
    }

    function _invalid(address voter) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter);
    }

    function _ballot(address governor, uint256 chain, uint8 support, uint256 nonce)
        private
        view
        returns (bytes memory)
    {
        return _sign(_digest(governor, chain, _message(support, nonce)));
    }

    function _message(uint8 support, uint256 nonce) private view returns (bytes32) {
        return keccak256(abi.encode(GOVERNOR.BALLOT_TYPEHASH(), _proposalId, support, _signer, nonce));
    }

    function _digest(address governor, uint256 chain, bytes32 message) private pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Edgeloom Governor"),
                keccak256("1"),
                chain,
                governor
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function _sign(bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_OF_SIGNER, digest);
        return abi.encodePacked(r, s, v);
    }
}
