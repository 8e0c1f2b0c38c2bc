//! From a path to a file, in the order in which a host looks.

use crate::site::{Order, Queries};

use super::asked::{Asked, is_api};
use super::imitation::Imitation;
use super::pages;
use super::store::Stored;

/// The result of looking up a path.
#[derive(Debug)]
pub(super) enum Lookup<'a> {
    /// A file, with its path.
    File(String, &'a Stored),
    /// Another path.
    Moved(Asked),
    /// Nothing.
    Nothing,
}

impl Imitation {
    /// Looks up the file for a request.
    pub(super) fn find(&self, asked: &Asked, query: &str) -> Lookup<'_> {
        if self.can.queries == Queries::Pages
            && let Some(files) = pages::wanted(&asked.key, query)
        {
            let found = files.into_iter().find_map(|file| self.stored(file));
            return found.unwrap_or(Lookup::Nothing);
        }
        let first = self.can.resolution.manner.rewrites == Order::First;
        let rewritten = |when: bool| when.then(|| self.rewritten(asked)).flatten();
        // With our configuration the API has documents and no files.
        let placed = || {
            self.placed(asked).filter(|_| !self.can.resolution.manner.own || !is_api(&asked.key))
        };
        rewritten(first).or_else(placed).or_else(|| rewritten(!first)).unwrap_or(Lookup::Nothing)
    }

    fn stored(&self, file: String) -> Option<Lookup<'_>> {
        self.store.get(&file).map(|stored| Lookup::File(file, stored))
    }

    /// Returns the file of the first rewrite whose target exists.
    fn rewritten(&self, asked: &Asked) -> Option<Lookup<'_>> {
        if asked.slash && !self.can.resolution.manner.loose_slash {
            return None;
        }
        let mut files = self.rewrites.iter().filter_map(|rewrite| rewrite.file(&asked.key));
        files.find_map(|file| self.stored(file))
    }

    /// Returns the file at the path itself.
    fn placed(&self, asked: &Asked) -> Option<Lookup<'_>> {
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
                return Some(Lookup::Moved(cleaned(page)));
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
            (None, _) => bare.then_some(Lookup::Nothing),
        }
    }
}

fn moved<'a>(key: &str) -> Lookup<'a> {
    Lookup::Moved(Asked { key: key.to_owned(), slash: true })
}

/// Returns the address of a page whose file is this, without the extension.
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
    fn a_page_is_at_its_folder_or_its_name() {
        assert_eq!(cleaned("index"), Asked { key: String::new(), slash: true });
        assert_eq!(cleaned("a/index"), Asked { key: "a".to_owned(), slash: true });
        assert_eq!(cleaned("a/b"), Asked { key: "a/b".to_owned(), slash: false });
    }
}
