use test_case::test_case;

use super::*;

/// Reads a row of the tables: oldest first, `0` within bounds, `X` breaching, `-` missing.
fn row(text: &str) -> Vec<Option<bool>> {
    let cell = |byte| match byte {
        b'0' => Some(false),
        b'X' => Some(true),
        _ => None,
    };
    text.bytes().rev().map(cell).collect()
}

const OK: Option<StateValue> = Some(StateValue::Ok);
const ALARM: Option<StateValue> = Some(StateValue::Alarm);
const INSUFFICIENT: Option<StateValue> = Some(StateValue::InsufficientData);
const RETAIN: Option<StateValue> = None;

fn all(text: &str, needed: usize) -> [Option<StateValue>; 4] {
    use TreatMissingData::{Breaching, Ignore, Missing, NotBreaching};
    [Missing, Ignore, Breaching, NotBreaching].map(|missing| judge(&row(text), needed, 3, missing))
}

/// Columns: missing, ignore, breaching, not breaching; three periods, three data points to alarm.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>, first table
#[test_case("0-X-X", [OK, OK, OK, OK])]
#[test_case("----0", [OK, OK, OK, OK])]
#[test_case("-----", [INSUFFICIENT, RETAIN, ALARM, OK])]
#[test_case("0XX-X", [ALARM, ALARM, ALARM, ALARM])]
#[test_case("--X--", [ALARM, RETAIN, ALARM, OK])]
fn three_out_of_three(text: &str, expected: [Option<StateValue>; 4]) {
    assert_eq!(all(text, 3), expected);
}

/// Two data points to alarm out of three periods.
///
/// Source: the same page, second table
#[test_case("0-X-X", [ALARM, ALARM, ALARM, ALARM])]
#[test_case("00X0X", [ALARM, ALARM, ALARM, ALARM])]
#[test_case("0-X--", [OK, OK, ALARM, OK])]
#[test_case("----0", [OK, OK, ALARM, OK])]
#[test_case("---X-", [ALARM, RETAIN, ALARM, OK])]
fn two_out_of_three(text: &str, expected: [Option<StateValue>; 4]) {
    assert_eq!(all(text, 2), expected);
}
