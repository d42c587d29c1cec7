//! Memory does not depend on the size of the input. A process of its own, for the kernel keeps its peak.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{self, Read, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use rootsweep_cloudtrail::{Item, ReadOptions, read_paths, read_stream};

const MEBIBYTE: u64 = 1 << 20;

/// What reading may take at most: a record of 4 MiB, twice while its buffer grows, a text of 32 MiB, and small things.
const MOST: u64 = 64 * MEBIBYTE;

const RECORD: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"Root"},"eventID":"e-1"}"#;

/// A record's start, a string of a size, the record's end, and a whole record.
fn long_line(size: u64) -> impl Read {
    let start = r#"{"Records":[{"eventVersion":"1.11","userAgent":""#;
    let end = format!("\"}},{RECORD}]}}");
    start.as_bytes().chain(io::repeat(b'x').take(size)).chain(io::Cursor::new(end))
}

fn gzip(mut input: impl Read) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(1));
    io::copy(&mut input, &mut encoder).unwrap();
    encoder.flush().unwrap();
    encoder.finish().unwrap()
}

/// The most memory that this process has had at once, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
fn neither_a_long_line_nor_a_bomb_takes_memory() {
    let (mut ids, mut skipped) = (Vec::new(), Vec::new());
    let mut sink = |item| match item {
        Item::Record(read) => ids.push(read.record.event_id),
        Item::Skipped(it) => skipped.push(it.reason),
    };
    let bomb = gzip(long_line(100 * MEBIBYTE));
    assert!((bomb.len() as u64) < 2 * MEBIBYTE, "{}", bomb.len());
    let file = tempfile::NamedTempFile::with_suffix(".json.gz").unwrap();
    fs::write(file.path(), bomb).unwrap();
    let before = peak();
    let plain = read_stream("line", long_line(200 * MEBIBYTE), ReadOptions::default(), &mut sink);
    let packed = read_paths(&[file.path().to_owned()], ReadOptions::default(), &mut sink);
    let taken = peak() - before;
    assert!(plain.bytes > 200 * MEBIBYTE && packed.bytes > 100 * MEBIBYTE);
    assert_eq!(ids, [Some("e-1".to_owned()), Some("e-1".to_owned())]);
    assert_eq!(skipped, ["the record is longer than 4 MiB", "the record is longer than 4 MiB"]);
    assert!(taken < MOST, "{taken} bytes for {} bytes of text", plain.bytes);
}
