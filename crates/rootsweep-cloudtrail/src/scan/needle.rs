//! What a record that matters has to contain, however it is spelt.
//!
//! Four values make a record matter: `Root`, the type of the root user; `AssumeRoot`, which makes root sessions;
//! `UPDATED_DATA`, a correction, perhaps of a root record; and `AwsServiceEvent`, which is explained and not passed over.
//! In JSON each stands between two quotes at a known distance, unless one of its letters is spelt as an escape; and
//! all of their letters lie between `@` and DEL, so `\u00` with a digit from 4 to 7 gives such an escape away.

/// What of a block shows where such a value could be; bit n stands for byte n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Letters {
    /// The quotes, but for escaped ones.
    pub(super) quotes: u64,
    /// `t`.
    pub(super) small_t: u64,
    /// `A`.
    pub(super) large_a: u64,
}

impl Letters {
    /// Returns the quotes that could be the closing ones of such a value: there is one at its distance before, and the
    /// letters beside both fit. Nearly no other value of a record passes.
    #[inline]
    pub(super) const fn ends(self, before: Self) -> u64 {
        let root = shifted(self.quotes, before.quotes, 5);
        let assume_root = shifted(self.quotes, before.quotes, 11) & shifted(self.large_a, before.large_a, 10);
        let service_event = shifted(self.quotes, before.quotes, 16) & shifted(self.large_a, before.large_a, 15);
        let updated_data = shifted(self.quotes, before.quotes, 13) & shifted(self.large_a, before.large_a, 1);
        let with_t = (root | assume_root | service_event) & shifted(self.small_t, before.small_t, 1);
        self.quotes & (with_t | updated_data)
    }
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

/// Tells what ends with the quote at the place, or begins with the backslash there.
#[inline]
pub(super) fn mark(data: &[u8], at: usize) -> Mark {
    let (before, rest) = data.split_at_checked(at).unwrap_or_default();
    if rest.first() == Some(&b'\\') {
        return if is_telling_escape(rest.get(1..).unwrap_or_default()) { Mark::Telling } else { Mark::None };
    }
    let telling = match before.last_chunk::<4>() {
        Some(b"Root") => before.last_chunk() == Some(b"\"Root") || before.last_chunk() == Some(b"\"AssumeRoot"),
        Some(b"DATA") => before.last_chunk() == Some(b"\"UPDATED_DATA"),
        // Most are the key `managementEvent`.
        Some(b"vent") if before.last_chunk::<8>() == Some(b"iceEvent") => {
            before.last_chunk() == Some(b"\"AwsServiceEvent")
        }
        _ => false,
    };
    if telling {
        Mark::Telling
    } else if before.last_chunk() == Some(b"\"Root\\") {
        Mark::Quoted
    } else {
        Mark::None
    }
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
        for (value, distance) in [("Root", 5), ("AssumeRoot", 11), ("UPDATED_DATA", 13), ("AwsServiceEvent", 16)] {
            assert_eq!(mark(format!("\"{value}\"").as_bytes(), value.len() + 1), Mark::Telling);
            for start in 0..64 {
                assert_eq!(found_at(value, start), Some(start + distance), "{value} from byte {start}");
            }
        }
        assert_eq!(found_at("Management", 3), None);
        assert_eq!(found_at("userIdentity", 3), None);
    }

    /// Returns where the closing quote of a value is found that begins at a byte of the first of two blocks.
    fn found_at(value: &str, start: usize) -> Option<usize> {
        let text = format!("{}\"{value}\"", " ".repeat(start));
        let mask = |block: usize, wanted: u8| {
            let bytes = text.bytes().enumerate().skip(64 * block).take(64);
            bytes.filter(|(_, byte)| *byte == wanted).map(|(at, _)| 1_u64 << (at % 64)).sum()
        };
        let letters =
            |block| Letters { quotes: mask(block, b'"'), small_t: mask(block, b't'), large_a: mask(block, b'A') };
        let ends = [letters(0).ends(Letters::default()), letters(1).ends(letters(0))];
        assert!(ends[0].count_ones() + ends[1].count_ones() <= 1);
        let at = |block: usize| (ends[block] != 0).then(|| 64 * block + ends[block].trailing_zeros() as usize);
        at(0).or_else(|| at(1))
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
