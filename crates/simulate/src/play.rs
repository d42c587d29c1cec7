//! Playing a scenario: each step on the stage, the real binary where it asks for one, and the judgement.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use fake_aws::world::AccountId;
use jiff::{SignedDuration, Timestamp};
use rootsweep_model::report::triage_v1::Triage;
use rootsweep_model::report::v1::Report;
use scenario::{Scenario, Step};
use serde_json::{Value, json};

use crate::judge::{Observed, Swept, judge};
use crate::narrate::Narrator;
use crate::outcome::{Hop, Played, PlayedStep};
use crate::product::Product;
use crate::stage::{Backend, Scheduled, Seen, SeenHop, Stage};

/// A scenario on its stage.
pub struct Player {
    scenario: Scenario,
    stage: Stage,
    product: Product,
    /// Where this scenario's files go: the config, the records, the reports.
    folder: PathBuf,
    narrator: Narrator,
    /// Every record that was scheduled, with the time of its delivery, as a log group would give it.
    scheduled: Vec<(Timestamp, Value)>,
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
        steps.push(player.step(index).await.with_context(|| name.clone())?);
    }
    let passed = steps.iter().flat_map(|step| &step.expectations).all(|judged| judged.met);
    Ok((Played { scenario: name, passed, took_ms: started.elapsed().as_millis(), steps }, player))
}

impl Player {
    /// Sets the stage and lays out the files that the product is given.
    pub async fn prepare(mut scenario: Scenario, backend: &Backend, output: &Path, narrator: Narrator) -> Result<Self> {
        let folder = output.join(&scenario.name);
        fs_err::create_dir_all(&folder)?;
        let folder = fs_err::canonicalize(folder)?;
        fs_err::write(folder.join("rootsweep.toml"), &scenario.config)?;
        let stage = Stage::open(backend, std::mem::take(&mut scenario.world), scenario.starts_at).await?;
        let product = Product::find(stage.environment())?;
        Ok(Self { scenario, stage, product, folder, narrator, scheduled: Vec::new() })
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
        let mut observed = Observed { event_ids, ..Observed::default() };
        observed.alarms = seen.alarms.into_iter().collect();
        observed.messages = seen.messages;
        let step = self.nth(index)?;
        if let Some(sweep) = &step.sweep {
            self.stage.arrange(&sweep.during);
            let swept = self.sweep(index, &sweep.args).await?;
            self.stage.ensure_arranged_happened()?;
            hops.push(self.hop("sweep", swept.took, swept.told()));
            observed.sweep = Some(swept);
        }
        if observed.sweep.is_some() || !step.expect.records.is_empty() {
            observed.triage = self.triage().await?;
        }
        hops.extend(observed.verdicts().into_iter().map(|told| self.hop("verdict", Duration::ZERO, told)));
        for hop in hops.iter().skip(seen.hops.len()) {
            self.narrator.hop(hop);
        }
        self.conclude(index, hops, &observed)
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
            let event = log_event(&delivery);
            self.scheduled.push((self.stage.schedule(delivery)?, event));
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
        Hop { at_ms, after_ms: after.as_millis(), kind: hop.kind, subject: hop.subject.clone() }
    }

    /// Makes the hop of something that the product did; it took that long in real time.
    fn hop(&self, kind: &'static str, took: Duration, subject: String) -> Hop {
        let after = SignedDuration::try_from(took).unwrap_or_default();
        self.measured(&SeenHop { at: self.stage.now(), kind, subject }, after)
    }

    /// Runs the sweep with the real binary and reads its report.
    async fn sweep(&self, index: usize, args: &[String]) -> Result<Swept> {
        let name = format!("report-{}", index + 1);
        let outputs = [format!("json={name}.json"), format!("table={name}.txt")];
        let fixed = ["sweep", "--config", "rootsweep.toml"].map(str::to_owned);
        let outputs = outputs.into_iter().flat_map(|output| ["--output".to_owned(), output]);
        let arguments: Vec<String> = fixed.into_iter().chain(outputs).chain(args.iter().cloned()).collect();
        let finished = self.product.run(&arguments, &self.folder, Some(self.stage.now())).await?;
        let text = fs_err::read_to_string(self.folder.join(format!("{name}.json")))
            .with_context(|| format!("the sweep wrote no report and said: {}", finished.stderr))?;
        let report: Report = serde_json::from_str(&text).context("the report is not what its schema says")?;
        Ok(Swept { exit: finished.code, took: finished.took, report })
    }

    /// Runs triage over every record that was delivered by now, from a file in the shape of a log group's answer.
    async fn triage(&self) -> Result<Option<Triage>> {
        let now = self.stage.now();
        let delivered = self.scheduled.iter().filter(|(at, _)| *at <= now).map(|(_, event)| event);
        let delivered: Vec<&Value> = delivered.collect();
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
fn log_event(scheduled: &Scheduled) -> Value {
    let at = scheduled.at.as_millisecond();
    json!({ "timestamp": at, "ingestionTime": at, "message": scheduled.record.to_string() })
}

fn text<'a>(record: &'a Value, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
