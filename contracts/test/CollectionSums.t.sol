// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Collectors} from "./mocks/Collectors.sol";
import {CreationWorld} from "./CreationWorld.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true of a collection and of editions whatever creator, holders, users and operators do.
/// forge-config: default.invariant.runs = 16
contract CollectionSumsTest is CreationWorld {
    Collectors private _collectors;
    ICollection private _token;
    IEditions private _prints;

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function setUp() public override {
        _collectors = new Collectors();
        _collectors.setUp();
        (_token, _prints) = (_collectors.token(), _collectors.prints());
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_collectors);
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[22] memory verbs = [
            Collectors.mint.selector,
            Collectors.mintBatch.selector,
            Collectors.redeem.selector,
            Collectors.issue.selector,
            Collectors.burn.selector,
            Collectors.move.selector,
            Collectors.move.selector,
            Collectors.permit.selector,
            Collectors.setUser.selector,
            Collectors.setUser.selector,
            Collectors.giveUp.selector,
            Collectors.loosen.selector,
            Collectors.lower.selector,
            Collectors.mintPrints.selector,
            Collectors.issuePrints.selector,
            Collectors.redeemPrints.selector,
            Collectors.movePrints.selector,
            Collectors.movePrints.selector,
            Collectors.burnPrints.selector,
            Collectors.cap.selector,
            Collectors.wait.selector,
            Collectors.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_collectors), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_every_token_is_its_holders_by_the_books() public view {
        for (uint256 id = 0; id < _collectors.IDS(); ++id) {
            (address by,,,) = _collectors.entryOf(id);
            eq(_holderOf(id), by, "holder");
        }
    }

    function invariant_balances_are_the_tokens_that_are_held() public view {
        uint256 sum;
        for (uint256 i = 0; i < _collectors.PEOPLE(); ++i) {
            uint256 count;
            for (uint256 id = 0; id < _collectors.IDS(); ++id) {
                if (_holderOf(id) == _collectors.person(i)) ++count;
            }
            eq(_token.balanceOf(_collectors.person(i)), count, "balance");
            sum += count;
        }
        for (uint256 id = 0; id < _collectors.IDS(); ++id) {
            if (_holderOf(id) != address(0)) --sum;
        }
        eq(sum, 0, "nobody else holds any");
    }

    function invariant_nonces_count_moves_and_users_and_never_fall() public view {
        for (uint256 id = 0; id < _collectors.IDS(); ++id) {
            (, uint256 nonce,,) = _collectors.entryOf(id);
            eq(_token.nonces(id), nonce, "nonce");
        }
    }

    function invariant_a_token_is_held_since_its_last_move() public view {
        for (uint256 id = 0; id < _collectors.IDS(); ++id) {
            (,, uint256 since,) = _collectors.entryOf(id);
            eq(_token.heldSince(id), since, "since");
        }
    }

    function invariant_what_was_burned_is_gone() public view {
        for (uint256 id = 0; id < _collectors.IDS(); ++id) {
            (,,, bool burned) = _collectors.entryOf(id);
            holds(!burned || _holderOf(id) == address(0), "gone");
        }
    }

    function invariant_users_keep_tokens_for_their_time() public view {
        for (uint256 id = 0; id < _collectors.IDS(); ++id) {
            (address user, uint256 until, uint256 since) = _collectors.useOf(id);
            bool runs = until >= block.timestamp;
            eq(_token.userOf(id), runs ? user : address(0), "user");
            eq(_token.userExpires(id), until, "until");
            eq(_token.userSince(id), runs ? since : 0, "since");
        }
    }

    function invariant_policy_and_royalty_are_the_least_that_was_said() public view {
        holds(ICreation(address(_token)).transferPolicy() == _collectors.policy(), "policy");
        holds(ICreation(address(_prints)).transferPolicy() == _collectors.policy(), "policy");
        (, uint256 royalty) = ICreation(address(_token)).royaltyInfo(0, 10_000);
        eq(royalty, _collectors.royaltyBps(), "royalty");
    }

    function invariant_editions_are_held_as_many_as_were_minted_and_not_burned() public view {
        for (uint256 id = 0; id < _collectors.EDITIONS(); ++id) {
            (uint256 booked, uint256 most, uint256 burned) = _collectors.editionOf(id);
            uint256 sum;
            for (uint256 i = 0; i < _collectors.PEOPLE(); ++i) {
                address person = _collectors.person(i);
                eq(_prints.balanceOf(person, id), _collectors.printsOf(person, id), "balance");
                sum += _prints.balanceOf(person, id);
            }
            (uint256 minted, uint256 cap) = _prints.mintedOf(id);
            eq(minted, booked, "minted");
            eq(cap, most, "cap");
            holds(minted <= cap, "no more");
            eq(_prints.totalSupply(id), sum, "supply");
            eq(minted - burned, sum, "minted and not burned");
        }
    }

    /// The invariants above say something only if the collectors get through every verb, and are refused each.
    function test_the_collectors_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 4000; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 21, raw >> 16);
        }
        bytes32[23] memory verbs = [
            bytes32("mint"),
            "mintBatch",
            "redeem",
            "issue",
            "burn",
            "move, alone",
            "move, for it",
            "move, exchange",
            "move, operator",
            "permit",
            "setUser",
            "giveUp",
            "setPolicy",
            "setRoyalty",
            "mint prints",
            "issue prints",
            "redeem prints",
            "move prints, alone",
            "move prints, for it",
            "move prints, exchange",
            "move prints, operator",
            "burn prints",
            "setCap"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_collectors.done(verbs[i]) != 0, string(abi.encodePacked(verbs[i])));
            bytes32 not = bytes32(abi.encodePacked("not ", verbs[i]));
            holds(_collectors.done(not) != 0, string(abi.encodePacked(not)));
        }
        invariant_every_token_is_its_holders_by_the_books();
        invariant_balances_are_the_tokens_that_are_held();
        invariant_editions_are_held_as_many_as_were_minted_and_not_burned();
    }

    function _step(uint256 verb, uint256 raw) private {
        (uint256 a, uint256 b, uint256 c, uint256 d) = (raw % 1e9, raw >> 40, raw >> 80, raw >> 120);
        if (verb == 0) _collectors.mint(a, b);
        else if (verb == 1 && a % 8 == 0) _collectors.mintBatch(b, c, d);
        else if (verb == 2) _collectors.redeem(a, b);
        else if (verb == 3) _collectors.issue(a, b, c);
        else if (verb == 4 && a % 4 == 0) _collectors.burn(b, c);
        else if (verb < 7) _collectors.move(a, b, c);
        else if (verb == 7) _collectors.permit(a, b, c);
        else if (verb < 10) _collectors.setUser(a, b, c);
        else if (verb == 10) _collectors.giveUp(a, b);
        else if (verb == 11 && a % 4 == 0) _collectors.loosen(b, c);
        else if (verb == 12) _collectors.lower(a);
        else if (verb == 13) _collectors.mintPrints(a, b, c);
        else if (verb == 14) _collectors.issuePrints(a, b, c);
        else if (verb == 15) _collectors.redeemPrints(a, b);
        else if (verb < 18) _collectors.movePrints(a, b, c, d);
        else if (verb == 18) _collectors.burnPrints(a, b);
        else if (verb == 19) _collectors.cap(a, b, c);
        else if (verb == 20) _collectors.wait(a);
    }

    function _holderOf(uint256 id) private view returns (address by) {
        (bool exists, bytes memory answer) = address(_token).staticcall(abi.encodeCall(ICollection.ownerOf, (id)));
        if (exists) by = abi.decode(answer, (address));
    }
}
