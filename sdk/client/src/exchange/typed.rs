//! What EIP-712 hashes of orders. Pure.

use alloy::{
    primitives::{Address, B256, keccak256},
    sol_types::{Eip712Domain, SolStruct, eip712_domain},
};
use edgeloom_bindings::{
    IExchange::{Bound, Item, Order},
    addresses::EXCHANGE,
};

mod named {
    alloy::sol! {
        /// By these names; enums are numbers there.
        struct Bound {
            address account;
            uint256 state;
        }

        struct Item {
            uint8 standard;
            uint8 criteria;
            address token;
            uint256 id;
            uint128 amount;
            uint64 nonce;
        }

        struct Order {
            address maker;
            address taker;
            uint8 side;
            address currency;
            uint128 price;
            uint128 endPrice;
            uint40 from;
            uint40 until;
            uint32 units;
            uint16 royaltyMax;
            uint256 counter;
            uint256 salt;
            Item[] gives;
            Item[] wants;
            Bound[] bounds;
        }
    }
}

/// `IExchange.hashOf`.
pub(super) fn hash(order: &Order) -> B256 {
    let items = |items: &[Item]| items.iter().map(item).collect();
    let bounds = order.bounds.iter().map(|Bound { account, state }| named::Bound { account: *account, state: *state });
    let typed = named::Order {
        maker: order.maker,
        taker: order.taker,
        side: order.side as u8,
        currency: order.currency,
        price: order.price,
        endPrice: order.endPrice,
        from: order.from,
        until: order.until,
        units: order.units,
        royaltyMax: order.royaltyMax,
        counter: order.counter,
        salt: order.salt,
        gives: items(&order.gives),
        wants: items(&order.wants),
        bounds: bounds.collect(),
    };
    typed.eip712_hash_struct()
}

/// What is signed of a tree of 2^`height` orders, 1 to 16, by its root, before the domain.
pub(super) fn bulk_hash(root: B256, height: usize) -> B256 {
    let order = named::Order::eip712_encode_type();
    let type_ = keccak256(format!("BulkOrder(Order{} tree){}", "[2]".repeat(height), components_first(&order)));
    keccak256([type_, root].concat())
}

/// What a maker signs.
pub(super) fn digest(chain_id: u64, hash: B256) -> B256 {
    let domain = domain(chain_id, EXCHANGE).hash_struct();
    keccak256([&[0x19, 0x01][..], domain.as_slice(), hash.as_slice()].concat())
}

fn domain(chain_id: u64, at: Address) -> Eip712Domain {
    eip712_domain! {
        name: "Edgeloom Exchange",
        version: "1",
        chain_id: chain_id,
        verifying_contract: at,
    }
}

fn item(item: &Item) -> named::Item {
    named::Item {
        standard: item.standard as u8,
        criteria: item.criteria as u8,
        token: item.token,
        id: item.id,
        amount: item.amount,
        nonce: item.nonce,
    }
}

/// Beside a bulk order, the types of which it is made are in the order of their names: `Bound`, `Item`, `Order`.
fn components_first(order: &str) -> String {
    let end = order.find(')').map_or(order.len(), |end| end + 1);
    let (root, components) = order.split_at(end);
    format!("{components}{root}")
}
