//! What a record that matters has to contain, however it is spelt.
//!
//! Four values make a record matter: `Root`, the type of the root user; `AssumeRoot`, which makes root sessions;
//! `UPDATED_DATA`, a correction, perhaps of a root record; and `AwsServiceEvent`, which is explained and not passed over.
//! In JSON each stands between two quotes at a known distance, unless one of its letters is spelt as an escape; and
//! all of their letters lie between `@` and DEL, so `\u00` with a digit from 4 to 7 gives such an escape away.

/// The values, each with the distance between its quotes.
const VALUES: [(&[u8], u32); 4] = [(b"Root", 5), (b"AssumeRoot", 11), (b"UPDATED_DATA", 13), (b"AwsServiceEvent", 16)];

/// Returns the quotes that could be the closing ones of such a value.
#[inline]
pub(super) const fn ends(quotes: u64, before: u64) -> u64 {
    quotes
        & (shifted(quotes, before, 5)
            | shifted(quotes, before, 11)
            | shifted(quotes, before, 13)
            | shifted(quotes, before, 16))
}

/// Returns the quotes that could close the value `Root` in JSON that was put into a string.
#[inline]
pub(super) const fn escaped_ends(quotes: u64, before: u64) -> u64 {
    quotes & shifted(quotes, before, 6)
}

/// Moves each quote by a distance, with those of the block before moving in.
#[inline]
const fn shifted(quotes: u64, before: u64, distance: u32) -> u64 {
    (quotes << distance) | (before >> (64 - distance))
}

/// Returns whether one of the values ends with the quote at the place, or a telling escape begins with the backslash
/// there.
#[inline]
pub(super) fn matters(data: &[u8], at: usize) -> bool {
    if data.get(at) == Some(&b'\\') {
        return is_telling_escape(data.get(at + 1..).unwrap_or_default());
    }
    let before = data.get(..at).unwrap_or_default();
    let root_in_string = before.strip_suffix(b"\\").is_some_and(|before| before.ends_with(b"\"Root"));
    root_in_string || VALUES.iter().any(|(value, _)| ends_with_quoted(before, value))
}

#[inline]
fn ends_with_quoted(before: &[u8], value: &[u8]) -> bool {
    before.strip_suffix(value).is_some_and(|before| before.last() == Some(&b'"'))
}

/// Returns whether an escape could be a letter. One that the piece cuts off is taken for one.
fn is_telling_escape(after: &[u8]) -> bool {
    match after {
        [b'u', b'0', b'0', digit, ..] => (b'4'..=b'7').contains(digit),
        [b'u', rest @ ..] => rest.len() < 3,
        [] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distances_are_those_of_the_values() {
        for (value, distance) in VALUES {
            let quotes = 1 | (1 << distance);
            assert_eq!(u32::try_from(value.len()).unwrap() + 1, distance);
            assert_eq!(ends(quotes, 0), 1 << distance, "{value:?}");
            assert_eq!(ends(1 << (distance - 3), 1 << 61), 1 << (distance - 3), "{value:?}");
        }
    }

    #[test]
    fn letters_as_escapes_are_telling_and_others_are_not() {
        assert!(is_telling_escape(br"u0052oot"));
        assert!(is_telling_escape(br"u006F"));
        assert!(is_telling_escape(b"u00"));
        assert!(!is_telling_escape(br"u003c"));
        assert!(!is_telling_escape(br"u2019"));
        assert!(!is_telling_escape(b"n"));
    }
}
