//! Completion in a shell: the script asks this program at each press of the key, so that it knows the
//! servers of the registry at hand.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use crate::diag::Code;
use crate::model::probe::Trouble;
use crate::model::{ServerName, Version};
use crate::site::HOSTS;

use super::{DATA, help};

/// Shells that there is a script for.
pub(in crate::cli) const SHELL_NAMES: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Variable by which a script asks for completions.
const ASKED: &str = "MCP_STATIC_COMPLETE";

/// Most folders that are listed for one completion.
const MAX_LISTED: usize = 1000;

/// Returns the script that makes `shell` ask this program; `None` for an unknown shell.
///
/// It finds the program by its name, so that the script may be kept and shipped.
pub(in crate::cli) fn script(shell: &str) -> Option<Vec<u8>> {
    let (name, mut script) = ("mcp-static", Vec::new());
    if shell == "bash" {
        // Bash splits words at "@" to complete names of hosts, and NAME@VERSION would arrive in pieces.
        script.extend_from_slice(b"COMP_WORDBREAKS=${COMP_WORDBREAKS//@}\n");
    }
    let shells = Shells::builtins();
    shells.completer(shell)?.write_registration(ASKED, name, name, name, &mut script).ok()?;
    Some(script)
}

/// Answers a script's question. Returns `false` when none was asked.
pub(in crate::cli) fn answer(arguments: &[OsString]) -> Result<bool, clap::Error> {
    if arguments.is_empty() {
        return Ok(false);
    }
    let here = std::env::current_dir().ok();
    CompleteEnv::with_factory(help::command)
        .var(ASKED)
        .try_complete(arguments.iter().cloned(), here.as_deref())
}

/// Completes names of hosts, where a wrong one has its own error.
pub(super) fn hosts() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        HOSTS.iter().map(|host| CompletionCandidate::new(host.name())).collect()
    })
}

/// Completes the codes of diagnostics.
pub(super) fn codes() -> ArgValueCandidates {
    ArgValueCandidates::new(|| Code::ALL.iter().map(code).collect())
}

/// Completes all that `explain` explains.
pub(super) fn explained() -> ArgValueCandidates {
    let trouble = |trouble: &Trouble| {
        CompletionCandidate::new(trouble.id()).help(Some(trouble.title().into()))
    };
    ArgValueCandidates::new(move || {
        Code::ALL.iter().map(code).chain(Trouble::ALL.iter().map(trouble)).collect()
    })
}

fn code(code: &Code) -> CompletionCandidate {
    CompletionCandidate::new(code.as_str()).help(Some(code.summary().into()))
}

/// Completes namespaces of the registry.
pub(super) fn namespaces() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| candidates(typed, matching))
}

/// Completes names of servers.
pub(super) fn servers() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| candidates(typed, names))
}

/// Completes names of servers, and a whole name with its versions.
pub(super) fn entries() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| candidates(typed, names_and_versions))
}

/// Returns the namespaces that begin with `typed`.
fn matching(servers: &Path, typed: &str) -> Vec<String> {
    folders(servers, |namespace| namespace.starts_with(typed) && is_namespace(namespace))
}

/// Returns the names that begin with `typed`: the namespaces, and once one is left the servers in it.
fn names(servers: &Path, typed: &str) -> Vec<String> {
    let within = |namespace: &str| -> Vec<String> {
        let full = |name: &str| format!("{namespace}/{name}");
        let fits =
            |name: &str| full(name).starts_with(typed) && ServerName::parse(&full(name)).is_ok();
        folders(&servers.join(namespace), fits).iter().map(|name| full(name)).collect()
    };
    if let Some((namespace, _)) = typed.split_once('/') {
        return if is_namespace(namespace) { within(namespace) } else { Vec::new() };
    }
    let found = matching(servers, typed);
    match found.as_slice() {
        [only] => within(only),
        _ => found.into_iter().map(|namespace| format!("{namespace}/")).collect(),
    }
}

fn names_and_versions(servers: &Path, typed: &str) -> Vec<String> {
    let mut found = names(servers, typed);
    let name = typed.split('@').next().unwrap_or_default();
    if ServerName::parse(name).is_ok() {
        let full = |version: &str| format!("{name}@{version}");
        let fits =
            |version: &str| full(version).starts_with(typed) && Version::parse(version).is_ok();
        found.extend(folders(&servers.join(name), fits).iter().map(|version| full(version)));
    }
    found
}

/// Whether a folder's name can be the first part of a server's name.
fn is_namespace(text: &str) -> bool {
    ServerName::parse(&format!("{text}/name")).is_ok()
}

fn candidates(typed: &OsStr, find: fn(&Path, &str) -> Vec<String>) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let found = find(&data().join("servers"), typed);
    found.into_iter().map(CompletionCandidate::new).collect()
}

/// Returns the data folder of the command line that is being typed.
fn data() -> PathBuf {
    let mut words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    while let Some(word) = words.next() {
        if word == "--data" {
            return words.next().unwrap_or_default().into();
        }
        if let Some(data) = word.to_str().and_then(|word| word.strip_prefix("--data=")) {
            return data.into();
        }
    }
    super::way_up().unwrap_or_default().join(DATA)
}

/// Returns the names of the folders in `folder` that `fits` accepts, sorted: some of them when there are many.
fn folders(folder: &Path, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| fits(name)).take(MAX_LISTED).collect();
    names.sort();
    names
}
