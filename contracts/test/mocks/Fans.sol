// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AllowTree} from "../AllowTree.sol";
import {DropsWorld} from "../DropsWorld.sol";
import {Hoarder} from "./Hoarder.sol";
import {IDrops} from "../../src/interfaces/IDrops.sol";
import {IPhases} from "../../src/interfaces/IPhases.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {vm, within} from "../Vm.sol";

/// @dev A creator and those who buy of it, in any order. Every action picks what is allowed, by books of its own, and does nothing where nothing is, so a
/// revert is a finding; what those books do not allow is tried, too, and has to be refused.
contract Fans is DropsWorld {
    uint256 public constant SIZE = 5;
    uint256 private constant DROPS_MOST = 8;

    /// @dev What buyers paid, wei, and of that what fees are, purchase by purchase.
    uint256 public paid;
    uint256 public fees;
    /// @dev What should have been refused and was not.
    uint256 public slipped;
    mapping(bytes32 verb => uint256) public done;
    mapping(uint256 drop => mapping(uint256 phase => uint256)) public soldIn;
    mapping(uint256 drop => mapping(uint256 phase => mapping(address account => uint256))) public boughtIn;
    mapping(uint256 drop => mapping(address account => uint256)) public bought;
    /// @dev Ids that packs were given.
    mapping(address creation => uint256) public packed;
    mapping(address creation => uint256[2][]) private _packs;
    Hoarder private _hoarder;
    Hoarder private _payee;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        (_hoarder, _payee) = (new Hoarder(), new Hoarder());
        _hoarder.plan(Hoarder.Mood.Reenter, type(uint256).max);
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
        }
    }

    /// @dev The last of them calls back when it receives editions.
    function member(uint256 seed) public view returns (address) {
        uint256 number = seed % SIZE;
        return number == SIZE - 1 ? address(_hoarder) : address(uint160(0xfa40000 + number));
    }

    function hoarder() external view returns (Hoarder) {
        return _hoarder;
    }

    function creations(uint256 seed) public view returns (address) {
        return seed % 2 == 0 ? looms : prints;
    }

    function payee() external view returns (address) {
        return address(_payee);
    }

    function packsOf(address creation) external view returns (uint256[2][] memory) {
        return _packs[creation];
    }

    function open(uint256 which, uint256 count, uint256 first, uint256 second) external {
        if (DROPS.dropCount() == DROPS_MOST) return;
        _open(creations(which), uint32(within(count, 1, 12)), list(_phase(first), _phase(second)));
    }

    function mint(uint256 who, uint256 which, uint256 quantity, uint256 more) external {
        for (uint256 i = 0; i < 2 * DROPS.dropCount(); ++i) {
            uint256 drop = 1 + (which % DROPS.dropCount() + i / 2) % DROPS.dropCount();
            uint256 number = (which >> 64) + i & 1;
            if (!_isOn(drop, number)) continue;
            uint256 most = _mostFor(member(who), drop, number);
            if (quantity >> 128 & 3 == 0) _tryMint(member(who), drop, number, most + 1);
            if (most != 0) {
                return _mint(member(who), drop, number, [within(quantity, 1, most), more % 2 * more % 1e18]);
            }
        }
    }

    function close(uint256 which) external {
        if (DROPS.dropCount() == 0) return;
        uint256 drop = 1 + which % DROPS.dropCount();
        if (!DROPS.dropOf(drop).closed && which >> 200 & 3 == 0) _close(drop);
    }

    function pack(uint256 which, uint256 count) external counted("pack") {
        address creation = creations(which);
        count = within(count, 1, 30);
        vm.prank(Predeploys.PACKS);
        _packs[creation].push([DROPS.allocate(creation, count), count]);
    }

    /// @dev In one of two cases the payee takes no money from now on.
    function sulk(uint256 mood) external counted("sulk") {
        _payee.plan(mood % 2 == 0 ? Hoarder.Mood.Refuse : Hoarder.Mood.Accept, 0);
    }

    function withdraw() external {
        if (DROPS.creditOf(address(_payee)) != 0) _withdraw();
    }

    function wait(uint256 time) external counted("wait") {
        vm.warp(block.timestamp + within(time, 1, 4 hours));
    }

    function entries() public view returns (AllowTree.Entry[] memory all) {
        all = new AllowTree.Entry[](8);
        for (uint256 i = 0; i < 8; ++i) {
            all[i] = i < SIZE ? AllowTree.Entry(member(i), i) : AllowTree.Entry(address(uint160(i)), 1);
        }
    }

    function _open(address creation, uint32 count, IPhases.Phase[] memory phases) private counted("open") {
        vm.prank(creator);
        DROPS.open(IDrops.Terms(creation, address(_payee), count), phases);
    }

    function _mint(address account, uint256 drop, uint256 number, uint256[2] memory quantityAndMore)
        private
        counted("mint")
    {
        uint256 quantity = quantityAndMore[0];
        uint256 price = DROPS.priceOf(drop, number, block.timestamp);
        _hoarder.calls(address(DROPS), price, _callFor(account, drop, number, 1));
        price *= quantity;
        uint256 before = account.balance;
        vm.prank(account);
        (bool minted_,) =
            address(DROPS).call{value: price + quantityAndMore[1]}(_callFor(account, drop, number, quantity));
        if (!minted_ || account.balance != before - price) ++slipped;
        (paid, fees) = (paid + price, fees + price / 100);
        soldIn[drop][number] += quantity;
        boughtIn[drop][number][account] += quantity;
        bought[drop][account] += quantity;
        (IPhases.Phase memory its,) = DROPS.phaseOf(drop, number);
        if (its.allowed != 0) ++done["mint, by a list"];
    }

    function _tryMint(address account, uint256 drop, uint256 number, uint256 quantity) private counted("refused") {
        vm.prank(account);
        (bool slipped_,) = address(DROPS).call{value: 1e18 * quantity}(
            abi.encodeCall(DROPS.mint, (drop, number, quantity, _allowance(account)))
        );
        if (slipped_) ++slipped;
    }

    function _close(uint256 drop) private counted("close") {
        vm.prank(creator);
        DROPS.close(drop);
    }

    function _withdraw() private counted("withdraw") {
        _payee.plan(Hoarder.Mood.Accept, 0);
        _payee.perform(address(DROPS), 0, abi.encodeCall(DROPS.withdraw, ()));
    }

    function _callFor(address account, uint256 drop, uint256 number, uint256 quantity)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(DROPS.mint, (drop, number, quantity, _allowance(account)));
    }

    function _allowance(address account) private view returns (IPhases.Allowance memory) {
        AllowTree.Entry[] memory all = entries();
        uint256 index;
        while (all[index].account != account) ++index;
        return IPhases.Allowance(all[index].most, AllowTree.proof(all, index));
    }

    function _isOn(uint256 drop, uint256 number) private view returns (bool) {
        (IPhases.Phase memory its,) = DROPS.phaseOf(drop, number);
        bool onTime = block.timestamp >= its.from && block.timestamp <= its.until;
        return onTime && !DROPS.dropOf(drop).closed;
    }

    /// @dev By what was promised and what was bought, as it is in the books.
    function _mostFor(address account, uint256 drop, uint256 number) private view returns (uint256 most) {
        (IPhases.Phase memory its,) = DROPS.phaseOf(drop, number);
        most = DROPS.dropOf(drop).count - soldIn[drop][0] - soldIn[drop][1];
        if (its.supply != 0) most = _min(most, its.supply - soldIn[drop][number]);
        if (its.allowed != 0) return _min(most, _allowance(account).most - boughtIn[drop][number][account]);
        if (its.perWallet != 0) most = _min(most, its.perWallet - boughtIn[drop][number][account]);
    }

    function _phase(uint256 raw) private view returns (IPhases.Phase memory its) {
        its.price = uint128(within(raw, 0, 1e18));
        its.endPrice = uint128(within(raw >> 64, 0, its.price));
        its.from = uint40(within(raw >> 128, block.timestamp, block.timestamp + 6 hours));
        its.until = uint40(its.from + within(raw >> 144, 1, 2 days));
        its.supply = uint32(raw >> 160 & 7);
        if (raw >> 170 & 3 == 0) its.allowed = AllowTree.root(entries());
        else if (raw >> 172 & 1 == 0) its.perWallet = uint32(within(raw >> 180, 1, 4));
    }

    function _min(uint256 left, uint256 right) private pure returns (uint256) {
        return left < right ? left : right;
    }
}
