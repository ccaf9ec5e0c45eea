//! Events of the market's contracts as text, by the ABIs that the contracts were compiled to.

use alloy::{
    dyn_abi::{DynSolEvent, DynSolValue, Specifier},
    json_abi::{Event, EventParam, InternalType, JsonAbi, Param},
    primitives::{Address, B256, Log, hex, keccak256},
    sol_types::SolEventInterface,
};
use edgeloom_bindings::{
    IAttested::IAttestedEvents, IAuctionHouse::IAuctionHouseEvents, IAuctions, IAuctions::IAuctionsEvents, IDisputes,
    IDisputes::IDisputesEvents, IDrops::IDropsEvents, IExchange, IExchange::IExchangeEvents, ILeases,
    ILeases::ILeasesEvents, IMediaGate::IMediaGateEvents, INftFactory::INftFactoryEvents, IPacks::IPacksEvents,
    IPaymentPool, IPaymentPool::IPaymentPoolEvents, IRentals::IRentalsEvents, ISealed::ISealedEvents, addresses,
    published,
};
use edgeloom_index_api::{EventField, MarketContract};
use serde::Deserialize;
use std::{
    collections::HashMap,
    fmt::{Debug, Write},
    sync::LazyLock,
};

/// Longest argument of bytes or text that is kept, and most entries of a list.
const BYTES_MAX: usize = 256;
const ENTRIES_MAX: usize = 64;

/// What a contract of the market wrote.
#[derive(Clone, Debug)]
pub struct Deal {
    pub contract: MarketContract,
    pub name: String,
    pub subject: Option<String>,
    pub reason: Option<String>,
    pub evidence: Option<B256>,
    pub fields: Vec<EventField>,
    pub says: Says,
}

/// What of it changes rows.
#[derive(Clone, Debug)]
pub enum Says {
    Lease(ILeasesEvents),
    Auction(IAuctionsEvents),
    Pool(IPaymentPoolEvents),
    /// An account claims an answer to a job.
    Claim {
        id: B256,
        job: u64,
        worker: Address,
    },
    /// A collection or editions were made.
    Factory(INftFactoryEvents),
    Exchange(IExchangeEvents),
    House(IAuctionHouseEvents),
    Rental(IRentalsEvents),
    Drop(IDropsEvents),
    Pack(IPacksEvents),
    Gate(IMediaGateEvents),
    Nothing,
}

struct Known {
    contract: MarketContract,
    event: Event,
    layout: DynSolEvent,
}

const CONTRACTS: [(Address, MarketContract); 16] = [
    (addresses::AUCTIONS, MarketContract::Auctions),
    (addresses::LEASES, MarketContract::Leases),
    (addresses::PAYMENT_POOL, MarketContract::PaymentPool),
    (addresses::DELIVERIES, MarketContract::Deliveries),
    (addresses::DISPUTABLE, MarketContract::Disputable),
    (addresses::DISPUTES, MarketContract::Disputes),
    (addresses::AUDITS, MarketContract::Audits),
    (addresses::ATTESTED, MarketContract::Attested),
    (addresses::SEALED, MarketContract::Sealed),
    (addresses::NFT_FACTORY, MarketContract::NftFactory),
    (addresses::EXCHANGE, MarketContract::Exchange),
    (addresses::AUCTION_HOUSE, MarketContract::AuctionHouse),
    (addresses::RENTALS, MarketContract::Rentals),
    (addresses::DROPS, MarketContract::Drops),
    (addresses::PACKS, MarketContract::Packs),
    (addresses::MEDIA_GATE, MarketContract::MediaGate),
];

/// What solc says of a contract, as far as it is of use here.
#[derive(Deserialize)]
struct Metadata {
    output: Output,
}

#[derive(Deserialize)]
struct Output {
    abi: JsonAbi,
}

/// By contract and signature. The artifacts are part of the program, and a test reads them all.
static KNOWN: LazyLock<HashMap<(Address, B256), Known>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for source in published() {
        let Some((address, contract)) = CONTRACTS.into_iter().find(|(address, _)| *address == source.address) else {
            continue;
        };
        let Metadata { output } = serde_json::from_str(source.metadata).expect("solc wrote it");
        for event in output.abi.events.into_values().flatten() {
            let layout = event.resolve().expect("solc wrote it");
            known.insert((address, event.selector()), Known { contract, event, layout });
        }
    }
    known
});

