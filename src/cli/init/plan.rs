//! What is to be written: flags first, then answers, then what is there already, then defaults.

use crate::config::{BaseUrl, Visibility};
use crate::error::{Error, ErrorKind, Result};
use crate::text::to_hex;

use super::super::args::InitArgs;
use super::super::build::host_of;
use super::around::Surroundings;
use super::forge::Forge;
use super::hosts::{self, Accepted};
use super::source::Source;

/// Everything that the templates depend on.
#[derive(Debug, Clone)]
pub(super) struct Scaffold {
    pub(super) forge: Forge,
    pub(super) name: String,
    /// Public trust and visibility.
    pub(super) public: bool,
    /// Host of the site, if somebody named one.
    pub(super) host: Option<String>,
    pub(super) base_url: Option<BaseUrl>,
    /// Code owners, separated by white space.
    pub(super) maintainers: Option<String>,
    /// Hosts of packages besides the public ones.
    pub(super) hosts: Accepted,
    /// Whether the example entry is wanted.
    pub(super) example: bool,
    /// Whether people without git may ask for a server.
    pub(super) requests: bool,
    /// Whether the settings have mirrors.
    pub(super) mirrors: bool,
    /// Names of the variables with tokens for their registries.
    pub(super) mirror_tokens: Vec<String>,
    /// Where the workflows get the program from.
    pub(super) source: Source,
    /// The words of `--tool` and `--sha256`.
    pub(super) tool: (Option<String>, Option<String>),
    /// `[registry] id`.
    pub(super) id: String,
    /// Path of the README.
    pub(super) guide: &'static str,
    /// Whether the pages of the forge may serve the site.
    pub(super) pages: bool,
    /// Host and path of the repository on its forge.
    pub(super) remote: Option<(String, String)>,
}

impl Scaffold {
    /// Takes the flags, and what is there already.
    ///
    /// # Errors
    /// On an unknown host or source, and where nothing tells which forge it is.
    pub(super) fn new(args: &InitArgs, around: &Surroundings, forge: Forge) -> Result<Self> {
        args.host.as_deref().map(host_of).transpose()?;
        let remote = around.remote.clone();
        let path = remote.as_ref().map(|(_, path)| path.as_str());
        let owner = path.and_then(|path| path.split('/').next());
        let settings = around.settings.as_ref();
        let known_name = settings.and_then(|settings| settings.name.clone());
        let repository = path.and_then(|path| path.rsplit('/').next());
        let name = args.name.clone().or(known_name);
        let mirrors = settings.map(|settings| settings.mirrors.as_slice()).unwrap_or_default();
        let public = settings.is_some_and(|s| s.visibility == Visibility::Public);
        Ok(Self {
            forge,
            name: name.unwrap_or_else(|| repository.unwrap_or(&around.folder).to_owned()),
            public: args.public || public && !args.private,
            host: args.host.clone(),
            base_url: args.base_url.clone().or_else(|| settings.and_then(|s| s.base_url.clone())),
            maintainers: args
                .maintainers
                .clone()
                .or_else(|| owner.map(|owner| format!("@{owner}"))),
            hosts: hosts::read(args.package_hosts.as_deref().unwrap_or_default())?,
            example: args.example,
            requests: args.requests,
            mirrors: !mirrors.is_empty(),
            mirror_tokens: mirrors.iter().filter_map(|mirror| mirror.token_env.clone()).collect(),
            source: Source::parse(args.tool.as_deref(), args.sha256.as_deref())?,
            tool: (args.tool.clone(), args.sha256.clone()),
            id: String::new(),
            guide: around.guide,
            pages: true,
            remote,
        })
    }

    /// Checks what somebody wrote, and gives the registry its identity.
    ///
    /// # Errors
    /// On an empty name, a code owner in a form that forges do not know, and options that do not fit each other.
    pub(super) fn finish(mut self, around: &Surroundings) -> Result<Self> {
        check_name(&self.name)?;
        self.maintainers.as_deref().map(check_maintainers).transpose()?;
        if self.source == Source::This {
            if !matches!(self.forge, Forge::GitHub { server: false }) {
                let help = "name another --tool, or push the copy to GitHub";
                return Err(usage("--tool this works on GitHub only", help));
            }
            if !around.is_program {
                let help =
                    "run it in a copy of mcp-static's own repository, or name another --tool";
                return Err(usage(
                    "--tool this needs the program's source in this repository",
                    help,
                ));
            }
        }
        if self.requests && self.forge == Forge::GitLab {
            let help = "leave it out; GitLab starts no pipeline for an issue";
            return Err(usage("--requests does not work on GitLab", help));
        }
        self.id = match around.settings.as_ref().and_then(|settings| settings.id.clone()) {
            Some(id) => id,
            None => self.identity()?,
        };
        Ok(self)
    }

