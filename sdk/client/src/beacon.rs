use alloy::{
    primitives::{Address, B256, U64, U256, keccak256},
    rpc::types::{Block, TransactionReceipt},
    sol_types::SolValue as _,
};
use edgeloom_bindings::{
    IBeacon::{self, IBeaconErrors},
    addresses::BEACON,
};

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

    /// The seed that a contract gets, from the mix of a block that need not be recorded: its header is read, and checked against its hash.
    ///
    /// # Errors
    /// As [`Self::header_of`].
    pub async fn seed_for(&self, caller: Address, height: u64, purpose: B256) -> Result<B256, Error> {
        let mix = self.block(height).await?.header.inner.mix_hash;
        Ok(seed((self.client.chain_id(), caller), purpose, (height, mix)))
    }

    /// Whether the mix of a block was recorded, so that contracts can read it.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn is_recorded(&self, height: u64) -> Result<bool, Error> {
        match self.mix_at(height).await {
            Ok(_) => Ok(true),
            Err(Error::Beacon(IBeaconErrors::NotRecorded(_))) => Ok(false),
            Err(error) => Err(error),
        }
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
        Ok(alloy::rlp::encode(&self.block(height).await?.header.inner))
    }

    /// A block whose header is of its hash.
    async fn block(&self, height: u64) -> Result<Block, Error> {
        let block: Option<Block> = self.client.rpc().read("eth_getBlockByNumber", (U64::from(height), false)).await?;
        let block = block.ok_or_else(|| Error::Answer(format!("no block {height}")))?;
        if keccak256(alloy::rlp::encode(&block.header.inner)) != block.header.hash {
            return Err(Error::Answer(format!("the header of block {height} is not of its hash")));
        }
        Ok(block)
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

/// What `IBeacon.seedAt` gives a caller on a chain, for a height with this mix.
pub(crate) fn seed((chain_id, caller): (u64, Address), purpose: B256, (height, mix): (u64, B256)) -> B256 {
    keccak256((U256::from(chain_id), caller, purpose, U256::from(height), mix).abi_encode())
}
