//! What the index knows of tokens and their trade.

use alloy::primitives::{Address, U256};
use edgeloom_index_api::{
    BalanceQuery, BalanceRow, CreationQuery, CreationRow, DropQuery, DropRow, EditionQuery, EditionRow, GateDetail,
    GateQuery, GateRow, LotBidQuery, LotBidRow, LotDetail, LotQuery, LotRow, PackQuery, PackRow, PackSaleRow, Page,
    RentalQuery, RentalRow, SaleQuery, SaleRow, TokenQuery, TokenRow, TokenTransferQuery, TokenTransferRow, paths,
};

use super::Index;
use crate::Error;

impl Index {
    /// A page of collections and editions.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn creations(&self, query: &CreationQuery) -> Result<Page<CreationRow>, Error> {
        self.get(paths::CREATIONS, query).await
    }

    /// One creation, by its address.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a creation that the index does not know.
    pub async fn creation(&self, at: Address) -> Result<CreationRow, Error> {
        self.get(&format!("{}/{at}", paths::CREATIONS), &()).await
    }

    /// A page of tokens of collections.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn tokens(&self, query: &TokenQuery) -> Result<Page<TokenRow>, Error> {
        self.get(paths::TOKENS, query).await
    }

    /// One token of a collection.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a token that the index does not know.
    pub async fn token(&self, (creation, id): (Address, U256)) -> Result<TokenRow, Error> {
        self.get(&format!("{}/{creation}/{id}", paths::TOKENS), &()).await
    }

    /// A page of tokens of editions.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn editions(&self, query: &EditionQuery) -> Result<Page<EditionRow>, Error> {
        self.get(paths::EDITIONS, query).await
    }

    /// One edition.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for an edition that the index does not know.
    pub async fn edition(&self, (creation, id): (Address, U256)) -> Result<EditionRow, Error> {
        self.get(&format!("{}/{creation}/{id}", paths::EDITIONS), &()).await
    }

    /// A page of who holds copies of editions.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn balances(&self, query: &BalanceQuery) -> Result<Page<BalanceRow>, Error> {
        self.get(paths::BALANCES, query).await
    }

    /// A page of transfers of tokens, with mints and burns.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn token_transfers(&self, query: &TokenTransferQuery) -> Result<Page<TokenTransferRow>, Error> {
        self.get(paths::TOKEN_TRANSFERS, query).await
    }

    /// A page of sales of tokens, rentals among them. What marks one as self-dealing is a hint, and no proof.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn sales(&self, query: &SaleQuery) -> Result<Page<SaleRow>, Error> {
        self.get(paths::SALES, query).await
    }

    /// One sale.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a sale that the index does not know.
    pub async fn sale(&self, id: u64) -> Result<SaleRow, Error> {
        self.get(&format!("{}/{id}", paths::SALES), &()).await
    }

    /// A page of auctions of tokens.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn lots(&self, query: &LotQuery) -> Result<Page<LotRow>, Error> {
        self.get(paths::LOTS, query).await
    }

    /// One auction of a token, by its number, with its history.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for an auction that the index does not know.
    pub async fn lot(&self, auction: u64) -> Result<LotDetail, Error> {
        self.get(&format!("{}/{auction}", paths::LOTS), &()).await
    }

    /// A page of bids for tokens.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn lot_bids(&self, query: &LotBidQuery) -> Result<Page<LotBidRow>, Error> {
        self.get(paths::LOT_BIDS, query).await
    }

    /// A page of rentals.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn rentals(&self, query: &RentalQuery) -> Result<Page<RentalRow>, Error> {
        self.get(paths::RENTALS, query).await
    }

    /// A page of media that tokens open.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn gates(&self, query: &GateQuery) -> Result<Page<GateRow>, Error> {
        self.get(paths::GATES, query).await
    }

    /// One gate with its history.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a gate that the index does not know.
    pub async fn gate(&self, id: u64) -> Result<GateDetail, Error> {
        self.get(&format!("{}/{id}", paths::GATES), &()).await
    }

    /// A page of drops.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn drops(&self, query: &DropQuery) -> Result<Page<DropRow>, Error> {
        self.get(paths::DROPS, query).await
    }

    /// One drop.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a drop that the index does not know.
    pub async fn drop(&self, id: u64) -> Result<DropRow, Error> {
        self.get(&format!("{}/{id}", paths::DROPS), &()).await
    }

    /// A page of sales of packs.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn pack_sales(&self, query: &DropQuery) -> Result<Page<PackSaleRow>, Error> {
        self.get(paths::PACK_SALES, query).await
    }

    /// One sale of packs.
    ///
    /// # Errors
    /// [`Error::Index`] with status 404 for a sale that the index does not know.
    pub async fn pack_sale(&self, id: u64) -> Result<PackSaleRow, Error> {
        self.get(&format!("{}/{id}", paths::PACK_SALES), &()).await
    }

    /// A page of packs that were opened.
    ///
    /// # Errors
    /// As [`Self::jobs`].
    pub async fn packs(&self, query: &PackQuery) -> Result<Page<PackRow>, Error> {
        self.get(paths::PACKS, query).await
    }
}
