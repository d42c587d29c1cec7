//! Webhooks of Slack, and of what understands the same.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use backon::{ExponentialBuilder, Retryable as _};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::target::Webhook;

/// How long a webhook may take: it is told last, and nothing waits for its answer.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How often a post is tried again: after one second, and after two more.
const RETRIES: usize = 2;

/// Posts a headline and findings, and again where another try may help.
pub(super) async fn post(Webhook(url): &Webhook, headline: &str, findings: &[String]) -> anyhow::Result<()> {
    let (client, message) = (client()?, message(headline, findings));
    let attempt = || async {
        let answer = client.post(url.clone()).json(&message).send().await?;
        answer.error_for_status().map(drop)
    };
    let told = attempt.retry(ExponentialBuilder::default().with_max_times(RETRIES)).when(may_pass).await;
    told.map_err(|error| match error.status() {
        Some(status) => anyhow!("it answered {status}"),
        // An error of the client names the address, which is a secret.
        None => anyhow!(error.without_url()).context("no answer"),
    })
}

/// Returns whether the trouble may be over in a second or two; who did not answer in time is not waited for again.
fn may_pass(error: &reqwest::Error) -> bool {
    let busy = |status: StatusCode| status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
    error.status().map_or_else(|| error.is_connect() && !error.is_timeout(), busy)
}

/// Makes the message. The findings hold names that people chose; they stand in a code block, in which neither Slack nor
/// what understands the same makes links, mentions or markup of anything.
fn message(headline: &str, findings: &[String]) -> Value {
    let mut text = headline.to_owned();
    if !findings.is_empty() {
        text.push_str("\n```\n");
        text.push_str(&escaped(&findings.join("\n")));
        text.push_str("\n```");
    }
    json!({ "text": text, "unfurl_links": false, "unfurl_media": false })
}

fn client() -> anyhow::Result<reqwest::Client> {
    let none = reqwest::redirect::Policy::none();
    reqwest::Client::builder().timeout(TIME_LIMIT).redirect(none).build().context("no HTTP client can be made")
}

/// Escapes what Slack reads as control characters, and what would end the block:
/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_links_and_markup_are_texts() {
        let findings = ["<!channel> <https://x|y> &lt;".to_owned(), "``` *b* @all".to_owned()];
        let message = message("2 failed", &findings);
        let wanted = "2 failed\n```\n&lt;!channel&gt; &lt;https://x|y&gt; &amp;lt;\n''' *b* @all\n```";
        assert_eq!(message["text"], wanted);
    }

    #[test]
    fn nothing_to_tell_needs_no_block() {
        assert_eq!(message("0 failed", &[])["text"], "0 failed");
    }
}
