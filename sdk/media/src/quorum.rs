//! The secret of a gate, shared.

use crate::{ContentKey, MediaError};
use commonware_codec::{Copying, DecodeExt as _, Encode as _, Read as _, Write as _};
use commonware_cryptography::bls12381::{
    dkg::feldman_desmedt::deal_anonymous,
    primitives::{
        group::{self, G1, G2, Private},
        ops,
        sharing::{Mode, ModeVersion, Sharing},
        variant::{MinPk, PartialSignature},
    },
    tle::{self, Block, Ciphertext},
};
use commonware_parallel::Sequential;
use commonware_utils::{N3f1, Participant};
use getrandom::{SysRng, rand_core::UnwrapErr};
use std::{collections::BTreeMap, num::NonZeroU32};
use zeroize::Zeroizing;

/// As `MediaGate` takes.
pub const NODES_MAX: u32 = 32;
/// Of a commitment.
pub const POINT_BYTES: usize = 48;
/// Of an encrypted content key.
pub const WRAP_BYTES: usize = POINT_BYTES + 2 * 32;
/// Signatures of these keys are of epochs and of nothing else.
const NAMESPACE: &[u8] = b"EDGELOOM_MEDIA_EPOCH";

/// What everybody knows of a gate's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum(Sharing<MinPk>);

/// What one node knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share(group::Share);

/// A node's signature of an epoch, not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part(PartialSignature<MinPk>);

/// The secret's signature of an epoch: it opens what was encrypted for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochSignature(G2);

impl Quorum {
    /// A new secret, shared among so many nodes; more than two thirds of them open an epoch, so that a third may be away or lie. The dealer knew
    /// the secret, and forgets it.
    ///
    /// # Errors
    /// [`MediaError::Nodes`].
    pub fn deal(nodes: u32) -> Result<(Self, Vec<Share>), MediaError> {
        let total = NonZeroU32::new(nodes).filter(|total| total.get() <= NODES_MAX).ok_or(MediaError::Nodes(nodes))?;
        let (sharing, shares) = deal_anonymous::<MinPk, N3f1>(UnwrapErr(SysRng), Mode::NonZeroCounter, total);
        Ok((Self(sharing), shares.into_iter().map(Share).collect()))
    }

    /// By the commitments that the chain keeps, one behind the other.
    ///
    /// # Errors
    /// [`MediaError::Nodes`], [`MediaError::Commitments`].
    pub fn new(commitments: &[u8], nodes: u32) -> Result<Self, MediaError> {
        let total = NonZeroU32::new(nodes).filter(|total| total.get() <= NODES_MAX).ok_or(MediaError::Nodes(nodes))?;
        let (points, rest) = commitments.as_chunks::<POINT_BYTES>();
        if points.is_empty() || points.len() > nodes as usize || !rest.is_empty() {
            return Err(MediaError::Commitments);
        }
        let points: Result<Vec<G1>, _> = points.iter().map(|point| G1::decode(Copying(point.as_slice()))).collect();
        let mut bytes = Vec::new();
        Mode::NonZeroCounter.write(&mut bytes);
        total.get().write(&mut bytes);
        points.map_err(|_| MediaError::Commitments)?.write(&mut bytes);
        let sharing = Sharing::read_cfg(&mut Copying(&bytes), &(total, ModeVersion::v0()));
        sharing.map(Self).map_err(|_| MediaError::Commitments)
    }

    /// As [`Self::new`] takes them.
    pub fn commitments(&self) -> Vec<u8> {
        let bytes = self.0.encode();
        // Behind the mode, the number of nodes and that of points.
        bytes[bytes.len() - POINT_BYTES * self.threshold() as usize..].to_vec()
    }

    /// Parts that open an epoch.
    pub fn threshold(&self) -> u32 {
        self.0.required()
    }

    /// Whether a share is of this secret.
    pub fn holds(&self, share: &Share) -> bool {
        self.0.partial_public(share.0.index).is_ok_and(|public| public == share.0.public::<MinPk>())
    }

