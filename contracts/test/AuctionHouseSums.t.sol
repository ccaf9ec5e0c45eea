// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Salesroom} from "./mocks/Salesroom.sol";
import {IAuctionHouse} from "../src/interfaces/IAuctionHouse.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {IWtfuel} from "../src/interfaces/IWtfuel.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever a salesroom does: sums over all auctions and accounts, computed the long way.
/// forge-config: default.invariant.runs = 16
contract AuctionHouseSumsTest {
    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    IAuctionHouse private constant HOUSE = IAuctionHouse(Predeploys.AUCTION_HOUSE);
    address private constant ALICE = address(0xa11ce);
    address private constant STUDIO = address(0x57d10);
    uint256 private constant FUNDS = 1_000_000e18;

    Salesroom private _salesroom;

    function setUp() public {
        _salesroom = new Salesroom();
        _salesroom.setUp();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_salesroom);
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[19] memory verbs = [
            Salesroom.create.selector,
            Salesroom.create.selector,
            Salesroom.create.selector,
            Salesroom.bid.selector,
            Salesroom.bid.selector,
            Salesroom.bid.selector,
            Salesroom.bid.selector,
            Salesroom.settle.selector,
            Salesroom.settle.selector,
            Salesroom.settle.selector,
            Salesroom.claim.selector,
            Salesroom.claim.selector,
            Salesroom.cancel.selector,
            Salesroom.trespass.selector,
            Salesroom.reclaim.selector,
            Salesroom.withdraw.selector,
            Salesroom.passOn.selector,
            Salesroom.change.selector,
            Salesroom.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_salesroom), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_the_house_has_every_token_that_it_owes_somebody_and_no_other() public view {
        uint256[4] memory owed;
        address[4] memory tokens = _salesroom.tokens();
        for (uint256 auction = 1; auction <= HOUSE.auctionCount(); ++auction) {
            IAuctionHouse.Auction memory its = HOUSE.auctionOf(auction);
            if (!_isHeld(its.phase)) continue;
            for (uint256 i = 0; i < tokens.length; ++i) {
                if (its.token == tokens[i]) owed[i] += its.amount;
            }
            if (its.standard == IExchange.Standard.ERC1155) continue;
            eq(ICollection(its.token).ownerOf(its.id), address(HOUSE), "escrow");
        }
        for (uint256 i = 0; i < tokens.length; ++i) {
            uint256 held = i < 2
                ? ICollection(tokens[i]).balanceOf(address(HOUSE))
                : IEditions(tokens[i]).balanceOf(address(HOUSE), 1);
            eq(held, owed[i], "no other");
        }
    }

    function invariant_the_balance_is_what_was_bid_fees_and_credits() public view {
        for (uint256 i = 0; i < 3; ++i) {
            address money = _salesroom.currencyAt(i);
            uint256 sum = HOUSE.duesIn(money);
            for (uint256 auction = 1; auction <= HOUSE.auctionCount(); ++auction) {
                IAuctionHouse.Auction memory its = HOUSE.auctionOf(auction);
                if (its.currency == money && its.phase == IAuctionHouse.Phase.Open) sum += its.highest;
            }
            for (uint256 j = 0; j < _accounts(); ++j) {
                sum += _creditIn(money, _account(j));
            }
            eq(_balanceIn(money, address(HOUSE)), sum, "balance");
        }
    }

    function invariant_credits_add_up() public view {
        uint256 sum;
        for (uint256 i = 0; i < _accounts(); ++i) {
            sum += HOUSE.creditOf(_account(i));
        }
        eq(HOUSE.credited(), sum, "credits");
    }

    function invariant_the_highest_bid_never_falls() public view {
        for (uint256 auction = 1; auction <= HOUSE.auctionCount(); ++auction) {
            eq(HOUSE.auctionOf(auction).highest, _salesroom.highestOf(auction), "as high as ever");
        }
    }

    function invariant_every_auction_that_is_over_ended_one_way() public view {
        for (uint256 auction = 1; auction <= HOUSE.auctionCount(); ++auction) {
            IAuctionHouse.Auction memory its = HOUSE.auctionOf(auction);
            bool over = its.phase != IAuctionHouse.Phase.Open;
            eq(_salesroom.endsOf(auction), over ? 1 : 0, "once");
            bool sold = its.phase == IAuctionHouse.Phase.Sold || its.phase == IAuctionHouse.Phase.Kept;
            eq(_salesroom.paidFor(auction), sold ? its.highest : 0, "paid if it was sold, and then in full");
        }
    }

    function invariant_money_is_conserved() public view {
        uint256 coins = address(HOUSE).balance + Predeploys.WTFUEL.balance + Predeploys.BURN.balance;
        uint256 wrapped = _balanceIn(Predeploys.WTFUEL, address(HOUSE));
        address gold = _salesroom.currencyAt(2);
        uint256 listed = _balanceIn(gold, address(HOUSE)) + _balanceIn(gold, Predeploys.TIMELOCK);
        for (uint256 i = 0; i < _accounts(); ++i) {
            coins += _account(i).balance;
            wrapped += _balanceIn(Predeploys.WTFUEL, _account(i));
            listed += _balanceIn(gold, _account(i));
        }
        eq(coins, 2 * FUNDS * _salesroom.MEMBERS(), "TFUEL");
        eq(wrapped, Predeploys.WTFUEL.balance, "WTFUEL");
        eq(listed, FUNDS * _salesroom.MEMBERS(), "another");
    }

    function invariant_tokens_are_conserved() public view {
        address[4] memory tokens = _salesroom.tokens();
        for (uint256 i = 0; i < 2; ++i) {
            for (uint256 id = 1; id <= _salesroom.IDS(); ++id) {
                holds(_isKnown(ICollection(tokens[i]).ownerOf(id)), "somebody's");
            }
            uint256 sum = IEditions(tokens[2 + i]).balanceOf(address(HOUSE), 1);
            for (uint256 j = 0; j < _accounts(); ++j) {
                sum += IEditions(tokens[2 + i]).balanceOf(_account(j), 1);
            }
            eq(sum, _salesroom.SUPPLY(), "supply");
        }
    }

    /// The invariants above say something only if the salesroom gets through every verb.
    function test_the_salesroom_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 800; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 19, raw >> 16);
        }
        bytes32[18] memory verbs = [
            bytes32("create"),
            "bid",
            "outbid",
            "extend",
            "sell",
            "keep",
            "claim",
            "claim and pay",
            "void",
            "cancel",
            "reclaim",
            "reclaim what is void",
            "withdraw",
            "withdraw tokens",
            "pass on",
            "change",
            "trespass",
            "wait"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_salesroom.done(verbs[i]) != 0, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        (uint256 a, uint256 b, uint256 c, uint256 d) = (raw % 1e9, raw >> 40, raw >> 80, raw >> 120);
        if (verb < 3) _salesroom.create(a, b, c, d, d >> 20);
        else if (verb < 7) _salesroom.bid(a, b, c);
        else if (verb < 10) _salesroom.settle(a);
        else if (verb < 12) _salesroom.claim(a, b);
        else if (verb == 12) _salesroom.cancel(a);
        else if (verb == 13) _salesroom.reclaim(a);
        else if (verb == 14) _salesroom.withdraw(a, b);
        else if (verb == 15) _salesroom.passOn(a);
        else if (verb == 16) _salesroom.change(a);
        else if (verb == 17) _salesroom.trespass(a, b);
        else _salesroom.wait(a, b % 8 == 0);
    }

    function _accounts() private view returns (uint256) {
        return _salesroom.MEMBERS() + 2;
    }

    function _account(uint256 i) private view returns (address) {
        if (i < _salesroom.MEMBERS()) return _salesroom.member(i);
        return i == _salesroom.MEMBERS() ? STUDIO : ALICE;
    }

    function _isKnown(address account) private view returns (bool) {
        for (uint256 i = 0; i < _accounts(); ++i) {
            if (account == _account(i)) return true;
        }
        return account == address(HOUSE);
    }

    function _balanceIn(address money, address account) private view returns (uint256) {
        return money == address(0) ? account.balance : IWtfuel(payable(money)).balanceOf(account);
    }

    function _creditIn(address money, address account) private view returns (uint256) {
        return money == address(0) ? HOUSE.creditOf(account) : HOUSE.tokenCreditOf(money, account);
    }

    function _isHeld(IAuctionHouse.Phase phase) private pure returns (bool) {
        return
            phase == IAuctionHouse.Phase.Open || phase == IAuctionHouse.Phase.Kept
                || phase == IAuctionHouse.Phase.Voided;
    }
}
