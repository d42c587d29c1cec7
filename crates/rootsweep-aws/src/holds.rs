//! Lists that an answer has to hold. The SDK makes an empty list of a required one that did not come, and an empty list
//! says that there is nothing; so the body itself is looked at.

use std::error::Error as StdError;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Refuses an answer in XML without an element.
#[derive(Debug)]
pub(crate) struct Holds(pub(crate) &'static str);

/// The answer came without an element.
#[derive(Debug, thiserror::Error)]
#[error("the answer came without {0}")]
pub(crate) struct Absent(&'static str);

impl Intercept for Holds {
    fn name(&self) -> &'static str {
        "Holds"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        if context.output_or_error().is_err() || has_element(body, self.0) {
            Ok(())
        } else {
            Err(Absent(self.0).into())
        }
    }
}

/// Whether an element opens in a body; text cannot hold its tag, for there `<` is written as `&lt;`.
fn has_element(body: &[u8], name: &str) -> bool {
    let opens = |rest: &[u8]| {
        let after = rest.strip_prefix(b"<").and_then(|rest| rest.strip_prefix(name.as_bytes()));
        after.and_then(<[u8]>::first).is_some_and(|next| matches!(next, b'>' | b'/') || next.is_ascii_whitespace())
    };
    (0..body.len()).any(|start| body.get(start..).is_some_and(opens))
}

/// Returns the element that an error says is absent.
pub(crate) fn absent<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'static str> {
    let mut cause: Option<&'a (dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(Absent(element)) = error.downcast_ref::<Absent>() {
            return Some(element);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_found_however_it_is_closed() {
        for body in ["<a><Keys><b/></Keys></a>", "<a><Keys/></a>", "<Keys xmlns='x'>", "<Keys\n/>"] {
            assert!(has_element(body.as_bytes(), "Keys"), "{body}");
        }
        for body in ["", "<", "<Keys", "<a></Keys>", "<KeysOfOthers/>", "<a>&lt;Keys&gt;</a>", "Keys"] {
            assert!(!has_element(body.as_bytes(), "Keys"), "{body}");
        }
    }
}
