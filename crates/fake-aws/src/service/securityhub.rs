//! AWS Security Hub.

use super::{Context, Operation, Reply};
use crate::error::ServiceError;
use crate::value::{Value, shape};

/// A call takes so many findings in.
const MAX_FINDINGS: usize = 100;

/// Members that every finding must have.
///
/// Source: <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html>
const REQUIRED: [&str; 10] = [
    "SchemaVersion",
    "Id",
    "ProductArn",
    "GeneratorId",
    "AwsAccountId",
    "CreatedAt",
    "UpdatedAt",
    "Severity",
    "Title",
    "Description",
];

/// The operations of the service.
pub(super) const OPERATIONS: &[Operation] = &[Operation::new("BatchImportFindings", batch_import_findings)
    .differing("of the finding format the required members alone are checked")];

/// Takes findings in, one by one: a finding that is not valid fails by itself.
///
/// Source: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>
fn batch_import_findings(context: &mut Context<'_>) -> Reply {
    let findings = context.input().list("Findings");
    if findings.is_empty() || findings.len() > MAX_FINDINGS {
        return Err(ServiceError::new(400, "InvalidInputException", "Findings must have between 1 and 100 members."));
    }
    let mut failed = Vec::new();
    for finding in findings {
        match flaw(finding) {
            None => context.world.findings.push(finding.clone()),
            Some(message) => failed.push(shape! {
                "Id": finding.text("Id").unwrap_or_default(),
                "ErrorCode": "InvalidInput",
                "ErrorMessage": message,
            }),
        }
    }
    let taken = findings.len() - failed.len();
    Ok(shape! { "FailedCount": failed.len(), "SuccessCount": taken, "FailedFindings": failed })
}

fn flaw(finding: &Value) -> Option<String> {
    let missing = REQUIRED.iter().find(|name| finding.get(name).is_none());
    if let Some(name) = missing {
        return Some(format!(
            "Finding does not adhere to Amazon Finding Format. data should have required property '{name}'."
        ));
    }
    if finding.list("Resources").is_empty() {
        return Some(
            "Finding does not adhere to Amazon Finding Format. data.Resources should NOT have fewer than 1 items."
                .to_owned(),
        );
    }
    let typed = !finding.list("Types").is_empty() || finding.get("FindingProviderFields").is_some();
    (!typed).then(|| {
        "Finding does not adhere to Amazon Finding Format. data should have required property 'Types'.".to_owned()
    })
}
