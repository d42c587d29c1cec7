//! The fake AWS as a process of its own, for benchmarks and for trying by hand.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Parser;
use fake_aws::FakeAws;
use fake_aws::world::World;
use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};

/// Serves an in-memory AWS on loopback until stdin closes or SIGTERM comes.
///
/// The first line on stdout is a JSON object with the endpoint and the environment that a client needs; the last one counts the
/// calls that were answered.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// The world to serve, as YAML or JSON.
    #[arg(long, value_name = "FILE", conflicts_with = "accounts")]
    world: Option<PathBuf>,
    /// Serve a generated organization of so many healthy accounts.
    #[arg(long, value_name = "N", default_value_t = 12)]
    accounts: u32,
    /// The role that the generated accounts have.
    #[arg(long, value_name = "NAME", default_value = "rootsweep-audit")]
    role_name: String,
    /// Time added to every answer, in milliseconds.
    #[arg(long, value_name = "MS")]
    latency: Option<u64>,
    /// Stand in front of the LocalStack at this endpoint, and forward to it what it can answer.
    #[arg(long, value_name = "URL", conflicts_with = "port")]
    localstack: Option<String>,
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let mut world = match &arguments.world {
        Some(path) => World::from_yaml(
            &std::fs::read_to_string(path).map_err(|error| format!("read {}: {error}", path.display()))?,
        )?,
        None => World::generated(arguments.accounts, &arguments.role_name),
    };
    world.latency_ms = arguments.latency.unwrap_or(world.latency_ms);
    world.calls.counts_only = true;
    let fake = match &arguments.localstack {
        Some(endpoint) => FakeAws::start_gateway(world, endpoint).await?,
        None => FakeAws::start_on(world, arguments.port).await?,
    };
    let environment: BTreeMap<_, _> = fake.environment().into_iter().collect();
    print_line(&serde_json::json!({ "endpoint_url": fake.url(), "environment": environment }))?;
    wait_for_the_end().await?;
    let counts = fake.world().calls.counts().clone();
    print_line(&serde_json::json!({ "calls": counts.values().sum::<u64>(), "by_action": counts }))?;
    Ok(())
}

fn print_line(json: &serde_json::Value) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{json}")?;
    Ok(stdout.flush()?)
}

async fn wait_for_the_end() -> Result<(), Failure> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut rest = Vec::new();
    let mut stdin = tokio::io::stdin();
    tokio::select! {
        _ = stdin.read_to_end(&mut rest) => Ok(()),
        _ = terminated.recv() => Ok(()),
        _ = interrupted.recv() => Ok(()),
    }
}
