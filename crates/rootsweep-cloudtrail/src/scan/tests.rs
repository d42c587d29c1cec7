use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::parse_record;

/// What a scan found, with owned text.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Unit(String, bool),
    Broken(u64, &'static str),
}

/// Scans a text in pieces of the given size.
fn scan(text: &[u8], piece: usize) -> Vec<Told> {
    let mut told = Vec::new();
    let (mut scanner, mut data, mut rest) = (Scanner::default(), Vec::new(), text);
    loop {
        let (now, later) = rest.split_at(piece.min(rest.len()));
        data.extend_from_slice(now);
        let last = later.is_empty();
        let done = scanner.feed(&data, last, &mut |found| {
            told.push(match found {
                Found::Unit { bytes, flagged, .. } => Told::Unit(String::from_utf8_lossy(bytes).into_owned(), flagged),
                Found::Broken { offset, reason } => Told::Broken(offset, reason),
            });
        });
        data.drain(..done);
        rest = later;
        if last {
            return told;
        }
    }
}

fn units(text: &str) -> Vec<(String, bool)> {
    let unit = |told| match told {
        Told::Unit(text, flagged) => (text, flagged),
        Told::Broken(..) => panic!("{told:?} in {text}"),
    };
    scan(text.as_bytes(), 1 << 20).into_iter().map(unit).collect()
}

/// Spells JSON in a legal way that a list of choices decides.
struct Speller {
    choices: Vec<u8>,
    next: usize,
    /// One letter in so many may be spelt in an odd way.
    rarity: u8,
}

impl Speller {
    fn choose(&mut self, among: u8) -> u8 {
        self.next += 1;
        self.choices[self.next % self.choices.len()] % among
    }

    fn space(&mut self) -> &'static str {
        ["", "", "", " ", "\n", "\t\r\n  "][usize::from(self.choose(6))]
    }

    fn text(&mut self, text: &str) -> String {
        let letters = text.chars().map(|letter| match (self.choose(12).max(self.choose(self.rarity)), letter) {
            (0, _) if letter.is_ascii() => format!("\\u{:04x}", u32::from(letter)),
            (1, _) if letter.is_ascii() => format!("\\u{:04X}", u32::from(letter)),
            (_, '"' | '\\') => format!("\\{letter}"),
            (2, '/') => "\\/".to_owned(),
            (_, '\n') => "\\n".to_owned(),
            (_, control) if control.is_control() => format!("\\u{:04x}", u32::from(control)),
            _ => letter.to_string(),
        });
        format!("\"{}\"", letters.collect::<String>())
    }

    fn value(&mut self, value: &Value) -> String {
        let text = match value {
            Value::Object(fields) => {
                let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
                let turn = usize::from(self.choose(8)) % fields.len().max(1);
                fields.rotate_left(turn);
                let mut parts: Vec<String> = Vec::new();
                for (key, value) in fields {
                    if self.choose(16) == 0 {
                        // Of duplicate keys the last one counts.
                        parts.push(format!("{}:{}", self.text(key), self.text("Rooted")));
                    }
                    parts.push(format!("{}{}:{}", self.text(key), self.space(), self.value(value)));
                }
                format!("{{{}{}}}", self.space(), parts.join(","))
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                format!("[{}]", items.join(","))
            }
            Value::String(text) => self.text(text),
            other => other.to_string(),
        };
        format!("{}{text}{}", self.space(), self.space())
    }
}

fn record(root: bool, junk: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": if root { "Root" } else { "IAMUser" }, "userName": "Root user", "arn": "arn:aws:iam::1:root"},
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutBucketPolicy",
        "requestParameters": {"policy": json!({"AWS": [junk]}).to_string(), "tags": [{}, [], {"a": [1, 2.5e3, null, true]}]},
        "userAgent": junk
    })
}

