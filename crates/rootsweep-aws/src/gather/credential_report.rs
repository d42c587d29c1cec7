//! The root user's row of the credential report: make it, wait for it, read it.

mod parse;

use std::time::Duration;

use aws_sdk_iam::operation::get_credential_report::{GetCredentialReportError, GetCredentialReportOutput};
use aws_sdk_iam::types::ReportStateType;
use rootsweep_model::facts::CredentialReport;
use rootsweep_model::{Gap, GapKind};

use crate::calls::{GENERATE_CREDENTIAL_REPORT, GET_CREDENTIAL_REPORT};
use crate::gap::missing;
use crate::session::Session;
use crate::time::timestamp;

/// How long each further look at an unfinished report waits: 31 seconds in all.
const WAITS: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(2_500),
    Duration::from_secs(5),
    Duration::from_secs(9),
    Duration::from_secs(13),
];

/// What a look at the report finds.
enum Look {
    Ready(Box<GetCredentialReportOutput>),
    InProgress,
    /// There is none, or the one there was has expired.
    Absent,
}

pub(super) async fn read(session: &Session) -> Result<CredentialReport, Gap> {
    let mut finished = generate(session).await?;
    let mut again = true;
    for wait in WAITS {
        if !finished {
            tokio::time::sleep(wait).await;
        }
        match look(session).await? {
            Look::Ready(report) => return parsed(*report),
            Look::Absent if again => {
                again = false;
                finished = generate(session).await?;
            }
            Look::InProgress | Look::Absent => finished = false,
        }
    }
    Err(Gap::new(
        GapKind::TimedOut,
        GET_CREDENTIAL_REPORT.action,
        "the credential report was not finished within half a minute",
        "run again: IAM goes on making the report",
    ))
}

/// Asks for a report, and returns whether it is finished; IAM makes one at most every four hours.
async fn generate(session: &Session) -> Result<bool, Gap> {
    let client = session.iam(session.region());
    let answer = session.call(GENERATE_CREDENTIAL_REPORT, None, || client.generate_credential_report().send()).await?;
    Ok(answer.state == Some(ReportStateType::Complete))
}

async fn look(session: &Session) -> Result<Look, Gap> {
    let client = session.iam(session.region());
    let send = || async {
        match client.get_credential_report().send().await {
            Ok(report) => Ok(Look::Ready(Box::new(report))),
            Err(error) => match error.as_service_error() {
                Some(GetCredentialReportError::CredentialReportNotReadyException(_)) => Ok(Look::InProgress),
                Some(
                    GetCredentialReportError::CredentialReportNotPresentException(_)
                    | GetCredentialReportError::CredentialReportExpiredException(_),
                ) => Ok(Look::Absent),
                _ => Err(error),
            },
        }
    };
    session.call(GET_CREDENTIAL_REPORT, None, send).await
}

fn parsed(report: GetCredentialReportOutput) -> Result<CredentialReport, Gap> {
    let content = report.content.ok_or_else(|| missing(&GET_CREDENTIAL_REPORT, "Content"))?;
    let mut parsed = parse::root_row(content.as_ref())?;
    parsed.generated_at = report.generated_time.as_ref().and_then(timestamp);
    Ok(parsed)
}
