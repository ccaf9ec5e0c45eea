use crate::{
    Cost, Limits, MAX_OPS, Malformed, Model, Plan, Rule,
    layout::{Header, RECORD_BYTES},
};

/// An image whose graph keeps every rule but those on scale records and weight values (G13, G14). It says what a model
/// costs before anyone pays for reading its weights; [`Outline::model`] does the rest.
#[derive(Clone, Debug)]
pub struct Outline {
    pub(crate) image: Vec<u8>,
    pub(crate) plan: Plan,
}

impl Outline {
    /// How many operations the image's header claims, at most [`MAX_OPS`]; zero when the image is too short to say.
    /// A caller that charges for [`Outline::read`] charges by this.
    pub fn claimed_ops(image: &[u8]) -> usize {
        let Some(raw) = image.get(12..16) else { return 0 };
        let raw = std::array::from_fn(|i| raw[i]);
        (u32::from_le_bytes(raw) as usize).min(MAX_OPS)
    }

    /// Reads the graph of an image that the chain can run: time proportional to its operations, no weights touched.
    pub fn read(image: Vec<u8>) -> Result<Self, Malformed> {
        Self::within(image, &Limits::EXECUTED)
    }

    /// As [`Outline::read`], for the images of another profile.
    pub fn within(image: Vec<u8>, limits: &Limits) -> Result<Self, Malformed> {
        let header = header(&image, limits).map_err(Malformed::header)?;
        let (graph, _) = image.split_at(RECORD_BYTES * (1 + header.ops as usize));
        let plan = Plan::of(&header, graph, limits)?;
        Ok(Self { image, plan })
    }

    /// What one inference takes.
    pub fn cost(&self) -> Cost {
        self.plan.cost
    }

    /// Exact input length in bytes.
    pub fn input_bytes(&self) -> usize {
        self.plan.input_bytes
    }

    /// Length of the image in bytes.
    pub fn image_bytes(&self) -> usize {
        self.image.len()
    }

    /// Checks scale records and weight rows (G13, G14): time proportional to [`Cost::scales`] and, where a row could
    /// overflow at all, [`Cost::weights`].
    pub fn model(self) -> Result<Model, Malformed> {
        Model::checked(self)
    }
}

/// G1–G4 of a whole image.
fn header(image: &[u8], limits: &Limits) -> Result<Header, Rule> {
    if image.len() as u64 > limits.image_bytes {
        return Err(Rule::Length);
    }
    let header = Header::decode(image.first_chunk::<RECORD_BYTES>().ok_or(Rule::Header)?)?;
    header.check(limits)?;
    if header.graph_bytes().checked_add(header.weights_bytes) != Some(image.len() as u64) {
        return Err(Rule::Length);
    }
    Ok(header)
}
