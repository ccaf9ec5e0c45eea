// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev What `SeaportGas.t.sol` calls of Seaport 1.6, by the names that its documentation gives.
interface ISeaport {
    enum OrderType {
        FullOpen,
        PartialOpen
    }

    enum ItemType {
        Native,
        Erc20,
        Erc721,
        Erc1155,
        Erc721WithCriteria
    }

    enum Side {
        Offer,
        Consideration
    }

    struct OfferItem {
        ItemType itemType;
        address token;
        uint256 identifierOrCriteria;
        uint256 startAmount;
        uint256 endAmount;
    }

    struct ConsiderationItem {
        ItemType itemType;
        address token;
        uint256 identifierOrCriteria;
        uint256 startAmount;
        uint256 endAmount;
        address payable recipient;
    }

    /// @param last the maker's counter where an order is named (`OrderComponents`); where one is filled how many items of consideration were
    /// signed (`OrderParameters`)
    struct Order {
        address offerer;
        address zone;
        OfferItem[] offer;
        ConsiderationItem[] consideration;
        OrderType orderType;
        uint256 startTime;
        uint256 endTime;
        bytes32 zoneHash;
        uint256 salt;
        bytes32 conduitKey;
        uint256 last;
    }

    struct AdvancedOrder {
        Order parameters;
        uint120 numerator;
        uint120 denominator;
        bytes signature;
        bytes extraData;
    }

    struct CriteriaResolver {
        uint256 orderIndex;
        Side side;
        uint256 index;
        uint256 identifier;
        bytes32[] criteriaProof;
    }

    struct FulfillmentComponent {
        uint256 orderIndex;
        uint256 itemIndex;
    }

    struct AdditionalRecipient {
        uint256 amount;
        address payable recipient;
    }

    struct BasicOrder {
        address considerationToken;
        uint256 considerationIdentifier;
        uint256 considerationAmount;
        address payable offerer;
        address zone;
        address offerToken;
        uint256 offerIdentifier;
        uint256 offerAmount;
        uint8 basicOrderType;
        uint256 startTime;
        uint256 endTime;
        bytes32 zoneHash;
        uint256 salt;
        bytes32 offererConduitKey;
        bytes32 fulfillerConduitKey;
        uint256 totalOriginalAdditionalRecipients;
        AdditionalRecipient[] additionalRecipients;
        bytes signature;
    }

    function fulfillBasicOrder_efficient_6GL6yc(BasicOrder calldata order) external payable returns (bool);
    function fulfillAdvancedOrder(
        AdvancedOrder calldata order,
        CriteriaResolver[] calldata resolvers,
        bytes32 fulfillerConduitKey,
        address recipient
    ) external payable returns (bool);
    function fulfillAvailableAdvancedOrders(
        AdvancedOrder[] calldata orders,
        CriteriaResolver[] calldata resolvers,
        FulfillmentComponent[][] calldata offers,
        FulfillmentComponent[][] calldata considerations,
        bytes32 fulfillerConduitKey,
        address recipient,
        uint256 maximumFulfilled
    ) external payable;
    function cancel(Order[] calldata orders) external returns (bool);
    function incrementCounter() external returns (uint256);
    function getOrderHash(Order calldata order) external view returns (bytes32);
    function information() external view returns (string memory version, bytes32 domainSeparator, address controller);
}
