//! Webhooks of Slack, and of what understands the same.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::target::Webhook;

/// How long a webhook may take: it is told last, and nothing waits for its answer.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Posts a text. It is shown as it is: nothing in it becomes a link, a mention or markup.
pub(super) async fn post(Webhook(url): &Webhook, text: &str) -> anyhow::Result<()> {
    let body = json!({ "text": escaped(text), "mrkdwn": false, "unfurl_links": false });
    let request = client()?.post(url.clone()).json(&body);
    // An error of the client names the address, which is a secret.
    let answer = request.send().await.map_err(reqwest::Error::without_url).context("no answer")?;
    let status = answer.status();
    ensure!(status.is_success(), "it answered {status}");
    Ok(())
}

fn client() -> anyhow::Result<reqwest::Client> {
    let none = reqwest::redirect::Policy::none();
    reqwest::Client::builder().timeout(TIME_LIMIT).redirect(none).build().context("no HTTP client can be made")
}

/// Escapes what Slack reads as control characters: <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_and_links_are_texts() {
        assert_eq!(escaped("<!channel> <https://x|y> &lt;"), "&lt;!channel&gt; &lt;https://x|y&gt; &amp;lt;");
    }
}
