//! Triage of what AWS knows: of one event, or of what set off an alarm.

use anyhow::{anyhow, bail};
use jiff::Timestamp;
use rootsweep_aws::{Aws, Window};
use rootsweep_model::report::triage_v1;
use rootsweep_model::{Account, AccountId, AccountState};
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
                find_event(&aws, &mut intake, account.id, id).await?;
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
        email: None,
        state: AccountState::Unknown,
        ou_path: None,
        ou_ids: Vec::new(),
        is_management: false,
    }
}

/// Takes an event in, or fails where it is not found.
async fn find_event(aws: &Aws, intake: &mut Intake, account: AccountId, id: &str) -> anyhow::Result<()> {
    let sources = aws.look_up_event(account, id).await;
    let found = sources.iter().map(|source| intake.take(account, source).len()).sum::<usize>();
    if found > 0 {
        return Ok(());
    }
    let gap = sources.iter().find_map(|source| source.records.gap());
    let unread = gap.map(|gap| format!("; and not everything could be asked: {gap}")).unwrap_or_default();
    bail!(
        "no event {id} in the Event history of account {account}{unread}\nEvent history holds management events of the last \
         90 days, and what is older or was delivered late may only be in the trail's bucket or log group: copy it from \
         there, and run `rootsweep triage FILE`"
    )
}
