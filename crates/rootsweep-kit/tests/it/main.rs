//! What the templates say, read back with other programs' parsers and with the project's own pattern languages.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod actions;
mod deploy;
mod hostile;
mod linters;
mod names;
mod patterns;
mod read;
mod snapshots;

use rootsweep_kit::Options;

/// Some of the actions that the sweep hands in.
const AUDIT: &[&str] =
    &["iam:GetAccountSummary", "logs:DescribeMetricFilters", "logs:FilterLogEvents", "sns:ListSubscriptionsByTopic"];
const CALLER: &[&str] =
    &["iam:ListOrganizationsFeatures", "organizations:ListAccounts", "sts:AssumeRole", "sts:AssumeRoot"];

/// Returns options in which every value is chosen.
fn chosen() -> Options<'static> {
    Options {
        external_id: Some("sweep/2026".to_owned()),
        trusted_principal: Some("111122223333".to_owned()),
        ..Options::new(AUDIT, CALLER)
    }
}
