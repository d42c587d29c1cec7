//! How far the sweep is: a bar on stderr where that is a terminal, and lines of the log.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};
use rootsweep_engine::Event;
use rootsweep_report::text;
use tokio::sync::mpsc::UnboundedReceiver;

/// Follows a run until its last event.
pub(crate) async fn follow(mut events: UnboundedReceiver<Event>) {
    let bar =
        if std::io::stderr().is_terminal() { ProgressBar::new(0).with_style(style()) } else { ProgressBar::hidden() };
    while let Some(event) = events.recv().await {
        show(&bar, &event);
        log(&bar, event);
    }
    bar.finish_and_clear();
}

fn style() -> ProgressStyle {
    let template = "{elapsed_precise} [{wide_bar}] {pos}/{len} accounts {msg}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn show(bar: &ProgressBar, event: &Event) {
    match event {
        Event::Listed { accounts } => bar.inc_length(*accounts as u64),
        Event::Finished { .. } => bar.inc(1),
        Event::Resumed { accounts } => bar.inc(*accounts as u64),
        Event::ListingEnded { .. } => bar.set_message(""),
        Event::AskingOwner(owner) => bar.set_message(format!("asking {owner}")),
        Event::Started(_) => bar.set_message("(listing)"),
    }
}

/// Logs the event. The bar steps aside, for both write to stderr.
fn log(bar: &ProgressBar, event: Event) {
    bar.suspend(|| match event {
        Event::Resumed { accounts: 0 } => {}
        Event::Resumed { accounts } => tracing::info!(accounts, "continuing from the checkpoint"),
        Event::Listed { accounts } => tracing::debug!(accounts, "listed a page"),
        Event::ListingEnded { gap: None } => tracing::info!("listed all accounts"),
        Event::ListingEnded { gap: Some(gap) } => {
            tracing::warn!("the list of accounts is not whole: {}", text::line(&gap.to_string()));
        }
        Event::Started(account_id) => tracing::debug!(%account_id, "reading"),
        Event::Finished { account_id, gap: None } => tracing::info!(%account_id, "read"),
        Event::Finished { account_id, gap: Some(gap) } => {
            tracing::info!(%account_id, "could not read: {}", text::line(&gap.to_string()));
        }
        Event::AskingOwner(account_id) => tracing::info!(%account_id, "reading what listens there for others"),
    });
}
