//! `edgeloom-cli job`.

use std::{path::PathBuf, process::ExitCode};

use alloy::primitives::{U256, utils::format_ether};
use edgeloom_bindings::IJobMarket::Phase;
use edgeloom_sdk::{Client, Closing, Order};
use eyre::{Result, ensure};
use serde_json::json;

use crate::{
    dispute::{Dispute, Open, disputed, opened},
    post::{Check, Post},
    settings::Settings,
    watch::{Watched, closed_line, is_over, phase, reason, save, unix_seconds},
};

/// What can be done with jobs.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Job {
    /// Post a job, or an order of many, with its price in escrow
    Post(Box<Post>),
    /// Say what has become of a job
    Show {
        /// The job's number
        job: U256,
    },
    /// Follow jobs of one order to their ends; exits 1 unless all of them are paid
    Watch {
        /// Their numbers; that of an order with --all for each of its jobs
        #[arg(required = true)]
        jobs: Vec<U256>,
        /// All jobs of the order
        #[arg(long)]
        all: bool,
        /// Write the answer there, those of several jobs joined in their order
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Take those jobs of your order back that nobody took
    Cancel {
        /// The order's number: that of its first job
        order: U256,
    },
    /// Pay for jobs of your order as they are, without a check
    Accept {
        /// Their numbers
        #[arg(required = true)]
        jobs: Vec<U256>,
    },
    /// Compute a claimed answer again, and refute it if it is wrong; exits 0 where it is right, or its worker was convicted
    Dispute(Dispute),
    /// Decrypt a sealed answer, or complain of what is none
    Open(Open),
    /// End a job whose worker was silent: its price goes back, its bond is burned; anybody may
    Forfeit {
        /// The job's number
        job: U256,
    },
    /// Fetch what the market holds for you
    Withdraw,
}

pub(crate) async fn run(settings: &Settings, job: Job) -> Result<ExitCode> {
    match job {
        Job::Post(post) => posted(settings, &post).await,
        Job::Show { job } => shown(settings, job).await,
        Job::Watch { jobs, all, output } => {
            let client = settings.reader().await?;
            let order = client.jobs().order_of(jobs[0]).await?;
            let jobs = if all { order.jobs().collect() } else { jobs };
            watched(settings, (&client, &order), jobs, output.as_deref()).await
        }
        Job::Cancel { order } => {
            let client = settings.signer().await?;
            let order = client.jobs().order_of(order).await?;
            client.jobs().cancel(&order).await?;
            done(
                settings,
                &format!("order {}: what nobody took is cancelled, and its price is yours again", order.number),
                "cancelled",
                order.number,
            )
        }
        Job::Accept { jobs } => {
            let client = settings.signer().await?;
            let order = client.jobs().order_of(jobs[0]).await?;
            client.jobs().accept(&order, &jobs).await?;
            done(
                settings,
                &format!("{} of order {} accepted and paid", jobs.len(), order.number),
                "accepted",
                order.number,
            )
        }
        Job::Forfeit { job } => {
            let client = settings.signer().await?;
            let order = client.jobs().order_of(job).await?;
            client.jobs().forfeit(&order, job).await?;
            done(
                settings,
                &format!("job {job}: forfeited, its price is credited to {}", order.terms.requester),
                "forfeited",
                job,
            )
        }
        Job::Dispute(dispute) => disputed(settings, dispute).await,
        Job::Open(open) => opened(settings, open).await,
        Job::Withdraw => {
            let client = settings.signer().await?;
            let credit = client.jobs().credit_of(client.address()?).await?;
            ensure!(!credit.is_zero(), "the market holds nothing for {}", client.address()?);
            client.jobs().withdraw().await?;
            done(settings, &format!("{} TFUEL fetched", format_ether(credit)), "withdrawn", credit)
        }
    }
}

