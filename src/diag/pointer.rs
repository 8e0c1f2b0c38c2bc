//! JSON pointers (RFC 6901): how a rule names a place in a document.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

crate::text::display_as_str!(Pointer);

/// Longest key that a pointer holds whole, in bytes.
const MAX_KEY: usize = 256;

/// Returns a key as pointers hold it. Of a long key that is only the beginning, so that the places
/// of a document never take more than a multiple of its size.
pub(super) fn shortened(key: &str) -> Cow<'_, str> {
    if key.len() <= MAX_KEY {
        return Cow::Borrowed(key);
    }
    let end = (0..=MAX_KEY).rev().find(|at| key.is_char_boundary(*at)).unwrap_or(0);
    Cow::Owned(format!("{}…", &key[..end]))
}

/// A JSON pointer in its text form; the empty pointer is the whole document. Keys of more than 256
/// bytes are cut.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pointer(String);

impl Pointer {
    /// Returns the whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Returns the member `key` below this place.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let key = shortened(key);
        let mut text = String::with_capacity(self.0.len() + key.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        for c in key.chars() {
            match c {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                c => text.push(c),
            }
        }
        Self(text)
    }

    /// Returns the element at `index` below this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// Returns the pointer's text, empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the decoded steps from the root.
    pub fn steps(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
    }
}

impl From<&str> for Pointer {
    /// Takes text that is a pointer already, such as `/packages/0`.
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Pointer {
    fn from(text: String) -> Self {
        Self(text)
    }
}
