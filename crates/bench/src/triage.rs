//! `cargo xtask bench triage`: reading CloudTrail folders, beside bare decompression and what people use today.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use comfy_table::Table;
use serde::Deserialize;

use crate::process::{Usage, run as run_process, sibling};

/// A reader that takes longer than this is not run a second time.
const LONG: Duration = Duration::from_secs(20);

/// What is read, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How much CloudTrail is generated, in megabytes of uncompressed text.
    #[arg(long, value_name = "MB", default_value_t = 512)]
    megabytes: u64,
    /// How often each reader is run, one after the other in turns; the run with the least processor time counts, for
    /// whatever else the machine does only adds to it.
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,
    /// How many threads read and decompress; jq and jaq have only one.
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
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
    /// Whether the last line that it prints says how many root records there are.
    counts: bool,
    /// What its processor time should be, compared with that of the reading.
    budget: &'static str,
    best: Option<Usage>,
}

/// Generates a trail and reads it in every way that is at hand.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let generated = generate(folder.path(), arguments)?;
    println!(
        "{} files, {} records of which {} are root's, {:.0} MB uncompressed, {} thread(s)",
        generated.files,
        generated.records,
        generated.root_records,
        megabytes(generated.bytes),
        arguments.threads
    );
    let mut readers = readers(folder.path(), arguments.threads)?;
    for _ in 0..arguments.runs.max(1) {
        for reader in &mut readers {
            reader.run(&generated).with_context(|| reader.name)?;
        }
    }
    report(&readers, &generated)
}

impl Reader {
    fn new(name: &'static str, command: Command) -> Self {
        Self { name, command, counts: true, budget: "", best: None }
    }

    /// Runs the reader, unless it is known to take long, and holds it to what it should find.
    fn run(&mut self, generated: &Generated) -> Result<()> {
        if self.best.is_some_and(|best| best.cpu > LONG) {
            return Ok(());
        }
        let mut output = tempfile::tempfile()?;
        self.command.stdin(Stdio::null()).stdout(output.try_clone()?);
        let usage = run_process(&mut self.command)?;
        ensure!(usage.code == Some(0), "{:?} ends with {:?}", self.command, usage.code);
        if self.counts {
            let found = root_records(&mut output)?;
            ensure!(found == generated.root_records, "{found} root records, not {}", generated.root_records);
        }
        self.best = self.best.into_iter().chain([usage]).min_by_key(|usage| usage.cpu);
        Ok(())
    }

    fn cpu(&self) -> f64 {
        self.best.map_or(f64::NAN, |best| best.cpu.as_secs_f64())
    }
}

/// Reads how many root records a reader found: its last line is the number, or an object that has it.
fn root_records(output: &mut File) -> Result<u64> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Answer {
        Number(u64),
        Found { found: Found },
    }
    #[derive(Deserialize)]
    struct Found {
        root_records: u64,
    }
    let mut text = String::new();
    output.rewind()?;
    output.read_to_string(&mut text)?;
    let line = text.lines().last().unwrap_or_default();
    Ok(match serde_json::from_str(line).with_context(|| format!("{line:?} does not say what was found"))? {
        Answer::Number(number) => number,
        Answer::Found { found } => found.root_records,
    })
}

fn report(readers: &[Reader], generated: &Generated) -> Result<()> {
    let [floor, own, ..] = readers else { anyhow::bail!("nothing was run") };
    let gigabytes = megabytes(generated.bytes) / 1000.0;
    let mut table = Table::new();
    table.set_header(["reader", "wall s", "CPU s", "GB/s", "CPU s per GB", "peak MB", "CPU : reading", "budget"]);
    for reader in readers {
        let Some(best) = reader.best else { continue };
        table.add_row([
            reader.name.to_owned(),
            format!("{:.2}", best.wall.as_secs_f64()),
            format!("{:.2}", reader.cpu()),
            format!("{:.2}", gigabytes / best.wall.as_secs_f64()),
            format!("{:.2}", reader.cpu() / gigabytes),
            format!("{:.1}", megabytes(best.peak_bytes)),
            format!("{:.2}", reader.cpu() / own.cpu()),
            reader.budget.to_owned(),
        ]);
    }
    println!("{table}");
    let share = 100.0 * floor.cpu() / own.cpu();
    println!("Reading runs at {share:.0} % of the speed of bare decompression with the same library (budget: 80 %).");
    Ok(())
}

