//! The checkpoint: one line for the plan, then one for each account that was read.
//!
//! It has two uses. An interrupted sweep continues from it, and a sweep of ten thousand accounts does not hold their
//! facts in memory: they are read back one at a time when they are judged.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rootsweep_model::facts::{MonitoringFacts, Topic};
use rootsweep_model::{AccountFacts, AccountId, Fact};
use serde::{Deserialize, Serialize};
use tempfile::TempPath;

use crate::Error;

/// The value of [`Header::schema`].
const SCHEMA: &str = "rootsweep/checkpoint/v2";

/// The first line of a checkpoint: which sweep it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    schema: String,
    /// The run's id.
    pub run_id: String,
    /// When the run began; a resumed run keeps it.
    pub started_at: Timestamp,
    /// From when root activity is looked for; a resumed run keeps it.
    pub window_start: Timestamp,
    /// Until when.
    pub window_end: Timestamp,
    /// Every option that decides what is gathered, by name. A run can continue only with the same ones.
    pub options: BTreeMap<String, String>,
}

impl Header {
    /// Makes the header of a new run that looks for root activity from `window_start` until it begins.
    pub fn new(
        run_id: impl Into<String>,
        started_at: Timestamp,
        window_start: Timestamp,
        options: BTreeMap<String, String>,
    ) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            run_id: run_id.into(),
            started_at,
            window_start,
            window_end: started_at,
            options,
        }
    }

    /// Reads the first line of a checkpoint, and nothing else of it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| failed("opening", path, source))?;
        read_header(&mut BufReader::new(&file), path)
    }
}

/// What every version's first line has.
#[derive(Deserialize)]
struct Format {
    schema: String,
}

/// A line after the first.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Account(Box<AccountFacts>),
    Owner { account_id: AccountId, monitoring: Box<Fact<MonitoringFacts>> },
    Topics { account_id: AccountId, topics: BTreeMap<String, Fact<Topic>> },
}

