//! A place in a document that costs nothing until it is reported.

use crate::diag::Pointer;

/// One of the two lists of what a server can be reached by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Packages,
    Remotes,
}

impl Side {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Packages => "packages",
            Self::Remotes => "remotes",
        }
    }
}

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot<'a> {
    /// A member of the document or below one.
    Top(&'static [&'static str]),
    /// A member of the annotations under the registry's own key. A document has none, so there it is the name.
    Annotation(&'static str),
    /// A member of a package or remote.
    Member(Side, usize, &'static [&'static str]),
    /// A member of an element of a list of a package or remote.
    Input(Side, usize, &'static [&'static str], usize, &'static str),
    /// A member, by a name that the author chose, of an object of a package or remote.
    Named(Side, usize, &'static [&'static str], &'a str),
}

impl Spot<'_> {
    pub(super) fn pointer(self) -> Pointer {
        let below = |pointer: Pointer, keys: &[&str]| {
            keys.iter().fold(pointer, |pointer, key| pointer.key(key))
        };
        let item = |side: Side, at: usize| Pointer::root().key(side.as_str()).index(at);
        match self {
            Self::Top(keys) => below(Pointer::root(), keys),
            Self::Annotation(_) => Pointer::root().key("name"),
            Self::Member(side, at, keys) => below(item(side, at), keys),
            Self::Input(side, at, list, input, key) => {
                below(item(side, at), list).index(input).key(key)
            }
            Self::Named(side, at, keys, name) => below(item(side, at), keys).key(name),
        }
    }
}