/// The event that a log is, if it is of a contract of the market.
pub(super) fn deal(log: &Log) -> Result<Option<Deal>, alloy::dyn_abi::Error> {
    let Some(topic) = log.topics().first() else { return Ok(None) };
    let Some(Known { contract, event, layout }) = KNOWN.get(&(log.address, *topic)) else { return Ok(None) };
    let decoded = layout.decode_log_data(&log.data)?;
    let (mut indexed, mut body) = (decoded.indexed.into_iter(), decoded.body.into_iter());
    let mut deal = Deal {
        contract: *contract,
        name: event.name.clone(),
        subject: None,
        reason: None,
        evidence: None,
        fields: Vec::new(),
        says: says(*contract, log)?,
    };
    for param in &event.inputs {
        let Some(value) = (if param.indexed { indexed.next() } else { body.next() }) else { continue };
        deal.push(param, &value);
    }
    Ok(Some(deal))
}

impl Deal {
    fn push(&mut self, param: &EventParam, value: &DynSolValue) {
        let before = self.fields.len();
        push(&mut self.fields, &param.name, (param.internal_type.as_ref(), &param.components), value);
        let [field] = &self.fields[before..] else { return };
        if param.indexed && self.subject.is_none() {
            self.subject = Some(field.value.clone());
        }
        match (param.name.as_str(), value) {
            ("reason", _) => self.reason = Some(field.value.clone()),
            ("evidence", DynSolValue::FixedBytes(hash, _)) if !hash.is_zero() => self.evidence = Some(*hash),
            _ => {}
        }
    }
}

