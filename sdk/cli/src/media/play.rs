//! Media for one person: decrypted here, and on a page of this machine alone.

use std::{fs::File, io::Write as _, net::SocketAddr, path::Path, process::ExitCode, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use edgeloom_media::PIECE_BYTES;
use edgeloom_sdk::{Error, Player};
use eyre::{Result, WrapErr};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::{net::TcpListener, signal::ctrl_c};

use crate::settings::Settings;

/// Of one answer: browsers ask for the rest.
const PIECES_AT_ONCE: usize = 8;

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
    if settings.json {
        println!("{}", json!({ "event": "page", "url": format!("http://{listen}/") }));
    } else {
        println!("open http://{listen}/ ; Ctrl-C ends it");
    }
    let serving = axum::serve(listener, routes(Arc::new(player))).with_graceful_shutdown(async {
        if ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    serving.await?;
    Ok(ExitCode::SUCCESS)
}

fn routes(player: Arc<Player>) -> Router {
    Router::new().route("/", get(page)).route("/media", get(media)).with_state(player)
}

/// Nothing on it comes from outside but a media type, which is made of letters, and what nodes said, which is escaped.
async fn page(State(player): State<Arc<Player>>) -> Response {
    let (code, body) = match player.unlock().await {
        Ok(epoch) => {
            let mime = player.manifest().mime();
            let tag = if mime.starts_with("audio/") { "audio" } else { "video" };
            let shown = format!(
                "<{tag} controls autoplay muted src=/media style=\"width:100%;background:#000\"></{tag}>\
                 <p>Epoch {epoch}, decrypted on this machine with a key that a quorum of edge nodes gave you."
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
    (code, Html(html)).into_response()
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
        (header::CACHE_CONTROL, "no-store".to_owned()),
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
