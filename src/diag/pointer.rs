//! JSON pointers (RFC 6901): how a rule names a place in a document.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

crate::text::display_as_str!(Pointer);

/// Longest key that a pointer holds whole, in bytes.
const MAX_KEY: usize = 256;

/// A key as pointers hold it: of a longer one only the beginning, so that the places of a document
/// never take more than a multiple of its size.
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
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// The member `key` below this place.
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

    /// The element at `index` below this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The place that holds this one, or `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|at| Self(self.0[..at].to_owned()))
    }

    /// The pointer's text, empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The decoded steps from the root.
    pub fn steps(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
    }

    /// The form of the official registry's answers: `packages[0].transport.url`, and `schema` for
    /// the `$schema` member.
    pub fn dotted(&self) -> String {
        let mut text = String::new();
        for step in self.steps() {
            if step.bytes().all(|b| b.is_ascii_digit()) && !step.is_empty() {
                text.push_str(&format!("[{step}]"));
            } else {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(if step == "$schema" { "schema" } else { &step });
            }
        }
        text
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
