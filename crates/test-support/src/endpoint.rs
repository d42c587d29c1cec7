//! An HTTP endpoint that is no AWS: a webhook, or a bucket.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::runtime::Runtime;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// What an endpoint does with a request.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// It answers with a status.
    Status(u16),
    /// It answers with a status and a body.
    Body(u16, &'static str),
    /// It takes the request, and never answers.
    Never,
}

impl Answer {
    fn template(self) -> ResponseTemplate {
        match self {
            Self::Status(status) => ResponseTemplate::new(status),
            Self::Body(status, body) => ResponseTemplate::new(status).set_body_string(body),
            Self::Never => ResponseTemplate::new(200).set_delay(Duration::from_hours(24)),
        }
    }
}

/// An endpoint on loopback that answers every request alike, and keeps what it heard; it stops with the test.
pub struct Endpoint {
    // Dropped before the runtime on which it runs.
    server: MockServer,
    runtime: Runtime,
}

/// A request that an endpoint heard.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The headers, by their lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body, without the frames in which AWS's clients send files.
    pub body: Vec<u8>,
}

impl Endpoint {
    /// Serves on a free port.
    pub fn serve(answer: Answer) -> Self {
        Self::serve_in_turn(&[], answer)
    }

    /// Serves on a free port, and answers the first requests in turn, each once, before all the others alike.
    pub fn serve_in_turn(first: &[Answer], then: Answer) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("no runtime can be made");
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            for answer in first {
                Mock::given(any()).respond_with(answer.template()).up_to_n_times(1).mount(&server).await;
            }
            Mock::given(any()).respond_with(then.template()).mount(&server).await;
            server
        });
        Self { server, runtime }
    }

    /// Returns the endpoint's URL.
    pub fn url(&self) -> String {
        self.server.uri()
    }

    /// Returns what it heard, in the order in which it came.
    pub fn heard(&self) -> Vec<Heard> {
        let requests = self.runtime.block_on(self.server.received_requests()).expect("requests are kept");
        requests.into_iter().map(Heard::from).collect()
    }
}

impl From<Request> for Heard {
    fn from(request: Request) -> Self {
        let text = |value: &wiremock::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers: BTreeMap<_, _> = request.headers.iter().map(|(name, it)| (name.to_string(), text(it))).collect();
        let framed = headers.get("content-encoding").is_some_and(|it| it.contains("aws-chunked"));
        let body = if framed { unframed(&request.body) } else { request.body };
        Self { method: request.method.to_string(), path: request.url.path().to_owned(), headers, body }
    }
}

/// Takes the frames off a body: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>.
fn unframed(mut framed: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = framed.windows(2).position(|it| it == b"\r\n").expect("a frame has a head");
        let head = String::from_utf8_lossy(&framed[..end]).into_owned();
        let size = usize::from_str_radix(head.split(';').next().unwrap_or_default(), 16).expect("a frame has a size");
        if size == 0 {
            return body;
        }
        let from = end + 2;
        body.extend_from_slice(&framed[from..from + size]);
        framed = &framed[from + size + 2..];
    }
}
