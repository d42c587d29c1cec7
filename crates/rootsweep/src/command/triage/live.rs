//! Triage of what AWS knows: of one event, or of what set off an alarm.

use std::collections::BTreeMap;

use anyhow::{anyhow, bail};
use jiff::Timestamp;
use rootsweep_aws::{Aws, Window};
use rootsweep_model::facts::RecordSource;
use rootsweep_model::report::triage_v1::{self, Skipped, Source};
use rootsweep_model::{Account, AccountFacts, AccountId, AccountState, Fact, Gap};
use rootsweep_triage::Triage;

use super::alarm;
use crate::exit::Exit;
use crate::failure::OrExit as _;
use crate::settings::Settings;

/// What the analyst was woken by.
pub(super) enum Question {
    /// An event, by its id.
    Event(String),
    /// An alarm, by its name.
    Alarm(String),
}

/// Asks AWS, and triages what it knows: the answer to the question, and everything else that root did meanwhile.
pub(super) fn triage(
    triage: Triage,
    question: &Question,
    account: Option<AccountId>,
    settings: &Settings,
    now: Timestamp,
) -> anyhow::Result<triage_v1::Triage> {
    let window = Window { start: now - settings.window.signed(), end: now };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let aws = Aws::connect(settings.aws_options(window)).await.or_exit(Exit::Usage)?;
        let account = account.map_or_else(|| aws.own_account(), named);
        let facts = Box::pin(aws.gather(&account)).await;
        if let Some(gap) = facts.session.gap() {
            return Err(anyhow!("{gap}; {}", gap.remedy)).or_exit(Exit::Usage);
        }
        let mut intake = Intake::new(triage);
        facts.records.iter().for_each(|source| drop(intake.take(source)));
        let mut told = match question {
            Question::Event(id) => of_event(&aws, intake, account.id, id).await?,
            Question::Alarm(name) => alarm::explain(&aws, intake, &facts, name).await?,
        };
        ask_credential_report(&mut told, &facts, window.start);
        Ok(told)
    })
}

/// Makes an account of which nothing is known but its id.
fn named(id: AccountId) -> Account {
    Account {
        id,
        name: id.to_string(),
        email: None,
        state: AccountState::Unknown,
        ou_path: None,
        ou_ids: Vec::new(),
        is_management: false,
    }
}

async fn of_event(aws: &Aws, mut intake: Intake, account: AccountId, id: &str) -> anyhow::Result<triage_v1::Triage> {
    let sources = aws.look_up_event(account, id).await;
    let found = sources.iter().map(|source| intake.take(source).len()).sum::<usize>();
    if found > 0 {
        return Ok(intake.triage.finish());
    }
    let gap = sources.iter().find_map(|source| source.records.gap());
    let unread = gap.map(|gap| format!("; and not everything could be asked: {gap}")).unwrap_or_default();
    bail!(
        "no event {id} in the Event history of account {account}{unread}\nEvent history holds management events of the last \
         90 days, and what is older or was delivered late may only be in the trail's bucket or log group: copy it from \
         there, and run `rootsweep triage FILE`"
    )
}

/// Notes where the credential report could not be asked, or knows of a use that no record tells of.
fn ask_credential_report(told: &mut triage_v1::Triage, facts: &AccountFacts, since: Timestamp) {
    let gap = match facts.root.credential_report.known() {
        Ok(report) => rootsweep_checks::unrecorded_use(report, since, &told.episodes),
        Err(gap) => Some(gap.clone()),
    };
    if let Some(gap) = gap {
        told.skipped.push(skipped(gap.call.clone(), &gap));
        told.counts.skipped += 1;
    }
}

/// Takes records in, each with the call that found it and its number there.
pub(super) struct Intake {
    pub(super) triage: Triage,
    next: BTreeMap<String, u64>,
}

impl Intake {
    fn new(triage: Triage) -> Self {
        Self { triage, next: BTreeMap::new() }
    }

    /// Takes the records of a source, or why there are none; returns their JSON.
    pub(super) fn take<'a>(&mut self, source: &'a RecordSource) -> Vec<&'a str> {
        let file = format!("{} {}", source.kind.call(), source.region);
        let records = match &source.records {
            Fact::Known(records) => records,
            Fact::Gap(gap) => {
                self.triage.skip(skipped(file, gap));
                return Vec::new();
            }
        };
        let next = self.next.entry(file.clone()).or_default();
        for record in records {
            let source = Source { file: file.clone(), index: *next };
            *next += 1;
            self.triage.push_json(source, record.delivered_at, &record.json);
        }
        records.iter().map(|record| record.json.as_str()).collect()
    }

    /// Notes that something could not be asked.
    pub(super) fn skip(&mut self, gap: &Gap) {
        self.triage.skip(skipped(gap.call.clone(), gap));
    }
}

fn skipped(file: String, gap: &Gap) -> Skipped {
    Skipped { file, offset: None, reason: format!("{gap}; {}", gap.remedy) }
}
