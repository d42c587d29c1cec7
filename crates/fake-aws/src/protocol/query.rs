//! awsQuery: a form in, XML out.
//!
//! Source: <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use quick_xml::escape::escape;
use url::form_urlencoded;

use super::unreadable;
use crate::call::Service;
use crate::error::ServiceError;
use crate::value::{Name, Value};

/// How deep parameters may nest; AWS's own go four deep.
const MAX_DEPTH: usize = 24;

/// A parameter, by the parts of its name.
#[derive(Debug, Default)]
struct Node {
    text: Option<String>,
    children: BTreeMap<String, Self>,
}

/// Reads the operation from `Action` and the parameters from the other fields.
pub(super) fn decode(body: &[u8]) -> Result<(String, Value), ServiceError> {
    let mut root = Node::default();
    for (name, text) in form_urlencoded::parse(body) {
        if name.split('.').count() > MAX_DEPTH {
            return Err(unreadable("a parameter nests too deep"));
        }
        let node = name.split('.').fold(&mut root, |node, part| node.children.entry(part.to_owned()).or_default());
        node.text = Some(text.into_owned());
    }
    root.children.remove("Version");
    let action = root.children.remove("Action").and_then(|node| node.text);
    let action =
        action.ok_or_else(|| ServiceError::new(400, "MissingAction", "The request must contain an Action."))?;
    Ok((action, to_structure(root.children)))
}

fn to_structure(children: BTreeMap<String, Node>) -> Value {
    Value::structure(children.into_iter().map(|(name, node)| (name.into(), to_value(node))).collect())
}

fn to_value(mut node: Node) -> Value {
    if let Some(list) = node.children.remove("member") {
        return Value::List(in_order(list).map(to_value).collect());
    }
    if let Some(entries) = node.children.remove("entry") {
        return to_map(entries);
    }
    if node.children.is_empty() {
        return node.text.map_or(Value::Null, Value::Text);
    }
    if node.children.keys().all(|name| name.bytes().all(|byte| byte.is_ascii_digit())) {
        return Value::List(in_order(node).map(to_value).collect());
    }
    to_structure(node.children)
}

fn in_order(list: Node) -> impl Iterator<Item = Node> {
    let mut items: Vec<(u32, Node)> =
        list.children.into_iter().map(|(name, node)| (name.parse().unwrap_or(u32::MAX), node)).collect();
    items.sort_by_key(|(index, _)| *index);
    items.into_iter().map(|(_, node)| node)
}

fn to_map(entries: Node) -> Value {
    let pair = |mut entry: Node| {
        // SNS alone writes the pairs of some maps with capitals.
        let mut take = |name: &str, other: &str| entry.children.remove(name).or_else(|| entry.children.remove(other));
        let key = take("key", "Name")?.text?;
        Some((key, take("value", "Value").map_or(Value::Null, to_value)))
    };
    Value::map(in_order(entries).filter_map(pair))
}

/// Writes an answer.
pub(super) fn encode(service: Option<Service>, operation: &str, value: &Value, request_id: &str) -> String {
    let mut xml = format!("<{operation}Response xmlns=\"{}\">", namespace(service));
    if !value.members().is_empty() {
        let _ = write!(xml, "<{operation}Result>");
        write_content(&mut xml, value);
        let _ = write!(xml, "</{operation}Result>");
    }
    let _ =
        write!(xml, "<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>");
    xml
}

/// Writes an error.
pub(super) fn encode_error(service: Option<Service>, error: &ServiceError, request_id: &str) -> String {
    let fault = if error.status < 500 { "Sender" } else { "Receiver" };
    format!(
        "<ErrorResponse xmlns=\"{}\"><Error><Type>{fault}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>",
        namespace(service),
        escape(&*error.code),
        escape(&error.message)
    )
}

const fn namespace(service: Option<Service>) -> &'static str {
    match service {
        Some(Service::Iam) => "https://iam.amazonaws.com/doc/2010-05-08/",
        Some(Service::Sns) => "http://sns.amazonaws.com/doc/2010-03-31/",
        Some(Service::CloudWatch) => "http://monitoring.amazonaws.com/doc/2010-08-01/",
        _ => "https://sts.amazonaws.com/doc/2011-06-15/",
    }
}

fn write_content(xml: &mut String, value: &Value) {
    match value {
        Value::Null => (),
        Value::Bool(truth) => _ = write!(xml, "{truth}"),
        Value::Integer(number) => _ = write!(xml, "{number}"),
        Value::Float(number) => _ = write!(xml, "{number}"),
        Value::Text(text) => xml.push_str(&escape(text)),
        Value::Blob(bytes) => xml.push_str(&BASE64_STANDARD.encode(bytes)),
        Value::Time(time) => _ = write!(xml, "{time:.3}"),
        Value::List(items) => write_items(xml, "member", items),
        Value::Map(pairs) => write_entries(xml, "entry", ("key", "value"), pairs),
        Value::Structure(members) => {
            for (name, value) in members {
                write_element(xml, name, value);
            }
        }
    }
}

fn write_items(xml: &mut String, element: &str, items: &[Value]) {
    for item in items {
        write_element(xml, element, item);
    }
}

fn write_entries(xml: &mut String, element: &str, names: (&str, &str), pairs: &[(Name, Value)]) {
    for (key, value) in pairs {
        let _ = write!(xml, "<{element}><{}>{}</{}>", names.0, escape(&**key), names.0);
        write_element(xml, names.1, value);
        let _ = write!(xml, "</{element}>");
    }
}

fn write_element(xml: &mut String, name: &str, value: &Value) {
    let _ = write!(xml, "<{name}>");
    write_content(xml, value);
    let _ = write!(xml, "</{name}>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_become_lists_maps_and_structures() {
        let form = b"Action=X&Version=1&L.member.2=b&L.member.1=a&M.entry.1.key=k&M.entry.1.value=v&S.arn=z&F.1=q";
        let (action, value) = decode(form).unwrap();
        assert_eq!(action, "X");
        assert_eq!(value.texts("L"), ["a", "b"]);
        assert_eq!(value.text_map("M").get("k").map(String::as_str), Some("v"));
        assert_eq!(value.get("S").and_then(|it| it.text("arn")), Some("z"));
        assert_eq!(value.texts("F"), ["q"]);
    }

    #[test]
    fn hostile_depth_is_refused() {
        let form = format!("Action=X&{}=1", "a.".repeat(100_000));
        assert_eq!(decode(form.as_bytes()).unwrap_err().code, "SerializationException");
    }

    proptest::proptest! {
        /// Whatever a client sends, the answer is a value or an error.
        #[test]
        fn any_form_is_read_or_refused(form in "(Action=[A-Z]{1,3})?(&[A-Za-z0-9.]{0,12}(=[ -~]{0,8})?){0,8}") {
            let read = decode(form.as_bytes());
            proptest::prop_assert!(read.is_ok() || form.split('&').next() != Some("Action=A"));
        }

        /// What is written holds no markup but its own elements.
        #[test]
        fn text_never_becomes_markup(text in "[ -~]{0,40}") {
            let value = Value::Structure(vec![("Name".into(), Value::Text(text))]);
            let xml = encode(Some(Service::Iam), "Get", &value, "id");
            let inner = xml.split("<Name>").nth(1).and_then(|rest| rest.split("</Name>").next()).unwrap_or("<");
            proptest::prop_assert!(!inner.contains('<') && !inner.contains('>'), "{}", xml);
        }
    }
}
