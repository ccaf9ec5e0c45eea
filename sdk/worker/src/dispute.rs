//! The story of a claim, from the chain alone: who claimed what, who asked what, and what was wrong.

mod element;
mod story;

use alloy::{
    consensus::Transaction as _,
    primitives::{B256, Bytes},
    providers::Provider as _,
    sol_types::SolCall as _,
};
use edgeloom_bindings::{
    IDisputes::{self, Claim, IDisputesEvents, Phase, Reason},
    addresses::DISPUTES,
};
use edgeloom_edge_proof::{Blob, Explanation, Place, Plan, Work, explain};
use edgeloom_sdk::{Client, Error, Proceedings, RegisteredGraph};

use crate::{Config, desk::CaseError};

/// What the chain knows of a claim.
#[derive(Debug)]
pub struct Replay {
    claim: Claim,
    proceedings: Proceedings,
    /// Of the registration of the model's graph.
    graph: RegisteredGraph,
    verdict: Shown,
}

/// What there is to be seen of a refutation.
#[derive(Debug)]
enum Shown {
    /// Nobody refuted the claim.
    Nothing,
    Element(Box<Explanation>),
    /// Its proof came by way of another contract, and is not a transaction's own data.
    Hidden,
}

impl Replay {
    /// Reads everything about a claim. No key is needed.
    ///
    /// # Errors
    /// [`CaseError::Chain`], with `ClaimUnknown` for a claim that nobody made.
    pub async fn read(config: &Config, id: B256) -> Result<Self, CaseError> {
        let client = Client::connect(config.client()).await?;
        let disputes = client.disputes();
        let claim = disputes.get(id).await?;
        let models = client.models();
        let (proceedings, graph) = futures::try_join!(disputes.proceedings(id, 0), models.graph(claim.modelId))?;
        let verdict = shown(&client, &proceedings, (&claim, &graph)).await?;
        Ok(Self { claim, proceedings, graph, verdict })
    }

    /// For a person: several lines.
    #[must_use]
    pub fn text(&self) -> String {
        story::text(self)
    }

    /// For a program.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        story::json(self)
    }

    /// In one line: where the claim stands and who has to move.
    #[must_use]
    pub fn status(&self) -> String {
        story::status(self)
    }
}

/// Judges once more what was refuted, out of the refuting transaction.
async fn shown(
    client: &Client,
    proceedings: &Proceedings,
    (claim, graph): (&Claim, &RegisteredGraph),
) -> Result<Shown, CaseError> {
    let refuted = proceedings.events().iter().find(|event| matches!(event.event, IDisputesEvents::Refuted(_)));
    let Some(refuted) = refuted else { return Ok(Shown::Nothing) };
    let Some(call) = call_of(client, refuted.tx).await? else { return Ok(Shown::Hidden) };
    let plan = Plan::read(&graph.graph).map_err(|fault| Error::Model(fault.into()))?;
    let blob = |root: B256, bytes: usize| Blob { root: root.0, bytes: bytes as u64 };
    let work = Work {
        input: blob(claim.inputRoot, plan.input_bytes()),
        trace: blob(claim.traceRoot, plan.trace_bytes()),
        output: blob(claim.outputRoot, plan.output().len()),
    };
    let place = Place { op: call.op, element: call.element };
    let explained = explain(&graph.commitment, &work, place, &call.proof);
    Ok(explained.map_or(Shown::Hidden, |explanation| Shown::Element(Box::new(explanation))))
}

/// The refutation that a transaction carries itself.
async fn call_of(client: &Client, tx: B256) -> Result<Option<IDisputes::refuteCall>, CaseError> {
    let found = client.provider().get_transaction_by_hash(tx).await;
    let found = found.map_err(|source| Error::Transport {
        method: "eth_getTransactionByHash".to_owned(),
        source: Box::new(source),
    })?;
    let direct = found.filter(|tx| tx.to() == Some(DISPUTES)).map(|tx| Bytes::clone(tx.input()));
    Ok(direct.and_then(|input| IDisputes::refuteCall::abi_decode(&input).ok()))
}

/// Phase and reason, as they are said.
pub(crate) const fn words(phase: Phase, reason: Reason) -> (&'static str, &'static str) {
    let phase = match phase {
        Phase::Open => "open",
        Phase::Upheld => "upheld",
        Phase::Convicted => "convicted",
        Phase::Canary => "canary",
        _ => "unknown",
    };
    let reason = match reason {
        Reason::Running => "running",
        Reason::Unrefuted => "nobody refuted it in time",
        Reason::WrongElement => "an element of it is wrong",
        Reason::Silence => "its worker was silent",
        _ => "unknown",
    };
    (phase, reason)
}
