//! `init`: a registry repository from nothing.
//!
//! It writes missing files and never replaces edited ones: a second run changes nothing, and `--force`
//! renews only files that nobody edited. It uses no network and no git command; the forge is read from
//! the repository's remote.

mod ask;
mod scaffold;

use crate::text::to_hex;
use std::path::Path;

use crate::config::BaseUrl;
use crate::data::{Edits, apply_in, hold};
use crate::error::{Error, ErrorKind, Result};
use crate::render::catalog::RemoteRepository;
use crate::world::file;
use crate::world::git::Git;

use super::args::{Global, InitArgs};
use super::build::host_of;
use super::outcome::Outcome;
use super::talk::Talk;

use scaffold::{File, Forge, Scaffold, is_ours, is_renewable};

/// Largest file that is compared with one of the scaffold, in bytes.
const MAX_THERE: u64 = 16 * 1024 * 1024;

/// The data folder of a new registry.
const DATA: &str = "registry-data";

/// Scaffolds a registry repository.
pub(super) fn run(global: &Global, args: &InitArgs, talk: &Talk) -> Result<Outcome> {
    if global.data != Path::new(DATA) {
        return Err(Error::new(ErrorKind::Usage, "init does not take --data")
            .help(format!("leave out --data; it writes {DATA} into DIR")));
    }
    let surroundings = Surroundings::look(&args.dir)?;
    let plan = plan(args, &surroundings)?;
    std::fs::create_dir_all(&args.dir).map_err(|e| {
        Error::io("the folder cannot be created", &args.dir, e)
            .help("name a folder that you may write to")
    })?;
    let _held = hold(&args.dir)?;
    let (edits, lines) = decide(&args.dir, scaffold::files(&plan), args.force)?;
    apply_in(&args.dir, &args.dir, &edits, &|_| {})?;
    for line in lines {
        talk.say(&line);
    }
    if edits.is_empty() {
        talk.say("nothing to do: everything is there");
    } else {
        for line in next_steps(args, &plan, &surroundings) {
            talk.say(&line);
        }
    }
    Ok(Outcome::Fine)
}

/// What is known before anything is asked.
struct Surroundings {
    /// Whether the folder is in a git repository.
    in_git: bool,
    /// Host and path of the remote `origin`.
    remote: Option<(String, String)>,
    /// Name of the folder.
    folder: String,
    /// Whether there are entries already.
    has_entries: bool,
}

impl Surroundings {
    /// Reads the folder and the repository around it; neither has to be there.
    fn look(dir: &Path) -> Result<Self> {
        let git = Git::discover(dir)?;
        let remote = git.as_ref().and_then(|git| git.remote_url("origin"));
        let remote = remote.and_then(|url| RemoteRepository::new(url, DATA.to_owned()).place());
        let full = std::path::absolute(dir)
            .map_err(|e| Error::io("the folder cannot be found", dir, e))?;
        let folder =
            full.components().next_back().map(|c| c.as_os_str().to_string_lossy().into_owned());
        let has_entries = dir.join(DATA).join("servers").is_dir();
        Ok(Self { in_git: git.is_some(), remote, folder: folder.unwrap_or_default(), has_entries })
    }
}

/// Flags first, then answers on a terminal, then defaults.
///
/// # Errors
/// On an unknown host, an empty name, or a code owner in a form that forges do not know.
fn plan(args: &InitArgs, around: &Surroundings) -> Result<Scaffold> {
    let forge = match args.forge.as_deref() {
        Some("gitlab") => Forge::GitLab,
        Some(_) => Forge::GitHub,
        None if around.remote.as_ref().is_some_and(|(host, _)| host.contains("gitlab")) => {
            Forge::GitLab
        }
        None => Forge::GitHub,
    };
    args.host.as_deref().map(host_of).transpose()?;
    let remote = around.remote.clone();
    let owner = remote.as_ref().and_then(|(_, path)| path.split('/').next()).map(str::to_owned);
    let mut plan = Scaffold {
        forge,
        name: args.name.clone().unwrap_or_else(|| around.folder.clone()),
        public: args.public,
        host: args.host.clone(),
        base_url: args.base_url.clone(),
        maintainers: args.maintainers.clone().or_else(|| owner.map(|owner| format!("@{owner}"))),
        example: !around.has_entries,
        id: String::new(),
        remote,
    };
    if !args.yes && ask::possible() {
        ask::fill(&mut plan, args)?;
    }
    if plan.host.is_none() && plan.public && forge == Forge::GitHub {
        plan.host = Some("github-pages".to_owned());
    }
    if plan.name.chars().any(char::is_control) || plan.name.trim().is_empty() {
        return Err(Error::new(ErrorKind::Usage, format!("{:?} is not a name", plan.name))
            .help("give the registry a display name with --name"));
    }
    let wrong = |who: &&str| {
        !who.starts_with('@') && !who.contains('@') || who.chars().any(char::is_control)
    };
    if let Some(who) =
        plan.maintainers.as_deref().and_then(|all| all.split_whitespace().find(wrong))
    {
        return Err(Error::new(ErrorKind::Usage, format!("{who:?} is not a code owner"))
            .help("write @account, @organisation/team or an e-mail address"));
    }
    plan.id = identity(&plan)?;
    Ok(plan)
}

