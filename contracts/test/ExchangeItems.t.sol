// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExchangeWorld} from "./ExchangeWorld.sol";
import {Foreign721, Foreign1155} from "./mocks/ForeignTokens.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {OwnedAccount} from "./mocks/OwnedAccount.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What moves: nonces, choices, users, accounts that tokens own, vouchers, and what a creator's policy lets be sold.
contract ExchangeItemsTest is ExchangeWorld {
    bytes private constant WRONG_CHOICES = abi.encodeWithSelector(IExchange.WrongChoices.selector);

    Foreign721 private _foreign;

    function setUp() public override {
        super.setUp();
        _foreign = new Foreign721();
        for (uint256 id = 1; id <= 3; ++id) {
            _foreign.mint(maker, id);
            _foreign.mint(taker, 100 + id);
        }
        approves(maker, address(_foreign));
        approves(taker, address(_foreign));
    }

    function test_a_listing_ends_with_the_first_transfer() public {
        IExchange.Take memory its = take(listing(1));
        moved(looms, maker, BOB, 1);
        moved(looms, BOB, maker, 1);
        refused(its, abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 1, 0, 2));
        eq(EXCHANGE.nonceOf(address(looms), 1), 2, "the token's own");
        fills(take(listing(1)));
    }

    function test_a_token_without_nonces_counts_its_sales_here() public {
        eq(EXCHANGE.nonceOf(address(_foreign), 1), 0, "none");
        IExchange.Take memory its = take(_foreignListing(1));
        IExchange.Take memory other = take(_foreignListing(1));
        fills(its);
        eq(EXCHANGE.nonceOf(address(_foreign), 1), 1, "one");
        vm.prank(taker);
        _foreign.transferFrom(taker, maker, 1);
        bytes memory reason = abi.encodeWithSelector(IExchange.NonceMoved.selector, _foreign, 1, 0, 1);
        refused(its, reason);
        refused(other, reason);
        fills(take(_foreignListing(1)));
    }

    function test_a_token_without_nonces_counts_purchases_too() public {
        fills(take(offer(wanted(address(_foreign), 101))));
        eq(EXCHANGE.nonceOf(address(_foreign), 101), 1, "one");
        fills(take(swap(1, wanted(address(_foreign), 102))));
        eq(EXCHANGE.nonceOf(address(_foreign), 102), 1, "one");
        eq(EXCHANGE.nonceOf(address(looms), 1), 1, "and of the token given its own");
    }

    function test_an_account_without_code_is_no_token() public {
        IExchange.Order memory order = listing(1);
        order.gives[0].token = BOB;
        refused(take(order), abi.encodeWithSelector(IExchange.NotAToken.selector, BOB));
        order.gives = list(amount(BOB, 1, 1));
        refused(take(order), abi.encodeWithSelector(IExchange.NotAToken.selector, BOB));
        refused(take(offer(wanted(BOB, 1))), abi.encodeWithSelector(IExchange.NotAToken.selector, BOB));
    }

    function test_a_token_that_does_not_come_is_not_paid_for() public {
        HostileToken hostile = _hostile();
        hostile.plan(HostileToken.Mood.Lazy);
        IExchange.Order memory order = listing(1);
        order.gives = list(given(address(hostile), 1));
        bytes memory notAToken = abi.encodeWithSelector(IExchange.NotAToken.selector, hostile);
        refused(take(order), notAToken);
        refused(take(offer(wanted(address(hostile), 101))), notAToken);
        hostile.plan(HostileToken.Mood.Astray);
        refused(take(order), notAToken);
        hostile.plan(HostileToken.Mood.Stuck);
        bytes memory stuck = abi.encodeWithSelector(IExchange.NonceStuck.selector, hostile, 1);
        refused(take(order), stuck);
        hostile.plan(HostileToken.Mood.Counting);
        fills(take(order));
        eq(hostile.ownerOf(1), taker, "it came");
    }

    /// An ERC-20 moves its `id` by the same call.
    function test_money_is_no_token() public {
        refused(take(offer(wanted(address(WTFUEL), 5))), abi.encodeWithSelector(IExchange.NotAToken.selector, WTFUEL));
        IExchange.Order memory order = listing(1);
        order.gives[0].token = address(WTFUEL);
        refused(take(order), abi.encodeWithSelector(IExchange.NotAToken.selector, WTFUEL));
    }

    function test_there_is_a_choice_for_each_item_that_is_not_exact() public {
        IExchange.Order memory order = offer(any(address(looms)));
        refused(take(order), WRONG_CHOICES);
        refused(take(listing(1), 1, 1), WRONG_CHOICES);
        order.wants = new IExchange.Item[](3);
        order.wants[0] = any(address(looms));
        order.wants[1] = wanted(address(looms), 103);
        order.wants[2] = any(address(looms));
        IExchange.Take memory its = take(order);
        its.choices = new IExchange.Choice[](3);
        refused(its, WRONG_CHOICES);
        its.choices = new IExchange.Choice[](2);
        (its.choices[0].id, its.choices[1].id) = (104, 101);
        fills(its);
        eq(looms.ownerOf(104), maker, "the first");
        eq(looms.ownerOf(103), maker, "the exact one");
        eq(looms.ownerOf(101), maker, "the second");
    }

    function test_one_token_is_no_two_choices() public {
        IExchange.Order memory order = offer(any(address(looms)));
        order.wants = list(any(address(looms)), any(address(looms)));
        IExchange.Take memory its = take(order);
        its.choices = new IExchange.Choice[](2);
        (its.choices[0].id, its.choices[1].id) = (101, 101);
        refused(its, abi.encodeWithSelector(ICollection.TransferFromIncorrectOwner.selector));
    }

    /// The maker would have paid for what was its own.
    function test_what_an_order_gives_is_no_choice() public {
        IExchange.Order memory order = offer(any(address(prints)));
        order.wants[0].standard = IExchange.Standard.ERC1155;
        order.gives = list(amount(address(prints), EDITION, 1));
        minted(prints, taker, EDITION, 5);
        refused(take(order, 1, EDITION), WRONG_CHOICES);
        fills(take(order, 1, EDITION + 1));
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_an_offer_for_a_set_takes_what_is_in_it(uint256 size, uint256 index, uint256 other) public {
        size = within(size, 1, 12);
        uint256[] memory ids = new uint256[](size);
        for (uint256 i = 0; i < size; ++i) {
            ids[i] = 101 + i;
        }
        index = within(index, 0, size - 1);
        IExchange.Order memory order = offer(oneOf(address(looms), _rootOf(ids)));
        IExchange.Take memory its = take(order, 1, other);
        its.choices[0].proof = _proofOf(ids, index);
        if (other < 101 || other >= 101 + size) {
            refused(its, abi.encodeWithSelector(IExchange.NotInSet.selector, other, _rootOf(ids)));
        }
        its.choices[0].id = ids[index];
        fills(its);
        eq(looms.ownerOf(ids[index]), maker, "sold");
    }

    function test_an_inner_node_of_a_set_is_no_id_in_it() public {
        uint256[] memory ids = new uint256[](4);
        (ids[0], ids[1], ids[2], ids[3]) = (101, 102, 103, 104);
        bytes32 root = _rootOf(ids);
        uint256 inner = uint256(_join(_leaf(101), _leaf(102)));
        Foreign721 wide = new Foreign721();
        wide.mint(taker, inner);
        approves(taker, address(wide));
        IExchange.Order memory order = offer(oneOf(address(wide), root));
        IExchange.Take memory its = take(order, 1, inner);
        its.choices[0].proof = new bytes32[](1);
        its.choices[0].proof[0] = _join(_leaf(103), _leaf(104));
        refused(its, abi.encodeWithSelector(IExchange.NotInSet.selector, inner, root));
        its.choices[0].proof = new bytes32[](0);
        its.choices[0].id = uint256(root);
        refused(its, abi.encodeWithSelector(IExchange.NotInSet.selector, uint256(root), root));
    }

    function test_nobody_buys_a_token_that_somebody_else_uses() public {
        vm.warp(block.timestamp + 1);
        vm.prank(taker);
        looms.setUser(101, BOB, uint64(block.timestamp + 100));
        IExchange.Order memory order = offer(any(address(looms)));
        uint256 until = block.timestamp + 100;
        bytes memory hasUser = abi.encodeWithSelector(IExchange.HasUser.selector, looms, 101, until);
        refused(take(order, 1, 101), hasUser);
        refused(take(swap(1, wanted(address(looms), 101))), hasUser);
        vm.warp(until);
        refused(take(order, 1, 101), hasUser);
        vm.warp(until + 1);
        fills(take(order, 1, 101));
    }

    function test_a_listing_ends_when_its_token_gets_a_user() public {
        vm.warp(block.timestamp + 1);
        IExchange.Take memory its = take(listing(1));
        vm.prank(maker);
        looms.setUser(1, BOB, uint64(block.timestamp + 100));
        refused(its, abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 1, 0, 1));
        fills(take(listing(1)));
        eq(looms.userOf(1), BOB, "who takes it with a user knows of that");
    }

    /// Its nonce, if it has one, does not say that a user was set.
    function test_a_foreign_token_is_not_sold_without_its_use() public {
        IExchange.Take memory its = take(_foreignListing(1));
        uint256 until = block.timestamp + 100;
        vm.mockCall(address(_foreign), abi.encodeCall(ICollection.userExpires, (1)), abi.encode(until));
        refused(its, abi.encodeWithSelector(IExchange.HasUser.selector, _foreign, 1, until));
        vm.warp(until + 1);
        fills(its);
    }

    function test_nothing_was_taken_out_of_an_account_that_is_sold() public {
        OwnedAccount account = new OwnedAccount(address(looms), 1);
        vm.deal(address(account), 5 ether);
        IExchange.Order memory order = listing(1);
        order.bounds = new IExchange.Bound[](1);
        order.bounds[0] = IExchange.Bound(address(account), 0);
        IExchange.Take memory its = take(order);
        vm.prank(maker);
        account.execute(maker, 5 ether, "");
        refused(its, abi.encodeWithSelector(IExchange.AccountChanged.selector, account, 1));
        order.bounds[0].state = 1;
        fills(take(order));
        order = listing(2);
        order.bounds = new IExchange.Bound[](1);
        order.bounds[0] = IExchange.Bound(BOB, 0);
        refused(take(order), abi.encodeWithSelector(IExchange.AccountChanged.selector, BOB, 0));
    }

    function test_an_offer_may_want_a_token_with_all_that_it_owns() public {
        OwnedAccount account = new OwnedAccount(address(looms), 101);
        vm.deal(address(account), 5 ether);
        IExchange.Order memory order = offer(wanted(address(looms), 101));
        order.bounds = new IExchange.Bound[](1);
        order.bounds[0] = IExchange.Bound(address(account), 0);
        IExchange.Take memory its = take(order);
        uint256 before = vm.snapshotState();
        vm.prank(taker);
        account.execute(taker, 5 ether, "");
        refused(its, abi.encodeWithSelector(IExchange.AccountChanged.selector, account, 1));
        vm.revertToState(before);
        fills(its);
        eq(looms.ownerOf(101), maker, "bought");
    }

    function test_a_token_is_minted_when_it_is_sold() public {
        (IExchange.Take memory its,) = _lazy(70);
        fills(its);
        eq(looms.ownerOf(70), taker, "sold");
        eq(EXCHANGE.nonceOf(address(looms), 70), 1, "for good");
        refused(its, abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 70, 0, 1));
    }

    function test_who_redeems_a_voucher_first_stops_no_sale() public {
        (IExchange.Take memory its, ICreation.Voucher memory what) = _lazy(70);
        vm.prank(BOB);
        ICreation(address(looms)).redeem(what, its.mintings[0].signature, 1);
        fills(its);
        eq(looms.ownerOf(70), taker, "sold");
    }

    function test_without_its_voucher_what_is_not_minted_is_not_sold() public {
        (IExchange.Take memory its,) = _lazy(70);
        its.mintings[0].signature = "";
        refused(its, abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        its.mintings = new IExchange.Minting[](0);
        refused(its, abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
    }

    function test_a_voucher_is_redeemed_of_what_is_sold() public {
        (IExchange.Take memory its,) = _lazy(70);
        its.mintings[0].voucher.id = 71;
        refused(its, abi.encodeWithSelector(IExchange.WrongTerms.selector));
        its.mintings[0].voucher.id = 70;
        its.mintings[0].token = address(prints);
        refused(its, abi.encodeWithSelector(IExchange.WrongTerms.selector));
    }

    function test_editions_are_minted_as_they_are_sold() public {
        approves(creator, address(prints));
        ICreation.Voucher memory what = voucher(creator, 99);
        what.amount = 10;
        IExchange.Order memory order = editionListing(10);
        (order.maker, order.counter, order.gives[0].id) = (creator, 0, 99);
        for (uint32 i = 1; i <= 4; ++i) {
            IExchange.Take memory its = _minting(take(order, i), address(prints), what);
            its.mintings[0].amount = i;
            its.consent.signature = signature(CREATOR_KEY, EXCHANGE.digestOf(order));
            fills(its);
        }
        eq(prints.balanceOf(taker, 99), 10, "all of them");
        eq(prints.totalSupply(99), 10, "and no others");
    }

    function test_strict_tokens_are_sold_alone_or_with_their_own() public {
        ICollection strict = collection(ICreation.Policy.Strict);
        for (uint256 id = 1; id <= 4; ++id) {
            minted(strict, maker, id);
            minted(strict, taker, 100 + id);
        }
        approves(maker, address(strict));
        approves(taker, address(strict));
        bytes memory notSoldSo = abi.encodeWithSelector(IExchange.NotSoldSo.selector, strict);
        IExchange.Order memory order = swap(1, wanted(address(strict), 101));
        refused(take(order), notSoldSo);
        order.gives = list(given(address(strict), 1));
        refused(take(order), notSoldSo);
        order = listing(1);
        order.gives = list(given(address(looms), 1), given(address(strict), 2));
        refused(take(order), notSoldSo);
        order = offer(wanted(address(strict), 101));
        order.wants = list(wanted(address(strict), 101), wanted(address(looms), 101));
        refused(take(order), notSoldSo);

        order.wants = list(wanted(address(strict), 101), wanted(address(strict), 102));
        fills(take(order));
        order = listing(1);
        order.gives = list(given(address(strict), 1), given(address(strict), 2));
        fills(take(order));
        order.gives = list(given(address(strict), 3));
        fills(take(order));
        eq(strict.ownerOf(3), taker, "alone");
    }

    function test_editions_of_two_kinds_are_of_one_creation() public {
        IEditions strict = editions(ICreation.Policy.Strict);
        minted(strict, maker, 1, 5);
        minted(strict, maker, 2, 5);
        approves(maker, address(strict));
        IExchange.Order memory order = editionListing(5);
        order.gives = list(amount(address(strict), 1, 1), amount(address(strict), 2, 1));
        fills(take(order));
        eq(strict.balanceOf(taker, 1), 5, "of one");
        eq(strict.balanceOf(taker, 2), 5, "and of the other");
        minted(strict, maker, 1, 5);
        order.gives = list(amount(address(strict), 1, 1), amount(address(prints), EDITION, 1));
        refused(take(order), abi.encodeWithSelector(IExchange.NotSoldSo.selector, strict));
    }

    function test_tokens_of_others_are_swapped_and_bundled_as_they_are() public {
        Foreign1155 coinage = new Foreign1155();
        coinage.mint(maker, 5, 100);
        approves(maker, address(coinage));
        IExchange.Order memory order = swap(1, wanted(address(_foreign), 101));
        order.gives = new IExchange.Item[](3);
        order.gives[0] = given(address(looms), 1);
        order.gives[1] = given(address(_foreign), 1);
        order.gives[2] = amount(address(coinage), 5, 40);
        fills(take(order));
        eq(looms.ownerOf(1), taker, "ours");
        eq(_foreign.ownerOf(1), taker, "theirs");
        eq(coinage.balanceOf(taker, 5), 40, "some");
        eq(_foreign.ownerOf(101), maker, "for theirs");
    }

    function _foreignListing(uint256 id) private returns (IExchange.Order memory order) {
        order = terms();
        order.gives = list(given(address(_foreign), id));
    }

    function _hostile() private returns (HostileToken hostile) {
        hostile = new HostileToken();
        hostile.mint(maker, 1);
        hostile.mint(taker, 101);
        approves(maker, address(hostile));
        approves(taker, address(hostile));
    }

    /// @dev The creator's sale of what there is not yet.
    function _lazy(uint256 id) private returns (IExchange.Take memory its, ICreation.Voucher memory what) {
        approves(creator, address(looms));
        what = voucher(creator, id);
        IExchange.Order memory order = listing(1);
        (order.maker, order.counter, order.gives[0].id) = (creator, 0, id);
        its = _minting(take(order), address(looms), what);
        its.consent.signature = signature(CREATOR_KEY, EXCHANGE.digestOf(order));
    }

    function _minting(IExchange.Take memory its, address token, ICreation.Voucher memory what)
        private
        view
        returns (IExchange.Take memory)
    {
        its.mintings = new IExchange.Minting[](1);
        its.mintings[0] = IExchange.Minting(token, what, signed(token, what), 1);
        return its;
    }

    function _rootOf(uint256[] memory ids) private pure returns (bytes32) {
        return _nodeOf(ids, 0, ids.length);
    }

    /// @dev Any split will do: pairs are sorted.
    function _nodeOf(uint256[] memory ids, uint256 first, uint256 count) private pure returns (bytes32) {
        if (count == 1) return _leaf(ids[first]);
        uint256 half = count / 2;
        return _join(_nodeOf(ids, first, half), _nodeOf(ids, first + half, count - half));
    }

    function _proofOf(uint256[] memory ids, uint256 index) private pure returns (bytes32[] memory proof) {
        bytes32[] memory downward = new bytes32[](8);
        (uint256 first, uint256 count, uint256 length) = (0, ids.length, 0);
        while (count > 1) {
            uint256 half = count / 2;
            bool right = index >= first + half;
            downward[length++] = right ? _nodeOf(ids, first, half) : _nodeOf(ids, first + half, count - half);
            (first, count) = right ? (first + half, count - half) : (first, half);
        }
        proof = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            proof[i] = downward[length - 1 - i];
        }
    }

    function _leaf(uint256 id) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(id))));
    }

    function _join(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return left < right ? keccak256(abi.encode(left, right)) : keccak256(abi.encode(right, left));
    }
}
