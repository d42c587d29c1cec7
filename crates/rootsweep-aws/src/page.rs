//! Listings that come page by page, and some that never end.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rootsweep_model::{Gap, GapKind};

use crate::calls::Call;
use crate::gap::missing;

/// The most pages that are read of one listing: 50,000 accounts at 20 a page, twice over.
const MAX_PAGES: usize = 5_000;

/// The longest run of empty pages that is believed: AWS gives some, with a token, and never this many.
const MAX_EMPTY_RUN: usize = 200;

/// Watches over one listing.
pub(crate) struct PageGuard {
    call: Call,
    pages: usize,
    empty_run: usize,
    max_empty_run: usize,
    /// Hashes, since whoever answers chooses how long a token is.
    tokens: BTreeSet<u64>,
}

impl PageGuard {
    pub(crate) const fn new(call: Call) -> Self {
        Self { call, pages: 0, empty_run: 0, max_empty_run: MAX_EMPTY_RUN, tokens: BTreeSet::new() }
    }

    /// Allows as many empty pages as pages, for calls that search and give a page for each stretch searched.
    pub(crate) fn searching(call: Call) -> Self {
        Self { max_empty_run: MAX_PAGES, ..Self::new(call) }
    }

    /// Takes note of a page with so many items, and returns the token to go on with, if there is one.
    pub(crate) fn next(&mut self, items: usize, token: Option<String>) -> Result<Option<String>, Gap> {
        // An empty token means the same as none: some endpoints write the element and leave it empty.
        let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
        self.pages += 1;
        self.empty_run = if items == 0 { self.empty_run + 1 } else { 0 };
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        if !self.tokens.insert(hasher.finish()) {
            return Err(self.endless("the same page token came twice".to_owned()));
        }
        if self.empty_run > self.max_empty_run {
            return Err(self.endless(format!("{} empty pages came in a row", self.empty_run)));
        }
        if self.pages >= MAX_PAGES {
            return Err(self.endless(format!("{MAX_PAGES} pages came, and not the last one")));
        }
        Ok(Some(token))
    }

    fn endless(&self, message: String) -> Gap {
        let action = self.call.action;
        let remedy = format!("check what stands between the sweep and AWS: this listing of {action} does not end");
        Gap::new(GapKind::TooManyPages, action, message, remedy)
    }
}

/// One page of a listing, and the token of the next one.
pub(crate) type Page<T> = (Vec<T>, Option<String>);

/// Returns the marker of the next page of a listing of IAM's, which tells apart whether more follows and where.
pub(crate) fn next_marker(call: &Call, is_truncated: bool, marker: Option<String>) -> Result<Option<String>, Gap> {
    let marker = marker.filter(|it| is_truncated && !it.is_empty());
    if is_truncated && marker.is_none() { Err(missing(call, "the Marker of the next page")) } else { Ok(marker) }
}

/// Reads a listing to its end, or to where it broke off.
pub(crate) async fn read_pages<T, F>(
    mut guard: PageGuard,
    mut fetch: impl FnMut(Option<String>) -> F,
) -> (Vec<T>, Option<Gap>)
where
    F: Future<Output = Result<Page<T>, Gap>>,
{
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let next = match fetch(token).await {
            Ok((items, next)) => {
                let next = guard.next(items.len(), next);
                all.extend(items);
                next
            }
            Err(gap) => Err(gap),
        };
        match next {
            Ok(None) => return (all, None),
            Ok(Some(next)) => token = Some(next),
            Err(gap) => return (all, Some(gap)),
        }
    }
}

/// Reads a whole listing; half of one is a gap.
pub(crate) async fn all_pages<T, F>(call: Call, fetch: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, Gap>
where
    F: Future<Output = Result<Page<T>, Gap>>,
{
    match read_pages(PageGuard::new(call), fetch).await {
        (all, None) => Ok(all),
        (_, Some(gap)) => Err(gap),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::LIST_RULES;

    #[test]
    fn a_token_that_comes_twice_ends_the_listing() {
        let mut guard = PageGuard::new(LIST_RULES);
        assert_eq!(guard.next(1, Some("a".into())), Ok(Some("a".into())));
        assert_eq!(guard.next(1, Some("b".into())), Ok(Some("b".into())));
        assert_eq!(guard.next(1, Some("a".into())).map_err(|gap| gap.kind), Err(GapKind::TooManyPages));
    }

    #[test]
    fn empty_pages_are_believed_for_a_while() {
        let mut guard = PageGuard::new(LIST_RULES);
        let end = (0..=MAX_PAGES).find(|page| guard.next(0, Some(format!("token {page}"))).is_err());
        assert_eq!(end, Some(MAX_EMPTY_RUN));
    }

    #[test]
    fn a_listing_that_only_grows_is_given_up() {
        let mut guard = PageGuard::new(LIST_RULES);
        let end = (1..=MAX_PAGES).find(|page| guard.next(1, Some(format!("token {page}"))).is_err());
        assert_eq!(end, Some(MAX_PAGES));
    }

    #[test]
    fn an_empty_token_is_the_end() {
        assert_eq!(PageGuard::new(LIST_RULES).next(3, Some(String::new())), Ok(None));
    }
}
