//! Telling somebody of a sweep, after its report is written.

mod digest;
mod slack;
mod target;

use anyhow::{Context as _, anyhow, ensure};
use futures::future::join_all;
use rootsweep_aws::Aws;
use rootsweep_aws::sink::Upload;
use rootsweep_model::Gap;
use rootsweep_model::report::v1::Report;
use rootsweep_report::{Format, Options, SecurityHub, TrendPoint, render};
use serde_json::value::RawValue;

use crate::failure;
pub(crate) use target::{Notification, Target, When};

/// What is told.
pub(crate) struct News<'a> {
    pub(crate) report: &'a Report,
    pub(crate) trend: &'a [TrendPoint],
}

impl News<'_> {
    /// Tells everybody at once. Who cannot be told is named on stderr, and keeps nobody else from being told.
    pub(crate) async fn tell(&self, notifications: &[Notification], aws: &Aws) {
        let due = notifications.iter().filter(|it| it.when == When::Always || self.differs());
        for (target, told) in join_all(due.map(|it| async { (&it.to, self.send(&it.to, aws).await) })).await {
            if let Err(error) = told {
                failure::say(&error.context(format!("{target} was not told of the report")));
            }
        }
    }

    /// Whether something changed since the previous sweep; a first one is all news.
    fn differs(&self) -> bool {
        self.report.changes.as_ref().is_none_or(|changes| !changes.items.is_empty())
    }

    async fn send(&self, target: &Target, aws: &Aws) -> anyhow::Result<()> {
        match target {
            Target::Sns(arn) => {
                aws.publish(arn, &digest::message(self.report)).await.map(drop).map_err(|gap| failed(&gap))
            }
            Target::Slack(webhook) => slack::post(webhook, &digest::digest(self.report)).await,
            Target::SecurityHub(hub) => self.import(hub, aws).await,
            Target::S3 { bucket, prefix } => self.upload(bucket, prefix, aws).await,
        }
    }

    async fn import(&self, hub: &SecurityHub, aws: &Aws) -> anyhow::Result<()> {
        let options = Options { security_hub: Some(hub.clone()), ..Options::default() };
        let rendered = render(Format::Asff, self.report, &options)?;
        let findings: Vec<Box<RawValue>> =
            serde_json::from_slice(&rendered).context("the findings do not read back")?;
        let findings: Vec<String> = findings.into_iter().map(|it| Box::<str>::from(it).into_string()).collect();
        let imported = aws.import_findings(&hub.region, &findings).await.map_err(|gap| failed(&gap))?;
        let first = imported.refused.first();
        let why = first.map(|it| format!("{} ({}): {}", it.id, it.code, it.message)).unwrap_or_default();
        let (refused, all) = (imported.refused.len(), findings.len());
        ensure!(first.is_none(), "it refused {refused} of {all} findings, the first {why}");
        Ok(())
    }

    /// Puts the report into a bucket, as JSON and as a page, in a folder of its run.
    async fn upload(&self, bucket: &str, prefix: &str, aws: &Aws) -> anyhow::Result<()> {
        let run = &self.report.run;
        let folder = format!("{}-{}", run.started_at.strftime("%Y%m%dT%H%M%SZ"), run.id);
        let folder = if prefix.is_empty() { folder } else { format!("{prefix}/{folder}") };
        for format in [Format::Json, Format::Html] {
            let options = Options { trend: self.trend.to_vec(), ..Options::default() };
            let upload = Upload {
                bucket: bucket.to_owned(),
                key: format!("{folder}/report.{}", format.extension()),
                content_type: format.media_type().to_owned(),
                body: render(format, self.report, &options)?,
                ..Upload::default()
            };
            aws.upload(upload).await.map_err(|gap| failed(&gap))?;
        }
        Ok(())
    }
}

/// Puts a gap into the words of an error.
fn failed(gap: &Gap) -> anyhow::Error {
    anyhow!("{} failed: {}; {}", gap.call, gap.message, gap.remedy)
}
