//! Fetches from and pushes to other repositories with the `git` program.
//!
//! libgit2 is built without a network, and everyone who runs a forge's job has `git` with its certificates and
//! proxies. A token is in the environment of the child process only: not in its arguments, which every user of the
//! machine can read, and not in a file. No hook runs, and no credential helper is asked where a token is given.

use std::io::{ErrorKind as IoErrorKind, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::error::{Error, ErrorKind, Result};
use crate::text::visible;
use crate::world::http::{Secret, Url};

/// Most bytes that are kept of what the program writes to its standard error.
const MAX_MESSAGE: u64 = 16 * 1024;

/// Most lines of it that an error shows; the last ones say why.
const SHOWN_LINES: usize = 5;

/// Most characters of each of these lines.
const SHOWN_CHARS: usize = 300;

/// Settings of each run: a connection that stands still for a minute ends, nothing runs in the background, and
/// neither hooks nor transports of the repository run programs. A container's checkout belongs to another user, which
/// git refuses otherwise. A redirect is not followed: git would send the token along.
const SETTINGS: [&str; 7] = [
    "safe.directory=*",
    "http.followRedirects=false",
    "http.lowSpeedLimit=100",
    "http.lowSpeedTime=60",
    "gc.auto=0",
    "core.hooksPath=/dev/null",
    "protocol.ext.allow=never",
];

/// Another repository.
#[derive(Debug, Clone)]
pub struct Remote {
    url: String,
    /// A user name with the token that is sent for its password.
    credentials: Option<(String, Secret)>,
}

impl Remote {
    /// Names the repository at `url`: https, http on this computer, or file. The credentials are sent to the host of
    /// `url` only.
    pub fn new(url: &str, credentials: Option<(&str, &Secret)>) -> Self {
        let credentials = credentials.map(|(user, token)| (user.to_owned(), token.clone()));
        Self { url: url.to_owned(), credentials }
    }

    /// Fetches `refspecs` into the repository at `folder`. A `+SOURCE:TARGET` whose source does not exist is an error,
    /// unless it is a pattern such as `+refs/mcp-static/*:refs/mcp-static/*`; then what is no longer there is removed
    /// here too.
    ///
    /// # Errors
    /// [`ErrorKind::Indeterminate`] with what git said when it failed; [`ErrorKind::Usage`] for a refspec or URL that
    /// is not passed on, or without the program.
    pub fn fetch(&self, folder: &Path, refspecs: &[&str]) -> Result<()> {
        let words = ["fetch", "--quiet", "--no-tags", "--prune", "--no-recurse-submodules"];
        self.run(folder, &words, refspecs, ErrorKind::Indeterminate)
    }

    /// Pushes `refspecs` from the repository at `folder`.
    ///
    /// # Errors
    /// [`ErrorKind::Remote`] with what git said when it failed; [`ErrorKind::Usage`] as for [`Self::fetch`].
    pub fn push(&self, folder: &Path, refspecs: &[&str]) -> Result<()> {
        self.run(folder, &["push", "--quiet", "--no-verify"], refspecs, ErrorKind::Remote)
    }

    fn run(&self, folder: &Path, words: &[&str], refspecs: &[&str], kind: ErrorKind) -> Result<()> {
        let origin = self.origin()?;
        let is_valid = |spec: &&str| {
            !spec.is_empty() && !spec.starts_with('-') && spec.bytes().all(|b| b.is_ascii_graphic())
        };
        if refspecs.is_empty() || !refspecs.iter().all(is_valid) {
            return Err(Error::new(ErrorKind::Usage, "a refspec for git is not valid"));
        }
        let mut command = Command::new("git");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.arg("-C").arg(folder).args(words).arg("--").arg(&self.url).args(refspecs);
        command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_ASKPASS", "SSH_ASKPASS"] {
            command.env_remove(name);
        }
        let header = self.header();
        if let (Some(origin), Some(header)) = (origin, &header) {
            let key = format!("http.{origin}/.extraheader");
            let key = key.as_str();
            // The empty value drops the header that a checkout may have left in the repository's settings.
            let settings = [("credential.helper", ""), (key, ""), (key, header.as_str())];
            command.env("GIT_CONFIG_COUNT", settings.len().to_string());
            for (at, (key, value)) in settings.iter().enumerate() {
                command.env(format!("GIT_CONFIG_KEY_{at}"), key);
                command.env(format!("GIT_CONFIG_VALUE_{at}"), value);
            }
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|e| unstarted(&e))?;
        let (succeeded, message) =
            finish(child).map_err(|e| Error::new(ErrorKind::Io, "could not run git").because(e))?;
        if succeeded {
            return Ok(());
        }
        let doing =
            format!("git could not {} {}", words.first().unwrap_or(&""), refspecs.join(" "));
        Err(Error::new(kind, doing).because(self.explain(&message)))
    }

    /// Checks the URL, and returns its scheme and host for a web address.
    fn origin(&self) -> Result<Option<String>> {
        let refused = |why: &str| {
            Error::new(ErrorKind::Usage, format!("the URL of the git repository {why}"))
                .help("use an https URL without a user name")
        };
        if self.url.strip_prefix("file:///").is_some_and(|path| !path.is_empty()) {
            return Ok(None);
        }
        let url = Url::parse(&self.url).map_err(refused)?;
        match url.objection() {
            Some(why) => Err(refused(&format!("is not used: {why}"))),
            None => Ok(Some(url.origin())),
        }
    }

    fn header(&self) -> Option<String> {
        let (user, token) = self.credentials.as_ref()?;
        let both = BASE64_STANDARD.encode(format!("{user}:{}", token.expose()));
        Some(format!("Authorization: Basic {both}"))
    }

    /// Returns the end of what git said on one line, without the token in any form.
    fn explain(&self, message: &str) -> String {
        let mut message = message.to_owned();
        if let Some((_, token)) = &self.credentials {
            message = message.replace(token.expose(), "…");
        }
        if let Some(header) = self.header() {
            message = message.replace(header.trim_start_matches("Authorization: Basic "), "…");
        }
        let lines: Vec<&str> = message.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
        let cut = |line: &&str| visible(line).chars().take(SHOWN_CHARS).collect::<String>();
        match last {
            [] => "git ended without a message".to_owned(),
            last => last.iter().map(cut).collect::<Vec<_>>().join("; "),
        }
    }
}

/// Waits for the program; returns whether it succeeded, and the beginning of what it wrote.
fn finish(mut child: Child) -> std::io::Result<(bool, String)> {
    let mut message = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let mut stderr = stderr.take(MAX_MESSAGE);
        stderr.read_to_end(&mut message)?;
        // The program would wait for a reader, or end because there is none.
        std::io::copy(&mut stderr.into_inner(), &mut std::io::sink())?;
    }
    Ok((child.wait()?.success(), String::from_utf8_lossy(&message).into_owned()))
}

/// Returns the error for a program that could not be started.
fn unstarted(e: &std::io::Error) -> Error {
    match e.kind() {
        IoErrorKind::NotFound => Error::new(ErrorKind::Usage, "the program `git` was not found")
            .help("install git on the runner, and put it on the PATH of the job"),
        _ => Error::new(ErrorKind::Io, "could not start git").because(e.to_string()),
    }
}
