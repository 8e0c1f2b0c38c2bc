//! What CI files end in: the options that they were written with, which a later run takes for granted, and a seal.
//!
//! The seal is a comment with git's blob id of the text above it. An edited file no longer matches its seal and is kept
//! even with `--force`.

use crate::world::git::Git;

/// Begins the line with the options.
const WRITTEN_WITH: &str = "# Written by: mcp-static init ";

const SEAL: &str = "# mcp-static init ";

/// Returns the options that a CI file was written with, as words.
pub(super) fn options_of(text: &str) -> Option<Vec<&str>> {
    let line = text.lines().rev().take(3).find_map(|line| line.strip_prefix(WRITTEN_WITH))?;
    Some(line.split_whitespace().collect())
}

/// Whether `--force` may update the file: only CI files, which nobody has to edit.
pub(super) fn is_renewable(path: &str) -> bool {
    path.ends_with(".yml")
}

/// Returns git's blob id of the text. It only detects edits.
fn sum(text: &str) -> String {
    Git::blob_id(text.as_bytes()).to_string()
}

/// Returns a text with its options and its seal.
pub(super) fn seal(text: &str, options: &str) -> String {
    let text = format!("{text}{WRITTEN_WITH}{options}\n");
    format!("{text}{SEAL}{}\n", sum(&text))
}

/// Whether a file is exactly as some version of `init` wrote it.
pub(super) fn is_ours(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    // A checkout with other line ends is not an edit.
    let text = text.replace("\r\n", "\n");
    let Some((above, seal)) = text.rsplit_once(SEAL) else { return false };
    seal.trim_end() == sum(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_breaks_the_seal_and_line_ends_do_not() {
        let sealed = seal("on: push\n", "--forge github");
        assert_eq!(options_of(&sealed).unwrap(), ["--forge", "github"]);
        assert!(is_ours(sealed.as_bytes()));
        assert!(is_ours(sealed.replace('\n', "\r\n").as_bytes()));
        for edited in
            [sealed.replace("push", "pull"), format!("{sealed}x"), "on: push\n".to_owned()]
        {
            assert!(!is_ours(edited.as_bytes()), "{edited}");
        }
    }
}
