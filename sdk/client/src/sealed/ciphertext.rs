//! An encrypted answer (`ISealed`): the answer, then, where it has several chunks, their BLAKE3 chaining values, all XORed with a keystream
//! that a seed makes. Pure.

use alloy::primitives::{B256, Bytes, keccak256};
use edgeloom_bindings::ISealed::Opening;
use edgeloom_edge_proof::{Blob, CHUNK_BYTES, Tree, VALUE_BYTES, fold, values_beside};

/// Of an answer, bytes: 256 chunks, as many as one fold takes values.
pub const SEALED_BYTES_MAX: usize = 256 * 1024;
/// Chunks of a piece of what is published on demand.
const PIECE_CHUNKS: u64 = 8;

/// Why a ciphertext is not the answer that its worker claimed, with what shows it on chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The list of values does not fold to the answer's root.
    List(Opening),
    /// A chunk is not what the list says of it.
    Chunk {
        /// Chunks with a part of the list; nothing where the answer has one chunk.
        list: Opening,
        /// Which.
        index: u64,
        /// That chunk.
        chunk: Opening,
    },
}

/// What a ciphertext has to be, by the chain's record of its seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// BLAKE3 and length of the answer.
    pub output: Blob,
    /// Of the keystream: [`super::seed_of`].
    pub seed: B256,
}

impl Envelope {
    /// Encrypts an answer. `None` for one of no bytes, or of more than [`SEALED_BYTES_MAX`].
    #[must_use]
    pub fn encrypt(output: &[u8], seed: B256) -> Option<Vec<u8>> {
        if output.is_empty() || output.len() > SEALED_BYTES_MAX {
            return None;
        }
        let mut text = output.to_vec();
        Tree::of(output).chunk_values().iter().for_each(|value| text.extend(value));
        apply(&mut text, seed);
        Some(text)
    }

    /// Bytes of the ciphertext.
    #[must_use]
    pub fn cipher_bytes(&self) -> u64 {
        self.output.bytes + self.list_bytes()
    }

    /// The answer, or what shows that this is not it. The ciphertext has the length that it has to have ([`Self::cipher_bytes`]),
    /// and the root that its worker committed to.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn open(&self, cipher: &[u8]) -> Result<Vec<u8>, Box<Fault>> {
        let mut plain = cipher.to_vec();
        apply(&mut plain, self.seed);
        let list = plain.split_off((self.output.bytes as usize).min(plain.len()));
        if Blob::of(&plain).root == self.output.root {
            return Ok(plain);
        }
        Err(Box::new(self.fault(cipher, &plain, &list)))
    }

    fn fault(&self, cipher: &[u8], plain: &[u8], list: &[u8]) -> Fault {
        let nothing = Opening { data: Bytes::new(), values: Vec::new() };
        if self.output.chunks() == 1 {
            return Fault::Chunk { list: nothing, index: 0, chunk: opening(cipher, 0..1) };
        }
        let first = self.output.bytes / CHUNK_BYTES;
        let shown = opening(cipher, first..Blob { root: [0; 32], bytes: cipher.len() as u64 }.chunks());
        let values: Vec<[u8; VALUE_BYTES]> =
            list.chunks_exact(VALUE_BYTES).filter_map(|value| value.try_into().ok()).collect();
        if fold(&values, true) != Some(self.output.root) {
            return Fault::List(shown);
        }
        let tree = Tree::of(plain);
        let wrong = tree.chunk_values().iter().zip(&values).position(|(own, listed)| own != listed);
        // The list folds to the root, and the answer does not: they differ somewhere.
        let index = wrong.unwrap_or_default() as u64;
        Fault::Chunk { list: shown, index, chunk: opening(cipher, index..index + 1) }
    }

    const fn list_bytes(&self) -> u64 {
        let chunks = self.output.chunks();
        if chunks == 1 { 0 } else { chunks * VALUE_BYTES as u64 }
    }
}

/// The pieces of a ciphertext that somebody demanded, as they are published.
pub fn pieces(cipher: &[u8]) -> impl Iterator<Item = Opening> + '_ {
    let chunks = Blob { root: [0; 32], bytes: cipher.len() as u64 }.chunks();
    (0..chunks.div_ceil(PIECE_CHUNKS)).map(move |piece| {
        let first = piece * PIECE_CHUNKS;
        opening(cipher, first..(first + PIECE_CHUNKS).min(chunks))
    })
}

