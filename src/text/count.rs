//! Plural forms.

use std::fmt::Display;

/// Returns `number` with `word` in the form that fits: `1 server`, `2 servers`, `0 entries`.
///
/// `word` is a regular English noun in the singular.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, word: &str) -> String {
    format!("{number} {}", noun(&number, word))
}

/// Returns `word` in the form that fits `number`, without the number.
pub fn noun<N: PartialEq + From<u8>>(number: &N, word: &str) -> String {
    match word.strip_suffix('y') {
        _ if *number == N::from(1) => word.to_owned(),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if word.ends_with(['s', 'x']) || word.ends_with("ch") || word.ends_with("sh") => {
            format!("{word}es")
        }
        _ => format!("{word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_the_number() {
        for (number, word, text) in [
            (1_u64, "server", "1 server"),
            (0, "server", "0 servers"),
            (2, "registry", "2 registries"),
            (1, "entry", "1 entry"),
            (3, "key", "3 keys"),
            (2, "address", "2 addresses"),
            (2, "patch", "2 patches"),
        ] {
            assert_eq!(count(number, word), text);
        }
    }
}
