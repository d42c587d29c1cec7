//! Who answers which call in front of LocalStack: one table, from which `docs/fidelity.md` is written too.

use super::Route;
use crate::call::{Call, Service};

/// A rule of the table; the first one that covers a call decides, and what none covers goes to LocalStack.
pub(crate) struct Rule {
    services: &'static [Service],
    /// The operations; all of the services' where empty.
    operations: &'static [&'static str],
    /// What must hold of the call besides.
    pub(crate) condition: Option<Condition>,
    pub(crate) route: Route,
    pub(crate) why: &'static str,
}

/// What a rule asks of a call beside its operation.
pub(crate) struct Condition {
    holds: fn(&Call) -> bool,
    /// In words that follow "World".
    pub(crate) words: &'static str,
}

impl Rule {
    const fn new(services: &'static [Service], route: Route, why: &'static str) -> Self {
        Self { services, operations: &[], condition: None, route, why }
    }

    const fn of(self, operations: &'static [&'static str]) -> Self {
        Self { operations, ..self }
    }

    const fn when(self, words: &'static str, holds: fn(&Call) -> bool) -> Self {
        Self { condition: Some(Condition { holds, words }), ..self }
    }

    pub(crate) fn covers(&self, service: Service, operation: &str) -> bool {
        self.services.contains(&service) && (self.operations.is_empty() || self.operations.contains(&operation))
    }
}

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        &[Service::Organizations, Service::CloudTrail, Service::Account, Service::Athena, Service::SecurityHub],
        Route::Own,
        "not in the community edition",
    ),
    Rule::new(&[Service::Sts], Route::Both, "LocalStack lets everyone into absent roles").of(&["AssumeRole"]),
    Rule::new(&[Service::Sts], Route::Own, "LocalStack knows no `AssumeRoot` and no session policy"),
    Rule::new(&[Service::Iam], Route::Both, "the World decides who may assume a role")
        .of(&["CreateRole", "DeleteRole"]),
    Rule::new(&[Service::Iam], Route::Own, "LocalStack has no root user").of(&[
        "GetAccountSummary",
        "GenerateCredentialReport",
        "GetCredentialReport",
        "ListVirtualMFADevices",
        "ListAccountAliases",
        "ListOrganizationsFeatures",
    ]),
    Rule::new(&[Service::Iam], Route::Own, "LocalStack has no root user")
        .when("for root itself", |call| call.principal.is_root()),
    Rule::new(&[Service::Logs], Route::Both, "the World judges the events, and puts the metric data into LocalStack")
        .of(&["CreateLogGroup", "CreateLogStream", "PutLogEvents"]),
    Rule::new(&[Service::Logs], Route::Own, "LocalStack evaluates no pattern").of(&[
        "PutMetricFilter",
        "DescribeMetricFilters",
        "DeleteMetricFilter",
        "TestMetricFilter",
    ]),
    Rule::new(&[Service::Logs], Route::Own, "LocalStack evaluates no pattern")
        .of(&["FilterLogEvents"])
        .when("with a filter pattern", |call| call.input.text("filterPattern").is_some()),
    Rule::new(&[Service::CloudWatch], Route::Own, "not in LocalStack").of(&[
        "PutAlarmMuteRule",
        "GetAlarmMuteRule",
        "ListAlarmMuteRules",
        "DeleteAlarmMuteRule",
    ]),
    Rule::new(&[Service::Events], Route::Upstream, "").of(&["PutEvents"]),
    Rule::new(
        &[Service::Events],
        Route::Own,
        "disabled rules of LocalStack still deliver, and get a pattern that never matches",
    ),
];

/// Tells who answers a call.
pub(crate) fn route(call: &Call) -> Route {
    let decides = |rule: &&Rule| {
        rule.covers(call.service, &call.operation) && rule.condition.as_ref().is_none_or(|it| (it.holds)(call))
    };
    RULES.iter().find(decides).map_or(Route::Upstream, |rule| rule.route)
}

/// The rules that can decide an operation's calls, in their order; the last of them has no condition, unless LocalStack
/// answers the rest.
pub(crate) fn rules_of(service: Service, operation: &str) -> impl Iterator<Item = &'static Rule> {
    let mut decided = false;
    RULES.iter().filter(move |rule| rule.covers(service, operation)).take_while(move |rule| {
        let before = decided;
        decided |= rule.condition.is_none();
        !before
    })
}

/// How LocalStack's own answer differs from AWS's: service, operation, and the difference.
pub(crate) const LOCALSTACK_DIFFERS: &[(Service, &str, &str)] = &[
    (Service::CloudWatch, "DescribeAlarms", "an alarm is not held back by a mute rule"),
    (Service::CloudWatch, "DescribeAlarmHistory", "no items of actions; the time is that of the update before"),
    (
        Service::CloudWatch,
        "PutMetricAlarm",
        "evaluated when it is put and then once a period; a period is 10, 30 or a multiple of 60 seconds",
    ),
    (Service::Logs, "DescribeLogGroups", "counts no metric filters"),
    (Service::Events, "PutEvents", "read-only management events reach every enabled rule once one rule wants them"),
    (Service::Sns, "Subscribe", "answers an ARN for a subscription that is pending"),
    (
        Service::Sns,
        "ListSubscriptionsByTopic",
        "lists pending subscriptions with an ARN: the gateway puts `PendingConfirmation` in its place",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::operations;

    #[test]
    fn what_is_said_of_localstack_is_said_of_calls_that_it_answers() {
        for (service, operation, differs) in LOCALSTACK_DIFFERS {
            assert!(operations(*service).iter().any(|it| it.name == *operation), "{operation} is not modelled");
            let own = rules_of(*service, operation).any(|it| it.condition.is_none() && it.route == Route::Own);
            assert!(!own, "{operation} never reaches LocalStack: {differs}");
        }
    }

    #[test]
    fn every_rule_decides_something() {
        for rule in RULES {
            let is_it = |service, operation| rules_of(service, operation).any(|it| std::ptr::eq(it, rule));
            let operations = || rule.operations.iter().copied().chain(["AnyOther"]);
            let decides = rule.services.iter().any(|service| operations().any(|it| is_it(*service, it)));
            assert!(decides, "an earlier rule hides the one that says {:?}", rule.why);
        }
    }
}
