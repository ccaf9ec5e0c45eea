//! How fast a session goes.

use std::time::Duration;

/// Times and bounds of a session. They are nobody else's concern: guardians of different paces work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From one [`crate::Session::tick`] to the next.
    pub period: Duration,
    /// What each smaller level is given to fill before a level is told of.
    pub level: Duration,
    /// Contacts of a level that are told in one period.
    pub burst: usize,
    /// Before a contact is told of growth.
    pub resend: Duration,
    /// From the start until relays are told what levels did not bring, and contacts once more.
    pub fallback: Duration,
    /// From one round of relays to the next.
    pub relay: Duration,
    /// In which messages of one sender are counted.
    pub window: Duration,
    /// More than so many in a window are a flood.
    pub window_max: u32,
}

impl Default for Pace {
    /// For links of some 50 ms.
    fn default() -> Self {
        Self {
            period: Duration::from_millis(40),
            level: Duration::from_millis(60),
            burst: 1,
            resend: Duration::from_millis(300),
            fallback: Duration::from_millis(2_500),
            relay: Duration::from_millis(200),
            window: Duration::from_secs(1),
            window_max: 8,
        }
    }
}
