//! The members of a JSON object in their order, each as its author wrote it.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The members of an object in their order, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members(pub Vec<(String, Box<str>)>);

impl Members {
    /// Reads an object; `None` when `text` is not one that every parser reads.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Replaces a member, adds it at the end, or removes it when there is no `value`.
    pub fn set(&mut self, key: &str, value: Option<Box<str>>) {
        let at = self.0.iter().position(|(known, _)| known == key);
        match (at, value) {
            (Some(at), Some(value)) => self.0[at].1 = value,
            (Some(at), None) => drop(self.0.remove(at)),
            (None, Some(value)) => self.0.push((key.to_owned(), value)),
            (None, None) => {}
        }
    }

    /// Returns the object.
    pub fn text(&self) -> String {
        let mut text = String::from("{");
        for (i, (key, value)) in self.0.iter().enumerate() {
            text.push_str(if i > 0 { "," } else { "" });
            crate::text::push_json_string(&mut text, key, |_| false);
            text.push(':');
            text.push_str(value);
        }
        text + "}"
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    members.push((key, value.get().into()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
