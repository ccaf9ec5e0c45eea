//! Pay for content that was served, by receipts that its clients signed.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::SolEvent as _,
};
use edgeloom_bindings::{
    IDeliveries::{self, Delivered, Receipts, Tariff, TariffSet},
    addresses::DELIVERIES,
};
use edgeloom_bls::{Domain, SecretKey, Signature, Terms, UNITS_MAX, aggregate_signatures};

use crate::{Client, Error, jobs::event};

/// Deliveries. Writing calls wait for their block; their errors are [`Error::Deliveries`], [`Error::Payments`] with `VoucherRefused`, [`Error::EdgeProof`]
/// and the general ones.
#[derive(Clone, Debug)]
pub struct Deliveries {
    client: Client,
}

/// What receipts are signed for, beside what their tariff says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// Of the clients' set, as it was sealed.
    pub epoch: u64,
    /// The account that is paid.
    pub server: Address,
    /// Tells a client's receipt from its next. **A client signs one amount under the same terms, ever.**
    pub serial: u64,
}

/// One client's receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The client's place in its set.
    pub place: usize,
    /// 1 to 31.
    pub units: u8,
    /// By [`Deliveries::sign`].
    pub signature: Signature,
}

impl Deliveries {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sets a tariff of the signer's pool, for good, and gives its number. The pool pays by it once [`crate::Payments::authorize`] made the
    /// contract of deliveries (`addresses::DELIVERIES`) a session of it.
    ///
    /// # Errors
    /// `NotPayer`, `ZeroPrice`, `WrongUntil`.
    pub async fn set_tariff(&self, terms: Tariff) -> Result<U256, Error> {
        let receipt = self.client.send(DELIVERIES, &IDeliveries::setTariffCall { terms }, U256::ZERO).await?;
        Ok(event::<TariffSet>(DELIVERIES, &receipt)?.tariff)
    }

    /// A client's receipt of `units`, 1 to 31, of the content that a tariff is for. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::Settings`] for other amounts, and for a tariff whose clients are no set.
    pub fn sign(
        &self,
        tariff: &Tariff,
        served: Served,
        (key, place): (&SecretKey, usize),
        units: u8,
    ) -> Result<Receipt, Error> {
        let domain = Domain::of_set(self.client.chain_id(), &tariff.clients.0, served.epoch);
        let terms = Terms {
            clients: domain.ok_or_else(|| Error::Settings(format!("{} names no set of keys", tariff.clients)))?,
            server: served.server.into_array(),
            content_root: tariff.contentRoot.0,
            unit_bytes: tariff.unitBytes,
            serial: served.serial,
        };
        let signature = terms.sign(key, units, |bytes| keccak256(bytes).0);
        let signature = signature.map_err(|wrong| Error::Settings(wrong.to_string()))?;
        Ok(Receipt { place, units, signature })
    }

    /// Pays the signer, as server, for receipts of clients of a set of `places` places: in its pair with this contract as session.
    ///
    /// # Errors
    /// `ReceiptsInvalid`, `AlreadyPaid`, `TooLate`, `TariffUnknown`; [`Error::Keys`] with `SnapshotUnknown`; [`Error::Settings`] for receipts that do
    /// not go together.
    pub async fn settle(
        &self,
        tariff: U256,
        served: Served,
        (places, receipts): (usize, &[Receipt]),
    ) -> Result<Delivered, Error> {
        let receipts = together(served, places, receipts)?;
        let receipt = self.client.send(DELIVERIES, &IDeliveries::settleCall { tariff, receipts }, U256::ZERO).await?;
        let found = receipt.logs().iter().find_map(|log| Delivered::decode_log(&log.inner).ok());
        found.map(|log| log.data).ok_or_else(|| Error::Answer("settled without the event Delivered".to_owned()))
    }

    /// A tariff, by its number.
    ///
    /// # Errors
    /// `TariffUnknown`.
    pub async fn tariff(&self, tariff: U256) -> Result<Tariff, Error> {
        self.client.call(DELIVERIES, &IDeliveries::tariffOfCall { tariff }).await
    }

    /// What tells these receipts from all others that a tariff's publisher pays for.
    ///
    /// # Errors
    /// `TariffUnknown`.
    pub async fn terms_of(&self, tariff: U256, served: Served) -> Result<B256, Error> {
        let Served { epoch, server, serial } = served;
        self.client.call(DELIVERIES, &IDeliveries::termsOfCall { tariff, epoch, server, serial }).await
    }

    /// Whether the client at a place was paid for under terms of [`Self::terms_of`].
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn is_paid(&self, terms: B256, place: usize) -> Result<bool, Error> {
        self.client.call(DELIVERIES, &IDeliveries::isPaidCall { terms, place: U256::from(place) }).await
    }
}

/// One signature of all, and an amount for each place.
fn together(served: Served, places: usize, receipts: &[Receipt]) -> Result<Receipts, Error> {
    let mut amounts = vec![0; places];
    for receipt in receipts {
        let (place, units) = (receipt.place, receipt.units);
        match amounts.get_mut(place) {
            Some(amount) if *amount == 0 && (1..=UNITS_MAX).contains(&units) => *amount = units,
            Some(_) => {
                return Err(Error::Settings(format!("a second receipt of place {place}, or one of {units} units")));
            }
            None => return Err(Error::Settings(format!("place {place} of a set of {places}"))),
        }
    }
    let signatures: Vec<_> = receipts.iter().map(|receipt| receipt.signature).collect();
    let signature = aggregate_signatures(&signatures).map_err(|wrong| Error::Settings(wrong.to_string()))?;
    let signature = Bytes::from(signature.to_bytes());
    Ok(Receipts { epoch: served.epoch, serial: served.serial, amounts: amounts.into(), signature })
}

#[cfg(test)]
mod tests;
