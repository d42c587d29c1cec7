//! Playing a scenario: each step on the stage, the real binary where it asks for one, and the judgement.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use fake_aws::world::{AccountId, Region, World};
use jiff::{SignedDuration, Timestamp};
use rootsweep_model::report::triage_v1::Triage;
use rootsweep_model::report::v1::Report;
use scenario::{Scenario, Step, Sweep};
use serde_json::{Value, json};

use crate::folder;
use crate::judge::{Observed, Swept, judge};
use crate::narrate::Narrator;
use crate::outcome::{Hop, Judged, Played, PlayedStep};
use crate::product::Product;
use crate::sight::{Delivered, Sources, in_sight};
use crate::stage::{Backend, Scheduled, Seen, SeenHop, Stage};
use crate::way::Paths;

/// A scenario on its stage.
pub struct Player {
    scenario: Scenario,
    stage: Stage,
    product: Product,
    /// Where this scenario's files go: the config, the records, the reports.
    folder: PathBuf,
    narrator: Narrator,
    /// Every record that was scheduled.
    scheduled: Vec<Delivered>,
    paths: Paths,
}

/// Plays a scenario from its first step to its last.
pub async fn play(scenario: Scenario, backend: &Backend, output: &Path, narrator: Narrator) -> Result<Played> {
    Ok(play_and_hold(scenario, backend, output, narrator).await?.0)
}

/// Plays a scenario and returns the player too: the stage stays up as long as it is held.
pub async fn play_and_hold(
    scenario: Scenario,
    backend: &Backend,
    output: &Path,
    narrator: Narrator,
) -> Result<(Played, Player)> {
    let started = Instant::now();
    let name = scenario.name.clone();
    let mut player = Player::prepare(scenario, backend, output, narrator).await.with_context(|| name.clone())?;
    narrator.scenario(&player.scenario.name, &player.scenario.why);
    let mut steps = Vec::new();
    for index in 0..player.scenario.timeline.len() {
        match player.step(index).await {
            Ok(step) => steps.push(step),
            Err(error) => {
                steps.push(player.broken_off(index, &error)?);
                break;
            }
        }
    }
    let passed = steps.iter().flat_map(|step| &step.expectations).all(|judged| judged.met);
    Ok((Played { scenario: name, passed, took_ms: started.elapsed().as_millis(), steps }, player))
}

impl Player {
    /// Sets the stage and lays out the files that the product is given.
    pub async fn prepare(mut scenario: Scenario, backend: &Backend, output: &Path, narrator: Narrator) -> Result<Self> {
        let folder = folder::lay(&output.join(&scenario.name), is_left_by_a_run)?;
        fs_err::write(folder.join("rootsweep.toml"), &scenario.config)?;
        let world = std::mem::take(&mut scenario.world);
        let mut paths = listening(&world);
        let stage = Stage::open(backend, world, scenario.starts_at).await?;
        paths.sending_is_hidden = stage.sending_is_hidden();
        let product = Product::find(stage.environment())?;
        Ok(Self { scenario, stage, product, folder, narrator, scheduled: Vec::new(), paths })
    }

    /// Returns the scenario.
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Does what a step does and lets it settle, without judging it; returns the event id of each of its records too.
    pub async fn perform(&mut self, index: usize) -> Result<(Vec<String>, Seen)> {
        let at = self.start_step(index).await?;
        let event_ids = self.write_records(index, at)?;
        Ok((event_ids, self.settle(index).await?))
    }

    /// Plays one step and judges it.
    async fn step(&mut self, index: usize) -> Result<PlayedStep> {
        let (event_ids, seen) = self.perform(index).await?;
        let mut hops = self.hops(&seen);
        let mut observed = Observed { hops: hops.clone(), paths: self.paths, event_ids, ..Observed::default() };
        observed.alarms = seen.alarms.into_iter().collect();
        observed.messages = seen.messages;
        if let Some(sweep) = self.nth(index)?.sweep.clone() {
            let swept = self.sweep_and_watch(index, &sweep, &mut observed).await?;
            hops.push(self.hop("sweep", swept.took, swept.told()));
            observed.sweep = Some(swept);
        }
        self.look_into_records(index, &mut observed).await?;
        hops.extend(observed.verdicts().into_iter().map(|told| self.hop("verdict", Duration::ZERO, told)));
        for hop in hops.iter().skip(seen.hops.len()) {
            self.narrator.hop(hop);
        }
        self.conclude(index, hops, &observed)
    }

    /// Runs the sweep of a step, sees that what was arranged for it happens, and notes what it could see.
    async fn sweep_and_watch(&self, index: usize, sweep: &Sweep, observed: &mut Observed) -> Result<Swept> {
        self.stage.arrange(&sweep.during);
        let swept = self.sweep(index, &sweep.args).await?;
        let unhappened = self.stage.unhappened();
        if !unhappened.is_empty() {
            let expected = "what was arranged for the sweep happens";
            observed.broken.push(Judged::failed(expected, unhappened.join("; "), "sweep"));
        }
        if let Ok(report) = &swept.report {
            let sources = Sources::of(&sweep.args, &self.scenario.config);
            let delivered: Vec<Delivered> = self.delivered().cloned().collect();
            observed.in_sight = in_sight(&delivered, &report.run, sources, &self.stage.logged());
        }
        Ok(swept)
    }

