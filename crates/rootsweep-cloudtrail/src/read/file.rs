//! One file: from its bytes to its records.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use memchr::memmem;
use rootsweep_model::report::triage_v1::{Skipped, Source};

use super::envelope::{self, Opened};
use super::glance;
use super::{Item, ReadOptions, ReadRecord, Totals};
use crate::scan::{Found, Scanner};

/// The most broken places of one file that are named one by one: a file of another kind has one on every line.
const MAX_NAMED: u64 = 20;

/// The first bytes of nearly every record: CloudTrail writes the version first.
const USUAL_START: &[u8; 15] = b"{\"eventVersion\"";

/// Where the records of one file go.
pub(super) struct Output<'a> {
    name: &'a str,
    delivered_at: Option<Timestamp>,
    everything: bool,
    /// Whether the file has records as CloudTrail writes them, by the first one: nothing is passed over unread before.
    usual: Option<bool>,
    sink: &'a mut dyn FnMut(Item),
    scanner: Scanner,
    totals: Totals,
    next_index: u64,
    skipped: u64,
}

impl<'a> Output<'a> {
    /// Makes an output for a file; `delivered_at` is what its name tells.
    pub(super) fn new(
        name: &'a str,
        delivered_at: Option<Timestamp>,
        options: ReadOptions,
        sink: &'a mut dyn FnMut(Item),
    ) -> Self {
        Self {
            name,
            delivered_at,
            everything: options.everything,
            usual: None,
            sink,
            scanner: Scanner::default(),
            totals: Totals { files: 1, ..Totals::default() },
            next_index: 0,
            skipped: 0,
        }
    }

    /// Takes a piece of the uncompressed text, and returns how much of it need not come again.
    pub(super) fn feed(&mut self, data: &[u8], last: bool) -> usize {
        let mut scanner = std::mem::take(&mut self.scanner);
        let done = scanner.feed(data, last, &mut |found| self.take(found));
        self.scanner = scanner;
        self.totals.bytes += if last { data.len() } else { done } as u64;
        done
    }

    /// Reports something that could not be read.
    pub(super) fn skip(&mut self, offset: Option<u64>, reason: String) {
        self.skipped += 1;
        let reason = match self.skipped {
            0..MAX_NAMED => reason,
            MAX_NAMED => "and more of its kind; the rest of this file's broken places are not named".to_owned(),
            _ => return,
        };
        (self.sink)(Item::Skipped(Skipped { file: self.name.to_owned(), offset, reason }));
    }

    /// Returns how many bytes of text have been dealt with.
    pub(super) const fn offset(&self) -> u64 {
        self.totals.bytes
    }

    /// Ends the file.
    pub(super) const fn totals(&self) -> Totals {
        self.totals
    }

    #[inline]
    fn take(&mut self, found: Found<'_>) {
        match found {
            Found::Unit { bytes, flagged, .. }
                if !self.everything
                    && self.usual == Some(true)
                    && bytes.first_chunk() == Some(USUAL_START)
                    && (!flagged || glance::is_beside_the_point(bytes)) =>
            {
                self.next_index += 1;
                self.totals.passed_over += 1;
            }
            Found::Unit { bytes, offset, stamp, .. } => self.open(bytes, offset, stamp),
            Found::Broken { offset, reason } => self.skip(Some(offset), reason.to_owned()),
        }
    }

    fn open(&mut self, bytes: &[u8], offset: u64, stamp: Option<Timestamp>) {
        let mut found = Vec::new();
        envelope::open(bytes, stamp.or(self.delivered_at), &mut |opened| found.push(opened));
        let is_record = matches!(found.as_slice(), [Opened::Record { .. }]);
        self.usual.get_or_insert(is_record && has_identity(bytes));
        for opened in found {
            match opened {
                Opened::Record { delivered_at, record } => {
                    let source = Source { file: self.name.to_owned(), index: self.next_index };
                    self.next_index += 1;
                    if self.everything || could_matter(&record) {
                        (self.sink)(Item::Record(Box::new(ReadRecord { source, delivered_at, record: *record })));
                    } else {
                        self.totals.passed_over += 1;
                    }
                }
                Opened::Broken(reason) => {
                    self.next_index += 1;
                    self.skip(Some(offset), reason);
                }
            }
        }
    }
}

/// Returns whether a record's identity is an object: exports of tables make text of it, in which nothing is flagged.
fn has_identity(record: &[u8]) -> bool {
    const KEY: &[u8] = b"\"userIdentity\"";
    let value = memmem::find(record, KEY).and_then(|at| record.get(at + KEY.len()..)).map(<[u8]>::trim_ascii_start);
    let value = value.and_then(|rest| rest.strip_prefix(b":")).map(<[u8]>::trim_ascii_start);
    value.is_some_and(|value| value.starts_with(b"{"))
}

/// Returns whether a record is about the root user, or needed to understand one that is.
fn could_matter(record: &crate::Record) -> bool {
    record.is_root()
        || record.is_correction()
        || record.event_type.as_deref() == Some("AwsServiceEvent")
        || record.event_name.as_deref() == Some("AssumeRoot")
}

/// Returns when a trail delivered a file, by its name: `111122223333_CloudTrail_us-east-1_20261120T2355Z_….json.gz`.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>
pub(super) fn delivered_at(path: &Path) -> Option<Timestamp> {
    let name = path.file_name()?.to_str()?;
    let mut parts = name.split('_').skip_while(|part| !part.starts_with("CloudTrail")).skip(2);
    let time = DateTime::strptime("%Y%m%dT%H%MZ", parts.next()?).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
