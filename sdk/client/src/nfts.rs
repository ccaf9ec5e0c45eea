//! Collections and editions of tokens, and the factory that makes them.

mod collection;
mod creation;
mod editions;
mod voucher;

use alloy::{
    primitives::{Address, B256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    ICreation::{self, Policy},
    INftFactory::{self, CollectionCreated, EditionsCreated},
    addresses::NFT_FACTORY,
};
use edgeloom_edge_proof::Blob;

pub use collection::{Collection, Use};
pub use creation::{Creation, CreationKind};
pub use editions::Editions;
pub(crate) use voucher::unix;
pub use voucher::{MintDraft, MintVoucher, SignedMint};

use crate::{Client, Error, jobs::event};

/// Ids below it are the creator's, unless it says otherwise: more than anybody mints by hand.
const SPLIT: u32 = 1_000_000;

/// Collections and editions. Writing calls wait for their block; their errors are [`Error::NftFactory`], [`Error::Creation`],
/// [`Error::Collection`], [`Error::Editions`] and the general ones. Who is not the creator hears [`Error::Library`] with `Unauthorized`.
#[derive(Clone, Debug)]
pub struct Nfts {
    client: Client,
}

/// What a creation is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreationTerms {
    /// Its name.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
    /// What it says of itself (ERC-7572).
    pub contract_uri: String,
    /// What a token's id in decimals is appended to, where the token has no metadata of its own.
    pub base_uri: String,
    /// Who is paid royalties; `None` for the creator as of then.
    pub royalty_to: Option<Address>,
    /// Of the price, basis points, 1,000 at most. It can only fall.
    pub royalty_bps: u16,
    /// Who may move tokens besides their holders. It can only loosen.
    pub policy: Policy,
    /// Ids below it are the creator's to mint, from it on those of drops and packs.
    pub split: u32,
}

impl CreationTerms {
    /// Of a creation without royalty, that moves as its holders want, and whose first million ids are its creator's.
    #[must_use]
    pub fn new(name: impl Into<String>, symbol: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            symbol: symbol.into(),
            contract_uri: String::new(),
            base_uri: String::new(),
            royalty_to: None,
            royalty_bps: 0,
            policy: Policy::Open,
            split: SPLIT,
        }
    }

    /// With a royalty for the creator, in basis points.
    #[must_use]
    pub const fn with_royalty(mut self, bps: u16) -> Self {
        self.royalty_bps = bps;
        self
    }

    fn record(self, creator: Address) -> ICreation::Terms {
        ICreation::Terms {
            creator,
            name: self.name,
            symbol: self.symbol,
            contractUri: self.contract_uri,
            baseUri: self.base_uri,
            royaltyTo: self.royalty_to.unwrap_or_default(),
            royaltyBps: self.royalty_bps,
            policy: self.policy,
            split: self.split,
        }
    }
}

impl Nfts {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Makes a collection of the signer's. Its address follows from the signer and the salt: [`Self::collection_at`].
    ///
    /// # Errors
    /// `SaltUsed`; `RoyaltyTooHigh`.
    pub async fn create_collection(&self, terms: CreationTerms, salt: B256) -> Result<Collection, Error> {
        let terms = terms.record(self.client.address()?);
        let receipt = self.send(&INftFactory::createCollectionCall { terms, salt }).await?;
        Ok(self.collection(event::<CollectionCreated>(NFT_FACTORY, &receipt)?.collection))
    }

    /// Makes editions of the signer's. Their address follows from the signer and the salt: [`Self::editions_at`].
    ///
    /// # Errors
    /// `SaltUsed`; `RoyaltyTooHigh`.
    pub async fn create_editions(&self, terms: CreationTerms, salt: B256) -> Result<Editions, Error> {
        let terms = terms.record(self.client.address()?);
        let receipt = self.send(&INftFactory::createEditionsCall { terms, salt }).await?;
        Ok(self.editions(event::<EditionsCreated>(NFT_FACTORY, &receipt)?.editions))
    }

    /// Where a creator's collection with this salt will be, or is.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn collection_at(&self, creator: Address, salt: B256) -> Result<Address, Error> {
        self.client.call(NFT_FACTORY, &INftFactory::collectionAtCall { creator, salt }).await
    }

    /// Where a creator's editions with this salt will be, or are.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn editions_at(&self, creator: Address, salt: B256) -> Result<Address, Error> {
        self.client.call(NFT_FACTORY, &INftFactory::editionsAtCall { creator, salt }).await
    }

    /// Which kind of creation of the factory an account is; `None` for any other, whose code nobody knows.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn kind_of(&self, account: Address) -> Result<Option<CreationKind>, Error> {
        let collection = INftFactory::isCollectionCall { account };
        let editions = INftFactory::isEditionsCall { account };
        let asked =
            futures::try_join!(self.client.call(NFT_FACTORY, &collection), self.client.call(NFT_FACTORY, &editions));
        Ok(match asked? {
            (true, _) => Some(CreationKind::Collection),
            (_, true) => Some(CreationKind::Editions),
            _ => None,
        })
    }

    /// The collection at an address. Whether there is one, [`Self::kind_of`] says.
    #[must_use]
    pub fn collection(&self, at: Address) -> Collection {
        Collection::new(self.client.clone(), at)
    }

    /// The editions at an address. Whether there are, [`Self::kind_of`] says.
    #[must_use]
    pub fn editions(&self, at: Address) -> Editions {
        Editions::new(self.client.clone(), at)
    }

    /// What any creation has, be it a collection or editions.
    ///
    /// # Errors
    /// [`Error::Answer`] for an account that is no creation of the factory.
    pub async fn creation(&self, at: Address) -> Result<Creation, Error> {
        let kind = self.kind_of(at).await?;
        let kind = kind.ok_or_else(|| Error::Answer(format!("{at} is no collection nor editions of the factory")))?;
        Ok(Creation::new(self.client.clone(), at, kind))
    }

    async fn send(&self, call: &impl alloy::sol_types::SolCall) -> Result<TransactionReceipt, Error> {
        self.client.send(NFT_FACTORY, call, alloy::primitives::U256::ZERO).await
    }
}

/// What names metadata on the chain: the BLAKE3 hash of the JSON.
#[must_use]
pub fn content_of(json: &[u8]) -> B256 {
    Blob::of(json).root.into()
}

#[cfg(test)]
mod tests;
