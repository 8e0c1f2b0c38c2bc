//! Patterns in which `*` is any text: [`matches`] for a few texts, [`Glob`] for many. In the first, `?` is one
//! character.

/// Whether the whole of `text` matches `pattern`. Case matters; time grows with the product of both
/// lengths at most.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Position of the last star, and where in the text its rest was last tried.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut star {
                Some((at, taken)) => {
                    *taken += 1;
                    (p, t) = (*at + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// A pattern that is read once and compared with many texts. `*` is any text; every other character is itself,
/// and ASCII letters are equal in both cases. Time grows with the length of the text alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    /// The text before the first star; all of it when there is no star.
    first: Box<str>,
    /// The texts between stars.
    middle: Vec<Box<str>>,
    /// The text after the last star; `None` when there is no star.
    last: Option<Box<str>>,
    /// The pairs of characters that a text must have.
    pairs: u128,
}

impl Glob {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Self {
        let pattern = pattern.to_ascii_lowercase();
        let pairs = pattern.split('*').fold(0, |known, part| known | pairs(part));
        let mut parts = pattern.split('*').map(Box::from);
        let first = parts.next().unwrap_or_default();
        let mut middle: Vec<Box<str>> = parts.collect();
        let last = middle.pop();
        middle.retain(|part| !part.is_empty());
        Self { first, middle, last, pairs }
    }

    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &Folded) -> bool {
        // Decides nearly always, so that hundreds of patterns cost little.
        if self.pairs & !text.pairs != 0 {
            return false;
        }
        let Some(rest) = text.text.strip_prefix(&*self.first) else { return false };
        let Some(last) = &self.last else { return rest.is_empty() };
        let Some(mut rest) = rest.strip_suffix(&**last) else { return false };
        for part in &self.middle {
            // The earliest place leaves the most text for the others.
            match rest.find(&**part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

/// A text in lower case that is compared with many patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    text: String,
    pairs: u128,
}

impl Folded {
    /// Prepares a text.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.make_ascii_lowercase();
        Self { pairs: pairs(&text), text }
    }
}

/// Returns the pairs of neighbouring bytes, as a set in which different pairs may have the same place.
fn pairs(text: &str) -> u128 {
    let bytes = text.as_bytes();
    let place = |pair: &[u8]| (u32::from(pair[0]) * 37 + u32::from(pair[1])) % u128::BITS;
    bytes.windows(2).fold(0, |known, pair| known | 1 << place(pair))
}

#[cfg(test)]
mod tests {
    use super::{Folded, Glob, matches};
    use proptest::prelude::*;

    #[test]
    fn a_glob_of_many_stars_is_compared_in_linear_time() {
        let (glob, text) = ("*a".repeat(2000) + "*b", "a".repeat(200_000));
        assert!(!Glob::new(&glob).matches(&Folded::new(&text)));
    }

    #[test]
    fn letters_of_a_glob_have_no_case() {
        let matches = |glob: &str, text: &str| Glob::new(glob).matches(&Folded::new(text));
        assert!(matches("io.GitHub.Acme/*", "io.github.acmE/x"));
        assert!(!matches("a*ba", "aba?"));
        assert!(!matches("ab*ba", "aba"));
    }

    proptest! {
        #[test]
        fn a_glob_and_a_pattern_agree(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
            prop_assert_eq!(Glob::new(&pattern).matches(&Folded::new(&text)), matches(&pattern, &text));
        }
    }
}