    /// Whether a part is its node's signature of an epoch, by the epoch's digest (`IMediaGate.messageOf`).
    pub fn verify(&self, epoch: &[u8; 32], part: &Part) -> bool {
        ops::threshold::verify_message::<MinPk>(&self.0, NAMESPACE, epoch, &part.0).is_ok()
    }

    /// The signature of an epoch. Parts that are wrong, or a second one of a node, count for nothing.
    ///
    /// # Errors
    /// [`MediaError::TooFewParts`].
    pub fn combine(&self, epoch: &[u8; 32], parts: &[Part]) -> Result<EpochSignature, MediaError> {
        let right = parts.iter().filter(|part| self.verify(epoch, part)).map(|part| (part.0.index, &part.0));
        let right: BTreeMap<_, _> = right.collect();
        let too_few = MediaError::TooFewParts { have: right.len(), need: self.threshold() as usize };
        if right.len() < self.threshold() as usize {
            return Err(too_few);
        }
        let signature = ops::threshold::recover(&self.0, right.into_values(), &Sequential).map_err(|_| too_few)?;
        Ok(EpochSignature(signature))
    }

    /// Encrypts a content key to the signature of an epoch.
    ///
    /// # Errors
    /// [`MediaError::Commitments`] where the secret is zero.
    pub fn wrap(&self, epoch: &[u8; 32], key: &ContentKey) -> Result<[u8; WRAP_BYTES], MediaError> {
        let message = Zeroizing::new(Block::new(*key.as_bytes()));
        let target = (NAMESPACE, epoch.as_slice());
        let wrapped = tle::encrypt::<_, MinPk>(&mut UnwrapErr(SysRng), *self.0.public(), target, &message);
        let wrapped = wrapped.map_err(|_| MediaError::Commitments)?.encode();
        Ok(wrapped.as_ref().try_into().expect("a point and two blocks"))
    }
}

impl Share {
    /// The share of a node, by its place among the nodes, from 0.
    ///
    /// # Errors
    /// [`MediaError::Share`].
    pub fn from_bytes(node: u32, bytes: &[u8; 32]) -> Result<Self, MediaError> {
        let private = Private::decode(Copying(bytes.as_slice())).map_err(|_| MediaError::Share)?;
        Ok(Self(group::Share::new(Participant::new(node), private)))
    }

    /// As [`Self::from_bytes`] takes it.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let bytes = Zeroizing::new(self.0.private.expose(|scalar| scalar.encode()).to_vec());
        Zeroizing::new(bytes.as_slice().try_into().expect("a scalar has 32 bytes"))
    }

    /// The node's place, from 0.
    pub fn node(&self) -> u32 {
        self.0.index.get()
    }

    /// The node's part of an epoch's signature.
    pub fn sign(&self, epoch: &[u8; 32]) -> Part {
        Part(ops::threshold::sign_message::<MinPk>(&self.0, NAMESPACE, epoch))
    }
}

impl Part {
    /// A node's part, by its place from 0: a compressed point of G2.
    ///
    /// # Errors
    /// [`MediaError::Part`].
    pub fn from_bytes(node: u32, bytes: &[u8]) -> Result<Self, MediaError> {
        let value = G2::decode(Copying(bytes)).map_err(|_| MediaError::Part)?;
        Ok(Self(PartialSignature { index: Participant::new(node), value }))
    }

    /// The node's place, from 0.
    pub fn node(&self) -> u32 {
        self.0.index.get()
    }

    /// 96 bytes, as [`Self::from_bytes`] takes them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.value.encode().to_vec()
    }
}

impl EpochSignature {
    /// The content key that was encrypted for this epoch ([`Quorum::wrap`]).
    ///
    /// # Errors
    /// [`MediaError::Wrap`].
    pub fn open(&self, wrapped: &[u8]) -> Result<ContentKey, MediaError> {
        let cipher = Ciphertext::<MinPk>::decode(Copying(wrapped)).map_err(|_| MediaError::Wrap)?;
        let key = tle::decrypt::<MinPk>(&self.0, &cipher).ok_or(MediaError::Wrap)?;
        let bytes: [u8; 32] = key.as_ref().try_into().expect("a block has 32 bytes");
        Ok(ContentKey::from_bytes(bytes))
    }
}
