//! Properties of random patterns and events, with a naive second evaluator as the judge.

use std::cell::Cell;

use logs_filter_pattern::{FilterPattern, Outcome};
use proptest::{prelude::*, test_runner::TestRunner};

mod lines;
mod model;
mod oracle;
mod strategies;

use self::oracle::Possible;
use crate::parse;

/// Returns what an outcome says is possible.
fn possible(outcome: Outcome) -> Possible {
    match outcome {
        Outcome::Match => Possible::from(true),
        Outcome::NoMatch => Possible::from(false),
        Outcome::Undocumented(_) => Possible::EITHER,
    }
}

/// How often each verdict came up.
#[derive(Default)]
struct Tally {
    matched: Cell<usize>,
    unmatched: Cell<usize>,
    open: Cell<usize>,
}

impl Tally {
    fn count(&self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Match => &self.matched,
            Outcome::NoMatch => &self.unmatched,
            Outcome::Undocumented(_) => &self.open,
        };
        counter.set(counter.get() + 1);
    }

    fn counts(&self) -> [usize; 3] {
        [&self.matched, &self.unmatched, &self.open].map(Cell::get)
    }
}

/// 500 cases of ten patterns on twenty events are 100,000 pairs.
#[test]
fn agrees_with_the_naive_evaluator() {
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) });
    let patterns = prop::collection::vec(strategies::pattern(), 10);
    let events = prop::collection::vec(strategies::event(), 20);
    let tally = Tally::default();
    runner
        .run(&(patterns, events), |(patterns, events)| {
            for pattern in &patterns {
                let text = format!("{{ {pattern} }}");
                let parsed = parse(&text);
                for event in &events {
                    let outcome = parsed.evaluate_json(event);
                    let expected = oracle::judge(pattern, event);
                    prop_assert_eq!(possible(outcome), expected, "{} on {}: {}", text, event, outcome);
                    tally.count(outcome);
                }
            }
            Ok(())
        })
        .expect("the two evaluators agree");
    let counts = tally.counts();
    assert_eq!(counts.iter().sum::<usize>(), 100_000);
    assert!(counts.iter().all(|count| *count > 2_000), "{counts:?}: hardly a test");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The raw text and the parsed event give the same verdict, and the explanation the same again.
    #[test]
    fn all_ways_to_ask_agree(pattern in strategies::pattern(), event in strategies::event()) {
        let parsed = parse(&format!("{{ {pattern} }}"));
        let message = event.to_string();
        let outcome = parsed.evaluate_json(&event);
        let explanation = parsed.explain(&message);
        prop_assert_eq!(parsed.evaluate(&message), outcome);
        prop_assert_eq!(explanation.outcome, outcome);
        prop_assert!(!explanation.deciding().is_empty());
    }

    /// The canonical form parses to an equal pattern, and prints the same again.
    #[test]
    fn printing_and_parsing_is_identity(pattern in strategies::pattern()) {
        let parsed = parse(&format!("{{{pattern}}}"));
        let printed = parsed.to_string();
        let again = parse(&printed);
        prop_assert_eq!(&again, &parsed);
        prop_assert_eq!(again.to_string(), printed);
    }

    /// The same for terms and fields, whose evaluators are compared on lines.
    #[test]
    fn line_patterns_agree_with_the_naive_evaluator(
        terms in prop::collection::vec(lines::term(), 1..4),
        fields in lines::fields(),
        messages in prop::collection::vec(lines::message(), 10),
    ) {
        let by_terms = parse(&lines::write_terms(&terms));
        let by_fields = parse(&lines::write_fields(&fields));
        prop_assert_eq!(&parse(&by_terms.to_string()), &by_terms);
        prop_assert_eq!(&parse(&by_fields.to_string()), &by_fields);
        for message in &messages {
            let outcome = by_terms.evaluate(message);
            prop_assert_eq!(possible(outcome), lines::judge_terms(&terms, message), "{} on {}", by_terms, message);
            let outcome = by_fields.evaluate(message);
            prop_assert_eq!(possible(outcome), lines::judge_fields(&fields, message), "{} on {}", by_fields, message);
        }
    }

    /// No text makes the parser panic, and what parses keeps its meaning when printed.
    #[test]
    fn any_text_parses_or_is_refused(text in r#"[\[\]{}()$.*%"'!=<>&|?\-, a-cA-C0-9\\]{0,60}|\PC{0,60}"#) {
        if let Ok(pattern) = FilterPattern::parse(&text) {
            prop_assert_eq!(&parse(&pattern.to_string()), &pattern);
            prop_assert_eq!(pattern.explain(&text).outcome, pattern.evaluate(&text));
        }
    }
}
