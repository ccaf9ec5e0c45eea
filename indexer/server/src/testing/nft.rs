//! A short history of a collection and editions, of their trade, and of a gate.

use super::{Blocks, ETHER, REQUESTER, Tx, WORKER, theta};
use alloy::{
    primitives::{
        Address, B256, U256,
        aliases::{U24, U40, U96},
        keccak256,
    },
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    IAuctionHouse, ICollection, ICreation, IDrops, IEditions, IExchange, IMediaGate, INftFactory, IPacks, IPhases,
    IRentals, addresses,
};

pub(crate) const COLLECTION: Address = Address::repeat_byte(0xc0);
pub(crate) const EDITIONS: Address = Address::repeat_byte(0xed);
/// An ERC-721 that the factory did not make.
pub(crate) const FOREIGN: Address = Address::repeat_byte(0xf0);
pub(crate) const CREATOR: Address = Address::repeat_byte(0xcc);
pub(crate) const ANNA: Address = Address::repeat_byte(0xa1);
pub(crate) const BEN: Address = Address::repeat_byte(0xb1);
pub(crate) const CARL: Address = Address::repeat_byte(0xc1);
pub(crate) const ORDER: B256 = B256::repeat_byte(0x0d);
pub(crate) const OFFER: B256 = B256::repeat_byte(0x0f);
pub(crate) const NOBODY: Address = Address::ZERO;

fn number(value: u64) -> U256 {
    U256::from(value)
}

/// What a contract wrote in a transaction.
pub(crate) fn wrote(contract: Address, event: &impl SolEvent) -> Tx {
    Tx::new(CREATOR, contract).log(contract, event)
}

pub(crate) fn terms() -> ICreation::Terms {
    ICreation::Terms {
        creator: CREATOR,
        name: "Stones".into(),
        symbol: "ST".into(),
        contractUri: "ipfs://contract".into(),
        baseUri: "ipfs://stones/".into(),
        royaltyTo: NOBODY,
        royaltyBps: 500,
        policy: ICreation::Policy::Operators,
        split: 1000,
    }
}

/// As the factory and the clone write it.
pub(crate) fn made(address: Address) -> Tx {
    let salt = B256::ZERO;
    let tx = if address == EDITIONS {
        let event = INftFactory::EditionsCreated { editions: address, creator: CREATOR, salt };
        wrote(addresses::NFT_FACTORY, &event)
    } else {
        let event = INftFactory::CollectionCreated { collection: address, creator: CREATOR, salt };
        wrote(addresses::NFT_FACTORY, &event)
    };
    tx.log(address, &ICreation::Created { creator: CREATOR, terms: terms() })
}

/// solady's, of which there are no bindings.
pub(crate) fn owned(creation: Address, by: Address) -> Tx {
    let word = |address: Address| address.into_word();
    let topics = vec![keccak256("OwnershipTransferred(address,address)"), word(CREATOR), word(by)];
    let mut tx = Tx::new(CREATOR, creation);
    tx.logs.push(alloy::primitives::Log::new_unchecked(creation, topics, Default::default()));
    tx
}

pub(crate) fn moved(creation: Address, from: Address, to: Address, id: u64) -> Tx {
    wrote(creation, &ICollection::Transfer { from, to, id: number(id) })
}

pub(crate) fn copies(from: Address, to: Address, id: u64, amount: u64) -> Tx {
    let event = IEditions::TransferSingle { operator: CREATOR, from, to, id: number(id), amount: number(amount) };
    wrote(EDITIONS, &event)
}

pub(crate) fn many_copies(from: Address, to: Address, copies: &[(u64, u64)]) -> Tx {
    let (ids, amounts) = copies.iter().map(|(id, amount)| (number(*id), number(*amount))).unzip();
    wrote(EDITIONS, &IEditions::TransferBatch { operator: CREATOR, from, to, ids, amounts })
}

pub(crate) fn user(id: u64, user: Address, expires: u64) -> Tx {
    wrote(COLLECTION, &ICollection::UpdateUser { tokenId: number(id), user, expires })
}

pub(crate) fn item(token: Address, id: u64, from: Address) -> IExchange::Moved {
    IExchange::Moved { token, id: number(id), amount: U256::ONE, from, royalty: number(50) }
}

