//! The operations, one module a service.

mod account;
mod athena;
mod cloudtrail;
mod cloudwatch;
mod events;
mod iam;
mod logs;
mod operation;
mod organizations;
mod paging;
mod securityhub;
mod sns;
mod sqs;
mod sts;

pub(crate) use operation::Operation;
pub(crate) use sns::confirm_by_token;

use jiff::Timestamp;

use crate::call::{Call, Service};
use crate::error::ServiceError;
use crate::value::Value;
use crate::world::{Account, AccountId, Place, Region, World};

/// What an operation answers.
pub(crate) type Reply = Result<Value, ServiceError>;

/// What answers an operation.
pub(crate) type Handler = fn(&mut Context<'_>) -> Reply;

/// The operations of a service.
pub(crate) const fn operations(service: Service) -> &'static [Operation] {
    match service {
        Service::Account => account::OPERATIONS,
        Service::CloudTrail => cloudtrail::OPERATIONS,
        Service::CloudWatch => cloudwatch::OPERATIONS,
        Service::Events => events::OPERATIONS,
        Service::Iam => iam::OPERATIONS,
        Service::Logs => logs::OPERATIONS,
        Service::Organizations => organizations::OPERATIONS,
        Service::Sns => sns::OPERATIONS,
        Service::Sts => sts::OPERATIONS,
        Service::Sqs => sqs::OPERATIONS,
        Service::Athena => athena::OPERATIONS,
        Service::SecurityHub => securityhub::OPERATIONS,
    }
}

/// Finds an operation; `None` for what is not modelled.
pub(crate) fn operation(service: Service, name: &str) -> Option<&'static Operation> {
    operations(service).iter().find(|it| it.name == name)
}

/// What an operation works on.
pub(crate) struct Context<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) call: &'a Call,
    /// Whether a fault wants an empty page here.
    pub(crate) empty_page: bool,
}

impl<'a> Context<'a> {
    /// The parameters; they outlive the borrow of the World.
    pub(crate) fn input(&self) -> &'a Value {
        &self.call.input
    }

    pub(crate) fn account_id(&self) -> AccountId {
        self.call.account()
    }

    pub(crate) fn region_name(&self) -> &'a str {
        &self.call.region
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// The caller's account; a key of an account that the World does not have was refused before.
    pub(crate) fn account(&self) -> Result<&Account, ServiceError> {
        self.world.accounts.get(&self.account_id()).ok_or_else(|| ServiceError::unknown_key(self.call.service))
    }

    pub(crate) fn account_mut(&mut self) -> Result<&mut Account, ServiceError> {
        let (id, service) = (self.account_id(), self.call.service);
        self.world.accounts.get_mut(&id).ok_or_else(|| ServiceError::unknown_key(service))
    }

    /// What lives in the caller's account and Region.
    pub(crate) fn region(&self) -> &Region {
        self.world.region(self.account_id(), self.region_name())
    }

    /// What lives in the caller's account and Region, to be changed.
    pub(crate) fn region_mut(&mut self) -> Result<&mut Region, ServiceError> {
        let (id, region, service) = (self.account_id(), self.region_name(), self.call.service);
        self.world.region_mut(id, region).ok_or_else(|| ServiceError::unknown_key(service))
    }

    /// The caller's account and Region.
    pub(crate) fn place(&self) -> Place {
        Place::new(self.account_id(), self.region_name())
    }

    /// An ARN in the caller's account and Region.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        self.world.arn(service, self.region_name(), self.account_id(), resource)
    }

    /// A text parameter that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&'a str, ServiceError> {
        let missing = || {
            let member =
                format!("{}{}", name.get(..1).unwrap_or_default().to_lowercase(), name.get(1..).unwrap_or_default());
            self.invalid(format!(
                "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
            ))
        };
        self.input().text(name).ok_or_else(missing)
    }

    pub(crate) fn invalid(&self, message: impl Into<String>) -> ServiceError {
        ServiceError::validation(self.call.service, message)
    }

    pub(crate) fn denied(&self, message: impl Into<String>) -> ServiceError {
        ServiceError::access_denied(self.call.service, message)
    }
}
