//! What `rootsweep triage` is told.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use rootsweep_model::{AccountId, Severity};

use super::{replace, replace_all};
use crate::config::Config;
use crate::names::{EndpointUrl, ExternalId, RegionName, RoleName};
use crate::output::Output;
use crate::settings::{Source, Span};

/// Say what root events mean: what happened, and what is only a false alarm.
///
/// Reads CloudTrail logs in every form that they come in: files and folders of a trail's bucket, plain and gzip, JSON
/// lines, single records, events of EventBridge, and what Event history and CloudWatch Logs answer. Or it asks AWS: for one
/// event, or for what set off an alarm.
///
/// Exit codes: 0 no finding, 1 failed or nothing to triage, 2 wrong arguments, configuration or credentials, 10 episodes at
/// or above --fail-on that are not expected or explained, 11 none, but not everything could be read, 12 both.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["path", "event_id", "alarm"]))]
pub(crate) struct TriageArguments {
    /// A file, or a folder with all that is below it; `-` is standard input.
    #[arg(value_name = "PATH")]
    pub(crate) path: Vec<PathBuf>,
    /// Ask AWS for the event with this id, and for everything else that root did. What Event history does not have is
    /// looked for in the log groups of the account's trails, those of its organization among them.
    #[arg(long, value_name = "ID", value_parser = event_id)]
    pub(crate) event_id: Option<String>,
    /// Ask AWS what set off this alarm, by its name or ARN, and for everything else that root did: in the log groups of
    /// the account's trails, and in the accounts whose root user is in them.
    #[arg(long, value_name = "NAME")]
    pub(crate) alarm: Option<String>,
    #[command(flatten)]
    aws: AwsArguments,
    /// List the records that are not the root user's, too. They are then kept in memory, all of them.
    #[arg(long)]
    pub(crate) all: bool,
    /// The configuration file, for its expected uses. Without it, `rootsweep.toml` of the current folder is read if it
    /// is there. Its outputs and notifications are the sweep's, and are not used.
    #[arg(long, value_name = "FILE", env = "ROOTSWEEP_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Exit with 10 or 12 if an episode that is not expected or explained has this severity or higher: informational,
    /// low, medium, high or critical [default: high].
    #[arg(long, value_name = "SEVERITY", help_heading = "Exit code")]
    pub(crate) fail_on: Option<Severity>,
    /// A format, and the file that it goes to; stdout where no file is named.
    ///
    /// Formats: table, json, csv, markdown. Without any, a terminal gets the table, and everything else JSON. Repeat it
    /// for several.
    #[arg(long, value_name = "FORMAT[=PATH]", help_heading = "Output")]
    pub(crate) output: Vec<Output>,
}

/// How AWS is asked. Files hold what they hold, so none of it goes with a path.
#[derive(Debug, Args)]
#[command(next_help_heading = "Asking AWS")]
struct AwsArguments {
    /// How far back to look, as a number with s, m, h or d: `90m`, `24h`, `7d`. Event history knows 90 days, the history
    /// of alarms 30.
    #[arg(long, value_name = "SPAN", default_value = "90d", conflicts_with = "path")]
    since: Span,
    /// The account to look into, as the audit role [default: the caller's own].
    #[arg(long, value_name = "ID", conflicts_with = "path")]
    account: Option<AccountId>,
    /// Look at this Region only; repeat it for several. Default: all Regions that the account has enabled.
    #[arg(long, value_name = "REGION", conflicts_with = "path")]
    region: Vec<RegionName>,
    /// The audit role to assume [default: rootsweep-audit]. Repeat it for several, tried in this order.
    #[arg(long, value_name = "NAME", conflicts_with = "path")]
    role_name: Vec<RoleName>,
    /// The external id that the audit role asks for.
    #[arg(long, value_name = "ID", env = "ROOTSWEEP_EXTERNAL_ID", hide_env_values = true)]
    external_id: Option<ExternalId>,
    /// The profile of the AWS configuration files.
    #[arg(long, value_name = "NAME", conflicts_with = "path")]
    profile: Option<String>,
    /// The endpoint of every AWS service, instead of AWS's own.
    #[arg(long, value_name = "URL", conflicts_with = "path")]
    endpoint_url: Option<EndpointUrl>,
}

/// Reads an event id. It goes into a pattern, where an asterisk would stand for any other.
fn event_id(text: &str) -> Result<String, String> {
    let is_foreign = |it: char| matches!(it, '"' | '\'' | '\\' | '*') || it.is_whitespace() || it.is_control();
    if text.is_empty() || text.contains(is_foreign) {
        return Err("an event id is not empty, and has no quotes, backslashes, asterisks or spaces".to_owned());
    }
    Ok(text.to_owned())
}

impl TriageArguments {
    /// Returns the account to look into, where it is not the caller's own.
    pub(crate) const fn account(&self) -> Option<AccountId> {
        self.aws.account
    }

    /// Puts the arguments over the configuration file. What that selects for a sweep does not count here.
    pub(crate) fn over(&self, config: &mut Config) {
        let AwsArguments { since, account: _, region, role_name, external_id, profile, endpoint_url } = &self.aws;
        config.accounts.clear();
        config.organizational_units.clear();
        config.single_account = true;
        config.central_root = false;
        config.sources = vec![Source::LookupEvents];
        config.window = Some(*since);
        config.notify.clear();
        replace_all(&mut config.regions, region.clone());
        replace_all(&mut config.role_names, role_name.clone());
        replace(&mut config.external_id, external_id.clone());
        replace(&mut config.profile, profile.clone());
        replace(&mut config.endpoint_url, endpoint_url.clone());
    }
}
