//! Reading templates back.

use hcl::eval::{Context, Evaluate as _};
use hcl::{Body, Expression};
use rootsweep_kit::{Dialect, Kit, Options, render};
use serde_json::Value;

/// Renders a `CloudFormation` template and reads it. The short forms of functions are read as their arguments.
pub(crate) fn stack(kit: Kit, options: &Options<'_>) -> Value {
    let text = render(kit, Dialect::CloudFormation, options);
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Renders a Terraform configuration and reads it.
pub(crate) fn module(kit: Kit, options: &Options<'_>) -> Body {
    let text = render(kit, Dialect::Terraform, options);
    hcl::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Returns the value at a path of keys.
pub(crate) fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, key| value.get(key).unwrap_or_else(|| panic!("no {key} in {value}")))
}

/// Returns the body of the block with these identifier and labels.
pub(crate) fn block<'a>(body: &'a Body, identifier: &str, labels: &[&str]) -> &'a Body {
    let mut blocks = body.blocks();
    let found = blocks.find(|block| {
        block.identifier() == identifier
            && block.labels().iter().map(hcl::BlockLabel::as_str).eq(labels.iter().copied())
    });
    found.unwrap_or_else(|| panic!("no {identifier} {labels:?}")).body()
}

/// Returns an attribute.
pub(crate) fn attribute<'a>(body: &'a Body, key: &str) -> &'a Expression {
    let found = body.attributes().find(|attribute| attribute.key() == key);
    found.unwrap_or_else(|| panic!("no {key}")).expr()
}

/// Returns the text of an attribute that needs no variable.
pub(crate) fn text(body: &Body, key: &str) -> String {
    let value = attribute(body, key).evaluate(&Context::new()).unwrap_or_else(|error| panic!("{key}: {error}"));
    value.as_str().unwrap_or_else(|| panic!("{key} is {value}, no text")).to_owned()
}
