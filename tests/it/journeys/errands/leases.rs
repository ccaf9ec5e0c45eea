//! Leases that a worker serves by its operator's program.

use super::{PATIENCE, Ready, World, status};
use crate::journeys::audits::honest::later;
use alloy::primitives::{B256, Bytes, U256};
use edgeloom_bindings::ILeases::{Phase, Reason};
use edgeloom_sdk::{Lease, LeaseOffer};
use edgeloom_tests::wait_for;
use eyre::{Result, ensure};
use std::{fs, os::unix::fs::PermissionsExt as _};

const RATE: u64 = 1_000_000_000_000_000;
const SECONDS: u32 = 600;

/// A program that serves as long as there is a file, says what it was called for, and is not fit for one subject.
const PROGRAM: &str = r#"#!/bin/sh
cd "$(dirname "$0")"
echo "$1 $EDGELOOM_LEASE $(cat "$EDGELOOM_LEASE_SPEC")" >> calls
case $1 in
    fit) test "$EDGELOOM_LEASE_SUBJECT" != 0x0909090909090909090909090909090909090909090909090909090909090909 ;;
    start) touch serving ;;
    stop) rm -f serving ;;
esac
"#;

async fn world() -> Result<World> {
    let mut world = World::start(&["--lease-rate", &RATE.to_string(), "--lease-program"]).await?;
    let program = world.path("serve");
    fs::write(&program, PROGRAM)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    world.arguments.push(program.display().to_string());
    Ok(world)
}

fn offer(subject: u8) -> LeaseOffer {
    let offer = LeaseOffer::new(U256::from(RATE), SECONDS, B256::repeat_byte(subject));
    LeaseOffer { spec: Bytes::from_static(b"an image"), ..offer }
}

fn calls(world: &World, lease: &Lease) -> Result<Vec<String>> {
    let all = fs::read_to_string(world.path("calls"))?;
    let of = format!(" {} an image", lease.number);
    Ok(all.lines().filter_map(|line| line.strip_suffix(&of)).map(str::to_owned).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_served_to_its_last_second_and_paid_once_wherever_the_worker_is_killed() -> Result<()> {
    let world = world().await?;
    let (tenant, me) = (world.watcher.leases(), world.me);
    // Too cheap, and not for this machine.
    let cheap = tenant.offer(LeaseOffer::new(U256::from(RATE - 1), SECONDS, B256::repeat_byte(8))).await?;
    let unfit = tenant.offer(offer(9)).await?;
    let lease = tenant.offer(offer(7)).await?;
    for step in ["leasing", "lease-taken", "lease-begun"] {
        world.aborts(step).await?;
    }
    let begun = tenant.state(&lease).await?;
    assert_eq!((begun.phase, begun.worker), (Phase::Running, me));
    ensure!(world.path("serving").exists(), "a killed process leaves it served");
    later(&world.watcher, 200).await?;
    world.aborts("lease-collected").await?;
    later(&world.watcher, u64::from(SECONDS)).await?;
    for step in ["lease-closed", "lease-stopped", "lease-ended", "lease-paid"] {
        world.aborts(step).await?;
        ensure!(!world.path("serving").exists(), "at {step} it is served for nothing");
    }
    let ended = tenant.ending(&lease).await?.expect("it was closed");
    assert_eq!((ended.reason, ended.served, ended.refunded), (Reason::Exhausted, U256::from(SECONDS), U256::ZERO));
    let pay = U256::from(RATE) * U256::from(SECONDS) / U256::from(20) * U256::from(19);
    assert_eq!(tenant.earned(&lease).await?, pay);
    assert_eq!(tenant.credit_of(me).await?, U256::ZERO, "it was paid out");
    assert_eq!(world.watcher.edge_staking().standing_of(me).await?.locked, U256::ZERO);
    // The stake; taken, begun, collected, closed, withdrawn.
    assert_eq!(world.sent().await?, 6);
    assert_eq!(calls(&world, &unfit)?.iter().filter(|call| *call != "fit").count(), 0);
    assert_eq!(calls(&world, &cheap)?.len(), 0, "nobody asked for it");
    for other in [&cheap, &unfit] {
        assert_eq!(tenant.state(other).await?.phase, Phase::Offered);
    }

    // One that its requester ends is stopped, too.
    let mut process = world.run()?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let second = tenant.offer(offer(7)).await?;
    let serving = async || Ok(world.path("serving").exists().then_some(()));
    let begun = async || Ok((tenant.state(&second).await?.phase == Phase::Running).then_some(()));
    wait_for("it to begin", PATIENCE, begun).await.map_err(|error| error.wrap_err(process.tail()))?;
    wait_for("it to be served", PATIENCE, serving).await?;
    tenant.end(&second, B256::ZERO).await?;
    let stopped = async || Ok((!world.path("serving").exists()).then_some(()));
    wait_for("it to be stopped", PATIENCE, stopped).await.map_err(|error| error.wrap_err(process.tail()))?;
    let over = async || Ok(Some(status(&ready).await?).filter(|status| status.leases == 0));
    let page = wait_for("its page to say so", PATIENCE, over).await?;
    let earned = pay + tenant.earned(&second).await?;
    assert_eq!(page.leased_wei, earned.to_string());
    assert_eq!(calls(&world, &second)?, ["fit", "start", "stop"]);
    process.stop(PATIENCE).await?;
    assert_eq!(fs::read_dir(world.path("data/leases"))?.count(), 0, "nothing of them is left");
    Ok(())
}
