// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IRentals} from "../src/interfaces/IRentals.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Rentals} from "../src/nft/Rentals.sol";
import {SaleWorld} from "./SaleWorld.sol";
import {vm} from "./Vm.sol";

/// @dev Rentals where genesis puts them, an owner whose key is known with a token of the strictest policy, which it has for an hour, and renters.
abstract contract RentalsWorld is SaleWorld {
    IRentals internal constant RENTALS = IRentals(Predeploys.RENTALS);

    uint256 internal constant ID = 7;
    uint128 internal constant PER_SECOND = 1000 gwei;
    uint32 internal constant DAY = 1 days;
    uint256 internal constant NOW = START + 1 hours;

    ICollection internal token;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.RENTALS, address(new Rentals()).code);
        token = collection(ICreation.Policy.Strict);
        minted(token, holder, ID);
        vm.prank(holder);
        token.setApprovalForAll(address(RENTALS), true);
        address[3] memory all = [BOB, CAROL, DAVE];
        for (uint256 i = 0; i < all.length; ++i) {
            fund(all[i], address(RENTALS));
        }
        vm.warp(NOW);
    }

    /// @dev By the holder to anybody, for an hour to thirty days, within a week.
    function offered() internal view returns (IRentals.Offer memory) {
        return IRentals.Offer({
            owner: holder,
            collection: address(token),
            id: ID,
            nonce: uint64(token.nonces(ID)),
            renter: address(0),
            currency: TFUEL,
            pricePerSecond: PER_SECOND,
            least: 1 hours,
            most: 30 days,
            until: uint40(block.timestamp + 7 days),
            royaltyMax: ROYALTY_BPS,
            counter: RENTALS.counterOf(holder)
        });
    }

    function offeredIn(address money) internal view returns (IRentals.Offer memory offer) {
        offer = offered();
        offer.currency = money;
    }

    /// @dev By the holder.
    function signed(IRentals.Offer memory offer) internal view returns (bytes memory) {
        return signature(HOLDER_KEY, RENTALS.digestOf(offer));
    }

    /// @dev For the renter itself.
    function rents(address renter, IRentals.Offer memory offer, uint32 duration) internal {
        rents(renter, offer, signed(offer), duration);
    }

    function rents(address renter, IRentals.Offer memory offer, bytes memory consent, uint32 duration) internal {
        uint256 sent = offer.currency == TFUEL ? uint256(offer.pricePerSecond) * duration : 0;
        vm.prank(renter);
        RENTALS.rent{value: sent}(offer, consent, duration, renter);
    }

    /// @dev What follows is the call, with nothing in between.
    function refused(IRentals.Offer memory offer, uint32 duration, bytes memory reason) internal {
        bytes memory consent = signed(offer);
        vm.expectRevert(reason);
        rents(BOB, offer, consent, duration);
    }
}
