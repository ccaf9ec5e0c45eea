//! Media that tokens open: who may have an epoch's key, the nodes that give its parts, and the origin that has the pieces.

mod http;
mod moment;
mod node;
mod origin;
mod player;
mod request;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionReceipt,
    signers::k256::{PublicKey, SecretKey, elliptic_curve::rand_core::OsRng},
};
use edgeloom_bindings::{
    IMediaGate::{self, Content, GateOpened, Quorum as Record, Terms},
    addresses::MEDIA_GATE,
};
use edgeloom_media::{ContentKey, Envelope, MediaError, NODES_MAX, Part, Quorum, Share};
use futures::{StreamExt as _, stream::FuturesUnordered};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

pub use moment::Moment;
pub use node::KeyDoubt;
pub use origin::{Origin, Show};
pub use player::Player;
pub use request::{KeyRequest, SealedPart, SealedShare, share_about};

use crate::{
    Client, Error,
    jobs::{decode, log_of},
    sealed::key_of_worker,
};

/// Of a node's answer.
const ANSWER_BYTES_MAX: usize = 4096;

/// Gates of media. Writing calls wait for their block; their errors are [`Error::Media`] and the general ones.
#[derive(Clone, Debug)]
pub struct Media {
    client: Client,
}

/// A gate that was just opened, or whose secret was just shared anew: its nodes have their shares once they are delivered ([`Media::deliver`]).
#[derive(Clone, Debug)]
pub struct Dealt {
    /// Which gate.
    pub gate: U256,
    /// Of its quorum.
    pub version: u32,
    /// Who has to get a share.
    pub nodes: Vec<Address>,
    shares: Vec<Share>,
}

impl Media {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Opens a gate for tokens of the signer's collection: makes a secret, of which each of these edge nodes is to have a share.
    ///
    /// # Errors
    /// `NotCreator`, `NotCollection`, `WrongTokens`, `WrongEpoch`; [`Error::Settings`] for no nodes, or more than 32.
    pub async fn open(&self, terms: Terms, nodes: Vec<Address>) -> Result<Dealt, Error> {
        let (quorum, shares) = deal(&nodes)?;
        let receipt = self.send(&IMediaGate::openCall { terms, quorum }).await?;
        let GateOpened { gate, .. } = decode(log_of::<GateOpened>(MEDIA_GATE, &receipt)?)?;
        Ok(Dealt { gate, version: 1, nodes, shares })
    }

    /// Makes another secret for a gate, among other nodes or the same. What is encrypted from now on needs it.
    ///
    /// # Errors
    /// `NotOwner`; as [`Self::open`].
    pub async fn share_anew(&self, gate: U256, nodes: Vec<Address>) -> Result<Dealt, Error> {
        let (quorum, shares) = deal(&nodes)?;
        self.send(&IMediaGate::setQuorumCall { gate, quorum }).await?;
        let (version, _) = self.quorum(gate).await?;
        Ok(Dealt { gate, version, nodes, shares })
    }

    /// Gives a node its share, encrypted to its account's key, at its HTTP address.
    ///
    /// # Errors
    /// [`Error::Settings`] for an account that is no node of the gate; [`Error::Answer`] with the node's words where it does not take it; [`Error::Transport`].
    pub async fn deliver(&self, dealt: &Dealt, node: Address, url: &Url) -> Result<(), Error> {
        let place = dealt.nodes.iter().position(|account| *account == node);
        let share = place.and_then(|place| dealt.shares.get(place));
        let share = share.ok_or_else(|| Error::Settings(format!("{node} is no node of gate {}", dealt.gate)))?;
        let key = key_of_worker(&self.client, node).await?;
        let about = share_about(self.client.chain_id(), dealt.gate, (dealt.version, share.node()));
        let envelope = Envelope::seal(&PublicKey::from(key), share.to_bytes().as_slice(), about.as_slice());
        let body = SealedShare { version: dealt.version, sealed: Bytes::copy_from_slice(envelope.as_bytes()) };
        let url = http::join(url, &format!("gates/{}/share", dealt.gate))?;
        http::post(&url, &body, ANSWER_BYTES_MAX).await.map(drop)
    }

    /// Names the media behind a gate, by the BLAKE3 of their manifest, and where they are.
    ///
    /// # Errors
    /// `NotOwner`.
    pub async fn set_content(&self, gate: U256, root: B256, uri: String) -> Result<TransactionReceipt, Error> {
        self.send(&IMediaGate::setContentCall { gate, content: Content { root, uri } }).await
    }

    /// What a gate opens for, and when.
    ///
    /// # Errors
    /// `GateUnknown`.
    pub async fn terms(&self, gate: U256) -> Result<Terms, Error> {
        self.call(&IMediaGate::termsOfCall { gate }).await
    }

    /// Who opened a gate.
    ///
    /// # Errors
    /// `GateUnknown`.
    pub async fn owner(&self, gate: U256) -> Result<Address, Error> {
        self.call(&IMediaGate::ownerOfCall { gate }).await
    }

    /// The accounts of a gate's nodes, and the commitments to its secret, with the version that they are of.
    ///
    /// # Errors
    /// `GateUnknown`.
    pub async fn quorum(&self, gate: U256) -> Result<(u32, Record), Error> {
        let found = self.call(&IMediaGate::quorumOfCall { gate }).await?;
        Ok((found.version, found.quorum))
    }

    /// The media behind a gate; a root of zeros while there are none.
    ///
    /// # Errors
    /// `GateUnknown`.
    pub async fn content(&self, gate: U256) -> Result<Content, Error> {
        self.call(&IMediaGate::contentOfCall { gate }).await
    }

