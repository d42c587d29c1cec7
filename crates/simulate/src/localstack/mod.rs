//! Finding or starting `LocalStack`: an endpoint that is named, a container, or a Python virtualenv in host mode.

mod container;
pub mod differences;
mod host_mode;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use url::{Host, Url};

use crate::narrate;

/// A `LocalStack` that answers; what was started for it is stopped with it.
pub struct LocalStack {
    /// Its endpoint.
    pub url: String,
    /// How it was found, for the narration.
    pub how: String,
    running: Running,
}

/// What has to be stopped in the end.
enum Running {
    /// Somebody else's: it goes on.
    Elsewhere,
    Container(Box<container::Container>),
    Process(Box<host_mode::Process>),
}

impl LocalStack {
    /// Finds one, in the documented order; fails with every reason and what to install where none can be had.
    ///
    /// `target` is the folder under which a virtualenv may be made.
    pub async fn find(target: &Path) -> Result<Self> {
        if let Ok(url) = std::env::var("LOCALSTACK_ENDPOINT") {
            return Self::named(url).await;
        }
        let container = container::start().await;
        let why_no_container = match container {
            Ok(container) => return Ok(Self::contained(container)),
            Err(error) => format!("{error:#}"),
        };
        narrate::note(&format!("no container: {why_no_container}"));
        match host_mode::start(target).await {
            Ok(process) => Ok(Self::hosted(process)),
            Err(error) => bail!(
                "LocalStack cannot be had. Set LOCALSTACK_ENDPOINT to one that runs on this machine; or start Docker \
                 with the image {} at hand ({why_no_container}); or install Python 3.11 to 3.13 with `venv`, and let \
                 pip reach PyPI ({error:#})",
                container::image()
            ),
        }
    }

    async fn named(url: String) -> Result<Self> {
        ensure_loopback(&url).context("LOCALSTACK_ENDPOINT is refused")?;
        wait_until_healthy(&url, Duration::from_secs(10)).await.context("LOCALSTACK_ENDPOINT names no LocalStack")?;
        Ok(Self { how: format!("LOCALSTACK_ENDPOINT, {url}"), url, running: Running::Elsewhere })
    }

    fn contained(container: container::Container) -> Self {
        let how = format!("a container of {}", container::image());
        Self { url: container.url.clone(), how, running: Running::Container(Box::new(container)) }
    }

    fn hosted(process: host_mode::Process) -> Self {
        let how = format!("host mode, {}", process.version);
        Self { url: process.url.clone(), how, running: Running::Process(Box::new(process)) }
    }

    /// Stops what was started for it.
    pub async fn stop(self) {
        match self.running {
            Running::Elsewhere => {}
            Running::Container(container) => container.stop().await,
            Running::Process(process) => process.stop().await,
        }
    }
}

/// Refuses an endpoint that is not on this machine: the simulator never talks to AWS.
pub fn ensure_loopback(endpoint: &str) -> Result<()> {
    let url = Url::parse(endpoint).with_context(|| format!("{endpoint:?} is not a URL"))?;
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    ensure!(loopback, "{endpoint} is not on this machine: the simulator talks to loopback addresses alone");
    Ok(())
}

async fn wait_until_healthy(url: &str, limit: Duration) -> Result<()> {
    let health = format!("{}/_localstack/health", url.trim_end_matches('/'));
    let deadline = Instant::now() + limit;
    loop {
        let problem = match reqwest::get(&health).await {
            Ok(response) if response.status().is_success() => return Ok(()),
            Ok(response) => format!("HTTP {}", response.status()),
            Err(error) => format!("{error:#}"),
        };
        ensure!(Instant::now() < deadline, "{health} did not answer within {} s: {problem}", limit.as_secs());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Returns a loopback port that is free now.
fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("no loopback port is free")?;
    Ok(listener.local_addr()?.port())
}
