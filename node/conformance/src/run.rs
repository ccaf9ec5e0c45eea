use crate::{
    ArchiveError, Archives, Fault, Tally, archive::Member, precompiles, rlp, state_tests, transactions, tries,
};
use alloy::primitives::{Address, Bytes};
use eyre::Result;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use std::fmt;

const ETHEREUM_TESTS: &str = "ethereum-tests.tar.zst";
const GETH: &str = "geth.tar.zst";
const PRECOMPILES: &str = "/precompiles/";
const ABI: &str = "ABITests: no crate here encodes the contract ABI itself";

/// Which files of the archives run. The default is all of them.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Only files whose path holds this text.
    pub only: Option<String>,
    /// Every `every`th of them, at least 1,
    pub every: usize,
    /// beginning with the one at `seed % every`.
    pub seed: u64,
}

impl Default for Selection {
    fn default() -> Self {
        Self { only: None, every: 1, seed: 0 }
    }
}

impl Selection {
    fn pick<'a>(&self, documents: &'a [Member]) -> Vec<&'a Member> {
        let wanted = |member: &&Member| self.only.as_ref().is_none_or(|text| member.name.contains(text.as_str()));
        let every = self.every.max(1);
        documents.iter().filter(wanted).skip((self.seed % every as u64) as usize).step_by(every).collect()
    }
}

/// Both archives in memory, some 60 MB.
pub struct Vectors(Vec<Member>);

impl Vectors {
    /// # Errors
    /// [`ArchiveError`]'s.
    pub fn read(data: &Archives) -> Result<Self, ArchiveError> {
        let mut documents = data.documents(ETHEREUM_TESTS)?;
        documents.extend(data.documents(GETH)?);
        Ok(Self(documents))
    }

    /// The inputs of geth's precompile vectors.
    ///
    /// # Errors
    /// When a file is malformed.
    pub(crate) fn inputs(&self) -> Result<Vec<(Address, Bytes)>> {
        let files = self.0.iter().filter(|member| member.name.contains(PRECOMPILES));
        let inputs: Vec<_> =
            files.map(|member| precompiles::inputs(&member.name, &member.content)).collect::<Result<_>>()?;
        Ok(inputs.concat())
    }

    /// Runs the selected files on all cores.
    ///
    /// # Errors
    /// When a file is not what its suite says.
    pub fn run(&self, selection: &Selection, fault: Option<Fault>) -> Result<Tally> {
        let documents = selection.pick(&self.0);
        let tallies: Vec<Tally> = documents.par_iter().map(|member| document(member, fault)).collect::<Result<_>>()?;
        Ok(tallies.into_iter().fold(Tally::default(), |sum, tally| sum + tally))
    }
}

impl fmt::Debug for Vectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vectors({} files)", self.0.len())
    }
}

fn document(Member { name, content }: &Member, fault: Option<Fault>) -> Result<Tally> {
    let mut folders = name.split('/').skip(1);
    match folders.next() {
        Some("GeneralStateTests") => state_tests::run(name, content, fault),
        Some("TransactionTests") => transactions::run(name, content, fault),
        Some("TrieTests") => tries::run(name, content, fault),
        Some("RLPTests") => rlp::run(name, content, fault),
        Some("ABITests") => {
            let tests: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(content)?;
            Ok(Tally::skipped(ABI, tests.len() as u64))
        }
        Some("core") if name.contains(PRECOMPILES) => precompiles::run(name, content, fault),
        _ => eyre::bail!("{name} belongs to no suite"),
    }
}
