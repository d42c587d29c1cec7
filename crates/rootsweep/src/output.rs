//! Where a report goes, and in which formats.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, bail};
use rootsweep_model::report::triage_v1::Triage;
use rootsweep_model::report::v1::Report;
use rootsweep_report::{Format, Options, ParseFormatError, TrendPoint, text};
use serde::Deserialize;
use tempfile::NamedTempFile;

/// `FORMAT[=PATH]`: a format, and the file that it goes to; stdout where none is named.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Output {
    format: Format,
    path: Option<PathBuf>,
}

/// Text that names no output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseOutputError {
    #[error(transparent)]
    Format(#[from] ParseFormatError),
    #[error("{0:?} names no file after the `=`")]
    NoPath(String),
}

impl Output {
    /// Returns the format.
    pub(crate) const fn format(&self) -> Format {
        self.format
    }
}

impl FromStr for Output {
    type Err = ParseOutputError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, path) = match text.split_once('=') {
            Some((_, "")) => return Err(ParseOutputError::NoPath(text.to_owned())),
            Some((format, path)) if path != "-" => (format, Some(PathBuf::from(path))),
            Some((format, _)) => (format, None),
            None => (text, None),
        };
        Ok(Self { format: format.parse()?, path })
    }
}

impl TryFrom<String> for Output {
    type Error = ParseOutputError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Where the bytes of one output go.
enum Target {
    Stdout,
    /// A new file beside the place where it will stand, so that nobody ever reads half a report.
    Beside(NamedTempFile, PathBuf),
    /// A pipe or a device, which cannot be replaced.
    Direct(File, PathBuf),
}

/// The outputs of a run, each with its target open.
pub(crate) struct Outputs(Vec<(Format, Target)>);

impl Outputs {
    /// Opens every output, so that one that cannot be written is found before the work begins.
    pub(crate) fn open(mut wanted: Vec<Output>) -> anyhow::Result<Self> {
        if wanted.is_empty() {
            let format = if std::io::stdout().is_terminal() { Format::Table } else { Format::Json };
            wanted.push(Output { format, path: None });
        }
        let mut paths = BTreeSet::new();
        let opened = wanted.into_iter().map(|Output { format, path }| {
            if !paths.insert(path.clone()) {
                let target = path.map_or_else(|| "stdout".to_owned(), |path| path.display().to_string());
                bail!("two outputs go to {target}; name a file for each: --output FORMAT=PATH");
            }
            Ok((format, path.map_or(Ok(Target::Stdout), |path| Target::open(&path))?))
        });
        Ok(Self(opened.collect::<anyhow::Result<_>>()?))
    }

    /// Renders the report to every output.
    pub(crate) fn write(self, report: &Report, trend: &[TrendPoint]) -> anyhow::Result<()> {
        self.write_each(|format, options, out| {
            rootsweep_report::render(format, report, &Options { trend: trend.to_vec(), ..options }, out)
        })
    }

    /// Renders what triage found to every output.
    pub(crate) fn write_triage(self, triage: &Triage) -> anyhow::Result<()> {
        self.write_each(|format, options, out| rootsweep_report::render_triage(format, triage, &options, out))
    }

    /// Writes every output. One that fails does not keep the others from being written.
    fn write_each(
        self,
        render: impl Fn(Format, Options, &mut dyn Write) -> Result<(), rootsweep_report::Error>,
    ) -> anyhow::Result<()> {
        let mut first = Ok(());
        for (format, target) in self.0 {
            let options = target.options();
            if let Err(error) = target.write(|out| Ok(render(format, options, out)?)) {
                tracing::error!("could not write the {format} output: {}", text::line(&format!("{error:#}")));
                first = first.and(Err(error));
            }
        }
        first
    }
}

impl Target {
    fn open(path: &Path) -> anyhow::Result<Self> {
        // A link is followed, and what it leads to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let opened = match path.metadata() {
            Ok(found) if !found.is_file() => {
                OpenOptions::new().write(true).open(&path).map(|file| Self::Direct(file, path.clone()))
            }
            _ => open_beside(&path).map(|file| Self::Beside(file, path.clone())),
        };
        opened.with_context(|| cannot_write(&path))
    }

    /// Returns how text that goes there looks.
    fn options(&self) -> Options {
        let terminal = matches!(self, Self::Stdout) && std::io::stdout().is_terminal();
        let columns = terminal_size::terminal_size().filter(|_| terminal).map(|(columns, _)| columns.0.into());
        Options {
            width: columns.unwrap_or(80),
            color: terminal && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
            ..Options::default()
        }
    }

    /// Lets `render` write, and puts what it wrote in its place once all of it is there.
    fn write(self, render: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
        match self {
            Self::Stdout => buffered(WhileRead(std::io::stdout().lock()), render).context("could not write to stdout"),
            Self::Direct(file, path) => buffered(file, render).with_context(|| cannot_write(&path)),
            Self::Beside(mut file, path) => {
                let written = buffered(&mut file, render);
                written.and_then(|()| Ok(file.as_file().sync_all()?)).with_context(|| cannot_write(&path))?;
                file.persist(&path).with_context(|| cannot_write(&path))?;
                Ok(())
            }
        }
    }
}

fn buffered(out: impl Write, render: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    render(&mut out)?;
    Ok(out.flush()?)
}

/// A pipe whose reader may go: it has what it wanted, and the rest is dropped.
struct WhileRead<W>(W);

impl<W: Write> Write for WhileRead<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// Writes to stdout; a reader that has gone has what it wanted.
pub(crate) fn write_stdout(bytes: &[u8]) -> anyhow::Result<()> {
    Target::Stdout.write(|out| Ok(out.write_all(bytes)?))
}

/// Opens a new file in the folder of `path`, with the permissions that any new file would have.
fn open_beside(path: &Path) -> std::io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rootsweep-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Writes a file whole or not at all.
pub(crate) fn write_whole(
    path: &Path,
    render: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    Target::open(path)?.write(render)
}

fn cannot_write(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}