proptest! {
    /// The promise of the prefilter: no legal spelling of a root record is passed over, wherever the pieces are cut,
    /// and the records are counted exactly.
    #[test]
    fn no_legally_spelt_root_record_is_missed(
        records in proptest::collection::vec((any::<bool>(), any::<bool>(), "[ -~éß\u{1F600}\n]{0,30}"), 1..12),
        choices in proptest::collection::vec(any::<u8>(), 16..2000),
        rarity in 1_u8..,
        layout in 0_u8..3,
        piece in 1_usize..300,
    ) {
        let mut speller = Speller { choices: choices.clone(), next: 0, rarity };
        let spell = |(root, as_text, junk): &(bool, bool, String)| {
            let mut record = record(*root, junk);
            if *as_text {
                // Some exports put the identity into a string, where it can be spelt in any way again.
                record["userIdentity"] = Value::String(speller.value(&record["userIdentity"]));
            }
            speller.value(&record)
        };
        let spelt: Vec<String> = records.iter().map(spell).collect();
        let text = match layout {
            0 => format!("{{{}:[{}]}}", Speller { choices, next: 0, rarity }.text("Records"), spelt.join(",")),
            1 => spelt.join("\n"),
            _ => format!("[{}]", spelt.join(",")),
        };
        let told = scan(text.as_bytes(), piece);
        prop_assert_eq!(told.len(), records.len(), "{}", text);
        for (told, (root, ..)) in told.iter().zip(&records) {
            let Told::Unit(unit, flagged) = told else { return Err(TestCaseError::fail(format!("{told:?} in {text}"))) };
            prop_assert_eq!(parse_record(unit).unwrap().is_root(), *root);
            prop_assert!(*flagged || !*root, "{}", unit);
        }
    }

    /// Whatever comes, the scan ends, and cuts change nothing.
    #[test]
    fn pieces_change_nothing(text in "[{}\\[\\]\",:\\\\ \na-c]{0,300}", piece in 1_usize..200) {
        prop_assert_eq!(scan(text.as_bytes(), piece), scan(text.as_bytes(), 1 << 20));
    }

    #[test]
    fn arbitrary_bytes_are_survived(bytes: Vec<u8>, piece in 1_usize..100) {
        scan(&bytes, piece);
    }
}