    /// Has the records of the timeline so far triaged, where something is to be compared with them.
    async fn look_into_records(&self, index: usize, observed: &mut Observed) -> Result<()> {
        let reported = observed.sweep.as_ref().is_some_and(|swept| swept.report.is_ok());
        if !reported && self.nth(index)?.expect.records.is_empty() {
            return Ok(());
        }
        match self.triage().await {
            Ok(triage) => observed.triage = triage,
            Err(error) => {
                let failed = Judged::failed("triage reads the records from a file", format!("{error:#}"), "verdict");
                observed.broken.push(failed);
            }
        }
        Ok(())
    }

    /// Tells of a step that could not be played to its end.
    fn broken_off(&self, index: usize, error: &anyhow::Error) -> Result<PlayedStep> {
        let step = self.nth(index)?;
        let judged = Judged::failed("the step can be played to its end", format!("{error:#}"), "step");
        self.narrator.expectation(judged.met, &judged.expected);
        let (at, does) = (step.at.to_string(), step.does.clone());
        Ok(PlayedStep { at, does, hops: Vec::new(), expectations: vec![judged] })
    }

    fn nth(&self, index: usize) -> Result<&Step> {
        self.scenario.timeline.get(index).context("the scenario has no such step")
    }

    /// Moves the clock to the step and does what it does beside records.
    async fn start_step(&mut self, index: usize) -> Result<Timestamp> {
        let step = self.scenario.timeline.get(index).context("the scenario has no such step")?;
        let at = self.stage.time_of(step.at.after(self.scenario.starts_at));
        self.stage.advance_to(at).await;
        self.narrator.step(at.duration_since(self.scenario.starts_at), &step.does);
        step.change.iter().try_for_each(|change| self.stage.change(change))?;
        for call in &step.calls {
            self.stage.call(call).await.with_context(|| step.does.clone())?;
        }
        if let Some(faults) = &step.faults {
            self.stage.set_faults(faults.clone());
        }
        Ok(at)
    }

    /// Completes the step's records and schedules their delivery; returns the event id of each, in order.
    fn write_records(&mut self, index: usize, at: Timestamp) -> Result<Vec<String>> {
        let mut event_ids = Vec::new();
        let mut scheduled = Vec::new();
        let step = self.nth(index)?;
        for (place, record) in step.cloudtrail.iter().enumerate() {
            for turn in 0..step.repeat {
                let when = at.checked_add(SignedDuration::from_secs(i64::from(turn)))?;
                let place = format!("{index}/{place}/{turn}");
                let record = scenario::complete(record, &self.scenario.name, &place, when);
                if turn == 0 {
                    event_ids.push(text(&record, "/eventID").to_owned());
                }
                scheduled.push(schedule(step, record, when)?);
            }
        }
        for delivery in scheduled {
            let (record, in_event_history) = (delivery.record.clone(), delivery.in_event_history);
            self.scheduled.push(Delivered { at: self.stage.schedule(delivery)?, in_event_history, record });
        }
        Ok(event_ids)
    }

    /// Lets the step settle and tells what was seen on the way.
    async fn settle(&mut self, index: usize) -> Result<Seen> {
        let settle = self.nth(index)?.settle;
        let until = settle.after(self.stage.now());
        self.stage.advance_to(until).await;
        let seen = self.stage.look().await?;
        self.hops(&seen).iter().for_each(|hop| self.narrator.hop(hop));
        Ok(seen)
    }

    /// Measures what was seen: each hop after the start, and after the one before it.
    fn hops(&self, seen: &Seen) -> Vec<Hop> {
        let before = seen.hops.first().into_iter().chain(&seen.hops);
        let pairs = seen.hops.iter().zip(before);
        pairs.map(|(hop, before)| self.measured(hop, hop.at.duration_since(before.at))).collect()
    }

    fn measured(&self, hop: &SeenHop, after: SignedDuration) -> Hop {
        let at_ms = self.since_start(hop.at).as_millis();
        let (subject, leads_on) = (hop.subject.clone(), hop.leads_on);
        Hop { at_ms, after_ms: after.as_millis(), kind: hop.kind, subject, leads_on }
    }

    /// Makes the hop of something that the product did; it took that long in real time.
    fn hop(&self, kind: &'static str, took: Duration, subject: String) -> Hop {
        let after = SignedDuration::try_from(took).unwrap_or_default();
        self.measured(&SeenHop { at: self.stage.now(), kind, subject, leads_on: true }, after)
    }

