//! `cargo xtask bench triage`: reading CloudTrail folders, beside bare decompression and what people use today.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use comfy_table::Table;
use serde::Deserialize;

use crate::process::{Usage, run as run_process, sibling};

/// What is read, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How much CloudTrail is generated, in megabytes of uncompressed text.
    #[arg(long, value_name = "MB", default_value_t = 512)]
    megabytes: u64,
    /// How often each reader is run; the median of its processor time counts.
    #[arg(long, value_name = "N", default_value_t = 3)]
    runs: usize,
    /// Generate with root records in odd spellings.
    #[arg(long)]
    hostile: bool,
}

/// What the generator says it wrote.
#[derive(Debug, Deserialize)]
struct Generated {
    files: u64,
    bytes: u64,
    records: u64,
    root_records: u64,
}

/// A way of reading the folder, as one process.
struct Reader {
    name: &'static str,
    command: Command,
}

/// Generates a trail and reads it in every way that is at hand.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let generated = generate(folder.path(), arguments)?;
    println!(
        "{} files, {} records of which {} are root's, {:.0} MB uncompressed",
        generated.files,
        generated.records,
        generated.root_records,
        megabytes(generated.bytes)
    );
    let mut table = Table::new();
    table.set_header(["reader, one thread", "wall s", "cpu s", "GB/s of text", "cpu / inflating only", "peak MiB"]);
    let mut floor = None;
    for mut reader in readers(folder.path())? {
        let usage = median(&mut reader.command, arguments.runs).with_context(|| reader.name)?;
        let cpu = usage.cpu.as_secs_f64();
        let floor = *floor.get_or_insert(cpu);
        table.add_row([
            reader.name.to_owned(),
            format!("{:.2}", usage.wall.as_secs_f64()),
            format!("{cpu:.2}"),
            format!("{:.2}", megabytes(generated.bytes) / 1000.0 / cpu),
            format!("{:.2}", cpu / floor),
            format!("{:.1}", megabytes(usage.peak_bytes)),
        ]);
    }
    println!("{table}");
    Ok(())
}

fn generate(folder: &Path, arguments: &Arguments) -> Result<Generated> {
    let mut command = Command::new(example("generate_trail")?);
    command.arg(folder).arg(arguments.megabytes.to_string());
    if arguments.hostile {
        command.arg("hostile");
    }
    let output = command.output().context("the trail cannot be generated")?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap_or_default()).context("the generator does not say what it wrote")
}

fn readers(folder: &Path) -> Result<Vec<Reader>> {
    let read_trail = |mode: &str| -> Result<Command> {
        let mut command = Command::new(example("read_trail")?);
        command.args([mode]).arg(folder).arg("1");
        Ok(command)
    };
    let mut readers = vec![
        Reader { name: "inflating only", command: read_trail("inflate")? },
        Reader { name: "reading", command: read_trail("read")? },
        Reader { name: "rootsweep triage (all cores)", command: triage(folder)? },
    ];
    let shell = |script: String| {
        let mut command = Command::new("sh");
        command.args(["-c", &script]);
        command
    };
    let all = format!("find '{}' -name '*.gz' -print0", folder.display());
    if installed("jq") {
        let script = format!(
            "{all} | xargs -0 gzip -dc | jq -c '.Records[] | select(.userIdentity.type == \"Root\")' >/dev/null"
        );
        readers.push(Reader { name: "gzip | jq", command: shell(script) });
    }
    if installed("duckdb") {
        let query = "SELECT count(*) FROM (SELECT unnest(Records) AS r FROM read_json('%/**/*.gz', maximum_object_size=200000000)) WHERE r.userIdentity.type = 'Root'";
        let query = query.replace('%', &folder.display().to_string());
        readers.push(Reader {
            name: "duckdb",
            command: shell(format!("duckdb -c \"SET threads=1; {query}\" >/dev/null")),
        });
    }
    Ok(readers)
}

fn triage(folder: &Path) -> Result<Command> {
    let mut command = Command::new(sibling("rootsweep")?);
    command.args(["triage", "--output", "json"]).arg(folder).env_clear();
    Ok(command)
}

/// Runs a command several times and returns the run with the median processor time.
fn median(command: &mut Command, runs: usize) -> Result<Usage> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut usages = (0..runs.max(1)).map(|_| run_process(command)).collect::<Result<Vec<_>>>()?;
    usages.sort_by_key(|usage| usage.cpu);
    usages.get(usages.len() / 2).copied().context("nothing was run")
}

fn installed(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Finds an example that was built beside this program.
fn example(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("the bench does not know where it is")?;
    let path = own.with_file_name("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    anyhow::ensure!(path.is_file(), "{} is not built", path.display());
    Ok(path)
}

#[expect(clippy::cast_precision_loss, reason = "bytes stay far below 2^52")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
