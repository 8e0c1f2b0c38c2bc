//! Reads members of a JSON document the way the registry's typed structs do.
//!
//! A value that is missing, null or of the wrong type counts as empty, because the rules about types
//! report it. Nothing here allocates until a place has to be named.

use serde_json::Value;

use crate::diag::{Code, Finding, Pointer};

/// Returns the text at `key`, or an empty one.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the elements at `key`; none when there is no array.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Calls `visit` with each element of the array at `key`, and its place below `holder`'s place `path`.
pub(super) fn each<'a>(
    holder: &'a Value,
    key: &str,
    path: &Path<'_>,
    mut visit: impl FnMut(&'a Value, &Path<'_>),
) {
    let path = path.key(key);
    for (i, element) in list(holder, key).iter().enumerate() {
        visit(element, &path.index(i));
    }
}

/// Returns the keys of the object at `key`; none when there is no object.
pub(super) fn keys<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    value.get(key).and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str())
}

/// A place in the document, as a chain of borrowed steps on the stack.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'a> {
    /// The whole document.
    Root,
    /// A member of an object.
    Key(&'a Path<'a>, &'a str),
    /// An element of an array.
    Index(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    /// Returns the member `key` below this place.
    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    /// Returns the element at `index` below this place.
    pub(super) fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// Makes a finding about the value at this place.
    pub(super) fn finding(
        &self,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        Finding::new(code, self.pointer(), message).help(help)
    }

    /// Returns the place as a pointer.
    pub(super) fn pointer(&self) -> Pointer {
        match self {
            Self::Root => Pointer::root(),
            Self::Key(parent, key) => parent.pointer().key(key),
            Self::Index(parent, index) => parent.pointer().index(*index),
        }
    }
}