/// Returns the registry's lasting identity: its address, else its repository's, else a random one.
///
/// Proofs name it, so two registries must not share one; a random UUID of version 4 keeps them apart
/// while no address is known.
fn identity(plan: &Scaffold) -> Result<String> {
    if let Some(url) = plan.base_url.as_ref().map(BaseUrl::as_str) {
        return Ok(url.to_owned());
    }
    if let Some(url) = plan.likely_url().or_else(|| plan.repository_url()) {
        return Ok(url);
    }
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| {
        Error::new(ErrorKind::Io, "the system returned no random numbers").because(e.to_string())
    })?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = to_hex(&bytes);
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    Ok(format!("urn:uuid:{}", parts.join("-")))
}

/// Compares the scaffold with what is there. Returns the edits, and a line for each file that is written,
/// renewed or kept.
///
/// A file that is missing is written. One that is there is kept, unless `force` is given and its seal
/// shows that nobody has edited it.
fn decide(dir: &Path, files: Vec<File>, force: bool) -> Result<(Edits, Vec<String>)> {
    let (mut edits, mut lines) = (Edits::new(), Vec::new());
    for File { path, text } in files {
        let there = match file::read(&dir.join(&path), MAX_THERE) {
            Ok(bytes) => Some(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(Error::io("the file cannot be read", dir.join(&path), e)),
        };
        let ours = there.as_deref().is_some_and(is_ours);
        match there {
            Some(there) if there == text.as_bytes() => {}
            Some(_) if !ours && is_renewable(&path) => {
                lines.push(format!("kept {path} (it was changed)"));
            }
            Some(_) if !ours => lines.push(format!("kept {path} (not generated by init)")),
            Some(_) if !force => lines.push(format!("kept {path} (--force renews it)")),
            there => {
                let done = if there.is_some() { "updated" } else { "wrote" };
                lines.push(format!("{done} {path}"));
                edits.write(path, text);
            }
        }
    }
    Ok((edits, lines))
}

/// Returns the next steps for the user, in order.
fn next_steps(args: &InitArgs, plan: &Scaffold, around: &Surroundings) -> Vec<String> {
    let mut steps = Vec::new();
    let enter = if args.dir == Path::new(".") {
        String::new()
    } else {
        format!("cd {} && ", args.dir.display())
    };
    let start = if around.in_git { "" } else { "git init -b main && " };
    steps.push(format!("next: {enter}{start}git add . && git commit -m \"Set up the registry\""));
    steps.push("then: mcp-static serve, and look at http://127.0.0.1:8080/".to_owned());
    if plan.maintainers.is_none() {
        steps.push(format!("then: name your maintainers in {}", plan.forge.code_owners()));
    }
    steps.push(match (plan.forge, plan.host.as_deref()) {
        (Forge::GitHub, Some("github-pages")) => {
            "then: in the repository's settings choose Pages, source \"GitHub Actions\"".to_owned()
        }
        (Forge::GitHub, _) => {
            "then: publish.yml ends with the artifact \"site\"; copy it to your web server, \
             or run init with --host github-pages where the site may be public"
                .to_owned()
        }
        (Forge::GitLab, _) => {
            "then: set MCP_STATIC_URL and MCP_STATIC_SHA256 in .gitlab-ci.yml".to_owned()
        }
    });
    steps.push(
        "then: protect the branch; README.md says how, and what to paste into each client"
            .to_owned(),
    );
    steps
}
