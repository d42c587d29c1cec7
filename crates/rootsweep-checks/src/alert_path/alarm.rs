//! Whether one event makes a metric alarm go into `ALARM`.

use rootsweep_model::arn::without_wildcard;
use rootsweep_model::facts::{Alarm, AlarmKind, EvaluationWindow, LogGroup, MetricAlarm, MetricQuery};
use rootsweep_model::{AccountId, GapKind};

use super::expression;
use super::filter::owner_of;
use super::metric_data::{Datapoint, MetricData, MetricStat, Moment};
use super::state::{Finding, State};
use crate::calls;

/// The latest, in seconds, that an alarm may tell of an event.
const MAX_DELAY: i64 = 3600;

/// How deep queries may refer to each other.
const MAX_DEPTH: usize = 10;

/// Returns whether an alarm watches a metric of an account, by itself or through metric math, whatever its dimensions. An
/// expression that searches watches what it names.
pub(crate) fn watches(alarm: &Alarm, namespace: &str, name: &str, account: AccountId) -> bool {
    let AlarmKind::Metric(metric) = &alarm.kind else { return false };
    let (account, own) = (account.to_string(), owner_of(&alarm.arn));
    let names = |a: &Option<String>, b: &Option<String>| a.as_deref() == Some(namespace) && b.as_deref() == Some(name);
    let is_it =
        |it: &MetricQuery| names(&it.namespace, &it.metric_name) && it.account_id.as_deref().unwrap_or(own) == account;
    let searches = |it: &MetricQuery| it.expression.as_deref().is_some_and(|text| may_find(text, namespace, name));
    (own == account && names(&metric.namespace, &metric.metric_name))
        || metric.metrics.iter().any(|it| is_it(it) || searches(it))
}

/// Returns whether a `SEARCH` or a `SELECT` could come upon a metric: it names the metric or the namespace.
fn may_find(expression: &str, namespace: &str, name: &str) -> bool {
    let upper = expression.to_ascii_uppercase();
    (upper.contains("SEARCH") || upper.contains("SELECT"))
        && (expression.contains(namespace) || expression.contains(name))
}

/// Returns whether an alarm is a log alarm that queries a log group.
pub(crate) fn queries(alarm: &Alarm, group: &LogGroup) -> bool {
    let AlarmKind::Log(log) = &alarm.kind else { return false };
    let is_own = owner_of(&alarm.arn) == owner_of(&group.arn);
    log.log_groups.iter().any(|it| without_wildcard(it) == group.arn || (is_own && *it == group.name))
}

/// Returns whether one event in a cell takes the alarm from rest into `ALARM`.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html>
pub(crate) fn crosses(alarm: &Alarm, metric: &MetricAlarm, metric_data: &MetricData<'_>, cell: usize) -> Finding {
    is_evaluated(metric).and(crosses_where_evaluated(alarm, metric, metric_data, cell))
}

/// Returns whether CloudWatch evaluates the alarm at all.
fn is_evaluated(metric: &MetricAlarm) -> Finding {
    match metric.evaluation_state.as_deref() {
        None | Some("") => Finding::holds(""),
        Some(state @ "EVALUATION_ERROR") => {
            Finding::broken(format!("CloudWatch cannot evaluate it as it is set up: {state}"))
        }
        Some(state) => Finding::undocumented(
            calls::DESCRIBE_ALARMS,
            format!("whether one event is evaluated while it is in {state}"),
        ),
    }
}

