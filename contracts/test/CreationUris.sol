// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {CreationKind} from "./CreationKinds.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What tokens show, and what of it can change.
abstract contract CreationUris is CreationKind {
    /// @dev BLAKE3 of nothing, and its CID.
    bytes32 private constant CONTENT = 0xaf1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262;
    string private constant CONTENT_URI = "ipfs://bafkr4ifpcne3t5pzugtkaqcn5i3nzskjtpfslsnnyejlpte2spfoihzsmi";
    bytes private constant JSON = '{"name":"Loom"}';

    function test_a_token_without_metadata_shows_the_base_and_its_id() public {
        mint(ALICE, 907);
        _shows(907, "https://looms.example/907");
        vm.expectEmit();
        emit ICreation.BatchMetadataUpdate(0, type(uint256).max);
        vm.prank(creator);
        token.setBaseUri("ar://x/");
        _shows(907, "ar://x/907");
        vm.prank(creator);
        token.setBaseUri("");
        _shows(907, "");
    }

    function test_a_token_with_content_shows_its_cid() public {
        mint(ALICE, 1, CONTENT);
        eq(token.contentOf(1), CONTENT, "content");
        _shows(1, CONTENT_URI);
        mint(ALICE, 2);
        eq(token.contentOf(2), 0, "none");
        vm.expectEmit();
        emit ICreation.MetadataUpdate(2);
        vm.prank(creator);
        token.setContent(2, CONTENT);
        _shows(2, CONTENT_URI);
        vm.prank(creator);
        token.setContent(2, 0);
        _shows(2, "https://looms.example/2");
    }

    function test_a_token_with_json_on_the_chain_shows_it(bytes calldata json) public {
        vm.assume(json.length != 0);
        mint(ALICE, 1);
        vm.expectEmit();
        emit ICreation.MetadataUpdate(1);
        vm.prank(creator);
        token.setOnChain(1, json);
        _shows(1, string.concat("data:application/json;base64,", Base64.encode(json)));
        vm.prank(creator);
        token.setOnChain(1, "");
        _shows(1, "https://looms.example/1");
    }

    function test_what_was_said_last_is_shown() public {
        mint(ALICE, 1, CONTENT);
        vm.prank(creator);
        token.setOnChain(1, JSON);
        eq(token.contentOf(1), 0, "not by that");
        _shows(1, "data:application/json;base64,eyJuYW1lIjoiTG9vbSJ9");
        vm.prank(creator);
        token.setContent(1, CONTENT);
        _shows(1, CONTENT_URI);
        vm.prank(creator);
        token.setOnChain(2, JSON);
        mint(ALICE, 2, CONTENT);
        _shows(2, CONTENT_URI);
    }

    function test_two_tokens_can_have_the_same_json() public {
        mint(ALICE, 1);
        mint(ALICE, 2);
        vm.prank(creator);
        token.setOnChain(1, JSON);
        vm.prank(creator);
        token.setOnChain(2, JSON);
        eq(keccak256(bytes(uriOf(1))), keccak256(bytes(uriOf(2))), "alike");
    }

    function test_json_is_as_long_as_code_can_be() public {
        mint(ALICE, 1);
        vm.prank(creator);
        token.setOnChain(1, new bytes(24_575));
        holds(bytes(uriOf(1)).length > 32_768, "all of it");
        vm.expectRevert(abi.encodeWithSelector(ICreation.JsonTooLong.selector, 24_576, 24_575));
        vm.prank(creator);
        token.setOnChain(1, new bytes(24_576));
    }

    function test_what_is_frozen_shows_the_same_for_good() public {
        mint(ALICE, 1, CONTENT);
        vm.expectEmit();
        emit ICreation.MetadataFrozen();
        vm.prank(creator);
        token.freeze();
        holds(token.isFrozen(), "frozen");
        bytes[4] memory all = [
            abi.encodeCall(ICreation.setBaseUri, ("ar://x/")),
            abi.encodeCall(ICreation.setContent, (1, "other")),
            abi.encodeCall(ICreation.setOnChain, (1, JSON)),
            abi.encodeCall(ICreation.freeze, ())
        ];
        for (uint256 i = 0; i < all.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICreation.Frozen.selector));
            vm.prank(creator);
            call(all[i]);
        }
        _shows(1, CONTENT_URI);
    }

    function test_what_is_minted_later_brings_its_content_though_all_is_frozen() public {
        vm.prank(creator);
        token.freeze();
        mint(ALICE, 1, CONTENT);
        _shows(1, CONTENT_URI);
        ICreation.Voucher memory what = voucher(ALICE, 2);
        what.content = CONTENT;
        token.redeem(what, sign(what), 1);
        _shows(2, CONTENT_URI);
    }

    function test_the_uri_of_the_contract_is_not_frozen() public {
        vm.prank(creator);
        token.freeze();
        vm.expectEmit();
        emit ICreation.ContractURIUpdated();
        vm.prank(creator);
        token.setContractUri("ipfs://other");
        eq(keccak256(bytes(token.contractURI())), keccak256("ipfs://other"), "contract");
    }

    function _shows(uint256 id, string memory uri) private view {
        eq(keccak256(bytes(uriOf(id))), keccak256(bytes(uri)), uri);
    }
}
