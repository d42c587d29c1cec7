//! Filing findings with Security Hub.

use std::iter::Peekable;

use aws_config::Region;
use aws_sdk_securityhub::types::ImportFindingsError;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use rootsweep_model::Gap;

use crate::calls::{BATCH_IMPORT_FINDINGS, Principal};
use crate::connect::Aws;
use crate::gap::{bounded, gap_of};

/// The most findings of one call.
///
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>
const BATCH: usize = 100;

/// The most bytes of one call are six million; the rest is for what stands around the findings.
const BATCH_BYTES: usize = 5_500_000;

/// What Security Hub said of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many it took.
    pub accepted: usize,
    /// Those that it did not take.
    pub refused: Vec<Refused>,
}

/// A finding that Security Hub did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The finding's id.
    pub id: String,
    /// Why, in AWS's code.
    pub code: String,
    /// Why, in AWS's words: hostile text.
    pub message: String,
}

impl Aws {
    /// Files findings, each a JSON object in the AWS Security Finding Format, with Security Hub in a Region.
    ///
    /// A call that fails ends the import; what calls before it filed stays filed, and importing again is harmless, for a
    /// finding of a known id is an update.
    pub async fn import_findings(&self, region: &str, findings: impl Iterator<Item = String>) -> Result<Imported, Gap> {
        let config = aws_sdk_securityhub::config::Builder::from(&self.home).region(Region::new(region.to_owned()));
        let client = aws_sdk_securityhub::Client::from_conf(config.build());
        let mut imported = Imported::default();
        let mut findings = findings.peekable();
        while findings.peek().is_some() {
            let batch = next_batch(&mut findings);
            let refused = import(&client, region, &batch).await?;
            imported.accepted += batch.len().saturating_sub(refused.len());
            imported.refused.extend(refused);
        }
        Ok(imported)
    }
}

/// Takes as many findings as one call may have, and one at least.
fn next_batch(findings: &mut Peekable<impl Iterator<Item = String>>) -> Vec<String> {
    let mut batch: Vec<String> = findings.next().into_iter().collect();
    let mut bytes: usize = batch.iter().map(String::len).sum();
    while batch.len() < BATCH {
        let Some(finding) = findings.next_if(|it| bytes + it.len() < BATCH_BYTES) else { break };
        bytes += finding.len() + 1;
        batch.push(finding);
    }
    batch
}

async fn import(client: &aws_sdk_securityhub::Client, region: &str, batch: &[String]) -> Result<Vec<Refused>, Gap> {
    let body = format!(r#"{{"Findings":[{}]}}"#, batch.join(","));
    // The findings are JSON already, as the report shows them: to take them apart into the SDK's types would only be a
    // chance to lose a field. The body is exchanged before it is signed.
    let request = client.batch_import_findings().set_findings(Some(Vec::new()));
    let request = request.customize().mutate_request(move |request| exchange(request, &body));
    let answer =
        request.send().await.map_err(|error| gap_of(&BATCH_IMPORT_FINDINGS, Principal::Sink, Some(region), &error))?;
    Ok(answer.failed_findings.into_iter().flatten().map(refused).collect())
}

fn exchange(request: &mut HttpRequest, body: &str) {
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
}

fn refused(finding: ImportFindingsError) -> Refused {
    Refused {
        id: bounded(&finding.id.unwrap_or_default(), 512),
        code: bounded(&finding.error_code.unwrap_or_default(), 120),
        message: bounded(&finding.error_message.unwrap_or_default(), 500),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_so_many_findings_and_so_many_bytes() {
        let small = || "x".repeat(10);
        let large = || "x".repeat(BATCH_BYTES / 2);
        let mut findings = (0..101).map(|_| small()).chain([large(), large(), large()]).peekable();
        let batches = std::iter::from_fn(|| Some(next_batch(&mut findings).len()).filter(|it| *it > 0));
        assert_eq!(batches.collect::<Vec<_>>(), [100, 2, 1, 1]);
    }

    #[test]
    fn a_finding_that_is_too_large_goes_alone() {
        let mut findings = ["x".repeat(2 * BATCH_BYTES), String::from("y")].into_iter().peekable();
        assert_eq!(next_batch(&mut findings).len(), 1);
        assert_eq!(next_batch(&mut findings), ["y"]);
    }
}
