//! Which brackets are open.

/// The deepest nesting that is followed; beyond it the text is given up. CloudTrail records stay below 20.
pub(crate) const MAX_DEPTH: usize = 256;

/// Which brackets are open, a bit for each: set for an array.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: usize,
    arrays: [u64; MAX_DEPTH / 64],
}

impl Nesting {
    /// Returns the brackets that are open around records at a depth: none, those of an array, or an envelope's as well.
    pub(super) fn around_records(depth: usize) -> Self {
        let mut nesting = Self { depth, ..Self::default() };
        if let Some((word, innermost)) = nesting.arrays.first_mut().zip(depth.checked_sub(1)) {
            *word = 1 << innermost;
        }
        nesting
    }

    /// Returns how many brackets are open.
    #[inline]
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// Returns whether the innermost open bracket is an array's.
    #[inline]
    pub(super) fn in_array(&self) -> bool {
        self.depth.checked_sub(1).is_some_and(|at| self.is_array(at))
    }

    /// Notes brackets of kinds that are not followed. There are never more closing ones than are open.
    #[inline]
    pub(super) const fn shift(&mut self, opened: usize, closed: usize) {
        self.depth = (self.depth + opened).saturating_sub(closed);
    }

    /// Notes how many brackets are open, of kinds that are not followed.
    #[inline]
    pub(super) const fn set_depth(&mut self, depth: usize) {
        self.depth = depth;
    }

    /// Notes an opening bracket.
    #[inline]
    pub(super) fn open(&mut self, array: bool) -> Result<(), &'static str> {
        let at = self.depth;
        let word = self.arrays.get_mut(at / 64).ok_or("the record is nested too deep")?;
        *word = (*word & !(1 << (at % 64))) | (u64::from(array) << (at % 64));
        self.depth += 1;
        Ok(())
    }

    /// Notes a closing bracket.
    #[inline]
    pub(super) fn close(&mut self, array: bool) -> Result<(), &'static str> {
        let at = self.depth.checked_sub(1).ok_or("a bracket closes what was not open")?;
        if self.is_array(at) != array {
            return Err("the brackets do not match");
        }
        self.depth = at;
        Ok(())
    }

    #[inline]
    fn is_array(&self, at: usize) -> bool {
        self.arrays.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}
