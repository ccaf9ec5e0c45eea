use alloy::primitives::{B256, keccak256};
use edgeloom_edge_proof::{Cost, Kernel, Limits, Model};

use crate::error::ModelError;

/// A model in this process: the same kernel as the chain's, so an answer computed here is the chain's answer.
#[derive(Clone, Debug)]
pub struct LocalModel {
    id: B256,
    model: Model,
}

impl LocalModel {
    /// Checks an image and computes its id.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] with the first rule of the format that the image breaks.
    pub fn from_image(image: Vec<u8>) -> Result<Self, ModelError> {
        Ok(Self::of(Model::from_image(image)?))
    }

    /// As [`Self::from_image`], for a model that the chain need not be able to run: claims about it are disputed.
    ///
    /// # Errors
    /// [`ModelError::Malformed`] with the first rule of the format that the image breaks.
    pub fn disputed(image: Vec<u8>) -> Result<Self, ModelError> {
        Ok(Self::of(Model::within(image, &Limits::DISPUTED)?))
    }

    fn of(model: Model) -> Self {
        let id = model.commitment().model_id(|bytes| keccak256(bytes).0);
        Self { id: B256::from(id), model }
    }

    /// [`Self::from_image`] for an image that must be the model `expected`.
    ///
    /// # Errors
    /// [`ModelError::Identity`] when it is another model.
    pub fn verified(image: Vec<u8>, expected: B256) -> Result<Self, ModelError> {
        let model = Self::from_image(image)?;
        if model.id == expected { Ok(model) } else { Err(ModelError::Identity { expected, actual: model.id }) }
    }

    /// The id under which the chain knows the model, whether it is registered or not.
    #[must_use]
    pub const fn id(&self) -> B256 {
        self.id
    }

    /// Runs the model with the fastest kernel of this machine.
    ///
    /// # Errors
    /// [`ModelError::Input`] for an input of another length than the model takes.
    pub fn infer(&self, input: &[u8]) -> Result<Vec<u8>, ModelError> {
        Ok(self.model.infer(input)?)
    }

    /// Runs the model with the portable kernel, which every processor has. A fast kernel has its own linear steps and shares
    /// the source of all others, so that both agree says that the vector unit computes right, not that the rest does.
    ///
    /// # Errors
    /// [`ModelError::Input`] for an input of another length than the model takes.
    pub fn infer_by_reference(&self, input: &[u8]) -> Result<Vec<u8>, ModelError> {
        Ok(self.model.infer_with(Kernel::PORTABLE, input)?)
    }

    /// Everything that the model computes from `input`, itself at the front: what a claim commits to.
    ///
    /// # Errors
    /// [`ModelError::Input`] for an input of another length than the model takes.
    pub fn trace(&self, input: &[u8]) -> Result<Vec<u8>, ModelError> {
        Ok(self.model.trace(input)?)
    }

    /// Exact input length in bytes.
    #[must_use]
    pub fn input_bytes(&self) -> usize {
        self.model.input_bytes()
    }

    /// Exact output length in bytes.
    #[must_use]
    pub fn output_bytes(&self) -> usize {
        self.model.output_bytes()
    }

    /// What one inference takes.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.model.cost()
    }

    /// The checked model, for kernels elsewhere.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The image: graph, then weights.
    #[must_use]
    pub fn image(&self) -> &[u8] {
        self.model.image()
    }
}
