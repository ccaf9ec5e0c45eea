// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {Gold} from "./mocks/Gold.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IWtfuel} from "../src/interfaces/IWtfuel.sol";
import {Listing} from "./mocks/Listing.sol";
import {Parameters} from "../src/governance/Parameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Wtfuel} from "../src/token/Wtfuel.sol";
import {vm} from "./Vm.sol";

/// @dev Creations, and accounts that have all the currencies there are: TFUEL, WTFUEL, and one that votes listed.
abstract contract SaleWorld is CreationWorld {
    IWtfuel internal constant WTFUEL = IWtfuel(payable(Predeploys.WTFUEL));

    address internal constant TFUEL = address(0);
    address internal constant DAVE = address(0xda7e);
    /// @dev Who settles what is others'.
    address internal constant KEEPER = address(0x4ee9e4);
    uint256 internal constant FUNDS = 1_000_000e18;

    Gold internal gold;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.WTFUEL, address(new Wtfuel()).code);
        vm.etch(Predeploys.EXCHANGE, address(new Listing()).code);
        vm.etch(Predeploys.PARAMETERS, address(new Parameters()).code);
        gold = new Gold();
        Listing(Predeploys.EXCHANGE).listCurrency(address(gold), true);
    }

    /// @dev Of each currency as much, which `spender` may take where it is a token.
    function fund(address account, address spender) internal {
        vm.deal(account, 2 * FUNDS);
        vm.prank(account);
        WTFUEL.deposit{value: FUNDS}();
        gold.mint(account, FUNDS);
        vm.prank(account);
        WTFUEL.approve(spender, type(uint256).max);
        vm.prank(account);
        gold.approve(spender, type(uint256).max);
    }

    function currency(uint256 i) internal view returns (address) {
        return [TFUEL, Predeploys.WTFUEL, address(gold)][i % 3];
    }

    function balanceIn(address money, address account) internal view returns (uint256) {
        return money == TFUEL ? account.balance : IWtfuel(payable(money)).balanceOf(account);
    }

    /// @dev What it has, or can fetch from a contract of sales.
    function worthIn(address money, address account, ICheckout sales) internal view returns (uint256) {
        return balanceIn(money, account) + creditIn(money, account, sales);
    }

    function creditIn(address money, address account, ICheckout sales) internal view returns (uint256) {
        return money == TFUEL ? _credits(sales).creditOf(account) : sales.tokenCreditOf(money, account);
    }

    function _credits(ICheckout sales) private pure returns (ICredits) {
        return ICredits(address(sales));
    }
}