fn crosses_where_evaluated(alarm: &Alarm, metric: &MetricAlarm, metric_data: &MetricData<'_>, cell: usize) -> Finding {
    let trial = match Trial::new(alarm, metric, metric_data) {
        Ok(trial) => trial,
        Err(finding) => return finding,
    };
    match trial.datapoint(Moment::Event(cell)) {
        Datapoint::Unknown(finding) => finding,
        Datapoint::Missing => {
            Finding::broken("one event gives it no data point: it watches other dimensions, or another unit")
        }
        Datapoint::Value(value) if !trial.breaches(value) => {
            Finding::broken(format!("one event gives it {value}, which is not {}", trial.condition()))
        }
        Datapoint::Value(value) => {
            let crossed = Finding::holds(format!("one event gives it {value}, which is {}", trial.condition()));
            let crossed = trial.moments().into_iter().map(|moment| trial.against(moment)).fold(crossed, Finding::and);
            crossed.and(trial.in_time())
        }
    }
}

/// An alarm with everything that its evaluation takes.
struct Trial<'a> {
    alarm: &'a Alarm,
    metric: &'a MetricAlarm,
    metric_data: &'a MetricData<'a>,
    operator: Operator,
    threshold: f64,
    datapoints: i32,
    missing: Missing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "the names are AWS's own")]
enum Missing {
    Missing,
    NotBreaching,
    Breaching,
    Ignore,
}

impl<'a> Trial<'a> {
    fn new(alarm: &'a Alarm, metric: &'a MetricAlarm, metric_data: &'a MetricData<'a>) -> Result<Self, Finding> {
        if metric.has_evaluation_criteria {
            return Err(Finding::undocumented(calls::DESCRIBE_ALARMS, "PromQL alarms are not evaluated"));
        }
        if metric.threshold_metric_id.is_some() {
            return Err(Finding::undocumented(calls::DESCRIBE_ALARMS, "what anomaly detection makes of one event"));
        }
        let datapoints = datapoints(metric)?;
        Ok(Self {
            alarm,
            metric,
            metric_data,
            operator: operator(metric)?,
            threshold: metric
                .threshold
                .ok_or_else(|| Finding::missing(calls::DESCRIBE_ALARMS, "the alarm's threshold"))?,
            datapoints,
            missing: missing(metric)?,
        })
    }

    fn condition(&self) -> String {
        let operator = match self.operator {
            Operator::Greater => "greater than",
            Operator::GreaterOrEqual => "at least",
            Operator::Less => "less than",
            Operator::LessOrEqual => "at most",
        };
        format!("{operator} {}", self.threshold)
    }

    fn breaches(&self, value: f64) -> bool {
        match self.operator {
            Operator::Greater => value > self.threshold,
            Operator::GreaterOrEqual => value >= self.threshold,
            Operator::Less => value < self.threshold,
            Operator::LessOrEqual => value <= self.threshold,
        }
    }

    /// Returns the kinds of quiet that the alarm can see between events.
    fn moments(&self) -> Vec<Moment> {
        let has_default = self.stats().iter().any(|stat| self.metric_data.has_default(*stat));
        if has_default { vec![Moment::Defaults, Moment::NoData] } else { vec![Moment::NoData] }
    }

