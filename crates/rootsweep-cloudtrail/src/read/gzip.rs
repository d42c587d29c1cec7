//! Gzip: whole files at once where they are small, and piece by piece where they are not, are broken, or have several
//! members.

use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use libdeflater::Decompressor;
use memchr::memmem;

use super::file::Output;
use super::strings;

/// The first bytes of every gzip member: its magic number, and the one method that there is.
const MAGIC: [u8; 3] = [0x1F, 0x8B, 0x08];

/// The largest compressed file that is read at once.
const MAX_WHOLE_INPUT: u64 = 8 << 20;

/// The largest text that is decompressed at once.
const MAX_WHOLE_OUTPUT: usize = 32 << 20;

/// How many bytes tell of what kind a stream is.
const START: usize = 64;

/// How much of a stream is read at a time.
const PIECE: usize = 256 << 10;

/// Buffers that one thread uses for one file after the other.
#[derive(Default)]
pub(super) struct Buffers {
    input: Vec<u8>,
    output: Vec<u8>,
    decompressor: Decompressor,
}

/// Reads a file, compressed or not.
pub(super) fn read_file(mut file: File, buffers: &mut Buffers, output: &mut Output<'_>) -> io::Result<()> {
    if file.metadata()?.len() > MAX_WHOLE_INPUT {
        read_stream(file, output);
        return Ok(());
    }
    buffers.input.clear();
    // A file may grow while it is read; what is beyond the limit then comes through the stream.
    (&mut file).take(MAX_WHOLE_INPUT + 1).read_to_end(&mut buffers.input)?;
    if buffers.input.len() as u64 > MAX_WHOLE_INPUT {
        read_stream(buffers.input.as_slice().chain(file), output);
    } else if buffers.input.is_empty() {
        output.skip(None, "the file is empty".to_owned());
    } else if let Some(reason) = foreign(&buffers.input) {
        output.skip(Some(0), reason.to_owned());
    } else if !buffers.input.starts_with(&MAGIC) {
        strings::feed(&buffers.input, output);
    } else if let Some(text) = inflate(&buffers.input, &mut buffers.output, &mut buffers.decompressor) {
        feed_inflated(text, output);
    } else {
        read_stream(buffers.input.as_slice(), output);
    }
    Ok(())
}

/// Decompresses a file of a single member; returns nothing where it has several, is broken or too large.
///
/// libdeflate stops at the end of the first member without a word. A second one begins with the magic number, and what
/// else may follow spoils the length at the end of the file; where either shows, the careful way is taken.
fn inflate<'a>(input: &[u8], output: &'a mut Vec<u8>, decompressor: &mut Decompressor) -> Option<&'a [u8]> {
    let single = memmem::find(input.get(1..)?, &MAGIC).is_none();
    let length = u32::from_le_bytes(*input.last_chunk()?) as usize;
    if !single || length > MAX_WHOLE_OUTPUT {
        return None;
    }
    if output.len() < length {
        output.resize(length, 0);
    }
    let text = output.get_mut(..length)?;
    let written = decompressor.gzip_decompress(input, text).ok()?;
    (written == length).then_some(text)
}

/// Reads a stream piece by piece, compressed or not.
pub(super) fn read_stream(input: impl Read, output: &mut Output<'_>) {
    let mut input = BufReader::with_capacity(PIECE, input);
    let mut start = Vec::with_capacity(START);
    // Reads the first bytes without losing them: a pipe may hand over one at a time.
    if let Err(error) = (&mut input).take(START as u64).read_to_end(&mut start) {
        output.skip(Some(0), format!("cannot read: {error}"));
    } else if start.is_empty() {
        output.skip(None, "the input is empty".to_owned());
    } else if let Some(reason) = foreign(&start) {
        output.skip(Some(0), reason.to_owned());
    } else if start.starts_with(&MAGIC) {
        let whole = BufReader::with_capacity(PIECE, io::Cursor::new(start).chain(input));
        read_text(MultiGzDecoder::new(whole), "the gzip stream is broken", output);
    } else {
        read_text(io::Cursor::new(start).chain(input), "cannot read", output);
    }
}

/// Says what a file is that begins as one of another kind; nothing where it may be ours.
fn foreign(start: &[u8]) -> Option<&'static str> {
    match start {
        // What Windows PowerShell writes when output is redirected into a file, with its mark and without.
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'{' | b'[', 0, ..] | [0, b'{' | b'[', ..] => {
            Some("the text is UTF-16: convert it to UTF-8")
        }
        [b'P', b'K', 3, 4, ..] => Some("a zip archive: unpack it"),
        [b'P', b'A', b'R', b'1', ..] => Some("a Parquet file: CloudTrail's logs are JSON"),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some("compressed with zstd: decompress it"),
        [b'B', b'Z', b'h', ..] => Some("compressed with bzip2: decompress it"),
        _ => None,
    }
}

/// Hands over what was compressed, unless it is so a second time.
fn feed_inflated(text: &[u8], output: &mut Output<'_>) {
    if text.starts_with(&MAGIC) {
        output.skip(Some(0), "compressed twice: decompress it once".to_owned());
    } else {
        strings::feed(text, output);
    }
}

fn read_text(mut text: impl Read, failure: &str, output: &mut Output<'_>) {
    let mut data = Vec::new();
    loop {
        let before = data.len();
        let read = (&mut text).take(PIECE as u64).read_to_end(&mut data);
        if before == 0 && output.offset() == 0 && strings::begin(&data) {
            return strings::read(io::Cursor::new(data).chain(text), output);
        }
        let last = data.len() == before || read.is_err();
        let done = output.feed(&data, last);
        data.drain(..done);
        if let Err(error) = read {
            output.skip(Some(output.offset()), format!("{failure}: {error}"));
        }
        if last {
            return;
        }
    }
}
