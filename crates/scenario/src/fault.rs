//! What reads well and is wrong all the same, pointed at in the file.

use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::{Location, Spanned};

/// A part of a scenario that something can be wrong with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Name,
    StartsAt,
    World,
    /// The alert path of that number, counted from 0.
    AlertPath(usize),
    /// The step of that number.
    Step(usize),
    /// The item of a list of a step, by both numbers.
    Item(usize, List, usize),
}

/// The lists of a step whose items can be wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) enum List {
    Records,
    Changes,
    Calls,
    Faults,
    During,
    Alarms,
    Silent,
    Messages,
    NoMessages,
    Rows,
    Episodes,
}

/// Something that is wrong with a part of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    place: Place,
    message: String,
}

/// The parts of a file and where they stand.
#[derive(Deserialize)]
struct Outline {
    name: Part,
    starts_at: Part,
    world: Part,
    #[serde(default)]
    alert_paths: Vec<Part>,
    timeline: Vec<StepOutline>,
}

#[derive(Deserialize)]
struct StepOutline {
    at: Part,
    #[serde(default)]
    cloudtrail: Vec<Part>,
    #[serde(default)]
    change: Vec<Part>,
    #[serde(default)]
    calls: Vec<Part>,
    #[serde(default)]
    faults: Option<Vec<Part>>,
    #[serde(default)]
    sweep: Option<SweepOutline>,
    #[serde(default)]
    expect: ExpectOutline,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SweepOutline {
    during: Vec<Part>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ExpectOutline {
    alarms: Vec<Part>,
    silent: Vec<Part>,
    messages: Vec<Part>,
    no_messages: Vec<Part>,
    rows: Vec<Part>,
    episodes: Vec<Part>,
}

type Part = Spanned<IgnoredAny>;

impl Place {
    pub(crate) const fn fault(self, message: String) -> Fault {
        Fault { place: self, message }
    }

    fn part(self, outline: &Outline) -> Option<&Part> {
        match self {
            Self::Name => Some(&outline.name),
            Self::StartsAt => Some(&outline.starts_at),
            Self::World => Some(&outline.world),
            Self::AlertPath(index) => outline.alert_paths.get(index),
            Self::Step(index) => Some(&outline.timeline.get(index)?.at),
            Self::Item(step, list, index) => outline.timeline.get(step)?.list(list)?.get(index),
        }
    }
}

impl StepOutline {
    fn list(&self, list: List) -> Option<&[Part]> {
        Some(match list {
            List::Records => &self.cloudtrail,
            List::Changes => &self.change,
            List::Calls => &self.calls,
            List::Faults => self.faults.as_ref()?,
            List::During => &self.sweep.as_ref()?.during,
            List::Alarms => &self.expect.alarms,
            List::Silent => &self.expect.silent,
            List::Messages => &self.expect.messages,
            List::NoMessages => &self.expect.no_messages,
            List::Rows => &self.expect.rows,
            List::Episodes => &self.expect.episodes,
        })
    }
}

impl Fault {
    /// Writes the message over the line that it is about, with a caret.
    pub(crate) fn shown(&self, path: &Path, text: &str) -> String {
        let outline = serde_saphyr::from_str::<Outline>(text).ok();
        let location = outline.as_ref().and_then(|outline| self.place.part(outline)).map(|part| part.referenced);
        let Some(span) = location.and_then(|location| span(text, location)) else { return self.message.clone() };
        let path = path.display().to_string();
        let snippet = Snippet::source(text).path(&path).annotation(AnnotationKind::Primary.span(span));
        Renderer::plain().render(&[Level::ERROR.primary_title(&self.message).element(snippet)])
    }
}

/// The bytes of the character at a location, whose lines and columns are counted from 1.
fn span(text: &str, location: Location) -> Option<Range<usize>> {
    let line = usize::try_from(location.line()).ok()?.checked_sub(1)?;
    let column = usize::try_from(location.column()).ok()?.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let (offset, character) = text.get(start..)?.char_indices().nth(column)?;
    Some(start + offset..start + offset + character.len_utf8())
}
