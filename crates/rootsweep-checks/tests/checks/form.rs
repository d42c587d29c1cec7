//! The compact form of facts that `cases.yaml` is written in. What a case leaves out is as in a healthy account.

use std::collections::BTreeMap;

use rootsweep_model::assessment::TriageVerdict;
use rootsweep_model::facts::{EvaluationWindow, RecordSourceKind, RuleState};
use rootsweep_model::{AccountState, GapKind, Severity, Verdict};
use serde::Deserialize;

/// A `cases.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    pub(crate) check: String,
    pub(crate) cases: Vec<Case>,
}

/// Facts in, verdict out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) facts: Form,
    pub(crate) expect: Verdict,
    /// The kind of the gap.
    pub(crate) gap: Option<GapKind>,
    /// A severity other than the check's own.
    pub(crate) severity: Option<Severity>,
    /// A part of the summary.
    pub(crate) says: Option<String>,
    /// The link that is broken, or unknown, on the path that comes furthest; with a part of what is told of it.
    pub(crate) breaks: Option<Breaks>,
    /// Probes that wake someone, where not all do.
    pub(crate) wakes: Option<Vec<String>>,
}

/// A link, and a part of its detail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Breaks {
    pub(crate) link: String,
    pub(crate) detail: String,
}

/// The facts of one account. A time is told by how long ago it was: `20m`, `3h`, `100d`.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line that a case can have or leave out")]
pub(crate) struct Form {
    /// Nothing at all could be read.
    pub(crate) unreachable: Option<GapKind>,
    pub(crate) state: Option<AccountState>,
    pub(crate) management: bool,
    /// The account is in no organization.
    pub(crate) alone: bool,
    /// Central root access features.
    pub(crate) features: List,
    pub(crate) summary: Summary,
    pub(crate) report: Report,
    /// Serial numbers of the root user's virtual devices.
    pub(crate) virtual_devices: List,
    /// What an `AssumeRoot` session listed: serial numbers.
    pub(crate) devices: Option<List>,
    /// What an `AssumeRoot` session listed: key ids.
    pub(crate) keys: Option<List>,
    pub(crate) regions: Option<List>,
    /// Why the account's aliases are not known.
    pub(crate) aliases: Option<GapKind>,
    pub(crate) records: Option<Vec<Records>>,
    pub(crate) episodes: Vec<EpisodeForm>,
    pub(crate) trails: Option<List>,
    /// Why trails of single Regions may be missing from the list.
    pub(crate) unlisted_trails: Option<GapKind>,
    pub(crate) trail: TrailForm,
    /// Trail, log group, filters, alarms and topics live in the organization's log account.
    pub(crate) central: bool,
    /// That account was not read.
    pub(crate) central_unread: bool,
    pub(crate) log_group: Option<GapKind>,
    pub(crate) filter: Filter,
    pub(crate) more_filters: Vec<Filter>,
    pub(crate) alarm: AlarmForm,
    pub(crate) more_alarms: Vec<AlarmForm>,
    pub(crate) no_alarm: bool,
    pub(crate) alarms: Option<GapKind>,
    /// An alarm of the central account on a metric of this one; it needs `queries`.
    pub(crate) far_alarm: Option<AlarmForm>,
    /// The queries of that alarm name no account.
    pub(crate) far_alarm_at_home: bool,
    pub(crate) mute_rules: Option<Vec<Mute>>,
    pub(crate) mute_rules_gap: Option<GapKind>,
    pub(crate) topic: TopicForm,
    /// Rules by Region.
    pub(crate) rules: BTreeMap<String, Vec<Rule>>,
    /// Regions whose rules could not be read.
    pub(crate) rules_gap: Vec<String>,
    /// Regions whose rules nobody asked for.
    pub(crate) rules_unread: Vec<String>,
    /// Rules of the central account, all in us-east-1.
    pub(crate) central_rules: Vec<Rule>,
}

/// A list, or why it could not be read.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct List {
    pub(crate) gap: Option<GapKind>,
    pub(crate) are: Vec<String>,
}