fn generate(folder: &Path, arguments: &Arguments) -> Result<Generated> {
    let mut command = Command::new(example("generate_trail")?);
    let output = command.arg(folder).arg(arguments.megabytes.to_string()).output();
    let output = output.context("the trail cannot be generated")?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap_or_default()).context("the generator does not say what it wrote")
}

/// Returns the readers that are at hand: bare decompression, reading, and what else is installed.
fn readers(folder: &Path, threads: usize) -> Result<Vec<Reader>> {
    let read_trail = |mode: &str| -> Result<Command> {
        let mut command = Command::new(example("read_trail")?);
        command.arg(mode).arg(folder).arg(threads.to_string());
        Ok(command)
    };
    let mut readers = vec![
        Reader { counts: false, ..Reader::new("bare decompression", read_trail("inflate")?) },
        Reader::new("reading", read_trail("read")?),
    ];
    if let Ok(program) = sibling("rootsweep") {
        readers.push(Reader { counts: false, ..Reader::new("rootsweep triage, all cores", triage(&program, folder)) });
    }
    let files = format!("find '{}' -name '*.gz' -print0", folder.display());
    let select = ".Records[] | select(.userIdentity.type == \"Root\") | 1";
    if installed("libdeflate-gunzip", "-V") {
        let command = shell(&format!("{files} | xargs -0 libdeflate-gunzip -c >/dev/null"));
        let budget = "at least 0.74"; // The reading may take 1.35 of it.
        readers.push(Reader { counts: false, budget, ..Reader::new("libdeflate-gunzip -c", command) });
    }
    for (name, program, budget) in [("gzip -dc | jq", "jq", "at least 23"), ("gzip -dc | jaq", "jaq", "at least 15")] {
        if installed(program, "--version") {
            let command = shell(&format!("{files} | xargs -0 gzip -dc | {program} '{select}' | wc -l"));
            readers.push(Reader { budget, ..Reader::new(name, command) });
        }
    }
    readers.extend(
        duckdb(folder, threads).map(|command| Reader { budget: "at least 6", ..Reader::new("DuckDB", command) }),
    );
    Ok(readers)
}

fn triage(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    // Exit codes from 10 on tell of findings.
    let script = r#""$0" triage --output json "$1" >/dev/null; test $? = 0 -o $? -ge 10"#;
    command.args(["-c", script]).arg(program).arg(folder).env_clear();
    command
}

/// Returns a command that asks `DuckDB`: its program, or its Python module.
fn duckdb(folder: &Path, threads: usize) -> Option<Command> {
    // With the one column that is needed spelt out it takes twice as long as with those that it finds.
    let query = format!(
        "SET threads={threads}; SET enable_progress_bar=false; SELECT count(*) FROM (SELECT unnest(Records) AS r FROM \
         read_json('{}/**/*.gz')) WHERE r.userIdentity.type = 'Root'",
        folder.display()
    );
    if installed("duckdb", "--version") {
        let mut command = Command::new("duckdb");
        command.args(["-csv", "-noheader", "-c", &query]);
        return Some(command);
    }
    let has_module = Command::new("python3").args(["-c", "import duckdb"]).stderr(Stdio::null()).status();
    has_module.is_ok_and(|status| status.success()).then(|| {
        let script = "import duckdb, sys; print(duckdb.connect().execute(sys.argv[1]).fetchall()[0][0])";
        let mut command = Command::new("python3");
        command.args(["-c", script, &query]);
        command
    })
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn installed(program: &str, version: &str) -> bool {
    Command::new(program).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Finds an example that was built beside this program.
fn example(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("the bench does not know where it is")?;
    let path = own.with_file_name("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    ensure!(path.is_file(), "{} is not built", path.display());
    Ok(path)
}

#[expect(clippy::cast_precision_loss, reason = "bytes stay far below 2^52")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