fn opening(content: &[u8], run: std::ops::Range<u64>) -> Opening {
    let blob = Blob { root: [0; 32], bytes: content.len() as u64 };
    let range = blob.range(&run).unwrap_or_default();
    let data = content[range.start as usize..range.end as usize].to_vec().into();
    let values = values_beside(content, &run).unwrap_or_default().into_iter().map(B256::from).collect();
    Opening { data, values }
}

/// Block j of 32 bytes is keccak256(seed ‖ j).
fn apply(text: &mut [u8], seed: B256) {
    let mut block = [0; 64];
    block[..32].copy_from_slice(seed.as_slice());
    for (number, part) in text.chunks_mut(32).enumerate() {
        block[56..].copy_from_slice(&(number as u64).to_be_bytes());
        part.iter_mut().zip(keccak256(block)).for_each(|(byte, key)| *byte ^= key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: B256 = B256::repeat_byte(7);

    fn answer(bytes: usize) -> Vec<u8> {
        (0..bytes).map(|at| (at * 31 % 251) as u8).collect()
    }

    fn sealed(output: &[u8]) -> (Envelope, Vec<u8>) {
        let cipher = Envelope::encrypt(output, SEED).expect("its length is right");
        (Envelope { output: Blob::of(output), seed: SEED }, cipher)
    }

    #[test]
    fn what_was_sealed_opens_to_itself() {
        for bytes in [1, 31, 1024, 1025, 5000, SEALED_BYTES_MAX] {
            let (envelope, cipher) = sealed(&answer(bytes));
            assert_eq!(cipher.len() as u64, envelope.cipher_bytes());
            assert_eq!(envelope.open(&cipher), Ok(answer(bytes)), "{bytes} bytes");
            let other = Envelope { seed: B256::ZERO, ..envelope };
            assert!(other.open(&cipher).is_err(), "of {bytes} bytes another seed makes something else");
        }
        assert_eq!(Envelope::encrypt(&[], SEED), None);
        assert_eq!(Envelope::encrypt(&answer(SEALED_BYTES_MAX + 1), SEED), None);
    }

    #[test]
    fn a_wrong_chunk_is_shown_beside_a_right_list() {
        let (envelope, mut cipher) = sealed(&answer(5000));
        cipher[2100] ^= 1;
        let fault = *envelope.open(&cipher).expect_err("a byte is another");
        let Fault::Chunk { list, index, chunk } = fault else { panic!("the list is right") };
        assert_eq!((index, chunk.data.len()), (2, 1024));
        assert_shown(&cipher, 2..3, &chunk);
        assert_shown(&cipher, 4..6, &list);
    }

    #[test]
    fn a_wrong_list_is_shown_by_itself() {
        let (envelope, mut cipher) = sealed(&answer(5000));
        cipher[40] ^= 1;
        cipher[5001] ^= 1;
        let Fault::List(list) = *envelope.open(&cipher).expect_err("both are others") else {
            panic!("the list is wrong")
        };
        assert_shown(&cipher, 4..6, &list);
        let (envelope, mut cipher) = sealed(&answer(10));
        cipher[9] ^= 1;
        let fault = *envelope.open(&cipher).expect_err("a byte is another");
        assert!(matches!(fault, Fault::Chunk { index: 0, list, .. } if list.data.is_empty()));
    }

    /// A worker whose list is wrong, and whose answer is right, has given what it was paid for.
    #[test]
    fn a_right_answer_is_one_whatever_its_list_says() {
        let (envelope, mut cipher) = sealed(&answer(5000));
        cipher[5001] ^= 1;
        assert_eq!(envelope.open(&cipher), Ok(answer(5000)));
    }

    #[test]
    fn pieces_are_openings_of_all_of_it() {
        let (_, cipher) = sealed(&answer(20_000));
        let pieces: Vec<_> = pieces(&cipher).collect();
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces.iter().flat_map(|piece| piece.data.to_vec()).collect::<Vec<_>>(), cipher);
        assert_shown(&cipher, 8..16, &pieces[1]);
    }

    fn assert_shown(cipher: &[u8], run: std::ops::Range<u64>, opening: &Opening) {
        let values: Vec<_> = opening.values.iter().map(|value| value.0).collect();
        assert!(Blob::of(cipher).opens(&run, &opening.data, &values), "{run:?}");
    }
}
