//! Finds the records in a stream of JSON text without parsing it, and tells which of them could matter.
//!
//! Every byte's part in the structure is checked: strings are closed, brackets match, nothing stands between records. A
//! record is *flagged* where it could be about the root user, and a record that is not flagged certainly is not: the
//! test looks for the value alone, whatever stands around it, and takes any letter that is spelt as an escape for one
//! of its letters.

mod block;
mod needle;
mod nesting;

use block::{BLOCK, Lanes, Masks, Portable, WINDOW, escaped, parity};
use jiff::Timestamp;
use needle::Mark;
use nesting::Nesting;

/// The longest record that is read. CloudTrail's own limit lies far below: events over 256 KB are not even sent to
/// CloudWatch Logs.
pub(crate) const MAX_UNIT: usize = 4 << 20;

/// Keys of the arrays in which records come: trail files, answers of `LookupEvents`, `FilterLogEvents`, Logs Insights and
/// CloudTrail Lake, log subscriptions, messages of SQS.
pub(crate) const LISTS: [&str; 7] =
    ["Records", "Events", "events", "logEvents", "Messages", "results", "QueryResultRows"];

/// How far back the key of an array is looked for.
const MAX_KEY: usize = 256;

/// Something that was found in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// A JSON object or array that stands where a record could.
    Unit {
        /// Its text.
        bytes: &'a [u8],
        /// Where it begins in the stream.
        offset: u64,
        /// Whether it could be about the root user.
        flagged: bool,
        /// The time stamp that stands before it, as exports of CloudWatch Logs have it.
        stamp: Option<Timestamp>,
    },
    /// Something that is broken.
    Broken {
        /// Where it begins in the stream.
        offset: u64,
        /// What is wrong.
        reason: &'static str,
    },
}

/// The state of a scan between two pieces of the stream.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    /// Where the piece begins in the stream.
    offset: u64,
    /// The first byte of the piece that has not been looked at.
    at: usize,
    /// All ones where a string is open.
    in_string: u64,
    /// One where the next byte is escaped.
    escape: u64,
    nesting: Nesting,
    /// The depth at which records stand: 0 in JSON lines, 1 in an array, 2 in an array of an envelope.
    base: usize,
    unit: Unit,
    /// The end of the last unit, up to which everything is accounted for.
    gap: usize,
    /// The time stamp in the last gap.
    stamp: Option<Timestamp>,
    /// Whether something in the present gap has been reported.
    gap_is_bad: bool,
    /// Whether the scan has lost its way, and looks for the next line that begins with a record.
    lost: bool,
}

/// The record that is open, if any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Unit {
    #[default]
    None,
    Open {
        start: usize,
        mark: Mark,
    },
    /// One that has been given up, and whose end is awaited.
    Abandoned,
}

