//! A drill from its first line to its debrief, as an analyst would go through it.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use test_support::{Answer, Endpoint, Rootsweep, binary};

/// A drill that waits for its answers.
struct Drill {
    output: TempDir,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    /// What was shown before the first question.
    shown: String,
}

impl Drill {
    /// Starts a drill and reads until it asks what it was.
    fn start(slug: &str) -> Self {
        Self::asking(slug, "What was it?", tempfile::tempdir().unwrap())
    }

    /// Starts a drill with an output folder and reads until it asks.
    fn asking(slug: &str, question: &str, output: TempDir) -> Self {
        let mut command = Command::new(binary("simulate"));
        command.args([slug, "--drill", "--scenarios", "../scenarios", "--output"]).arg(output.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut drill = Self { output, child, stdin, stdout, shown: String::new() };
        while !drill.shown.contains(question) {
            let read = drill.stdout.read_line(&mut drill.shown).unwrap();
            assert!(read > 0, "the drill ended before it asked: {}", drill.shown);
        }
        drill
    }

    /// The analyst's own shell: the environment that the drill printed.
    fn shell(&self) -> Rootsweep {
        let exports = self.shown.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        exports.fold(Rootsweep::alone(), |shell, (name, value)| shell.env(name, value))
    }

    /// Gives the answers, one to a line, ends the input, and returns the exit code and what is said then.
    fn answer(&mut self, answers: &str) -> (Option<i32>, String) {
        let mut stdin = self.stdin.take().unwrap();
        stdin.write_all(answers.as_bytes()).unwrap();
        drop(stdin);
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }

    fn file(&self, name: impl AsRef<Path>) -> String {
        std::fs::read_to_string(self.output.path().join(name)).unwrap()
    }
}

#[test]
fn an_analyst_reads_the_page_looks_answers_and_is_debriefed() {
    let mut drill = Drill::start("midnight-backfill");
    for piece in ["Subject: ALARM: \"root-usage\"", "AlarmName: root-usage", "NewStateReason: Threshold Crossed"] {
        assert!(drill.shown.contains(piece), "{piece:?} is not shown: {}", drill.shown);
    }
    let page: Value = serde_json::from_str(&drill.file("drill/page-1.json")).unwrap();
    assert_eq!((page["Type"].as_str(), page["TopicArn"].is_string()), (Some("Notification"), true), "{page}");

    let looked = drill.shell().run(&["triage", "--alarm", "root-usage", "--output", "json"]);
    assert_eq!(looked.code, 0, "{}", looked.stderr);
    let found: Value = serde_json::from_str(&looked.stdout).unwrap();
    assert_eq!(found["episodes"][0]["verdict"], "historical", "{}", looked.stdout);

    let (code, said) = drill.answer("benign\nHistorical\nthe addendum | and its date\n");
    assert_eq!(code, Some(0), "{said}");
    for piece in ["\"benign\" is none of these.", "That is what it was. You took ", "debrief.md"] {
        assert!(said.contains(piece), "{piece:?} is not said: {said}");
    }
    let debrief = drill.file("midnight-backfill/debrief.md");
    for piece in [
        "# Drill: midnight-backfill",
        "| question | What was it? |",
        "| pages | 1 |",
        "| answer | historical |",
        "| it was | historical |",
        "| time to answer | ",
        "| what told the analyst | the addendum \\| and its date |",
        "- +00:02:00 CloudTrail delivers a root sign-in of March 2025",
        "- ConsoleLogin: historical",
        "## References",
    ] {
        assert!(debrief.contains(piece), "{piece:?} is not in the debrief: {debrief}");
    }
}

#[test]
fn nothing_of_what_is_expected_is_shown_before_the_answer() {
    for slug in ["midnight-backfill", "live-intruder-in-a-backfill", "break-glass-inside-its-window"] {
        let mut drill = Drill::start(slug);
        let (before, question) = drill.shown.split_once("What was it?").unwrap();
        assert!(question.contains("historical") && question.contains("incident"), "{question}");
        for spoiler in [slug, "historical", "backfill", "addendum", "intruder", "verdict", "met "] {
            assert!(!before.contains(spoiler), "{slug} tells {spoiler:?} before it was answered: {before}");
        }
        drill.answer("");
    }
}

#[test]
fn a_wrong_answer_is_compared_and_no_answer_is_none() {
    let mut drill = Drill::start("spoofed-service-user-agent");
    let (code, said) = drill.answer("explained\nthe user agent\n");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("It was: incident."), "{said}");
    let debrief = drill.file("spoofed-service-user-agent/debrief.md");
    assert!(debrief.contains("| answer | explained |\n| it was | incident |"), "{debrief}");

    let mut drill = Drill::start("spoofed-service-user-agent");
    assert_eq!(drill.answer("").0, Some(1));
    assert!(drill.file("spoofed-service-user-agent/debrief.md").contains("| answer | none |"));
}

#[test]
fn where_root_did_nothing_to_tell_apart_the_alarm_is_asked_for() {
    let output = tempfile::tempdir().unwrap();
    let desk = output.path().join("drill");
    std::fs::create_dir(&desk).unwrap();
    for name in ["notes.md", "page-7.json"] {
        std::fs::write(desk.join(name), "of another day").unwrap();
    }
    let mut drill = Drill::asking("subscriber-never-confirmed", "wake somebody", output);
    assert!(drill.shown.contains("Nothing: no message came.") && drill.shown.contains("yes, no"), "{}", drill.shown);
    assert_eq!(drill.file("drill/notes.md"), "of another day");
    assert!(!drill.output.path().join("drill/page-7.json").exists(), "a page of another drill is left");
    let (code, said) = drill.answer("NO\nnobody confirmed\n");
    assert_eq!(code, Some(0), "{said}");
    let debrief = drill.file("subscriber-never-confirmed/debrief.md");
    for piece in [
        "| question | Would the next use of root wake somebody",
        "| it was | no |",
        "- root-alarm of 000000000001: fail",
    ] {
        assert!(debrief.contains(piece), "{piece:?} is not in the debrief: {debrief}");
    }
}

/// Runs a drill without input, and returns its exit code and all that it said.
fn drilled(arguments: &[&str], endpoint: Option<&str>) -> (Option<i32>, String) {
    let output = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary("simulate"));
    command.args(["--drill", "--scenarios", "../scenarios", "--output"]).arg(output.path()).args(arguments);
    command.envs(endpoint.map(|url| ("LOCALSTACK_ENDPOINT", url))).stdin(Stdio::null());
    let run = command.output().unwrap();
    let [stdout, stderr] = [run.stdout, run.stderr].map(|text| String::from_utf8(text).unwrap());
    (run.status.code(), stdout + &stderr)
}

#[test]
fn a_misspelt_name_is_told_before_the_first_drill() {
    let (code, said) = drilled(&["midnight-backfill", "midnight-backfil"], None);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("there is no scenario \"midnight-backfil\"") && !said.contains("A drill."), "{said}");
}

#[test]
fn what_cannot_be_drilled_says_why_and_is_no_right_answer() {
    let healthy = Endpoint::serve(Answer::Status(200));
    let cases = [
        (vec!["half-broken-organization"], None, "no root activity to tell apart, and no alarm to judge"),
        (
            vec!["break-glass-one-minute-late", "--backend", "localstack"],
            Some(healthy.url()),
            "LocalStack runs in real time",
        ),
    ];
    for (arguments, endpoint, why) in cases {
        let (code, said) = drilled(&arguments, endpoint.as_deref());
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(why), "{said}");
    }
}
