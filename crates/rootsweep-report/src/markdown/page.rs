//! A page of Markdown with a limit, and the escaping of hostile text.

use crate::digest::{as_u64, plural};
use crate::{Options, text};

/// What is kept free for the notice that the page was cut.
const NOTICE_BYTES: usize = 200;

/// The page under the pen.
pub(super) struct Page {
    out: String,
    budget: usize,
    left_out: usize,
    /// How many rows a section lists before it counts the rest.
    pub(super) limit: usize,
}

impl Page {
    pub(super) fn new(options: &Options) -> Self {
        let budget = options.markdown_bytes.saturating_sub(NOTICE_BYTES);
        Self { out: String::new(), budget, left_out: 0, limit: options.rows_per_section }
    }

    /// Writes a line, unless the page is full: then it is counted, and so is whatever follows.
    pub(super) fn line(&mut self, line: &str) {
        if self.left_out > 0 || self.out.len() + line.len() + 1 > self.budget {
            self.left_out += 1;
            return;
        }
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// Writes an empty line, never two.
    pub(super) fn blank(&mut self) {
        if self.left_out == 0 && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    pub(super) fn heading(&mut self, words: &str) {
        self.blank();
        self.line(&format!("## {words}"));
        self.blank();
    }

    /// Writes commands that can be copied. The fence is longer than any run of backticks in them.
    pub(super) fn commands(&mut self, commands: &[String]) {
        if commands.is_empty() {
            return;
        }
        // Slack reads `<!channel>` even inside of code; no command of ours needs the two characters.
        let shown = |it: &String| text::clipped(it, 1_000).replace('<', "\\u{3c}").replace('>', "\\u{3e}");
        let lines: Vec<_> = commands.iter().map(shown).collect();
        let fence = "`".repeat(3.max(longest_run(&lines.join("\n")) + 1));
        self.blank();
        self.line(&format!("{fence}sh\n{}\n{fence}", lines.join("\n")));
        self.blank();
    }

    /// Writes that a list goes on.
    pub(super) fn more(&mut self, bullet: &str, hidden: usize, what: &str) {
        if hidden > 0 {
            let what = plural(as_u64(hidden), what);
            self.line(&format!("{bullet}… and {hidden} more {what}; json, csv and html have them all"));
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.left_out > 0 {
            let lines = self.left_out;
            let notice = format!("\n**Cut here: {lines} more lines did not fit. json, csv and html have them.**\n");
            self.out.push_str(&notice);
        }
        while self.out.ends_with("\n\n") {
            self.out.pop();
        }
        self.out.into_bytes()
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

/// Returns words of our own as code.
pub(super) fn code(words: &str) -> String {
    format!("`{words}`")
}

/// Returns hostile text, cut to a number of characters, as text and nothing but text.
///
/// It may stand anywhere in a line but at its beginning. HTML and Slack's `<…>` are spelt as entities, which both
/// GitHub and Slack show as the character; a URL, an e-mail address or a mention does not become a link.
pub(super) fn escape(hostile: &str, characters: usize) -> String {
    let clipped = text::clipped(hostile, characters);
    let shown = text::line(&clipped);
    let mut out = String::with_capacity(shown.len() + 8);
    for character in shown.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '$' => out.extend(['\\', character]),
            other => out.push(other),
        }
    }
    unlinked(&out)
}

/// Breaks what GitHub links without being asked: `scheme://` and `www.`, in any case.
fn unlinked(text: &str) -> String {
    let text = text.replace("://", "&#58;//");
    let mut out = String::with_capacity(text.len());
    let mut tail = String::new();
    for character in text.chars() {
        if character == '.' && tail.eq_ignore_ascii_case("www") {
            out.push_str("&#46;");
        } else {
            out.push(character);
        }
        tail.push(character);
        if tail.chars().count() > 3 {
            tail.remove(0);
        }
    }
    out
}
