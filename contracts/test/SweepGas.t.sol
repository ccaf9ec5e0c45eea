// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExchangeWorld} from "./ExchangeWorld.sol";
import {Foreign721} from "./mocks/ForeignTokens.sol";
import {HostileHolder} from "./mocks/HostileHolder.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev So that the gas of a call is bounded within a transaction, where all is cold.
contract Buyer {
    function sweep(uint256 gas, bytes calldata data) external payable returns (bool done, bytes memory answer) {
        return Predeploys.EXCHANGE.call{value: msg.value, gas: gas}(data);
    }

    receive() external payable {}
}

/// @dev An estimate of gas looks for the least with which a call succeeds: with that a sweep has to fill all that can be. By `--isolate` each is as
/// dear as it can be.
contract SweepGasTest is ExchangeWorld {
    Buyer private _buyer;

    function setUp() public override {
        super.setUp();
        _buyer = new Buyer();
        vm.deal(address(this), FUNDS);
    }

    /// Of what costs most for its bytes: tokens of as many contracts, each of which is asked four times.
    function test_a_sweep_of_a_bundle_that_succeeds_had_gas_for_it() public {
        IExchange.Order memory order = terms();
        order.gives = new IExchange.Item[](32);
        for (uint256 i = 0; i < 32; ++i) {
            order.gives[i] = _given(STUDIO);
        }
        _sweepsWithLeastGas(list(take(order)), new bool[](1));
    }

    /// Royalties of one take are paid while the next is filled, by whose gas: neither a creator nor a token must burn that of others.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_nobody_burns_the_gas_of_others(uint256 seed) public {
        IExchange.Take[] memory takes = new IExchange.Take[](6);
        bool[] memory burns = new bool[](6);
        uint256[3] memory owed;
        uint256 sold;
        for (uint256 i = 0; i < 6; ++i) {
            uint256 kind = (seed >> 8 * i) % 5;
            if (kind == 4) {
                takes[i] = _dear();
                ++sold;
                continue;
            }
            (takes[i], burns[i]) = (take(_selling(kind < 2 ? _burning(kind) : STUDIO)), kind == 3);
            if (burns[i]) _token(takes[i]).plan(HostileToken.Mood.Burning);
            else (owed[kind], sold) = (owed[kind] + royaltyOf(PRICE), sold + 1);
        }
        _sweepsWithLeastGas(takes, burns);
        eq(EXCHANGE.creditOf(_burning(0)), owed[0], "to be fetched");
        eq(EXCHANGE.creditOf(_burning(1)), owed[1], "to be fetched");
        eq(STUDIO.balance, owed[2], "paid");
        eq(EXCHANGE.duesIn(TFUEL), sold * feeOf(PRICE), "dues");
    }

    /// What is dear follows what spends all that it may, and pays for it.
    function test_who_follows_a_creator_that_burns_has_gas_left() public {
        IExchange.Take[] memory takes = new IExchange.Take[](12);
        bool[] memory burns = new bool[](12);
        for (uint256 i = 0; i < 10; ++i) {
            (takes[i], burns[i]) = (take(_selling(STUDIO)), true);
            _token(takes[i]).plan(HostileToken.Mood.Burning);
        }
        (takes[10], takes[11]) = (take(_selling(_burning(0))), _dear());
        _token(takes[10]).planRoyalty(_burning(0), ROYALTY_BPS, 95_000, 0);
        _sweepsWithLeastGas(takes, burns);
    }

    function test_the_end_of_a_long_sweep_is_not_burned() public {
        IExchange.Take[] memory takes = new IExchange.Take[](45);
        bool[] memory burns = new bool[](45);
        for (uint256 i = 0; i < 45; ++i) {
            (takes[i], burns[i]) = (take(_selling(_burning(0))), i != 0);
            if (burns[i]) _token(takes[i]).plan(HostileToken.Mood.Burning);
        }
        _sweepsWithLeastGas(takes, burns);
        eq(EXCHANGE.creditOf(_burning(0)), royaltyOf(PRICE), "to be fetched");
    }

    /// @dev All of them are filled but those of tokens that burn gas.
    function _sweepsWithLeastGas(IExchange.Take[] memory takes, bool[] memory burns) private {
        bytes memory call = abi.encodeCall(EXCHANGE.sweep, (takes));
        uint256 value = takes.length * PRICE;
        (uint256 less, uint256 enough) = (0, takes.length * 4_000_000);
        bytes memory answer;
        while (enough - less > 1000) {
            uint256 gas = (less + enough) / 2;
            uint256 before = vm.snapshotState();
            bool done;
            (done, answer) = _buyer.sweep{value: value}(gas, call);
            vm.revertToStateAndDelete(before);
            (less, enough) = done ? (less, gas) : (gas, enough);
            bool said = answer.length != 0 && bytes4(answer) == IExchange.TooLittleGas.selector;
            holds(done || said || gas < 200_000 * takes.length, "why");
        }
        (, answer) = _buyer.sweep{value: value}(enough, call);
        IExchange.Outcome[] memory outcomes = abi.decode(answer, (IExchange.Outcome[]));
        for (uint256 i = 0; i < outcomes.length; ++i) {
            holds(outcomes[i].filled != burns[i], "with the least gas");
        }
    }

    /// @dev By a contract that has to be asked for its signature and does not take its money, a token without nonces.
    function _dear() private returns (IExchange.Take memory) {
        HostileHolder seller = new HostileHolder();
        seller.refuse();
        Foreign721 token = new Foreign721();
        token.mint(address(seller), 1);
        approves(address(seller), address(token));
        IExchange.Order memory order = terms();
        (order.maker, order.counter, order.gives) = (address(seller), 0, list(given(address(token), 1)));
        IExchange.Take memory its = take(order);
        its.consent.signature = "";
        return its;
    }

    function _selling(address royaltyTo) private returns (IExchange.Order memory order) {
        order = terms();
        order.gives = list(_given(royaltyTo));
    }

    function _token(IExchange.Take memory its) private pure returns (HostileToken) {
        return HostileToken(its.order.gives[0].token);
    }

    /// @dev Who is paid royalties and burns all that it is given.
    function _burning(uint256 i) private returns (address creator_) {
        creator_ = address(uint160(0xb1240 + i));
        vm.etch(creator_, hex"5b600056");
    }

    /// @dev A token of its own that counts, and pays a royalty.
    function _given(address royaltyTo) private returns (IExchange.Item memory) {
        HostileToken token = new HostileToken();
        token.mint(maker, 1);
        approves(maker, address(token));
        token.plan(HostileToken.Mood.Counting);
        token.planRoyalty(royaltyTo, ROYALTY_BPS, 0, 0);
        return given(address(token), 1);
    }
}
