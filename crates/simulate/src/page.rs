//! A page as a person reads it: the fields of what SNS delivered, one to a line.

use serde_json::Value;

use crate::narrate::hanging;

/// Writes what SNS delivered, in lines of at most `width` columns: its subject, its topic, and the fields of its message.
///
/// What is empty is left out. A body that is no notification is shown as it came.
pub(crate) fn readable(body: &str, width: usize) -> String {
    let Ok(notification) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    let text = |name: &str| notification.get(name).and_then(Value::as_str);
    let Some(message) = text("Message") else { return body.to_owned() };
    let mut lines = Vec::new();
    for name in ["Subject", "TopicArn", "Timestamp"] {
        lines.extend(text(name).map(|value| (name.to_owned(), value.to_owned())));
    }
    match serde_json::from_str::<Value>(message) {
        Ok(message) => fields("", &message, &mut lines),
        Err(_) => lines.push(("Message".to_owned(), message.to_owned())),
    }
    lines.iter().map(|(name, value)| line(name, value, width)).collect()
}

/// Lists the leaves of a message under their paths.
fn fields(path: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                fields(&path, member, lines);
            }
        }
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            fields(path, &Value::String(items.join(", ")), lines);
        }
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => lines.push((path.to_owned(), text.clone())),
        other => lines.push((path.to_owned(), other.to_string())),
    }
}

fn line(name: &str, value: &str, width: usize) -> String {
    let head = format!("  {name}: ");
    textwrap::fill(value, hanging(width, &head, "      ")) + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_alarm_is_shown_field_by_field() {
        let message = json!({
            "AlarmName": "root-usage", "AlarmDescription": null, "OKActions": [], "AlarmActions": ["arn:one", "arn:two"],
            "NewStateReason": "Threshold Crossed: 1 out of the last 1 datapoints", "Trigger": { "Period": 60, "Unit": "" },
        });
        let body = json!({ "Type": "Notification", "Subject": "ALARM: root-usage", "Message": message.to_string() });
        let wanted = "  Subject: ALARM: root-usage\n  AlarmActions: arn:one, arn:two\n  AlarmName: root-usage\n  \
                      NewStateReason: Threshold Crossed: 1\n      out of the last 1 datapoints\n  Trigger.Period: 60\n";
        assert_eq!(readable(&body.to_string(), 40), wanted);
    }

    #[test]
    fn a_message_in_words_and_a_body_that_is_no_notification_are_shown_as_they_came() {
        let body = json!({ "Subject": "hello", "Message": "root was used" });
        assert_eq!(readable(&body.to_string(), 80), "  Subject: hello\n  Message: root was used\n");
        assert_eq!(readable("{\"detail\":1}", 80), "{\"detail\":1}");
        assert_eq!(readable("root was used", 80), "root was used");
    }
}
