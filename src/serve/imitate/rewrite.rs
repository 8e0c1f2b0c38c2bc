//! Rewrites of a host: from a path to a file.

/// A rewrite: a path with named segments, and the file with those segments filled in.
#[derive(Debug)]
pub(super) struct Rewrite {
    from: Vec<String>,
    to: String,
}

impl Rewrite {
    /// Returns a rewrite in the words of `Host::rewrites`.
    pub(super) fn new(from: &str, to: &str) -> Self {
        let segments = from.trim_start_matches('/').split('/');
        Self { from: segments.map(str::to_owned).collect(), to: to[1..].to_owned() }
    }

    /// Returns the file for a path, if the pattern matches it.
    pub(super) fn file(&self, key: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fills_in_what_it_matched() {
        let pattern = Rewrite::new("/a/:ns/:name/v", "/b/:ns/:name/index.json");
        assert_eq!(pattern.file("a/x/y/v").as_deref(), Some("b/x/y/index.json"));
        assert_eq!(pattern.file("a/:name/:ns/v").as_deref(), Some("b/:name/:ns/index.json"));
        for other in ["a/x/v", "a/x/y/z", "a/x/y/v/w", ""] {
            assert_eq!(pattern.file(other), None, "{other}");
        }
    }
}
