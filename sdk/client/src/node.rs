use url::Url;

use crate::{Deadlines, Error};

/// The chain's own RPC.
#[derive(Debug)]
pub struct Node {}

impl Node {
    pub(crate) fn new(_url: &Url, _deadlines: Deadlines) -> Result<Self, Error> {
        Ok(Self {})
    }
}
