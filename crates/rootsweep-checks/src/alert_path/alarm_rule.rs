//! The rule of a composite alarm: how it is read, and when it holds.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>

/// How deep rules may nest here.
const MAX_DEPTH: usize = 10;

/// A state that a rule can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AlarmState {
    Alarm,
    Ok,
    InsufficientData,
}

/// A parsed rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Constant(bool),
    /// Whether an alarm, by name or ARN, is in a state.
    Is(AlarmState, String),
    Not(Box<Self>),
    /// Parts beside each other, with what joins each to the one before it.
    Join(Box<Self>, Vec<(Joiner, Self)>),
}

/// What joins two parts of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joiner {
    And,
    Or,
}

impl Joiner {
    /// Joins two results by Kleene's logic.
    fn join(self, one: Option<bool>, other: Option<bool>) -> Option<bool> {
        let decisive = self == Self::Or;
        match (one, other) {
            (Some(value), _) | (_, Some(value)) if value == decisive => Some(decisive),
            (Some(_), Some(_)) => Some(!decisive),
            _ => None,
        }
    }
}

impl Rule {
    /// Reads a rule; nothing where it is malformed, or has a function that is not known here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text.trim(), depth: 0 };
        let rule = parser.any()?;
        parser.rest.is_empty().then_some(rule)
    }

    /// Returns whether the rule holds, by Kleene's logic, where some states cannot be told.
    pub(crate) fn holds(&self, state: &dyn Fn(&str) -> Option<AlarmState>) -> Option<bool> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Is(wanted, name) => state(name).map(|it| it == *wanted),
            Self::Not(inner) => inner.holds(state).map(|it| !it),
            Self::Join(first, rest) => {
                let rest: Vec<_> = rest.iter().map(|(joiner, part)| (*joiner, part.holds(state))).collect();
                joined(first.holds(state), &rest)
            }
        }
    }

    /// Returns the alarms that the rule names.
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Is(_, name) => vec![name],
            Self::Not(inner) => inner.names(),
            Self::Join(first, rest) => {
                first.names().into_iter().chain(rest.iter().flat_map(|(_, part)| part.names())).collect()
            }
        }
    }
}

