//! The templates, and what goes into them.

use std::collections::BTreeSet;

use askama::Template;

use crate::{Dialect, Kit};

/// The name of the audit role where none is chosen; the sweep's own default.
pub const DEFAULT_ROLE_NAME: &str = "rootsweep-audit";

/// The actions that show what is in a log, not how it is set up. They are allowed on the trail's log group alone.
const CONTENT_ACTIONS: [&str; 1] = ["logs:FilterLogEvents"];

/// What a template is rendered with.
///
/// Texts are taken as they are, and reach AWS as the same texts; whether it accepts them is for `CloudFormation`'s and
/// Terraform's own validation, which the templates ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options<'a> {
    /// The name of the audit role, equal in all accounts.
    pub role_name: String,
    /// The external id that the audit role asks for, if any.
    pub external_id: Option<String>,
    /// Who may assume the audit role: a 12-digit account id, or the ARN of a role. Without it, the template asks.
    pub trusted_principal: Option<String>,
    /// The IAM actions that the audit role allows; at least one, since IAM takes no policy without.
    pub audit_actions: &'a [&'a str],
    /// The IAM actions that the sweep itself needs in the account that it runs in, on top of those.
    pub caller_actions: &'a [&'a str],
}

impl<'a> Options<'a> {
    /// Returns the default options, with the actions of the sweep's read list.
    pub fn new(audit_actions: &'a [&'a str], caller_actions: &'a [&'a str]) -> Self {
        Self {
            role_name: DEFAULT_ROLE_NAME.to_owned(),
            external_id: None,
            trusted_principal: None,
            audit_actions,
            caller_actions,
        }
    }
}

/// Renders a kit. The same options give the same text.
#[expect(clippy::missing_panics_doc, reason = "writing to a `String` does not fail, and no template calls what could")]
pub fn render(kit: Kit, dialect: Dialect, options: &Options<'_>) -> String {
    let text = match (kit, dialect) {
        (Kit::AuditRole, Dialect::CloudFormation) => AuditRoleStack::new(options).render(),
        (Kit::AuditRole, Dialect::Terraform) => AuditRoleModule::new(options).render(),
        (Kit::Alarm, Dialect::CloudFormation) => AlarmStack.render(),
        (Kit::Alarm, Dialect::Terraform) => AlarmModule.render(),
        (Kit::EventRule, Dialect::CloudFormation) => EventRuleStack.render(),
        (Kit::EventRule, Dialect::Terraform) => EventRuleModule.render(),
        (Kit::Monitor, Dialect::CloudFormation) => MonitorStack::new(options).render(),
        (Kit::Monitor, Dialect::Terraform) => MonitorModule::new(options).render(),
    };
    #[expect(clippy::expect_used, reason = "writing to a `String` does not fail, and no template calls what could")]
    text.expect("a template renders into memory")
}

#[derive(Template)]
#[template(path = "alarm.yaml")]
struct AlarmStack;

#[derive(Template)]
#[template(path = "alarm.tf")]
struct AlarmModule;

#[derive(Template)]
#[template(path = "event-rule.yaml")]
struct EventRuleStack;

#[derive(Template)]
#[template(path = "event-rule.tf")]
struct EventRuleModule;

macro_rules! audit_role {
    ($name:ident $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            options: &'a Options<'a>,
            configuration: BTreeSet<&'a str>,
            content: BTreeSet<&'a str>,
        }

        impl<'a> $name<'a> {
            fn new(options: &'a Options<'a>) -> Self {
                let is_content = |action: &&str| CONTENT_ACTIONS.contains(action);
                let (content, configuration) = options.audit_actions.iter().partition(|action| is_content(action));
                Self { options, configuration, content }
            }
        }
    };
}

audit_role!(AuditRoleStack "audit-role.yaml");
audit_role!(AuditRoleModule "audit-role.tf");

macro_rules! monitor {
    ($name:ident $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            options: &'a Options<'a>,
            caller: BTreeSet<&'a str>,
            audit: BTreeSet<&'a str>,
        }

        impl<'a> $name<'a> {
            /// Leaves out the actions of STS: the template allows to assume the audit role, and nothing else.
            fn new(options: &'a Options<'a>) -> Self {
                let caller = options.caller_actions.iter().copied().filter(|action| !action.starts_with("sts:"));
                Self { options, caller: caller.collect(), audit: options.audit_actions.iter().copied().collect() }
            }
        }
    };
}

monitor!(MonitorStack "monitor.yaml");
monitor!(MonitorModule "monitor.tf");
