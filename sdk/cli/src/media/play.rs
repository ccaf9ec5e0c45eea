//! Media for one person: decrypted here, and on a page of this machine alone.

use std::{fs::File, io::Write as _, net::SocketAddr, path::Path, process::ExitCode, sync::Arc, time::Duration};

use alloy::primitives::B256;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use edgeloom_listener::Listener;
use edgeloom_media::PIECE_BYTES;
use edgeloom_sdk::{Error, Player};
use eyre::{Result, WrapErr};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::{net::TcpListener, signal::ctrl_c};

use crate::settings::Settings;

/// Of one answer: browsers ask for the rest.
const PIECES_AT_ONCE: usize = 8;
/// Of one browser.
const CONNECTIONS_MAX: usize = 32;
const IDLE_MAX: Duration = Duration::from_secs(60);
const GUARDS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
    ("content-security-policy", "sandbox; default-src 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
];
/// Of the page: its own media, its own style, and no frame around it.
const PAGE_POLICY: &str = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; \
                           base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) async fn into_file(settings: &Settings, player: &Player, path: &Path) -> Result<ExitCode> {
    let epoch = player.unlock().await?;
    let mut file = File::create(path).wrap_err_with(|| format!("cannot write {}", path.display()))?;
    let manifest = player.manifest();
    let bar = if settings.json { ProgressBar::hidden() } else { ProgressBar::new(manifest.bytes()) };
    bar.set_style(ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}")?);
    for piece in 0..manifest.pieces() {
        let plain = player.piece(piece).await?;
        file.write_all(&plain)?;
        bar.inc(plain.len() as u64);
    }
    file.sync_all()?;
    bar.finish_and_clear();
    if settings.json {
        println!("{}", json!({ "event": "played", "epoch": epoch.to_string(), "bytes": manifest.bytes() }));
    } else {
        println!("{}: {} bytes of {}", path.display(), manifest.bytes(), manifest.mime());
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn on_page(settings: &Settings, player: Player, listen: SocketAddr) -> Result<ExitCode> {
    let listener = TcpListener::bind(listen).await.wrap_err_with(|| format!("cannot listen on {listen}"))?;
    let listen = listener.local_addr()?;
    let secret = B256::random();
    let url = format!("http://{listen}/{secret:x}/");
    if settings.json {
        println!("{}", json!({ "event": "page", "url": url }));
    } else {
        println!("open {url} ; Ctrl-C ends it");
    }
    let listener = Listener::new(listener, CONNECTIONS_MAX, IDLE_MAX);
    let routes = routes(Arc::new(player), secret).layer(from_fn(move |request, next| guarded(listen, request, next)));
    let serving = axum::serve(listener, routes).with_graceful_shutdown(async {
        if ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    serving.await?;
    Ok(ExitCode::SUCCESS)
}

/// Below a path that no other page of the browser knows.
fn routes(player: Arc<Player>, secret: B256) -> Router {
    Router::new()
        .route(&format!("/{secret:x}/"), get(page))
        .route(&format!("/{secret:x}/media"), get(media))
        .with_state(player)
}

/// Other sites reach this address from the same browser: by a name of theirs that leads here, which `Host` shows, or by embedding what is here, which the
/// headers forbid. What is played is somebody else's, so that nothing of it may run.
async fn guarded(listen: SocketAddr, request: Request, next: Next) -> Response {
    // Of this port alone browsers leave the number out.
    let own = if listen.port() == 80 { listen.ip().to_string() } else { listen.to_string() };
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let mut answer = match host {
        Some(host) if host == own => next.run(request).await,
        _ => StatusCode::MISDIRECTED_REQUEST.into_response(),
    };
    for (name, value) in GUARDS {
        // What a page says of itself is more.
        answer.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    answer
}

/// Nothing on it comes from outside but a media type, which is made of letters, and what nodes said, which is escaped.
async fn page(State(player): State<Arc<Player>>) -> Response {
    let (code, body) = match player.unlock().await {
        Ok(epoch) => {
            let mime = player.manifest().mime();
            let style = "style=\"width:100%;background:#000\"";
            let element = match mime.split('/').next() {
                Some("image") => format!("<img src=media alt=\"\" {style}>"),
                Some("audio") => format!("<audio controls autoplay muted src=media {style}></audio>"),
                _ => format!("<video controls autoplay muted src=media {style}></video>"),
            };
            let shown = format!(
                "{element}<p>Epoch {epoch}, decrypted on this machine with a key that a quorum of edge nodes gave you."
            );
            (StatusCode::OK, shown)
        }
        Err(error) => {
            let shown = format!("<h1>Not for this account</h1><p>{}", escaped(&error.to_string()));
            (StatusCode::FORBIDDEN, shown)
        }
    };
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Edgeloom player</title><style>body{{font:16px system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem;\
         color-scheme:light dark}}</style>{body}</html>"
    );
    (code, [(header::CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(html)).into_response()
}

async fn media(State(player): State<Arc<Player>>, headers: HeaderMap) -> Response {
    let manifest = player.manifest();
    let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((from, to)) = range(asked, manifest.bytes()) else {
        let total = format!("bytes */{}", manifest.bytes());
        return (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, total)]).into_response();
    };
    let first = (from / PIECE_BYTES as u64) as usize;
    let last = ((to - 1) / PIECE_BYTES as u64) as usize;
    let last = last.min(first + PIECES_AT_ONCE - 1);
    let mut body = Vec::new();
    for piece in first..=last {
        match player.piece(piece).await {
            Ok(plain) => body.extend(plain),
            Err(error @ Error::Refused { .. }) => return (StatusCode::FORBIDDEN, error.to_string()).into_response(),
            Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    }
    let skipped = (from - manifest.range(first).start) as usize;
    body.drain(..skipped.min(body.len()));
    body.truncate((to - from) as usize);
    let shown = format!("bytes {from}-{}/{}", from + body.len() as u64 - 1, manifest.bytes());
    let headers = [
        (header::CONTENT_TYPE, manifest.mime().to_owned()),
        (header::CONTENT_RANGE, shown),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    (StatusCode::PARTIAL_CONTENT, headers, body).into_response()
}

/// The first byte and the one behind the last that are asked for (RFC 9110, section 14.2); all where nothing is asked.
fn range(asked: Option<&str>, bytes: u64) -> Option<(u64, u64)> {
    let Some(asked) = asked else { return Some((0, bytes)) };
    let (from, to) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from, to) {
        ("", last) => (bytes.saturating_sub(last.parse().ok()?), bytes),
        (from, "") => (from.parse().ok()?, bytes),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.saturating_add(1).min(bytes)),
    };
    (from < to).then_some((from, to))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_standard() {
        for (asked, expected) in [
            (None, Some((0, 100))),
            (Some("bytes=0-"), Some((0, 100))),
            (Some("bytes=10-19"), Some((10, 20))),
            (Some("bytes=10-500"), Some((10, 100))),
            (Some("bytes=-5"), Some((95, 100))),
            (Some("bytes=-500"), Some((0, 100))),
            (Some("bytes=0-18446744073709551615"), Some((0, 100))),
            (Some("bytes=100-"), None),
            (Some("bytes=20-10"), None),
            (Some("bytes=-0"), None),
            (Some("bytes=a-b"), None),
            (Some("lines=1-2"), None),
        ] {
            assert_eq!(range(asked, 100), expected, "{asked:?}");
        }
    }

    #[test]
    fn what_nodes_say_is_text() {
        assert_eq!(escaped("<script>&"), "&lt;script&gt;&amp;");
    }
}
