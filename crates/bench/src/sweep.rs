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
    let waits = waits(arguments.latency)?;
    println!(
        "at {} ms each: {:.0} ms of dependent calls before the first account, {:.0} ms in each",
        arguments.latency,
        millis(waits.start),
        millis(waits.account)
    );
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
        table.add_row(row(&measured, waits, arguments));
    }
    println!("{table}");
    println!(
        "bound: the calls before the first account, then one account's chain for every {} accounts or, where that is \
         longer, the pages of ListAccounts and the last account's chain.",
        arguments.concurrency.unwrap_or(DEFAULT_CONCURRENCY)
    );
    Ok(())
}

/// The product's default for `--concurrency`.
const DEFAULT_CONCURRENCY: u32 = 32;

/// How long a sweep waits for answers that it cannot ask for at the same time.
#[derive(Clone, Copy)]
struct Waits {
    /// Before the first account is entered.
    start: Duration,
    /// In one account.
    account: Duration,
}

/// How many accounts are swept one after the other to measure what one of them takes.
const ONE_BY_ONE: (u32, u32) = (2, 12);

/// Measures the chains of dependent calls as the difference that latency makes, so that computing is left out.
fn waits(latency: u64) -> Result<Waits> {
    let waited = |accounts| -> Result<Duration> {
        let wall = |latency| measure(accounts, &Arguments { latency, accounts: Vec::new(), concurrency: Some(1) });
        Ok(wall(latency)?.usage.wall.saturating_sub(wall(0)?.usage.wall))
    };
    let (few, many) = (waited(ONE_BY_ONE.0)?, waited(ONE_BY_ONE.1)?);
    let account = many.saturating_sub(few) / (ONE_BY_ONE.1 - ONE_BY_ONE.0);
    Ok(Waits { start: few.saturating_sub(account * ONE_BY_ONE.0), account })
}

fn row(measured: &Measured, waits: Waits, arguments: &Arguments) -> Vec<String> {
    let accounts = f64::from(measured.accounts);
    let pages = measured.accounts.div_ceil(ACCOUNTS_PER_PAGE);
    let rounds = measured.accounts.div_ceil(arguments.concurrency.unwrap_or(DEFAULT_CONCURRENCY));
    let paging = Duration::from_millis(arguments.latency) * pages.saturating_sub(1);
    let bound = (waits.start + (waits.account * rounds).max(paging + waits.account)).as_secs_f64();
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
