//! Where a long list is cut into files.
//!
//! With cuts at fixed numbers, one new line would change every file after it, and each deployment would
//! upload the whole registry. So a file begins at a key that hashes to a chosen value: the next build
//! finds the same cuts again a little after the change. Bounds keep the files neither tiny nor too large.

use std::ops::Range;

use super::super::fnv1a;

/// One key in so many begins a file, once there is enough before it.
const ONE_IN: u32 = 64;

/// Bounds of the files of one kind; sizes in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Fewest rows in a file.
    pub(super) rows: usize,
    /// From this size on, a file may end after a key that allows it.
    pub(super) least: usize,
    /// A file ends at this size in any case.
    pub(super) enough: usize,
    /// It is never larger, even if it has too few rows; a single row may be.
    pub(super) most: usize,
}

/// Divides rows, each a key and a size, into files.
pub(super) fn pieces<'a>(
    cut: &Cut,
    rows: impl Iterator<Item = (&'a str, usize)>,
) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut size, mut end) = (0, 0, 0);
    for (at, (key, next)) in rows.enumerate() {
        let full = size + next > cut.most;
        let ripe = at - start >= cut.rows && size >= cut.least;
        if at > start && (full || (ripe && (size >= cut.enough || begins(key)))) {
            pieces.push(start..at);
            (start, size) = (at, 0);
        }
        size += next;
        end = at + 1;
    }
    if end > start {
        pieces.push(start..end);
    }
    pieces
}

/// Whether a file may begin with this key.
fn begins(key: &str) -> bool {
    fnv1a(key).is_multiple_of(ONE_IN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("com.example/server-{i:05}:1.0.{i}")).collect()
    }

    const CUT: Cut = Cut { rows: 100, least: 10_000, enough: 50_000, most: 60_000 };

    #[test]
    fn every_row_is_in_one_piece_and_no_piece_is_too_small_or_too_large() {
        let keys = keys(5000);
        for size in [1, 90, 110, 700, 70_000] {
            let pieces = pieces(&CUT, keys.iter().map(|key| (key.as_str(), size)));
            let mut at = 0;
            for piece in &pieces {
                assert_eq!(piece.start, at, "{size}");
                at = piece.end;
                assert!(piece.len() * size <= CUT.most.max(size), "{size} {piece:?}");
                assert!(piece.len() >= CUT.rows || piece.end == 5000 || size >= 600, "{piece:?}");
            }
            assert_eq!(at, 5000);
        }
        assert!(pieces(&CUT, std::iter::empty()).is_empty());
    }

    #[test]
    fn a_new_row_changes_few_pieces() {
        let mut keys = keys(20_000);
        let named = |keys: &[String]| -> Vec<Vec<String>> {
            let rows = keys.iter().map(|key| (key.as_str(), 150));
            pieces(&CUT, rows).into_iter().map(|piece| keys[piece].to_vec()).collect()
        };
        let before = named(&keys);
        keys.insert(777, "com.example/server-00776:2.0.0".to_owned());
        let changed = named(&keys).into_iter().filter(|piece| !before.contains(piece)).count();
        assert!(before.len() > 50 && (1..=3).contains(&changed), "{changed} of {}", before.len());
    }
}
