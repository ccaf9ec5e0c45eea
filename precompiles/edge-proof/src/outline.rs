use crate::{
    Cost, HEADER_OP, MAX_IMAGE_BYTES, MAX_MACS, MAX_OPS, MAX_READS, MAX_TRACE_BYTES, Malformed, Model, Rule,
    layout::{Descriptor, Header, RECORD_BYTES},
    step::Step,
    trace::Trace,
};

/// A graph that keeps every rule but those on scale records and weight values (G13, G14). It says what a model costs
/// before anyone pays for reading its weights; [`Outline::model`] does the rest.
#[derive(Clone, Debug)]
pub struct Outline {
    pub(crate) image: Vec<u8>,
    pub(crate) steps: Vec<Step>,
    pub(crate) input_bytes: usize,
    pub(crate) trace_bytes: usize,
    pub(crate) weights_start: usize,
    pub(crate) cost: Cost,
}

impl Outline {
    /// How many operations the image's header claims, at most [`MAX_OPS`]; zero when the image is too short to say.
    /// A caller that charges for [`Outline::read`] charges by this.
    pub fn claimed_ops(image: &[u8]) -> usize {
        let Some(raw) = image.get(12..16) else { return 0 };
        let raw = std::array::from_fn(|i| raw[i]);
        (u32::from_le_bytes(raw) as usize).min(MAX_OPS)
    }

    /// Reads the graph of an image: time proportional to its operations, no weights touched.
    pub fn read(image: Vec<u8>) -> Result<Self, Malformed> {
        let header = header(&image).map_err(Malformed::header)?;
        let weights_start = RECORD_BYTES * (1 + header.ops as usize);
        let input_bytes = header.input_bytes as usize;
        let mut trace = Trace::with_input(input_bytes);
        let mut steps = Vec::with_capacity(header.ops as usize);
        let mut cost = Cost::default();
        let (records, _) = image[RECORD_BYTES..weights_start].as_chunks::<RECORD_BYTES>();
        for (op, raw) in (0..HEADER_OP).zip(records) {
            let fault = |rule| Malformed { rule, op };
            let descriptor = Descriptor::decode(raw).map_err(fault)?;
            let step = Step::read(&descriptor, &mut trace, &(weights_start..image.len())).map_err(fault)?;
            cost = cost.add(step.cost());
            if cost.macs > MAX_MACS {
                return Err(fault(Rule::Macs));
            }
            if cost.reads > MAX_READS {
                return Err(fault(Rule::Reads));
            }
            steps.push(step);
        }
        let trace_bytes = trace.len();
        cost.trace = trace_bytes as u64;
        Ok(Self { image, steps, input_bytes, trace_bytes, weights_start, cost })
    }

    /// What one inference takes.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Exact input length in bytes.
    pub fn input_bytes(&self) -> usize {
        self.input_bytes
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

/// G1–G4.
fn header(image: &[u8]) -> Result<Header, Rule> {
    if image.len() > MAX_IMAGE_BYTES {
        return Err(Rule::Length);
    }
    let header = Header::decode(image.first_chunk::<RECORD_BYTES>().ok_or(Rule::Header)?)?;
    if !(1..=MAX_OPS as u64).contains(&u64::from(header.ops)) {
        return Err(Rule::OpCount);
    }
    if !(1..=MAX_TRACE_BYTES as u64).contains(&header.input_bytes) {
        return Err(Rule::InputSize);
    }
    let graph_bytes = RECORD_BYTES as u64 * (1 + u64::from(header.ops));
    if graph_bytes.checked_add(header.weights_bytes) != Some(image.len() as u64) {
        return Err(Rule::Length);
    }
    Ok(header)
}