    fn stats(&self) -> Vec<MetricStat<'a>> {
        let queries = self.metric.metrics.iter().filter_map(stat_of_query);
        queries.chain(stat_of_alarm(self.metric)).collect()
    }

    /// Weighs the event against the quiet around it: the alarm has to be at rest before, and the data points around the
    /// event have to let one breaching data point through where more than one is asked for.
    fn against(&self, quiet: Moment) -> Finding {
        match self.datapoint(quiet) {
            Datapoint::Unknown(finding) => finding,
            Datapoint::Value(value) if self.breaches(value) => {
                Finding::broken(format!("it is in ALARM without any event, at {value}"))
            }
            Datapoint::Value(_) if self.datapoints > 1 => {
                Finding::broken(format!("it takes {} breaching data points, one event gives one", self.datapoints))
            }
            Datapoint::Value(_) => Finding::holds(""),
            Datapoint::Missing => self.against_no_data(),
        }
    }

    /// Weighs the event against periods without data.
    ///
    /// With `missing`, a lone breaching data point takes an alarm that wants several into `ALARM` after as many periods,
    /// and with `ignore` it keeps the state that it has:
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>.
    fn against_no_data(&self) -> Finding {
        let sits_in_alarm = self.alarm.state.as_deref() == Some("ALARM");
        match (self.missing, self.datapoints) {
            (Missing::Breaching, _) => Finding::broken("it is in ALARM without any event: missing data is breaching"),
            (Missing::NotBreaching | Missing::Ignore, points) if points > 1 => {
                Finding::broken(format!("it takes {points} breaching data points, one event gives one"))
            }
            (Missing::Ignore, _) if sits_in_alarm && self.moments().len() == 1 => {
                Finding::broken("it stays in ALARM from an earlier event: missing data is ignored")
            }
            _ => Finding::holds(""),
        }
    }

    /// Returns whether the alarm tells of an event soon enough for somebody to do something about it.
    ///
    /// A sliding window sees one data point at the next evaluation, which is at most an hour away. A lone one counts as
    /// several when it is as many periods old, and a wall clock window sees a period when it is over:
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html>.
    fn in_time(&self) -> Finding {
        let is_quick = match self.metric.evaluation_window {
            None | Some(EvaluationWindow::Sliding) => self.datapoints == 1,
            Some(EvaluationWindow::WallClock) => false,
            Some(EvaluationWindow::Other) => {
                return Finding::undocumented(calls::DESCRIBE_ALARMS, "when its evaluation window sees one event");
            }
        };
        let Some(period) = self.period() else {
            return Finding::missing(calls::DESCRIBE_ALARMS, "how long the alarm's period is");
        };
        match i64::from(period) * i64::from(self.datapoints) {
            _ if is_quick => Finding::holds(""),
            delay if delay > MAX_DELAY => Finding::broken(format!("it tells of an event up to {delay} seconds later")),
            delay => Finding::holds(format!("up to {delay} seconds later")),
        }
    }

    /// Returns the period in seconds, of several queries the longest.
    fn period(&self) -> Option<i32> {
        let queries = self.metric.metrics.iter().filter_map(|it| it.period).max();
        queries.or(self.metric.period).filter(|it| *it > 0)
    }

    fn datapoint(&self, moment: Moment) -> Datapoint {
        if self.metric.metrics.is_empty() {
            return match stat_of_alarm(self.metric) {
                Some(stat) => self.metric_data.read(stat, moment),
                None => Datapoint::Unknown(self.no_statistic()),
            };
        }
        let mut returned = self.metric.metrics.iter().filter(|it| it.return_data != Some(false));
        match (returned.next(), returned.next()) {
            (Some(query), None) => self.query(query, moment, 0),
            _ => Datapoint::Unknown(Finding::missing(calls::DESCRIBE_ALARMS, "which query the alarm compares")),
        }
    }

    fn no_statistic(&self) -> Finding {
        match &self.metric.extended_statistic {
            Some(statistic) => {
                Finding::undocumented(calls::DESCRIBE_ALARMS, format!("what {statistic} makes of one event"))
            }
            None => Finding::missing(calls::DESCRIBE_ALARMS, "the metric and the statistic of the alarm"),
        }
    }

    fn query(&self, query: &MetricQuery, moment: Moment, depth: usize) -> Datapoint {
        if depth > MAX_DEPTH {
            return Datapoint::Unknown(Finding::undocumented(
                calls::DESCRIBE_ALARMS,
                "queries that refer to each other",
            ));
        }
        let owner = query.account_id.as_deref().unwrap_or_else(|| owner_of(&self.alarm.arn));
        if query.expression.is_none() && owner != self.metric_data.account.to_string() {
            return Datapoint::Unknown(Finding::out_of_reach(
                calls::DESCRIBE_ALARMS,
                "it watches another account's metric, too",
            ));
        }
        let Some(text) = &query.expression else {
            let stat = stat_of_query(query);
            return stat
                .map_or_else(|| Datapoint::Unknown(self.no_statistic()), |stat| self.metric_data.read(stat, moment));
        };
        let Some(expression) = expression::parse(text) else {
            return Datapoint::Unknown(Finding::undocumented(
                calls::DESCRIBE_ALARMS,
                format!("the expression {text:?}"),
            ));
        };
        let by_id = |id: &str| match self.metric.metrics.iter().find(|it| it.id == id) {
            Some(found) => self.query(found, moment, depth + 1),
            None => Datapoint::Unknown(Finding::missing(calls::DESCRIBE_ALARMS, &format!("what {id} is"))),
        };
        let all = || {
            let metrics = self.metric.metrics.iter().filter(|it| it.expression.is_none());
            metrics.map(|it| self.query(it, moment, depth + 1)).collect()
        };
        expression.evaluate(&by_id, &all)
    }
}

