//! `LocalStack` as a container, through testcontainers.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use testcontainers::bollard::models::PortBinding;
use testcontainers::core::IntoContainerPort as _;
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{ContainerAsync, GenericImage, ImageExt as _};

use super::{free_port, wait_until_healthy};

/// The last image that needs no token of its makers.
const DEFAULT_IMAGE: &str = "localstack/localstack:4.14.0";

/// The port of `LocalStack` within its container.
const PORT: u16 = 4566;

/// A running container.
pub(super) struct Container {
    pub(super) url: String,
    container: ContainerAsync<GenericImage>,
}

/// Returns the image that is used: `LOCALSTACK_IMAGE`, or the pinned one.
pub(super) fn image() -> String {
    std::env::var("LOCALSTACK_IMAGE").unwrap_or_else(|_| DEFAULT_IMAGE.to_owned())
}

/// Starts a container, published on loopback alone, and waits until `LocalStack` answers in it.
pub(super) async fn start() -> Result<Container> {
    let image = image();
    let (name, tag) = name_and_tag(&image)?;
    let port = free_port()?;
    let request = GenericImage::new(name, tag)
        .with_exposed_port(PORT.tcp())
        // So that a container can be told apart from those of other runs.
        .with_label("rootsweep.simulate", std::process::id().to_string())
        .with_env_var("SERVICES", "sts,iam,logs,cloudwatch,sns,sqs,events,s3")
        .with_env_var("EAGER_SERVICE_LOADING", "1")
        .with_env_var("DISABLE_EVENTS", "1")
        .with_env_var("SKIP_SSL_CERT_DOWNLOAD", "1")
        .with_env_var("API_ENDPOINT", "http://127.0.0.1:9/v1")
        .with_host_config_modifier(move |config| config.port_bindings = Some(on_loopback(port)));
    let container = request.start().await.with_context(|| format!("{image} does not start"))?;
    let url = format!("http://127.0.0.1:{port}");
    wait_until_healthy(&url, Duration::from_mins(2)).await?;
    Ok(Container { url, container })
}

/// Splits an image's name from its tag, which stands behind the last `/`: a registry may have a port.
///
/// testcontainers writes the two with a `:` between them; a digest's own is the one in which the parts are joined again.
fn name_and_tag(image: &str) -> Result<(&str, &str)> {
    let split = if image.contains('@') { image.rsplit_once(':') } else { tag_of(image) };
    let (name, tag) = split.unwrap_or((image, "latest"));
    ensure!(!name.is_empty() && !tag.is_empty(), "LOCALSTACK_IMAGE {image:?} is not the name of an image");
    Ok((name, tag))
}

fn tag_of(image: &str) -> Option<(&str, &str)> {
    image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))
}

fn on_loopback(port: u16) -> HashMap<String, Option<Vec<PortBinding>>> {
    let binding = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some(port.to_string()) };
    HashMap::from([(format!("{PORT}/tcp"), Some(vec![binding]))])
}

impl Container {
    /// Stops and removes the container.
    pub(super) async fn stop(self) {
        _ = self.container.rm().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_stands_behind_the_last_slash_and_a_digest_stays_whole() {
        let cases = [
            ("localstack/localstack:4.14.0", ("localstack/localstack", "4.14.0")),
            ("localstack/localstack", ("localstack/localstack", "latest")),
            ("registry:5000/localstack", ("registry:5000/localstack", "latest")),
            ("registry:5000/localstack:4", ("registry:5000/localstack", "4")),
            ("registry:5000/localstack@sha256:0a1b", ("registry:5000/localstack@sha256", "0a1b")),
            ("localstack:4@sha256:0a1b", ("localstack:4@sha256", "0a1b")),
        ];
        for (image, (name, tag)) in cases {
            assert_eq!(name_and_tag(image).unwrap(), (name, tag), "{image}");
        }
        assert!(name_and_tag("localstack:").is_err());
    }
}
