//! Telling a topic.

use std::collections::BTreeMap;

use aws_config::Region;
use aws_sdk_sns::types::MessageAttributeValue;
use rootsweep_model::{Arn, Gap};

use crate::calls::{PUBLISH, Principal};
use crate::connect::Aws;
use crate::gap::{gap_of, malformed, missing};

/// The most characters of a subject.
///
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
const SUBJECT_LIMIT: usize = 100;

/// The most bytes of a message with its attributes; some room is left for these.
const MESSAGE_LIMIT: usize = 250_000;

/// A message to a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The subject of mails; what SNS does not take of it is left out.
    pub subject: String,
    /// The text; cut where SNS's limit is.
    pub text: String,
    /// Attributes that subscriptions can filter on: severity, verdict, check, account.
    pub attributes: BTreeMap<String, String>,
}

impl Aws {
    /// Publishes a message to a topic, and returns its id.
    pub async fn publish(&self, topic_arn: &str, message: &Message) -> Result<String, Gap> {
        let region = Arn::parse(topic_arn).and_then(Arn::region);
        let config = aws_sdk_sns::config::Builder::from(&self.home);
        let config = match region {
            Some(region) => config.region(Region::new(region.to_owned())),
            None => config,
        };
        let request = aws_sdk_sns::Client::from_conf(config.build())
            .publish()
            .topic_arn(topic_arn)
            .subject(subject(&message.subject))
            .message(cut(&message.text))
            .set_message_attributes(Some(attributes(message)?.into_iter().collect()));
        let answer = request.send().await.map_err(|error| gap_of(&PUBLISH, Principal::Sink, region, &error))?;
        answer.message_id.ok_or_else(|| missing(&PUBLISH, "MessageId"))
    }
}

fn attributes(message: &Message) -> Result<BTreeMap<String, MessageAttributeValue>, Gap> {
    // SNS refuses an attribute without a value.
    let given = message.attributes.iter().filter(|(_, value)| !value.is_empty());
    given
        .map(|(name, value)| {
            // What SNS calls a `String.Array` is a JSON array; a filter policy then matches any text in it.
            let data_type = if value.starts_with('[') { "String.Array" } else { "String" };
            let attribute = MessageAttributeValue::builder().data_type(data_type).string_value(value).build();
            attribute.map(|it| (name.clone(), it)).map_err(|error| malformed(&PUBLISH, error.to_string()))
        })
        .collect()
}

/// Makes a subject that SNS takes: ASCII without control characters, that begins with a letter, a digit or punctuation.
fn subject(text: &str) -> String {
    let ascii = text.chars().map(|c| {
        if c.is_ascii_graphic() {
            c
        } else if c.is_ascii() {
            ' '
        } else {
            '?'
        }
    });
    let subject: String = ascii.skip_while(|c| *c == ' ').take(SUBJECT_LIMIT - 1).collect();
    if subject.is_empty() { "Rootsweep".to_owned() } else { subject }
}

fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(MESSAGE_LIMIT);
    match text.get(..end) {
        // An empty message is refused.
        Some("") | None => "-".to_owned(),
        Some(text) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_what_sns_takes() {
        assert_eq!(subject("\n 2 findings\r\nBcc: x"), "2 findings  Bcc: x");
        assert_eq!(subject("Müller \u{1b}[31m"), "M?ller  [31m");
        assert_eq!(subject(""), "Rootsweep");
        assert!(subject(&"x".repeat(500)).len() < SUBJECT_LIMIT);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert!(cut(&"ä".repeat(MESSAGE_LIMIT)).len() <= MESSAGE_LIMIT);
        assert_eq!(cut(""), "-");
    }
}
