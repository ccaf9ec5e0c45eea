// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "../CreationWorld.sol";
import {ICollection} from "../../src/interfaces/ICollection.sol";
import {ICreation} from "../../src/interfaces/ICreation.sol";
import {IEditions} from "../../src/interfaces/IEditions.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {holds, vm, within} from "../Vm.sol";

/// @dev A creator, holders, users and operators of one collection and one creation of editions, in any order, and books of who has what. Each
/// verb is tried whether the books allow it or not, and succeeds exactly if they do.
contract Collectors is CreationWorld {
    struct Entry {
        address holder;
        uint256 nonce;
        uint256 since;
        bool burned;
    }

    struct Use {
        address user;
        uint256 until;
        uint256 since;
    }

    struct Edition {
        uint256 minted;
        uint256 cap;
        uint256 burned;
    }

    uint256 public constant PEOPLE = 4;
    /// @dev Half of them the creator's, half of drops.
    uint256 public constant IDS = 24;
    uint256 public constant EDITIONS = 4;
    uint256 private constant KEYS = 0x9e091e;
    uint256 private constant USE_MAX = 366 days;

    ICollection public token;
    IEditions public prints;
    ICreation.Policy public policy = ICreation.Policy.Strict;
    uint16 public royaltyBps = ROYALTY_BPS;
    /// @dev How often each verb succeeded, or was refused ("not" before its name), so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    mapping(uint256 id => Entry) public entryOf;
    mapping(uint256 id => Use) public useOf;
    mapping(uint256 id => Edition) public editionOf;
    mapping(address who => mapping(uint256 id => uint256)) public printsOf;
    /// @dev Of the voucher for each edition.
    mapping(uint256 id => uint256) private _redeemedOf;
    uint256 private constant VOUCHER_AMOUNT = 30;
    address[4] private _people;

    function setUp() public override {
        super.setUp();
        ICreation.Terms memory its = terms(policy);
        its.split = uint32(IDS / 2);
        token = collection(its);
        its.split = uint32(EDITIONS / 2);
        prints = editions(its);
        for (uint256 id = 0; id < EDITIONS; ++id) {
            editionOf[id].cap = type(uint128).max;
        }
        for (uint256 i = 0; i < PEOPLE; ++i) {
            _people[i] = vm.addr(KEYS + i);
            for (uint256 j = 0; j < 2; ++j) {
                vm.prank(person(i));
                token.setApprovalForAll(_operator(j), true);
                vm.prank(person(i));
                prints.setApprovalForAll(_operator(j), true);
            }
        }
    }

    function person(uint256 i) public view returns (address) {
        return _people[i % PEOPLE];
    }

    function mint(uint256 which, uint256 to) external {
        uint256 id = which % (IDS / 2 + 1);
        bool can = id < IDS / 2 && _isNew(id);
        vm.prank(creator);
        _note("mint", can, address(token), abi.encodeCall(ICollection.mint, (person(to), id, 0)));
        if (can) _enter(id, person(to));
    }

    function mintBatch(uint256 which, uint256 to, uint256 count) external {
        (uint256 first, bool can) = (which % (IDS / 2), true);
        count = within(count, 1, 4);
        for (uint256 id = first; id < first + count; ++id) {
            can = can && id < IDS / 2 && _isNew(id);
        }
        bytes memory call = abi.encodeCall(ICollection.mintBatch, (person(to), first, count, new bytes32[](0)));
        vm.prank(creator);
        _note("mintBatch", can, address(token), call);
        for (uint256 id = first; can && id < first + count; ++id) {
            _enter(id, person(to));
        }
    }

    function redeem(uint256 which, uint256 to) external {
        uint256 id = which % (IDS / 2);
        ICreation.Voucher memory what = voucher(person(to), id);
        bytes memory call = abi.encodeCall(ICreation.redeem, (what, signed(address(token), what), 1));
        bool can = _isNew(id);
        _note("redeem", can, address(token), call);
        if (can) _enter(id, person(to));
    }

    function issue(uint256 which, uint256 to, uint256 count) external {
        (uint256 first, bool can) = (IDS / 2 - 1 + which % (IDS / 2), true);
        count = within(count, 1, 2);
        for (uint256 id = first; id < first + count; ++id) {
            can = can && id >= IDS / 2 && id < IDS && _isNew(id);
        }
        if (!can && first + count > IDS) return;
        vm.prank(which % 2 == 0 ? Predeploys.DROPS : Predeploys.PACKS);
        _note("issue", can, address(token), abi.encodeCall(ICreation.issue, (person(to), first, count)));
        for (uint256 id = first; can && id < first + count; ++id) {
            _enter(id, person(to));
        }
    }

    function burn(uint256 which, uint256 by) external {
        uint256 id = which % IDS;
        address caller = by % 8 == 0 ? _operator(0) : person(by);
        Entry storage entry = entryOf[id];
        bool can = entry.holder != address(0) && (by % 8 == 0 || caller == entry.holder);
        vm.prank(caller);
        _note("burn", can, address(token), abi.encodeCall(ICollection.burn, (id)));
        if (!can) return;
        (entry.burned, entry.holder) = (true, address(0));
        _moved(entry);
    }

    /// @dev By the holder in its own transaction, by the holder in somebody else's, by the exchange, or by an operator that no creator allowed.
    function move(uint256 which, uint256 to, uint256 how) external {
        uint256 id = which % IDS;
        Entry storage entry = entryOf[id];
        address from = entry.holder == address(0) ? person(which) : entry.holder;
        bool can = entry.holder != address(0) && _isMover(how);
        _prankMover(from, how);
        _note(_verb("move", how), can, address(token), abi.encodeCall(ICollection.transferFrom, (from, person(to), id)));
        if (!can) return;
        entry.holder = person(to);
        _moved(entry);
    }

    /// @dev Signed by a person of whom the token may be or not, for the nonce that it has or had.
    function permit(uint256 which, uint256 by, uint256 back) external {
        uint256 id = which % IDS;
        Entry storage entry = entryOf[id];
        uint256 signer = by % PEOPLE + (entry.holder == person(by % PEOPLE + 1) ? 1 : 0);
        uint256 nonce = entry.nonce - (back % 4 == 0 && entry.nonce != 0 ? 1 : 0);
        bytes32 digest = permitDigest(token, _operator(0), id, nonce, block.timestamp);
        bytes memory signature = signature(KEYS + signer % PEOPLE, digest);
        bool can = entry.holder == person(signer) && nonce == entry.nonce;
        bytes memory call = abi.encodeCall(ICollection.permit, (_operator(0), id, block.timestamp, signature));
        _note("permit", can, address(token), call);
    }

    function setUser(uint256 which, uint256 user, uint256 duration) external {
        uint256 id = which % IDS;
        Entry storage entry = entryOf[id];
        Use storage use = useOf[id];
        address to = user % 5 == 4 ? address(0) : person(user % 5);
        uint256 until = block.timestamp + within(duration, 0, 30 days);
        if (duration % 16 == 0) until = block.timestamp + USE_MAX + duration % 2;
        if (duration % 16 == 1) until = block.timestamp - 1;
        bool runs = use.user != address(0) && use.until >= block.timestamp;
        bool fits = to == address(0) || (until >= block.timestamp && until <= block.timestamp + USE_MAX);
        bool can = entry.holder != address(0) && entry.since != block.timestamp && fits
            && (!runs || (to == use.user && until >= use.until));
        // It gives up its own use, which it always can.
        if (runs && to == address(0) && entry.holder == use.user) can = true;
        vm.prank(entry.holder == address(0) ? person(which) : entry.holder);
        _note("setUser", can, address(token), abi.encodeCall(ICollection.setUser, (id, to, uint64(until))));
        if (!can) return;
        if (to == address(0)) return _clear(id);
        ++entry.nonce;
        (use.user, use.until, use.since) = (to, until, runs ? use.since : block.timestamp);
    }

    function giveUp(uint256 which, uint256 by) external {
        uint256 id = which % IDS;
        Use memory use = useOf[id];
        address caller = by % 2 == 0 && use.user != address(0) ? use.user : person(by);
        if (caller == entryOf[id].holder) return;
        bool can = use.user != address(0) && use.until >= block.timestamp && caller == use.user;
        vm.prank(caller);
        _note("giveUp", can, address(token), abi.encodeCall(ICollection.setUser, (id, address(0), 0)));
        if (can) _clear(id);
    }

    /// @dev Seldom, so that each policy has its time.
    function loosen(uint256 to, uint256 seldom) external {
        if (seldom % 8 != 0) return;
        bool can = to % 3 <= uint256(policy);
        bytes memory call = abi.encodeCall(ICreation.setPolicy, (ICreation.Policy(to % 3)));
        vm.prank(creator);
        _note("setPolicy", can, address(token), call);
        vm.prank(creator);
        _note("setPolicy", can, address(prints), call);
        if (can) policy = ICreation.Policy(to % 3);
    }

    function lower(uint256 bps) external {
        uint16 to = uint16(within(bps, royaltyBps > 20 ? royaltyBps - 20 : 0, royaltyBps + 20));
        bool can = to <= royaltyBps;
        vm.prank(creator);
        _note("setRoyalty", can, address(token), abi.encodeCall(ICreation.setRoyalty, (STUDIO, to)));
        if (can) royaltyBps = to;
    }

    function mintPrints(uint256 which, uint256 to, uint256 amount) external {
        uint256 id = which % EDITIONS;
        amount = within(amount, 0, 20);
        bool can = id < EDITIONS / 2 && _fits(id, amount);
        vm.prank(creator);
        _note("mint prints", can, address(prints), abi.encodeCall(IEditions.mint, (person(to), id, amount, 0)));
        if (can) _enterPrints(id, person(to), amount);
    }

    function issuePrints(uint256 which, uint256 to, uint256 amount) external {
        uint256 id = which % EDITIONS;
        amount = within(amount, 0, 20);
        bool can = id >= EDITIONS / 2 && _fits(id, amount);
        vm.prank(Predeploys.PACKS);
        _note("issue prints", can, address(prints), abi.encodeCall(ICreation.issue, (person(to), id, amount)));
        if (can) _enterPrints(id, person(to), amount);
    }

    function redeemPrints(uint256 which, uint256 amount) external {
        uint256 id = which % (EDITIONS / 2);
        ICreation.Voucher memory what =
            ICreation.Voucher(id, person(id), uint128(VOUCHER_AMOUNT), 0, type(uint40).max, 0);
        bytes memory by = signed(address(prints), what);
        amount = within(amount, 0, 8);
        bool can = amount != 0 && _redeemedOf[id] + amount <= VOUCHER_AMOUNT && _fits(id, amount);
        _note("redeem prints", can, address(prints), abi.encodeCall(ICreation.redeem, (what, by, uint128(amount))));
        if (!can) return;
        _redeemedOf[id] += amount;
        _enterPrints(id, what.to, amount);
    }

    function movePrints(uint256 which, uint256 to, uint256 amount, uint256 how) external {
        (uint256 id, address from) = (which % EDITIONS, person(which / EDITIONS));
        amount = within(amount, 0, printsOf[from][id] + 2);
        bool can = amount <= printsOf[from][id] && _isMover(how);
        bytes memory call = abi.encodeCall(IEditions.safeTransferFrom, (from, person(to), id, amount, ""));
        _prankMover(from, how);
        _note(_verb("move prints", how), can, address(prints), call);
        if (!can) return;
        printsOf[from][id] -= amount;
        printsOf[person(to)][id] += amount;
    }

    function burnPrints(uint256 which, uint256 amount) external {
        (uint256 id, address from) = (which % EDITIONS, person(which / EDITIONS));
        amount = within(amount, 0, printsOf[from][id] + 2);
        bool can = amount <= printsOf[from][id];
        vm.prank(from);
        _note("burn prints", can, address(prints), abi.encodeCall(IEditions.burn, (from, id, amount)));
        if (!can) return;
        printsOf[from][id] -= amount;
        editionOf[id].burned += amount;
    }

    function cap(uint256 which, uint256 to, uint256 seldom) external {
        if (seldom % 4 != 0) return;
        Edition storage edition = editionOf[which % EDITIONS];
        to = within(to, edition.minted < 5 ? 0 : edition.minted - 5, edition.minted + 200);
        bool can = which % EDITIONS < EDITIONS / 2 && to >= edition.minted && to <= edition.cap;
        vm.prank(creator);
        _note("setCap", can, address(prints), abi.encodeCall(IEditions.setCap, (which % EDITIONS, uint128(to))));
        if (can) edition.cap = to;
    }

    /// @dev Now and then nothing, so that much happens in one block.
    function wait(uint256 time) external {
        if (time % 3 != 0) vm.warp(block.timestamp + within(time, 1, 10 days));
        ++done["wait"];
    }

    /// @dev After the prank, if any: what is made before would use it up.
    function _note(bytes32 verb, bool can, address to, bytes memory call) private {
        (bool succeeded,) = to.call(call);
        holds(succeeded == can, string(abi.encodePacked(verb)));
        ++done[can ? verb : bytes32(abi.encodePacked("not ", verb))];
    }

    function _enter(uint256 id, address to) private {
        (entryOf[id].holder, entryOf[id].since) = (to, block.timestamp);
    }

    function _moved(Entry storage entry) private {
        (entry.nonce, entry.since) = (entry.nonce + 1, block.timestamp);
    }

    function _clear(uint256 id) private {
        uint256 until = useOf[id].until;
        useOf[id] = Use(address(0), until < block.timestamp ? until : block.timestamp, 0);
    }

    function _enterPrints(uint256 id, address to, uint256 amount) private {
        printsOf[to][id] += amount;
        editionOf[id].minted += amount;
    }

    function _prankMover(address from, uint256 how) private {
        if (how % 4 == 0) vm.prank(from, from);
        else if (how % 4 == 1) vm.prank(from, creator);
        else vm.prank(_operator(how % 4 - 2));
    }

    function _isNew(uint256 id) private view returns (bool) {
        return entryOf[id].holder == address(0) && !entryOf[id].burned;
    }

    function _fits(uint256 id, uint256 amount) private view returns (bool) {
        return editionOf[id].minted + amount <= editionOf[id].cap;
    }

    function _isMover(uint256 how) private view returns (bool) {
        if (how % 4 == 1) return policy != ICreation.Policy.Strict;
        return how % 4 != 3 || policy == ICreation.Policy.Open;
    }

    function _operator(uint256 i) private pure returns (address) {
        return i == 0 ? Predeploys.EXCHANGE : address(0x3a4ce7);
    }

    function _verb(bytes memory verb, uint256 how) private pure returns (bytes32) {
        string[4] memory by = [", alone", ", for it", ", exchange", ", operator"];
        return bytes32(abi.encodePacked(verb, by[how % 4]));
    }
}
