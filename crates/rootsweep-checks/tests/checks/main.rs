//! The checks on the cases of their folders, the guards of those folders, and the law that a gap never acquits.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test ends where its own data is wrong")]

mod build;
mod cases;
mod form;
mod guard;
mod hostile;
mod listening;
mod monotone;
mod patterns;
