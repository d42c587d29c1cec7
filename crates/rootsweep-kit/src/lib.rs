//! Templates of what the sweep needs in AWS, for `CloudFormation` and for Terraform: the audit role, the alarm, the event
//! rule, and the nightly run itself.
//!
//! The templates are the files in `templates/`, written to be reviewed by people. Values that come from outside stand in
//! them between double quotes alone, and are escaped for them: no value can become anything but a text.

mod names;
mod quoted;
mod template;

pub use names::{Dialect, Kit, UnknownName};
pub use template::{DEFAULT_ROLE_NAME, Options, render};
