//! `cargo xtask bench sweep`: the release binary against the fake AWS as a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};
use comfy_table::Table;
use serde::Deserialize;

use crate::process::{Usage, run as run_process, sibling};

/// Accounts on one page of `organizations:ListAccounts`.
const ACCOUNTS_PER_PAGE: u32 = 20;

/// What is swept, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many accounts; give it again for a further row.
    #[arg(long, value_name = "N", default_values_t = [12, 200, 1000])]
    accounts: Vec<u32>,
    /// How long the fake AWS takes for each answer, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 40)]
    latency: u64,
    /// How many accounts are swept at once; the product's own default where it is not given.
    #[arg(long, value_name = "N")]
    concurrency: Option<u32>,
}

/// What the fake AWS says in its first line.
#[derive(Debug, Deserialize)]
struct Ready {
    environment: BTreeMap<String, String>,
}

/// What the fake AWS says in its last line.
#[derive(Debug, Deserialize)]
struct Counted {
    calls: u64,
    by_action: BTreeMap<String, u64>,
}

/// One measured sweep.
struct Measured {
    accounts: u32,
    usage: Usage,
    counted: Counted,
}

/// Sweeps organizations of each size and prints a row for each.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let chain = chain(arguments)?;
    println!("one account's chain of dependent calls: {:.0} ms at {} ms each", millis(chain), arguments.latency);
    let mut table = Table::new();
    table.set_header([
        "accounts",
        "wall s",
        "bound s",
        "wall/bound",
        "calls",
        "calls/account",
        "without lookups",
        "cpu ms/call",
        "peak MiB",
    ]);
    for accounts in &arguments.accounts {
        let measured = measure(*accounts, arguments)?;
        table.add_row(row(&measured, chain, arguments));
    }
    println!("{table}");
    println!(
        "bound: the page chain of ListAccounts, then one account's chain for every {} accounts.",
        arguments.concurrency.unwrap_or(DEFAULT_CONCURRENCY)
    );
    Ok(())
}

/// The product's default for `--concurrency`.
const DEFAULT_CONCURRENCY: u32 = 32;

/// Measures the chain of one account as the difference that latency makes to an organization of two.
fn chain(arguments: &Arguments) -> Result<Duration> {
    let with = |latency| measure(2, &Arguments { latency, accounts: Vec::new(), concurrency: arguments.concurrency });
    let (slow, fast) = (with(arguments.latency)?, with(0)?);
    Ok(slow.usage.wall.saturating_sub(fast.usage.wall))
}

fn row(measured: &Measured, chain: Duration, arguments: &Arguments) -> Vec<String> {
    let accounts = f64::from(measured.accounts);
    let pages = measured.accounts.div_ceil(ACCOUNTS_PER_PAGE);
    let rounds = measured.accounts.div_ceil(arguments.concurrency.unwrap_or(DEFAULT_CONCURRENCY));
    let paging = Duration::from_millis(arguments.latency) * pages.saturating_sub(1);
    let bound = (chain * rounds).max(paging + chain).as_secs_f64();
    let wall = measured.usage.wall.as_secs_f64();
    let calls = as_f64(measured.counted.calls);
    let lookups = as_f64(measured.counted.by_action.get("cloudtrail:LookupEvents").copied().unwrap_or_default());
    vec![
        measured.accounts.to_string(),
        format!("{wall:.2}"),
        format!("{bound:.2}"),
        format!("{:.2}", wall / bound),
        measured.counted.calls.to_string(),
        format!("{:.1}", calls / accounts),
        format!("{:.1}", (calls - lookups) / accounts),
        format!("{:.3}", millis(measured.usage.cpu) / calls),
        format!("{:.1}", as_f64(measured.usage.peak_bytes) / f64::from(1 << 20)),
    ]
}

fn measure(accounts: u32, arguments: &Arguments) -> Result<Measured> {
    let mut server = Command::new(sibling("fake-aws")?)
        .args(["--accounts", &accounts.to_string(), "--latency", &arguments.latency.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start fake-aws")?;
    let mut lines = BufReader::new(server.stdout.take().context("fake-aws has no output")?);
    let ready: Ready = read_line(&mut lines)?;
    let folder = tempfile::tempdir()?;
    let mut client = Command::new(sibling("rootsweep")?);
    client.args(["sweep", "--output", "json=report.json"]).current_dir(&folder).env_clear().envs(&ready.environment);
    client.env("HOME", folder.path()).stdout(Stdio::null());
    if let Some(concurrency) = arguments.concurrency {
        client.args(["--concurrency", &concurrency.to_string()]);
    }
    let usage = run_process(&mut client)?;
    let counted = stop(&mut server, &mut lines)?;
    anyhow::ensure!(
        matches!(usage.code, Some(0 | 10..=12)),
        "the sweep of {accounts} accounts exited with {:?}",
        usage.code
    );
    Ok(Measured { accounts, usage, counted })
}

/// Closes the server's input, which ends it, and reads what it counted.
fn stop(server: &mut Child, lines: &mut BufReader<ChildStdout>) -> Result<Counted> {
    drop(server.stdin.take());
    let counted = read_line(lines)?;
    server.wait()?;
    Ok(counted)
}

fn read_line<T: for<'de> Deserialize<'de>>(lines: &mut BufReader<ChildStdout>) -> Result<T> {
    let mut line = String::new();
    lines.read_line(&mut line)?;
    serde_json::from_str(&line).with_context(|| format!("fake-aws said {line:?}"))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts and bytes stay far below 2^52")]
fn as_f64(number: u64) -> f64 {
    number as f64
}
