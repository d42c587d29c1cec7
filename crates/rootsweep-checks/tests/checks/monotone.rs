//! The law that a gap never acquits: whatever becomes unreadable, no row turns into a pass.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use rootsweep_checks::CHECKS;
use rootsweep_model::facts::{MonitoringFacts, SubscriptionFilter};
use rootsweep_model::{Fact, GapKind, Verdict};

use crate::build::{World, gap, world};
use crate::cases;
use crate::guard::folder_of;

/// The worlds of all cases: every shape that the checks know, sound and broken.
static WORLDS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let files = CHECKS.iter().map(|check| cases::of(&folder_of(check.meta().id)));
    files.flat_map(|file| file.cases).map(|case| world(&case.facts)).collect()
});

/// Makes one thing of a world unreadable.
type Spoil = Box<dyn Fn(&mut World, GapKind)>;

fn spoil<T: 'static>(reach: impl Fn(&mut World) -> Option<&mut Fact<T>> + 'static) -> Spoil {
    Box::new(move |world, kind| {
        if let Some(fact) = reach(world) {
            *fact = Fact::Gap(gap(kind));
        }
    })
}

/// Returns everything in a world that could become unreadable.
fn spoils(world: &World) -> Vec<Spoil> {
    let mut all = vec![
        spoil(|it| Some(&mut it.facts.root.summary)),
        spoil(|it| Some(&mut it.facts.root.virtual_mfa_devices)),
        spoil(|it| Some(&mut it.facts.root.credential_report)),
        spoil(|it| it.facts.root.mfa_devices.as_mut()),
        spoil(|it| it.facts.root.access_keys.as_mut()),
        spoil(|it| Some(&mut it.facts.aliases)),
        spoil(|it| Some(&mut it.facts.enabled_regions)),
        spoil(|it| Some(&mut it.facts.session)),
        spoil(|it| Some(&mut it.organization.root_features)),
    ];
    for index in 0..world.facts.records.len() {
        // Whatever triage made of the records goes with them.
        all.push(Box::new(move |world: &mut World, kind| {
            world.facts.records[index].records = Fact::Gap(gap(kind));
            world.episodes.clear();
        }));
    }
    all.extend(spoils_of(&world.facts.monitoring, |world| Some(&mut world.facts.monitoring)));
    for (account, monitoring) in &world.monitoring {
        let account = *account;
        all.extend(spoils_of(monitoring, move |world| world.monitoring.get_mut(&account).map(Cow::to_mut)));
        all.push(Box::new(move |world: &mut World, _| {
            world.monitoring.remove(&account);
        }));
    }
    all
}

fn spoils_of(
    of: &MonitoringFacts,
    reach: impl Fn(&mut World) -> Option<&mut MonitoringFacts> + Clone + 'static,
) -> Vec<Spoil> {
    let mut all = Vec::new();
    let there = reach.clone();
    all.push(spoil(move |it| Some(&mut there(it)?.trails)));
    let there = reach.clone();
    all.push(Box::new(move |world: &mut World, kind| {
        if let Some(monitoring) = there(world) {
            monitoring.unlisted_trails = Some(gap(kind));
        }
    }));
    for index in 0..of.trails.known().map_or(0, Vec::len) {
        let there = reach.clone();
        all.push(spoil(move |it| trail(there(it)?, index)?.status.as_mut()));
        let there = reach.clone();
        all.push(spoil(move |it| trail(there(it)?, index)?.selectors.as_mut()));
    }
    for arn in owned(&of.log_groups) {
        let there = reach.clone();
        all.push(spoil(move |it| Some(&mut there(it)?.log_groups.get_mut(&arn)?.metric_filters)));
    }
    for region in owned(&of.alarms) {
        let there = reach.clone();
        all.push(spoil(move |it| there(it)?.alarms.get_mut(&region)));
    }
    for region in owned(&of.mute_rules) {
        let there = reach.clone();
        all.push(spoil(move |it| there(it)?.mute_rules.get_mut(&region)));
    }
    for (arn, topic) in of.topics.clone() {
        let (there, key) = (reach.clone(), arn.clone());
        all.push(spoil(move |it| Some(&mut known(there(it)?.topics.get_mut(&key)?)?.attributes)));
        for index in 0..topic.known().map_or(0, |topic| topic.subscriptions.len()) {
            let (there, key) = (reach.clone(), arn.clone());
            all.push(Box::new(move |world: &mut World, _| {
                let topic = there(world).and_then(|it| known(it.topics.get_mut(&key)?));
                if let Some(subscription) = topic.and_then(|topic| topic.subscriptions.get_mut(index)) {
                    subscription.filter = SubscriptionFilter::Unread;
                }
            }));
        }
        let there = reach.clone();
        all.push(spoil(move |it| there(it)?.topics.get_mut(&arn)));
    }
    for (region, rules) in of.event_rules.clone() {
        for index in 0..rules.known().map_or(0, Vec::len) {
            let (there, region) = (reach.clone(), region.clone());
            all.push(spoil(move |it| {
                let rules = there(it)?.event_rules.get_mut(&region)?;
                let Fact::Known(rules) = rules else { return None };
                Some(&mut rules.get_mut(index)?.targets)
            }));
        }
        let there = reach.clone();
        all.push(spoil(move |it| there(it)?.event_rules.get_mut(&region)));
    }
    all
}

