// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPaymentPool} from "../../src/interfaces/IPaymentPool.sol";
import {PoolWorld} from "../PoolWorld.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "../Vm.sol";

/// @dev Payers, their sessions and payees in any order that the contract allows, and books of what was signed, promised, paid in and given
/// back. Each verb does nothing where it could only be refused, so a revert is a finding.
contract Spenders is PoolWorld {
    uint256 public constant PAYEES = 4;
    uint256 public constant SESSIONS = 4;
    uint256 private constant POOLS_MAX = 4;
    uint256 private constant CLERK_KEY = 0xc1e4c;
    /// @dev A session that is a contract, as far as the pool can tell.
    address private constant CHARGER = address(0xc4a46e4);

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    mapping(uint256 pool => uint256) public paidIn;
    mapping(uint256 pool => uint256) public givenBack;
    mapping(uint256 pool => uint256) public burned;
    mapping(uint256 pool => mapping(address session => mapping(address payee => uint256))) public signedFor;
    mapping(uint256 pool => mapping(address session => mapping(address payee => uint256))) public redeemedBefore;
    /// @dev A voucher that was within what is guaranteed, and until when it has to be payable.
    mapping(uint256 pool => mapping(address session => mapping(address payee => uint256))) public promised;
    mapping(uint256 pool => mapping(address session => mapping(address payee => uint256))) public promisedUntil;

    address[4] private _payees;
    address[4] private _sessions;
    address private _clerk;
    uint256 private _turn;
    address[] private _recipients;
    uint16[] private _shares;
    mapping(address signer => uint256) private _keyOf;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
        _remember();
    }

    function setUp() public override {
        super.setUp();
        (_recipients, _shares) = (new address[](2), new uint16[](2));
        (_recipients[0], _recipients[1]) = (ALICE, BOB);
        (_shares[0], _shares[1]) = (3333, 6667);
        _payees = [ALICE, BOB, CAROL, POOL.splitOf(_recipients, _shares)];
        for (uint256 i = 1; i < PAYEES; ++i) {
            for (uint256 j = i; j != 0 && _payees[j - 1] > _payees[j]; --j) {
                (_payees[j - 1], _payees[j]) = (_payees[j], _payees[j - 1]);
            }
        }
        _keyOf[agent] = AGENT_KEY;
        _clerk = vm.addr(CLERK_KEY);
        _keyOf[_clerk] = CLERK_KEY;
        (address low, address high) = agent < _clerk ? (agent, _clerk) : (_clerk, agent);
        _sessions = [SELF, low, high, CHARGER];
        vm.deal(BOB, 0);
        for (uint256 i = 0; i < 3; ++i) {
            _open(20 ether, 20 ether);
            _earmark(i + 1, SELF, ALICE, 3e9, 3 ether);
            _earmark(i + 1, agent, BOB, 3e9, 3 ether);
        }
        // Far more than there is, and nobody has shown it yet.
        (signedFor[3][SELF][BOB], signedFor[3][SELF][CAROL]) = (70 ether, 50 ether);
    }

    function payee(uint256 i) public view returns (address) {
        return _payees[i % PAYEES];
    }

    /// @dev The payer, a key that pays anybody, one that pays one payee, and a contract; those that sign in rising order.
    function session(uint256 i) public view returns (address) {
        return _sessions[i % SESSIONS];
    }

    function open(uint256 free, uint256 collateral) external {
        if (POOL.poolCount() == POOLS_MAX) return;
        free = within(free, 0, 30 ether);
        _open(free, free + within(collateral, 0, 10 ether));
    }

    function deposit(uint256 which, uint256 amount) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        if (found) _deposit(pool, within(amount, 1, 10 ether));
    }

    function earmark(uint256 which, uint256 by, uint256 whom, uint256 amount, bool sent) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        if (!found) return;
        (address of_, address to) = (session(by), payee(whom));
        IPaymentPool.Pair memory pair = POOL.pairOf(pool, of_, to);
        uint256 before = _max(pair.redeemed, uint256(pair.ceilingGwei) * 1 gwei);
        uint256 most = sent ? 20 ether : POOL.poolOf(pool).free;
        most = _min(most, _roomOf(pool, of_, to, before));
        if (most < 2 gwei) return;
        uint64 ceilingGwei = uint64((before + within(amount, 1 gwei, most - 1 gwei)) / 1 gwei);
        if (ceilingGwei < pair.ceilingGwei) return;
        uint256 total = uint256(ceilingGwei) * 1 gwei;
        uint256 cost = total > before ? total - before : 0;
        _earmark(pool, of_, to, ceilingGwei, sent ? cost : 0);
    }

    /// @dev Often of what a payee was promised, all of it.
    function announceRelease(uint256 which, uint256 first, uint256 to) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        if (!found) return;
        for (uint256 i = 0; i < SESSIONS * PAYEES; ++i) {
            (address of_, address whom) = _pairFrom(first, i);
            uint64 ceilingGwei = POOL.pairOf(pool, of_, whom).ceilingGwei;
            bool asked = which % 2 == 0 || promised[pool][of_][whom] > redeemedOf(pool, of_, whom);
            if (ceilingGwei == 0 || !asked) continue;
            return _announceRelease(pool, of_, whom, which % 2 == 0 ? uint64(within(to, 0, ceilingGwei - 1)) : 0);
        }
    }

    /// @dev Often as soon as it can be, and often the payee redeems at the last moment.
    function release(uint256 which) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        if (!found) return;
        for (uint256 i = 0; i < SESSIONS * PAYEES; ++i) {
            (address of_, address to) = _pairFrom(which, i);
            uint256 from = POOL.releaseOf(pool, of_, to).from;
            if (from == 0 || (from > block.timestamp && which % 4 == 0)) continue;
            if (from > block.timestamp) vm.warp(from);
            uint256 total = _max(redeemedOf(pool, of_, to) + 1, signedFor[pool][of_][to]);
            if (which % 2 == 0 && of_ != CHARGER && _isPayable(pool, of_, to, total)) {
                signedFor[pool][of_][to] = total;
                _redeemBatch(_signedBy(pool, of_, to, total), true);
            }
            return _release(pool, of_, to);
        }
    }

    function announceWithdrawal(uint256 which, uint256 reserve, uint256 collateral) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        if (!found) return;
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        reserve = within(reserve, 0, held.free / 4);
        collateral = within(collateral, 0, held.collateral - (held.free - reserve));
        _announceWithdrawal(pool, reserve, collateral);
    }

    function takeBack(uint256 which) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        if (found && held.leavesAt != 0 && held.leavesAt <= block.timestamp) _takeBack(pool);
    }

    function announceClose(uint256 which) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        if (found && which % 8 == 0) _announceClose(pool);
    }

    function close(uint256 which) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Closing);
        if (found && POOL.poolOf(pool).until <= block.timestamp) _close(pool);
    }

    function authorize(uint256 which, uint256 by, uint256 whom, uint256 cap, uint256 time) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        address of_ = session(by);
        if (!found || of_ == SELF) return;
        IPaymentPool.Mandate memory mandate = POOL.mandateOf(pool, of_);
        if (mandate.expiry == 0 && of_ == _clerk) mandate.payee = payee(whom);
        mandate.capGwei += uint64(within(cap, 0, 15 gwei));
        uint256 expiry = block.timestamp + within(time, 1 hours, 10 days);
        mandate.expiry = uint32(_max(expiry, mandate.expiry));
        _authorize(pool, of_, mandate);
    }

    function revoke(uint256 which, uint256 by) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Open);
        if (found && POOL.mandateOf(pool, session(by)).expiry >= block.timestamp && by % 4 != 0) {
            _revoke(pool, session(by));
        }
    }

    /// @dev Now and then far beyond all that there is.
    function sign(uint256 which, uint256 by, uint256 whom, uint256 amount) external counted("sign") {
        (uint256 pool,) = _find(which, IPaymentPool.Phase.Open);
        (address of_, address to) = (session(by % 3), payee(whom));
        uint256 more = within(amount, 1, which % 4 == 0 ? 60 ether : 2 ether);
        signedFor[pool][of_][to] = _max(redeemedOf(pool, of_, to), signedFor[pool][of_][to]) + more;
    }

    /// @dev Within what is guaranteed, where anything is.
    function assure(uint256 which, uint256 first, uint256 amount) external {
        (uint256 pool,) = _find(which, IPaymentPool.Phase.Open);
        for (uint256 i = 0; i < SESSIONS * PAYEES; ++i) {
            (address of_, address to) = _pairFrom(first, i);
            (uint256 sure, uint256 had) = (POOL.guaranteed(pool, of_, to), redeemedOf(pool, of_, to));
            if (of_ == CHARGER || sure <= had) continue;
            uint256 total = within(amount, had + 1, sure);
            if (total > signedFor[pool][of_][to]) signedFor[pool][of_][to] = total;
            return _promise(pool, of_, to, total);
        }
    }

    /// @dev What was promised is paid; anything else is, or is not, as the books say.
    function redeem(uint256 which, uint256 by, uint256 whom) external {
        (uint256 pool, address of_, address to) = _signed(which, by, whom);
        if (pool == 0) return;
        uint256 had = redeemedOf(pool, of_, to);
        if (promisedUntil[pool][of_][to] >= block.timestamp && promised[pool][of_][to] > had) {
            return _redeemPromised(pool, of_, to);
        }
        uint256 total = signedFor[pool][of_][to];
        _redeemBatch(_signedBy(pool, of_, to, total), total > had && _isPayable(pool, of_, to, total));
    }

    function charge(uint256 which, uint256 whom, uint256 amount) external {
        uint256 pool = 1 + which % POOL.poolCount();
        (address to, uint256 had) = (payee(whom), redeemedOf(pool, CHARGER, payee(whom)));
        amount = within(amount, 1, 3 ether);
        if (_isPayable(pool, CHARGER, to, had + amount)) _charge(pool, to, amount);
    }

    function collect(uint256 which, uint256 by) external {
        uint256 pool = 1 + which % POOL.poolCount();
        _collect(pool, session(by));
    }

    function withdraw(uint256 whom) external {
        address to = [ALICE, BOB, CAROL][whom % 3];
        if (POOL.creditOf(to) != 0) _withdraw(to);
    }

    function distribute() external {
        if (POOL.creditOf(POOL.splitOf(_recipients, _shares)) != 0) _distribute();
    }

    /// @dev All that was signed, shown at once: it is an overspend exactly if the books say so.
    function accuse(uint256 which) external {
        uint256 pool = 1 + which % POOL.poolCount();
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        if (held.phase != IPaymentPool.Phase.Open && held.phase != IPaymentPool.Phase.Closing) return;
        bool guilty = _owedBeyond(pool) > held.free;
        if (guilty && which % 2 != 0) return;
        try POOL.proveOverspend(pool, _allSigned(pool)) {
            holds(guilty, "convicted");
            ++done["convict"];
        } catch {
            holds(!guilty, "acquitted");
            ++done["acquit"];
        }
    }

    function claim(uint256 which, uint256 by, uint256 whom) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Forfeited);
        if (!found || POOL.poolOf(pool).until < block.timestamp) return;
        for (uint256 i = 0; i < 3 * PAYEES; ++i) {
            (address of_, address to) = (session((by % 3 + i / PAYEES) % 3), payee(whom % PAYEES + i));
            if (_isClaimable(pool, of_, to)) return _claim(pool, of_, to);
        }
    }

    /// @dev Often as soon as it can be, once there is a claim.
    function settle(uint256 which) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Forfeited);
        if (!found) return;
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        if (held.until >= block.timestamp && (held.claims == 0 || which % 2 == 0)) return;
        if (held.until >= block.timestamp) vm.warp(uint256(held.until) + 1);
        _settle(pool);
    }

    function award(uint256 which) external {
        (uint256 pool, bool found) = _find(which, IPaymentPool.Phase.Settled);
        if (!found) return;
        for (uint256 i = 0; i < SESSIONS * PAYEES; ++i) {
            (address of_, address to) = (session(i / PAYEES), payee(i));
            if (POOL.claimOf(pool, of_, to) != 0) return _award(pool, of_, to);
        }
    }

    /// @dev Mostly hours, now and then more than a notice period.
    function wait(uint256 time, bool long) external counted("wait") {
        vm.warp(block.timestamp + (long ? within(time, NOTICE, 2 * NOTICE) : within(time, 1, 4 hours)));
    }

    function _open(uint256 free, uint256 collateral) private counted("open") {
        uint256 pool = opened(free, collateral);
        paidIn[pool] = free + collateral;
        address[3] memory all = [agent, _clerk, CHARGER];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(payer);
            POOL.authorize(pool, all[i], mandate(i == 1 ? ALICE : SELF, 10 ether, 6 days));
        }
    }

    function _deposit(uint256 pool, uint256 amount) private counted("deposit") {
        paidIn[pool] += amount;
        vm.prank(payer);
        POOL.deposit{value: amount}(pool, uint96(amount - amount / 2));
    }

    function _earmark(uint256 pool, address of_, address to, uint64 ceilingGwei, uint256 value)
        private
        counted("earmark")
    {
        paidIn[pool] += value;
        vm.prank(payer);
        POOL.earmark{value: value}(pool, of_, to, ceilingGwei);
    }

    function _announceRelease(uint256 pool, address of_, address to, uint64 toGwei) private counted("announceRelease") {
        vm.prank(payer);
        POOL.announceRelease(pool, of_, to, toGwei);
    }

    /// @dev With as much collateral as it could want.
    function _release(uint256 pool, address of_, address to) private counted("release") {
        uint96 amount = POOL.poolOf(pool).earmarked;
        paidIn[pool] += amount;
        vm.prank(payer);
        POOL.deposit{value: amount}(pool, amount);
        vm.prank(payer);
        POOL.release(pool, of_, to);
    }

    function _announceWithdrawal(uint256 pool, uint256 reserve, uint256 collateral)
        private
        counted("announceWithdrawal")
    {
        vm.prank(payer);
        POOL.announceWithdrawal(pool, uint96(reserve), uint96(collateral));
    }

    function _takeBack(uint256 pool) private counted("takeBack") {
        uint256 before = payer.balance;
        vm.prank(payer);
        POOL.takeBack(pool);
        givenBack[pool] += payer.balance - before;
    }

    function _announceClose(uint256 pool) private counted("announceClose") {
        vm.prank(payer);
        POOL.announceClose(pool);
    }

    function _close(uint256 pool) private counted("close") {
        uint256 before = payer.balance;
        vm.prank(payer);
        POOL.close(pool);
        givenBack[pool] += payer.balance - before;
    }

    function _authorize(uint256 pool, address of_, IPaymentPool.Mandate memory mandate) private counted("authorize") {
        vm.prank(payer);
        POOL.authorize(pool, of_, mandate);
    }

    function _revoke(uint256 pool, address of_) private counted("revoke") {
        vm.prank(payer);
        POOL.revoke(pool, of_);
    }

    function _redeemPromised(uint256 pool, address of_, address to) private counted("redeem promised") {
        redeemed(_signedBy(pool, of_, to, promised[pool][of_][to]));
    }

    function _redeemBatch(IPaymentPool.Bundle memory one, bool payable_)
        private
        counted(payable_ ? bytes32("redeem") : bytes32("skip"))
    {
        eq(POOL.redeemBatch(list(one)), payable_ ? 1 : 0, "as the books say");
    }

    function _charge(uint256 pool, address to, uint256 amount) private counted("charge") {
        vm.prank(CHARGER);
        POOL.charge(pool, to, amount);
    }

    function _collect(uint256 pool, address of_) private counted("collect") {
        IPaymentPool.PairId[] memory all = new IPaymentPool.PairId[](PAYEES);
        for (uint256 i = 0; i < PAYEES; ++i) {
            all[i] = IPaymentPool.PairId(pool, of_, payee(i));
        }
        POOL.collect(all);
    }

    function _withdraw(address to) private counted("withdraw") {
        vm.prank(to);
        POOL.withdraw();
    }

    function _distribute() private counted("distribute") {
        POOL.distribute(_recipients, _shares);
    }

    function _claim(uint256 pool, address of_, address to) private counted("claim") {
        claimed(_signedBy(pool, of_, to, signedFor[pool][of_][to]));
    }

    function _settle(uint256 pool) private counted("settle") {
        uint256 before = Predeploys.BURN.balance;
        uint256 collateral = POOL.poolOf(pool).collateral;
        POOL.settle(pool);
        burned[pool] = Predeploys.BURN.balance - before;
        holds(2 * burned[pool] >= collateral, "half of the collateral is lost");
    }

    function _award(uint256 pool, address of_, address to) private counted("award") {
        uint256 most = POOL.claimOf(pool, of_, to) + redeemedOf(pool, of_, to);
        POOL.award(pool, of_, to);
        holds(redeemedOf(pool, of_, to) <= most, "in full at most");
    }

    function _promise(uint256 pool, address of_, address to, uint256 total) private counted("promise") {
        uint256 until = block.timestamp + NOTICE - 1;
        if (of_ != SELF) until = _min(until, POOL.mandateOf(pool, of_).expiry);
        if (promisedUntil[pool][of_][to] >= block.timestamp && promised[pool][of_][to] > total) return;
        (promised[pool][of_][to], promisedUntil[pool][of_][to]) = (total, until);
    }

    /// @dev What was redeemed never falls, and is never more than was signed, but for charges: of one pool in turn.
    function _remember() private {
        uint256 pool = 1 + ++_turn % POOL.poolCount();
        for (uint256 i = 0; i < SESSIONS * PAYEES; ++i) {
            (address of_, address to) = (session(i / PAYEES), payee(i));
            uint256 total = redeemedOf(pool, of_, to);
            holds(total >= redeemedBefore[pool][of_][to], "monotone");
            holds(of_ == CHARGER || total <= signedFor[pool][of_][to], "signed");
            if (total != redeemedBefore[pool][of_][to]) redeemedBefore[pool][of_][to] = total;
        }
    }

    function _signedBy(uint256 pool, address of_, address to, uint256 total)
        private
        view
        returns (IPaymentPool.Bundle memory)
    {
        return sign(of_ == SELF ? PAYER_KEY : _keyOf[of_], pool, of_, to, total);
    }

    /// @dev Of all pairs, the sessions' order first: one bundle each, empty ones too.
    function _allSigned(uint256 pool) private view returns (IPaymentPool.Bundle[] memory all) {
        all = new IPaymentPool.Bundle[](3);
        for (uint256 i = 0; i < 3; ++i) {
            IPaymentPool.Voucher[] memory vouchers = new IPaymentPool.Voucher[](PAYEES);
            for (uint256 j = 0; j < PAYEES; ++j) {
                uint256 total = signedFor[pool][session(i)][payee(j)];
                vouchers[j] = _signedBy(pool, session(i), payee(j), total).vouchers[0];
            }
            all[i] = IPaymentPool.Bundle(pool, session(i), vouchers);
        }
    }

    /// @dev Beyond earmarks, in the order in which it is shown: of a session as long as its cap lasts.
    function _owedBeyond(uint256 pool) private view returns (uint256 owed) {
        for (uint256 i = 0; i < 3; ++i) {
            uint256 bySession;
            for (uint256 j = 0; j < PAYEES; ++j) {
                (address of_, address to) = (session(i), payee(j));
                uint256 covered = _coveredOf(pool, of_, to);
                uint256 total = signedFor[pool][of_][to];
                if (total <= covered || total - covered + bySession > _roomOf(pool, of_, to, covered)) continue;
                bySession += total - covered;
            }
            owed += bySession;
        }
    }

    function _isPayable(uint256 pool, address of_, address to, uint256 total) private view returns (bool) {
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        if (held.phase == IPaymentPool.Phase.Closed) return false;
        bool live = held.phase == IPaymentPool.Phase.Open || held.phase == IPaymentPool.Phase.Closing;
        uint256 covered = _coveredOf(pool, of_, to);
        if (of_ != SELF && POOL.mandateOf(pool, of_).expiry < block.timestamp) return false;
        if (_roomOf(pool, of_, to, covered) == 0 && of_ != SELF && !_pays(pool, of_, to)) return false;
        if (total <= covered) return true;
        return live && total - covered <= held.free && total - covered <= _roomOf(pool, of_, to, covered);
    }

    function _isClaimable(uint256 pool, address of_, address to) private view returns (bool) {
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        uint256 covered = _coveredOf(pool, of_, to);
        uint256 had = POOL.claimOf(pool, of_, to);
        uint256 total = signedFor[pool][of_][to];
        if (total <= covered + had) return false;
        if (of_ == SELF) return true;
        IPaymentPool.Mandate memory mandate = POOL.mandateOf(pool, of_);
        if (mandate.expiry < held.until - held.notice || !_pays(pool, of_, to)) return false;
        uint256 cap = uint256(mandate.capGwei) * 1 gwei;
        if (mandate.payee != SELF) return total <= cap;
        return POOL.committedBy(pool, of_) + total - covered - had <= cap;
    }

    /// @dev What a session may still cover of a pair, if it is live.
    function _roomOf(uint256 pool, address of_, address to, uint256 covered) private view returns (uint256) {
        if (of_ == SELF) return type(uint256).max;
        IPaymentPool.Mandate memory mandate = POOL.mandateOf(pool, of_);
        if (mandate.expiry < block.timestamp || !_pays(pool, of_, to)) return 0;
        uint256 cap = uint256(mandate.capGwei) * 1 gwei;
        return cap - (mandate.payee == SELF ? POOL.committedBy(pool, of_) : covered);
    }

    function _pays(uint256 pool, address of_, address to) private view returns (bool) {
        address only = POOL.mandateOf(pool, of_).payee;
        return only == SELF || only == to;
    }

    function _coveredOf(uint256 pool, address of_, address to) private view returns (uint256) {
        IPaymentPool.Pair memory pair = POOL.pairOf(pool, of_, to);
        return _max(pair.redeemed, uint256(pair.ceilingGwei) * 1 gwei);
    }

    /// @dev The first pair from here on, around the ring, of which more was signed than redeemed; 0 for none.
    function _signed(uint256 which, uint256 by, uint256 whom) private view returns (uint256, address, address) {
        uint256 count = POOL.poolCount();
        for (uint256 i = 0; i < 3 * PAYEES * count; ++i) {
            uint256 pool = 1 + (which % count + i / (3 * PAYEES)) % count;
            (address of_, address to) = (session((by % 3 + i / PAYEES) % 3), payee(whom % PAYEES + i));
            if (signedFor[pool][of_][to] > redeemedOf(pool, of_, to)) return (pool, of_, to);
        }
        return (0, SELF, SELF);
    }

    /// @dev Number `i` of all pairs of a pool, around the ring.
    function _pairFrom(uint256 first, uint256 i) private view returns (address, address) {
        uint256 number = (first % (SESSIONS * PAYEES) + i) % (SESSIONS * PAYEES);
        return (session(number / PAYEES), payee(number));
    }

    function _find(uint256 which, IPaymentPool.Phase phase) private view returns (uint256 pool, bool found) {
        uint256 count = POOL.poolCount();
        for (uint256 i = 0; i < count; ++i) {
            pool = 1 + (which % count + i) % count;
            if (POOL.poolOf(pool).phase == phase) return (pool, true);
        }
    }

    function _min(uint256 left, uint256 right) private pure returns (uint256) {
        return left < right ? left : right;
    }

    function _max(uint256 left, uint256 right) private pure returns (uint256) {
        return left > right ? left : right;
    }
}
