//! Lambda's runtime, run against its interface: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use test_support::not_run;

const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(5);

/// A request: its first line, and its body.
type Request = (String, String);

#[test]
fn findings_are_a_result() {
    let Some((requests, calls)) = invoke("exit 10", "") else { return };
    assert_eq!(
        requests[1],
        ("POST /2018-06-01/runtime/invocation/it-1/response HTTP/1.1".into(), r#"{"exitCode":10}"#.into())
    );
    let [bring, sweep, keep] = calls.as_slice() else { panic!("{calls:?}") };
    assert!(bring.starts_with("aws s3 sync --only-show-errors s3://kept/data/ "), "{bring}");
    assert!(sweep.starts_with("rootsweep sweep --state-dir "), "{sweep}");
    assert!(sweep.ends_with(" --external-id a/b"), "{sweep}");
    assert!(keep.starts_with("aws s3 sync --only-show-errors --delete "), "{keep}");
}

#[test]
fn a_run_that_failed_is_an_error() {
    let Some((requests, _)) = invoke("exit 1", "") else { return };
    let (line, body) = &requests[1];
    assert_eq!(line, "POST /2018-06-01/runtime/invocation/it-1/error HTTP/1.1");
    assert_eq!(body, r#"{"errorType":"Rootsweep.Failed","errorMessage":"exit code 1"}"#);
}

/// With an empty folder, taking back would delete what the bucket keeps.
#[test]
fn nothing_is_taken_back_where_nothing_was_brought() {
    let Some((requests, calls)) = invoke("exit 0", "exit 1") else { return };
    assert!(requests[1].0.ends_with("/error HTTP/1.1"), "{requests:?}");
    assert_eq!(calls.len(), 1, "{calls:?}");
}

/// Runs the runtime for one invocation; `rootsweep` and `aws` are scripts that note their arguments. Returns the
/// requests that it made, and the programs that it ran.
fn invoke(rootsweep: &str, aws: &str) -> Option<(Vec<Request>, Vec<String>)> {
    if Command::new("curl").arg("--version").output().is_err() {
        not_run("the runtime of the Lambda image", "install curl");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes");
    script(&folder.path().join("rootsweep"), &notes, rootsweep);
    script(&folder.path().join("aws"), &notes, aws);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut runtime = Command::new("sh");
    runtime.arg(super::path("lambda/bootstrap")).env("PATH", path).env_remove("http_proxy");
    runtime.env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().unwrap().to_string());
    runtime.env("ROOTSWEEP_DATA", folder.path().join("data")).env("ROOTSWEEP_BUCKET", "kept");
    let mut runtime = runtime.env("ROOTSWEEP_ARGUMENTS", "--external-id a/b").stderr(Stdio::null()).spawn().unwrap();
    // One invocation, its result, and the end: the interface closes when the function is shut down.
    let next = "Lambda-Runtime-Aws-Request-Id: it-1\r\nContent-Length: 2\r\n\r\n{}";
    let answers =
        [("200 OK", next), ("202 Accepted", "Content-Length: 0\r\n\r\n"), ("410 Gone", "Content-Length: 0\r\n\r\n")];
    let requests = answers.map(|(status, rest)| serve(&listener, status, rest)).to_vec();
    assert!(!runtime.wait().unwrap().success());
    let calls = std::fs::read_to_string(notes).unwrap().lines().map(str::to_owned).collect();
    Some((requests, calls))
}

fn script(path: &Path, notes: &Path, rest: &str) {
    let text = format!("#!/bin/sh\necho \"$(basename \"$0\")\" \"$@\" >> '{}'\n{rest}\n", notes.display());
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn serve(listener: &TcpListener, status: &str, rest: &str) -> Request {
    let mut stream = accept(listener);
    let request = request(&stream);
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\n{rest}").unwrap();
    request
}

/// Waits for a connection, but not for ever: a runtime that ended early makes none.
fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let begun = Instant::now();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                return stream;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock && begun.elapsed() < PATIENCE => sleep(POLL),
            Err(error) => panic!("the runtime asks for nothing: {error}"),
        }
    }
}

fn request(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let length = head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    (head[0].clone(), String::from_utf8(body).unwrap())
}
