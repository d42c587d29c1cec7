//! The HTTP server.

use std::collections::BTreeMap;
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
use url::form_urlencoded;

use crate::auth::{Principal, Signature, authorize};
use crate::call::{Call, Service};
use crate::clock::Clock;
use crate::error::{Error, ServiceError};
use crate::fault::{self, Effect};
use crate::log::LoggedCall;
use crate::protocol::{self, Encoded, Protocol};
use crate::service;
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
}

impl FakeAws {
    /// Starts on a free loopback port.
    pub async fn start(world: World) -> Result<Self, Error> {
        Self::start_on(world, 0).await
    }

    /// Starts on a loopback port; 0 takes a free one.
    pub async fn start_on(mut world: World, port: u16) -> Result<Self, Error> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let failed = |source| Error::Listen { address: wanted.to_string(), source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        world.endpoint = format!("http://{address}");
        let real = world.clock == Clock::Real;
        let state = Arc::new(Shared { world: Mutex::new(world), http: reqwest::Client::new() });
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
        self.state.post_outbox().await;
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
        state.post_outbox().await;
    }
}

/// How a request was answered, before faults spoil it.
struct Answer {
    encoded: Encoded,
    effect: Option<Effect>,
    latency: Duration,
}

async fn handle(State(state): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else { return plain(StatusCode::PAYLOAD_TOO_LARGE) };
    let answer = answer(&state, &parts, &body);
    state.post_outbox().await;
    if !answer.latency.is_zero() {
        tokio::time::sleep(answer.latency).await;
    }
    let mut response = plain(StatusCode::from_u16(answer.encoded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    *response.headers_mut() = answer.encoded.headers;
    fault::spoil(answer.effect.as_ref(), response, answer.encoded.body).await
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Answers a request: signature, protocol, faults, permission, and the handler, in AWS's order.
fn answer(state: &Shared, parts: &Parts, body: &Bytes) -> Answer {
    let mut world = state.world();
    let request_id = world.runtime.ids.next();
    let latency = Duration::from_millis(world.latency_ms);
    let mut trace = Trace::of(parts);
    let result = trace.run(&mut world, parts, body);
    let (status, code) = match &result {
        Ok(_) => (200, None),
        Err(error) => (error.status, Some(error.code.to_string())),
    };
    let encoded = protocol::encode(trace.protocol, trace.service, &trace.operation, &result, &request_id);
    let logged = LoggedCall {
        service: trace.service,
        operation: trace.operation,
        region: trace.region,
        principal: trace.principal,
        at: world.now(),
        status,
        error_code: code,
    };
    world.calls.push(logged);
    Answer { encoded, effect: trace.effect, latency }
}

/// What is known of a request so far, for the call log and for the shape of an early error.
struct Trace {
    protocol: Protocol,
    service: Option<Service>,
    operation: String,
    region: String,
    principal: Option<Arc<Principal>>,
    effect: Option<Effect>,
    signature: Option<Signature>,
}

impl Trace {
    fn of(parts: &Parts) -> Self {
        let signature = Signature::read(&parts.headers);
        Self {
            protocol: protocol::recognize(parts),
            service: signature.as_ref().and_then(|it| Service::from_signing_name(&it.service)),
            operation: String::new(),
            region: signature.as_ref().map(|it| it.region.clone()).unwrap_or_default(),
            principal: None,
            effect: None,
            signature,
        }
    }

    fn run(&mut self, world: &mut World, parts: &Parts, body: &[u8]) -> Result<Value, ServiceError> {
        let Some(signature) = self.signature.clone() else { return self.run_unsigned(world, parts) };
        let Some(service) = self.service else {
            return Err(ServiceError::not_modelled(format!("the service {:?}", signature.service)));
        };
        let principal = signature.verify(world, service, parts, body)?;
        self.principal = Some(Arc::clone(&principal));
        if !world.has_region(principal.account, &self.region) {
            return Err(ServiceError::unknown_key(service));
        }
        let request = protocol::decode(service, parts, body)?;
        self.operation.clone_from(&request.operation);
        let Some(handler) = service::handler(service, &request.operation) else {
            return Err(ServiceError::not_modelled(format!("{}:{}", service.name(), request.operation)));
        };
        self.effect = fault::decide(&mut world.faults, service, &request.operation, &self.region, &principal);
        let region = self.region.clone();
        let user_agent = parts.headers.get("user-agent").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
        let call = Call {
            service,
            operation: request.operation,
            region,
            principal,
            input: request.input,
            user_agent,
            signed_at: signature.signed_at,
        };
        fault::refuse(self.effect.as_ref(), &call)?;
        authorize(world, &call)?;
        let empty_page = self.effect == Some(Effect::EmptyPage);
        let answer = handler(&mut service::Context { world, call: &call, empty_page })?;
        world.record_root_call(&call);
        Ok(answer)
    }

    /// The one call that needs no signature: following the link of a subscription's confirmation.
    fn run_unsigned(&mut self, world: &mut World, parts: &Parts) -> Result<Value, ServiceError> {
        let query: BTreeMap<_, _> = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).collect();
        let get = |name: &str| query.get(name).map(AsRef::as_ref).unwrap_or_default();
        if get("Action") != "ConfirmSubscription" {
            return Err(ServiceError::unsigned(Service::Sts));
        }
        self.protocol = Protocol::Query;
        self.service = Some(Service::Sns);
        "ConfirmSubscription".clone_into(&mut self.operation);
        service::confirm_by_token(world, get("TopicArn"), get("Token"))
    }
}
