//! The whole table of exit codes.

use super::*;
