//! Where the workflows get the program from: `--tool` and `--sha256`.
//!
//! Everything here ends up in workflow files, so it is limited to characters that mean nothing to YAML, to a shell and
//! to the forge's expressions.

use crate::error::{Error, ErrorKind, Result};

/// Where a workflow gets mcp-static from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Source {
    /// Not known; the repository's variables have to.
    #[default]
    Unknown,
    /// A binary, or a release's `.tar.gz`, of known SHA-256.
    File { url: String, sha256: String },
    /// A program on the runner.
    Path { path: String, sha256: Option<String> },
    /// `cargo install` from crates.io, at an exact version.
    Crate { version: String },
    /// `cargo install` from a git repository, at a commit.
    Commit { url: String, commit: String },
    /// The repository itself is a copy of the program's.
    This,
}

/// What a user can write, in one line.
const FORMS: &str = "write https://HOST/mcp-static, /path/on/the/runner, github:OWNER/REPO@VERSION, cargo:VERSION, \
    cargo:https://HOST/REPO.git@COMMIT, or this";

/// Target of the release archive that `github:` names; runners are Linux machines of this kind unless set up otherwise.
const TARGET: &str = "x86_64-unknown-linux-musl";

impl Source {
    /// Reads the flags `--tool` and `--sha256`.
    ///
    /// # Errors
    /// On a form that is not known, an address that is not https, a version that is not exact, a commit or sum that is
    /// not complete, and a sum that is missing or has no use.
    pub(super) fn parse(tool: Option<&str>, sha256: Option<&str>) -> Result<Self> {
        let Some(tool) = tool else { return Ok(Self::Unknown) };
        let sum = sha256.map(digest).transpose()?;
        let source = Self::without_sum(tool)?;
        match (source, sum) {
            (Self::File { url, .. }, Some(sha256)) => Ok(Self::File { url, sha256 }),
            (Self::File { .. }, None) => Err(wrong(
                format!("--tool {tool} needs --sha256"),
                "download that file once, look at it, and give what `sha256sum FILE` prints",
            )),
            (Self::Path { path, .. }, sha256) => Ok(Self::Path { path, sha256 }),
            (_, Some(_)) => Err(wrong(
                format!("--sha256 has no use with --tool {tool}"),
                "leave it out; it belongs to a file",
            )),
            (source, None) => Ok(source),
        }
    }

    /// Reads the form of `--tool` alone, for a file with an empty sum.
    pub(super) fn without_sum(tool: &str) -> Result<Self> {
        let file = |url: String| Self::File { url, sha256: String::new() };
        if tool == "this" {
            return Ok(Self::This);
        }
        if let Some(release) = tool.strip_prefix("github:") {
            return release_url(release).map(file);
        }
        if let Some(what) = tool.strip_prefix("cargo:") {
            return from_cargo(what);
        }
        if tool.starts_with("https://") {
            return address(tool).map(file);
        }
        if tool.starts_with('/') {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-+@".contains(&b);
            if tool.len() > 1 && !tool.ends_with('/') && tool.bytes().all(plain) {
                return Ok(Self::Path { path: tool.to_owned(), sha256: None });
            }
            let help = "use letters, digits and / . _ - + @ only";
            return Err(wrong(format!("{tool:?} cannot be written into a workflow"), help));
        }
        Err(wrong(format!("{tool:?} is not a source of the program"), FORMS))
    }

    /// Whether the file's sum has to be given too.
    pub(super) fn needs_sum(&self) -> bool {
        matches!(self, Self::File { .. })
    }

    /// Whether the program is compiled, so that a cache is worth its lines.
    pub(super) fn is_compiled(&self) -> bool {
        matches!(self, Self::Crate { .. } | Self::Commit { .. } | Self::This)
    }

    /// Returns the arguments of `cargo install` that choose what is installed; empty for another source.
    pub(super) fn cargo_arguments(&self) -> String {
        match self {
            Self::Crate { version } => format!("--version ={version}"),
            Self::Commit { url, commit } => format!("--git {url} --rev {commit}"),
            _ => String::new(),
        }
    }

    /// Returns what tells one version of the program from another in the name of a cache; empty when not compiled.
    pub(super) fn version(&self) -> &str {
        match self {
            Self::Crate { version } => version,
            Self::Commit { commit, .. } => commit,
            _ => "",
        }
    }

    /// Returns a few words for a comment: a program "of …".
    pub(super) fn origin(&self) -> &'static str {
        match self {
            Self::Unknown | Self::File { .. } => "known SHA-256",
            Self::Path { .. } => "the runner",
            Self::Crate { .. } | Self::Commit { .. } => "a fixed version",
            Self::This => "the default branch",
        }
    }
}

fn wrong(what: impl Into<String>, help: &str) -> Error {
    Error::new(ErrorKind::Usage, what).help(help)
}

/// Reads a SHA-256, in lower case.
pub(super) fn digest(text: &str) -> Result<String> {
    match text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(wrong(
            format!("{text:?} is not a SHA-256"),
            "give the 64 hexadecimal digits that `sha256sum FILE` prints",
        )),
    }
}

