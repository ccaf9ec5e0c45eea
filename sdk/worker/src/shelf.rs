//! Models at hand: in memory, else on disk, else read from the chain. Wherever the bytes come from, the id is computed from
//! them before they are used.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use alloy::primitives::B256;
use edgeloom_bindings::IModelRegistry::Model;
use edgeloom_sdk::{Client, Error, LocalModel};
use parking_lot::Mutex;

use crate::{
    claim::model_of_file,
    desk::{self, CaseError},
};

/// Models kept in memory; the longest image has 1.5 MiB.
const IN_MEMORY: usize = 64;

#[derive(Debug)]
pub(crate) struct Shelf {
    directory: PathBuf,
    models: Mutex<HashMap<B256, Arc<LocalModel>>>,
    records: Mutex<HashMap<B256, Arc<Model>>>,
    /// Where the operator keeps models by their ids; only read.
    beside: Option<PathBuf>,
}

impl Shelf {
    pub(crate) fn open(directory: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        Ok(Self { directory, models: Mutex::default(), records: Mutex::default(), beside: None })
    }

    /// With another folder to look in, which has `ID.eig` for each model.
    pub(crate) fn beside(self, folder: Option<PathBuf>) -> Self {
        Self { beside: folder, ..self }
    }

    /// A model by its image's file or by its id.
    pub(crate) async fn named(&self, client: &Client, name: &str) -> Result<Arc<LocalModel>, CaseError> {
        let path = PathBuf::from(name);
        if path.is_file() {
            let model = Arc::new(model_of_file(path)?);
            keep(&mut self.models.lock(), model.id(), Arc::clone(&model));
            return Ok(model);
        }
        let id = name.parse().map_err(|_| CaseError::ModelName(name.to_owned()))?;
        Ok(self.disputed(client, id).await?)
    }

    /// A model that the chain need not be able to run.
    pub(crate) async fn disputed(&self, client: &Client, id: B256) -> Result<Arc<LocalModel>, Error> {
        if let Some(model) = self.models.lock().get(&id) {
            return Ok(Arc::clone(model));
        }
        let names = [format!("{id:x}.eig"), format!("{id:#x}.eig")];
        let beside = self.beside.iter().flat_map(|folder| names.iter().map(|name| folder.join(name)));
        let kept = [self.path(id)]
            .into_iter()
            .chain(beside)
            .find_map(|path| LocalModel::disputed(fs::read(path).ok()?).ok().filter(|model| model.id() == id));
        let model = match kept {
            Some(model) => model,
            None => self.load(client, id).await?,
        };
        let model = Arc::new(model);
        keep(&mut self.models.lock(), id, Arc::clone(&model));
        Ok(model)
    }

    /// Has a model on disk, for a restart.
    pub(crate) fn keep(&self, model: &LocalModel) -> Result<(), CaseError> {
        desk::keep(&self.path(model.id()), model.image())
    }

    /// The registry's record, which never changes.
    pub(crate) async fn record(&self, client: &Client, id: B256) -> Result<Arc<Model>, Error> {
        if let Some(record) = self.records.lock().get(&id) {
            return Ok(Arc::clone(record));
        }
        let record = Arc::new(client.models().get(id).await?);
        keep(&mut self.records.lock(), id, Arc::clone(&record));
        Ok(record)
    }

    pub(crate) async fn model(&self, client: &Client, id: B256) -> Result<Arc<LocalModel>, Error> {
        if let Some(model) = self.models.lock().get(&id) {
            return Ok(Arc::clone(model));
        }
        let model = match from_disk(&self.path(id), id) {
            Some(model) => model,
            None => self.load(client, id).await?,
        };
        let model = Arc::new(model);
        keep(&mut self.models.lock(), id, Arc::clone(&model));
        Ok(model)
    }

    /// From the chain, and onto the disk for the next time.
    async fn load(&self, client: &Client, id: B256) -> Result<LocalModel, Error> {
        let (model, path) = (client.models().load(id).await?, self.path(id));
        if let Err(error) = to_disk(&path, model.image()) {
            tracing::warn!(%error, path = %path.display(), "a model cannot be kept on disk");
        }
        Ok(model)
    }

    fn path(&self, id: B256) -> PathBuf {
        self.directory.join(format!("{id:x}.eig"))
    }
}

fn keep<T>(map: &mut HashMap<B256, T>, id: B256, value: T) {
    if map.len() >= IN_MEMORY
        && let Some(some) = map.keys().next().copied()
    {
        map.remove(&some);
    }
    map.insert(id, value);
}

/// A file that is not the model, for whatever reason, is as good as none.
fn from_disk(path: &Path, id: B256) -> Option<LocalModel> {
    let length = fs::metadata(path).ok()?.len();
    if length > edgeloom_sdk::IMAGE_BYTES_MAX as u64 {
        return None;
    }
    LocalModel::verified(fs::read(path).ok()?, id).ok()
}

/// Complete or absent, also when the machine stops half-way, and when several jobs keep the same file at once.
pub(crate) fn to_disk(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|unkept| unkept.error)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
