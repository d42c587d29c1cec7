//! Errors on their way to stderr and the exit code.

use std::fmt;

use rootsweep_report::text;

use crate::exit::Exit;

/// An error with the exit code that it leads to.
#[derive(Debug)]
struct Marked {
    exit: Exit,
    error: anyhow::Error,
}

impl fmt::Display for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}

impl std::error::Error for Marked {}

/// Marks errors with the exit code that they lead to; what is not marked is [`Exit::Failed`].
pub(crate) trait OrExit<T> {
    /// Marks the error.
    fn or_exit(self, exit: Exit) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for Result<T, E> {
    fn or_exit(self, exit: Exit) -> anyhow::Result<T> {
        self.map_err(|error| Marked { exit, error: error.into() }.into())
    }
}

/// Tells an error on stderr, and returns how the program ends.
pub(crate) fn tell(error: &anyhow::Error) -> Exit {
    say(error);
    error.downcast_ref::<Marked>().map_or(Exit::Failed, |marked| marked.exit)
}

/// Tells an error on stderr that does not end the program.
pub(crate) fn say(error: &anyhow::Error) {
    // What AWS said is part of the text, and lines of a configuration file are: each line by itself is made harmless.
    let told: Vec<String> = format!("{error:#}").lines().map(|line| text::visible(line).into_owned()).collect();
    anstream::eprintln!("error: {}", told.join("\n"));
}
