// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC1155} from "solady/tokens/ERC1155.sol";
import {ERC721} from "solady/tokens/ERC721.sol";

/// @dev What a token that somebody else wrote may do when it is moved or asked.
abstract contract Foreign {
    enum Mood {
        Fair,
        /// @dev Refuses to move at all.
        Stuck,
        /// @dev Says that it moved, and did not.
        Idle,
        /// @dev Calls somebody first, and remembers what came of it.
        Reenter,
        /// @dev Takes all the gas that it is given.
        Greedy
    }

    Mood public mood;
    mapping(address to => bool) public isBarred;
    address private _target;
    bytes private _callback;
    uint256 public attempts;
    uint256 public successes;
    /// @dev What the last call was refused with.
    bytes4 public refusal;
    bytes private _royalty;
    uint256 private _royaltyBps;
    uint256 private _spins;
    bytes private _user;

    function plan(Mood next) external {
        mood = next;
    }

    function plan(address target, bytes calldata callback) external {
        (mood, _target, _callback) = (Mood.Reenter, target, callback);
    }

    /// @dev As tokens do that only some may hold.
    function bar(address to, bool barred) external {
        isBarred[to] = barred;
    }

    /// @param bps above 10,000 too
    function setRoyalty(address to, uint256 bps) external {
        (_royalty, _royaltyBps) = (abi.encode(to), bps);
    }

    /// @dev Rounds of hashing in a call of its own before the token says what is asked; where they fail, it says that there is nothing.
    function setSpins(uint256 spins) external {
        _spins = spins;
    }

    /// @dev What `userOf` answers with, byte for byte; reverts by default.
    function setUser(bytes calldata answer) external {
        _user = answer;
    }

    function royaltyInfo(uint256, uint256 price) external view returns (address, uint256) {
        require(_royalty.length != 0, "knows none");
        try this.spin() {
            return (abi.decode(_royalty, (address)), price * _royaltyBps / 10_000);
        } catch {
            return (address(0), 0);
        }
    }

    function userOf(uint256) external view {
        bytes memory answer = _user;
        require(answer.length != 0, "knows none");
        try this.spin() {}
        catch {
            answer = new bytes(32);
        }
        assembly ("memory-safe") {
            return(add(answer, 0x20), mload(answer))
        }
    }

    function spin() external view {
        bytes32 spun;
        for (uint256 i = 0; i < _spins; ++i) {
            spun = keccak256(abi.encode(spun, i));
        }
    }

    /// @return whether it moves at all
    function _behaves(address to) internal returns (bool) {
        require(mood != Mood.Stuck && !isBarred[to], "stuck");
        if (mood == Mood.Greedy) {
            assembly {
                invalid()
            }
        }
        if (mood == Mood.Reenter) {
            ++attempts;
            (bool done, bytes memory reason) = _target.call(_callback);
            if (done) ++successes;
            else refusal = bytes4(reason);
        }
        return mood != Mood.Idle;
    }
}

contract ForeignToken is Foreign, ERC721 {
    function mint(address to, uint256 id) external {
        _mint(to, id);
    }

    function burn(uint256 id) external {
        _burn(id);
    }

    function transferFrom(address from, address to, uint256 id) public payable override {
        if (_behaves(to)) super.transferFrom(from, to, id);
    }

    function name() public pure override returns (string memory) {
        return "Foreign";
    }

    function symbol() public pure override returns (string memory) {
        return "FORN";
    }

    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }
}

contract ForeignEditions is Foreign, ERC1155 {
    function mint(address to, uint256 id, uint256 amount) external {
        _mint(to, id, amount, "");
    }

    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata data)
        public
        override
    {
        if (_behaves(to)) super.safeTransferFrom(from, to, id, amount, data);
    }

    function uri(uint256) public pure override returns (string memory) {
        return "";
    }
}
