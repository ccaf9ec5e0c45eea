use super::{Tracing, duration, time};
use std::time::Duration;

#[test]
fn durations_are_gos() {
    for (text, milliseconds) in [("5s", 5_000), ("300ms", 300), ("1m30s", 90_000), ("1.5h", 5_400_000), ("0s", 0)] {
        assert_eq!(duration(text), Some(Duration::from_millis(milliseconds)), "{text}");
    }
    for text in ["", "5", "s", "-5s", "5 s", "5x", "1e400s", "99999999999999999999999h"] {
        assert_eq!(duration(text), None, "{text}");
    }
}

#[test]
fn nobody_gets_more_than_a_minute() {
    let wanted = |timeout: Option<&str>| Tracing { timeout: timeout.map(Into::into), ..Tracing::default() };
    assert_eq!(time(&wanted(Some("10h"))).unwrap(), Duration::from_secs(60));
    assert_eq!(time(&wanted(None)).unwrap(), Duration::from_secs(5));
    assert!(time(&wanted(Some("soon"))).is_err());
}
