// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IRentals} from "../src/interfaces/IRentals.sol";
import {IWtfuel} from "../src/interfaces/IWtfuel.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Renters} from "./mocks/Renters.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever owners and renters do.
/// forge-config: default.invariant.runs = 16
contract RentalsSumsTest {
    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    IRentals private constant RENTALS = IRentals(Predeploys.RENTALS);
    address private constant STUDIO = address(0x57d10);

    Renters private _renters;

    function setUp() public {
        _renters = new Renters();
        _renters.setUp();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_renters);
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[16] memory verbs = [
            Renters.offer.selector,
            Renters.offer.selector,
            Renters.offer.selector,
            Renters.rent.selector,
            Renters.rent.selector,
            Renters.rent.selector,
            Renters.rentInVain.selector,
            Renters.rentInVain.selector,
            Renters.sell.selector,
            Renters.giveUp.selector,
            Renters.takeBack.selector,
            Renters.incrementCounter.selector,
            Renters.withdraw.selector,
            Renters.passOn.selector,
            Renters.bar.selector,
            Renters.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_renters), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_the_time_of_a_renter_is_never_cut() public view {
        for (uint256 id = 1; id <= _renters.IDS(); ++id) {
            bool runs = _renters.promisedUntil(id) >= block.timestamp;
            address user = _renters.collectionAt().userOf(id);
            eq(user, runs ? _renters.promisedTo(id) : address(0), "user");
            if (runs) eq(_renters.collectionAt().userExpires(id), _renters.promisedUntil(id), "until");
        }
    }

    function invariant_an_offer_is_used_once_at_most() public view {
        for (uint256 i = 0; i < _renters.offersCount(); ++i) {
            holds(_renters.usesOf(_renters.offers(i)) <= 1, "once");
        }
    }

    function invariant_fee_royalty_and_rest_are_the_price() public view {
        for (uint256 i = 0; i < 3; ++i) {
            address money = _renters.currencyAt(i);
            uint256 sum = _renters.fees(money) + _renters.royalties(money) + _renters.earned(money);
            eq(_renters.paid(money), sum, "price");
        }
    }

    function invariant_the_balance_is_fees_and_credits() public view {
        for (uint256 i = 0; i < 3; ++i) {
            address money = _renters.currencyAt(i);
            uint256 sum = RENTALS.duesIn(money);
            for (uint256 j = 0; j <= _renters.MEMBERS(); ++j) {
                sum += _creditIn(money, _account(j));
            }
            eq(_balanceIn(money, address(RENTALS)), sum, "balance");
        }
    }

    function invariant_renting_moves_no_token() public view {
        for (uint256 id = 1; id <= _renters.IDS(); ++id) {
            eq(_renters.collectionAt().ownerOf(id), _renters.ownerOf(id), "owner");
        }
    }

    /// The invariants above say something only if the renters get through every verb.
    function test_the_renters_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 600; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 16, raw >> 16);
            invariant_the_time_of_a_renter_is_never_cut();
        }
        bytes32[12] memory verbs = [
            bytes32("offer"),
            "rent",
            "extend",
            "rent in vain",
            "sell",
            "give up",
            "take back in vain",
            "increment",
            "withdraw",
            "pass on",
            "bar",
            "wait"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_renters.done(verbs[i]) != 0, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        (uint256 a, uint256 b, uint256 c, uint256 d) = (raw % 1e9, raw >> 40, raw >> 80, raw >> 120);
        if (verb < 3) _renters.offer(a, b, c, d, d >> 40);
        else if (verb < 6) _renters.rent(a, b, c, d);
        else if (verb < 8) _renters.rentInVain(a, b, c);
        else if (verb == 8) _renters.sell(a, b);
        else if (verb == 9) _renters.giveUp(a);
        else if (verb == 10) _renters.takeBack(a, b);
        else if (verb == 11) _renters.incrementCounter(a);
        else if (verb == 12) _renters.withdraw(a, b);
        else if (verb == 13) _renters.passOn(a);
        else if (verb == 14) _renters.bar(a);
        else _renters.wait(a, b % 4 == 0);
    }

    function _account(uint256 i) private view returns (address) {
        return i < _renters.MEMBERS() ? _renters.member(i) : STUDIO;
    }

    function _balanceIn(address money, address account) private view returns (uint256) {
        return money == address(0) ? account.balance : IWtfuel(payable(money)).balanceOf(account);
    }

    function _creditIn(address money, address account) private view returns (uint256) {
        return money == address(0) ? RENTALS.creditOf(account) : RENTALS.tokenCreditOf(money, account);
    }
}
