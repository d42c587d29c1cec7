//! Ctrl-C and SIGTERM: the run ends early, and reports what it has.

use tokio_util::sync::CancellationToken;

/// Returns a token that is cancelled when the program is asked to end.
pub(crate) fn token() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        asked_to_end().await;
        tracing::warn!("interrupted: reporting what was gathered");
        cancelled.cancel();
    });
    token
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    // Schedulers and container platforms end a task with SIGTERM.
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return interrupted().await };
    tokio::select! {
        () = interrupted() => {}
        _ = terminated.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    interrupted().await;
}

/// Waits for Ctrl-C, and for ever where it cannot be listened for.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