/// Joins results. Whether `AND` binds tighter than `OR`, AWS does not say: where it matters, nothing is decided.
fn joined(first: Option<bool>, rest: &[(Joiner, Option<bool>)]) -> Option<bool> {
    let from_left = rest.iter().fold(first, |before, (joiner, part)| joiner.join(before, *part));
    let (mut alternatives, mut conjunction) = (Some(false), first);
    for (joiner, part) in rest {
        match joiner {
            Joiner::And => conjunction = Joiner::And.join(conjunction, *part),
            Joiner::Or => {
                alternatives = Joiner::Or.join(alternatives, conjunction);
                conjunction = *part;
            }
        }
    }
    let and_first = Joiner::Or.join(alternatives, conjunction);
    from_left.filter(|_| from_left == and_first)
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Option<Rule> {
        let first = self.part()?;
        let mut rest = Vec::new();
        while let Some(joiner) = self.joiner() {
            rest.push((joiner, self.part()?));
        }
        Some(if rest.is_empty() { first } else { Rule::Join(Box::new(first), rest) })
    }

    fn joiner(&mut self) -> Option<Joiner> {
        let joiners = [("AND", Joiner::And), ("OR", Joiner::Or)];
        joiners.into_iter().find(|(word, _)| self.word(word)).map(|(_, joiner)| joiner)
    }

    fn part(&mut self) -> Option<Rule> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let part = if self.word("NOT") {
            self.part().map(|inner| Rule::Not(Box::new(inner)))
        } else if self.eat("(") {
            self.any().filter(|_| self.eat(")"))
        } else {
            self.leaf()
        };
        self.depth -= 1;
        part
    }

    fn leaf(&mut self) -> Option<Rule> {
        // AWS's pages write the constants as `TRUE`, as `False` and as `false`.
        let constants =
            [("TRUE", true), ("True", true), ("true", true), ("FALSE", false), ("False", false), ("false", false)];
        if let Some((_, value)) = constants.into_iter().find(|(word, _)| self.word(word)) {
            return Some(Rule::Constant(value));
        }
        let states =
            [("ALARM", AlarmState::Alarm), ("OK", AlarmState::Ok), ("INSUFFICIENT_DATA", AlarmState::InsufficientData)];
        let (_, state) = states.into_iter().find(|(word, _)| self.word(word))?;
        self.eat("(").then_some(())?;
        let name = self.name()?;
        self.eat(")").then(|| Rule::Is(state, name.to_owned()))
    }

    fn name(&mut self) -> Option<&'a str> {
        let quoted = self.rest.strip_prefix('"');
        let (name, rest) = match quoted {
            Some(inner) => inner.split_once('"')?,
            None => self.rest.find(')').map(|end| self.rest.split_at(end))?,
        };
        self.rest = rest.trim_start();
        Some(name.trim()).filter(|it| !it.is_empty())
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(wanted) else { return false };
        self.rest = rest.trim_start();
        true
    }

    /// Steps over a word that no letter or digit follows.
    fn word(&mut self, wanted: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(wanted) else { return false };
        if rest.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_') {
            return false;
        }
        self.rest = rest.trim_start();
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{AlarmState, Rule};

    /// Holds a rule against `a` in alarm, `b` at rest, `c` without data, and anything else not known.
    fn holds(rule: &Rule) -> Option<bool> {
        rule.holds(&|name| match name {
            "a" => Some(AlarmState::Alarm),
            "b" | "b with blanks" => Some(AlarmState::Ok),
            "c" => Some(AlarmState::InsufficientData),
            _ => None,
        })
    }

    fn holds_as_written(text: &str) -> Option<bool> {
        holds(&Rule::parse(text).expect("a rule"))
    }

    /// The forms are those of the API page of `PutCompositeAlarm`.
    #[test]
    fn rules_hold_by_the_states_of_their_children() {
        for (text, value) in [
            ("ALARM(a)", true),
            (r#"ALARM("a")"#, true),
            ("OK(b)", true),
            (r#"OK("b with blanks")"#, true),
            ("INSUFFICIENT_DATA(c)", true),
            ("TRUE", true),
            ("FALSE OR ALARM(a)", true),
            ("ALARM(a) AND NOT ALARM(b)", true),
            ("(ALARM(b) OR ALARM(a)) AND OK(b)", true),
            ("NOT (ALARM(a) AND ALARM(b))", true),
            ("ALARM(b) AND ALARM(b) OR ALARM(a)", true),
            ("ALARM(a) AND ALARM(b)", false),
            ("NOT TRUE", false),
            ("false", false),
            ("False OR true", true),
        ] {
            assert_eq!(holds_as_written(text), Some(value), "{text}");
        }
    }

    /// `a` and `c` are true here, `b` is false. Parentheses decide; without them the two orders have to agree.
    #[test]
    fn a_rule_that_hangs_on_which_operator_binds_tighter_is_not_known() {
        let (a, b) = ("ALARM(a)", "ALARM(b)");
        assert_eq!(holds_as_written(&format!("{a} OR {a} AND {b}")), None);
        assert_eq!(holds_as_written(&format!("({a} OR {a}) AND {b}")), Some(false));
        assert_eq!(holds_as_written(&format!("{a} OR ({a} AND {b})")), Some(true));
        assert_eq!(holds_as_written(&format!("{b} OR {a} AND {a}")), Some(true));
        assert_eq!(holds_as_written(&format!("{a} AND {b} OR {b}")), Some(false));
        assert_eq!(holds_as_written(&format!("{a} OR {b} AND {b} OR {a}")), Some(true));
    }

    #[test]
    fn a_rule_that_hangs_on_an_unknown_child_is_not_known() {
        assert_eq!(holds_as_written("ALARM(a) AND ALARM(x)"), None);
        assert_eq!(holds_as_written("ALARM(b) OR ALARM(x)"), None);
        assert_eq!(holds_as_written("ALARM(a) OR ALARM(x)"), Some(true));
        assert_eq!(holds_as_written("ALARM(b) AND ALARM(x)"), Some(false));
        assert_eq!(holds_as_written("NOT ALARM(x)"), None);
    }

    #[test]
    fn what_is_no_rule_is_not_read() {
        for text in ["", "ALARM", "ALARM()", "ALARM(a", "ALARM(a) ALARM(b)", "a OR b", "AND", "ALARM(\"a)"] {
            assert_eq!(Rule::parse(text), None, "{text}");
        }
        assert_eq!(Rule::parse(&format!("{}TRUE", "NOT ".repeat(20_000))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[ -~]{0,60}") {
            let _ = Rule::parse(&text).map(|rule| holds(&rule));
        }
    }
}
