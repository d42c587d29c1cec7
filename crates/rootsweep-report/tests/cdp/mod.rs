//! A real browser, driven by the Chrome `DevTools` Protocol: <https://chromedevtools.github.io/devtools-protocol/>.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops where what it needs is missing")]

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::not_run;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// The names under which systems know Chromium.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// A browser with one page in it.
pub(crate) struct Browser {
    child: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: String,
    calls: u64,
    /// What the page did without being asked: messages, errors, requests.
    pub(crate) events: Vec<Value>,
    /// The page's own address, without a fragment.
    file: String,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that has gone by itself is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a browser; where there is none, says so for the summary to name.
pub(crate) fn start(test: &str) -> Option<Browser> {
    let chosen = std::env::var("CHROMIUM").ok();
    let names = chosen.iter().map(String::as_str).chain(NAMES);
    let Some(name) = names.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok()) else {
        not_run(&format!("rootsweep-report::browser::{test}"), "no Chromium: install it, or name it in CHROMIUM");
        return None;
    };
    Some(Browser::launch(name))
}

impl Browser {
    fn launch(name: &str) -> Self {
        let profile = TempDir::new().expect("a temporary directory");
        let mut child = Command::new(name)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"])
            .args(["--disable-background-networking", "--remote-debugging-port=0", "--window-size=1360,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("Chromium starts");
        let log = BufReader::new(child.stderr.take().expect("the log is piped"));
        let address = log
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned));
        let (socket, _) =
            tungstenite::connect(address.expect("Chromium says where it listens")).expect("Chromium listens");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a socket has a timeout");
        }
        let session = String::new();
        let mut browser =
            Self { child, socket, session, calls: 0, events: Vec::new(), file: String::new(), _profile: profile };
        browser.attach();
        browser
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", &attach);
        self.session = session["sessionId"].as_str().map(str::to_owned).expect("a session has an id");
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
    }

    /// Calls the browser, and keeps what happens until it answers.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.socket.send(Message::text(message.to_string())).expect("the browser hears");
        loop {
            let answer = self.receive();
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().expect("the browser answers in time") {
                return serde_json::from_str(&text).expect("the browser speaks JSON");
            }
        }
    }

    /// Opens a page, and waits until it has loaded.
    pub(crate) fn open(&mut self, file: &Path, fragment: &str) {
        // The same file with another fragment would not be loaded again.
        self.call("Page.navigate", &json!({ "url": "about:blank" }));
        self.events.clear();
        self.file = format!("file://{}", file.display());
        self.call("Page.navigate", &json!({ "url": format!("{}{fragment}", self.file) }));
        self.eval_until("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// Returns what an expression is in the page.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true });
        let result = self.call("Runtime.evaluate", &params);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// Waits until an expression holds in the page.
    pub(crate) fn eval_until(&mut self, expression: &str) {
        for _ in 0..400 {
            if self.eval(expression) == true {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("after ten seconds still not: {expression}");
    }

    /// Presses a key as a person would.
    pub(crate) fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" && key == "Enter" { "\r" } else { "" };
            let params =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code_of(key), "text": text });
            self.call("Input.dispatchKeyEvent", &params);
        }
    }

    /// Keeps a picture of what can be seen among the outputs of the tests.
    pub(crate) fn picture(&mut self, name: &str) {
        let picture = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        let bytes = BASE64_STANDARD.decode(picture["data"].as_str().expect("a picture has data")).expect("base64");
        std::fs::write(format!("{}/{name}.png", env!("CARGO_TARGET_TMPDIR")), bytes).expect("the picture can be kept");
    }

    /// Returns what the page complained of: messages of the console, errors, refusals of the policy, alerts.
    pub(crate) fn complaints(&mut self) -> Vec<Value> {
        self.eval("1");
        let methods =
            ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening"];
        self.events.iter().filter(|it| methods.iter().any(|method| it["method"] == *method)).cloned().collect()
    }

    /// Returns the addresses that the page asked for, its own file aside.
    pub(crate) fn requests(&mut self) -> Vec<String> {
        self.eval("1");
        let asked = self.events.iter().filter(|it| it["method"] == "Network.requestWillBeSent");
        let urls = asked.filter_map(|it| it["params"]["request"]["url"].as_str().map(str::to_owned));
        urls.filter(|url| !url.starts_with("data:") && !url.starts_with(&self.file)).collect()
    }
}

fn code_of(key: &str) -> u32 {
    match key {
        "Enter" => 13,
        "Escape" => 27,
        "End" => 35,
        "Home" => 36,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        "ArrowDown" => 40,
        "PageDown" => 34,
        other => panic!("the tests press no {other}"),
    }
}
