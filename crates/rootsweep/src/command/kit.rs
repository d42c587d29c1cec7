//! `rootsweep kit`.

use rootsweep_aws::calls::{Principal, actions};
use rootsweep_kit::{Dialect, Kit, Options, render};

use crate::exit::Exit;
use crate::names::{ExternalId, RoleName, TrustedPrincipal};
use crate::output::write_stdout;

/// Write a template of what the sweep needs in AWS to stdout.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What to write: audit-role, the role in every account; alarm and event-rule, which notice root activity; monitor,
    /// the nightly run.
    kit: Kit,
    /// The language of the template: cloudformation, or terraform.
    #[arg(long = "as", value_name = "LANGUAGE")]
    dialect: Dialect,
    /// The name of the audit role [default: rootsweep-audit].
    #[arg(long, value_name = "NAME")]
    role_name: Option<RoleName>,
    /// The external id that the audit role asks for.
    #[arg(long, value_name = "ID", env = "ROOTSWEEP_EXTERNAL_ID", hide_env_values = true)]
    external_id: Option<ExternalId>,
    /// Who may assume the audit role: an account id, or the ARN of a role. Without it, the template
    /// has a required parameter.
    #[arg(long, value_name = "ARN|ID")]
    trusted_principal: Option<TrustedPrincipal>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let audit: Vec<&str> = actions(&[Principal::AuditRole]).into_iter().collect();
    let caller: Vec<&str> = actions(&[Principal::Caller]).into_iter().collect();
    let mut options = Options::new(&audit, &caller);
    if let Some(name) = &arguments.role_name {
        options.role_name = name.to_string();
    }
    options.external_id = arguments.external_id.as_ref().map(ToString::to_string);
    options.trusted_principal = arguments.trusted_principal.as_ref().map(ToString::to_string);
    write_stdout(render(arguments.kit, arguments.dialect, &options).as_bytes())?;
    Ok(Exit::Clean)
}
