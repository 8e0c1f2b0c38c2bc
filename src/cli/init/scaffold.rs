//! The files of a new registry, from the templates that are compiled in.
//!
//! Words in double underscores are replaced. Files that `--force` may update end in a seal: a comment
//! with git's blob id of the text above it. An edited file no longer matches its seal and is kept.

use crate::config::BaseUrl;
use crate::world::git::Git;

/// Where the repository lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forge {
    GitHub,
    GitLab,
}

impl Forge {
    /// Returns the path of the code owners file.
    pub(super) fn code_owners(self) -> &'static str {
        match self {
            Self::GitHub => ".github/CODEOWNERS",
            Self::GitLab => ".gitlab/CODEOWNERS",
        }
    }
}

/// Everything that the templates depend on.
#[derive(Debug, Clone)]
pub(super) struct Scaffold {
    pub(super) forge: Forge,
    pub(super) name: String,
    /// Public trust and visibility.
    pub(super) public: bool,
    /// Host of the site, if it is known.
    pub(super) host: Option<String>,
    pub(super) base_url: Option<BaseUrl>,
    /// Code owners, separated by white space.
    pub(super) maintainers: Option<String>,
    /// Whether the example entry is wanted.
    pub(super) example: bool,
    /// `[registry] id`.
    pub(super) id: String,
    /// Host and path of the repository on its forge.
    pub(super) remote: Option<(String, String)>,
}

impl Scaffold {
    /// Returns the URL at which GitHub Pages will most likely serve the site.
    pub(super) fn likely_url(&self) -> Option<String> {
        let (host, path) = self.remote.as_ref()?;
        if self.host.as_deref() != Some("github-pages") || host != "github.com" {
            return None;
        }
        let (owner, name) = path.split_once('/')?;
        let home = format!("{}.github.io", owner.to_ascii_lowercase());
        let url = if name.eq_ignore_ascii_case(&home) {
            format!("https://{home}")
        } else {
            format!("https://{home}/{name}")
        };
        BaseUrl::parse(&url).ok().map(|url| url.as_str().to_owned())
    }

    /// Returns the URL of the repository.
    pub(super) fn repository_url(&self) -> Option<String> {
        let (host, path) = self.remote.as_ref()?;
        BaseUrl::parse(&format!("https://{host}/{path}")).ok().map(|url| url.as_str().to_owned())
    }
}

/// A file of the scaffold.
pub(super) struct File {
    /// Path below the new repository, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
}

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../../../templates/scaffold/", $path))
    };
}

/// Returns every file, in the order of the report.
pub(super) fn files(plan: &Scaffold) -> Vec<File> {
    let mut files = vec![
        ("registry-data/registry.toml", template!("data/registry.toml")),
        (".gitignore", template!("data/gitignore")),
        ("README.md", template!("data/README.md")),
    ];
    if plan.example {
        files.push((
            "registry-data/servers/com.example/hello/1.0.0/server.json",
            template!("data/server.json"),
        ));
    }
    match plan.forge {
        Forge::GitHub => files.extend([
            (
                ".github/workflows/registry.yml",
                match plan.public {
                    true => template!("github/public/.github/workflows/registry.yml"),
                    false => template!("github/company/.github/workflows/registry.yml"),
                },
            ),
            (".github/workflows/publish.yml", template!("github/.github/workflows/publish.yml")),
            (".github/CODEOWNERS", template!("github/.github/CODEOWNERS")),
        ]),
        Forge::GitLab => files.extend([
            (".gitlab-ci.yml", template!("gitlab/.gitlab-ci.yml")),
            (".gitlab/CODEOWNERS", template!("gitlab/CODEOWNERS")),
        ]),
    }
    let words = words(plan);
    files
        .into_iter()
        .map(|(path, template)| {
            let text = fill(template, &words);
            let text = if is_renewable(path) { seal(&text) } else { text };
            File { path: path.to_owned(), text }
        })
        .collect()
}