    /// Returns the registry's lasting identity: its address, else its repository's, else a random one.
    ///
    /// Proofs name it, so two registries must not share one; a random UUID of version 4 keeps them apart
    /// while no address is known.
    fn identity(&self) -> Result<String> {
        if let Some(url) = self.base_url.as_ref().map(BaseUrl::as_str) {
            return Ok(url.to_owned());
        }
        if let Some(url) = self.likely_url().or_else(|| self.repository_url()) {
            return Ok(url);
        }
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(|e| {
            Error::new(ErrorKind::Io, "the system returned no random numbers")
                .because(e.to_string())
        })?;
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = to_hex(&bytes);
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        Ok(format!("urn:uuid:{}", parts.join("-")))
    }

    /// Returns the host of the site: the one that somebody named, else the forge's pages, else any file host.
    pub(super) fn host(&self) -> &str {
        self.host.as_deref().unwrap_or_else(|| self.forge.default_host(self.public))
    }

    /// Whether the forge itself serves the site, so that its workflow can probe it.
    pub(super) fn on_pages(&self) -> bool {
        match self.forge {
            Forge::GitHub { .. } => self.host() == "github-pages",
            Forge::GitLab => self.host() == "gitlab-pages",
            Forge::Forgejo | Forge::Gitea => false,
        }
    }

    /// Returns the URL at which the forge's pages will most likely serve the site.
    pub(super) fn likely_url(&self) -> Option<String> {
        let (host, path) = self.remote.as_ref().filter(|_| self.pages)?;
        let (owner, name) = path.split_once('/')?;
        let pages = match host.as_str() {
            "github.com" if self.host() == "github-pages" => "github.io",
            "gitlab.com" if self.host() == "gitlab-pages" => "gitlab.io",
            "codeberg.org" => "codeberg.page",
            _ => return None,
        };
        let home = format!("{}.{pages}", owner.to_ascii_lowercase());
        let is_home =
            name.eq_ignore_ascii_case(&home) || pages == "codeberg.page" && name == "pages";
        let url = match is_home {
            true => format!("https://{home}"),
            false => format!("https://{home}/{name}"),
        };
        BaseUrl::parse(&url).ok().map(|url| url.as_str().to_owned())
    }

    /// Returns the URL of the repository.
    fn repository_url(&self) -> Option<String> {
        let (host, path) = self.remote.as_ref()?;
        BaseUrl::parse(&format!("https://{host}/{path}")).ok().map(|url| url.as_str().to_owned())
    }

    /// Returns the flags that make the same CI files again.
    pub(super) fn options(&self) -> String {
        let mut words = vec!["--forge", self.forge.name()];
        words.push(if self.public { "--public" } else { "--private" });
        let (tool, sha256) = &self.tool;
        for (flag, value) in [("--host", &self.host), ("--tool", tool), ("--sha256", sha256)] {
            words.extend(value.as_deref().map(|value| [flag, value]).into_iter().flatten());
        }
        if self.requests {
            words.push("--requests");
        }
        words.join(" ")
    }
}

fn usage(what: impl Into<String>, help: &str) -> Error {
    Error::new(ErrorKind::Usage, what).help(help)
}

/// Checks a display name: one line of text.
pub(super) fn check_name(name: &str) -> Result<()> {
    match name.chars().any(char::is_control) || name.trim().is_empty() {
        true => Err(usage(
            format!("{name:?} is not a name"),
            "give the registry a display name with --name",
        )),
        false => Ok(()),
    }
}

/// Checks code owners in the forms that forges know.
pub(super) fn check_maintainers(all: &str) -> Result<()> {
    let wrong =
        |who: &&str| !who.contains('@') || who.len() < 2 || who.chars().any(char::is_control);
    match all.split(' ').filter(|who| !who.is_empty()).find(wrong) {
        None => Ok(()),
        Some(who) => Err(usage(
            format!("{who:?} is not a code owner"),
            "write @account, @organisation/team or an e-mail address",
        )),
    }
}

/// Adds the options that an earlier run wrote into a CI file, where the command line says nothing.
pub(super) fn recall(args: &mut InitArgs, options: &[&str]) {
    let new_tool = args.tool.is_some();
    let mut words = options.iter();
    while let Some(word) = words.next() {
        let slot = match *word {
            "--host" => &mut args.host,
            "--forge" => &mut args.forge,
            "--tool" => &mut args.tool,
            "--sha256" if !new_tool => &mut args.sha256,
            "--requests" => {
                args.requests = true;
                continue;
            }
            _ => continue,
        };
        if let (None, Some(value)) = (&slot, words.next()) {
            *slot = Some((*value).to_owned());
        }
    }
}
