//! `rootsweep.toml`: everything that the command line can say, the exceptions, and expected root use.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, ensure};
use rootsweep_aws::AthenaOptions;
use rootsweep_checks::{CHECKS, ROOT_ACTIVITY};
use rootsweep_model::exception::{ExpectedUse, RowException};
use rootsweep_model::{AccountId, Severity};
use serde::Deserialize;

use crate::names::{EndpointUrl, ExternalId, OrganizationalUnitId, RegionName, RoleArn, RoleName};
use crate::notify::Notification;
use crate::output::Output;
use crate::settings::{Days, Source, Span};

/// The file that is read where none is named and it is there.
const DEFAULT: &str = "rootsweep.toml";

/// The configuration file. Arguments win over it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    pub(crate) accounts: Vec<AccountId>,
    pub(crate) exclude_accounts: Vec<AccountId>,
    pub(crate) organizational_units: Vec<OrganizationalUnitId>,
    pub(crate) single_account: bool,
    pub(crate) role_names: Vec<RoleName>,
    pub(crate) external_id: Option<ExternalId>,
    pub(crate) organization_role_arn: Option<RoleArn>,
    pub(crate) central_root: bool,
    pub(crate) profile: Option<String>,
    pub(crate) endpoint_url: Option<EndpointUrl>,
    pub(crate) regions: Vec<RegionName>,
    pub(crate) window: Option<Span>,
    pub(crate) sources: Vec<Source>,
    pub(crate) athena: Option<Athena>,
    pub(crate) concurrency: Option<NonZeroUsize>,
    pub(crate) account_time_limit: Option<Span>,
    pub(crate) call_time_limit: Option<Span>,
    pub(crate) state_dir: Option<PathBuf>,
    pub(crate) keep_days: Option<Days>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) fail_on: Option<Severity>,
    pub(crate) allow_unknown: bool,
    /// Who is told of a sweep, as `[[notify]]`.
    pub(crate) notify: Vec<Notification>,
    /// Failed rows that somebody carries, as `[[exception]]`.
    pub(crate) exception: Vec<RowException>,
    /// Root use that is expected, as `[[expected-use]]`.
    pub(crate) expected_use: Vec<ExpectedUse>,
}

/// Where Athena finds the records of the organization trail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Athena {
    region: RegionName,
    database: String,
    table: String,
    workgroup: String,
    #[serde(default)]
    output_location: Option<String>,
}

impl From<Athena> for AthenaOptions {
    fn from(athena: Athena) -> Self {
        let Athena { region, database, table, workgroup, output_location } = athena;
        Self { region: region.to_string(), database, table, workgroup, output_location }
    }
}

impl Config {
    /// Reads the named file, or `rootsweep.toml` where it is there and none is named.
    pub(crate) fn load(named: Option<&Path>) -> anyhow::Result<Self> {
        match named {
            Some(path) => Self::read(path),
            None if Path::new(DEFAULT).exists() => Self::read(Path::new(DEFAULT)),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs_err::read_to_string(path)?;
        Self::parse(&text).with_context(|| format!("{} cannot be used", path.display()))
    }

    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| anyhow!("{}", error.to_string().trim_end()))?;
        let checks: Vec<&str> = CHECKS.iter().map(|check| check.meta().id).collect();
        for exception in &config.exception {
            exception.validate(&checks)?;
            // It would excuse whatever root does, and a credential change is excused by name alone.
            ensure!(
                exception.checks.iter().all(|check| check != ROOT_ACTIVITY),
                "the exception of {:?} names {ROOT_ACTIVITY}; announce what is to be expected in [[expected-use]], by \
                 event, network or time",
                exception.owner
            );
        }
        for notification in &config.notify {
            notification.validate()?;
        }
        for expected in &config.expected_use {
            expected.validate()?;
        }
        Ok(config)
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
