//! Readers of every envelope that CloudTrail records come in: files, folders and streams.

mod envelope;
mod file;
mod folder;
mod glance;
mod gzip;
mod strings;

use std::io::Read;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use jiff::Timestamp;
use rootsweep_model::report::triage_v1::{Skipped, Source};

use crate::Record;

/// How to read.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions {
    /// Whether records that are certainly not about the root user are handed over too, and not only counted.
    pub everything: bool,
    /// How many files are read at the same time.
    pub threads: NonZeroUsize,
}

impl Default for ReadOptions {
    /// Hands over what could be about the root user alone, and reads as many files at once as there are processors.
    fn default() -> Self {
        Self { everything: false, threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN) }
    }
}

/// What a reader hands over.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A record.
    Record(Box<ReadRecord>),
    /// A file or record that could not be read.
    Skipped(Skipped),
}

/// A record, and where it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadRecord {
    /// Where.
    pub source: Source,
    /// When it was delivered, where its envelope or the name of its file tells.
    pub delivered_at: Option<Timestamp>,
    /// The record.
    pub record: Record,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files that were opened.
    pub files: u64,
    /// Bytes of text, uncompressed.
    pub bytes: u64,
    /// Records that were not handed over, because they are certainly not about the root user.
    pub passed_over: u64,
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.passed_over += other.passed_over;
    }
}

/// Reads files, folders with all that is below them, and standard input where a path is `-`.
///
/// Items come in no particular order where several files are read at the same time; each says where it was read. What
/// cannot be read is an item, too: one bad file costs only itself.
pub fn read_paths(paths: &[PathBuf], options: ReadOptions, sink: &mut dyn FnMut(Item)) -> Totals {
    folder::read_paths(paths, options, sink)
}

/// Reads a stream, compressed or not. `name` stands for it in the items.
pub fn read_stream(name: &str, input: impl Read, options: ReadOptions, sink: &mut dyn FnMut(Item)) -> Totals {
    let mut output = file::Output::new(name, None, options, sink);
    gzip::read_stream(input, &mut output);
    output.totals()
}

#[cfg(test)]
mod tests;
