//! TCP ports on loopback.

use eyre::{Result, WrapErr};
use std::net::TcpListener;

/// A port that was free a moment ago, chosen by the system.
///
/// # Errors
/// When loopback has no free port.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").wrap_err("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

/// # Errors
/// When `port` is in use, saying by what it was wanted and which option moves it.
pub fn require_free(port: u16, what: &str, option: &str) -> Result<()> {
    TcpListener::bind(("127.0.0.1", port)).map(drop).wrap_err_with(|| {
        format!("port {port} for {what} is in use: stop what listens there or choose another with {option}")
    })
}
