use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;

#[test]
fn a_rule_is_named_after_its_file() {
    let ids: Vec<String> = FILES.iter().map(|file| file.replace('_', "-")).collect();
    assert_eq!(all_rules().iter().map(|rule| rule.id).collect::<Vec<_>>(), ids);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn every_file_is_registered() {
    const HELPERS: [&str; 4] = ["mod", "tests", "calls", "expectation"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
    let registered: BTreeSet<String> = FILES.iter().chain(&HELPERS).map(|&file| file.to_owned()).collect();
    assert_eq!(files.collect::<BTreeSet<_>>(), registered);
}

#[test]
fn a_rule_can_be_checked_by_its_reader() {
    for rule in all_rules() {
        assert!(!rule.reads.is_empty(), "{} reads nothing", rule.id);
        assert!(rule.source.starts_with("https://"), "{} rests on nothing", rule.id);
        assert!(
            rule.why.ends_with('.') && !rule.says.ends_with('.'),
            "{}: why is a sentence, says is a fragment",
            rule.id
        );
    }
}

#[test]
fn stages_come_one_after_the_other() {
    assert!(all_rules().is_sorted_by_key(Rule::stage));
}

#[test]
fn the_table_of_the_readme_is_the_registry() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let rows: Vec<String> =
        all_rules().iter().map(|rule| format!("| `{}` | {:?} | {} |", rule.id, rule.stage(), rule.says)).collect();
    assert!(readme.contains(&rows.join("\n")), "the table should be:\n{}", rows.join("\n"));
}
