//! Triage of what AWS knows: of one event, or of what set off an alarm.

use std::collections::BTreeSet;

use anyhow::{anyhow, bail};
use jiff::Timestamp;
use rootsweep_aws::{Aws, Window};
use rootsweep_model::facts::RecordSource;
use rootsweep_model::report::triage_v1;
use rootsweep_model::{Account, AccountFacts, AccountId, AccountState, Arn, Gap};
use rootsweep_triage::Triage;

use super::alarm;
use super::intake::Intake;
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
        let mut intake = Intake::new(triage, account.id, facts.root.credential_report.clone());
        facts.records.iter().for_each(|source| drop(intake.take(account.id, source)));
        match question {
            Question::Event(id) => {
                find_event(&aws, &mut intake, &facts, id, window).await?;
                Ok(intake.finish(window.start))
            }
            Question::Alarm(name) => alarm::explain(&aws, intake, &facts, name, window).await,
        }
    })
}

/// Makes an account of which nothing is known but its id.
pub(super) fn named(id: AccountId) -> Account {
    Account {
        id,
        name: id.to_string(),
        state: AccountState::Unknown,
        ou_path: None,
        ou_ids: Vec::new(),
        is_management: false,
    }
}

/// Takes an event in, or fails where it is not found. What Event history does not have, because it happened long ago and
/// was delivered late, the log groups of trails can.
async fn find_event(
    aws: &Aws,
    intake: &mut Intake,
    facts: &AccountFacts,
    id: &str,
    window: Window,
) -> anyhow::Result<()> {
    let account = facts.account.id;
    let mut asked: Vec<(AccountId, RecordSource)> = Vec::new();
    asked.extend(aws.look_up_event(account, id).await.into_iter().map(|source| (account, source)));
    let groups = log_groups(facts);
    if !asked.iter().any(|(_, source)| has_records(source)) {
        for gap in unlisted(facts) {
            intake.skip(gap);
        }
        for group in &groups {
            let owner = Arn::parse(group).and_then(Arn::account).unwrap_or(account);
            let pattern = format!("{{ $.eventID = \"{id}\" }}");
            let found = aws.logged_matching(group, &pattern, window).await;
            asked.extend(found.into_iter().map(|source| (owner, source)));
        }
    }
    if asked.iter().any(|(_, source)| has_records(source)) {
        for (owner, source) in &asked {
            intake.take(*owner, source);
        }
        return Ok(());
    }
    let gap = asked.iter().find_map(|(_, source)| source.records.gap()).or_else(|| unlisted(facts).next());
    bail!(not_found(account, id, &groups, gap, window.start))
}

fn has_records(source: &RecordSource) -> bool {
    source.records.known().is_ok_and(|records| !records.is_empty())
}

/// Returns the log groups that the account's trails deliver to, its organization's among them.
fn log_groups(facts: &AccountFacts) -> BTreeSet<&str> {
    let trails = facts.monitoring.trails.known().map(Vec::as_slice).unwrap_or_default();
    trails.iter().filter_map(|trail| trail.log_group_arn.as_deref()).collect()
}

/// Returns why the account may have more trails.
fn unlisted(facts: &AccountFacts) -> impl Iterator<Item = &Gap> {
    facts.monitoring.trails.gap().into_iter().chain(facts.monitoring.unlisted_trails.as_ref())
}

fn not_found(account: AccountId, id: &str, groups: &BTreeSet<&str>, gap: Option<&Gap>, since: Timestamp) -> String {
    let groups: Vec<&str> = groups.iter().copied().collect();
    let logged = match groups.as_slice() {
        [] => ", and none of its trails delivers to a log group".to_owned(),
        groups => format!(", nor, since {since}, in {}", groups.join(", ")),
    };
    let unread = gap.map(|gap| format!("; and not everything could be asked: {gap}")).unwrap_or_default();
    format!(
        "no event {id} in the Event history of account {account}{logged}{unread}\nEvent history holds management events \
         of the last 90 days, and a log group what was delivered to it since --since: what is older may only be in the \
         trail's bucket. Copy it from there, and run `rootsweep triage FILE`"
    )
}
