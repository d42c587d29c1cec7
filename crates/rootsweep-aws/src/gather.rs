//! Gathering the facts of one account: each call once, each field a fact or a gap.

mod alarm_history;
mod alarms;
mod credential_report;
mod logs;
mod monitoring;
mod mute_rules;
mod records;
mod regions;
mod root;
mod rule_filter;
mod rules;
mod topics;
mod trails;

pub(crate) use records::Queried;

use std::collections::{BTreeMap, BTreeSet};

use futures::future;
use rootsweep_model::facts::{AccountFacts, MonitoringFacts, Topic};
use rootsweep_model::{Account, AccountId, Fact, Gap, GapKind};

use crate::calls::ASSUME_ROLE;
use crate::connect::Aws;
use crate::session::Session;

impl Aws {
    /// Gathers the facts of one account. It cannot fail: what could not be learnt is a gap in the facts.
    pub async fn gather(&self, account: &Account) -> AccountFacts {
        if !account.state.is_reachable() {
            return AccountFacts::unreachable(account.clone(), &not_active(account));
        }
        let (entered, root_session) =
            future::join(Box::pin(self.enter(account.id)), Box::pin(self.root_session(account))).await;
        let mut facts = match &entered {
            Ok(entered) => Box::pin(self.gather_with(account, entered.session())).await,
            Err(gap) => AccountFacts::unreachable(account.clone(), gap),
        };
        if let Some(session) = root_session {
            Box::pin(root::read_as_root(&session, &mut facts.root)).await;
        }
        facts
    }

    /// Gathers what listens for root events in an account that is not swept itself, but owns a trail or its log group.
    pub async fn gather_monitoring(&self, account: AccountId) -> Fact<MonitoringFacts> {
        match self.enter(account).await {
            Ok(entered) => Fact::Known(self.monitoring(entered.session()).await),
            Err(gap) => Fact::Gap(gap),
        }
    }

    /// Gathers topics of an account that alarms and rules of other accounts act on.
    pub async fn gather_topics(&self, account: AccountId, arns: BTreeSet<String>) -> BTreeMap<String, Fact<Topic>> {
        match self.enter(account).await {
            Ok(entered) => topics::read(entered.session(), arns).await,
            Err(gap) => arns.into_iter().map(|arn| (arn, Fact::Gap(gap.clone()))).collect(),
        }
    }

    async fn root_session(&self, account: &Account) -> Option<Session> {
        if !self.wants_root_session(account) {
            return None;
        }
        let opened = self.enter_as_root(account.id).await;
        opened.inspect_err(|gap| tracing::info!(account = %account.id, %gap, "no root session; the role is used")).ok()
    }

    async fn gather_with(&self, account: &Account, session: &Session) -> AccountFacts {
        let names_and_records = async {
            let (aliases, regions) = future::join(root::aliases(session), regions::enabled_regions(session)).await;
            let records = self.looked_up(session, &aliases, &regions).await;
            (Fact::from(aliases), Fact::from(regions), records)
        };
        let listeners = async {
            let monitoring = self.monitoring(session).await;
            let regions: BTreeSet<&str> = monitoring.log_groups.values().map(|group| group.region.as_str()).collect();
            let (logged, history) =
                future::join(self.logged(session, &monitoring), self.alarm_history(session, regions)).await;
            (monitoring, logged, history)
        };
        let ((aliases, enabled_regions, mut records), root, (mut monitoring, logged, alarm_history)) =
            future::join3(Box::pin(names_and_records), Box::pin(root::read(session)), Box::pin(listeners)).await;
        Box::pin(self.listen_elsewhere(session, &mut monitoring, &enabled_regions)).await;
        records.extend(logged);
        records.extend(self.queried(account.id).await);
        let session = Fact::Known(session.arn.clone());
        let account = account.clone();
        AccountFacts { account, session, root, aliases, enabled_regions, monitoring, records, alarm_history }
    }
}

fn not_active(account: &Account) -> Gap {
    Gap::new(
        GapKind::AccountNotActive,
        ASSUME_ROLE.action,
        format!("the account is {}, so its roles cannot be assumed", account.state),
        "nobody, while the account is in this state; its owner, or AWS Support, can bring it back or let it close",
    )
}
