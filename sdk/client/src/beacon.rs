use alloy::{
    primitives::{B256, U64, U256, keccak256},
    rpc::types::{Block, TransactionReceipt},
};
use edgeloom_bindings::{IBeacon, addresses::BEACON};

use crate::{Client, Error};

/// Randomness of blocks. Errors are [`Error::Beacon`] and the general ones.
#[derive(Clone, Debug)]
pub struct Beacon {
    client: Client,
}

impl Beacon {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// The mix of the newest block, or of an earlier one that was recorded.
    ///
    /// # Errors
    /// `NotRecorded`, `NotYet`.
    pub async fn mix_at(&self, height: u64) -> Result<B256, Error> {
        self.client.call(BEACON, &IBeacon::mixAtCall { height: U256::from(height) }).await
    }

    /// A seed that the signer alone gets, for one purpose, from the mix of a block; zero stands for who has no signer.
    ///
    /// # Errors
    /// As [`Self::mix_at`].
    pub async fn seed_at(&self, height: u64, purpose: B256) -> Result<B256, Error> {
        self.client.call(BEACON, &IBeacon::seedAtCall { height: U256::from(height), purpose }).await
    }

    /// Blocks between a commitment and the mix that it is drawn by, at least.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn delay(&self) -> Result<u64, Error> {
        let delay = self.client.call(BEACON, &IBeacon::DELAYCall {}).await?;
        delay.try_into().map_err(|_| Error::Answer(format!("a delay of {delay} blocks")))
    }

    /// The header of a block, RLP-encoded: what proves its mix to the contract. It is checked against its own hash; that the
    /// block is the chain's, the contract checks.
    ///
    /// # Errors
    /// [`Error::Answer`] if the node has no such block, or shows another header than the hash is of.
    pub async fn header_of(&self, height: u64) -> Result<Vec<u8>, Error> {
        let block: Option<Block> = self.client.rpc().read("eth_getBlockByNumber", (U64::from(height), false)).await?;
        let block = block.ok_or_else(|| Error::Answer(format!("no block {height}")))?;
        let header = alloy::rlp::encode(&block.header.inner);
        if keccak256(&header) != block.header.hash {
            return Err(Error::Answer(format!("the header of block {height} is not of its hash")));
        }
        Ok(header)
    }

    /// Shows the contract a block's header, so that everybody can read its mix from then on, and gives it.
    ///
    /// # Errors
    /// `NotAHeader` for a block that is more than 8,191 blocks away; as [`Self::header_of`].
    pub async fn record(&self, height: u64) -> Result<B256, Error> {
        self.show(self.header_of(height).await?).await?;
        self.mix_at(height).await
    }

    /// As [`Self::record`], with a header that the caller has.
    ///
    /// # Errors
    /// `NotAHeader`; [`Error::Revert`] for bytes that are no list of RLP.
    pub async fn show(&self, header: Vec<u8>) -> Result<TransactionReceipt, Error> {
        self.client.send(BEACON, &IBeacon::recordCall { header: header.into() }, U256::ZERO).await
    }
}
