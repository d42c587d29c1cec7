//! Every scenario is a test by being there.

use std::path::Path;

use simulate::narrate::Narrator;
use simulate::play::play;
use simulate::stage::Backend;

fn plays(file: &Path) -> datatest_stable::Result<()> {
    let folder = file.parent().ok_or("a scenario lies in a folder")?;
    let slug = folder.file_name().and_then(|name| name.to_str()).ok_or("the folder has no name")?;
    let scenario = scenario::load(folder.parent().ok_or("the folder lies in another")?, slug)?;
    let output = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let played = runtime.block_on(play(scenario, &Backend::Embedded, output.path(), Narrator::Summary))?;
    let unmet: Vec<String> = played
        .steps
        .iter()
        .flat_map(|step| step.expectations.iter().filter(|it| !it.met).map(move |it| (step, it)))
        .map(|(step, it)| format!("{} {}\n  expected: {}\n  came:     {}", step.at, step.does, it.expected, it.came))
        .collect();
    if unmet.is_empty() { Ok(()) } else { Err(unmet.join("\n").into()) }
}

datatest_stable::harness! {
    { test = plays, root = "../scenarios", pattern = r"scenario\.yaml$" },
}
