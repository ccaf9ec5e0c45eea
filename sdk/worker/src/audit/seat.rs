//! A seat among the auditors.

use alloy::primitives::{Address, B256, keccak256, utils::format_ether};
use edgeloom_bindings::{IAudits::IAuditsErrors, IKeyRegistry::IKeyRegistryErrors};
use edgeloom_bls::SecretKey;
use edgeloom_sdk::Error;

use super::Auditor;
use crate::desk::{CaseError, Desk};

/// The key's id, and the place of its seat. With `enlist` both are had where there are none.
pub(super) async fn take(desk: &Desk, key: &SecretKey, enlist: bool) -> Result<(B256, u64), CaseError> {
    let (keys, audits) = (desk.client.keys(), desk.client.audits());
    let key_id = keccak256(key.public_key().to_bytes());
    let operator = match keys.operator_of(key_id).await {
        Ok(operator) => operator,
        Err(Error::Keys(IKeyRegistryErrors::KeyUnknown(_))) if enlist => {
            keys.register(key).await?;
            tracing::info!(key = %key_id, "registered the key");
            desk.me
        }
        Err(Error::Keys(IKeyRegistryErrors::KeyUnknown(_))) => return Err(CaseError::NoSeat(key_id)),
        Err(error) => return Err(error.into()),
    };
    if operator != desk.me {
        return Err(CaseError::OthersKey { key: key_id, operator });
    }
    let seat = audits.seat_of(key_id).await?;
    if seat.operator == Address::ZERO {
        if !enlist {
            return Err(CaseError::NoSeat(key_id));
        }
        let (deposit, balance) = (audits.terms().await?.deposit, desk.client.balance(desk.me).await?);
        if balance <= deposit {
            let (needed, balance) = (format_ether(deposit), format_ether(balance));
            return Err(CaseError::TooPoor { account: desk.me, needed, balance });
        }
        audits.enlist(key_id).await?;
        tracing::info!(key = %key_id, deposit = %format_ether(deposit), "took a seat");
    }
    let seat = audits.seat_of(key_id).await?;
    if seat.since > audits.epoch().await? {
        seal(desk).await;
    }
    Ok((key_id, seat.place))
}

/// Has the set sealed while it is known that this seat is not in it.
pub(super) async fn keep_sealed(auditor: &Auditor) {
    let audits = auditor.desk.client.audits();
    let behind = async { Ok::<_, Error>(audits.seat_of(auditor.key_id).await?.since > audits.epoch().await?) };
    if matches!(behind.await, Ok(true)) {
        seal(&auditor.desk).await;
    }
}

async fn seal(desk: &Desk) {
    match desk.client.audits().seal().await {
        Ok(_) => tracing::info!("sealed the auditors' set: this seat is drawn from now on"),
        Err(Error::Audits(IAuditsErrors::TooEarly(early))) => {
            tracing::debug!(at = early.deadline, "the auditors' set was sealed a short while ago");
        }
        Err(error) => tracing::warn!(%error, "the auditors' set cannot be sealed now"),
    }
}
