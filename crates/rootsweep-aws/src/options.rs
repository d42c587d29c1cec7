//! What a run is told about AWS.

use std::time::Duration;

use jiff::Timestamp;
use rootsweep_model::facts::RecordSourceKind;

/// What a run is told about AWS. Everything else follows the SDK's own conventions: profiles, SSO, instance metadata,
/// `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>`.
#[derive(Clone, Debug)]
pub struct Options {
    /// The endpoint of every service, instead of AWS's own.
    pub endpoint_url: Option<String>,
    /// The profile of the shared configuration files.
    pub profile: Option<String>,
    /// The Region of the caller; the SDK's own conventions where absent, and the partition's first where those are silent.
    pub region: Option<String>,
    /// The audit role's names, tried in this order in every account.
    pub role_names: Vec<String>,
    /// The external id that the audit role and the organization role ask for.
    pub external_id: Option<String>,
    /// The name of every session, as it stands in the accounts' own CloudTrail.
    pub session_name: String,
    /// A role to assume before anything else, usually in the management account.
    pub organization_role_arn: Option<String>,
    /// Whether the root user's credentials are read by `sts:AssumeRoot` sessions, which make root events.
    pub central_root: bool,
    /// Whether the caller's own account is swept alone, without asking for its organization.
    pub single_account: bool,
    /// Whether the organizational unit of every account has to be known, at the price of a call per unit.
    pub place_accounts: bool,
    /// The Regions that are looked at; all that an account has enabled where none is named.
    pub regions: Vec<String>,
    /// The time span in which root activity is looked for.
    pub window: Window,
    /// Where root records are looked for.
    pub sources: Vec<RecordSourceKind>,
    /// Where Athena finds the organization trail.
    pub athena: Option<AthenaOptions>,
    /// The longest that one call may take, its retries included.
    pub call_time_limit: Duration,
}

/// A span of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its start.
    pub start: Timestamp,
    /// Its end.
    pub end: Timestamp,
}

/// Where Athena finds the records of the organization trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AthenaOptions {
    /// The Region of the database.
    pub region: String,
    /// The database (schema) of the table.
    pub database: String,
    /// The table, with CloudTrail's own columns.
    pub table: String,
    /// The workgroup that pays for and limits the query.
    pub workgroup: String,
    /// Where results are written, `s3://…`; the workgroup's own setting where absent.
    pub output_location: Option<String>,
}

impl Options {
    /// Makes options with the documented defaults: the role `rootsweep-audit`, `LookupEvents`, 30 seconds a call.
    pub fn new(window: Window) -> Self {
        Self {
            endpoint_url: None,
            profile: None,
            region: None,
            role_names: vec!["rootsweep-audit".to_owned()],
            external_id: None,
            session_name: "rootsweep".to_owned(),
            organization_role_arn: None,
            central_root: false,
            single_account: false,
            place_accounts: false,
            regions: Vec::new(),
            window,
            sources: vec![RecordSourceKind::LookupEvents],
            athena: None,
            call_time_limit: Duration::from_secs(30),
        }
    }
}
