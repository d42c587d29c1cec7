//! The folders that the harness lays, and what it may take away from them.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// Marks a folder that the harness has made: whatever lies in it came of an earlier run.
const MARK: &str = ".made-by-simulate";

/// Lays the folder of a scenario. What an earlier run left there is deleted, so that nothing of it is taken for what this run
/// does; in a folder that was there before, only files of those names are.
pub(crate) fn lay(folder: &Path, is_ours: impl Fn(&str) -> bool) -> Result<PathBuf> {
    if folder.join(MARK).is_file() {
        fs_err::remove_dir_all(folder)?;
    }
    if folder.exists() {
        clear(folder, is_ours)?;
    } else {
        fs_err::create_dir_all(folder)?;
        fs_err::write(folder.join(MARK), "")?;
    }
    Ok(fs_err::canonicalize(folder)?)
}

/// Deletes the files whose names are the harness's.
pub(crate) fn clear(folder: &Path, is_ours: impl Fn(&str) -> bool) -> Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() && entry.file_name().to_str().is_some_and(&is_ours) {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether a name is `START` and a number and `END`.
pub(crate) fn is_numbered(name: &str, start: &str, ends: &[&str]) -> bool {
    let number = name.strip_prefix(start).and_then(|rest| ends.iter().find_map(|end| rest.strip_suffix(end)));
    number.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_report(name: &str) -> bool {
        is_numbered(name, "report-", &[".json", ".txt"])
    }

    #[test]
    fn a_folder_of_the_harness_is_cleared_with_all_that_lies_in_it() {
        let output = tempfile::tempdir().unwrap();
        let folder = lay(&output.path().join("one"), is_report).unwrap();
        fs_err::create_dir(folder.join("runs")).unwrap();
        fs_err::write(folder.join("report-1.json"), "{}").unwrap();
        assert_eq!(lay(&folder, is_report).unwrap(), folder);
        let left: Vec<_> = fs_err::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(left, [MARK]);
    }

    #[test]
    fn of_somebody_elses_folder_only_the_harness_s_own_files_are_deleted() {
        let output = tempfile::tempdir().unwrap();
        for name in ["report-1.json", "report-12.txt", "report-.json", "report-card.txt", "notes.md"] {
            fs_err::write(output.path().join(name), "").unwrap();
        }
        for _ in 0..2 {
            lay(output.path(), is_report).unwrap();
            let left =
                fs_err::read_dir(output.path()).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
            let mut left: Vec<String> = left.collect();
            left.sort();
            assert_eq!(left, ["notes.md", "report-.json", "report-card.txt"]);
        }
    }
}
