// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationKind} from "./CreationKinds.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What a creation is made with, and how its creator changes that.
abstract contract CreationTerms is CreationKind {
    function test_it_is_what_its_terms_say() public {
        ICreation.Terms memory its = terms(ICreation.Policy.Strict);
        token = create(its);
        eq(own().owner(), creator, "creator");
        eq(keccak256(bytes(token.contractURI())), keccak256("ipfs://contract"), "contract");
        holds(token.transferPolicy() == ICreation.Policy.Strict, "policy");
        eq(token.split(), SPLIT, "split");
        eq(token.voucherCounter(), 0, "counter");
        holds(!token.isFrozen(), "frozen");
        _royalty(10_000, STUDIO, 500);
        (, bytes memory name) = address(token).staticcall(abi.encodeWithSignature("name()"));
        (, bytes memory symbol) = address(token).staticcall(abi.encodeWithSignature("symbol()"));
        eq(keccak256(name), keccak256(abi.encode("Looms")), "name");
        eq(keccak256(symbol), keccak256(abi.encode("LOOM")), "symbol");
    }

    function test_only_the_factory_says_what_a_clone_is() public {
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        vm.expectRevert(abi.encodeWithSelector(ICreation.OnlyFactory.selector, creator));
        vm.prank(creator);
        token.initialize(its);
    }

    function test_not_even_the_factory_says_it_twice() public {
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        vm.expectRevert(abi.encodeWithSelector(Ownable.AlreadyInitialized.selector));
        vm.prank(Predeploys.NFT_FACTORY);
        token.initialize(its);
    }

    function test_not_even_the_factory_says_it_of_one_that_was_renounced() public {
        vm.prank(creator);
        own().renounceOwnership();
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        vm.expectRevert(abi.encodeWithSelector(Ownable.AlreadyInitialized.selector));
        vm.prank(Predeploys.NFT_FACTORY);
        token.initialize(its);
    }

    function test_nobody_makes_anything_of_the_contract_that_is_cloned() public {
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        vm.expectRevert(abi.encodeWithSelector(ICreation.OnlyFactory.selector, creator));
        vm.prank(creator);
        ICreation(implementation()).initialize(its);
        eq(Ownable(implementation()).owner(), address(0), "nobody's");
    }

    function test_a_royalty_is_a_tenth_at_most() public {
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        its.royaltyBps = 1000;
        token = create(its);
        _royalty(10_000, STUDIO, 1000);
        its.royaltyBps = 1001;
        vm.expectRevert(abi.encodeWithSelector(ICreation.RoyaltyTooHigh.selector, 1001, 1000));
        vm.prank(creator);
        FACTORY.createCollection(its, "too much");
    }

    function test_a_royalty_falls_and_does_not_rise() public {
        vm.expectEmit();
        emit ICreation.RoyaltySet(ALICE, 200);
        vm.prank(creator);
        token.setRoyalty(ALICE, 200);
        _royalty(10_000, ALICE, 200);
        vm.expectRevert(abi.encodeWithSelector(ICreation.OnlyLess.selector));
        vm.prank(creator);
        token.setRoyalty(ALICE, 201);
        vm.prank(creator);
        token.setRoyalty(BOB, 200);
        _royalty(10_000, BOB, 200);
    }

    function test_a_royalty_to_nobody_is_its_creators_whoever_that_is_by_then() public {
        vm.prank(creator);
        token.setRoyalty(address(0), 500);
        _royalty(10_000, creator, 500);
        vm.prank(creator);
        own().transferOwnership(ALICE);
        _royalty(10_000, ALICE, 500);
        vm.prank(ALICE);
        own().renounceOwnership();
        _royalty(10_000, address(0), 500);
    }

    function test_a_royalty_is_its_share_of_any_price_rounded_down(uint128 price, uint16 bps) public {
        bps %= ROYALTY_BPS + 1;
        vm.prank(creator);
        token.setRoyalty(STUDIO, bps);
        _royalty(price, STUDIO, uint256(price) * bps / 10_000);
    }

    function test_a_policy_loosens_and_does_not_tighten() public {
        for (uint256 from = 0; from < 3; ++from) {
            for (uint256 to = 0; to < 3; ++to) {
                make(ICreation.Policy(from));
                if (to > from) vm.expectRevert(abi.encodeWithSelector(ICreation.OnlyLess.selector));
                else vm.expectEmit();
                if (to <= from) emit ICreation.PolicySet(ICreation.Policy(to));
                vm.prank(creator);
                token.setPolicy(ICreation.Policy(to));
                holds(token.transferPolicy() == ICreation.Policy(to > from ? from : to), "policy");
            }
        }
    }

    function test_operators_are_the_chains_own_and_whom_the_creator_allows() public {
        holds(token.isOperatorAllowed(Predeploys.EXCHANGE), "exchange");
        holds(token.isOperatorAllowed(Predeploys.AUCTION_HOUSE), "auction house");
        holds(!token.isOperatorAllowed(Predeploys.RENTALS), "rentals");
        holds(!token.isOperatorAllowed(ALICE), "anybody");
        vm.expectEmit();
        emit ICreation.OperatorSet(ALICE, true);
        vm.prank(creator);
        token.setOperator(ALICE, true);
        holds(token.isOperatorAllowed(ALICE), "allowed");
        vm.expectEmit();
        emit ICreation.OperatorSet(ALICE, false);
        vm.prank(creator);
        token.setOperator(ALICE, false);
        holds(!token.isOperatorAllowed(ALICE), "not any more");
    }

    function test_the_creator_alone_changes_anything() public {
        bytes[11] memory all = [
            abi.encodeCall(ICreation.revokeVouchers, ()),
            abi.encodeCall(ICreation.setRoyalty, (ALICE, 0)),
            abi.encodeCall(ICreation.setPolicy, (ICreation.Policy.Open)),
            abi.encodeCall(ICreation.setOperator, (ALICE, true)),
            abi.encodeCall(ICreation.setBaseUri, ("")),
            abi.encodeCall(ICreation.setContractUri, ("")),
            abi.encodeCall(ICreation.setContent, (1, "content")),
            abi.encodeCall(ICreation.setOnChain, (1, "{}")),
            abi.encodeCall(ICreation.freeze, ()),
            mintCall(ALICE, 1, 0),
            abi.encodeCall(Ownable.transferOwnership, (ALICE))
        ];
        for (uint256 i = 0; i < all.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Ownable.Unauthorized.selector));
            vm.prank(ALICE);
            call(all[i]);
        }
        for (uint256 i = 0; i < all.length; ++i) {
            // What freezes comes before what mints, which it does not keep away.
            vm.prank(creator);
            call(all[i]);
        }
    }

    function test_a_creation_is_handed_over_to_who_asked_for_it() public {
        vm.prank(ALICE);
        own().requestOwnershipHandover();
        vm.prank(creator);
        own().completeOwnershipHandover(ALICE);
        eq(own().owner(), ALICE, "creator");
        vm.prank(ALICE);
        token.freeze();
        vm.expectRevert(abi.encodeWithSelector(Ownable.Unauthorized.selector));
        mint(BOB, 1);
    }

    function test_its_domain_is_told_as_it_is() public view {
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifier, bytes32 salt,) =
            token.eip712Domain();
        (,,,,,, uint256[] memory extensions) = token.eip712Domain();
        holds(fields == 0x0f, "fields");
        eq(keccak256(bytes(name)), keccak256(bytes(domainName())), "name");
        eq(chainId, block.chainid, "chain");
        eq(verifier, address(token), "contract");
        eq(salt, 0, "salt");
        eq(extensions.length, 0, "extensions");
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        eq(keccak256(bytes(version)), keccak256("1"), "version");
        eq(token.DOMAIN_SEPARATOR(), domain, "domain");
    }

    function test_drops_and_packs_alone_mint_from_the_split_on() public {
        address[2] memory by = [Predeploys.DROPS, Predeploys.PACKS];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(by[i]);
            token.issue(ALICE, SPLIT + i, 1);
            eq(heldBy(ALICE, SPLIT + i), 1, "minted");
            vm.expectRevert(abi.encodeWithSelector(ICreation.NotDrops.selector, SPLIT - 1, SPLIT));
            vm.prank(by[i]);
            token.issue(ALICE, SPLIT - 1, 1);
        }
        vm.expectRevert(abi.encodeWithSelector(ICreation.OnlyDrops.selector, creator));
        vm.prank(creator);
        token.issue(ALICE, SPLIT + 2, 1);
        vm.expectRevert(abi.encodeWithSelector(ICreation.NotCreators.selector, SPLIT, SPLIT));
        mint(ALICE, SPLIT);
        mint(ALICE, SPLIT - 1);
        eq(heldBy(ALICE, SPLIT - 1), 1, "the creator's last");
    }

    function _royalty(uint256 price, address to, uint256 amount) private view {
        (address receiver, uint256 royalty) = token.royaltyInfo(1, price);
        eq(receiver, to, "receiver");
        eq(royalty, amount, "royalty");
    }
}