fn known<T>(fact: &mut Fact<T>) -> Option<&mut T> {
    if let Fact::Known(value) = fact { Some(value) } else { None }
}

fn owned<T>(map: &BTreeMap<String, T>) -> Vec<String> {
    map.keys().cloned().collect()
}

fn trail(monitoring: &mut MonitoringFacts, index: usize) -> Option<&mut rootsweep_model::facts::Trail> {
    let Fact::Known(trails) = &mut monitoring.trails else { return None };
    trails.get_mut(index)
}

fn verdicts(world: &World) -> Vec<(&'static str, Verdict)> {
    let judged = world.judged();
    assert_eq!(judged.len(), CHECKS.len(), "exactly one judgement for each check");
    for (meta, judgement) in &judged {
        assert_eq!(judgement.gap.is_some(), judgement.verdict == Verdict::Unknown, "{}", meta.id);
        assert_ne!(judgement.verdict, Verdict::Accepted, "{}: no check accepts anything", meta.id);
    }
    judged.into_iter().map(|(meta, judgement)| (meta.id, judgement.verdict)).collect()
}

/// Says whether a row may turn from one verdict into another when something becomes unreadable.
fn may_become(before: Verdict, after: Verdict) -> bool {
    match after {
        Verdict::Pass => before == Verdict::Pass,
        Verdict::NotApplicable => before != Verdict::Fail,
        _ => true,
    }
}

/// Kinds of gap that say nothing of what they hide. `NotFound` and `NotSupported` are answers of a kind.
const KINDS: [GapKind; 5] =
    [GapKind::AccessDenied, GapKind::Throttled, GapKind::TimedOut, GapKind::MalformedAnswer, GapKind::ServiceError];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_gap_never_acquits(
        at in any::<Index>(),
        hits in prop::collection::vec((any::<Index>(), select(&KINDS[..])), 1..4),
    ) {
        let before = at.get(&WORLDS);
        let spoils = spoils(before);
        let mut after = before.clone();
        for (hit, kind) in hits {
            hit.get(&spoils)(&mut after, kind);
        }
        for ((id, was), (_, is)) in verdicts(before).into_iter().zip(verdicts(&after)) {
            prop_assert!(may_become(was, is), "{id} was {was}, and a gap made it {is}");
        }
    }
}

#[test]
fn no_single_gap_acquits_a_sound_account_or_leaves_it_clean_where_it_matters() {
    let sound = world(&crate::form::Form::default());
    for (index, spoil) in spoils(&sound).iter().enumerate() {
        let mut spoilt = sound.clone();
        spoil(&mut spoilt, GapKind::AccessDenied);
        for ((id, was), (_, is)) in verdicts(&sound).into_iter().zip(verdicts(&spoilt)) {
            assert!(may_become(was, is), "{id} was {was}, and gap {index} made it {is}");
            assert!(is == was || is == Verdict::Unknown, "{id} was {was}, and gap {index} made it {is}");
        }
    }
}

#[test]
fn the_same_facts_give_the_same_judgements() {
    for world in WORLDS.iter() {
        let judged = |world: &World| world.judged().into_iter().map(|(_, it)| it).collect::<Vec<_>>();
        assert_eq!(judged(world), judged(&world.clone()));
    }
}
