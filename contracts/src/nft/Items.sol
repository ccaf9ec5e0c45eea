// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {LibCall} from "solady/utils/LibCall.sol";
import {MerkleProofLib} from "solady/utils/MerkleProofLib.sol";
import {ICollection} from "../interfaces/ICollection.sol";
import {ICreation} from "../interfaces/ICreation.sol";
import {IERC6551Account} from "../interfaces/IERC6551Account.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev What moves in a trade. Tokens are anybody's contracts: whatever they say holds for themselves alone. Each is looked at in the moment before
/// it moves: by what moved before it, its holder may have been called.
abstract contract Items is IExchange {
    using SafeCast for uint256;

    /// @dev Enough to read a word or two through a proxy, and less than a fill needs after it.
    uint256 private constant ASK_GAS = 30_000;
    /// @dev Of what is left a call is given 63 of 64 parts, after what it costs to look at the code of an account and at what that delegates to.
    uint256 private constant ASK_GAS_LEFT = ASK_GAS + ASK_GAS / 63 + 6000;

    /// @dev Of tokens that have no nonces of their own.
    mapping(address token => mapping(uint256 id => uint256)) private _sales;

    function nonceOf(address token, uint256 id) external view returns (uint64) {
        (, uint256 nonce) = _nonceOf(token, id);
        return nonce.toUint64();
    }

    /// @dev Those of `gives`, then those of `wants`; royalties are not known yet.
    function _itemsOf(Take calldata take, Order memory order, address taker)
        internal
        pure
        returns (Moved[] memory items)
    {
        (uint256 gives, uint256 units) = (order.gives.length, take.units);
        items = new Moved[](gives + order.wants.length);
        for (uint256 i = 0; i < gives; ++i) {
            _fillIn(items[i], order.gives[i], order.maker, units);
        }
        Choice[] calldata choices = take.choices;
        uint256 chosen;
        for (uint256 i = gives; i < items.length; ++i) {
            Item memory item = order.wants[i - gives];
            _fillIn(items[i], item, taker, units);
            // So that one choice is one token.
            if (item.standard == Standard.ERC721 && units != 1) revert WrongChoices();
            if (item.criteria == Criteria.Exact) continue;
            if (chosen == choices.length) revert WrongChoices();
            uint256 id = _chosen(item, choices[chosen++]);
            // Nobody fills an order with what it gives.
            if (_gives(order, item.token, id)) revert WrongChoices();
            items[i].id = id;
        }
        if (chosen != choices.length) revert WrongChoices();
    }

    /// @dev Anybody may redeem a voucher, and whoever was first did what the taker wants done: what is not there cannot be moved.
    function _mint(Minting[] calldata mintings, Order memory order) internal {
        for (uint256 i = 0; i < mintings.length; ++i) {
            Minting calldata minting = mintings[i];
            if (!_gives(order, minting.token, minting.voucher.id)) revert WrongTerms();
            bytes memory call = abi.encodeCall(ICreation.redeem, (minting.voucher, minting.signature, minting.amount));
            LibCall.tryCall(minting.token, 0, gasleft(), 0, call);
        }
    }

    /// @dev What a swap or a bundle says of one token's price is what its parties want it to say.
    function _checkPolicies(Order memory order, Moved[] memory items) internal view {
        bool plain = order.gives.length == 0 || order.wants.length == 0;
        for (uint256 i = 1; i < items.length; ++i) {
            plain = plain && items[i].token == items[0].token;
        }
        if (plain) return;
        for (uint256 i = 0; i < items.length; ++i) {
            address token = items[i].token;
            if (i != 0 && token == items[i - 1].token) continue;
            (bool known, uint256 policy) = _ask(token, abi.encodeCall(ICreation.transferPolicy, ()));
            if (known && policy == uint256(ICreation.Policy.Strict)) revert NotSoldSo(token);
        }
    }

    /// @dev What the maker wants comes first.
    function _move(Order memory order, Moved[] memory items, address recipient) internal {
        uint256 gives = order.gives.length;
        for (uint256 i = gives; i < items.length; ++i) {
            Item memory item = order.wants[i - gives];
            if (item.standard == Standard.ERC1155) {
                _moveAmount(items[i], order.maker);
                continue;
            }
            _checkUser(item.token, items[i].id);
            _moveToken(items[i], order.maker, false, 0);
        }
        for (uint256 i = 0; i < gives; ++i) {
            Item memory item = order.gives[i];
            if (item.standard == Standard.ERC1155) {
                _moveAmount(items[i], recipient);
                continue;
            }
            _moveToken(items[i], recipient, true, item.nonce);
        }
    }

    /// @dev After the tokens that own them moved: their former owners can take nothing out any more.
    function _checkBounds(Bound[] memory bounds) internal view {
        for (uint256 i = 0; i < bounds.length; ++i) {
            Bound memory bound = bounds[i];
            (bool known, uint256 state) = _ask(bound.account, abi.encodeCall(IERC6551Account.state, ()));
            if (!known || state != bound.state) revert AccountChanged(bound.account, state);
        }
    }

    function _moveAmount(Moved memory item, address to) private {
        if (item.token.code.length == 0) revert NotAToken(item.token);
        IERC1155(item.token).safeTransferFrom(item.from, to, item.id, item.amount, "");
    }

    /// @dev Clones of the factory need not be watched.
    /// @param bound whether `signed` has to be the token's nonce
    function _moveToken(Moved memory item, address to, bool bound, uint256 signed) private {
        (address token, uint256 id) = (item.token, item.id);
        if (token.codehash == Predeploys.COLLECTION_CLONE) {
            if (bound) ICollection(token).transferAt(item.from, to, id, signed);
            else ICollection(token).transferFrom(item.from, to, id);
            return;
        }
        if (token.code.length == 0) revert NotAToken(token);
        (bool known, uint256 nonce) = _nonceOf(token, id);
        if (bound && nonce != signed) revert NonceMoved(token, id, signed, nonce);
        // No nonce that is bound says that a user was set.
        if (bound) _checkUser(token, id);
        if (!known) _sales[token][id] = nonce + 1;
        IERC721(token).transferFrom(item.from, to, id);
        if (known) {
            (bool still, uint256 moved) = _nonceIn(token, id);
            if (!still || moved == nonce) revert NonceStuck(token, id);
        } else {
            (bool owned, uint256 owner) = _ask(token, abi.encodeCall(IERC721.ownerOf, (id)));
            if (!owned || owner != uint160(to)) revert NotAToken(token);
        }
    }

    function _checkUser(address token, uint256 id) private view {
        (bool known, uint256 until) = _ask(token, abi.encodeCall(ICollection.userExpires, (id)));
        // The last second is the user's too.
        if (known && until >= block.timestamp) revert HasUser(token, id, until);
    }

    /// @return known whether it is the token's own
    function _nonceOf(address token, uint256 id) private view returns (bool known, uint256 nonce) {
        (known, nonce) = _nonceIn(token, id);
        if (!known) nonce = _sales[token][id];
    }

    function _nonceIn(address token, uint256 id) private view returns (bool known, uint256 nonce) {
        return _ask(token, abi.encodeCall(ICollection.nonces, (id)));
    }

    /// @dev Always with the same gas, so that nobody makes a token that answers look like one that does not.
    /// @return known whether the answer is one word
    function _ask(address token, bytes memory call) private view returns (bool known, uint256 word) {
        if (gasleft() < ASK_GAS_LEFT) revert TooLittleGas();
        (bool answered, bool more, bytes memory answer) = LibCall.tryStaticCall(token, ASK_GAS, 32, call);
        known = answered && !more && answer.length == 32;
        if (known) word = uint256(bytes32(answer));
    }

    function _fillIn(Moved memory moved, Item memory item, address from, uint256 units) private pure {
        (moved.token, moved.id, moved.amount, moved.from) = (item.token, item.id, item.amount * units, from);
    }

    function _chosen(Item memory item, Choice calldata choice) private pure returns (uint256 id) {
        id = choice.id;
        if (item.criteria == Criteria.Any) return id;
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(id))));
        bytes32 root = bytes32(item.id);
        if (!MerkleProofLib.verifyCalldata(choice.proof, root, leaf)) revert NotInSet(id, root);
    }

    function _gives(Order memory order, address token, uint256 id) private pure returns (bool) {
        for (uint256 i = 0; i < order.gives.length; ++i) {
            if (order.gives[i].token == token && order.gives[i].id == id) return true;
        }
        return false;
    }
}