/// The same for writing, without a copy of the facts.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum LineRef<'a> {
    Account(&'a AccountFacts),
    Owner { account_id: AccountId, monitoring: &'a Fact<MonitoringFacts> },
    Topics { account_id: AccountId, topics: &'a BTreeMap<String, Fact<Topic>> },
}

/// Where a line stands in the file.
#[derive(Clone, Copy, Debug)]
struct Span {
    offset: u64,
    length: usize,
}

/// The facts of a run, in a file, with an index of them in memory.
#[derive(Debug)]
pub struct Checkpoint {
    header: Header,
    path: PathBuf,
    file: File,
    end: u64,
    accounts: BTreeMap<AccountId, Span>,
    owners: BTreeMap<AccountId, Fact<MonitoringFacts>>,
    /// Topics that other accounts act on, by the account that has them.
    topics: BTreeMap<AccountId, BTreeMap<String, Fact<Topic>>>,
    /// Deletes the file when the run ends, where nobody asked to keep it.
    _temporary: Option<TempPath>,
}

impl Checkpoint {
    /// Starts a checkpoint in a new file; one of the same name is replaced, unless another run is writing it.
    pub fn create(path: &Path, header: Header) -> Result<Self, Error> {
        let file = open(OpenOptions::new().create(true).truncate(false), "creating", path)?;
        Self::start(file, path.to_owned(), header, None)
    }

    /// Starts a checkpoint in a temporary file, which goes away with the returned value.
    pub fn temporary(header: Header) -> Result<Self, Error> {
        let directory = std::env::temp_dir();
        let named = tempfile::NamedTempFile::with_prefix_in("rootsweep-", &directory);
        let (file, temporary) = named.map_err(|source| failed("creating", &directory, source))?.into_parts();
        let path = temporary.to_path_buf();
        Self::start(file, path, header, Some(temporary))
    }

    fn start(file: File, path: PathBuf, header: Header, temporary: Option<TempPath>) -> Result<Self, Error> {
        let mut checkpoint = Self {
            header,
            path,
            file,
            end: 0,
            accounts: BTreeMap::new(),
            owners: BTreeMap::new(),
            topics: BTreeMap::new(),
            _temporary: temporary,
        };
        let line = serde_json::to_vec(&checkpoint.header).map_err(std::io::Error::from);
        line.and_then(|line| checkpoint.append(line)).map_err(|source| checkpoint.failed("writing", source))?;
        Ok(checkpoint)
    }

    /// Continues a checkpoint. Its options have to be `options`, all of them.
    ///
    /// A last line that was cut short, and any other that cannot be read, is left out: its account is read again.
    pub fn resume(path: &Path, options: &BTreeMap<String, String>) -> Result<Self, Error> {
        let file = open(&mut OpenOptions::new(), "opening", path)?;
        let mut reader = BufReader::new(&file);
        let header = read_header(&mut reader, path)?;
        refuse_other_plan(path, &header.options, options)?;
        let end = reader.stream_position().map_err(|source| failed("reading", path, source))?;
        let mut checkpoint = Self {
            header,
            path: path.to_owned(),
            file: file.try_clone().map_err(|source| failed("opening", path, source))?,
            end,
            accounts: BTreeMap::new(),
            owners: BTreeMap::new(),
            topics: BTreeMap::new(),
            _temporary: None,
        };
        checkpoint.index(&mut reader).map_err(|source| failed("reading", path, source))?;
        Ok(checkpoint)
    }

    fn index(&mut self, reader: &mut BufReader<&File>) -> Result<(), std::io::Error> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)?;
            if line.pop() != Some(b'\n') {
                return Ok(());
            }
            match serde_json::from_slice(&line) {
                Ok(Line::Account(facts)) => {
                    self.accounts.insert(facts.account.id, Span { offset: self.end, length: line.len() });
                }
                Ok(Line::Owner { account_id, monitoring }) => {
                    self.owners.insert(account_id, *monitoring);
                }
                Ok(Line::Topics { account_id, topics }) => {
                    self.topics.insert(account_id, topics);
                }
                Err(error) => tracing::warn!(%error, path = %self.path.display(), "left out a line of the checkpoint"),
            }
            self.end += length as u64;
        }
    }

    /// Returns the first line.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the facts of an account are here.
    pub fn contains(&self, account: AccountId) -> bool {
        self.accounts.contains_key(&account)
    }

    /// Returns the accounts whose facts are here, by id.
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = AccountId> {
        self.accounts.keys().copied()
    }

    /// Reads the facts of an account back.
    pub fn read(&self, account: AccountId) -> Result<Option<AccountFacts>, Error> {
        let Some(span) = self.accounts.get(&account) else { return Ok(None) };
        match self.read_span(*span).map_err(|source| self.failed("reading", source))? {
            Line::Account(facts) => Ok(Some(*facts)),
            Line::Owner { .. } | Line::Topics { .. } => Ok(None),
        }
    }

    fn read_span(&self, span: Span) -> Result<Line, std::io::Error> {
        let mut bytes = vec![0; span.length];
        let mut file = &self.file;
        file.seek(SeekFrom::Start(span.offset))?;
        file.read_exact(&mut bytes)?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Returns what an account outside of the sweep that others are watched from has answered.
    pub(crate) fn owner(&self, account: AccountId) -> Option<&Fact<MonitoringFacts>> {
        self.owners.get(&account)
    }

    /// Adds the facts of an account.
    pub(crate) fn add_account(&mut self, facts: &AccountFacts) -> Result<(), Error> {
        let span = self.write(&LineRef::Account(facts))?;
        self.accounts.insert(facts.account.id, span);
        Ok(())
    }

    /// Adds the answer of an account outside of the sweep.
    pub(crate) fn add_owner(&mut self, account_id: AccountId, monitoring: Fact<MonitoringFacts>) -> Result<(), Error> {
        self.write(&LineRef::Owner { account_id, monitoring: &monitoring })?;
        self.owners.insert(account_id, monitoring);
        Ok(())
    }

    /// Returns the topics that other accounts act on, by the account that has them.
    pub(crate) const fn topics(&self) -> &BTreeMap<AccountId, BTreeMap<String, Fact<Topic>>> {
        &self.topics
    }

    /// Adds topics of an account that others act on.
    pub(crate) fn add_topics(
        &mut self,
        account_id: AccountId,
        topics: BTreeMap<String, Fact<Topic>>,
    ) -> Result<(), Error> {
        self.write(&LineRef::Topics { account_id, topics: &topics })?;
        self.topics.insert(account_id, topics);
        Ok(())
    }

    fn write(&mut self, line: &LineRef<'_>) -> Result<Span, Error> {
        let line = serde_json::to_vec(line).map_err(std::io::Error::from);
        line.and_then(|line| self.append(line)).map_err(|source| self.failed("writing", source))
    }

    /// Writes one line after the last whole one, and returns where it stands.
    fn append(&mut self, mut line: Vec<u8>) -> Result<Span, std::io::Error> {
        let span = Span { offset: self.end, length: line.len() };
        line.push(b'\n');
        self.file.seek(SeekFrom::Start(self.end))?;
        // What a torn line left behind must not show through after a shorter one.
        self.file.set_len(self.end)?;
        self.file.write_all(&line)?;
        self.end += line.len() as u64;
        Ok(span)
    }

    fn failed(&self, step: &'static str, source: std::io::Error) -> Error {
        failed(step, &self.path, source)
    }
}

/// Opens the file for this run alone.
fn open(options: &mut OpenOptions, step: &'static str, path: &Path) -> Result<File, Error> {
    let file = options.read(true).write(true).open(path).map_err(|source| failed(step, path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed("locking", path, source)),
    }
}

fn failed(step: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Checkpoint { step, path: path.to_owned(), source }
}

fn read_header(reader: &mut BufReader<&File>, path: &Path) -> Result<Header, Error> {
    let foreign = |reason: String| Error::ForeignCheckpoint { path: path.to_owned(), reason };
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).map_err(|source| failed("reading", path, source))?;
    let Format { schema } = serde_json::from_slice(&line).map_err(|error| foreign(error.to_string()))?;
    if schema != SCHEMA {
        return Err(foreign(format!("it is a {schema:?}, and this version reads {SCHEMA:?}")));
    }
    serde_json::from_slice(&line).map_err(|error| foreign(error.to_string()))
}

fn refuse_other_plan(
    path: &Path,
    theirs: &BTreeMap<String, String>,
    ours: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let names = theirs.keys().chain(ours.keys());
    let mut differing: Vec<String> = names.filter(|name| theirs.get(*name) != ours.get(*name)).cloned().collect();
    differing.sort();
    differing.dedup();
    if differing.is_empty() { Ok(()) } else { Err(Error::OtherPlan { path: path.to_owned(), differing }) }
}
