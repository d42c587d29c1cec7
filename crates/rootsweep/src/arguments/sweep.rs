//! What `rootsweep sweep` is told. Whatever is given here overrides the configuration file.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use rootsweep_model::{AccountId, Severity};

use super::{OutputArguments, replace, replace_all};
use crate::config::Config;
use crate::names::{EndpointUrl, ExternalId, OrganizationalUnitId, RegionName, RoleArn, RoleName};
use crate::notify::{Notification, Target};
use crate::settings::{Days, Source, Span};

/// Sweep every account of the organization, and report.
#[derive(Debug, Args)]
pub(crate) struct SweepArguments {
    /// The configuration file. Without it, `rootsweep.toml` of the current folder is read if it is there. Options on the
    /// command line override it; docs/configuration.md has every field.
    #[arg(long, value_name = "FILE", env = "ROOTSWEEP_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    access: AccessArguments,
    #[command(flatten)]
    activity: ActivityArguments,
    #[command(flatten)]
    run: RunArguments,
    #[command(flatten)]
    verdict: VerdictArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Send a notification after the sweep; repeat it for several.
    ///
    /// Kinds: sns=ARN of a topic, slack=URL of a webhook, security-hub=ARN of the hub, s3=s3://bucket/prefix. In the
    /// configuration file, a `notify` table can ask for it only on change, and name the key of a bucket. A failed
    /// notification is reported on stderr; the exit code stays the same.
    #[arg(long, value_name = "KIND=TARGET", env = "ROOTSWEEP_NOTIFY", hide_env_values = true, help_heading = "Output")]
    notify: Vec<Target>,
}

/// Which accounts are swept.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
struct SelectionArguments {
    /// Sweep this account; repeat it for several. Default: all accounts of the organization.
    #[arg(long, value_name = "ID")]
    account: Vec<AccountId>,
    /// Leave this account out; repeat it for several.
    #[arg(long, value_name = "ID")]
    exclude_account: Vec<AccountId>,
    /// Sweep the accounts below this organizational unit; repeat it for several.
    #[arg(long, value_name = "ID")]
    ou: Vec<OrganizationalUnitId>,
    /// Sweep the caller's own account alone, without asking for its organization.
    #[arg(long)]
    single_account: bool,
}

/// How AWS is reached, and as whom.
#[derive(Debug, Args)]
#[command(next_help_heading = "Access")]
struct AccessArguments {
    /// The audit role to assume in each account [default: rootsweep-audit]. Repeat it for several, tried in this order.
    #[arg(long, value_name = "NAME")]
    role_name: Vec<RoleName>,
    /// The external id that the audit role asks for.
    #[arg(long, value_name = "ID", env = "ROOTSWEEP_EXTERNAL_ID", hide_env_values = true)]
    external_id: Option<ExternalId>,
    /// A role to assume before anything else, in the management account or a delegated administrator's.
    #[arg(long, value_name = "ARN")]
    organization_role_arn: Option<RoleArn>,
    /// Read the root user's credentials through sts:AssumeRoot. Each session makes root events in the member account,
    /// which page people unless their alarms know of them. Falls back on the role where the feature is off.
    #[arg(long)]
    central_root: bool,
    /// The profile of the AWS configuration files.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The endpoint of every AWS service, instead of AWS's own.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<EndpointUrl>,
}

/// Where root activity is looked for.
#[derive(Debug, Args)]
#[command(next_help_heading = "Root activity")]
struct ActivityArguments {
    /// Look for root activity and event rules in this Region only; repeat it for several. What hangs on a Region that is
    /// left out is unknown, never a pass. Default: all Regions that an account has enabled.
    #[arg(long, value_name = "REGION")]
    region: Vec<RegionName>,
    /// How far back root activity is looked for, as a number with s, m, h or d: `90m`, `24h`, `7d` [default: 24h]. A run
    /// looks one hour further, and with a state directory at least to where the last one stopped.
    #[arg(long, value_name = "SPAN")]
    window: Option<Span>,
    /// Where root records are looked for [default: lookup-events]. Repeat it for several.
    #[arg(long, value_name = "SOURCE")]
    source: Vec<Source>,
}

/// How the run goes about it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
struct RunArguments {
    /// How many accounts are read at once [default: 32].
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    concurrency: Option<NonZeroUsize>,
    /// How long one account may take before it is given up [default: 5m].
    #[arg(long, value_name = "SPAN")]
    account_time_limit: Option<Span>,
    /// How long one call may take with its retries before it is given up [default: 30s].
    #[arg(long, value_name = "SPAN")]
    call_time_limit: Option<Span>,
    /// Keep each run in this folder: its facts, its report, and what changed since the one before.
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// Delete runs older than this from the state directory, in days [default: 90].
    #[arg(long, value_name = "DAYS")]
    keep_days: Option<Days>,
    /// Continue the latest interrupted run of the state directory.
    #[arg(long)]
    resume: bool,
}

/// What the exit code tells.
#[derive(Debug, Args)]
#[command(next_help_heading = "Exit code")]
struct VerdictArguments {
    /// Exit with 10 or 12 if a failed check has this severity or higher: informational, low, medium, high or critical
    /// [default: high].
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<Severity>,
    /// Ignore `unknown` rows in the exit code. An incomplete account list still counts.
    #[arg(long)]
    allow_unknown: bool,
}

impl SweepArguments {
    /// Whether an interrupted run is to be continued.
    pub(crate) const fn resume(&self) -> bool {
        self.run.resume
    }

    /// Puts the arguments over the configuration file.
    pub(crate) fn over(self, config: &mut Config) {
        self.selection.over(config);
        self.access.over(config);
        self.activity.over(config);
        self.run.over(config);
        replace(&mut config.fail_on, self.verdict.fail_on);
        config.allow_unknown |= self.verdict.allow_unknown;
        replace_all(&mut config.outputs, self.output.output);
        replace_all(&mut config.notify, self.notify.into_iter().map(Notification::always).collect());
    }
}

impl SelectionArguments {
    /// Accounts and organizational units are one selection: naming either replaces both.
    fn over(self, config: &mut Config) {
        if !self.account.is_empty() || !self.ou.is_empty() {
            config.accounts = self.account;
            config.organizational_units = self.ou;
        }
        replace_all(&mut config.exclude_accounts, self.exclude_account);
        config.single_account |= self.single_account;
    }
}

impl AccessArguments {
    fn over(self, config: &mut Config) {
        replace_all(&mut config.role_names, self.role_name);
        replace(&mut config.external_id, self.external_id);
        replace(&mut config.organization_role_arn, self.organization_role_arn);
        config.central_root |= self.central_root;
        replace(&mut config.profile, self.profile);
        replace(&mut config.endpoint_url, self.endpoint_url);
    }
}

impl ActivityArguments {
    fn over(self, config: &mut Config) {
        replace_all(&mut config.regions, self.region);
        replace(&mut config.window, self.window);
        replace_all(&mut config.sources, self.source);
    }
}

impl RunArguments {
    fn over(self, config: &mut Config) {
        replace(&mut config.concurrency, self.concurrency);
        replace(&mut config.account_time_limit, self.account_time_limit);
        replace(&mut config.call_time_limit, self.call_time_limit);
        replace(&mut config.state_dir, self.state_dir);
        replace(&mut config.keep_days, self.keep_days);
    }
}

/// Takes a number of accounts; none at once would never come to an end.
fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse::<usize>().map_err(|error| error.to_string())?;
    NonZeroUsize::new(number).ok_or_else(|| "must be at least 1".to_owned())
}
