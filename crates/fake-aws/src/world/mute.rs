//! When a mute rule is active.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned};

use super::MuteRule;
use crate::error::Error;

/// The status of a mute rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MuteStatus {
    /// Waiting for its next window.
    Scheduled,
    /// Muting.
    Active,
    /// Over.
    Expired,
}

impl MuteStatus {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::Active => "ACTIVE",
            Self::Expired => "EXPIRED",
        }
    }
}

/// A window is at most fifteen days long.
const LONGEST: SignedDuration = SignedDuration::from_hours(15 * 24);

impl MuteRule {
    /// Refuses a rule that would never mute because its schedule cannot be read.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let span: Result<Span, _> = self.duration.parse();
        let zone = self.timezone.as_deref().is_none_or(|name| TimeZone::get(name).is_ok());
        let readable = at_expression(&self.expression).is_some() || cron_fields(&self.expression).is_some();
        if span.is_ok() && zone && readable {
            return Ok(());
        }
        Err(Error::MuteSchedule {
            rule: self.name.clone(),
            schedule: format!("{} for {}", self.expression, self.duration),
        })
    }

    /// The status at a time.
    pub fn status(&self, now: Timestamp) -> MuteStatus {
        if self.expires_at.is_some_and(|end| now >= end) || self.last_start().is_some_and(|end| now >= end) {
            MuteStatus::Expired
        } else if self.starts_at.is_none_or(|start| now >= start) && self.is_in_window(now) {
            MuteStatus::Active
        } else {
            MuteStatus::Scheduled
        }
    }

    /// Whether the rule mutes this alarm now.
    pub fn mutes(&self, alarm: &str, now: Timestamp) -> bool {
        self.status(now) == MuteStatus::Active && self.alarm_names.iter().any(|name| name == alarm)
    }

    fn zone(&self) -> TimeZone {
        self.timezone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
    }

    fn length(&self) -> SignedDuration {
        let span: Option<Span> = self.duration.parse().ok();
        let length = span.and_then(|it| it.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok());
        length.unwrap_or_default().min(LONGEST)
    }

    /// The end of the only window of an `at(…)` rule.
    fn last_start(&self) -> Option<Timestamp> {
        let start = at_expression(&self.expression)?.to_zoned(self.zone()).ok()?;
        start.timestamp().checked_add(self.length()).ok()
    }

    fn is_in_window(&self, now: Timestamp) -> bool {
        let (zone, length) = (self.zone(), self.length());
        if let Some(start) = at_expression(&self.expression).and_then(|it| it.to_zoned(zone.clone()).ok()) {
            return start.timestamp() <= now && now.duration_since(start.timestamp()) < length;
        }
        let Some(fields) = cron_fields(&self.expression) else { return false };
        let this_minute = now.as_second().div_euclid(60);
        let minutes = length.as_secs().div_euclid(60) + i64::from(length.as_secs() % 60 > 0);
        let starts_at = |minute: i64| {
            let time = Timestamp::from_second(minute * 60).ok().map(|it| it.to_zoned(zone.clone()));
            time.is_some_and(|time| cron_matches(&fields, &time))
        };
        (0..minutes).any(|back| starts_at(this_minute - back))
    }
}

fn at_expression(expression: &str) -> Option<DateTime> {
    expression.strip_prefix("at(")?.strip_suffix(')')?.parse().ok()
}

fn cron_fields(expression: &str) -> Option<[&str; 5]> {
    let inner = expression.strip_prefix("cron(")?.strip_suffix(')')?;
    inner.split_whitespace().collect::<Vec<_>>().try_into().ok()
}

fn cron_matches([minute, hour, day, month, weekday]: &[&str; 5], time: &Zoned) -> bool {
    field_matches(minute, time.minute())
        && field_matches(hour, time.hour())
        && field_matches(day, time.day())
        && field_matches(month, time.month())
        && field_matches(weekday, time.weekday().to_sunday_zero_offset())
}

fn field_matches(field: &str, value: i8) -> bool {
    field.split(',').any(|part| match part.split_once('-') {
        Some((from, to)) => number(from).zip(number(to)).is_some_and(|(from, to)| (from..=to).contains(&value)),
        None => part == "*" || number(part) == Some(value),
    })
}

/// A number, or the English name of a month (from 1) or weekday (from 0).
fn number(text: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    let upper = text.to_uppercase();
    let position = |names: &[&str]| names.iter().position(|name| *name == upper).and_then(|at| i8::try_from(at).ok());
    upper.parse().ok().or_else(|| position(&MONTHS).map(|at| at + 1)).or_else(|| position(&DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(expression: &str, duration: &str, timezone: Option<&str>) -> MuteRule {
        MuteRule {
            name: "maintenance".to_owned(),
            description: None,
            expression: expression.to_owned(),
            duration: duration.to_owned(),
            timezone: timezone.map(str::to_owned),
            alarm_names: vec!["root".to_owned()],
            starts_at: None,
            expires_at: None,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Source: botocore cloudwatch Schedule: `cron(0 2 * * SUN)` activates every Sunday at 2:00 AM.
    #[test]
    fn weekly_windows_open_and_close() {
        let rule = rule("cron(0 2 * * SUN)", "PT4H", None);
        assert_eq!(rule.status(at("2026-11-22T01:59:59Z")), MuteStatus::Scheduled);
        assert_eq!(rule.status(at("2026-11-22T02:00:00Z")), MuteStatus::Active);
        assert_eq!(rule.status(at("2026-11-22T05:59:59Z")), MuteStatus::Active);
        assert_eq!(rule.status(at("2026-11-22T06:00:00Z")), MuteStatus::Scheduled);
        assert!(rule.mutes("root", at("2026-11-22T02:00:00Z")) && !rule.mutes("other", at("2026-11-22T02:00:00Z")));
    }

    #[test]
    fn one_time_windows_count_in_their_zone_and_expire() {
        let rule = rule("at(2026-05-10T14:00)", "PT1H", Some("America/New_York"));
        assert_eq!(rule.status(at("2026-05-10T17:59:00Z")), MuteStatus::Scheduled);
        assert_eq!(rule.status(at("2026-05-10T18:30:00Z")), MuteStatus::Active);
        assert_eq!(rule.status(at("2026-05-10T19:00:00Z")), MuteStatus::Expired);
    }

    #[test]
    fn an_expired_rule_mutes_nothing() {
        let mut rule = rule("cron(0 * * * *)", "P1D", None);
        rule.expires_at = Some(at("2026-01-01T00:00:00Z"));
        assert_eq!(rule.status(at("2026-01-01T00:00:00Z")), MuteStatus::Expired);
    }
}
