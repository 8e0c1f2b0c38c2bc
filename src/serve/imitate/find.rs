//! From a path to a file, in the order in which a host looks.

use crate::site::{Order, Queries};

use super::asked::Asked;
use super::pages;
use super::store::Stored;
use super::{Imitation, is_api};

/// What stands at a path.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// A file, with its path.
    File(String, &'a Stored),
    /// Another path.
    Moved(Asked),
    /// Nothing.
    Nothing,
}

/// A rewrite: segments, and the file with those segments filled in.
#[derive(Debug)]
pub(super) struct Pattern {
    from: Vec<String>,
    to: String,
}

impl Pattern {
    /// A rewrite in the words of `Host::rewrites`.
    pub(super) fn new(from: &str, to: &str) -> Self {
        let segments = from.trim_start_matches('/').split('/');
        Self { from: segments.map(str::to_owned).collect(), to: to[1..].to_owned() }
    }

    /// The file for a path, if the pattern matches it.
    fn file(&self, key: &str) -> Option<String> {
        let segments: Vec<&str> = key.split('/').collect();
        if segments.len() != self.from.len() {
            return None;
        }
        let mut named = Vec::new();
        for (pattern, segment) in self.from.iter().zip(segments) {
            if pattern.starts_with(':') {
                named.push((pattern.as_str(), segment));
            } else if pattern != segment {
                return None;
            }
        }
        let fill = |part: &str| {
            let value = named.iter().find(|(name, _)| *name == part);
            value.map_or(part, |(_, value)| *value).to_owned()
        };
        Some(self.to.split('/').map(fill).collect::<Vec<_>>().join("/"))
    }
}

impl Imitation {
    /// What a request gets.
    pub(super) fn find(&self, asked: &Asked, query: &str) -> Found<'_> {
        if self.can.queries == Queries::Pages
            && let Some(files) = pages::wanted(&asked.key, query)
        {
            let found = files.into_iter().find_map(|file| self.stored(file));
            return found.unwrap_or(Found::Nothing);
        }
        let first = self.can.resolution.manner.rewrites == Order::First;
        let rewritten = |when: bool| when.then(|| self.rewritten(asked)).flatten();
        // A server of our own shows the API's documents and none of their files.
        let placed = || {
            self.placed(asked).filter(|_| !self.can.resolution.manner.own || !is_api(&asked.key))
        };
        rewritten(first).or_else(placed).or_else(|| rewritten(!first)).unwrap_or(Found::Nothing)
    }

    fn stored(&self, file: String) -> Option<Found<'_>> {
        self.store.get(&file).map(|stored| Found::File(file, stored))
    }

    /// The file that a rewrite leads to; a rewrite to what is not there is passed over.
    fn rewritten(&self, asked: &Asked) -> Option<Found<'_>> {
        if asked.slash && !self.can.resolution.manner.loose_slash {
            return None;
        }
        let mut files = self.rewrites.iter().filter_map(|pattern| pattern.file(&asked.key));
        files.find_map(|file| self.stored(file))
    }

    /// What stands at the place itself.
    fn placed(&self, asked: &Asked) -> Option<Found<'_>> {
        let how = &self.can.resolution;
        let key = &asked.key;
        if how.indexes.is_empty() {
            // Keys are no folders; a slash at the end asks for the index document.
            return self.stored(if asked.slash { join(key, "index.html") } else { key.clone() });
        }
        if !asked.slash {
            if how.manner.clean
                && let Some(page) = key.strip_suffix(".html")
                && self.store.get(key).is_some()
            {
                return Some(Found::Moved(cleaned(page)));
            }
            let suffixed = || how.html_suffix.then(|| self.stored(format!("{key}.html")))?;
            if let Some(file) = self.stored(key.clone()).or_else(suffixed) {
                return Some(file);
            }
        }
        if !self.store.is_folder(key) {
            return None;
        }
        let index = how.indexes.iter().find_map(|name| self.stored(join(key, name)));
        let bare = how.manner.bare_folders;
        match (index, how.folder_redirect) {
            (Some(_), Some(_)) if !asked.slash => Some(moved(key)),
            (Some(file), _) => Some(file),
            (None, Some(_)) if bare && !asked.slash => Some(moved(key)),
            // A folder wins over rules, even when it has nothing to show.
            (None, _) => bare.then_some(Found::Nothing),
        }
    }
}

fn moved<'a>(key: &str) -> Found<'a> {
    Found::Moved(Asked { key: key.to_owned(), slash: true })
}

/// The address of a page whose file is this, without the extension.
fn cleaned(page: &str) -> Asked {
    let folder = match page.rsplit_once('/') {
        Some((folder, "index")) => Some(folder),
        None if page == "index" => Some(""),
        _ => None,
    };
    Asked { key: folder.unwrap_or(page).to_owned(), slash: folder.is_some() }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fills_in_what_it_matched() {
        let pattern = Pattern::new("/a/:ns/:name/v", "/b/:ns/:name/index.json");
        assert_eq!(pattern.file("a/x/y/v").as_deref(), Some("b/x/y/index.json"));
        assert_eq!(pattern.file("a/:name/:ns/v").as_deref(), Some("b/:name/:ns/index.json"));
        for other in ["a/x/v", "a/x/y/z", "a/x/y/v/w", ""] {
            assert_eq!(pattern.file(other), None, "{other}");
        }
    }

    #[test]
    fn a_page_is_at_its_folder_or_its_name() {
        assert_eq!(cleaned("index"), Asked { key: String::new(), slash: true });
        assert_eq!(cleaned("a/index"), Asked { key: "a".to_owned(), slash: true });
        assert_eq!(cleaned("a/b"), Asked { key: "a/b".to_owned(), slash: false });
    }
}
