//! The AWS CLI, an independent client, can investigate on the embedded AWS as an analyst would.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use simulate::cli::{BackendName, read};
use simulate::narrate::Narrator;
use simulate::play::play_and_hold;
use simulate::stage::Backend;
use test_support::not_run;

fn installed() -> bool {
    Command::new("aws").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The commands of the document with what they print, without those that start the harness.
fn transcript(document: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for block in document.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap_or_default().lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command.to_owned(), String::new())),
                (None, Some((_, printed))) => *printed += &(line.to_owned() + "\n"),
                (None, None) => panic!("{line:?} is printed by nothing"),
            }
        }
    }
    commands.retain(|(command, _)| !command.starts_with("cargo "));
    commands
}

/// Types the commands into one shell, each with a line behind it by which what it printed is told apart.
fn typed(environment: &[(String, String)], commands: &[(String, String)]) -> Vec<String> {
    let lines = commands.iter().map(|(command, _)| format!("{command}\nprintf '\\001'\n"));
    let mut shell = Command::new("sh");
    shell.envs(environment.iter().cloned()).env("AWS_PAGER", "").env("AWS_DEFAULT_OUTPUT", "json");
    shell.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    shell.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = shell.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("exec 2>&1\n{}", lines.collect::<String>()).as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.split_terminator('\u{1}').map(|it| it.trim().to_owned()).collect()
}

#[test]
fn the_transcript_is_what_an_analyst_sees() {
    if !installed() {
        return not_run("investigation with the AWS CLI", "install it: pip install awscli");
    }
    let commands = transcript(&std::fs::read_to_string("../docs/aws-cli.md").unwrap());
    assert!(commands.len() >= 9, "the transcript has shrunk to {commands:?}");
    let output = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let scenario = read("../scenarios".as_ref(), "root-stops-the-trail", BackendName::Embedded).unwrap();
    let play = play_and_hold(scenario, &Backend::Embedded, output.path(), Narrator::Summary);
    let (_, player) = runtime.block_on(play).unwrap();
    let seen = typed(player.environment(), &commands);
    assert_eq!(seen.len(), commands.len(), "a command ended the shell: {seen:?}");
    for ((command, wanted), seen) in commands.iter().zip(seen) {
        assert_eq!(seen, wanted.trim(), "{command}");
    }
}
