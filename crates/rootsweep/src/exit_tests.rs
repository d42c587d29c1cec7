use rootsweep_model::{Gap, GapKind};

use super::*;
use crate::fixture::{report, row};

const POLICY: Policy = Policy { fail_on: Severity::High, allow_unknown: false };

fn exit(policy: Policy, verdicts: &[(Verdict, Severity)]) -> Exit {
    let rows = verdicts.iter().map(|(verdict, severity)| row("root-mfa", *verdict, *severity)).collect();
    policy.judge(&report(3, rows))
}

#[test]
fn the_numbers_are_the_documented_ones() {
    use Exit::{Clean, Failed, Findings, FindingsAndIncomplete, Incomplete, Interrupted, NothingSelected, Usage};
    let all = [Clean, Failed, Usage, NothingSelected, Findings, Incomplete, FindingsAndIncomplete, Interrupted];
    assert_eq!(all.map(|exit| exit as u8), [0, 1, 2, 3, 10, 11, 12, 130]);
}

#[test]
fn findings_and_gaps_decide_together() {
    use Severity::{Critical, High, Low};
    use Verdict::{Accepted, Fail, NotApplicable, Pass, Unknown};
    let cases: [(&[(Verdict, Severity)], Exit); 8] = [
        (&[], Exit::Clean),
        (&[(Pass, Critical), (NotApplicable, Critical), (Accepted, Critical)], Exit::Clean),
        (&[(Fail, Low)], Exit::Clean),
        (&[(Fail, High)], Exit::Findings),
        (&[(Fail, Critical), (Pass, Low)], Exit::Findings),
        (&[(Unknown, Low)], Exit::Incomplete),
        (&[(Unknown, Low), (Fail, Low)], Exit::Incomplete),
        (&[(Unknown, Low), (Fail, High)], Exit::FindingsAndIncomplete),
    ];
    for (verdicts, wanted) in cases {
        assert_eq!(exit(POLICY, verdicts), wanted, "{verdicts:?}");
    }
}

#[test]
fn unknown_rows_can_be_accepted_and_an_incomplete_list_cannot() {
    let lenient = Policy { allow_unknown: true, ..POLICY };
    assert_eq!(exit(lenient, &[(Verdict::Unknown, Severity::High)]), Exit::Clean);
    let mut report = report(3, Vec::new());
    report.coverage.listing = Some(Gap::new(GapKind::Throttled, "organizations:ListAccounts", "slow down", "wait"));
    assert_eq!(lenient.judge(&report), Exit::Incomplete);
}

#[test]
fn an_interruption_goes_before_everything() {
    let mut report = report(3, vec![row("root-mfa", Verdict::Fail, Severity::Critical)]);
    report.run.interrupted = true;
    assert_eq!(POLICY.judge(&report), Exit::Interrupted);
}