impl Scanner {
    /// Looks at a piece of the stream that begins where the last one was left off, and returns how much of it is done
    /// with; the rest has to come again, with more behind it, unless `last` says that there is none.
    pub(crate) fn feed(&mut self, data: &[u8], last: bool, found: &mut impl FnMut(Found<'_>)) -> usize {
        loop {
            if self.lost && !self.find_way(data) {
                break;
            }
            match self.scan_fast(data, last, found) {
                Ok(()) => break,
                Err((at, reason)) => self.lose_way(at, reason, found),
            }
        }
        if last {
            self.end(data, found);
        }
        self.forget(data, found)
    }

    /// Scans with the best that the processor has.
    fn scan_fast(
        &mut self,
        data: &[u8],
        last: bool,
        found: &mut impl FnMut(Found<'_>),
    ) -> Result<(), (usize, &'static str)> {
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V4::try_new() {
            return simd.vectorize(|| self.scan(block::Avx512(simd), data, last, found));
        }
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            return simd.vectorize(|| self.scan(block::Avx2(simd), data, last, found));
        }
        self.scan(Portable, data, last, found)
    }

    #[expect(clippy::inline_always, reason = "it has to become a part of the function that has wide registers")]
    #[inline(always)]
    fn scan(
        &mut self,
        lanes: impl Lanes,
        data: &[u8],
        last: bool,
        found: &mut impl FnMut(Found<'_>),
    ) -> Result<(), (usize, &'static str)> {
        while window_at(data, self.at).is_some() {
            if self.base > 0 {
                self.skim::<true>(lanes, data, found)?;
            } else {
                self.skim::<false>(lanes, data, found)?;
            }
        }
        while last && self.at < data.len() {
            let rest = data.get(self.at..).unwrap_or_default();
            let mut window = [b' '; WINDOW];
            window.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.block(lanes.look(&window), data, found)?;
            self.at = data.len().min(self.at + BLOCK);
        }
        Ok(())
    }

    /// Looks at one block after the other, as long as records stand in an array, or as long as they do not, and only
    /// glances at those in which nothing happens. These are nearly all: most of a record lies between its first bracket
    /// and its last, and has neither an escape nor a hint.
    ///
    /// Within an array only the depth is followed: that brackets match in kind is left to the parser, which sees every
    /// record that matters. Records on lines of their own are followed bracket by bracket, for there a broken one has to
    /// be told from the next.
    #[expect(clippy::inline_always, reason = "it has to become a part of the function that has wide registers")]
    #[inline(always)]
    fn skim<const ARRAY: bool>(
        &mut self,
        lanes: impl Lanes,
        data: &[u8],
        found: &mut impl FnMut(Found<'_>),
    ) -> Result<(), (usize, &'static str)> {
        // Kept in `self`, the state would go through memory, and each block would wait for the one before.
        let (mut at, mut in_string, mut depth, mut escape) =
            (self.at, self.in_string, self.nesting.depth(), self.escape);
        let base = self.base;
        while let Some(window) = window_at(data, at) {
            let glance = lanes.glance(window);
            let strings = parity(glance.quotes) ^ in_string;
            let (opens, closes) = (glance.opens & !strings, glance.closes & !strings);
            let (inwards, outwards) = (opens.count_ones() as usize, closes.count_ones() as usize);
            let inside = if ARRAY { depth > base + outwards } else { inwards + outwards == 0 };
            if inside && glance.events | escape == 0 {
                depth = depth + inwards - outwards;
                in_string = spread(strings);
            } else {
                (self.at, self.in_string) = (at, in_string);
                self.nesting.set_depth(depth);
                if glance.events | escape == 0 {
                    self.in_string = spread(strings);
                    self.brackets(opens, closes, data, found)?;
                } else {
                    self.block(lanes.look(window), data, found)?;
                }
                (in_string, depth, escape) = (self.in_string, self.nesting.depth(), self.escape);
            }
            at += BLOCK;
            if (self.base > 0) != ARRAY {
                break;
            }
        }
        (self.at, self.in_string) = (at, in_string);
        self.nesting.set_depth(depth);
        Ok(())
    }

    /// Looks at those bytes of a block that mean something.
    #[inline(never)] // It would take the loop's registers.
    fn block(
        &mut self,
        masks: Masks,
        data: &[u8],
        found: &mut impl FnMut(Found<'_>),
    ) -> Result<(), (usize, &'static str)> {
        let escapes = escaped(masks.backslashes, &mut self.escape);
        let strings = parity(masks.quotes & !escapes) ^ self.in_string;
        self.in_string = spread(strings);
        let (opens, closes) = (masks.opens & !strings, masks.closes & !strings);
        let wrong = masks.controls & strings;
        // Most escapes are those of quotes, and tell nothing.
        let telling = masks.hints | (masks.backslashes & !escapes & strings & !(masks.quotes >> 1));
        let mut bits = telling | wrong;
        if bits == 0 {
            return self.brackets(opens, closes, data, found);
        }
        if !self.stays_inside(opens, closes) {
            bits |= opens | closes;
        }
        while bits != 0 {
            let bit = lowest(bits);
            let at = self.at + bits.trailing_zeros() as usize;
            bits ^= bit;
            if telling & bit != 0 {
                self.mark(data, at);
            } else if wrong & bit != 0 {
                return Err((at, "a string is not closed"));
            } else {
                self.bracket(data, at, found)?;
            }
        }
        Ok(())
    }

    /// Takes the brackets of a block all at once, where none of them can be a record's last; returns whether it did.
    #[inline]
    fn stays_inside(&mut self, opens: u64, closes: u64) -> bool {
        let ends = closes.count_ones() as usize;
        let inside = self.base > 0 && self.nesting.depth() > self.base + ends;
        if inside {
            self.nesting.shift(opens.count_ones() as usize, ends);
        }
        inside
    }

    /// Takes the brackets of a block one by one, but for those inside of an array's records.
    #[inline(never)] // It would take the loop's registers.
    fn brackets(
        &mut self,
        mut opens: u64,
        mut closes: u64,
        data: &[u8],
        found: &mut impl FnMut(Found<'_>),
    ) -> Result<(), (usize, &'static str)> {
        while !self.stays_inside(opens, closes) {
            let inside = if self.base > 0 { self.nesting.depth() - self.base } else { 0 };
            let edge = if inside > 0 { last_of_record(opens, closes, inside) } else { lowest(opens | closes) };
            if edge == 0 {
                self.nesting.shift(opens.count_ones() as usize, closes.count_ones() as usize);
                break;
            }
            if inside > 0 {
                self.nesting.set_depth(self.base + 1);
            }
            let at = self.at + edge.trailing_zeros() as usize;
            let done = if inside > 0 && opens & (edge << 2) != 0 && self.turn(data, at, found) {
                edge << 2
            } else {
                self.bracket(data, at, found)?;
                edge
            };
            let behind = !(done | (done - 1));
            (opens, closes) = (opens & behind, closes & behind);
        }
        Ok(())
    }

    /// Ends a record of an array, and begins the next one, where they stand as CloudTrail writes them; returns whether
    /// they do. What follows would find the same, and ask more.
    #[inline]
    fn turn(&mut self, data: &[u8], end: usize, found: &mut impl FnMut(Found<'_>)) -> bool {
        let Unit::Open { start, mark } = self.unit else { return false };
        if data.get(end..end + 3) != Some(b"},{") || self.nesting.in_array() {
            return false;
        }
        let bytes = data.get(start..=end).unwrap_or_default();
        found(Found::Unit { bytes, offset: self.offset + start as u64, flagged: mark.flags(bytes), stamp: self.stamp });
        self.unit = Unit::Open { start: end + 2, mark: Mark::None };
        (self.stamp, self.gap_is_bad) = (None, false);
        true
    }

    /// Flags the open record if what stands here could be about the root user.
    #[inline]
    fn mark(&mut self, data: &[u8], at: usize) {
        if let Unit::Open { mark, .. } = &mut self.unit {
            *mark = (*mark).max(needle::mark(data, at));
        }
    }

    #[inline]
    fn bracket(
        &mut self,
        data: &[u8],
        at: usize,
        found: &mut impl FnMut(Found<'_>),
    ) -> Result<(), (usize, &'static str)> {
        match data.get(at) {
            Some(b'{') => self.open(data, at, false, found),
            Some(b'[') => self.open(data, at, true, found),
            Some(b'}') => self.close(data, at, false, found),
            Some(b']') => self.close(data, at, true, found),
            // Padding behind the last byte holds no bracket.
            _ => Ok(()),
        }
    }

    #[inline]
    fn open(
        &mut self,
        data: &[u8],
        at: usize,
        array: bool,
        found: &mut impl FnMut(Found<'_>),
    ) -> Result<(), (usize, &'static str)> {
        let depth = self.nesting.depth();
        if depth > self.base && self.base > 0 {
            self.nesting.shift(1, 0);
            return Ok(());
        }
        if depth > self.base {
            check_before(data, at, self.nesting.in_array())?;
            if array && depth == 1 && self.base == 0 && is_envelope_key(data, at) {
                // What was taken for a record is an envelope: its records are the elements of this array.
                (self.base, self.unit, self.gap) = (2, Unit::None, at + 1);
            }
        } else {
            self.check_gap(data, at, found);
            if array && depth == 0 {
                (self.base, self.gap) = (1, at + 1);
            } else {
                self.unit = Unit::Open { start: at, mark: Mark::None };
            }
        }
        self.nesting.open(array).map_err(|reason| (at, reason))
    }

    #[inline]
    fn close(
        &mut self,
        data: &[u8],
        at: usize,
        array: bool,
        found: &mut impl FnMut(Found<'_>),
    ) -> Result<(), (usize, &'static str)> {
        if self.base > 0 && self.nesting.depth() > self.base + 1 {
            self.nesting.shift(0, 1);
            return Ok(());
        }
        self.nesting.close(array).map_err(|reason| (at, reason))?;
        let depth = self.nesting.depth();
        if depth == self.base {
            if let Unit::Open { start, mark } = self.unit {
                let bytes = data.get(start..=at).unwrap_or_default();
                let flagged = mark.flags(bytes);
                found(Found::Unit { bytes, offset: self.offset + start as u64, flagged, stamp: self.stamp });
            }
            (self.unit, self.gap, self.gap_is_bad) = (Unit::None, at + 1, false);
        } else if depth < self.base {
            // The array of records ends, and with it perhaps the envelope.
            if depth + 1 == self.base {
                self.check_gap(data, at, found);
            }
            self.base = 0;
            self.unit = if depth == 0 { Unit::None } else { Unit::Abandoned };
            (self.gap, self.gap_is_bad) = (at + 1, false);
        }
        Ok(())
    }

    /// Checks that nothing but white space and commas stands between two records; a time stamp may, as exports of
    /// CloudWatch Logs begin each line with one.
    fn check_gap(&mut self, data: &[u8], end: usize, found: &mut impl FnMut(Found<'_>)) {
        let gap = data.get(self.gap..end).unwrap_or_default();
        let blank = is_blank(gap);
        self.stamp = if blank { None } else { time_stamp(gap) };
        if !blank && self.stamp.is_none() && !self.gap_is_bad {
            found(Found::Broken { offset: self.offset + self.gap as u64, reason: "the text is not JSON" });
        }
        self.gap_is_bad = false;
    }

    /// Reports what is broken, and gives up what is open.
    fn lose_way(&mut self, at: usize, reason: &'static str, found: &mut impl FnMut(Found<'_>)) {
        let start = match self.unit {
            Unit::Open { start, .. } => start,
            Unit::None | Unit::Abandoned => self.gap.max(at.saturating_sub(1)).min(at),
        };
        found(Found::Broken { offset: self.offset + start as u64, reason });
        let (offset, base) = (self.offset, self.base);
        // A broken line may have swallowed the next one. An array goes on behind what is broken.
        let at = if base == 0 { start } else { at };
        *self = Self { offset, base, at, gap: at, gap_is_bad: true, lost: true, ..Self::default() };
    }

    /// Looks for where a record begins again: on a line of its own, or behind another one of an array.
    fn find_way(&mut self, data: &[u8]) -> bool {
        let rest = data.get(self.at..).unwrap_or_default();
        let found = if self.base == 0 {
            memchr::memmem::find(rest, b"\n{").map(|line_end| line_end + 1)
        } else {
            memchr::memchr_iter(b'{', rest).find(|at| begins_record(rest, *at))
        };
        let Some(start) = found else {
            // It may begin with the last bytes of this piece.
            self.at += rest.len().saturating_sub(MAX_KEY);
            self.gap = self.at;
            return false;
        };
        self.at += start;
        self.nesting = Nesting::around_records(self.base);
        (self.gap, self.gap_is_bad, self.lost) = (self.at, false, false);
        true
    }

    /// Reports what the end of the stream leaves open.
    fn end(&mut self, data: &[u8], found: &mut impl FnMut(Found<'_>)) {
        let open = self.nesting.depth() > 0 || self.in_string != 0;
        let start = match self.unit {
            Unit::Open { start, .. } => start,
            Unit::None | Unit::Abandoned => self.gap,
        };
        if open && !self.lost {
            found(Found::Broken { offset: self.offset + start as u64, reason: "the text ends in the middle" });
        } else if !self.lost {
            self.check_gap(data, data.len(), found);
        }
    }

    /// Says how much of the piece is done with, and moves to what is left of it.
    fn forget(&mut self, data: &[u8], found: &mut impl FnMut(Found<'_>)) -> usize {
        if let Unit::Open { start, .. } = self.unit
            && self.at.saturating_sub(start) > MAX_UNIT
        {
            found(Found::Broken { offset: self.offset + start as u64, reason: "the record is longer than 4 MiB" });
            self.unit = Unit::Abandoned;
        }
        let done = match self.unit {
            Unit::Open { start, .. } => start,
            Unit::Abandoned => self.at.saturating_sub(MAX_KEY),
            Unit::None => self.shrink_gap(data),
        };
        self.offset += done as u64;
        self.at -= done;
        self.gap = self.gap.saturating_sub(done);
        if let Unit::Open { start, .. } = &mut self.unit {
            *start -= done;
        }
        done
    }

    /// Lets go of a gap of white space, however long; the rest of one is kept, up to what a time stamp needs.
    fn shrink_gap(&mut self, data: &[u8]) -> usize {
        let gap = data.get(self.gap..self.at).unwrap_or_default();
        if is_blank(gap) || gap.len() > MAX_KEY {
            self.gap_is_bad |= !is_blank(gap);
            self.gap = self.at;
        }
        self.gap
    }
}

/// Returns the first block behind a place, with what has to be there behind it.
#[inline]
fn window_at(data: &[u8], at: usize) -> Option<&[u8; WINDOW]> {
    data.get(at..).and_then(<[u8]>::first_chunk)
}

/// Returns the bracket that closes a record, or zero where none does; `open` says how many are open in it.
#[inline]
fn last_of_record(opens: u64, closes: u64, open: usize) -> u64 {
    // Mostly it is a record's last brackets that a block has first: then no question has an answer hard to guess.
    let last = lowest((1..open).fold(closes, |left, _| left & left.wrapping_sub(1)));
    if opens & last.wrapping_sub(1) == 0 {
        return last;
    }
    let (mut bits, mut open) = (opens | closes, open);
    while bits != 0 {
        let bit = lowest(bits);
        open = if closes & bit == 0 { open + 1 } else { open - 1 };
        if open == 0 {
            return bit;
        }
        bits ^= bit;
    }
    0
}

#[inline]
const fn lowest(bits: u64) -> u64 {
    bits & bits.wrapping_neg()
}

/// Returns all ones where a string is open at the end of a block.
#[inline]
const fn spread(strings: u64) -> u64 {
    (strings.cast_signed() >> 63).cast_unsigned()
}

/// Checks that a value may begin here: after a colon in an object, after a comma or a bracket in an array.
#[inline]
fn check_before(data: &[u8], at: usize, in_array: bool) -> Result<(), (usize, &'static str)> {
    let before = data.get(..at).unwrap_or_default();
    let last = before.iter().rev().find(|byte| !byte.is_ascii_whitespace());
    let fits = match last {
        Some(b':') => !in_array,
        Some(b'[' | b',') => in_array,
        // What stands before has been let go.
        None => true,
        Some(_) => false,
    };
    if fits { Ok(()) } else { Err((at, "a value stands where JSON has none")) }
}

/// Returns whether the array that begins here is the one of an envelope, by the key before it.
fn is_envelope_key(data: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(MAX_KEY);
    let before = data.get(from..at).unwrap_or_default().trim_ascii_end();
    let Some(key) = before.strip_suffix(b":").map(<[u8]>::trim_ascii_end).and_then(|key| key.strip_suffix(b"\""))
    else {
        return false;
    };
    let start = memchr::memrchr(b'"', key).map_or(0, |quote| quote + 1);
    let Some(key) = key.get(start..).and_then(|key| std::str::from_utf8(key).ok()) else { return false };
    let decoded: Option<String> = serde_json::from_str(&format!("\"{key}\"")).ok();
    decoded.is_some_and(|key| LISTS.contains(&key.as_str()))
}

/// Returns whether the bracket at a place begins a record of an array, rather than something inside of one: it stands
/// behind another one, and its first field is one that CloudTrail's records begin with, sorted or not.
fn begins_record(data: &[u8], at: usize) -> bool {
    const FIELDS: [&[u8]; 10] = [
        b"eventVersion",
        b"userIdentity",
        b"addendum",
        b"additionalEventData",
        b"awsRegion",
        b"eventCategory",
        b"eventID",
        b"eventName",
        b"eventTime",
        b"userAgent",
    ];
    let (before, after) = data.split_at(at);
    let behind_another =
        before.trim_ascii_end().strip_suffix(b",").is_some_and(|it| it.trim_ascii_end().ends_with(b"}"));
    let field = after.get(1..).map(<[u8]>::trim_ascii_start).and_then(|rest| rest.strip_prefix(b"\""));
    behind_another
        && field.is_some_and(|rest| {
            FIELDS.iter().any(|field| rest.strip_prefix(*field).is_some_and(|rest| rest.starts_with(b"\"")))
        })
}

fn is_blank(gap: &[u8]) -> bool {
    let gap = gap.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(gap);
    gap.iter().all(|byte| byte.is_ascii_whitespace() || *byte == b',')
}

/// Reads the time stamp before a record, as exports of CloudWatch Logs have it; `aws logs tail` writes the stream's name
/// behind it.
fn time_stamp(gap: &[u8]) -> Option<Timestamp> {
    let mut words = std::str::from_utf8(gap).ok()?.split_ascii_whitespace();
    let time = words.next()?.parse().ok()?;
    (words.count() <= 1).then_some(time)
}

#[cfg(test)]
mod tests;
