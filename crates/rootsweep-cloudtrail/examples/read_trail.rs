//! Reads a folder of CloudTrail logs, and says as JSON how long it took and what was found.
//!
//! ```text
//! cargo run --release --package rootsweep-cloudtrail --example read_trail -- (read|inflate) DIR [THREADS]
//! ```
//!
//! `inflate` only decompresses each file with the same library, and is what `read` is measured against.

#![expect(clippy::print_stdout, reason = "a program that says what it has measured")]

use std::fs::File;
use std::io::{self, Read as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use libdeflater::Decompressor;
use rootsweep_cloudtrail::{Item, ReadOptions, read_paths};
use serde_json::{Value, json};
use walkdir::WalkDir;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (mode, folder) = (arguments.next(), arguments.next().map(PathBuf::from));
    let threads = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(NonZeroUsize::MIN);
    let start = Instant::now();
    let found = match (mode.as_deref(), folder) {
        (Some("read"), Some(folder)) => read(folder, threads),
        (Some("inflate"), Some(folder)) => inflate(&folder, threads)?,
        _ => return Err(io::Error::other("usage: read_trail (read|inflate) DIR [THREADS]")),
    };
    println!("{}", json!({"seconds": start.elapsed().as_secs_f64(), "found": found}));
    Ok(())
}

fn read(folder: PathBuf, threads: NonZeroUsize) -> Value {
    let (mut handed_over, mut root, mut skipped) = (0_u64, 0_u64, 0_u64);
    let totals = read_paths(&[folder], ReadOptions { everything: false, threads }, &mut |item| match item {
        Item::Record(read) => {
            handed_over += 1;
            root += u64::from(read.record.is_root());
        }
        Item::Skipped(_) => skipped += 1,
    });
    let records = totals.passed_over + handed_over;
    json!({"files": totals.files, "bytes": totals.bytes, "records": records, "root_records": root, "skipped": skipped})
}

fn inflate(folder: &Path, threads: NonZeroUsize) -> io::Result<Value> {
    let files: Vec<PathBuf> = WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|it| it.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    let (next, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || -> io::Result<()> {
        let (mut decompressor, mut input, mut output) = (Decompressor::new(), Vec::new(), Vec::new());
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            input.clear();
            File::open(file)?.read_to_end(&mut input)?;
            let length = input.last_chunk().map_or(0, |last| u32::from_le_bytes(*last)) as usize;
            if output.len() < length {
                output.resize(length, 0);
            }
            let written = decompressor.gzip_decompress(&input, &mut output).map_err(io::Error::other)?;
            bytes.fetch_add(written as u64, Ordering::Relaxed);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get()).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(io::Error::other("a thread panicked"))))
    })?;
    Ok(json!({"files": files.len(), "bytes": bytes.into_inner()}))
}