#[test]
fn records_are_found_in_every_layout() {
    let one = |flagged: bool| (r#"{"a":{"b":[]}}"#.to_owned(), flagged);
    for text in [
        r#"{"Records":[{"a":{"b":[]}},{"a":{"b":[]}}]}"#,
        r#"{"NextToken":"x","Events":[{"a":{"b":[]}} , {"a":{"b":[]}}],"z":[1]}"#,
        r#"{"Records":[{"a":{"b":[]}}],"more":{"x":[{}]},"\u0052ecords" : [ {"a":{"b":[]}} ]}"#,
        "{\"a\":{\"b\":[]}}\n{\"a\":{\"b\":[]}}\n",
        r#"{"a":{"b":[]}}{"a":{"b":[]}}"#,
        "\u{FEFF}[{\"a\":{\"b\":[]}},\n{\"a\":{\"b\":[]}}]",
    ] {
        assert_eq!(units(text), [one(false), one(false)], "{text}");
    }
    assert_eq!(units(r#"{"Records":[]}"#), []);
}

#[test]
fn what_only_looks_like_root_is_not_flagged() {
    for near in [r#""Roots""#, r#""root""#, r#"" Root""#, r#""xRoot""#, r#""a\u003cb\u2019""#, r#""RootUser""#] {
        let text = format!(r#"{{"eventVersion":"1.11","x":{near}}}"#);
        assert_eq!(units(&text), [(text.clone(), false)]);
    }
    for hit in [
        r#""Root""#,
        r#""\u0052oot""#,
        r#""Roo\u0074""#,
        r#""AssumeRoot""#,
        r#""AwsServiceEvent""#,
        r#""UPDATED_DATA""#,
    ] {
        let text = format!(r#"{{"eventVersion":"1.11","x":{hit}}}"#);
        assert_eq!(units(&text), [(text.clone(), true)]);
    }
    // An identity that was put into a string can be spelt there in any way again.
    for text in [
        r#"{\"type\":\"Root\"}"#,
        r"{\u0022type\u0022:\u0022Root\u0022}",
        r#"{\"type\":\"Roo\\u0074\"}"#,
        r#"{\"type\":\"Roo\\u00\u00374\"}"#,
    ] {
        let quoted = format!(r#"{{"eventVersion":"1.11","userIdentity":"{text}"}}"#);
        assert!(parse_record(quoted.as_bytes()).unwrap().is_root());
        assert_eq!(units(&quoted), [(quoted.clone(), true)]);
        let elsewhere = quoted.replace("userIdentity", "requestParameters");
        assert_eq!(units(&elsewhere), [(elsewhere.clone(), false)]);
    }
}

#[test]
fn a_broken_line_costs_only_itself() {
    let good = r#"{"eventVersion":"1.11","a":[{}]}"#;
    for broken in [
        r#"{"eventVersion":"1.11","a":"cut o"#,
        r#"{"eventVersion":"1.11","a":"#,
        r#"{"eventVersion":"1.11","a":1,"#,
        r#"{"eventVersion":"1.11","a":[{"b":"#,
        r#"{"eventVersion":"1.11","a":[}"#,
        r#"{"eventVersion":"1.11"}}"#,
        r#"it"s no JSON"#,
        "no JSON at all",
    ] {
        let text = format!("{good}\n{broken}\n{good}\n{good}\n");
        for piece in [1, 7, 64, 1000] {
            let told = scan(text.as_bytes(), piece);
            let whole = told.iter().filter(|it| matches!(it, Told::Unit(text, _) if text == good)).count();
            let bad = told.iter().filter(|it| matches!(it, Told::Broken(..))).count();
            assert_eq!((whole, bad), (3, 1), "{broken} in pieces of {piece}: {told:?}");
        }
    }
}

#[test]
fn a_broken_record_of_an_array_costs_only_itself() {
    let good = r#"{"eventVersion":"1.11","a":[{}]}"#;
    for broken in
        ["{\"eventVersion\":\"1.11\",\"a\":\"line\nend\"}", "{\"eventVersion\":\"1.11\",\"a\":\"\t\",\"b\":[{}]}"]
    {
        for (before, after) in [("{\"Records\":[", "]}"), ("[", "]")] {
            let text = format!("{before}{good},{broken},{good},{good}{after}");
            for piece in [1, 7, 64, 1000] {
                let told = scan(text.as_bytes(), piece);
                let whole = told.iter().filter(|it| matches!(it, Told::Unit(text, _) if text == good)).count();
                assert_eq!((whole, told.len()), (3, 4), "{text} in pieces of {piece}: {told:?}");
            }
        }
    }
}

#[test]
fn a_cut_file_says_where() {
    let text = r#"{"Records":[{"eventVersion":"1.11"},{"eventVersion":"1.1"#;
    let told = scan(text.as_bytes(), 1000);
    let first = Told::Unit(r#"{"eventVersion":"1.11"}"#.to_owned(), false);
    assert_eq!(told, [first, Told::Broken(36, "the text ends in the middle")]);
    assert_eq!(scan(br#"{"Records":[{}]"#, 1000).last(), Some(&Told::Broken(15, "the text ends in the middle")));
}

#[test]
fn a_record_without_end_is_given_up_in_bounded_memory() {
    let (mut scanner, mut data, mut broken) =
        (Scanner::default(), br#"{"Records":[{"eventVersion":"1.11","a":""#.to_vec(), 0);
    for _ in 0..64 {
        data.extend_from_slice(&vec![b'x'; 256 << 10]);
        let done =
            scanner.feed(&data, false, &mut |found| broken += usize::from(matches!(found, Found::Broken { .. })));
        data.drain(..done);
        assert!(data.len() < MAX_UNIT + (1 << 20), "{}", data.len());
    }
    data.extend_from_slice(br#""},{"eventVersion":"1.11","b":"Root"}]}"#);
    let mut after = Vec::new();
    scanner.feed(&data, true, &mut |found| after.push(format!("{found:?}")));
    assert_eq!((broken, after.len()), (1, 1));
    assert!(after[0].contains("flagged: true"), "{after:?}");
}

#[test]
fn endless_nesting_and_endless_space_are_bounded() {
    let deep = "{\"a\":".repeat(100_000);
    assert_eq!(scan(deep.as_bytes(), 1000), [Told::Broken(0, "the record is nested too deep")]);
    let deep = "[".repeat(100_000);
    assert_eq!(scan(deep.as_bytes(), 1000), [Told::Broken(1, "the text ends in the middle")]);
    let mut scanner = Scanner::default();
    let space = vec![b' '; 1 << 20];
    // What has been looked at is let go of; the last few bytes wait for what comes behind them.
    let done = scanner.feed(&space, false, &mut |_| panic!("nothing is there"));
    assert!(space.len() - done < 100, "{done} of {}", space.len());
}
