//! Paths by event rule: rule, pattern, target, and other buses where it leads to them.

use std::collections::BTreeSet;

use eventbridge_pattern::EventPattern;
use rootsweep_model::facts::{EventRule, MonitoringFacts, RuleState, RuleTarget};
use rootsweep_model::report::v1::AlertPathKind;
use rootsweep_model::{AccountId, Arn, Fact, GapKind};

use super::cell::Cell;
use super::notify::{self, Caller};
use super::path::{Budget, Path, Step};
use super::state::{Finding, State};
use super::trail::{self, CoveringTrail};
use crate::calls;
use crate::check::Subject;
use crate::probes;

/// Why a path ends at a bus that another bus sends to: an event goes from one bus to another once, and not to a third
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html>).
const THIRD_BUS: &str = "EventBridge sends an event that came from another bus to no third one";

/// Everything that the search for rules needs.
struct Search<'a> {
    subject: &'a Subject<'a>,
    cells: &'a [Cell],
    root: &'a [usize],
    events: Vec<serde_json::Value>,
    budget: &'a Budget,
}

/// One bus, with the rules of its account and Region.
struct Bus<'a> {
    name: &'a str,
    account: AccountId,
    region: &'a str,
    rules: &'a [EventRule],
}

/// Makes the finding of a Region that the sweep did not look in.
fn not_read(region: &str) -> Finding {
    let remedy = "let the sweep read the event rules of every enabled Region: leave out --region";
    let detail = format!("the event rules of {region} were not read");
    Finding::unknown(GapKind::OutOfReach, calls::LIST_RULES, detail, remedy)
}

/// Returns every path that begins with a rule of the account's default bus.
pub(crate) fn paths(subject: &Subject<'_>, cells: &[Cell], root: &[usize], budget: &Budget) -> Vec<Path> {
    let events = cells.iter().map(|cell| probes::envelope(&cell.record, cell.account, &cell.region)).collect();
    let search = Search { subject, cells, root, events, budget };
    let regions: BTreeSet<&str> = cells.iter().map(|cell| cell.region.as_str()).collect();
    let trail = search.trail();
    let mut paths: Vec<_> = regions.iter().flat_map(|region| search.of_region(region, &trail)).collect();
    paths.extend(search.unread(&regions, &trail));
    paths
}

