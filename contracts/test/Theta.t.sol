// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ITheta} from "../src/interfaces/ITheta.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev The token as genesis makes it: code, and one storage slot. No constructor, no mint.
contract ThetaTest is World {
    uint256 private constant SUPPLY = 1_000_000_000e18;
    uint256 private constant KEY_OF_SIGNER = 0x5167;
    /// @dev The first account of the well-known test mnemonic, and its balance slot as the bindings crate pins it.
    address private constant HOLDER = 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266;
    bytes32 private constant HOLDER_SLOT = 0x523a6896f5f8911768b8b7bb6464df9b5b7fefd3b0494de3368a2aaa2375e6c3;

    function setUp() public override {
        super.setUp();
        vm.store(Predeploys.THETA, HOLDER_SLOT, bytes32(SUPPLY));
    }

    function test_genesis_gives_the_whole_supply_to_the_holder() public view {
        eq(THETA.totalSupply(), SUPPLY, "supply");
        eq(THETA.balanceOf(HOLDER), SUPPLY, "holder");
        eq(THETA.getVotesTotalSupply(), SUPPLY, "votes' supply");
        eq(keccak256(bytes(THETA.name())), keccak256("Theta Token"), "name");
        eq(keccak256(bytes(THETA.symbol())), keccak256("THETA"), "symbol");
        eq(THETA.decimals(), 18, "decimals");
    }

    function test_transfer_refuses_more_than_the_balance() public {
        vm.expectRevert(abi.encodeWithSelector(ITheta.InsufficientBalance.selector));
        vm.prank(ALICE);
        THETA.transfer(BOB, 1);
    }

    function test_transfer_refuses_the_zero_address() public {
        vm.expectRevert(abi.encodeWithSelector(ITheta.TransferToZero.selector));
        vm.prank(HOLDER);
        THETA.transfer(address(0), 1);
        vm.prank(HOLDER);
        THETA.approve(ALICE, 1);
        vm.expectRevert(abi.encodeWithSelector(ITheta.TransferToZero.selector));
        vm.prank(ALICE);
        THETA.transferFrom(HOLDER, address(0), 1);
    }

    function test_permit2_has_no_allowance() public {
        address permit2 = 0x000000000022D473030F116dDEE9F6B43aC78BA3;
        eq(THETA.allowance(HOLDER, permit2), 0, "allowance");
        vm.expectRevert(abi.encodeWithSelector(ITheta.InsufficientAllowance.selector));
        vm.prank(permit2);
        THETA.transferFrom(HOLDER, permit2, 1);
    }

    function test_votes_follow_delegation_and_transfers() public {
        eq(THETA.getVotes(HOLDER), 0, "none before delegation");
        vm.prank(HOLDER);
        THETA.delegate(HOLDER);
        eq(THETA.getVotes(HOLDER), SUPPLY, "its own");
        vm.prank(BOB);
        THETA.delegate(CAROL);
        vm.roll(101);
        vm.prank(HOLDER);
        THETA.transfer(BOB, 400);
        eq(THETA.getVotes(HOLDER), SUPPLY - 400, "left");
        eq(THETA.getVotes(CAROL), 400, "delegated by BOB");
        eq(THETA.getVotes(BOB), 0, "BOB gave his away");
        eq(THETA.getPastVotes(HOLDER, 100), SUPPLY, "as it was");
    }

    function test_past_lookups_refuse_the_present() public {
        vm.expectRevert(abi.encodeWithSelector(ITheta.ERC5805FutureLookup.selector));
        THETA.getPastVotes(HOLDER, 100);
        vm.expectRevert(abi.encodeWithSelector(ITheta.ERC5805FutureLookup.selector));
        THETA.getPastTotalSupply(100);
        vm.expectRevert(abi.encodeWithSelector(ITheta.ERC5805FutureLookup.selector));
        THETA.getPastVotesTotalSupply(100);
        eq(THETA.getPastTotalSupply(99), SUPPLY, "the block before");
        eq(THETA.getPastTotalSupply(0), SUPPLY, "genesis");
        eq(THETA.getPastVotesTotalSupply(0), SUPPLY, "solady's name");
    }

    function test_stake_borrowed_within_a_block_has_no_past_votes() public {
        vm.prank(ALICE);
        THETA.delegate(ALICE);
        vm.prank(HOLDER);
        THETA.transfer(ALICE, SUPPLY);
        vm.prank(ALICE);
        THETA.transfer(HOLDER, SUPPLY);
        vm.roll(101);
        eq(THETA.getPastVotes(ALICE, 100), 0, "nothing at the block's end");
    }

    function test_permit_refuses_late_and_foreign_signatures_and_replays() public {
        address signer = vm.addr(KEY_OF_SIGNER);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(KEY_OF_SIGNER, signer, 5, START);
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(ITheta.PermitExpired.selector));
        THETA.permit(signer, ALICE, 5, START, v, r, s);
        vm.warp(START);
        vm.expectRevert(abi.encodeWithSelector(ITheta.InvalidPermit.selector));
        THETA.permit(signer, ALICE, 6, START, v, r, s);
        THETA.permit(signer, ALICE, 5, START, v, r, s);
        eq(THETA.allowance(signer, ALICE), 5, "allowed");
        vm.expectRevert(abi.encodeWithSelector(ITheta.InvalidPermit.selector));
        THETA.permit(signer, ALICE, 5, START, v, r, s);
    }

    function test_permit_lets_the_spender_spend() public {
        address signer = vm.addr(KEY_OF_SIGNER);
        vm.prank(HOLDER);
        THETA.transfer(signer, 9);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(KEY_OF_SIGNER, signer, 5, START);
        THETA.permit(signer, ALICE, 5, START, v, r, s);
        vm.prank(ALICE);
        THETA.transferFrom(signer, BOB, 5);
        eq(THETA.balanceOf(BOB), 5, "received");
        vm.expectRevert(abi.encodeWithSelector(ITheta.InsufficientAllowance.selector));
        vm.prank(ALICE);
        THETA.transferFrom(signer, BOB, 1);
    }

    function test_delegation_by_signature() public {
        address signer = vm.addr(KEY_OF_SIGNER);
        vm.prank(HOLDER);
        THETA.transfer(signer, 9);
        bytes32 delegation = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
        bytes32 digest = _digest(keccak256(abi.encode(delegation, CAROL, 0, START)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_OF_SIGNER, digest);
        // Over another delegatee the signature is that of some unknown account without tokens.
        THETA.delegateBySig(BOB, 0, START, v, r, s);
        eq(THETA.getVotes(BOB), 0, "no votes moved");
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(ITheta.ERC5805DelegateSignatureExpired.selector));
        THETA.delegateBySig(CAROL, 0, START, v, r, s);
        vm.warp(START);
        THETA.delegateBySig(CAROL, 0, START, v, r, s);
        eq(THETA.getVotes(CAROL), 9, "votes");
        vm.expectRevert(abi.encodeWithSelector(ITheta.ERC5805DelegateInvalidSignature.selector));
        THETA.delegateBySig(CAROL, 0, START, v, r, s);
    }

    function testFuzz_transfers_conserve_balances_and_votes(uint256 first, uint256 second) public {
        vm.prank(HOLDER);
        THETA.delegate(HOLDER);
        vm.prank(BOB);
        THETA.delegate(CAROL);
        first = within(first, 0, SUPPLY);
        second = within(second, 0, first);
        vm.prank(HOLDER);
        THETA.transfer(BOB, first);
        vm.prank(BOB);
        THETA.transfer(HOLDER, second);
        eq(THETA.balanceOf(HOLDER) + THETA.balanceOf(BOB), SUPPLY, "balances");
        eq(THETA.getVotes(HOLDER) + THETA.getVotes(CAROL), SUPPLY, "votes");
        eq(THETA.getVotes(CAROL), THETA.balanceOf(BOB), "the delegate's");
    }

    /// The domain that any wallet computes from name, version 1, chain and address.
    function test_the_signing_domain_is_the_standard_one() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Theta Token"),
                keccak256("1"),
                block.chainid,
                Predeploys.THETA
            )
        );
        eq(THETA.DOMAIN_SEPARATOR(), domain, "domain");
    }

    function _signPermit(uint256 key, address owner, uint256 value, uint256 deadline)
        private
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        bytes32 permit = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        return vm.sign(key, _digest(keccak256(abi.encode(permit, owner, ALICE, value, 0, deadline))));
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", THETA.DOMAIN_SEPARATOR(), structHash));
    }
}
