// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionHouse} from "../src/nft/AuctionHouse.sol";
import {ForeignEditions, ForeignToken} from "./mocks/ForeignToken.sol";
import {IAuctionHouse} from "../src/interfaces/IAuctionHouse.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Receiver} from "./mocks/Receiver.sol";
import {SaleWorld} from "./SaleWorld.sol";
import {eq, vm} from "./Vm.sol";

/// @dev The auction house where genesis puts it, a seller who has something of each kind and has approved it, and bidders.
abstract contract AuctionHouseWorld is SaleWorld {
    IAuctionHouse internal constant HOUSE = IAuctionHouse(Predeploys.AUCTION_HOUSE);

    uint128 internal constant RESERVE = 1 ether;
    uint40 internal constant DURATION = 1 days;
    uint96 internal constant AMOUNT = 5;
    /// @dev The seller's of each kind.
    uint256 internal constant ID = 7;

    /// @dev Of the strictest policy.
    ICollection internal strict;
    IEditions internal strictEditions;
    ForeignToken internal foreign;
    ForeignEditions internal foreignEditions;
    Receiver internal receiver;
    mapping(uint256 auction => address) internal currencyOf;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.AUCTION_HOUSE, address(new AuctionHouse()).code);
        strict = collection(ICreation.Policy.Strict);
        strictEditions = editions(ICreation.Policy.Strict);
        (foreign, foreignEditions) = (new ForeignToken(), new ForeignEditions());
        receiver = new Receiver();
        minted(strict, ALICE, ID);
        minted(strictEditions, ALICE, ID, 100);
        foreign.mint(ALICE, ID);
        foreignEditions.mint(ALICE, ID, 100);
        approves(ALICE);
        address[4] memory all = [BOB, CAROL, DAVE, address(receiver)];
        for (uint256 i = 0; i < all.length; ++i) {
            fund(all[i], address(HOUSE));
        }
    }

    /// @dev For all kinds of tokens.
    function approves(address seller) internal {
        address[4] memory all = [address(strict), address(strictEditions), address(foreign), address(foreignEditions)];
        for (uint256 i = 0; i < all.length; ++i) {
            vm.prank(seller);
            ICollection(all[i]).setApprovalForAll(address(HOUSE), true);
        }
    }

    function created(IAuctionHouse.Lot memory lot) internal returns (uint256 auction) {
        return created(lot, agreed());
    }

    /// @dev By ALICE.
    function created(IAuctionHouse.Lot memory lot, IAuctionHouse.Terms memory terms)
        internal
        returns (uint256 auction)
    {
        return created(ALICE, lot, terms);
    }

    function created(address seller, IAuctionHouse.Lot memory lot, IAuctionHouse.Terms memory terms)
        internal
        returns (uint256 auction)
    {
        vm.prank(seller);
        auction = HOUSE.create(lot, terms);
        currencyOf[auction] = terms.currency;
    }

    function bids(address bidder, uint256 auction, uint256 amount) internal {
        uint256 sent = currencyOf[auction] == TFUEL ? amount : 0;
        vm.prank(bidder);
        HOUSE.bid{value: sent}(auction, amount);
    }

    /// @dev One second after the last in which it can be bid for.
    function ends(uint256 auction) internal {
        vm.warp(uint256(HOUSE.auctionOf(auction).until) + 1);
    }

    function settles(uint256 auction) internal {
        vm.prank(KEEPER);
        HOUSE.settle(auction);
    }

    function claims(address winner, uint256 auction, address to) internal {
        vm.prank(winner);
        HOUSE.claim(auction, to);
    }

    /// @dev Won by a bid of the reserve, and over.
    function won(IAuctionHouse.Lot memory lot, address winner) internal returns (uint256 auction) {
        auction = created(lot);
        bids(winner, auction, RESERVE);
        ends(auction);
    }

    /// @dev TFUEL, from now on for a day, with a royalty as high as that of the creations here.
    function agreed() internal view returns (IAuctionHouse.Terms memory) {
        return IAuctionHouse.Terms(TFUEL, RESERVE, 0, uint40(block.timestamp) + DURATION, ROYALTY_BPS);
    }

    function agreedIn(address money) internal view returns (IAuctionHouse.Terms memory terms) {
        terms = agreed();
        terms.currency = money;
    }

    function lotOf(ICollection token) internal pure returns (IAuctionHouse.Lot memory) {
        return IAuctionHouse.Lot(IExchange.Standard.ERC721, address(token), ID, 1);
    }

    function lotOf(IEditions token) internal pure returns (IAuctionHouse.Lot memory) {
        return IAuctionHouse.Lot(IExchange.Standard.ERC1155, address(token), ID, AMOUNT);
    }

    function foreignLot() internal view returns (IAuctionHouse.Lot memory) {
        return lotOf(ICollection(address(foreign)));
    }

    function foreignEditionsLot() internal view returns (IAuctionHouse.Lot memory) {
        return lotOf(IEditions(address(foreignEditions)));
    }

    function expectPhase(uint256 auction, IAuctionHouse.Phase phase) internal view {
        eq(uint256(HOUSE.auctionOf(auction).phase), uint256(phase), "phase");
    }

    function expectWorth(address money, address account, uint256 amount, string memory what) internal view {
        eq(worthIn(money, account, HOUSE), amount, what);
    }

    function wrongPhase(uint256 auction, IAuctionHouse.Phase phase) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAuctionHouse.WrongPhase.selector, auction, phase);
    }
}
