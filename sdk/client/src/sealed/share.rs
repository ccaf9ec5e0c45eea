//! What a requester and a worker share without having met: a point that only their two keys make (ECDH over secp256k1), hashed with what
//! the order is about.

use alloy::{
    consensus::Transaction as _,
    network::TransactionResponse as _,
    primitives::{Address, B256, b256, keccak256},
    rpc::types::{Filter, Transaction},
    signers::{
        k256::{ProjectivePoint, ecdsa::VerifyingKey, elliptic_curve::sec1::ToEncodedPoint},
        local::PrivateKeySigner,
    },
    sol_types::{SolEvent, SolValue as _},
};
use edgeloom_bindings::{IStakeBook::NodeRegistered, addresses::EDGE_STAKING};

use crate::{Client, Error};

/// `edgeloom/share/1`, padded with zeros.
const TAG: B256 = b256!("0x656467656c6f6f6d2f73686172652f3100000000000000000000000000000000");

/// The same for both sides. A complaint shows it, and with it the answer, to everybody: for other inputs there is another.
pub(super) fn share(own: &PrivateKeySigner, peer: &VerifyingKey, (model, input_root): (B256, B256)) -> B256 {
    let point = ProjectivePoint::from(*peer.as_affine()) * **own.credential().as_nonzero_scalar();
    let point = point.to_affine().to_encoded_point(true);
    keccak256((TAG, keccak256(point.as_bytes()), model, input_root).abi_encode())
}

/// The key of an account, by a transaction that it sent.
pub(super) async fn key_of_sender(client: &Client, (account, tx): (Address, B256)) -> Result<VerifyingKey, Error> {
    let sent: Option<Transaction> = client.rpc().read("eth_getTransactionByHash", (tx,)).await?;
    let sent = sent.ok_or_else(|| Error::Answer(format!("no transaction {tx}")))?;
    let of_another = || Error::Answer(format!("transaction {tx} is not one that {account} sent"));
    let (envelope, hash) = (sent.inner.inner(), sent.tx_hash());
    if hash != tx || *envelope.tx_hash() != tx || envelope.chain_id() != Some(client.chain_id()) {
        return Err(of_another());
    }
    let key = envelope.signature().recover_from_prehash(&envelope.signature_hash());
    let key = key.map_err(|_| of_another())?;
    if Address::from_public_key(&key) == account { Ok(key) } else { Err(of_another()) }
}

/// The key of a worker, by the transaction with which it registered its node.
pub(crate) async fn key_of_worker(client: &Client, worker: Address) -> Result<VerifyingKey, Error> {
    let filter = Filter::new().address(EDGE_STAKING).event_signature(NodeRegistered::SIGNATURE_HASH);
    let (logs, _) = client.rpc().logs_since(&filter.topic3(worker.into_word()), 0).await?;
    let tx = logs.first().and_then(|log| log.transaction_hash);
    let tx = tx.ok_or_else(|| Error::Answer(format!("{worker} operates no node of which its key could be had")))?;
    key_of_sender(client, (worker, tx)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_have_the_same_and_nobody_else() {
        let [one, other, third] =
            [1, 2, 3].map(|seed| PrivateKeySigner::from_bytes(&B256::repeat_byte(seed)).expect("a key"));
        let key = |signer: &PrivateKeySigner| *signer.credential().verifying_key();
        let subject = (B256::repeat_byte(4), B256::repeat_byte(5));
        let shared = share(&one, &key(&other), subject);
        assert_eq!(shared, share(&other, &key(&one), subject));
        assert_ne!(shared, share(&third, &key(&one), subject));
        assert_ne!(shared, share(&one, &key(&other), (subject.1, subject.0)), "of another order");
    }
}
