//! A worker whose model has another weight than the one that it claims to have run.

use alloy::primitives::{B256, utils::parse_ether};
use edgeloom_edge_proof::Work;
use edgeloom_sdk::{Client, Defence, Disputes, Duty, LocalModel, Statement};
use eyre::Result;
use std::time::Duration;

pub(crate) struct Liar {
    pub(crate) claim: B256,
    client: Client,
    flawed: LocalModel,
    trace: Vec<u8>,
}

impl Liar {
    /// Claims what the flawed model answers to be what `model` does; of the trace it says nothing yet.
    pub(crate) async fn claim(
        client: Client,
        (job, model, flawed): (B256, B256, &LocalModel),
        picture: &[u8],
    ) -> Result<Self> {
        let trace = flawed.trace(picture)?;
        let salt = B256::repeat_byte(0x5a);
        let commitments = Defence::of(work(flawed, &trace)).commitments();
        let statement = Statement {
            job,
            model,
            input_root: commitments.input.root.into(),
            output_root: commitments.output.root.into(),
            trace_root: B256::ZERO,
            seal: Disputes::seal_of(client.address()?, job, false, salt),
            input: picture.to_vec().into(),
            bond: parse_ether("100")?,
        };
        let claim = client.disputes().claim(statement).await?;
        Ok(Self { claim, client, flawed: flawed.clone(), trace })
    }

    /// Commits to its trace, as who is audited has to.
    pub(crate) async fn commit(&self) -> Result<()> {
        let root = Defence::of(work(&self.flawed, &self.trace)).trace_root();
        self.client.disputes().commit_trace(self.claim, root).await?;
        Ok(())
    }

    /// Answers whatever is asked, for ever.
    pub(crate) async fn defend(&self) -> Result<()> {
        let disputes = self.client.disputes();
        let defence = Defence::of(work(&self.flawed, &self.trace));
        loop {
            match defence.next(&disputes.proceedings(self.claim, 0).await?, 0) {
                // It may have been refuted meanwhile.
                Some(Duty::CommitTrace(root)) => drop(disputes.commit_trace(self.claim, root).await.ok()),
                Some(Duty::Answer { tree, node, answer, .. }) => {
                    drop(disputes.answer(self.claim, (tree, node), &answer).await.ok());
                }
                None => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }
}

fn work<'a>(model: &LocalModel, trace: &'a [u8]) -> Work<&'a [u8]> {
    let plan = model.model().plan();
    Work { input: &trace[..plan.input_bytes()], trace, output: &trace[plan.output()] }
}