#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Summary {
    pub(crate) gap: Option<GapKind>,
    pub(crate) mfa: Option<i32>,
    pub(crate) keys: Option<i32>,
    pub(crate) certificates: Option<i32>,
    pub(crate) password: Option<i32>,
    /// Entries that the answer lacks.
    pub(crate) without: Vec<String>,
}

impl Default for Summary {
    fn default() -> Self {
        let (mfa, keys, certificates, password) = (Some(1), Some(0), Some(0), Some(1));
        Self { gap: None, mfa, keys, certificates, password, without: Vec::new() }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Report {
    pub(crate) gap: Option<GapKind>,
    pub(crate) made: Option<String>,
    pub(crate) password_enabled: Option<bool>,
    pub(crate) password_used: Option<String>,
    pub(crate) mfa: Option<bool>,
    pub(crate) keys: Vec<ReportKey>,
    pub(crate) certificates: Vec<bool>,
    /// Columns that the report lacks: `made`, `keys`, `certificates`, `mfa`.
    pub(crate) without: Vec<String>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            gap: None,
            made: Some("1h".to_owned()),
            password_enabled: Some(true),
            password_used: Some("200d".to_owned()),
            mfa: Some(true),
            keys: vec![ReportKey::default(), ReportKey::default()],
            certificates: vec![false, false],
            without: Vec::new(),
        }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReportKey {
    pub(crate) active: bool,
    pub(crate) created: Option<String>,
    pub(crate) used: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) region: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Records {
    pub(crate) source: RecordSourceKind,
    pub(crate) region: String,
    pub(crate) gap: Option<GapKind>,
    #[serde(default)]
    pub(crate) json: Vec<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EpisodeForm {
    pub(crate) verdict: TriageVerdict,
    pub(crate) severity: Severity,
    pub(crate) first: String,
    pub(crate) last: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line that a case can have or leave out")]
pub(crate) struct TrailForm {
    pub(crate) home: Option<String>,
    pub(crate) logging: Option<bool>,
    pub(crate) stopped: Option<String>,
    pub(crate) multi_region: Option<bool>,
    pub(crate) global_events: Option<bool>,
    pub(crate) organization: Option<bool>,
    pub(crate) status: Option<GapKind>,
    pub(crate) selectors_gap: Option<GapKind>,
    /// `All`, `ReadOnly` or `WriteOnly`.
    pub(crate) records: Option<String>,
    pub(crate) exclude: Vec<String>,
    /// Advanced selectors in place of basic ones: fields by name, with the operator before the values.
    pub(crate) advanced: Option<Vec<BTreeMap<String, Vec<String>>>>,
    pub(crate) bucket_error: Option<String>,
    pub(crate) logs_error: Option<String>,
    pub(crate) logs_delivered: Option<String>,
    pub(crate) never_delivered: bool,
    pub(crate) bucket_delivered: Option<String>,
    pub(crate) never_delivered_to_bucket: bool,
    pub(crate) started: Option<String>,
    pub(crate) no_log_group: bool,
    /// The status was left to the owner of the organization trail.
    pub(crate) told_by_owner: bool,
}

#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line that a case can have or leave out")]
pub(crate) struct Filter {
    pub(crate) name: String,
    pub(crate) pattern: Option<String>,
    pub(crate) metric: String,
    pub(crate) value: String,
    pub(crate) default: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) dimensions: BTreeMap<String, String>,
    pub(crate) criteria: Option<String>,
    pub(crate) transformed: bool,
    pub(crate) system_dimensions: Vec<String>,
    pub(crate) no_metric: bool,
    pub(crate) no_pattern: bool,
    /// The filter is on another log group than the trail's.
    pub(crate) elsewhere: bool,
}

/// The pattern of the CIS benchmark.
pub(crate) const CIS: &str = "{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS && \
                              $.eventType != \"AwsServiceEvent\" }";

impl Default for Filter {
    fn default() -> Self {
        Self {
            name: "root".to_owned(),
            pattern: Some(CIS.to_owned()),
            metric: "RootUsage".to_owned(),
            value: "1".to_owned(),
            default: None,
            unit: None,
            dimensions: BTreeMap::new(),
            criteria: None,
            transformed: false,
            system_dimensions: Vec::new(),
            no_metric: false,
            no_pattern: false,
            elsewhere: false,
        }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a line that a case can have or leave out")]
pub(crate) struct AlarmForm {
    pub(crate) name: String,
    pub(crate) state: Option<String>,
    pub(crate) enabled: Option<bool>,
    /// Whether the answer says that actions are enabled at all.
    pub(crate) enabled_untold: bool,
    pub(crate) actions: Vec<String>,
    pub(crate) metric: String,
    pub(crate) namespace: String,
    pub(crate) statistic: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) extended_statistic: Option<String>,
    pub(crate) period: i32,
    pub(crate) periods: i32,
    pub(crate) datapoints: Option<i32>,
    pub(crate) threshold: Option<f64>,
    pub(crate) comparison: String,
    pub(crate) missing: Option<String>,
    pub(crate) dimensions: BTreeMap<String, String>,
    /// Queries of a metric-math alarm: `id = expression`, or `id : metric Statistic`; the first one is compared.
    pub(crate) queries: Vec<String>,
    pub(crate) promql: bool,
    pub(crate) anomaly: bool,
    pub(crate) no_period: bool,
    pub(crate) evaluation: Option<String>,
    pub(crate) window: Option<EvaluationWindow>,
    /// The rule of a composite alarm.
    pub(crate) rule: Option<String>,
    pub(crate) suppressor: Option<String>,
    /// The log groups of a log alarm; `cloudtrail` is the trail's.
    pub(crate) log_groups: Vec<String>,
}

impl Default for AlarmForm {
    fn default() -> Self {
        Self {
            name: "root-used".to_owned(),
            state: Some("OK".to_owned()),
            enabled: Some(true),
            enabled_untold: false,
            actions: vec!["topic".to_owned()],
            metric: "RootUsage".to_owned(),
            namespace: "Security".to_owned(),
            statistic: Some("Sum".to_owned()),
            unit: None,
            extended_statistic: None,
            period: 300,
            periods: 1,
            datapoints: None,
            threshold: Some(1.0),
            comparison: "GreaterThanOrEqualToThreshold".to_owned(),
            missing: None,
            dimensions: BTreeMap::new(),
            queries: Vec::new(),
            promql: false,
            anomaly: false,
            no_period: false,
            evaluation: None,
            window: None,
            rule: None,
            suppressor: None,
            log_groups: Vec::new(),
        }
    }
}

/// A mute rule, once in the future where a case does not say when.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mute {
    pub(crate) status: Option<String>,
    pub(crate) alarms: Vec<String>,
    /// What it mutes could not be read.
    pub(crate) gap: Option<GapKind>,
    pub(crate) when: Option<String>,
    pub(crate) no_schedule: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TopicForm {
    pub(crate) gap: Option<GapKind>,
    pub(crate) unread: bool,
    pub(crate) region: Option<String>,
    /// `confirmed`, `pending` or `untold`, one for each subscription; one confirmed where absent.
    pub(crate) subscriptions: Option<Vec<String>>,
    pub(crate) protocol: Option<String>,
    /// The filter policy of every subscription.
    pub(crate) filter: Option<String>,
    /// What it looks at.
    pub(crate) filter_scope: Option<String>,
    pub(crate) filter_unread: bool,
    /// Why the attributes of every subscription were not read.
    pub(crate) subscription_gap: Option<GapKind>,
    /// The statements of its access policy, as JSON; one that lets alarms and rules publish where absent.
    pub(crate) policy: Option<String>,
    pub(crate) no_policy: bool,
    pub(crate) key: Option<String>,
    pub(crate) attributes: Option<GapKind>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) pattern: String,
    #[serde(default)]
    pub(crate) state: Option<RuleState>,
    #[serde(default)]
    pub(crate) state_untold: bool,
    #[serde(default)]
    pub(crate) bus: Option<String>,
    /// Targets: `topic`, `bus NAME` for one of the central account, or an ARN; the topic where absent.
    #[serde(default)]
    pub(crate) targets: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) targets_gap: Option<GapKind>,
    /// The role that every target is called with.
    #[serde(default)]
    pub(crate) role: Option<String>,
}