/// An order of `maker`'s that sells `items` to `taker`.
pub(crate) fn filled(maker: Address, taker: Address, items: Vec<IExchange::Moved>) -> IExchange::Filled {
    IExchange::Filled {
        order: ORDER,
        maker,
        taker,
        side: IExchange::Side::Sell,
        currency: NOBODY,
        price: number(1000),
        fee: number(10),
        units: 1,
        items,
    }
}

/// A sale of a token of the collection, with what it moves.
pub(crate) fn sold(from: Address, to: Address, id: u64) -> Tx {
    wrote(addresses::EXCHANGE, &filled(from, to, vec![item(COLLECTION, id, from)]))
        .log(COLLECTION, &ICollection::Transfer { from, to, id: number(id) })
}

pub(crate) fn lot_created(auction: u64, token: Address, id: u64) -> IAuctionHouse::AuctionCreated {
    let lot = IAuctionHouse::Lot { standard: IExchange::Standard::ERC721, token, id: number(id), amount: U96::from(1) };
    let terms = IAuctionHouse::Terms {
        currency: NOBODY,
        reserve: 100,
        from: U40::from(1_700_000_000),
        until: U40::from(1_700_003_600),
        royaltyMax: 1000,
    };
    IAuctionHouse::AuctionCreated { auction: number(auction), seller: ANNA, token, lot, terms }
}

pub(crate) fn lot_bid(auction: u64, bidder: Address, amount: u64) -> IAuctionHouse::BidPlaced {
    let until = U40::from(1_700_003_600 + amount);
    IAuctionHouse::BidPlaced { auction: number(auction), bidder, amount: number(amount), until }
}

pub(crate) fn lot_settled(auction: u64, winner: Address, price: u64) -> IAuctionHouse::AuctionSettled {
    let (fee, royalty) = (number(price / 100), number(price / 20));
    IAuctionHouse::AuctionSettled { auction: number(auction), seller: ANNA, winner, price: number(price), fee, royalty }
}

pub(crate) fn lot_delivered(auction: u64, to: Address) -> IAuctionHouse::LotDelivered {
    IAuctionHouse::LotDelivered { auction: number(auction), to }
}

pub(crate) fn rented(owner: Address, renter: Address, id: u64) -> Tx {
    let rental = IRentals::Rental {
        collection: COLLECTION,
        id: number(id),
        user: CARL,
        until: 1_700_009_999,
        currency: NOBODY,
        price: number(300),
        fee: number(3),
        royalty: number(15),
    };
    wrote(addresses::RENTALS, &IRentals::Rented { offer: OFFER, owner, renter, rental })
}

pub(crate) fn gate_opened(gate: u64) -> Tx {
    let terms = IMediaGate::Terms {
        collection: COLLECTION,
        first: number(1),
        last: number(9),
        start: U40::from(1_700_000_000),
        epochSeconds: 3600,
    };
    let opened = IMediaGate::GateOpened { gate: number(gate), owner: CREATOR, collection: COLLECTION, terms };
    wrote(addresses::MEDIA_GATE, &opened).log(addresses::MEDIA_GATE, &quorum(gate, 1, &[WORKER]))
}

pub(crate) fn quorum(gate: u64, version: u32, nodes: &[Address]) -> IMediaGate::QuorumSet {
    let threshold = u8::try_from(nodes.len()).unwrap_or(u8::MAX);
    let commitments = vec![7; 48 * nodes.len()].into();
    let quorum = IMediaGate::Quorum { threshold, nodes: nodes.to_vec(), commitments };
    IMediaGate::QuorumSet { gate: number(gate), version, quorum }
}

