//! The HTTP server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::serve::ListenerExt as _;
use axum::{Router, serve};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::answer::{Answered, Trace};
use crate::clock::Clock;
use crate::error::{Error, ServiceError};
use crate::fault;
use crate::gateway::Gateway;
use crate::log::LoggedCall;
use crate::protocol::{self, Encoded};
use crate::value::Value;
use crate::world::{CallerKey, World};

/// The largest request body that is read; AWS's own limits are below it.
const MAX_BODY: usize = 8 << 20;

/// How often the World follows the machine's time.
const TICK: Duration = Duration::from_millis(500);

/// How long a subscriber may take to answer.
const POST_TIMEOUT: Duration = Duration::from_secs(5);

/// A running fake AWS; it stops when it is dropped.
#[derive(Debug)]
pub struct FakeAws {
    state: Arc<Shared>,
    address: SocketAddr,
    server: JoinHandle<()>,
    ticker: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    http: reqwest::Client,
    gateway: Option<Gateway>,
}

impl FakeAws {
    /// Starts on a free loopback port.
    pub async fn start(world: World) -> Result<Self, Error> {
        Self::start_on(world, 0).await
    }

    /// Starts on a loopback port; 0 takes a free one.
    pub async fn start_on(world: World, port: u16) -> Result<Self, Error> {
        Self::listen(world, port, None).await
    }

    /// Starts in front of LocalStack, whose endpoint must be on loopback.
    ///
    /// The World answers what LocalStack's community edition lacks or gets wrong; everything else is forwarded.
    pub async fn start_gateway(mut world: World, upstream: &str) -> Result<Self, Error> {
        let gateway = Gateway::to(upstream)?;
        world.runtime.is_gateway = true;
        Self::listen(world, 0, Some(gateway)).await
    }

    async fn listen(mut world: World, port: u16, gateway: Option<Gateway>) -> Result<Self, Error> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let failed = |source| Error::Listen { address: wanted.to_string(), source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        world.endpoint = format!("http://{address}");
        let real = world.clock == Clock::Real;
        let state = Arc::new(Shared { world: Mutex::new(world), http: reqwest::Client::new(), gateway });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&state));
        // Without TCP_NODELAY each small answer on a kept connection may wait for an acknowledgement.
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        let server = tokio::spawn(async move { _ = serve(listener, router).await });
        let ticker = real.then(|| tokio::spawn(tick(Arc::clone(&state))));
        Ok(Self { state, address, server, ticker })
    }

    /// The endpoint, such as `http://127.0.0.1:41234`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The World, locked: calls wait until the guard is dropped.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.state.world()
    }

    /// Moves the World's time forward and posts what became due to HTTP subscribers.
    pub async fn advance_to(&self, until: Timestamp) {
        self.world().advance_to(until);
        self.state.settle().await;
    }

    /// Environment variables that point an AWS SDK or CLI at this endpoint as the first caller.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let caller = self.world().callers.first().cloned();
        let key = |read: fn(CallerKey) -> String| caller.clone().map(read).unwrap_or_default();
        vec![
            ("AWS_ENDPOINT_URL", self.url()),
            ("AWS_ACCESS_KEY_ID", key(|it| it.access_key_id)),
            ("AWS_SECRET_ACCESS_KEY", key(|it| it.secret_access_key)),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        self.server.abort();
        if let Some(ticker) = &self.ticker {
            ticker.abort();
        }
    }
}

impl Shared {
    /// A panic of one handler must not take the World from the others.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends on what the World has for the outside: HTTP subscribers, and the implementation behind the gateway.
    async fn settle(&self) {
        self.post_outbox().await;
        let Some(gateway) = &self.gateway else { return };
        let calls = std::mem::take(&mut self.world().runtime.upstream);
        for call in calls {
            if let Err(why) = gateway.send(&call).await {
                self.world().upstream_failed(&call, why);
            }
        }
    }

    /// Posts the messages that wait for HTTP subscribers, and notes how that ended.
    async fn post_outbox(&self) {
        let messages = self.world().take_outbox();
        for message in messages {
            let request = self.http.post(&message.url).timeout(POST_TIMEOUT);
            let request = request
                .header("x-amz-sns-message-type", &message.message_type)
                .header("x-amz-sns-message-id", &message.message_id)
                .header("x-amz-sns-topic-arn", &message.topic_arn)
                .header("content-type", "text/plain; charset=UTF-8")
                .body(message.body.clone());
            let outcome = request.send().await.and_then(reqwest::Response::error_for_status);
            self.world().posted(&message, outcome.map(|_| ()).map_err(|error| error.to_string()));
        }
    }
}

/// Lets the World's time go on with the machine's; a scenario's clock is moved by its driver alone.
async fn tick(state: Arc<Shared>) {
    let mut interval = tokio::time::interval(TICK);
    loop {
        interval.tick().await;
        state.world().advance_to(Timestamp::now());
        state.settle().await;
    }
}

async fn handle(State(state): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else { return plain(StatusCode::PAYLOAD_TOO_LARGE) };
    let (trace, encoded, latency) = answer(&state, &parts, &body).await;
    state.settle().await;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let mut response = plain(StatusCode::from_u16(encoded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    *response.headers_mut() = encoded.headers;
    fault::spoil(trace.effect.as_ref(), response, encoded.body).await
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Answers a request, here or behind the gateway, and logs the call.
async fn answer(state: &Shared, parts: &Parts, body: &Bytes) -> (Trace, Encoded, Duration) {
    let mut trace = Trace::of(parts);
    let (result, request_id, latency) = {
        let mut world = state.world();
        let request_id = world.runtime.ids.next();
        (trace.run(&mut world, parts, body), request_id, Duration::from_millis(world.latency_ms))
    };
    let encode = |answer: &Result<Value, ServiceError>| {
        protocol::encode(trace.protocol, trace.service, &trace.operation, answer, &request_id)
    };
    let (encoded, error_code) = match (result, &state.gateway, &trace.principal) {
        (Ok(Answered::Upstream), Some(gateway), Some(principal)) => {
            (gateway.forward(principal.account, &trace, parts, body, &encode).await, None)
        }
        (Ok(Answered::Both(value)), Some(gateway), Some(principal)) => {
            let upstream = gateway.forward(principal.account, &trace, parts, body, &encode).await;
            (if upstream.status < 300 { encode(&Ok(value)) } else { upstream }, None)
        }
        (Ok(Answered::Own(value) | Answered::Both(value)), ..) => (encode(&Ok(value)), None),
        (Ok(Answered::Upstream), ..) => (encode(&Err(ServiceError::not_modelled(&trace.operation))), None),
        (Err(error), ..) => {
            let code = error.code.to_string();
            (encode(&Err(error)), Some(code))
        }
    };
    log(state, &trace, encoded.status, error_code);
    (trace, encoded, latency)
}

fn log(state: &Shared, trace: &Trace, status: u16, error_code: Option<String>) {
    let mut world = state.world();
    let at = world.now();
    world.answered(LoggedCall {
        service: trace.service,
        operation: trace.operation.clone(),
        region: trace.region.clone(),
        principal: trace.principal.clone(),
        at,
        status,
        error_code,
    });
}