/// Returns each word of the templates with its value.
fn words(plan: &Scaffold) -> Vec<(&'static str, String)> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let url = plan.base_url.as_ref().map(|url| url.as_str().to_owned());
    let shown = url.clone().or_else(|| plan.likely_url());
    let shown = shown.unwrap_or_else(|| "https://registry.example.com".to_owned());
    let (request, check) = match plan.forge {
        Forge::GitHub => ("pull request", "Change / Judge"),
        Forge::GitLab => ("merge request", "judge"),
    };
    let proof = match plan.public {
        true => template!("data/proof.md"),
        false => template!("data/review.md"),
    };
    let base_url = match &url {
        Some(url) => format!("base_url = {}", quoted(url)),
        None => "# base_url = \"https://registry.example.com\"".to_owned(),
    };
    let maintainers = plan.maintainers.as_deref().unwrap_or("@your-organisation/maintainers");
    vec![
        ("__AUTHORITY__", shown.trim_start_matches("https://").to_owned()),
        ("__BASE_URL__", base_url),
        ("__CHECK__", check.to_owned()),
        ("__HOST__", plan.host.clone().unwrap_or_else(|| "plain".to_owned())),
        ("__ID__", quoted(&plan.id)),
        ("__MAINTAINERS__", maintainers.to_owned()),
        ("__PROOF__", proof.trim_end().to_owned()),
        ("__QUOTED_NAME__", quoted(&plan.name)),
        ("__REQUEST__", request.to_owned()),
        ("__TRUST__", if plan.public { "proof" } else { "review" }.to_owned()),
        ("__URL__", shown),
        ("__VISIBILITY__", if plan.public { "public" } else { "private" }.to_owned()),
        ("__NAME__", plan.name.clone()),
    ]
}

/// Replaces the words of a template. Values are not searched for words.
fn fill(template: &str, words: &[(&'static str, String)]) -> String {
    let mut text = String::with_capacity(template.len() + 512);
    let mut rest = template;
    while let Some(at) = rest.find("__") {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        match words.iter().find(|(word, _)| rest.starts_with(word)) {
            Some((word, value)) => {
                text.push_str(value);
                rest = &rest[word.len()..];
            }
            None => {
                text.push_str("__");
                rest = &rest[2..];
            }
        }
    }
    text.push_str(rest);
    text
}

const SEAL: &str = "# mcp-static init ";

/// Whether `--force` may update the file: only CI files, which nobody has to edit.
pub(super) fn is_renewable(path: &str) -> bool {
    path.ends_with(".yml")
}

/// Returns git's blob id of the text. It only detects edits.
fn sum(text: &str) -> String {
    Git::blob_id(text.as_bytes()).to_string()
}

fn seal(text: &str) -> String {
    format!("{text}{SEAL}{}\n", sum(text))
}

/// Whether a file is exactly as some version of `init` wrote it.
pub(super) fn is_ours(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    // A checkout with other line ends is not an edit.
    let text = text.replace("\r\n", "\n");
    let Some((above, seal)) = text.rsplit_once(SEAL) else { return false };
    seal.trim_end() == sum(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_searched_for_words() {
        let words = [("__NAME__", "__URL__ __x".to_owned()), ("__URL__", "u".to_owned())];
        assert_eq!(fill("a __NAME__ __URL__ __init__", &words), "a __URL__ __x u __init__");
    }

    #[test]
    fn an_edit_breaks_the_seal_and_line_ends_do_not() {
        let sealed = seal("on: push\n");
        assert!(is_ours(sealed.as_bytes()));
        assert!(is_ours(sealed.replace('\n', "\r\n").as_bytes()));
        for edited in
            [sealed.replace("push", "pull"), format!("{sealed}x"), "on: push\n".to_owned()]
        {
            assert!(!is_ours(edited.as_bytes()), "{edited}");
        }
    }
}
