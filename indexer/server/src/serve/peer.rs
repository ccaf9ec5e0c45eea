//! Who asks, and how often somebody may.

use axum::{extract::ConnectInfo, http::request::Parts};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

/// Peers that are remembered before those that rest are forgotten.
const PEERS_MAX: usize = 10_000;

/// The network address that asks, as limits count it: an IPv4 address or the 64 bits that a provider gives to one customer.
/// `X-Forwarded-For` is believed only from `trusted` proxies, and of it only what they added.
pub(super) fn peer(parts: &Parts, trusted: &[IpAddr]) -> Vec<u8> {
    // Absent only where no socket is, in tests.
    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let mut address = connected.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    for hop in hops.iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        let Ok(before) = hop.trim().parse::<IpAddr>() else { break };
        address = before.to_canonical();
    }
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}

/// How many submissions a peer may make.
#[derive(Debug)]
pub(super) struct Pace(DefaultKeyedRateLimiter<Vec<u8>>);

impl Pace {
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(per_minute)))
    }

    /// How long `peer` must wait, if it must.
    pub(super) fn wait(&self, peer: &Vec<u8>) -> Option<Duration> {
        if self.0.len() > PEERS_MAX {
            self.0.retain_recent();
        }
        let clock = governor::clock::DefaultClock::default();
        self.0.check_key(peer).err().map(|until| until.wait_time_from(clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn seen(connected: &str, forwarded: &[&str], trusted: &[&str]) -> Vec<u8> {
        let mut request = Request::builder();
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let mut request = request.body(()).unwrap();
        let socket = SocketAddr::new(connected.parse().unwrap(), 1);
        request.extensions_mut().insert(ConnectInfo(socket));
        let trusted: Vec<IpAddr> = trusted.iter().map(|address| address.parse().unwrap()).collect();
        peer(&request.into_parts().0, &trusted)
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_what_they_say() {
        let (proxy, liar) = ("10.0.0.1", "203.0.113.9");
        assert_eq!(seen(liar, &["1.1.1.1"], &[proxy]), [203, 0, 113, 9]);
        assert_eq!(seen(proxy, &["1.1.1.1"], &[proxy]), [1, 1, 1, 1]);
        assert_eq!(seen(proxy, &["8.8.8.8, 1.1.1.1"], &[proxy]), [1, 1, 1, 1], "the client wrote 8.8.8.8");
        assert_eq!(seen(proxy, &["8.8.8.8", "1.1.1.1, 10.0.0.2"], &[proxy, "10.0.0.2"]), [1, 1, 1, 1]);
        assert_eq!(seen(proxy, &["nonsense"], &[proxy]), [10, 0, 0, 1]);
        assert_eq!(seen("2001:db8:1:2:3:4:5:6", &[], &[]), seen("2001:db8:1:2::9", &[], &[]));
        assert_eq!(seen("::ffff:1.2.3.4", &[], &[]), [1, 2, 3, 4]);
    }

    #[test]
    fn one_peers_pace_is_not_anothers() {
        let pace = Pace::new(NonZeroU32::new(2).unwrap());
        let (one, other) = (vec![1], vec![2]);
        assert_eq!((pace.wait(&one), pace.wait(&one)), (None, None));
        assert!(pace.wait(&one).is_some_and(|wait| wait <= Duration::from_secs(30)));
        assert_eq!(pace.wait(&other), None);
    }
}
