//! Records as strings in one array: `aws cloudtrail lookup-events --query 'Events[].CloudTrailEvent'` prints them so.

use std::io::Read;

use super::file::Output;

/// The largest such array that is read: it has to be in memory whole.
const MAX: u64 = 64 << 20;

/// Returns whether a text begins as an array of strings.
pub(super) fn begin(start: &[u8]) -> bool {
    let array = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start().strip_prefix(b"[");
    array.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""))
}

/// Hands over a text: string by string where it is an array of them, and as it is where it is not.
pub(super) fn feed(text: &[u8], output: &mut Output<'_>) {
    if !begin(text) {
        output.feed(text, true);
        return;
    }
    match serde_json::from_slice::<Vec<String>>(text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)) {
        Ok(records) => {
            output.feed(records.join("\n").as_bytes(), true);
        }
        Err(error) => output.skip(Some(0), format!("the array of strings is broken: {error}")),
    }
}

/// Reads such a text from a stream.
pub(super) fn read(input: impl Read, output: &mut Output<'_>) {
    let mut text = Vec::new();
    match input.take(MAX + 1).read_to_end(&mut text) {
        Ok(_) if text.len() as u64 > MAX => {
            output.skip(
                Some(0),
                "the array of strings is longer than 64 MiB: print the records with --output text".to_owned(),
            );
        }
        Ok(_) => feed(&text, output),
        Err(error) => output.skip(Some(0), format!("cannot read: {error}")),
    }
}
