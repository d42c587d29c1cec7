//! What an explanation looks like.

use logs_filter_pattern::Outcome;

use crate::parse;

const ROOT: &str =
    r#"{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}"#;

fn deciding(pattern: &str, message: &str) -> Vec<(String, String)> {
    let explanation = parse(pattern).explain(message);
    let show = |found: &[serde_json::Value]| serde_json::Value::from(found.to_vec()).to_string();
    explanation.deciding().into_iter().map(|part| (part.text.clone(), show(&part.found))).collect()
}

#[test]
fn names_the_condition_that_failed_and_its_value() {
    let message = r#"{"userIdentity":{"type":"Root","invokedBy":"signin.amazonaws.com"},"eventType":"AwsApiCall"}"#;
    let expected = ("$.userIdentity.invokedBy NOT EXISTS".to_owned(), r#"["signin.amazonaws.com"]"#.to_owned());
    assert_eq!(deciding(ROOT, message), [expected]);
}

#[test]
fn serializes_as_a_tree() {
    let message = r#"{"userIdentity":{"type":"Root"}}"#;
    let explanation = parse("{ $.userIdentity.type = Root && ($.a != 1 || $.b[*] = x) }");
    insta::assert_json_snapshot!(explanation.explain(message), @r#"
    {
      "kind": "json",
      "outcome": "no_match",
      "part": {
        "text": "$.userIdentity.type = \"Root\" && ($.a != 1 || $.b[*] = \"x\")",
        "outcome": "no_match",
        "decided": true,
        "found": [],
        "parts": [
          {
            "text": "$.userIdentity.type = \"Root\"",
            "outcome": "match",
            "decided": false,
            "found": [
              "Root"
            ],
            "parts": []
          },
          {
            "text": "$.a != 1 || $.b[*] = \"x\"",
            "outcome": "no_match",
            "decided": true,
            "found": [],
            "parts": [
              {
                "text": "$.a != 1",
                "outcome": "no_match",
                "decided": true,
                "found": [],
                "parts": []
              },
              {
                "text": "$.b[*] = \"x\"",
                "outcome": "no_match",
                "decided": true,
                "found": [],
                "parts": []
              }
            ]
          }
        ]
      }
    }
    "#);
}

#[test]
fn explains_terms_and_fields() {
    assert_eq!(
        deciding("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS"),
        [("-ARGUMENTS".to_owned(), r#"["ARGUMENTS"]"#.to_owned())]
    );
    assert_eq!(
        deciding("[level = ERROR, ..., code > 3]", "ERROR x 2"),
        [("code > 3".to_owned(), r#"["2"]"#.to_owned())]
    );
    let ignored = parse("?WARN REQUEST").explain("REQUEST");
    assert_eq!(ignored.part.parts[0].note, Some("ignored beside terms without a question mark"));
}

#[test]
fn says_what_overrules_the_parts() {
    let explanation = parse("{ $.a NOT EXISTS }").explain("[]");
    assert_eq!(explanation.part.note, Some("whether a JSON event that is no object can match"));
    assert!(matches!(explanation.outcome, Outcome::Undocumented(_)));
    let explanation = parse("{ $.a = 1 }").explain("plain text");
    assert_eq!(explanation.part.note, Some("the event cannot be read as JSON"));
}
