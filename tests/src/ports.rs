//! TCP ports on loopback.

use eyre::{Result, WrapErr, eyre};
use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher as _,
    net::{Ipv4Addr, TcpListener},
    ops::Range,
};

/// Below the range from which the kernel takes the near ends of outgoing connections (from 32768 on): a port chosen here
/// is not taken by a connection between the look and the bind.
const RANGE: Range<u16> = 10_000..32_000;
/// Places to look at before giving up.
const TRIES: u64 = 200;

/// The first of `count` ports in a row that were all free a moment ago, from 10,000 to 31,999. Where the search begins is
/// random, so that tests side by side do not meet.
///
/// # Errors
/// When no such row is found.
pub fn free_ports(count: u16) -> Result<u16> {
    let free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    row(count, free).ok_or_else(|| eyre!("no {count} free ports in a row on 127.0.0.1"))
}

fn row(count: u16, free: impl Fn(u16) -> bool) -> Option<u16> {
    let random = RandomState::new();
    let places = u64::from(RANGE.end - RANGE.start - count);
    let bases = (0..TRIES).map(|attempt| RANGE.start + (random.hash_one(attempt) % places) as u16);
    bases.into_iter().find(|base| (*base..base + count).all(&free))
}

/// # Errors
/// When `port` is in use, saying by what it was wanted and which option moves it.
pub fn require_free(port: u16, what: &str, option: &str) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop).wrap_err_with(|| {
        format!("port {port} for {what} is in use: stop what listens there or choose another with {option}")
    })
}

#[cfg(test)]
mod tests;
