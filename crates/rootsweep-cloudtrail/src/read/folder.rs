//! Folders, and several files at the same time.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use rootsweep_model::report::triage_v1::Skipped;
use walkdir::WalkDir;

use super::file::{self, Output};
use super::gzip::{self, Buffers};
use super::{Item, ReadOptions, Totals};

/// How many paths wait to be read, and how many batches of items to be taken.
const QUEUE: usize = 64;

/// How many items are handed over together.
const BATCH: usize = 64;

/// What the threads tell the one that asked.
enum Message {
    Items(Vec<Item>),
    Totals(Totals),
}

/// Reads files and folders with as many threads as the options say.
pub(super) fn read_paths(paths: &[PathBuf], options: ReadOptions, sink: &mut dyn FnMut(Item)) -> Totals {
    if options.threads.get() == 1 {
        return read_one_by_one(paths, options, sink);
    }
    let (to_read, waiting) = sync_channel(QUEUE);
    let (messages, inbox) = sync_channel(QUEUE);
    let waiting = &Mutex::new(waiting);
    let mut totals = Totals::default();
    thread::scope(|scope| {
        for _ in 0..options.threads.get() {
            let messages = messages.clone();
            scope.spawn(move || work(waiting, options, &messages));
        }
        scope.spawn(|| {
            let (to_read, messages) = (to_read, messages);
            let mut skip = |skipped| drop(messages.send(Message::Items(vec![Item::Skipped(skipped)])));
            find_files(paths, &mut |path| drop(to_read.send(path)), &mut skip);
        });
        for message in inbox {
            match message {
                Message::Items(items) => items.into_iter().for_each(&mut *sink),
                Message::Totals(more) => totals.add(more),
            }
        }
    });
    totals
}

fn read_one_by_one(paths: &[PathBuf], options: ReadOptions, sink: &mut dyn FnMut(Item)) -> Totals {
    let (mut buffers, mut totals, mut skipped) = (Buffers::default(), Totals::default(), Vec::new());
    let mut read = |path: PathBuf| totals.add(read_path(&path, options, &mut buffers, sink));
    find_files(paths, &mut read, &mut |it| skipped.push(it));
    skipped.into_iter().map(Item::Skipped).for_each(sink);
    totals
}

/// Reads one file after the other, as long as there are any.
fn work(waiting: &Mutex<Receiver<PathBuf>>, options: ReadOptions, messages: &SyncSender<Message>) {
    let mut buffers = Buffers::default();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(path) = next else { return };
        let mut batch = Vec::new();
        let totals = read_path(&path, options, &mut buffers, &mut |item| {
            batch.push(item);
            if batch.len() >= BATCH {
                drop(messages.send(Message::Items(std::mem::take(&mut batch))));
            }
        });
        drop(messages.send(Message::Items(batch)));
        drop(messages.send(Message::Totals(totals)));
    }
}

/// Finds the files of all paths, those of a folder by name; hidden files are left out.
fn find_files(paths: &[PathBuf], found: &mut dyn FnMut(PathBuf), skip: &mut dyn FnMut(Skipped)) {
    for path in paths {
        if path.as_os_str() == "-" {
            found(path.clone());
            continue;
        }
        let entries = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter();
        for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path())) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => found(entry.into_path()),
                Err(error) => skip(skipped(error.path().unwrap_or(path), reason(&error))),
            }
        }
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn skipped(path: &Path, reason: String) -> Skipped {
    Skipped { file: path.display().to_string(), offset: None, reason }
}

/// Says why a path could not be followed, without the path, which stands beside it already.
fn reason(error: &walkdir::Error) -> String {
    match (error.io_error(), error.loop_ancestor()) {
        (Some(error), _) => format!("cannot read: {error}"),
        (None, Some(above)) => format!("a link that leads back to {}", above.display()),
        (None, None) => error.to_string(),
    }
}

fn read_path(path: &Path, options: ReadOptions, buffers: &mut Buffers, sink: &mut dyn FnMut(Item)) -> Totals {
    let name = path.display().to_string();
    let mut output = Output::new(&name, file::delivered_at(path), options, sink);
    if name == "-" {
        gzip::read_stream(io::stdin().lock(), &mut output);
        return output.totals();
    }
    let read = File::open(path).and_then(|file| gzip::read_file(file, buffers, &mut output));
    if let Err(error) = read {
        output.skip(None, format!("cannot read: {error}"));
    }
    output.totals()
}
