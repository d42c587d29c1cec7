//! The parts of a pattern, as a reader of it sees them who looks for known mistakes.

use logs_filter_pattern::{Comparison, Condition, Expression, Kind, Operand, Step, Test};

use crate::parse;

/// Returns the selectors of the conditions that a missing field fails although they negate.
fn unguarded(expression: &Expression) -> Vec<String> {
    match expression {
        Expression::Any(parts) if parts.iter().any(is_guard) => Vec::new(),
        Expression::All(parts) | Expression::Any(parts) => parts.iter().flat_map(unguarded).collect(),
        Expression::Condition(condition) => match condition.test() {
            Test::Compare(Comparison::NotEqual, _) => vec![condition.selector().to_string()],
            _ => Vec::new(),
        },
    }
}

fn is_guard(part: &Expression) -> bool {
    matches!(part, Expression::Condition(condition) if matches!(condition.test(), Test::NotExists(_)))
}

#[test]
fn negations_without_a_guard_can_be_found() {
    let pattern = parse("{ $.a != x && ($.b.c NOT EXISTS || $.b.c != y) && ($.d = 1 || $.e != 2) }");
    assert_eq!(pattern.expression().map(unguarded), Some(vec!["$.a".to_owned(), "$.e".to_owned()]));
}

#[test]
fn a_lone_condition_can_be_recognised() {
    let pattern = parse(r#"{ ($.['userIdentity'].type = "Root") }"#);
    let path = ["userIdentity", "type"].map(|name| Step::Property(name.to_owned()));
    let is_root = |condition: &Condition| {
        condition.selector().steps() == path
            && matches!(condition.test(), Test::Compare(Comparison::Equal, Operand::Text(text))
                if text.as_written() == "Root" && !text.has_wildcard())
    };
    assert!(matches!(pattern.conditions().as_slice(), [only] if is_root(only)));
    assert_eq!(pattern.to_string(), r#"{ $.userIdentity.type = "Root" }"#);
}

#[test]
fn other_forms_have_no_conditions() {
    for (pattern, kind) in [("ERROR", Kind::Terms), ("%a%", Kind::Terms), ("[w1=a]", Kind::SpaceDelimited)] {
        let pattern = parse(pattern);
        assert_eq!((pattern.kind(), pattern.conditions().len()), (kind, 0));
    }
}

/// White space, parentheses that change nothing and needless quotes do not survive.
#[test]
fn canonical_form() {
    for (written, canonical) in [
        ("{(($.a=x)&&($.b=1e+3&&$.c IS  NULL))}", r#"{ $.a = "x" && $.b = 1e+3 && $.c IS NULL }"#),
        ("{$.a=1||$.b=2&&($.c=3||$.d=4)}", "{ $.a = 1 || $.b = 2 && ($.c = 3 || $.d = 4) }"),
        ("{$['a b'][0][*].c not EXISTS}", "{ $.['a b'][0][*].c not exists }"),
        ("[a,b=4*||b!=%x%,...,]", r#"[a, b = "4*" || b != %x%, ..., ]"#),
        ("\"ERROR\"  - \"b c\"", "ERROR -\"b c\""),
        (" ", ""),
    ] {
        assert_eq!(parse(written).to_string(), canonical);
    }
}