    /// The current epoch, and the second since which it is.
    ///
    /// # Errors
    /// `GateUnknown`; `WrongStart` before the first.
    pub async fn epoch(&self, gate: U256) -> Result<(U256, u64), Error> {
        let now = self.call(&IMediaGate::currentEpochCall { gate }).await?;
        Ok((now.epoch, now.since.saturating_to()))
    }

    /// Whether the current epoch's key is an account's, by a token.
    ///
    /// # Errors
    /// `GateUnknown`.
    pub async fn is_entitled(&self, gate: U256, token: U256, account: Address) -> Result<bool, Error> {
        self.call(&IMediaGate::isEntitledCall { gate, token, account }).await
    }

    /// What nodes sign for an epoch.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn message(&self, gate: U256, epoch: U256) -> Result<B256, Error> {
        self.call(&IMediaGate::messageOfCall { gate, epoch }).await
    }

    /// The content key of the current epoch: asks the nodes at these addresses for their parts until a quorum has answered, as whoever
    /// holds or rents `token`, which the signer is. Of addresses beyond the 32 that a gate has nodes for, nobody is asked.
    ///
    /// # Errors
    /// [`Error::Refused`] with what nodes said where too few gave a part; as [`Self::epoch`].
    pub async fn unlock(&self, (gate, token): (U256, U256), show: &Show, nodes: &[Url]) -> Result<ContentKey, Error> {
        let (epoch, message) = (show.epoch, self.message(gate, show.epoch).await?);
        let (_, record) = self.quorum(gate).await?;
        let quorum = quorum_of(&record)?;
        // Of this request alone, so that nobody else reads the answers.
        let own = SecretKey::random(&mut OsRng);
        let request = KeyRequest::new(&self.client, (gate, epoch, token), &own.public_key())?;
        let mut asked: FuturesUnordered<_> =
            distinct(nodes).into_iter().map(|node| ask(node, gate, &request)).collect();
        let (mut parts, mut said) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
        while let Some((node, answer)) = asked.next().await {
            match answer.and_then(|sealed| opened(&sealed, &own, &request.about())) {
                Ok(part) if quorum.verify(&message.0, &part) => drop(parts.insert(part.node(), part)),
                Ok(_) => said.entry("a part that is wrong".to_owned()).or_default().push(node),
                Err(error) => said.entry(words(node, error)).or_default().push(node),
            }
            // Each part is looked at once when it comes, and once with the others that make a quorum of it.
            if parts.len() >= quorum.threshold() as usize {
                let parts: Vec<_> = parts.into_values().collect();
                let signature = quorum.combine(&message.0, &parts).map_err(malformed)?;
                return signature.open(&show.wrapped).map_err(malformed);
            }
        }
        Err(Error::Refused { have: parts.len(), need: quorum.threshold() as usize, said: told(&said) })
    }

    async fn send(&self, call: &impl alloy::sol_types::SolCall) -> Result<TransactionReceipt, Error> {
        self.client.send(MEDIA_GATE, call, U256::ZERO).await
    }

    async fn call<C: alloy::sol_types::SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(MEDIA_GATE, call).await
    }
}

/// The commitments of a chain's record, read.
///
/// # Errors
/// [`Error::Answer`] where whoever opened the gate wrote none.
pub fn quorum_of(record: &Record) -> Result<Quorum, Error> {
    Quorum::new(&record.commitments, u32::try_from(record.nodes.len()).unwrap_or(u32::MAX)).map_err(malformed)
}

fn deal(nodes: &[Address]) -> Result<(Record, Vec<Share>), Error> {
    let count = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
    let (quorum, shares) = Quorum::deal(count).map_err(|error| Error::Settings(error.to_string()))?;
    let threshold = u8::try_from(quorum.threshold()).map_err(|error| Error::Settings(error.to_string()))?;
    Ok((Record { threshold, nodes: nodes.to_vec(), commitments: quorum.commitments().into() }, shares))
}

/// Each once, and no more than a gate may have nodes.
fn distinct(nodes: &[Url]) -> Vec<&Url> {
    let mut seen = BTreeSet::new();
    nodes.iter().filter(|node| seen.insert(*node)).take(NODES_MAX as usize).collect()
}

async fn ask<'a>(node: &'a Url, gate: U256, request: &KeyRequest) -> (&'a Url, Result<SealedPart, Error>) {
    let answer = async {
        let url = http::join(node, &format!("gates/{gate}/parts"))?;
        let answer = http::post(&url, request, ANSWER_BYTES_MAX).await?;
        serde_json::from_slice(&answer).map_err(|error| Error::Answer(format!("{url}: {error}")))
    };
    (node, answer.await)
}

/// Why a node gave no part, without its address.
fn words(node: &Url, error: Error) -> String {
    let Error::Answer(said) = error else { return error.to_string() };
    let after = said.strip_prefix(node.as_str()).and_then(|rest| rest.split_once(": "));
    after.map_or_else(|| said.clone(), |(_, words)| words.to_owned())
}

/// What nodes said, the same words once.
fn told(said: &BTreeMap<String, Vec<&Url>>) -> String {
    let told = said.iter().map(|(words, nodes)| match nodes.as_slice() {
        [node] => format!("{words} ({node})"),
        nodes => format!("{words} ({} nodes)", nodes.len()),
    });
    told.collect::<Vec<_>>().join("; ")
}

fn opened(sealed: &SealedPart, own: &SecretKey, about: &[u8]) -> Result<Part, Error> {
    let bytes = Envelope::from_bytes(sealed.sealed.to_vec()).open(own, about).map_err(malformed)?;
    Part::from_bytes(sealed.node, &bytes).map_err(malformed)
}

fn malformed(error: MediaError) -> Error {
    Error::Answer(error.to_string())
}

#[cfg(test)]
mod tests;