/// Tokens 1 to 3 are minted to Anna and 4 burned; she and Ben trade, 1 comes back to her by way of Carl, 2 is auctioned, 3 rented out; copies move, and
/// foreign tokens are sold, too.
pub(crate) fn nfts() -> Blocks {
    let mut blocks = Blocks::new(0);
    blocks.push(vec![made(COLLECTION), made(EDITIONS), moved(FOREIGN, NOBODY, ANNA, 1)]);
    let mints = (1..5).map(|id| moved(COLLECTION, NOBODY, ANNA, id));
    blocks.push(mints.chain([many_copies(NOBODY, ANNA, &[(1, 10), (2, 5)]), copies(NOBODY, BEN, 1, 2)]).collect());
    blocks.push(vec![
        moved(COLLECTION, ANNA, NOBODY, 4),
        copies(ANNA, BEN, 1, 4),
        copies(BEN, NOBODY, 1, 1),
        user(3, CARL, 1_700_000_900),
        wrote(EDITIONS, &IEditions::URI { value: "ipfs://two".into(), id: number(2) }),
        wrote(EDITIONS, &IEditions::CapSet { id: number(2), cap: number(7) }),
    ]);
    blocks.push(vec![
        Tx::new(REQUESTER, ANNA).value(ETHER),
        Tx::new(CREATOR, BEN).value(ETHER),
        theta(REQUESTER, BEN, 1),
        sold(ANNA, BEN, 1),
    ]);
    blocks.push(vec![sold(BEN, CARL, 1), gate_opened(1)]);
    let bundle = vec![item(COLLECTION, 1, CARL), item(FOREIGN, 1, CARL)];
    let mut sweep = wrote(addresses::EXCHANGE, &filled(CARL, ANNA, bundle));
    sweep.logs.extend(moved(COLLECTION, CARL, ANNA, 1).logs);
    blocks.push(vec![
        sweep,
        wrote(addresses::AUCTION_HOUSE, &lot_created(1, COLLECTION, 2)),
        moved(COLLECTION, ANNA, addresses::AUCTION_HOUSE, 2),
    ]);
    blocks.push(vec![
        wrote(addresses::AUCTION_HOUSE, &lot_bid(1, BEN, 100)),
        wrote(addresses::AUCTION_HOUSE, &lot_bid(1, CARL, 200)),
        rented(ANNA, BEN, 3),
        wrote(addresses::EXCHANGE, &IExchange::Cancelled { order: OFFER, maker: ANNA }),
    ]);
    let content = IMediaGate::ContentSet { gate: number(1), root: B256::repeat_byte(0x99), uri: "ipfs://m".into() };
    blocks.push(vec![
        moved(COLLECTION, addresses::AUCTION_HOUSE, CARL, 2)
            .log(addresses::AUCTION_HOUSE, &lot_delivered(1, CARL))
            .log(addresses::AUCTION_HOUSE, &lot_settled(1, CARL, 200)),
        wrote(COLLECTION, &ICreation::MetadataUpdate { _tokenId: number(3) }),
        wrote(addresses::MEDIA_GATE, &content).log(addresses::MEDIA_GATE, &quorum(1, 2, &[WORKER, REQUESTER])),
        owned(COLLECTION, BEN),
    ]);
    blocks
}

fn phases() -> Vec<IPhases::Phase> {
    let (from, until) = (U40::from(1_700_000_000), U40::from(1_700_009_000));
    let phase = IPhases::Phase { price: 100, endPrice: 50, from, until, perWallet: 3, supply: 0, allowed: B256::ZERO };
    vec![phase.clone(), IPhases::Phase { allowed: OFFER, ..phase }]
}

pub(crate) fn drop_opened(drop: u64, creation: Address) -> IDrops::DropOpened {
    let its = IDrops::Drop {
        creation,
        count: 100,
        sold: 0,
        editions: creation == EDITIONS,
        closed: false,
        payee: BEN,
        first: 1000,
    };
    IDrops::DropOpened { drop: number(drop), creation, creator: CREATOR, its, phases: phases() }
}

pub(crate) fn minted(drop: u64, buyer: Address, first: u64, quantity: u64) -> IDrops::Minted {
    let (price, fee) = (number(100 * quantity), number(quantity));
    IDrops::Minted {
        drop: number(drop),
        buyer,
        phase: number(1),
        first: number(first),
        quantity: number(quantity),
        price,
        fee,
    }
}

