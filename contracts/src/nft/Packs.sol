// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";
import {LibCall} from "solady/utils/LibCall.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {ICreation} from "../interfaces/ICreation.sol";
import {IDrops} from "../interfaces/IDrops.sol";
import {IPacks} from "../interfaces/IPacks.sol";
import {Phases} from "./Phases.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Progress, ProgressOf} from "../types/Progress.sol";
import {Purchase, Purchases} from "../types/Purchase.sol";
import {Tiers, TiersOf} from "../types/Tiers.sol";

/// @dev Its balance is what was paid in rounds that are not revealed, or is to be refunded, bonds, dues and credits together.
contract Packs is IPacks, Phases {
    using SafeCast for uint256;

    IBeacon private constant BEACON = IBeacon(Predeploys.BEACON);
    IDrops private constant DROPS = IDrops(Predeploys.DROPS);

    uint256 public constant REVEAL_BLOCKS = 216_000;
    uint256 private constant SIZE_MAX = 16;
    uint256 private constant ROUNDS_MAX = 512;
    uint256 private constant ROUND_BLOCKS_MIN = 600;
    uint256 private constant ROUND_BLOCKS_MAX = 3_024_000;
    uint256 private constant BOND_PARTS = 10;
    /// @dev The beacon's.
    uint256 private constant DELAY = 16;
    /// @dev The beacon takes headers of so many blocks.
    uint256 private constant HEADERS = 8191;
    /// @dev For a batch, with what a receiver needs that is a smart account, and for each token of it. Twice what it takes, or more.
    uint256 private constant ISSUE_GAS = 150_000;
    uint256 private constant ISSUE_GAS_EACH = 50_000;
    /// @dev For what comes between asking how much is left and the call.
    uint256 private constant CALL_GAS = 10_000;

    struct Contents {
        Tiers counts;
        Tiers left;
    }

    struct Kept {
        address buyer;
        uint256[] ids;
    }

    uint256 public saleCount;
    mapping(uint256 sale => Sale) private _sales;
    mapping(uint256 sale => uint256) private _progress;
    mapping(uint256 sale => Contents) private _contents;
    mapping(uint256 sale => mapping(uint256 purchase => Purchase)) private _purchases;
    mapping(uint256 sale => mapping(uint256 round => bytes32)) private _seeds;
    mapping(uint256 sale => mapping(uint256 pack => Kept)) private _kept;

    function open(Terms calldata terms, uint32[] calldata tiers, Phase[] calldata phases)
        external
        payable
        returns (uint256 sale)
    {
        bool editions = _checkCreator(terms.creation);
        _checkRange(terms.size, 1, SIZE_MAX);
        _checkRange(terms.roundBlocks, ROUND_BLOCKS_MIN, ROUND_BLOCKS_MAX);
        _checkRange(terms.rounds, 1, ROUNDS_MAX);
        _checkRange(tiers.length, 1, TiersOf.MOST);

        sale = ++saleCount;
        uint256 tokens = _fill(sale, tiers);
        uint256 expected = uint256(terms.packs) * terms.size;
        if (tokens != expected) revert TiersDoNotAddUp(tokens, expected);
        _secure(sale, terms.packs, phases);
        uint256 first = DROPS.allocate(terms.creation, editions ? tiers.length : tokens);
        _found(sale, terms, editions, first);
        emit SaleOpened(sale, terms.creation, msg.sender, terms, first, tiers, phases);
    }

    function buy(uint256 sale, uint256 phase, uint256 quantity, Allowance calldata allowance)
        external
        payable
        returns (uint256 purchase)
    {
        (Sale storage its, Progress memory so) = _saleOf(sale);
        if (its.state != State.Open) revert SaleClosed(sale);
        if (quantity > its.packs - so.sold) revert QuantityTooMany(quantity, its.packs - so.sold);
        so.round = _selling(sale, its, so);
        uint256 price = _sell(sale, phase, quantity, allowance);

        // The first purchase of a round fixes what draws it.
        if (!so.waits()) so.height = _drawnBy(its, so.round);
        uint256 first = so.sold;
        purchase = so.purchases++;
        so.sold += quantity;
        its.escrow += price;
        _progress[sale] = so.toWord();
        _purchases[sale][purchase] = Purchases.of_(msg.sender, so.sold, so.round, phase);
        emit PacksBought(sale, msg.sender, purchase, first, quantity, so.round, phase, price);
        _send(TFUEL, address(this), msg.sender, msg.value - price);
    }

    function reveal(uint256 sale, bytes32 secret) external {
        (Sale storage its, Progress memory so) = _waiting(sale);
        (uint256 round, uint256 height) = (so.round, so.height);
        if (block.number <= height) revert TooEarly(sale, height);
        if (_hashed(secret, round + 1 - so.revealed) != its.tip) revert WrongSecret(sale, round);
        bytes32 seed = BEACON.seedAt(height, keccak256(abi.encode(sale, round, secret)));

        uint256 price = its.escrow;
        uint256 fee = feeFor(price);
        (_seeds[sale][round], its.tip, its.escrow) = (seed, secret, 0);
        (so.settled, so.revealed, so.height) = (so.sold, round + 1, block.number + DELAY);
        _progress[sale] = so.toWord();
        _takeFee(TFUEL, address(this), fee);
        emit RoundRevealed(sale, round, secret, height, seed, price, fee);
        _send(TFUEL, address(this), its.payee, price - fee);
    }

    /// @dev Asking for the mix fails for want of gas only where too little is left for what follows.
    function redraw(uint256 sale) external {
        (, Progress memory so) = _waiting(sale);
        uint256 height = so.height;
        if (block.number <= height + HEADERS) revert TooEarly(sale, height + HEADERS);
        (bool known,) = address(BEACON).staticcall(abi.encodeCall(IBeacon.mixAt, (height)));
        if (known) revert NotLost(sale, height);

        so.height = block.number + DELAY;
        _progress[sale] = so.toWord();
        emit RoundRedrawn(sale, so.round, so.height);
    }

    function openNext(uint256 sale, uint256 count) external nonReentrant returns (uint256 opened) {
        (, Progress memory so) = _saleOf(sale);
        opened = Math.min(count, so.settled - so.opened);
        if (opened == 0) revert NothingToOpen(sale);
        for (uint256 i = 0; i < opened; ++i) {
            _openOne(sale);
        }
    }

    function claim(uint256 sale, uint256 pack, address to) external {
        Kept memory kept = _kept[sale][pack];
        if (kept.buyer != msg.sender) revert NothingToClaim(sale, pack, msg.sender);
        delete _kept[sale][pack];
        emit TokensClaimed(sale, pack, msg.sender, to, kept.ids);
        ICreation creation = ICreation(_sales[sale].creation);
        for (uint256 i = 0; i < kept.ids.length; ++i) {
            creation.issue(to, kept.ids[i], 1);
        }
    }

    function close(uint256 sale) external {
        (Sale storage its,) = _saleOf(sale);
        _checkCreator(its.creation);
        if (its.state != State.Open) revert SaleClosed(sale);
        its.state = State.Closed;
        emit SaleEnded(sale);
    }

    function void(uint256 sale) external {
        (Sale storage its, Progress memory so) = _saleOf(sale);
        if (!so.waits() || its.state == State.Voided) revert NothingToReveal(sale);
        uint256 until = so.height + REVEAL_BLOCKS;
        if (block.number <= until) revert TooEarly(sale, until);

        uint256 packs = so.sold - so.settled;
        uint256 burned = its.bond - packs * its.share;
        (its.state, its.bond) = (State.Voided, packs * its.share);
        emit SaleVoided(sale, so.round, packs, burned);
        _pay(Predeploys.BURN, burned);
    }

    function refund(uint256 sale, uint256 purchase) external {
        (Sale storage its, Progress memory so) = _saleOf(sale);
        (address buyer, uint256 first, uint256 quantity,, uint256 price) = purchaseOf(sale, purchase);
        bool due = its.state == State.Voided && buyer != address(0) && first >= so.settled;
        if (!due) revert NothingToRefund(sale, purchase);

        uint256 share = quantity * its.share;
        _purchases[sale][purchase] = _purchases[sale][purchase].refunded();
        (its.escrow, its.bond) = (its.escrow - price, its.bond - share);
        emit Refunded(sale, buyer, purchase, price, share);
        _send(TFUEL, address(this), buyer, price + share);
    }

    function returnBond(uint256 sale) external {
        (Sale storage its, Progress memory so) = _saleOf(sale);
        bool over = its.state != State.Open || so.sold == its.packs || _roundOf(its) >= its.rounds;
        (address opener, uint256 bond) = (its.opener, its.bond);
        if (!over || so.waits() || bond == 0) revert BondBound(sale);
        its.bond = 0;
        emit BondReturned(sale, opener, bond);
        _send(TFUEL, address(this), opener, bond);
    }

    function saleOf(uint256 sale) external view returns (Sale memory its) {
        (its,) = _saleOf(sale);
    }

    function progressOf(uint256 sale) external view returns (Progress memory so) {
        (, so) = _saleOf(sale);
    }

    function tiersOf(uint256 sale) external view returns (uint256[16] memory counts, uint256[16] memory left) {
        Contents memory contents = _contents[sale];
        for (uint256 tier = 0; tier < TiersOf.MOST; ++tier) {
            (counts[tier], left[tier]) = (contents.counts.count(tier), contents.left.count(tier));
        }
    }

    function seedOf(uint256 sale, uint256 pack) external view returns (bytes32) {
        (, Progress memory so) = _saleOf(sale);
        uint256 round = _purchases[sale][purchaseWith(sale, pack)].round();
        if (pack >= so.settled) revert SecretMissing(sale, round);
        return _seedOf(sale, round, pack);
    }

    function keptOf(uint256 sale, uint256 pack) external view returns (address buyer, uint256[] memory ids) {
        return (_kept[sale][pack].buyer, _kept[sale][pack].ids);
    }

    function roundOf(uint256 sale) external view returns (uint256) {
        (Sale storage its,) = _saleOf(sale);
        return _roundOf(its);
    }

    function purchaseOf(uint256 sale, uint256 purchase)
        public
        view
        returns (address buyer, uint256 first, uint256 quantity, uint256 round, uint256 price)
    {
        (, Progress memory so) = _saleOf(sale);
        if (purchase >= so.purchases) revert NoSuchPurchase(sale, purchase);
        Purchase bought = _purchases[sale][purchase];
        if (purchase != 0) first = _purchases[sale][purchase - 1].until();
        (buyer, quantity, round) = (bought.buyer(), bought.until() - first, bought.round());
        price = quantity * priceOf(sale, bought.phase(), bought.time());
    }

    function purchaseWith(uint256 sale, uint256 pack) public view returns (uint256 purchase) {
        (, Progress memory so) = _saleOf(sale);
        if (pack >= so.sold) revert NoSuchPack(sale, pack);
        uint256 end = so.purchases;
        while (purchase < end) {
            uint256 middle = (purchase + end) / 2;
            if (_purchases[sale][middle].until() > pack) end = middle;
            else purchase = middle + 1;
        }
    }

    function _found(uint256 sale, Terms calldata terms, bool editions, uint256 first) private {
        Sale storage its = _sales[sale];
        (its.creation, its.packs, its.size, its.editions) = (terms.creation, terms.packs, terms.size, editions);
        (its.state, its.first) = (State.Open, first.toUint64());
        its.payee = terms.payee == address(0) ? msg.sender : terms.payee;
        (its.opener, its.openedAt) = (msg.sender, block.number.toUint40());
        (its.rounds, its.roundBlocks, its.tip) = (terms.rounds, terms.roundBlocks, terms.commitment);
    }

    function _secure(uint256 sale, uint256 packs, Phase[] calldata phases) private {
        uint256 share = (_plan(sale, phases) + BOND_PARTS - 1) / BOND_PARTS;
        uint256 bond = share * packs;
        if (msg.value != bond) revert WrongBond(msg.value, bond);
        (_sales[sale].share, _sales[sale].bond) = (share, bond);
    }

    function _fill(uint256 sale, uint32[] calldata tiers) private returns (uint256 tokens) {
        Tiers memory counts;
        for (uint256 tier = 0; tier < tiers.length; ++tier) {
            if (tiers[tier] == 0) revert EmptyTier(tier);
            counts.add(tier, tiers[tier]);
            tokens += tiers[tier];
        }
        _contents[sale] = Contents(counts, counts);
    }

    /// @dev Reads anew how far the sale is: whoever received tokens of the pack before may have revealed a secret meanwhile.
    function _openOne(uint256 sale) private {
        (Sale storage its, Progress memory so) = _saleOf(sale);
        (uint256 pack, Purchase bought) = (so.opened, _purchases[sale][so.opening]);
        uint256[] memory ids = _draw(sale, pack, _seedOf(sale, bought.round(), pack));

        so.opened = pack + 1;
        if (pack + 1 == bought.until()) ++so.opening;
        _progress[sale] = so.toWord();
        address buyer = bought.buyer();
        emit PackOpened(sale, pack, buyer, ids);
        (address creation, bool editions) = (its.creation, its.editions);
        for (uint256 i = 0; i < ids.length;) {
            uint256 amount = _run(ids, i, editions);
            // The guard is set: nobody asks for what is kept before it is noted.
            if (!_issued(creation, buyer, ids[i], amount)) return _keep(sale, pack, Kept(buyer, ids), i);
            i += amount;
        }
    }

    /// @dev Once something is refused nothing else of the pack is tried, so that refusing costs whoever opens it no more than that.
    function _keep(uint256 sale, uint256 pack, Kept memory all, uint256 from) private {
        Kept storage kept = _kept[sale][pack];
        kept.buyer = all.buyer;
        for (uint256 i = from; i < all.ids.length; ++i) {
            kept.ids.push(all.ids[i]);
        }
        emit TokensKept(sale, pack, all.buyer, kept.ids);
    }

    /// @return ids tiers in their order, of a tier the lowest first
    function _draw(uint256 sale, uint256 pack, bytes32 seed) private returns (uint256[] memory ids) {
        Sale storage its = _sales[sale];
        Contents memory contents = _contents[sale];
        ids = new uint256[](its.size);
        uint256 tokens = (its.packs - pack) * ids.length;
        Tiers memory drawn;
        for (uint256 i = 0; i < ids.length; ++i) {
            drawn.add(contents.left.take(uint256(keccak256(abi.encode(seed, i))) % (tokens - i)), 1);
        }
        _contents[sale].left = contents.left;

        (bool editions, uint256 id, uint256 next) = (its.editions, its.first, 0);
        for (uint256 tier = 0; next < ids.length; ++tier) {
            uint256 count = contents.counts.count(tier);
            uint256 end = count - contents.left.count(tier);
            for (uint256 i = end - drawn.count(tier); i < end; ++i) {
                ids[next++] = editions ? id : id + i;
            }
            id += editions ? 1 : count;
        }
    }

    /// @dev Nobody makes it fail by sending little gas, and whoever receives it spends no more than that.
    function _issued(address creation, address to, uint256 id, uint256 amount) private returns (bool issued) {
        uint256 most = ISSUE_GAS + ISSUE_GAS_EACH * amount;
        uint256 needed = most * 64 / 63 + CALL_GAS;
        if (gasleft() < needed) revert TooLittleGas(gasleft(), needed);
        (issued,,) = LibCall.tryCall(creation, 0, most, 0, abi.encodeCall(ICreation.issue, (to, id, amount)));
    }

    /// @dev In a round that waits for its secret there are others' packs to be drawn: none of another is sold meanwhile.
    function _selling(uint256 sale, Sale storage its, Progress memory so) private view returns (uint256 round) {
        round = _roundOf(its);
        if (round >= its.rounds) revert RoundsOver(sale, its.rounds);
        if (so.waits()) {
            if (round != so.round) revert SecretMissing(sale, so.round);
        } else if (block.number < so.height) {
            revert Paused(sale, so.height);
        }
    }

    function _saleOf(uint256 sale) private view returns (Sale storage its, Progress memory so) {
        its = _sales[sale];
        if (its.state == State.None) revert NoSuchSale(sale);
        so = ProgressOf.fromWord(_progress[sale]);
    }

    /// @dev A sale of which a secret is missing, and not too late.
    function _waiting(uint256 sale) private view returns (Sale storage its, Progress memory so) {
        (its, so) = _saleOf(sale);
        if (!so.waits()) revert NothingToReveal(sale);
        if (block.number > so.height + REVEAL_BLOCKS) revert TooLate(sale, so.height + REVEAL_BLOCKS);
    }

    function _seedOf(uint256 sale, uint256 round, uint256 pack) private view returns (bytes32) {
        return keccak256(abi.encode(_seeds[sale][round], pack));
    }

    function _roundOf(Sale storage its) private view returns (uint256) {
        return (block.number - its.openedAt) / its.roundBlocks;
    }

    function _drawnBy(Sale storage its, uint256 round) private view returns (uint256) {
        uint256 end = its.openedAt + (round + 1) * its.roundBlocks;
        return end - 1 + DELAY;
    }

    function _checkRange(uint256 given, uint256 least, uint256 most) private pure {
        if (given < least || given > most) revert OutOfRange(given, least, most);
    }

    /// @return amount of tokens from place `from` on that one call issues
    function _run(uint256[] memory ids, uint256 from, bool editions) private pure returns (uint256 amount) {
        amount = 1;
        while (from + amount < ids.length && ids[from + amount] == ids[from] + (editions ? 0 : amount)) ++amount;
    }

    function _hashed(bytes32 secret, uint256 times) private pure returns (bytes32 hash) {
        hash = secret;
        for (uint256 i = 0; i < times; ++i) {
            hash = EfficientHashLib.hash(hash);
        }
    }
}
