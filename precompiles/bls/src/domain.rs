//! What a key signs, so that no signature means anything anywhere else.
//!
//! * M1 A message is `"edgeloom/bls/1"` padded with zeros to 32 bytes ‖ chain id, 32 bytes big-endian ‖ set, 32 bytes ‖
//!   epoch, 8 bytes big-endian ‖ payload, 32 bytes.
//! * M2 A set is the 20-byte address of the account that owns it ‖ 11 zeros ‖ its role, one byte.
//! * M3 The epoch is the number of the set's snapshot that the signature is to be checked against.
//! * M4 With role and epoch zero, and the key registry as the owner, the payload is the address of the operator for whom a
//!   key consents to be registered, padded with zeros on the left. No set of signers has the role zero.
//!
//! `contracts/src/bls/Bls.sol` writes the same bytes.

/// Bytes of a message.
pub const MESSAGE_BYTES: usize = 136;

const TAG: &[u8] = b"edgeloom/bls/1";

/// Where and when a signature counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    pub chain_id: u64,
    /// The account that owns the set of signers.
    pub owner: [u8; 20],
    /// Which of the owner's sets it is.
    pub role: u8,
    /// The set's snapshot.
    pub epoch: u64,
}

impl Domain {
    /// What a key signs to be registered for `operator` in the registry at `registry`.
    pub fn consent(chain_id: u64, registry: [u8; 20], operator: [u8; 20]) -> [u8; MESSAGE_BYTES] {
        let mut payload = [0; 32];
        payload[12..].copy_from_slice(&operator);
        Self { chain_id, owner: registry, role: 0, epoch: 0 }.message(&payload)
    }

    /// That of a set, as rule M2 names it; `None` where it names none, or has the role zero.
    pub fn of_set(chain_id: u64, set: &[u8; 32], epoch: u64) -> Option<Self> {
        let (owner, rest) = set.split_first_chunk::<20>()?;
        let (role, padding) = rest.split_last()?;
        let names_a_set = *role != 0 && padding.iter().all(|byte| *byte == 0);
        names_a_set.then_some(Self { chain_id, owner: *owner, role: *role, epoch })
    }

    /// The message that says `payload` here and nowhere else.
    pub fn message(&self, payload: &[u8; 32]) -> [u8; MESSAGE_BYTES] {
        let mut message = [0; MESSAGE_BYTES];
        message[..TAG.len()].copy_from_slice(TAG);
        message[56..64].copy_from_slice(&self.chain_id.to_be_bytes());
        message[64..84].copy_from_slice(&self.owner);
        message[95] = self.role;
        message[96..104].copy_from_slice(&self.epoch.to_be_bytes());
        message[104..].copy_from_slice(payload);
        message
    }
}
