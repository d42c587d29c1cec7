//! Promise 10: the simulator never talks to AWS.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

use simulate::localstack::ensure_loopback;
use test_support::binary;

#[test]
fn endpoints_beyond_this_machine_are_refused() {
    for endpoint in ["http://127.0.0.1:4566", "https://localhost:4566", "http://[::1]:4566"] {
        assert!(ensure_loopback(endpoint).is_ok(), "{endpoint}");
    }
    for endpoint in [
        "https://sts.amazonaws.com",
        "http://10.0.0.1:4566",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "127.0.0.1:4566",
    ] {
        assert!(ensure_loopback(endpoint).is_err(), "{endpoint}");
    }
}

#[test]
fn a_localstack_endpoint_beyond_this_machine_is_refused_before_it_is_asked() {
    let mut command = Command::new(binary("simulate"));
    command.args(["midnight-backfill", "--backend", "localstack", "--scenarios", "../scenarios"]);
    let run = command.env("LOCALSTACK_ENDPOINT", "http://192.0.2.1:4566").output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(
        said.contains("LOCALSTACK_ENDPOINT") && said.contains("http://192.0.2.1:4566 is not on this machine"),
        "{said}"
    );
    assert!(run.stdout.is_empty(), "something was played");
}
