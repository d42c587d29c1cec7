//! From a request to its answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::request::Parts;
use url::form_urlencoded;

use crate::auth::{Principal, Signature, authorize};
use crate::call::{Call, Service};
use crate::error::ServiceError;
use crate::fault::{self, Effect};
use crate::gateway::{self, Route};
use crate::protocol::{self, Protocol};
use crate::service;
use crate::value::Value;
use crate::world::World;

/// Who answers a request, and what this side says.
pub(crate) enum Answered {
    /// This side alone.
    Own(Value),
    /// This side, once the implementation behind the gateway has done the same.
    Both(Value),
    /// The implementation behind the gateway.
    Upstream,
}

/// What is known of a request so far, for the call log and for the shape of an early error.
pub(crate) struct Trace {
    pub(crate) protocol: Protocol,
    pub(crate) service: Option<Service>,
    pub(crate) operation: String,
    pub(crate) region: String,
    pub(crate) principal: Option<Arc<Principal>>,
    pub(crate) effect: Option<Effect>,
    signature: Option<Signature>,
}

impl Trace {
    pub(crate) fn of(parts: &Parts) -> Self {
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

    /// Answers a request: signature, protocol, faults, permission, and the handler, in AWS's order.
    pub(crate) fn run(&mut self, world: &mut World, parts: &Parts, body: &[u8]) -> Result<Answered, ServiceError> {
        let Some(signature) = self.signature.clone() else { return self.run_unsigned(world, parts).map(Answered::Own) };
        let Some(service) = self.service else { return self.run_foreign(world, &signature) };
        let principal = signature.verify(world, service, parts, body)?;
        self.principal = Some(Arc::clone(&principal));
        if !world.has_region(principal.account, &self.region) {
            return Err(ServiceError::unknown_key(service));
        }
        let request = protocol::decode(service, parts, body)?;
        self.operation.clone_from(&request.operation);
        let call = Call {
            service,
            operation: request.operation,
            region: self.region.clone(),
            principal,
            input: request.input,
            user_agent: protocol::header(parts, "user-agent").to_owned(),
            signed_at: signature.signed_at,
        };
        let route = if world.runtime.is_gateway { gateway::route(&call) } else { Route::Own };
        let operation = service::operation(service, &call.operation);
        if operation.is_none() && route != Route::Upstream {
            return Err(ServiceError::not_modelled(call.action()));
        }
        self.effect = fault::decide(&mut world.faults, &call);
        fault::refuse(self.effect.as_ref(), &call)?;
        authorize(world, &call)?;
        let Some(operation) = operation.filter(|_| route != Route::Upstream) else { return Ok(Answered::Upstream) };
        operation.check(&call)?;
        let empty_page = self.effect == Some(Effect::EmptyPage);
        let answer = (operation.handler)(&mut service::Context { world, call: &call, empty_page })?;
        world.record_root_call(&call);
        Ok(if route == Route::Both { Answered::Both(answer) } else { Answered::Own(answer) })
    }

    /// A service that is not modelled goes to the implementation behind the gateway, if there is one.
    fn run_foreign(&mut self, world: &World, signature: &Signature) -> Result<Answered, ServiceError> {
        if !world.runtime.is_gateway {
            return Err(ServiceError::not_modelled(format!("the service {:?}", signature.service)));
        }
        self.principal = Some(signature.principal(world).ok_or_else(|| ServiceError::unknown_key(Service::Sts))?);
        Ok(Answered::Upstream)
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
