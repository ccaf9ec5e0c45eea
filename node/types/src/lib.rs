//! The formats that everything on the chain agrees about: heights, blocks, consensus records, state deltas, genesis,
//! committees, votes and finalization certificates. This crate knows no I/O, no async, no EVM and no consensus
//! engine: it is bytes in, values out, and every length is bounded before anything is allocated.

mod block;
mod certificate;
mod committee;
mod delta;
mod founding;
mod genesis;
mod height;
mod record;
mod system_logs;
mod term;

pub use block::{Block, BlockError, MAX_BLOCK_BYTES, MAX_CERTIFICATES, SealedBlock, certificates_hash};
pub use certificate::{Certificate, CertificateError, Namespace, VoteKind, quorum};
pub use committee::{Committee, CommitteeError, Seat, Validator, next_mix, reveal_message};
pub use delta::{Account, AccountDelta, StateDelta};
pub use founding::Founding;
pub use genesis::{EdgeloomConfig, Genesis, GenesisError};
pub use height::{Epoch, Height};
pub use record::{ConsensusRecord, RecordError};
pub use system_logs::{decode_system_logs, encode_system_logs, system_logs_hash};
pub use term::{EpochRules, Included, Term};
