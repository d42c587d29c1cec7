//! Every `rootsweep` command line that the documentation, the recipes and the templates show is one that parses.

use std::path::{Path, PathBuf};

use clap::{CommandFactory as _, Parser as _};
use rootsweep_kit::{Dialect, Kit, Options, render};
use serde_json::Value;

use super::Arguments;
use crate::config::Config;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn read(name: &str) -> String {
    fs_err::read_to_string(path(name)).expect("the file is there")
}

/// Returns README.md, docs/configuration.md and the pages of docs/run.
fn pages() -> Vec<(String, String)> {
    let run = fs_err::read_dir(path("docs/run")).expect("the folder is there").flatten();
    let names = run.map(|it| format!("docs/run/{}", it.file_name().to_string_lossy()));
    let names = ["README.md", "docs/configuration.md"].map(str::to_owned).into_iter().chain(names);
    names.map(|name| (name.clone(), read(&name))).collect()
}

/// Returns the blocks of code of a page that are in one of the languages, and the rest of the page.
fn blocks(page: &str, languages: &[&str]) -> (Vec<String>, String) {
    let (mut blocks, mut rest) = (Vec::new(), String::new());
    for (number, piece) in page.split("```").enumerate() {
        let (language, code) = piece.split_once('\n').unwrap_or((piece, ""));
        if number % 2 == 0 {
            rest.push_str(piece);
        } else if languages.contains(&language) {
            blocks.push(code.to_owned());
        }
    }
    (blocks, rest)
}

/// Returns what stands behind each `rootsweep` that a subcommand follows, to the end of its line.
fn mentions(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let subcommands: Vec<String> = Arguments::command().get_subcommands().map(|it| it.get_name().to_owned()).collect();
    let behind = |at: usize| {
        let rest = text.get(at + "rootsweep".len()..)?;
        // The program, or an image of it with its tag.
        let rest = if rest.starts_with(':') { rest.split_once(' ')?.1 } else { rest.strip_prefix(' ')? };
        let line = rest.lines().next()?.trim_start();
        subcommands.iter().any(|it| line.split(['`', ' ', '.', ',', ';']).next() == Some(it)).then(|| line.to_owned())
    };
    text.match_indices("rootsweep").filter_map(|(at, _)| behind(at)).collect()
}

/// Takes a line apart as a shell does, up to where the command ends.
fn words(line: &str) -> Vec<String> {
    let ends = |word: &String| ["|", ">", ";", "&&", "||"].contains(&word.as_str());
    shlex::Shlex::new(line).take_while(|word| !ends(word)).collect()
}

#[track_caller]
fn parses(place: &str, words: Vec<String>) {
    let line = words.join(" ");
    let program = std::iter::once("rootsweep".to_owned());
    if let Err(error) = Arguments::try_parse_from(program.chain(words)) {
        panic!("{place}: rootsweep {line}\n{error}");
    }
}

/// What prose mentions need not be whole, but its subcommand and its options have to be there.
#[track_caller]
fn exists(place: &str, mention: &str) {
    let mention = mention.split('`').next().unwrap_or_default();
    let mut command = &Arguments::command();
    for word in mention.split([' ', '.', ',', ';', '"', '\n']) {
        if let Some(subcommand) = command.find_subcommand(word) {
            command = subcommand;
        }
        let Some(option) = word.strip_prefix("--") else { continue };
        let known = command.get_arguments().any(|it| it.get_long() == Some(option));
        assert!(known, "{place}: rootsweep {mention} has no --{option}");
    }
}

#[test]
fn the_pages_show_commands_that_parse() {
    let mut shown = 0;
    for (name, page) in pages() {
        let (code, prose) = blocks(&page, &["sh", "console"]);
        for line in code.iter().flat_map(|code| mentions(code)) {
            parses(&name, words(&line));
            shown += 1;
        }
        for mention in mentions(&prose) {
            exists(&name, &mention);
        }
    }
    assert!(shown > 7, "only {shown} commands were found");
}

#[test]
fn the_pages_show_a_configuration_that_reads() {
    let mut shown = 0;
    for (name, page) in pages() {
        for text in blocks(&page, &["toml"]).0 {
            let config = Config::parse(&text).unwrap_or_else(|error| panic!("{name}: {error:#}"));
            shown += config.notify.len();
        }
    }
    assert_eq!(shown, 4, "each kind of notification is shown");
}

