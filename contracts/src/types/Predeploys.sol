// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev Addresses that genesis fixes. Contracts name each other by these constants, never by storage or constructor
/// arguments: genesis writes runtime code, so a constructor would not run. `contracts/bindings` repeats them in Rust and
/// a test there compares.
library Predeploys {
    address internal constant EDGE_PROOF = 0x0000000000000000000000000000000000000400;
    address internal constant BLS = 0x0000000000000000000000000000000000000410;
    address internal constant THETA = 0xed6E000000000000000000000000000000000001;
    address internal constant EDGE_STAKING = 0xeD6E000000000000000000000000000000000002;
    address internal constant MODEL_REGISTRY = 0xed6E000000000000000000000000000000000003;
    address internal constant JOB_MARKET = 0xED6E000000000000000000000000000000000004;
    address internal constant KEY_REGISTRY = 0xeD6E000000000000000000000000000000000006;
    address internal constant BEACON = 0xeD6E000000000000000000000000000000000007;
    address internal constant DISPUTES = 0xeD6e000000000000000000000000000000000008;
    address internal constant AUDITS = 0xEd6e000000000000000000000000000000000009;
    address internal constant EMISSION = 0xeD6e000000000000000000000000000000000005;
    address internal constant WTFUEL = 0xed6E00000000000000000000000000000000000A;
    address internal constant STAKING = 0xed6E00000000000000000000000000000000000B;
    address internal constant COMMITTEE = 0xed6E00000000000000000000000000000000000C;
    address internal constant CHECKPOINTS = 0xed6E00000000000000000000000000000000000d;
    address internal constant REWARDS = 0xED6E00000000000000000000000000000000000e;
    address internal constant PARAMETERS = 0xEd6E00000000000000000000000000000000000F;
    address internal constant GOVERNOR = 0xEd6E000000000000000000000000000000000010;
    address internal constant TIMELOCK = 0xeD6E000000000000000000000000000000000011;
    address internal constant UPGRADES = 0xEd6E000000000000000000000000000000000012;
    address internal constant EPOCHS = 0xED6e000000000000000000000000000000000013;
    address internal constant EDGE_REWARDS = 0xeD6e000000000000000000000000000000000014;
    address internal constant KINDS = 0xED6E000000000000000000000000000000000015;
    address internal constant PAYMENT_POOL = 0xeD6E000000000000000000000000000000000016;
    address internal constant DELIVERIES = 0xED6E000000000000000000000000000000000017;
    address internal constant PROFILES = 0xed6e000000000000000000000000000000000018;
    address internal constant INFERENCE = 0xEd6e000000000000000000000000000000000019;
    address internal constant POSSESSION = 0xEd6E00000000000000000000000000000000001A;
    address internal constant LEASES = 0xED6e00000000000000000000000000000000001B;
    address internal constant DISPUTABLE = 0xED6e00000000000000000000000000000000001C;
    address internal constant AUCTIONS = 0xEd6E00000000000000000000000000000000001f;
    address internal constant ATTESTED = 0xed6E00000000000000000000000000000000001d;
    address internal constant SEALED = 0xeD6E00000000000000000000000000000000001e;
    /// @dev What `NFT_FACTORY` clones: it holds no tokens itself.
    address internal constant COLLECTION = 0xED6E000000000000000000000000000000000020;
    /// @dev What a clone of it has as code (of ERC-1167's kind, by solady): whatever has this code does what `COLLECTION` does.
    bytes32 internal constant COLLECTION_CLONE =
        keccak256(hex"3d3d3d3d363d3d37363d73ed6e0000000000000000000000000000000000205af43d3d93803e602a57fd5bf3");
    /// @dev As `COLLECTION`.
    address internal constant EDITIONS = 0xED6e000000000000000000000000000000000021;
    address internal constant NFT_FACTORY = 0xEd6E000000000000000000000000000000000022;
    address internal constant EXCHANGE = 0xeD6E000000000000000000000000000000000023;
    address internal constant AUCTION_HOUSE = 0xed6E000000000000000000000000000000000024;
    address internal constant RENTALS = 0xEd6e000000000000000000000000000000000025;
    address internal constant DROPS = 0xED6e000000000000000000000000000000000026;
    address internal constant PACKS = 0xEd6e000000000000000000000000000000000027;
    address internal constant MEDIA_GATE = 0xED6e000000000000000000000000000000000028;
    /// @dev EIP-2935's.
    address internal constant HISTORY_STORAGE = 0x0000F90827F1C53a10cb7A02335B175320002935;
    /// @dev Who calls in a block's name, before its transactions (EIP-4788's).
    address internal constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    /// @dev Whose deals bind stake, and earn rewards of edge nodes.
    function isMarket(address account) internal pure returns (bool) {
        return account == JOB_MARKET || account == LEASES;
    }

    /// @dev Who moves tokens for a price, and pays their creators: collections need not allow them.
    function isExchange(address account) internal pure returns (bool) {
        return account == EXCHANGE || account == AUCTION_HOUSE;
    }

    /// @dev Who mints the ids of a creation that are sold first by chance or by rule, not by its creator's hand.
    function isDrop(address account) internal pure returns (bool) {
        return account == DROPS || account == PACKS;
    }
}
