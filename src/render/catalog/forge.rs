//! Links into the forge that holds the registry: source, history, editor, new-file form.
//!
//! They are derived from the repository's remote, and only for forges with known URLs; elsewhere
//! pages have no such links. User names and tokens in a remote never reach a page.

use serde::Serialize;

use crate::config::CatalogSettings;
use crate::text::{percent_encode, percent_encode_except};

/// The remote of a repository, and the path of the data folder in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteRepository {
    /// URL of the remote, as git has it.
    pub remote: String,
    /// The data folder below the repository's top, without a trailing slash.
    pub prefix: String,
}

impl RemoteRepository {
    /// A data folder at `prefix` of the repository at `remote`.
    pub fn new(remote: String, prefix: String) -> Self {
        Self { remote, prefix }
    }

    /// Returns host in lower case and path, such as `github.com` and `acme/registry`, without user info
    /// and `.git`; `None` when the remote is a folder or of a form that git does not support.
    pub fn place(&self) -> Option<(String, String)> {
        let (authority, path) = match self.remote.split_once("://") {
            Some(("https" | "http" | "ssh" | "git", rest)) => rest.split_once('/')?,
            Some(_) => return None,
            None => self.remote.split_once(':')?,
        };
        let host = authority.rsplit('@').next()?.split(':').next()?;
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        Some((host.to_ascii_lowercase(), path.to_owned()))
    }
}

/// The forges with known URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ForgeKind {
    GitHub,
    GitLab,
}

/// A forge's pages for this repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Forge {
    kind: ForgeKind,
    /// `https://github.com/owner/repository`
    home: String,
    branch: String,
    prefix: String,
}

/// The forge's pages for one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ForgeLinks {
    source: String,
    history: String,
    status: String,
    next: String,
}

/// What a new entry looks like in the form.
const EXAMPLE: &str = r#"{
  "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
  "name": "com.example/my-server",
  "title": "My Server",
  "description": "What it does, in one sentence.",
  "version": "1.0.0",
  "packages": [
    {
      "registryType": "npm",
      "identifier": "my-server",
      "version": "1.0.0",
      "transport": { "type": "stdio" }
    }
  ]
}
"#;

impl Forge {
    /// The forge that `repository`'s remote points to, if it is a known one.
    ///
    /// Its host must be the public one: a company's own forge may have other paths, and a wrong link is
    /// worse than none. The owner and the repository must be plain words, since they go into links.
    pub(super) fn of(repository: &RemoteRepository, settings: &CatalogSettings) -> Option<Self> {
        let (host, path) = repository.place()?;
        let kind = match host.as_str() {
            "github.com" => ForgeKind::GitHub,
            "gitlab.com" => ForgeKind::GitLab,
            _ => return None,
        };
        let word = |s: &str| {
            !matches!(s, "" | "." | "..")
                && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        };
        let depth = path.split('/').count();
        let deep_enough = depth == 2 || (kind == ForgeKind::GitLab && depth > 2);
        if !deep_enough || !path.split('/').all(word) {
            return None;
        }
        let branch = settings.branch.as_deref().unwrap_or("main");
        Some(Self {
            kind,
            home: format!("https://{host}/{path}"),
            branch: percent_encode_except(branch, b"-._~/"),
            prefix: percent_encode_except(&repository.prefix, b"-._~/"),
        })
    }

    /// URL of the form that proposes a new server.
    pub(super) fn request(&self) -> String {
        let file = "com.example/my-server/1.0.0/server.json";
        self.new_file("servers", file, Some(EXAMPLE))
    }

    /// The links of one version, whose folder is `folder` (`com.example/weather/1.0.0`).
    ///
    /// Without a `status.json` the link for its status opens a form with an example; the forge commits it
    /// as a pull request where the reader may not push.
    pub(super) fn links(&self, folder: &str, has_status: bool) -> ForgeLinks {
        let folder = percent_encode_except(folder, b"-._~/");
        let at = format!("{}/servers/{folder}", self.prefix);
        let server = folder.rsplit_once('/').map_or(&*folder, |(server, _)| server);
        let status = if has_status {
            self.page("edit", &format!("{at}/status.json"))
        } else {
            let text = r#"{"status": "deprecated", "statusMessage": "Use … instead."}"#;
            self.new_file(&format!("servers/{folder}"), "status.json", Some(text))
        };
        ForgeLinks {
            source: self.page("blob", &format!("{at}/server.json")),
            history: self.page("commits", &at),
            status,
            next: self.new_file(&format!("servers/{server}"), "NEW-VERSION/server.json", None),
        }
    }

    /// URL of a file or folder on the branch; `what` is the forge's name for the kind of page.
    fn page(&self, what: &str, path: &str) -> String {
        let dash = if self.kind == ForgeKind::GitLab { "/-" } else { "" };
        let path = path.trim_start_matches('/');
        format!("{}{dash}/{what}/{}/{path}", self.home, self.branch)
    }

    /// URL of the form for a new file. Only GitHub takes the text from the URL; GitLab opens an empty
    /// form.
    fn new_file(&self, folder: &str, name: &str, text: Option<&str>) -> String {
        let mut url = self.page("new", &format!("{}/{folder}", self.prefix));
        let key = if self.kind == ForgeKind::GitLab { "file_name" } else { "filename" };
        url.push_str(&format!("?{key}={}", percent_encode(name)));
        if let (Some(text), ForgeKind::GitHub) = (text, self.kind) {
            url.push_str(&format!("&value={}", percent_encode(text)));
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forge(remote: &str) -> Option<Forge> {
        let at = RemoteRepository::new(remote.to_owned(), "registry-data".to_owned());
        Forge::of(&at, &CatalogSettings::default())
    }

    #[test]
    fn every_form_of_a_remote_names_the_same_pages_and_no_token() {
        let expected = "https://github.com/acme/registry/commits/main/registry-data/servers/com.example/a/1.0.0%2Bb";
        for remote in [
            "https://github.com/acme/registry",
            "https://x-access-token:secret@github.com/acme/registry.git",
            "git@github.com:acme/registry.git",
            "ssh://git@github.com:22/acme/registry.git/",
        ] {
            let links = forge(remote).unwrap().links("com.example/a/1.0.0+b", false);
            assert_eq!(links.history, expected, "{remote}");
            assert!(!format!("{links:?}").contains("secret"));
        }
    }

    #[test]
    fn an_unknown_forge_has_no_links() {
        for remote in
            ["https://git.example.com/a/b", "/srv/git/x.git", "file:///x", "https://github.com/a"]
        {
            assert!(forge(remote).is_none(), "{remote}");
        }
    }

    #[test]
    fn the_forms_are_prefilled() {
        let github = forge("git@github.com:acme/registry.git").unwrap();
        assert!(github.request().starts_with(
            "https://github.com/acme/registry/new/main/registry-data/servers?filename=com.example%2Fmy-server%2F1.0.0%2Fserver.json&value=%7B%0A"
        ));
        assert!(github.links("a.b/c/1", true).status.contains("/edit/main/"));
        let gitlab = forge("git@gitlab.com:acme/tools/registry.git").unwrap();
        assert!(gitlab.request().starts_with("https://gitlab.com/acme/tools/registry/-/new/main/"));
    }
}