/// Returns the fields that a table of the configuration knows, as the refusal of one that it does not know lists them.
fn fields(table: &str) -> Vec<String> {
    let error = Config::parse(&format!("{table}no-such-field = 1\n")).expect_err("an unknown field").to_string();
    let (_, known) = error.split_once("expected one of ").expect("the fields that are known");
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_field_of_the_configuration_is_documented() {
    let page = read("docs/configuration.md");
    for table in ["", "[athena]\n", "[[notify]]\n", "[[exception]]\n", "[[expected-use]]\n"] {
        let fields = fields(table);
        assert!(fields.len() > 3, "{table}: {fields:?}");
        for field in fields {
            let named = page.contains(&format!("`{field}`")) || page.contains(&format!("`[[{field}]]`"));
            assert!(named, "docs/configuration.md does not name `{field}` of {table:?}");
        }
    }
}

#[test]
fn the_readme_deploys_the_role_as_the_template_says() {
    let (readme, template) = (read("README.md"), kit(Kit::AuditRole, Dialect::CloudFormation));
    let set = "--stack-set-name rootsweep-audit-role";
    for command in ["create-stack-set", "create-stack-instances"] {
        for (name, text) in [("README.md", &readme), ("audit-role.yaml", &template)] {
            assert!(text.contains(&format!("aws cloudformation {command} {set}")), "{name}: {command}");
        }
    }
}

#[test]
fn the_unit_the_runtime_and_the_workflow_run_commands_that_parse() {
    let workflow: Value = serde_saphyr::from_str(&read("deploy/github-actions/rootsweep.yml")).expect("YAML");
    let steps = workflow["jobs"]["sweep"]["steps"].as_array().expect("steps");
    let workflow: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    // What ROOTSWEEP_ARGUMENTS holds is its user's own; docs/run/lambda.md shows this.
    let runtime = read("deploy/lambda/bootstrap").replace("${ROOTSWEEP_ARGUMENTS:-}", "--external-id sweep/2026");
    for (name, text) in [
        ("rootsweep.service", read("deploy/systemd/rootsweep.service")),
        ("bootstrap", runtime),
        ("rootsweep.yml", workflow.join("\n")),
    ] {
        let lines: Vec<String> = mentions(&text).into_iter().filter(|line| line.starts_with("sweep ")).collect();
        assert_eq!(lines.len(), 1, "{name}: {lines:?}");
        parses(name, words(&lines[0]));
    }
}

fn kit(kit: Kit, dialect: Dialect) -> String {
    let (audit, caller) = (["iam:GetAccountSummary"], ["organizations:ListAccounts"]);
    let external_id = Some("sweep/2026".to_owned());
    render(kit, dialect, &Options { external_id, ..Options::new(&audit, &caller) })
}

#[test]
fn the_templates_mention_commands_that_are_there() {
    let mut mentioned = 0;
    for it in [Kit::AuditRole, Kit::Alarm, Kit::EventRule, Kit::Monitor] {
        for dialect in [Dialect::CloudFormation, Dialect::Terraform] {
            for mention in mentions(&kit(it, dialect)) {
                exists(&format!("{it:?}"), &mention);
                mentioned += 1;
            }
        }
    }
    assert!(mentioned > 0, "no template mentions a command");
}

/// Takes `!If [condition, then, else]` for its first choice, and `!Ref name` for the name.
fn chosen(word: &Value) -> String {
    let word = word.as_array().and_then(|choice| choice.get(1)).unwrap_or(word);
    word.as_str().expect("a word").to_owned()
}

#[test]
fn the_task_of_cloudformation_runs_a_command_that_parses() {
    let template: Value = serde_saphyr::from_str(&kit(Kit::Monitor, Dialect::CloudFormation)).expect("YAML");
    let containers = template["Resources"]["Task"]["Properties"]["ContainerDefinitions"].as_array().expect("a list");
    let sweep = containers.iter().find(|it| it["Name"] == "sweep").expect("the sweep's container");
    let words: Vec<String> = sweep["Command"].as_array().expect("a command").iter().map(chosen).collect();
    assert_eq!(words[0], "sweep");
    parses("monitor.yaml", words);
}

#[test]
fn the_task_of_terraform_runs_a_command_that_parses() {
    let configuration = kit(Kit::Monitor, Dialect::Terraform);
    let external_id = r#"["--external-id", var.external_id]"#;
    assert!(configuration.contains(external_id), "local.external_id is made otherwise");
    let (_, command) = configuration.split_once("command = concat(").expect("a command");
    let (command, _) = command.split_once("dependsOn").expect("its end");
    let command = command.replace("local.external_id", external_id).replace("var.", "");
    let words = command.split(['[', ']', '(', ')', ',', ' ', '\n', '"']).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_owned).collect();
    assert_eq!(words[0], "sweep");
    parses("monitor.tf", words);
}

#[test]
fn a_command_that_is_not_there_is_noticed() {
    assert_eq!(mentions("run `rootsweep sweep --fast` and\nrootsweep:1 kit x"), ["sweep --fast` and", "kit x"]);
    assert!(std::panic::catch_unwind(|| exists("here", "sweep --fast` and")).is_err());
    assert!(std::panic::catch_unwind(|| parses("here", words("sweep --fast > x"))).is_err());
}