fn says(contract: MarketContract, log: &Log) -> alloy::sol_types::Result<Says> {
    let (topics, data) = (log.topics(), log.data.data.as_ref());
    let known = |selectors: &[[u8; 32]]| topics.first().is_some_and(|topic| selectors.contains(&topic.0));
    let claim = |id, job: Option<u64>, worker| job.map_or(Says::Nothing, |job| Says::Claim { id, job, worker });
    Ok(match contract {
        MarketContract::Leases if known(ILeasesEvents::SELECTORS) => {
            Says::Lease(ILeasesEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::Auctions if known(IAuctionsEvents::SELECTORS) => {
            Says::Auction(IAuctionsEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::PaymentPool if known(IPaymentPoolEvents::SELECTORS) => {
            Says::Pool(IPaymentPoolEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::Disputes if known(IDisputesEvents::SELECTORS) => {
            match IDisputesEvents::decode_raw_log(topics, data)? {
                // Who claims an answer outside the market calls its job whatever it likes.
                IDisputesEvents::Claimed(event) => claim(event.claimId, job_number(event.jobId), event.worker),
                _ => Says::Nothing,
            }
        }
        MarketContract::Attested if known(IAttestedEvents::SELECTORS) => {
            match IAttestedEvents::decode_raw_log(topics, data)? {
                IAttestedEvents::Claimed(event) => claim(event.claimId, job_number(event.jobId.into()), event.worker),
                _ => Says::Nothing,
            }
        }
        MarketContract::Sealed if known(ISealedEvents::SELECTORS) => {
            match ISealedEvents::decode_raw_log(topics, data)? {
                ISealedEvents::Sealed(event) => claim(event.sealId, job_number(event.jobId.into()), event.worker),
                _ => Says::Nothing,
            }
        }
        MarketContract::NftFactory if known(INftFactoryEvents::SELECTORS) => {
            Says::Factory(INftFactoryEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::Exchange if known(IExchangeEvents::SELECTORS) => {
            Says::Exchange(IExchangeEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::AuctionHouse if known(IAuctionHouseEvents::SELECTORS) => {
            Says::House(IAuctionHouseEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::Rentals if known(IRentalsEvents::SELECTORS) => {
            Says::Rental(IRentalsEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::Drops if known(IDropsEvents::SELECTORS) => {
            Says::Drop(IDropsEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::Packs if known(IPacksEvents::SELECTORS) => {
            Says::Pack(IPacksEvents::decode_raw_log(topics, data)?)
        }
        MarketContract::MediaGate if known(IMediaGateEvents::SELECTORS) => {
            Says::Gate(IMediaGateEvents::decode_raw_log(topics, data)?)
        }
        _ => Says::Nothing,
    })
}

/// Of 63 bits, as the market's are.
fn job_number(word: B256) -> Option<u64> {
    i64::try_from(alloy::primitives::U256::from_be_bytes(word.0)).ok().map(i64::cast_unsigned)
}

fn push(fields: &mut Vec<EventField>, name: &str, of: (Option<&InternalType>, &[Param]), value: &DynSolValue) {
    let mut add = |name: String, value: String| fields.push(EventField { name, value });
    match value {
        DynSolValue::Tuple(parts) | DynSolValue::CustomStruct { tuple: parts, .. } => {
            for (param, part) in of.1.iter().zip(parts) {
                let name = format!("{name}.{}", param.name);
                push(fields, &name, (param.internal_type.as_ref(), &param.components), part);
            }
        }
        DynSolValue::Bytes(bytes) if bytes.len() > BYTES_MAX => {
            add(format!("{name}.length"), bytes.len().to_string());
            add(format!("{name}.hash"), keccak256(bytes).to_string());
        }
        DynSolValue::String(text) if text.len() > BYTES_MAX => {
            add(format!("{name}.length"), text.len().to_string());
            add(format!("{name}.hash"), keccak256(text).to_string());
        }
        // What lists of structs say is in the rows.
        DynSolValue::Array(entries) | DynSolValue::FixedArray(entries)
            if entries.len() > ENTRIES_MAX || !of.1.is_empty() =>
        {
            add(format!("{name}.length"), entries.len().to_string());
        }
        value => add(name.to_owned(), text(of.0, value)),
    }
}

fn text(of: Option<&InternalType>, value: &DynSolValue) -> String {
    match value {
        DynSolValue::Bool(yes) => yes.to_string(),
        DynSolValue::Uint(number, _) => variant(of, u8::try_from(*number).ok()).unwrap_or_else(|| number.to_string()),
        DynSolValue::Int(number, _) => number.to_string(),
        DynSolValue::Address(address) => hex::encode_prefixed(address),
        DynSolValue::FixedBytes(word, length) => hex::encode_prefixed(&word[..(*length).min(32)]),
        DynSolValue::Bytes(bytes) => hex::encode_prefixed(bytes),
        DynSolValue::String(text) => text.clone(),
        DynSolValue::Array(entries) | DynSolValue::FixedArray(entries) => {
            let mut list = String::new();
            for entry in entries {
                let comma = if list.is_empty() { "" } else { "," };
                // Into a string: it cannot fail.
                let _written = write!(list, "{comma}{}", text(of, entry));
            }
            list
        }
        // Such lists are not kept, and no contract of the market writes functions.
        DynSolValue::Tuple(_) | DynSolValue::CustomStruct { .. } | DynSolValue::Function(_) => String::new(),
    }
}

/// The name of an enum's variant.
fn variant(of: Option<&InternalType>, number: Option<u8>) -> Option<String> {
    fn named<T: TryFrom<u8> + Debug>(number: u8) -> Option<String> {
        let name = format!("{:?}", T::try_from(number).ok()?);
        let (first, rest) = name.split_at_checked(1)?;
        Some(first.to_ascii_lowercase() + rest)
    }
    let Some(InternalType::Enum { contract: Some(contract), ty }) = of else { return None };
    let number = number?;
    match (contract.as_str(), ty.as_str()) {
        ("ILeases", "Reason") => named::<ILeases::Reason>(number),
        ("IAuctions", "Reason") => named::<IAuctions::Reason>(number),
        ("IPaymentPool", "Reason") => named::<IPaymentPool::Reason>(number),
        ("IDisputes", "Reason") => named::<IDisputes::Reason>(number),
        ("IDisputes", "Phase") => named::<IDisputes::Phase>(number),
        ("IExchange", "Side") => named::<IExchange::Side>(number),
        ("IExchange", "Standard") => named::<IExchange::Standard>(number),
        ("IDisputes", "Tree") => named::<IDisputes::Tree>(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
