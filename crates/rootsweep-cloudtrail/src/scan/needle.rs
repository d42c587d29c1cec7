//! What a record that matters has to contain, however it is spelt.
//!
//! Four values make a record matter: `Root`, the type of the root user; `AssumeRoot`, which makes root sessions;
//! `UPDATED_DATA`, a correction, perhaps of a root record; and `AwsServiceEvent`, which is explained and not passed over.
//! In JSON each stands between two quotes, unless one of its letters is spelt as an escape; and all of their letters
//! lie between `@` and DEL, so `\u00` with a digit from 4 to 7 gives such an escape away.
//!
//! Every block is asked for three letters at fixed distances, which each of the values has somewhere: `"R..t` of `Root`
//! and `eR..t` of `AssumeRoot`, `"A..S` of `AwsServiceEvent`, `PD..E` of `UPDATED_DATA`. Next to nothing else in a
//! record has them, which matters, for a look at a place costs as much as several blocks do. (`Ro` alone would stop at
//! each `Role`, and `Root"` at each ARN of a role that somebody has called so.)

/// What is asked for, as a distance and the letters that may stand there. Mixtures of the values are found, too: each
/// costs a look, and saves a question to every block.
pub(super) const FIRST: Hint = (0, *b"\"eP");
/// The letter after it.
pub(super) const SECOND: Hint = (1, *b"RAD");
/// The letter three further on.
pub(super) const THIRD: Hint = (4, *b"tSE");

/// A distance, and the letters of which one has to stand there.
pub(super) type Hint = (usize, [u8; 3]);

/// How far what is looked for reaches behind its place: `AwsServiceEvent` goes on for 15 letters and a quote.
pub(super) const REACH: usize = 16;

/// What has been found in a record so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Nothing.
    #[default]
    None,
    /// `Root` in a string that holds JSON: nearly always a policy or a parameter.
    Quoted,
    /// What a record that matters has to contain.
    Telling,
}

impl Mark {
    /// Returns whether the record that it was found in could be about the root user.
    #[inline]
    pub(super) fn flags(self, record: &[u8]) -> bool {
        match self {
            Self::None => false,
            Self::Quoted => has_identity_as_text(record),
            Self::Telling => true,
        }
    }
}

/// Returns whether a record's `userIdentity` was put into a string on its way, as some exports do.
fn has_identity_as_text(record: &[u8]) -> bool {
    memchr::memchr2_iter(b'y', b'Y', record).any(|at| {
        let (before, after) = record.split_at(at + 1);
        let named = before.last_chunk::<12>().is_some_and(|name| name.eq_ignore_ascii_case(b"userIdentity"));
        let value = after.strip_prefix(b"\"").map(<[u8]>::trim_ascii_start).and_then(|rest| rest.strip_prefix(b":"));
        named && value.is_some_and(|value| value.trim_ascii_start().starts_with(b"\""))
    })
}

/// Tells what has its letters, or its backslash, at the place.
pub(super) fn mark(data: &[u8], at: usize) -> Mark {
    let rest = data.get(at..).unwrap_or_default();
    let after = |before: &[u8]| {
        at.checked_sub(before.len()).is_some_and(|start| data.get(start..).is_some_and(|rest| rest.starts_with(before)))
    };
    let telling = match rest.first() {
        Some(b'"') => rest.starts_with(b"\"Root\"") || rest.starts_with(b"\"AwsServiceEvent\""),
        Some(b'e') => rest.starts_with(b"eRoot\"") && after(b"\"Assum"),
        Some(b'P') => rest.starts_with(b"PDATED_DATA\"") && after(b"\"U"),
        Some(b'\\') => return mark_of_escape(rest.get(1..).unwrap_or_default()),
        _ => false,
    };
    if telling {
        Mark::Telling
    } else if rest.starts_with(b"\"Root\\\"") {
        Mark::Quoted
    } else {
        Mark::None
    }
}

/// Tells what an escape could be. All of it is there, unless the text ends before its record does.
fn mark_of_escape(after: &[u8]) -> Mark {
    match after {
        [b'u', b'0', b'0', b'4'..=b'7', ..] => Mark::Telling,
        // A quote, or a letter, of JSON that was put into a string; its digits can be spelt as escapes, too.
        [b'u', b'0', b'0', b'2', b'2', ..]
        | [b'\\', b'u', b'0', b'0', b'4'..=b'7', ..]
        | [b'u', b'0', b'0', b'3', b'0'..=b'9', ..] => Mark::Quoted,
        _ => Mark::None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::{BLOCK, Lanes as _, Portable, WINDOW};
    use super::*;

    #[test]
    fn every_value_is_found_wherever_it_stands() {
        for value in ["Root", "AssumeRoot", "UPDATED_DATA", "AwsServiceEvent"] {
            for start in 0..BLOCK {
                assert_eq!(marks(&format!("{}\"{value}\"", " ".repeat(start))), [Mark::Telling], "{value}, {start}");
            }
        }
        assert_eq!(marks(r#""{\"AWS\":\"Root\"}""#), [Mark::Quoted]);
        for near in ["\"Roots\"", "\"Root", "\"AssumeRoots\"", "\"AwsServiceEvents\"", "\"UPDATED_DATE\""] {
            assert_eq!(marks(near), [Mark::None], "{near}");
        }
    }

    #[test]
    fn what_records_usually_have_costs_no_look() {
        for usual in [
            "\"AROAEXAMPLE\"",
            "\"AssumeRole\"",
            "\"Role\"",
            "\"managementEvent\"",
            "\"AwsApiCall\"",
            "TLS_AES_128_GCM_SHA256",
            "role/Root\"",
            "\"userAgent\"",
            "\"eventVersion\"",
            "\"Resource\"",
            "\"Action\"",
        ] {
            assert_eq!(marks(usual), [], "{usual}");
        }
    }

    /// Returns what is found where the blocks of a text have the letters.
    fn marks(text: &str) -> Vec<Mark> {
        let padded = format!("{text:<width$}", width = 2 * WINDOW);
        let looks = (0..=text.len() / BLOCK).map(|block| {
            let window = padded.as_bytes()[BLOCK * block..].first_chunk::<WINDOW>().unwrap();
            (block, Portable.look(window).hints)
        });
        let places = looks.flat_map(|(block, hints)| {
            (0..BLOCK).filter(move |bit| hints >> bit & 1 == 1).map(move |bit| BLOCK * block + bit)
        });
        places.map(|at| mark(text.as_bytes(), at)).collect()
    }

    #[test]
    fn escapes_tell_what_they_could_be() {
        for (after, mark) in [
            ("u0052oot", Mark::Telling),
            ("u006F", Mark::Telling),
            ("u0022Root", Mark::Quoted),
            (r"\u0052oot", Mark::Quoted),
            ("u00374", Mark::Quoted),
            ("u003c", Mark::None),
            ("u2019", Mark::None),
            (r"\n", Mark::None),
            ("n", Mark::None),
            ("\"", Mark::None),
        ] {
            assert_eq!(mark_of_escape(after.as_bytes()), mark, "{after}");
        }
    }
}
