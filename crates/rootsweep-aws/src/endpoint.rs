//! Endpoints that stand in for AWS's own, looked at before the first call: the SDK would fail at each with a request that
//! it could not make.

use std::env;

use aws_config::SdkConfig;

use crate::error::Error;
use crate::options::Options;

/// What names the endpoint of every service; with an underscore and a service behind it, that of one.
const VARIABLE: &str = "AWS_ENDPOINT_URL";

/// What turns all of them off.
const IGNORE: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// Whether a text can be an endpoint: `http://` or `https://`, a host, and no more than a port, a path and a query.
pub fn is_endpoint_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_visible = rest.bytes().all(|it| it.is_ascii_graphic());
    is_visible && is_host(host) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._".contains(&it)),
    }
}

/// Refuses an endpoint that is none, and says where it is written.
pub(crate) fn check(config: &SdkConfig, options: &Options) -> Result<(), Error> {
    let refuse = |origin: String, url: String| Err(Error::Endpoint { origin, url });
    if let Some(url) = options.endpoint_url.as_ref().filter(|url| !is_endpoint_url(url)) {
        return refuse("--endpoint-url".to_owned(), url.clone());
    }
    // The SDK takes an explicit endpoint before all others, and can be told to take no other.
    let ignored = env::var(IGNORE).is_ok_and(|it| it.eq_ignore_ascii_case("true"));
    if options.endpoint_url.is_none()
        && !ignored
        && let Some((name, url)) = variables().find(|(_, url)| !is_endpoint_url(url))
    {
        return refuse(format!("the environment variable {name}"), url);
    }
    match config.endpoint_url() {
        Some(url) if !is_endpoint_url(url) => {
            refuse("endpoint_url in the AWS configuration files".to_owned(), url.to_owned())
        }
        _ => Ok(()),
    }
}

fn variables() -> impl Iterator<Item = (String, String)> {
    let readable = env::vars_os().filter_map(|(name, url)| Some((name.into_string().ok()?, url.into_string().ok()?)));
    readable.filter(|(name, _)| is_variable(name))
}

fn is_variable(name: &str) -> bool {
    name.strip_prefix(VARIABLE).is_some_and(|service| service.is_empty() || service.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_a_scheme_and_a_host() {
        for good in [
            "http://127.0.0.1:4566",
            "https://vpce-1.sts.eu-west-1.vpce.amazonaws.com",
            "http://localhost:4566/",
            "http://[::1]:4566/path?x=1",
            "https://localhost.localstack.cloud",
        ] {
            assert!(is_endpoint_url(good), "{good}");
        }
        for bad in [
            "",
            "notaurl",
            "localhost:4566",
            "127.0.0.1",
            "ftp://host",
            "http://",
            "http:///path",
            "http://:4566",
            "http://host:",
            "http://host:port",
            "http://host:99999",
            "http://ho st",
            "http://user@host",
            "http://[::1",
            "http:127.0.0.1",
        ] {
            assert!(!is_endpoint_url(bad), "{bad}");
        }
    }

    #[test]
    fn variables_of_all_services_and_of_one_count() {
        for (name, counts) in [("AWS_ENDPOINT_URL", true), ("AWS_ENDPOINT_URL_STS", true), ("AWS_ENDPOINT_URLS", false)]
        {
            assert_eq!(is_variable(name), counts, "{name}");
        }
    }
}