fn stat_of_alarm(metric: &MetricAlarm) -> Option<MetricStat<'_>> {
    Some(MetricStat {
        namespace: metric.namespace.as_deref()?,
        name: metric.metric_name.as_deref()?,
        dimensions: &metric.dimensions,
        statistic: metric.statistic.as_deref()?,
        unit: metric.unit.as_deref(),
    })
}

fn stat_of_query(query: &MetricQuery) -> Option<MetricStat<'_>> {
    Some(MetricStat {
        namespace: query.namespace.as_deref()?,
        name: query.metric_name.as_deref()?,
        dimensions: &query.dimensions,
        statistic: query.statistic.as_deref()?,
        unit: query.unit.as_deref(),
    })
}

fn operator(metric: &MetricAlarm) -> Result<Operator, Finding> {
    match metric.comparison_operator.as_deref() {
        Some("GreaterThanThreshold") => Ok(Operator::Greater),
        Some("GreaterThanOrEqualToThreshold") => Ok(Operator::GreaterOrEqual),
        Some("LessThanThreshold") => Ok(Operator::Less),
        Some("LessThanOrEqualToThreshold") => Ok(Operator::LessOrEqual),
        Some(other) => {
            Err(Finding::undocumented(calls::DESCRIBE_ALARMS, format!("the comparison {other:?} on one event")))
        }
        None => Err(Finding::missing(calls::DESCRIBE_ALARMS, "how the alarm compares")),
    }
}

fn missing(metric: &MetricAlarm) -> Result<Missing, Finding> {
    match metric.treat_missing_data.as_deref() {
        None | Some("missing" | "") => Ok(Missing::Missing),
        Some("notBreaching") => Ok(Missing::NotBreaching),
        Some("breaching") => Ok(Missing::Breaching),
        Some("ignore") => Ok(Missing::Ignore),
        Some(other) => {
            Err(Finding::undocumented(calls::DESCRIBE_ALARMS, format!("what {other:?} makes of missing data")))
        }
    }
}

/// Returns M of "M of N".
fn datapoints(metric: &MetricAlarm) -> Result<i32, Finding> {
    let periods = metric
        .evaluation_periods
        .ok_or_else(|| Finding::missing(calls::DESCRIBE_ALARMS, "how many periods the alarm looks at"))?;
    let points = metric.datapoints_to_alarm.unwrap_or(periods);
    if (1..=periods).contains(&points) {
        return Ok(points);
    }
    let detail = format!("the alarm wants {points} data points of {periods} periods");
    let remedy = "run the sweep again; if it stays, report the answer as a defect";
    Err(Finding::unknown(GapKind::MalformedAnswer, calls::DESCRIBE_ALARMS, detail, remedy))
}

/// Returns whether a finding says that the event takes the alarm into `ALARM`.
pub(crate) fn fires(finding: &Finding) -> Option<bool> {
    match finding.state {
        State::Holds => Some(true),
        State::Broken => Some(false),
        State::Unknown(_) => None,
    }
}
