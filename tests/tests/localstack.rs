//! The scenarios on `LocalStack`: an implementation of AWS that is not ours, in real time.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use serde_json::Value;
use simulate::cli::{BackendName, read};
use simulate::localstack::differences::{DIFFERENCES, is_counted, is_seen};
use simulate::narrate::Narrator;
use simulate::outcome::{Hop, KINDS, Played};
use simulate::play::play;
use simulate::stage::Backend;
use test_support::{binary, not_run};

const SCENARIOS: &str = "../scenarios";

/// Two tests must not make the virtualenv at once.
static HOST_MODE: Mutex<()> = Mutex::new(());

/// Plays every scenario that can be played in real time, on one `LocalStack`; `None` where there is none.
async fn play_all(output: &Path) -> Option<Vec<Played>> {
    let backend = match Backend::prepare(BackendName::Localstack, Path::new("../target")).await {
        Ok(backend) => backend,
        Err(error) => {
            not_run("scenarios on LocalStack", &format!("{error:#}"));
            return None;
        }
    };
    let mut all = Vec::new();
    for slug in scenario::slugs(SCENARIOS.as_ref()).unwrap() {
        let scenario = read(SCENARIOS.as_ref(), &slug, BackendName::Localstack).unwrap();
        if scenario.embedded_only.is_none() {
            all.push(play(scenario, &backend, output, Narrator::Summary).await.unwrap());
        }
    }
    backend.stop().await;
    Some(all)
}

async fn play_embedded(slug: &str, output: &Path) -> Played {
    let scenario = read(SCENARIOS.as_ref(), slug, BackendName::Embedded).unwrap();
    play(scenario, &Backend::Embedded, output, Narrator::Summary).await.unwrap()
}

fn unmet(played: &Played) -> Vec<String> {
    let judged = played.steps.iter().flat_map(|step| &step.expectations).filter(|judged| !judged.met);
    judged.map(|it| format!("{}: expected: {}; came: {}", played.scenario, it.expected, it.came)).collect()
}

#[test]
fn what_holds_on_the_embedded_aws_holds_on_localstack() {
    let output = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let all = {
        let _alone = HOST_MODE.lock().unwrap();
        runtime.block_on(play_all(output.path()))
    };
    let Some(all) = all else { return };
    assert!(all.len() >= 24, "only {} scenarios were played", all.len());
    let unmet: Vec<String> = all.iter().flat_map(unmet).collect();
    assert!(unmet.is_empty(), "{}", unmet.join("\n"));
    let embedded: Vec<Played> =
        all.iter().map(|played| runtime.block_on(play_embedded(&played.scenario, output.path()))).collect();
    assert_eq!(forms(&all), forms(&embedded), "result.json has another form on LocalStack");
    compare(&embedded, &all);
}

/// The paths of every field of what was played, with the items of a list as one.
fn forms(all: &[Played]) -> BTreeSet<String> {
    fn collect(path: &str, value: &Value, paths: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, it)| collect(&format!("{path}/{name}"), it, paths));
            }
            Value::Array(items) => items.iter().for_each(|it| collect(&format!("{path}/*"), it, paths)),
            _ => drop(paths.insert(path.to_owned())),
        }
    }
    let mut paths = BTreeSet::new();
    collect("", &serde_json::to_value(all).unwrap(), &mut paths);
    paths
}

/// Compares the backends scenario by scenario: what differs is listed with its reason, and nothing that is listed agrees.
fn compare(embedded: &[Played], localstack: &[Played]) {
    for (one, other) in embedded.iter().zip(localstack) {
        let told = |played: &Played| played.steps.iter().map(|step| told(&step.hops)).collect::<Vec<_>>();
        let listed = DIFFERENCES.iter().find(|it| it.scenario == one.scenario);
        let (one_told, other_told) = (told(one), told(other));
        if let Some(it) = listed {
            assert_ne!(one_told, other_told, "{} is told the same: {:?} is out of date", one.scenario, it.why);
        } else {
            assert_eq!(one_told, other_told, "{} is told differently on LocalStack, for no reason", one.scenario);
        }
        let mut hops = one.steps.iter().chain(&other.steps).flat_map(|step| &step.hops);
        let unknown = hops.find(|hop| !KINDS.contains(&hop.kind));
        assert!(unknown.is_none(), "{}: {unknown:?} is of no kind that is documented", one.scenario);
    }
    for difference in DIFFERENCES {
        assert!(
            localstack.iter().any(|it| it.scenario == difference.scenario),
            "{} was not played",
            difference.scenario
        );
    }
}

