//! `cargo xtask new-check` and `new-scenario`: folders that a person fills in.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use xshell::Shell;

/// Lays the folder of a new check and says what is left to do.
pub(crate) fn check(sh: &Shell, id: &str) -> Result<ExitCode> {
    ensure_slug(id)?;
    let module = id.replace('-', "_");
    let folder = format!("crates/rootsweep-checks/src/checks/{module}");
    ensure!(!sh.path_exists(&folder), "{folder} exists already");
    for (file, template) in [
        ("check.rs", include_str!("../templates/check/check.rs.txt")),
        ("README.md", include_str!("../templates/check/README.md")),
        ("cases.yaml", include_str!("../templates/check/cases.yaml")),
    ] {
        sh.write_file(format!("{folder}/{file}"), fill(template, id))?;
    }
    println!("{folder} is laid. Now:");
    println!(
        "1. name it in crates/rootsweep-checks/src/checks/mod.rs, and give it its place in CHECKS (src/registry.rs);"
    );
    println!("2. write its judgement, its README and at least one case each of pass, fail and unknown;");
    println!("3. cargo test --package rootsweep-checks; cargo xtask generate");
    Ok(ExitCode::SUCCESS)
}

/// Lays the folder of a new scenario.
pub(crate) fn scenario(sh: &Shell, slug: &str) -> Result<ExitCode> {
    ensure_slug(slug)?;
    let file = format!("scenarios/{slug}/scenario.yaml");
    ensure!(!sh.path_exists(&file), "{file} exists already");
    sh.write_file(&file, fill(include_str!("../templates/scenario.yaml"), slug))?;
    println!("{file} is laid, and is a test from now on. Run it: cargo xtask simulate {slug}");
    Ok(ExitCode::SUCCESS)
}

fn ensure_slug(text: &str) -> Result<()> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edge = text.starts_with('-') || text.ends_with('-') || text.is_empty();
    ensure!(!edge && text.chars().all(legal), "{text:?}: use lower-case letters, digits and single dashes");
    Ok(())
}

/// Fills a template's `{{id}}`, `{{module}}` and `{{type}}`.
fn fill(template: &str, id: &str) -> String {
    let module = id.replace('-', "_");
    let type_name: String = id.split('-').map(capitalized).collect();
    template.replace("{{id}}", id).replace("{{module}}", &module).replace("{{type}}", &type_name)
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}