async fn posted(settings: &Settings, post: &Post) -> Result<ExitCode> {
    let offer = post.offer()?;
    let client = settings.signer().await?;
    let first = match (post.check, post.worker) {
        (Check::Sealed, Some(worker)) => client.seals().offer(offer, worker).await?.0,
        _ => client.jobs().offer(offer).await?,
    };
    let order = first.order.as_ref();
    let jobs: Vec<U256> = order.jobs().collect();
    let total = order.price() * U256::from(jobs.len());
    if settings.json {
        let numbers: Vec<String> = jobs.iter().map(U256::to_string).collect();
        println!(
            "{}",
            json!({
                "event": "posted",
                "order": order.number.to_string(),
                "jobs": numbers,
                "escrowWei": total.to_string(),
                "bondWei": order.bond().to_string(),
                "takeBy": order.take_by(),
                "block": first.block,
                "transaction": first.tx,
            })
        );
    } else {
        let what = if jobs.len() == 1 {
            format!("job {}", order.number)
        } else {
            format!("order {} of {} jobs", order.number, jobs.len())
        };
        println!(
            "{what} posted in block {}: {} TFUEL in escrow, its worker binds {} TFUEL",
            first.block,
            format_ether(total),
            format_ether(order.bond())
        );
        if post.check == Check::Sealed {
            println!(
                "once its key is published you have an hour to open the answer: `edgeloom-cli job open {} --demand`",
                order.number
            );
        }
    }
    if !post.watch && post.output.is_none() {
        return Ok(ExitCode::SUCCESS);
    }
    watched(settings, (&client, order), jobs, post.output.as_deref()).await
}

async fn shown(settings: &Settings, job: U256) -> Result<ExitCode> {
    let client = settings.reader().await?;
    let (order, state) = client.jobs().get(job).await?;
    let paid = client.jobs().paid(&order, job).await?;
    if settings.json {
        println!(
            "{}",
            json!({
                "job": job.to_string(),
                "order": order.number.to_string(),
                "phase": phase(state.phase),
                "reason": reason(state.reason),
                "requester": order.terms.requester,
                "worker": state.worker,
                "priceWei": order.price().to_string(),
                "bondWei": order.bond().to_string(),
                "paidWei": paid.map(|paid| paid.to_string()),
                "model": order.terms.subject,
                "takeBy": order.take_by(),
                "deadline": state.deadline,
            })
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!("job {job} of order {}: {} ({})", order.number, phase(state.phase), reason(state.reason));
    println!("  asked for by {}, {} TFUEL", order.terms.requester, format_ether(order.price()));
    println!("  model {}", order.terms.subject);
    let now = unix_seconds();
    match state.phase {
        Phase::Untaken => println!("  can be taken for {} s", order.take_by().saturating_sub(now)),
        Phase::Taken => println!("  {} has {} s to deliver", state.worker, state.deadline.saturating_sub(now)),
        _ if !state.worker.is_zero() => println!("  worker {}", state.worker),
        _ => {}
    }
    if let Some(paid) = paid {
        println!("  paid {} TFUEL", format_ether(paid));
    }
    ensure!(is_over(&state) || paid.is_none(), "the node tells two stories of job {job}");
    Ok(ExitCode::SUCCESS)
}

async fn watched(
    settings: &Settings,
    (client, order): (&Client, &Order),
    jobs: Vec<U256>,
    output: Option<&std::path::Path>,
) -> Result<ExitCode> {
    for job in &jobs {
        ensure!(order.contains(*job), "job {job} is not of order {}: watch one order at a time", order.number);
    }
    let closings = Watched { client, order, jobs, json: settings.json }.to_the_end().await?;
    let failed: Vec<&Closing> = closings.iter().filter(|closing| closing.phase != Phase::Settled).collect();
    if let Some(first) = failed.first() {
        ensure!(output.is_none(), "no answer to write: {}", closed_line(first));
        return Ok(ExitCode::FAILURE);
    }
    if let Some(path) = output {
        save(path, &closings)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn done(settings: &Settings, line: &str, event: &str, number: U256) -> Result<ExitCode> {
    match settings.json {
        true => println!("{}", json!({ "event": event, "number": number.to_string() })),
        false => println!("{line}"),
    }
    Ok(ExitCode::SUCCESS)
}