/// What the hops of a step tell whatever plays AWS, counted: times, accounts and generated ids aside.
fn told(hops: &[Hop]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for hop in hops.iter().filter(|hop| is_seen(hop)) {
        // The embedded AWS knows the state before, too.
        let before = hop.subject.find(':').filter(|_| hop.kind == "alarm");
        let subject = same_accounts(&hop.subject[..before.unwrap_or(hop.subject.len())]);
        let count = counts.entry(format!("{}: {subject}", hop.kind)).or_default();
        *count = if is_counted(hop) { *count + 1 } else { 1 };
    }
    counts
}

/// Gives accounts the ids of the scenario again: on `LocalStack` each run has ids of its own, ten digits and then the two that count.
fn same_accounts(text: &str) -> String {
    let mut same = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = digits.split_at(length);
        same += before;
        same += if length == 12 { &number[10..] } else { number };
        rest = after;
    }
    same + rest
}

/// Plays two scenarios with the harness's own binary and compares what it tells with what it writes.
fn play_two(arguments: &[&str], environment: &[(&str, &str)]) -> (u32, Output) {
    let output = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary("simulate"));
    command.current_dir("..").args(["midnight-backfill", "iam-user-is-not-root"]).args(arguments);
    command.arg("--output").arg(output.path()).env_remove("LOCALSTACK_IMAGE").envs(environment.iter().copied());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let ended = child.wait_with_output().unwrap();
    let [said, noted] = [&ended.stdout, &ended.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    assert!(ended.status.success(), "{said}\n{noted}");
    let result = std::fs::read_to_string(output.path().join("result.json")).unwrap();
    same_is_told(&said, &serde_json::from_str(&result).unwrap());
    (id, ended)
}

/// Every hop of the result is a line of the narration, in the same order and with the same words.
fn same_is_told(said: &str, result: &Value) {
    let mut lines = said.lines();
    let mut kinds = BTreeSet::new();
    for step in result["scenarios"].as_array().unwrap().iter().flat_map(|it| it["steps"].as_array().unwrap()) {
        for hop in step["hops"].as_array().unwrap() {
            let (kind, subject) = (hop["hop"].as_str().unwrap(), hop["subject"].as_str().unwrap());
            let told = lines.any(|line| line.contains(&format!("  {kind:<18} {subject}")));
            assert!(told, "{kind} {subject} is not told in its place: {said}");
            kinds.insert(kind);
        }
    }
    for kind in
        ["record written", "delivered", "filter matched", "metric", "alarm", "message received", "sweep", "verdict"]
    {
        assert!(kinds.contains(kind), "no {kind} in {result}");
    }
}

#[test]
fn the_narration_tells_what_the_result_says() {
    play_two(&["--backend", "embedded"], &[]);
}

/// Runs a program and returns what it printed; says why not otherwise.
fn printed(program: &str, arguments: &[&str]) -> Result<String, String> {
    let run = Command::new(program).args(arguments).current_dir("..").output();
    let output = run.map_err(|error| format!("{program} cannot be run: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// The image that is built of Debian's and `PyPI`'s packages, or why there is none.
fn image() -> Result<String, String> {
    printed("docker", &["info"]).map_err(|why| format!("no Docker engine answers ({why})"))?;
    printed("docker/localstack/build.sh", &[])
        .map_err(|why| format!("docker/localstack/build.sh builds no image: {why}"))
}

#[test]
fn scenarios_play_on_localstack_in_a_container() {
    let arguments = ["--backend", "localstack"];
    let image = match image() {
        Ok(image) => image,
        Err(why) => {
            not_run("LocalStack in a container", &why);
            let _alone = HOST_MODE.lock().unwrap();
            if let Err(error) = printed("python3", &["-c", "import venv, ensurepip"]) {
                return not_run("the narration on LocalStack", &error);
            }
            play_two(&arguments, &[]);
            return;
        }
    };
    let (id, ended) = play_two(&arguments, &[("LOCALSTACK_IMAGE", &image)]);
    let noted = String::from_utf8_lossy(&ended.stderr);
    assert!(noted.contains(&format!("LocalStack: a container of {image}")), "{noted}");
    let label = format!("label=rootsweep.simulate={id}");
    let left = printed("docker", &["ps", "--all", "--quiet", "--filter", &label]).unwrap();
    assert!(left.is_empty(), "the container was left behind: {left}");
}
