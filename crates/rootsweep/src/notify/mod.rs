//! Telling somebody of a sweep, after its report is written.

mod digest;
mod slack;
mod target;

use std::collections::BTreeSet;
use std::io::BufWriter;

use anyhow::{Context as _, anyhow, ensure};
use futures::future::join_all;
use rootsweep_aws::Aws;
use rootsweep_aws::sink::Upload;
use rootsweep_model::Gap;
use rootsweep_model::report::v1::{Changes, Report};
use rootsweep_report::{Format, Options, SecurityHub, TrendPoint, render};
use tempfile::NamedTempFile;

use crate::failure;
use crate::past::Past;
use target::KmsKeyId;
pub(crate) use target::{Notification, Target, When};

/// What is told.
pub(crate) struct News<'a> {
    pub(crate) report: &'a Report,
    pub(crate) trend: &'a [TrendPoint],
    /// The runs before, where they are kept.
    pub(crate) past: Option<&'a Past<'a>>,
}

impl News<'_> {
    /// Tells everybody at once. Who cannot be told is named on stderr, keeps nobody else from being told, and is told of
    /// the same after the next sweep.
    pub(crate) async fn tell(&self, notifications: &[Notification], aws: &Aws) {
        let told = join_all(notifications.iter().map(|it| async { (&it.to, self.tell_one(it, aws).await) })).await;
        let mut untold = BTreeSet::new();
        for (to, told) in told {
            if let Err(error) = told {
                failure::say(&error.context(format!("{to} was not told of the report")));
                untold.insert(to.key());
            }
        }
        if let Some(past) = self.past {
            past.remember_untold(&untold);
        }
    }

    async fn tell_one(&self, notification: &Notification, aws: &Aws) -> anyhow::Result<()> {
        let changes = self.past.and_then(|past| past.changes_since_told(&notification.to.key(), self.report));
        // A first sweep is all news.
        let differs = changes.as_ref().is_none_or(|changes| !changes.items.is_empty());
        if notification.when == When::Always || differs {
            self.send(notification, changes.as_ref(), aws).await?;
        }
        Ok(())
    }

    async fn send(&self, notification: &Notification, changes: Option<&Changes>, aws: &Aws) -> anyhow::Result<()> {
        match &notification.to {
            Target::Sns(arn) => {
                let message = digest::message(self.report, changes);
                aws.publish(arn, &message).await.map(drop).map_err(|gap| failed(&gap))
            }
            Target::Slack(webhook) => {
                let findings = digest::findings(self.report, changes);
                slack::post(webhook, &digest::headline(self.report), &findings).await
            }
            Target::SecurityHub(hub) => self.import(hub, aws).await,
            Target::S3 { bucket, prefix } => {
                let upload = Upload {
                    bucket: bucket.clone(),
                    region: notification.region.as_ref().map(ToString::to_string),
                    kms_key_id: notification.kms_key_id.as_ref().map(|KmsKeyId(id)| id.clone()),
                    ..Upload::default()
                };
                self.upload(upload, prefix, aws).await
            }
        }
    }

    async fn import(&self, hub: &SecurityHub, aws: &Aws) -> anyhow::Result<()> {
        let findings = rootsweep_report::findings(self.report, hub.clone());
        let imported = aws.import_findings(&hub.region, findings).await.map_err(|gap| failed(&gap))?;
        let first = imported.refused.first();
        let why = first.map(|it| format!("{} ({}): {}", it.id, it.code, it.message)).unwrap_or_default();
        let refused = imported.refused.len();
        let all = refused + imported.accepted;
        ensure!(first.is_none(), "it refused {refused} of {all} findings, the first {why}");
        Ok(())
    }

    /// Puts the report into a bucket, as JSON and as a page, in a folder of its run.
    async fn upload(&self, upload: Upload, prefix: &str, aws: &Aws) -> anyhow::Result<()> {
        let run = &self.report.run;
        let folder = format!("{}-{}", run.started_at.strftime("%Y%m%dT%H%M%SZ"), run.id);
        let folder = if prefix.is_empty() { folder } else { format!("{prefix}/{folder}") };
        for format in [Format::Json, Format::Html] {
            let file = self.rendered(format).context("no temporary file can be written")?;
            let upload = Upload {
                key: format!("{folder}/report.{}", format.extension()),
                content_type: format.media_type().to_owned(),
                file: file.path().to_owned(),
                ..upload.clone()
            };
            aws.upload(upload).await.map_err(|gap| failed(&gap))?;
        }
        Ok(())
    }

    /// Renders the report into a file, for it may be larger than what should be in memory.
    fn rendered(&self, format: Format) -> anyhow::Result<NamedTempFile> {
        let options = Options { trend: self.trend.to_vec(), ..Options::default() };
        let mut out = BufWriter::new(NamedTempFile::with_prefix("rootsweep-")?);
        render(format, self.report, &options, &mut out)?;
        Ok(out.into_inner()?)
    }
}

/// Puts a gap into the words of an error.
fn failed(gap: &Gap) -> anyhow::Error {
    anyhow!("{} failed: {}; {}", gap.call, gap.message, gap.remedy)
}