    /// Runs the sweep with the real binary and reads its report.
    async fn sweep(&self, index: usize, args: &[String]) -> Result<Swept> {
        let name = format!("report-{}", index + 1);
        let outputs = [format!("json={name}.json"), format!("table={name}.txt")];
        let fixed = ["sweep", "--config", "rootsweep.toml"].map(str::to_owned);
        let outputs = outputs.into_iter().flat_map(|output| ["--output".to_owned(), output]);
        let arguments: Vec<String> = fixed.into_iter().chain(outputs).chain(args.iter().cloned()).collect();
        let started = Instant::now();
        let finished = match self.product.run(&arguments, &self.folder, Some(self.stage.now())).await {
            Ok(finished) => finished,
            Err(error) => return Ok(Swept { exit: None, took: started.elapsed(), report: Err(format!("{error:#}")) }),
        };
        let (exit, took) = (finished.code, finished.took);
        let Ok(text) = fs_err::read_to_string(self.folder.join(format!("{name}.json"))) else {
            return Ok(Swept { exit, took, report: Err(finished.stderr) });
        };
        let read = serde_json::from_str::<Report>(&text);
        Ok(Swept {
            exit,
            took,
            report: read.map_err(|error| format!("the report is not what its schema says: {error}")),
        })
    }

    /// Returns what was delivered by now.
    fn delivered(&self) -> impl Iterator<Item = &Delivered> {
        let now = self.stage.now();
        self.scheduled.iter().filter(move |it| it.at <= now)
    }

    /// Runs triage over every record that was delivered by now, from a file in the shape of a log group's answer.
    async fn triage(&self) -> Result<Option<Triage>> {
        let delivered: Vec<Value> = self.delivered().map(log_event).collect();
        if delivered.is_empty() {
            return Ok(None);
        }
        let file = self.folder.join("records.json");
        fs_err::write(&file, serde_json::to_vec(&json!({ "events": delivered }))?)?;
        let arguments = ["triage", "--config", "rootsweep.toml", "--all", "--output", "json", "records.json"];
        let arguments = arguments.map(str::to_owned);
        let finished = self.product.run(&arguments, &self.folder, Some(self.stage.now())).await?;
        let said = || format!("triage exits with {:?} and says: {}", finished.code, finished.stderr);
        Ok(Some(serde_json::from_str(&finished.stdout).with_context(said)?))
    }

    fn conclude(&self, index: usize, hops: Vec<Hop>, observed: &Observed) -> Result<PlayedStep> {
        let step = self.nth(index)?;
        let expectations = judge(&step.expect, observed);
        for judged in &expectations {
            self.narrator.expectation(judged.met, &judged.expected);
        }
        Ok(PlayedStep { at: step.at.to_string(), does: step.does.clone(), hops, expectations })
    }

    /// Returns the environment that points a program at the stage.
    pub fn environment(&self) -> &[(String, String)] {
        self.product.environment()
    }

    /// Prints the commands that point a shell at the stage.
    pub fn print_environment(&self) {
        for (name, value) in self.environment() {
            anstream::println!("export {name}={value}");
        }
        anstream::println!("export ROOTSWEEP_NOW={}", self.stage.now());
        anstream::println!("alias rootsweep={}", self.product.binary().display());
    }

    /// Prints how to use the stage, and leaves it up until it is interrupted.
    pub async fn keep(&self) {
        anstream::println!("\nThe endpoint stays up until Ctrl-C. In another shell:\n");
        self.print_environment();
        _ = tokio::signal::ctrl_c().await;
    }

    fn since_start(&self, time: Timestamp) -> SignedDuration {
        time.duration_since(self.scenario.starts_at)
    }
}

/// Whether a file of that name is one that the harness writes for a scenario, or has the product write.
fn is_left_by_a_run(name: &str) -> bool {
    ["records.json", "debrief.md"].contains(&name) || folder::is_numbered(name, "report-", &[".json", ".txt"])
}

/// Tells what listens in an organization.
fn listening(world: &World) -> Paths {
    let regions = || world.accounts.values().flat_map(|account| account.regions.values());
    let filters = |region: &Region| region.log_groups.iter().any(|group| !group.metric_filters.is_empty());
    let alarm = regions().any(|region| !region.alarms.is_empty() || filters(region));
    Paths { alarm, rule: regions().any(|region| !region.rules.is_empty()), sending_is_hidden: false }
}

fn schedule(step: &Step, record: Value, written: Timestamp) -> Result<Scheduled> {
    let account = [text(&record, "/recipientAccountId"), text(&record, "/userIdentity/accountId")];
    let account: Option<AccountId> = account.iter().find_map(|id| id.parse().ok());
    Ok(Scheduled {
        account: account.context("a record names no account")?,
        region: text(&record, "/awsRegion").to_owned(),
        at: step.delivery.after.after(written),
        times: step.delivery.times,
        in_event_history: step.delivery.in_event_history,
        record,
    })
}

/// Writes a record as `logs:FilterLogEvents` answers it: with the time at which it came.
fn log_event(delivered: &Delivered) -> Value {
    let at = delivered.at.as_millisecond();
    json!({ "timestamp": at, "ingestionTime": at, "message": delivered.record.to_string() })
}

fn text<'a>(record: &'a Value, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
