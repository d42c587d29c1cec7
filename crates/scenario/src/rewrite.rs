//! Moving a scenario to another time and to other accounts, in its text.
//!
//! An AWS that runs in real time, and is shared by many scenarios, can play each only now and only in accounts of its own.

use jiff::{SignedDuration, Timestamp, civil::Date};

/// How an account id of a scenario begins; two digits follow.
const SCENARIO_ACCOUNTS: &str = "0000000000";

/// Where a scenario is moved to.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// The time at which it starts; every other time keeps its distance to the start.
    pub starts_at: Timestamp,
    /// Ten digits that take the place of those with which its account ids begin.
    pub account_prefix: String,
}

impl Rewrite {
    /// Rewrites the text of a scenario that starts at that time.
    pub(crate) fn apply(&self, text: &str, starts_at: Timestamp) -> String {
        self.move_accounts(&move_times(text, self.starts_at.duration_since(starts_at)))
    }

    fn move_accounts(&self, text: &str) -> String {
        let mut moved = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(found) = rest.find(SCENARIO_ACCOUNTS) {
            let (before, from) = rest.split_at(found);
            let after = from.get(SCENARIO_ACCOUNTS.len()..).unwrap_or_default();
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let is_account = digits == 2 && !before.ends_with(|last: char| last.is_ascii_alphanumeric());
            moved.push_str(before);
            moved.push_str(if is_account { &self.account_prefix } else { SCENARIO_ACCOUNTS });
            rest = after;
        }
        moved + rest
    }
}

/// Moves every `2026-06-30T23:40:00Z` and every `2026-06-30` of the text.
fn move_times(text: &str, distance: SignedDuration) -> String {
    let mut moved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let time = rest.get(..20).filter(|it| it.ends_with('Z')).and_then(|it| it.parse::<Timestamp>().ok());
        let date = rest.get(..10).filter(|it| it.matches('-').count() == 2).and_then(|it| it.parse::<Date>().ok());
        let replaced = match (time, date) {
            (Some(time), _) => time.checked_add(distance).ok().map(|time| (20, time.to_string())),
            (None, Some(date)) => days_later(date, distance).map(|date| (10, date.to_string())),
            (None, None) => None,
        };
        let (length, words) = replaced.unwrap_or_else(|| (next.len_utf8(), next.to_string()));
        moved.push_str(&words);
        rest = rest.get(length..).unwrap_or_default();
    }
    moved
}

/// Dates are moved by whole days, rounded up: the last day of an exception must not come before its time.
fn days_later(date: Date, distance: SignedDuration) -> Option<Date> {
    let days = (distance.as_secs() + 86_399).div_euclid(86_400);
    date.checked_add(SignedDuration::from_hours(24 * days)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_distance_and_accounts_their_number() {
        let rewrite =
            Rewrite { starts_at: "2026-11-21T03:00:00Z".parse().unwrap(), account_prefix: "7012345601".to_owned() };
        let text = "starts_at: 2026-06-30T03:00:00Z\nid: \"000000000002\"\nat: 2025-06-30T04:00:00Z\nuntil = \"2026-07-31\"\nkey: AKIA000000000002\n";
        let moved = rewrite.apply(text, "2026-06-30T03:00:00Z".parse().unwrap());
        assert_eq!(
            moved,
            "starts_at: 2026-11-21T03:00:00Z\nid: \"701234560102\"\nat: 2025-11-21T04:00:00Z\nuntil = \"2026-12-22\"\nkey: AKIA000000000002\n"
        );
    }
}