/// Checks an https address.
fn address(url: &str) -> Result<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-~+@:%=&?,".contains(&b);
    let rest = url.strip_prefix("https://").unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() || path.is_empty() || host.contains('@') || !url.bytes().all(plain) {
        let help = "write https://HOST/PATH, without user name, quotes and white space";
        return Err(wrong(format!("{url:?} is not an https address of a file"), help));
    }
    Ok(url.to_owned())
}

/// Returns the address of a release's archive: `OWNER/REPO@VERSION`.
fn release_url(release: &str) -> Result<String> {
    let word = |s: &str| {
        !matches!(s, "" | "." | "..")
            && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let parts = release.split_once('@').and_then(|(repository, version)| {
        let (owner, name) = repository.split_once('/')?;
        Some((owner, name, version.strip_prefix('v').unwrap_or(version)))
    });
    match parts {
        Some((owner, name, version)) if word(owner) && word(name) && is_version(version) => {
            Ok(format!(
                "https://github.com/{owner}/{name}/releases/download/v{version}/mcp-static-{version}-{TARGET}.tar.gz"
            ))
        }
        _ => Err(wrong(
            format!("\"github:{release}\" does not name a release"),
            "write github:OWNER/REPO@VERSION, such as github:acme/mcp-static@1.2.3",
        )),
    }
}

/// Reads what follows `cargo:`.
fn from_cargo(what: &str) -> Result<Source> {
    if is_version(what) {
        return Ok(Source::Crate { version: what.to_owned() });
    }
    if let Some((url, commit)) =
        what.rsplit_once('@').filter(|(url, _)| url.starts_with("https://"))
    {
        let url = address(url)?;
        if commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Source::Commit { url, commit: commit.to_ascii_lowercase() });
        }
        let help = "give all 40 hexadecimal digits, as `git rev-parse HEAD` prints them";
        return Err(wrong(format!("{commit:?} is not the id of a commit"), help));
    }
    let help = "write cargo:VERSION such as cargo:1.2.3, or cargo:https://HOST/REPO.git@COMMIT";
    Err(wrong(format!("\"cargo:{what}\" is not an exact version"), help))
}

/// Whether this is an exact semantic version: three numbers, and maybe a pre-release.
fn is_version(text: &str) -> bool {
    let (numbers, pre) = text.split_once('-').unwrap_or((text, "0"));
    let mut count = 0;
    let all = numbers.split('.').all(|part| {
        count += 1;
        !part.is_empty() && part.len() < 10 && part.bytes().all(|b| b.is_ascii_digit())
    });
    let word = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    all && count == 3 && pre.split('.').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";

    #[test]
    fn every_form_is_read() {
        let read = |tool: &str, sum: Option<&str>| Source::parse(Some(tool), sum).unwrap();
        let sha256 = SUM.to_ascii_lowercase();
        assert_eq!(
            read("https://artifacts.example.com/mcp-static", Some(SUM)),
            Source::File {
                url: "https://artifacts.example.com/mcp-static".into(),
                sha256: sha256.clone()
            }
        );
        assert_eq!(
            read("github:acme/tools@v1.2.3-rc.1", Some(SUM)),
            Source::File {
                url: "https://github.com/acme/tools/releases/download/v1.2.3-rc.1/mcp-static-1.2.3-rc.1-x86_64-unknown-linux-musl.tar.gz".into(),
                sha256: sha256.clone()
            }
        );
        assert_eq!(read("/opt/mcp", None), Source::Path { path: "/opt/mcp".into(), sha256: None });
        assert_eq!(
            read("/opt/mcp", Some(SUM)),
            Source::Path { path: "/opt/mcp".into(), sha256: Some(sha256) }
        );
        assert_eq!(read("cargo:1.2.3", None), Source::Crate { version: "1.2.3".into() });
        let commit = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(
            read(&format!("cargo:https://git.example.com/a/b.git@{commit}"), None),
            Source::Commit { url: "https://git.example.com/a/b.git".into(), commit: commit.into() }
        );
        assert_eq!(read("this", None), Source::This);
        assert_eq!(Source::parse(None, None).unwrap(), Source::Unknown);
    }

    #[test]
    fn what_cannot_be_fixed_exactly_is_refused() {
        for tool in [
            "",
            "http://a.example/x",
            "https://a.example",
            "https:///x",
            "https://u@a.example/x",
            "https://a.example/x'y",
            "https://a.example/${{ secrets.X }}",
            "https://a.example/\"x",
            "https://a.example/a\nb",
            "opt/mcp",
            "/",
            "/opt/",
            "/opt/a b",
            "/opt/$(id)",
            "/opt/`id`",
            "cargo:",
            "cargo:^1.2",
            "cargo:1.2",
            "cargo:latest",
            "cargo:1.2.3 --git x",
            "cargo:https://a.example/b.git",
            "cargo:https://a.example/b.git@main",
            "cargo:http://a/b@x",
            "github:acme",
            "github:acme/x",
            "github:acme/x@latest",
            "github:acme/../x@1.2.3",
            "github:a/b/c@1.2.3",
            "That",
        ] {
            assert!(Source::parse(Some(tool), None).is_err(), "{tool:?}");
        }
        let file = Some("https://a.example/x");
        for sum in [None, Some(""), Some("abc"), Some(&SUM[1..])] {
            assert!(Source::parse(file, sum).is_err(), "{sum:?}");
        }
        assert!(Source::parse(Some("cargo:1.2.3"), Some(SUM)).is_err());
    }
}
