//! URLs of pages, and links between pages.
//!
//! Links between pages are relative, so that the same files work under a domain's root and under
//! `/<repository>/`. An [`Href`] is a path from the site's root without a slash in front; templates put
//! the page's own path to the root before it.

use crate::site::UrlPath;

/// A page or file from the site's root, percent-encoded: `servers/com.example/weather/`.
pub(super) type Href = String;

/// A page's own place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PagePlace {
    /// Its URL.
    pub(super) path: UrlPath,
    /// Path from it to the site's root: `./` or `../` several times.
    pub(super) root: String,
    /// Its path from the root.
    pub(super) href: Href,
}

impl PagePlace {
    /// The page at `segments`; `None` when they are not a valid path.
    pub(super) fn new(segments: &[&str]) -> Option<Self> {
        let path = UrlPath::new(segments.iter().copied())?;
        let root = if segments.is_empty() { "./".to_owned() } else { "../".repeat(segments.len()) };
        let href = page(&path);
        Some(Self { path, root, href })
    }
}

/// Returns the link to the page at `path`, which ends in a slash.
fn page(path: &UrlPath) -> Href {
    let text = path.to_string();
    let text = text.trim_start_matches('/');
    if text.is_empty() { String::new() } else { format!("{text}/") }
}

/// Returns the link to the page at `segments`.
pub(super) fn page_of(segments: &[&str]) -> Option<Href> {
    UrlPath::new(segments.iter().copied()).map(|path| page(&path))
}

/// Returns the link to the file or API document at `segments`.
pub(super) fn file_of(segments: &[&str]) -> Option<Href> {
    let path = UrlPath::new(segments.iter().copied())?;
    Some(path.to_string().trim_start_matches('/').to_owned())
}

/// Versions that cannot have a page, because a file of that name exists in the server's folder.
const TAKEN: [&str; 2] = ["index.html", "badge.svg"];

/// Path of a version's page.
pub(super) fn version_segments<'a>(
    namespace: &'a str,
    name: &'a str,
    version: &'a str,
) -> Option<[&'a str; 4]> {
    let free = !TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(version));
    free.then_some(["servers", namespace, name, version])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_the_way_to_the_root() {
        let place = PagePlace::new(&["servers", "com.example", "a", "1.0.0+b"]).unwrap();
        assert_eq!(
            (&*place.root, &*place.href),
            ("../../../../", "servers/com.example/a/1.0.0+b/")
        );
        let home = PagePlace::new(&[]).unwrap();
        assert_eq!((&*home.root, &*home.href), ("./", ""));
        assert!(PagePlace::new(&["browse", "package", ".."]).is_none());
    }

    #[test]
    fn a_version_that_is_called_like_a_file_of_ours_has_no_page() {
        assert!(version_segments("com.example", "a", "Badge.svg").is_none());
        assert!(version_segments("com.example", "a", "1.0.0").is_some());
    }
}
