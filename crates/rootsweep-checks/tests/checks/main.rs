//! The checks on the cases of their folders, the guards of those folders, and the law that a gap never acquits.

mod build;
mod cases;
mod form;
mod guard;
mod listening;
mod monotone;
mod patterns;
