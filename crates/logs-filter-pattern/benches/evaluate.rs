//! Measures how fast one parsed pattern judges records.
fn main() {}