pub(crate) fn packs_opened(sale: u64) -> IPacks::SaleOpened {
    let terms = IPacks::Terms {
        creation: COLLECTION,
        payee: NOBODY,
        packs: 10,
        size: 2,
        roundBlocks: U24::from(600),
        rounds: 4,
        commitment: ORDER,
    };
    let (creation, creator) = (COLLECTION, CREATOR);
    IPacks::SaleOpened {
        sale: number(sale),
        creation,
        creator,
        terms,
        first: number(2000),
        tiers: vec![4, 16],
        phases: phases(),
    }
}

pub(crate) fn packs_bought(sale: u64, buyer: Address, first: u64, quantity: u64) -> IPacks::PacksBought {
    IPacks::PacksBought {
        sale: number(sale),
        buyer,
        purchase: U256::ZERO,
        first: number(first),
        quantity: number(quantity),
        round: U256::ZERO,
        phase: U256::ZERO,
        price: number(1000 * quantity),
    }
}

pub(crate) fn revealed(sale: u64, price: u64) -> IPacks::RoundRevealed {
    IPacks::RoundRevealed {
        sale: number(sale),
        round: U256::ZERO,
        secret: OFFER,
        height: number(9),
        seed: OFFER,
        price: number(price),
        fee: number(price / 100),
    }
}

pub(crate) fn unsealed(sale: u64, pack: u64, buyer: Address, ids: [u64; 2]) -> IPacks::PackOpened {
    IPacks::PackOpened { sale: number(sale), pack: number(pack), buyer, ids: ids.map(number).to_vec() }
}

/// Drop 1 of a collection sells three tokens and is closed, drop 2 five copies; of sale 1 Anna and the creator buy packs, and of sale 2, which is voided,
/// Carl does.
pub(crate) fn first_sales() -> Blocks {
    let (drops, packs) = (addresses::DROPS, addresses::PACKS);
    let mut blocks = Blocks::new(0);
    blocks.push(vec![made(COLLECTION), made(EDITIONS), Tx::new(CREATOR, CARL).value(ETHER)]);
    blocks.push(vec![wrote(drops, &drop_opened(1, COLLECTION)), wrote(drops, &drop_opened(2, EDITIONS))]);
    let ids = [1000, 1001, 1002];
    let mut mint = wrote(drops, &minted(1, ANNA, 1000, 3));
    mint.logs.extend(ids.into_iter().flat_map(|id| moved(COLLECTION, NOBODY, ANNA, id).logs));
    let mut copied = wrote(drops, &minted(2, CARL, 1000, 5));
    copied.logs.extend(copies(NOBODY, CARL, 1000, 5).logs);
    blocks.push(vec![mint, copied, wrote(drops, &IDrops::DropClosed { drop: number(1) })]);
    blocks.push(vec![wrote(packs, &packs_opened(1)), wrote(packs, &packs_opened(2))]);
    blocks.push(vec![
        wrote(packs, &packs_bought(1, ANNA, 0, 2)),
        wrote(packs, &packs_bought(1, CREATOR, 2, 1)),
        wrote(packs, &packs_bought(2, CARL, 0, 1)),
    ]);
    blocks.push(vec![wrote(packs, &revealed(1, 3000)), wrote(packs, &unsealed(1, 0, ANNA, [2007, 2001]))]);
    let kept = IPacks::TokensKept { sale: number(1), pack: number(1), buyer: ANNA, ids: vec![number(2003)] };
    let voided = IPacks::SaleVoided { sale: number(2), round: U256::ZERO, packs: number(1), burned: number(9) };
    blocks.push(vec![
        wrote(packs, &unsealed(1, 1, ANNA, [2003, 2004])).log(packs, &kept),
        wrote(packs, &voided),
        wrote(packs, &IPacks::SaleEnded { sale: number(1) }),
    ]);
    let refunded =
        IPacks::Refunded { sale: number(2), buyer: CARL, purchase: U256::ZERO, price: number(1000), share: number(1) };
    blocks.push(vec![wrote(packs, &refunded)]);
    blocks
}

/// What the buyer of pack 1 had not taken.
pub(crate) fn claimed() -> Tx {
    let (sale, pack, ids) = (number(1), number(1), vec![number(2003)]);
    wrote(addresses::PACKS, &IPacks::TokensClaimed { sale, pack, buyer: ANNA, to: ANNA, ids })
}