impl Search<'_> {
    /// Returns the link that every rule hangs on: CloudTrail sends events only of what a trail is logging.
    fn trail(&self) -> Step {
        let trails = match trail::of_account(self.subject) {
            Ok(trails) => trails,
            Err(gap) => return Step::same("trail", "unread", Finding::gap(gap)),
        };
        let name = trails.iter().map(|it| it.trail.arn.as_str()).collect::<Vec<_>>().join(", ");
        Step::each("trail", name, self.cells.iter().map(|cell| any_records(&trails, cell)).collect())
    }

    fn of_region(&self, region: &str, trail: &Step) -> Vec<Path> {
        let monitoring = &self.subject.facts.monitoring;
        let Some(bus) = bus(monitoring, self.subject.facts.account.id, region, "default") else { return Vec::new() };
        let here = self.cells.iter().map(|cell| cell.region == region).collect::<Vec<_>>();
        self.of_bus(&bus, std::slice::from_ref(trail), &here, false)
    }

    /// Returns one path for all Regions whose rules could not be read: what it hears is not known.
    ///
    /// Rules beyond the sign-in Regions are gathered only where one of those has a rule that could concern root, so
    /// Regions that nobody asked for count only there; a sign-in Region is left out only where the run names its Regions.
    fn unread(&self, regions: &BTreeSet<&str>, trail: &Step) -> Option<Path> {
        let rules = &self.subject.facts.monitoring.event_rules;
        let sign_in = self.subject.organization.partition.sign_in_regions();
        let listens = rules.values().any(|rules| rules.known().is_ok_and(|rules| !rules.is_empty()));
        let is_unread = |region: &&str| match rules.get(*region) {
            Some(rules) => rules.gap().is_some(),
            None => listens || rules.is_empty() || sign_in.contains(region),
        };
        let unread: BTreeSet<_> = regions.iter().copied().filter(is_unread).collect();
        let first = unread.first()?;
        let finding = |cell: &Cell| match rules.get(&cell.region) {
            _ if !unread.contains(cell.region.as_str()) => Finding::broken("is in another Region"),
            Some(Fact::Gap(gap)) => Finding::gap(gap),
            _ => not_read(&cell.region),
        };
        let names = unread.iter().copied().collect::<Vec<_>>().join(", ");
        let rule = Step::each("rule", names, self.cells.iter().map(finding).collect());
        let account = self.subject.facts.account.id;
        Some(Path { stands_in: true, ..path("event rules that were not read", account, first, &[trail.clone(), rule]) })
    }

    /// Returns the paths through the rules of a bus; `here` tells which events reach it, and `from_bus` whether another bus
    /// sends them.
    fn of_bus(&self, bus: &Bus<'_>, steps: &[Step], here: &[bool], from_bus: bool) -> Vec<Path> {
        let on_bus = bus.rules.iter().filter(|rule| rule.event_bus == bus.name);
        let with_pattern = on_bus.filter_map(|rule| Some((rule, rule.pattern.as_deref()?)));
        let mut paths = Vec::new();
        let tried = with_pattern.map(|(rule, pattern)| (rule, pattern, self.try_pattern(pattern, here)));
        let concerned = tried.filter(|(_, pattern, matched)| self.concerns_root(pattern, matched));
        for (rule, pattern, matched) in concerned.take_while(|_| self.budget.take()) {
            let state = self.cells.iter().map(|cell| enabled(rule, cell)).collect();
            let links = [Step::each("rule", &rule.arn, state), Step::each("pattern", pattern, matched)];
            paths.extend(self.of_rule(rule, bus, &[steps, &links].concat(), here, from_bus));
        }
        paths
    }

    fn concerns_root(&self, pattern: &str, matched: &[Finding]) -> bool {
        let could_match = |cell: &usize| matched.get(*cell).is_some_and(|it| it.state != State::Broken);
        pattern.contains("Root") || self.root.iter().any(could_match)
    }

    fn try_pattern(&self, text: &str, here: &[bool]) -> Vec<Finding> {
        let parsed = EventPattern::parse(text);
        let finding = |(event, here): (&serde_json::Value, &bool)| match &parsed {
            _ if !here => Finding::broken("is in another Region"),
            Err(error) => Finding::undocumented(calls::LIST_RULES, format!("its pattern is not understood: {error}")),
            Ok(pattern) if pattern.matches(event) => Finding::holds("matches"),
            Ok(_) => Finding::broken("does not match"),
        };
        self.events.iter().zip(here).map(finding).collect()
    }

    fn of_rule(&self, rule: &EventRule, bus: &Bus<'_>, steps: &[Step], here: &[bool], from_bus: bool) -> Vec<Path> {
        let end = |step| vec![path(&rule.name, bus.account, bus.region, &[steps, &[step]].concat())];
        match &rule.targets {
            Fact::Gap(gap) => end(Step::same("target", &rule.name, Finding::gap(gap))),
            Fact::Known(targets) if targets.is_empty() => {
                end(Step::same("target", "none", Finding::broken("the rule has no target")))
            }
            Fact::Known(targets) => {
                targets.iter().flat_map(|target| self.of_target(target, rule, bus, steps, here, from_bus)).collect()
            }
        }
    }

    fn of_target(
        &self,
        target: &RuleTarget,
        rule: &EventRule,
        from: &Bus<'_>,
        steps: &[Step],
        here: &[bool],
        from_bus: bool,
    ) -> Vec<Path> {
        let parts = Arn::parse(&target.arn);
        let Some((arn, name)) = parts.and_then(|arn| Some((arn, arn.resource.strip_prefix("event-bus/")?))) else {
            let rest = notify::steps(
                self.subject,
                &target.arn,
                from.region,
                Caller::Rule { rule, role: target.role_arn.as_deref() },
            );
            return vec![path(&rule.name, from.account, from.region, &[steps, &rest].concat())];
        };
        let end = |finding| {
            let step = Step::same("target", &target.arn, finding);
            vec![path(&rule.name, from.account, from.region, &[steps, &[step]].concat())]
        };
        if from_bus {
            return end(Finding::broken(THIRD_BUS));
        }
        let read = arn.account().zip(arn.region());
        let read = read.and_then(|(it, region)| bus(self.subject.monitoring_of(it)?, it, region, name));
        let Some(next) = read else {
            return end(Finding::out_of_reach(calls::LIST_RULES, "the rules of this bus were not read"));
        };
        let detail = "whether the bus's policy and the target's role let events through is not read";
        let forwarded = Step::same("target", &target.arn, Finding::out_of_reach(calls::LIST_TARGETS, detail));
        let paths = self.of_bus(&next, &[steps, &[forwarded]].concat(), here, true);
        if paths.is_empty() { end(Finding::broken("no rule of this bus concerns root")) } else { paths }
    }
}

fn path(name: &str, account: AccountId, region: &str, steps: &[Step]) -> Path {
    let steps = steps.to_vec();
    let (kind, name, region) = (AlertPathKind::EventRule, name.to_owned(), region.to_owned());
    Path { kind, name, account, region, steps, stands_in: false }
}

/// Returns a bus whose rules were read.
fn bus<'a>(monitoring: &'a MonitoringFacts, account: AccountId, region: &'a str, name: &'a str) -> Option<Bus<'a>> {
    let rules = monitoring.event_rules.get(region)?.known().ok()?;
    Some(Bus { name, account, region, rules })
}

fn any_records(trails: &[CoveringTrail<'_>], cell: &Cell) -> Finding {
    let findings: Vec<_> = trails.iter().map(|it| it.records(cell)).collect();
    let best = findings.iter().find(|it| it.state == State::Holds);
    let best = best.or_else(|| findings.iter().find(|it| matches!(it.state, State::Unknown(_))));
    best.or(findings.first()).cloned().unwrap_or_else(|| Finding::broken("the account is covered by no trail"))
}

/// Returns whether a rule is enabled for an event: for read-only ones it takes more than `ENABLED`.
fn enabled(rule: &EventRule, cell: &Cell) -> Finding {
    match rule.state {
        Some(RuleState::Disabled) => Finding::broken("is disabled"),
        Some(RuleState::Enabled) if cell.is_read_only() => {
            Finding::broken("is ENABLED, which leaves out read-only management events")
        }
        Some(RuleState::Enabled | RuleState::EnabledWithAllCloudtrailManagementEvents) => Finding::holds("is enabled"),
        None => Finding::missing(calls::LIST_RULES, "whether the rule is enabled"),
    }
}
