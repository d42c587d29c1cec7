//! What AWS told, taken in: records, credential reports, and what could not be read.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use futures::future;
use jiff::Timestamp;
use rootsweep_aws::Aws;
use rootsweep_cloudtrail::parse_record;
use rootsweep_model::facts::{CredentialReport, RecordSource, RecordSourceKind};
use rootsweep_model::report::triage_v1::{self, Episode, Skipped, Source};
use rootsweep_model::{AccountId, Fact, Gap};
use rootsweep_triage::Triage;

/// How many other accounts are asked what their root user did, the one that acted last first.
const AFFECTED: usize = 5;

/// Takes records in, each with the call that found it and its number there.
pub(super) struct Intake {
    triage: Triage,
    /// The account that was asked about.
    account: AccountId,
    next: BTreeMap<String, u64>,
    /// The log events that were taken in: several calls can find the same one.
    logged: BTreeSet<(Option<Timestamp>, String)>,
    /// The accounts whose root user did something, and when it last did.
    affected: BTreeMap<AccountId, Option<Timestamp>>,
    reports: BTreeMap<AccountId, Fact<CredentialReport>>,
}

impl Intake {
    /// Begins with nothing but the credential report of the account that was asked about.
    pub(super) fn new(triage: Triage, account: AccountId, report: Fact<CredentialReport>) -> Self {
        let reports = BTreeMap::from([(account, report)]);
        Self { triage, account, next: BTreeMap::new(), logged: BTreeSet::new(), affected: BTreeMap::new(), reports }
    }

    /// Takes the records that a source in an account has, or why there are none; returns the event id of each, where it
    /// has one.
    pub(super) fn take(&mut self, account: AccountId, source: &RecordSource) -> Vec<Option<String>> {
        let file = self.file(&format!("{} {}", source.kind.call(), source.region), account);
        let records = match &source.records {
            Fact::Known(records) => records,
            Fact::Gap(gap) => {
                self.triage.skip(skipped(file, gap));
                return Vec::new();
            }
        };
        let mut ids = Vec::with_capacity(records.len());
        for record in records {
            let parsed = parse_record(&record.json);
            ids.push(parsed.as_ref().ok().and_then(|it| it.event_id.clone()));
            let logged = (record.delivered_at, record.json.clone());
            if source.kind == RecordSourceKind::LogGroup && !self.logged.insert(logged) {
                continue;
            }
            let source = self.numbered(&file);
            match parsed {
                Ok(parsed) => {
                    self.note_root_use(&parsed);
                    self.triage.push(source, record.delivered_at, parsed);
                }
                Err(error) => self.triage.skip(Skipped { file: source.file, offset: None, reason: error.to_string() }),
            }
        }
        ids
    }

    /// Notes that something could not be asked.
    pub(super) fn skip(&mut self, gap: &Gap) {
        self.triage.skip(skipped(gap.call.clone(), gap));
    }

    /// Asks the accounts whose root user did something what else it did: what sets off an organization's alarm happens in
    /// its members.
    pub(super) async fn ask_affected(&mut self, aws: &Aws) {
        let others = self.affected.iter().filter(|(account, _)| !self.reports.contains_key(account));
        let mut others: Vec<(Reverse<Option<Timestamp>>, AccountId)> =
            others.map(|(id, at)| (Reverse(*at), *id)).collect();
        others.sort_unstable();
        let not_asked = others.split_off(others.len().min(AFFECTED));
        let asked = future::join_all(others.iter().map(|(_, account)| Box::pin(aws.root_use(*account)))).await;
        for ((_, account), told) in others.into_iter().zip(asked) {
            match told {
                Ok((records, report)) => {
                    for source in &records {
                        self.take(account, source);
                    }
                    self.reports.insert(account, report);
                }
                Err(gap) => self.triage.skip(skipped(self.file(&gap.call, account), &gap)),
            }
        }
        for (_, account) in not_asked {
            let file = self.file("iam:GetCredentialReport", account);
            let reason = format!("only the {AFFECTED} accounts that were used last were asked; sweep this one");
            self.triage.skip(Skipped { file, offset: None, reason });
        }
    }

    /// Ends the triage, and notes where a credential report could not be read, or knows of a use that no record tells of.
    pub(super) fn finish(self, since: Timestamp) -> triage_v1::Triage {
        let files: Vec<String> = self.reports.keys().map(|account| self.file("", *account)).collect();
        let mut told = self.triage.finish();
        for ((account, report), of) in self.reports.iter().zip(files) {
            let is_of_account = |it: &&Episode| it.account_id.is_none_or(|id| id == *account);
            let gap = match report.known() {
                Ok(report) => {
                    let episodes: Vec<Episode> = told.episodes.iter().filter(is_of_account).cloned().collect();
                    rootsweep_checks::unrecorded_use(report, since, &episodes)
                }
                Err(gap) => Some(gap.clone()),
            };
            if let Some(gap) = gap {
                told.skipped.push(skipped(format!("{}{of}", gap.call), &gap));
                told.counts.skipped += 1;
            }
        }
        told
    }

    /// Returns what a call in an account is known by: its account is named where it is not the one that was asked about.
    fn file(&self, call: &str, account: AccountId) -> String {
        if account == self.account { call.to_owned() } else { format!("{call} {account}") }
    }

    fn numbered(&mut self, file: &str) -> Source {
        let next = self.next.entry(file.to_owned()).or_default();
        let source = Source { file: file.to_owned(), index: *next };
        *next += 1;
        source
    }

    fn note_root_use(&mut self, record: &rootsweep_cloudtrail::Record) {
        let account = record.account_id().and_then(|id| id.parse().ok()).filter(|_| record.is_root());
        if let Some(account) = account {
            let last = self.affected.entry(account).or_default();
            *last = (*last).max(record.event_time);
        }
    }
}

fn skipped(file: String, gap: &Gap) -> Skipped {
    Skipped { file, offset: None, reason: format!("{gap}; {}", gap.remedy) }
}
