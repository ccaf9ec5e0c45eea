//! First sales: drops, sales of packs, and packs that were opened.

use crate::{
    filter::nft::{DropFilter, PackFilter},
    page::PageRequest,
    record::{Drop, Pack, PackSale},
    store::{
        Count, Slice, Store, StoreError,
        market::{json, parsed},
        read::{Listing, Query, push_condition},
        write::{Values, number},
    },
};
use sqlx::sqlite::SqliteRow;

impl Store {
    pub async fn drops(
        &self,
        filter: &DropFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Drop>, StoreError> {
        let listing = Listing { table: "drops", filter: |query: &mut Query| filter.push(query), read: drop_row };
        self.list(listing, page, count).await
    }

    pub async fn pack_sales(
        &self,
        filter: &DropFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<PackSale>, StoreError> {
        let listing =
            Listing { table: "pack_sales", filter: |query: &mut Query| filter.push(query), read: pack_sale_row };
        self.list(listing, page, count).await
    }

    pub async fn packs(
        &self,
        filter: &PackFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Pack>, StoreError> {
        let listing = Listing { table: "packs", filter: |query: &mut Query| filter.push(query), read: pack_row };
        self.list(listing, page, count).await
    }

    pub async fn drop_by_id(&self, id: u64) -> Result<Option<Drop>, StoreError> {
        let keys = i64::try_from(id).ok().into_iter();
        Ok(self.by_keys("select * from drops where id in (", keys, drop_row).await?.pop())
    }

    pub async fn pack_sale(&self, id: u64) -> Result<Option<PackSale>, StoreError> {
        let keys = i64::try_from(id).ok().into_iter();
        Ok(self.by_keys("select * from pack_sales where id in (", keys, pack_sale_row).await?.pop())
    }
}

impl DropFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "creation =", self.creation.map(|address| address.to_vec()));
        push_condition(query, "creator =", self.creator.map(|address| address.to_vec()));
    }
}

impl PackFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "sale =", self.sale.map(number));
        push_condition(query, "buyer =", self.buyer.map(|address| address.to_vec()));
    }
}

pub(in crate::store) fn write_drop(values: &mut Values<'_>, drop: &Drop) {
    values.push_bind(number(drop.id));
    values.push_bind(drop.creation.to_vec());
    values.push_bind(drop.creator.to_vec());
    values.push_bind(json(drop));
}

pub(in crate::store) fn write_pack_sale(values: &mut Values<'_>, sale: &PackSale) {
    values.push_bind(number(sale.id));
    values.push_bind(sale.creation.to_vec());
    values.push_bind(sale.creator.to_vec());
    values.push_bind(json(sale));
}

pub(in crate::store) fn write_pack(values: &mut Values<'_>, pack: &Pack) {
    values.push_bind(number(pack.id));
    values.push_bind(number(pack.sale));
    values.push_bind(number(pack.pack));
    values.push_bind(pack.buyer.to_vec());
    values.push_bind(json(pack));
}

pub(super) fn drop_row(row: &SqliteRow) -> Result<Drop, StoreError> {
    parsed("drops", row)
}

pub(super) fn pack_sale_row(row: &SqliteRow) -> Result<PackSale, StoreError> {
    parsed("pack_sales", row)
}

pub(super) fn pack_row(row: &SqliteRow) -> Result<Pack, StoreError> {
    parsed("packs", row)
}
