//! The questions of `init`, asked on a terminal only, and only those that no flag answered.
//!
//! A wrong answer is explained and the question asked again. Questions are read from any reader and written to any
//! writer, so that tests can answer them.

use std::io::{BufRead, IsTerminal as _, Write};

use crate::config::BaseUrl;
use crate::error::{Error, ErrorKind, Result};
use crate::text::visible;

use super::super::args::InitArgs;
use super::around::Surroundings;
use super::forge::{Forge, NAMES};
use super::hosts;
use super::plan::{Scaffold, check_maintainers, check_name};
use super::source::{Source, digest};

/// Whether the program runs in a terminal, so that it can ask.
pub(super) fn possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks questions and reads the answers.
pub(super) struct Asker<R, W> {
    pub(super) input: R,
    pub(super) output: W,
}

impl<R: BufRead, W: Write> Asker<R, W> {
    /// Asks which forge it is, unless a flag or the remote names it.
    pub(super) fn forge(&mut self, args: &InitArgs, around: &Surroundings) -> Result<Forge> {
        if args.forge.is_some() || around.forge().is_some() {
            return around.forge_unasked(args.forge.as_deref());
        }
        let question = format!("Forge that the repository is on ({})", NAMES.join(", "));
        self.ask_until(&question, "github", |answer| {
            Forge::named(&answer.to_ascii_lowercase(), around.host())
                .ok_or_else(|| format!("choose from {}", NAMES.join(", ")))
        })
    }

    /// Asks for what the flags left open and adds it to the plan.
    pub(super) fn fill(&mut self, plan: &mut Scaffold, args: &InitArgs) -> Result<()> {
        if args.name.is_none() {
            let name = plan.name.clone();
            plan.name = self.ask_until("Name of the registry", &name, |answer| {
                check_name(answer).map_err(|e| e.to_string()).map(|()| answer.to_owned())
            })?;
        }
        if args.host.is_none() && !plan.public && plan.host.is_none() {
            self.audience(plan, args)?;
        }
        if plan.base_url.is_none() {
            let likely = plan.likely_url().unwrap_or_default();
            let question = "URL that clients will be given (empty when not known yet)";
            plan.base_url = self.ask_until(question, &likely, |answer| match answer {
                "" => Ok(None),
                _ => BaseUrl::parse(answer).map(Some),
            })?;
        }
        if args.maintainers.is_none() {
            let known = plan.maintainers.clone().unwrap_or_default();
            let question = match plan.forge {
                Forge::GitHub { .. } => {
                    "Maintainers, as @account or @organisation/team (not an organisation alone)"
                }
                _ => "Maintainers, as @account or @organisation/team",
            };
            let answer = self.ask_until(question, &known, |answer| {
                check_maintainers(answer).map_err(explain).map(|()| answer.to_owned())
            })?;
            plan.maintainers = Some(answer).filter(|answer| !answer.is_empty());
        }
        if args.package_hosts.is_none() && !plan.public {
            let question = "Hosts inside the company that packages come from, such as artifacts.corp.example or \
                 npm=npm.corp.example (empty: any host)";
            plan.hosts =
                self.ask_until(question, "", |answer| hosts::read(answer).map_err(explain))?;
        }
        if args.tool.is_none() {
            self.source(plan)?;
        }
        Ok(())
    }

    /// Asks who may read the site, because pages of a private repository are not private.
    fn audience(&mut self, plan: &mut Scaffold, args: &InitArgs) -> Result<()> {
        match plan.forge {
            Forge::GitHub { server: false } => self.say(
                "A site on GitHub Pages is public, even if its repository is private. (GitHub Enterprise Cloud can make it \
                 private, but then clients cannot read it.)\n",
            )?,
            Forge::GitHub { server: true } => {
                self.say("GitHub Pages shows a site to everyone who can reach this server.\n")?;
            }
            Forge::GitLab => self.say(
                "Clients do not sign in, so GitLab Pages has to show the site to everyone who can reach the server.\n",
            )?,
            Forge::Forgejo | Forge::Gitea => {}
        }
        let question =
            "Can the site be public, so that everyone who knows its address can read it?";
        let readable = self.yes(question)?;
        if !readable {
            plan.pages = false;
            plan.host = Some("plain".to_owned());
        }
        if readable && !args.private {
            let question =
                "Is it a public registry, where strangers publish and search engines are welcome?";
            plan.public = self.yes(question)?;
        }
        if readable && matches!(plan.forge, Forge::GitHub { .. }) {
            let pages = self.yes("Publish it on GitHub Pages?")?;
            plan.host = Some(if pages { "github-pages" } else { "plain" }.to_owned());
        }
        Ok(())
    }

    /// Asks where the workflows get the program from.
    fn source(&mut self, plan: &mut Scaffold) -> Result<()> {
        let question = "Where do the workflows get mcp-static from: https://…, /path/on/the/runner, \
             github:OWNER/REPO@VERSION or cargo:VERSION (empty: set two variables later)";
        let (tool, source) = self.ask_until(question, "", |answer| match answer {
            "" => Ok((None, Source::Unknown)),
            _ => Source::without_sum(answer).map_err(explain).map(|s| (Some(answer.to_owned()), s)),
        })?;
        plan.source = source;
        plan.tool = (tool, None);
        if plan.source.needs_sum() {
            let question = "SHA-256 of that file, as `sha256sum FILE` prints it";
            let sha256 = self.ask_until(question, "", |answer| digest(answer).map_err(explain))?;
            plan.source = Source::parse(plan.tool.0.as_deref(), Some(&sha256))?;
            plan.tool.1 = Some(sha256);
        }
        Ok(())
    }

    /// Asks for the first server until `add` takes one or the answer is empty. Returns whether one was added.
    pub(super) fn first_server(&mut self, mut add: impl FnMut(&str) -> bool) -> bool {
        loop {
            let question = "Add your first server now? Path of its server.json (empty: later)";
            match self.ask(question, "").as_deref() {
                // The registry is set up already, so silence means later.
                Err(_) | Ok("") => return false,
                Ok(path) if add(path) => return true,
                Ok(_) => {}
            }
        }
    }

    /// Asks a yes-or-no question until it is answered; the default is no.
    fn yes(&mut self, question: &str) -> Result<bool> {
        self.ask_until(&format!("{question} (y/n)"), "n", |answer| {
            match answer.to_ascii_lowercase().as_str() {
                "y" | "yes" => Ok(true),
                "n" | "no" => Ok(false),
                _ => Err("answer y or n".to_owned()),
            }
        })
    }

    /// Asks until `read` takes the answer.
    fn ask_until<T>(
        &mut self,
        question: &str,
        default: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T> {
        loop {
            match read(&self.ask(question, default)?) {
                Ok(value) => return Ok(value),
                Err(why) => self.say(&format!("{}\n", visible(&why)))?,
            }
        }
    }

    /// Asks a question and returns the answer; the default when it is empty.
    fn ask(&mut self, question: &str, default: &str) -> Result<String> {
        match default {
            "" => self.say(&format!("{question}: "))?,
            _ => self.say(&format!("{question} [{}]: ", visible(default)))?,
        }
        let mut line = Vec::new();
        let read = self.input.read_until(b'\n', &mut line).map_err(unanswered)?;
        if read == 0 {
            return Err(Error::new(ErrorKind::Usage, "the question was not answered")
                .help("answer it, or give --yes to take every default"));
        }
        let line = String::from_utf8_lossy(&line);
        let answer = line.trim();
        Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
    }

    fn say(&mut self, text: &str) -> Result<()> {
        self.output
            .write_all(text.as_bytes())
            .and_then(|()| self.output.flush())
            .map_err(unanswered)
    }
}

/// Returns what is wrong and what to write instead.
fn explain(error: Error) -> String {
    match error.advice() {
        Some(help) => format!("{error}; {help}"),
        None => error.to_string(),
    }
}

fn unanswered(e: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, "the terminal cannot be used")
        .because(e.to_string())
        .help("give --yes to take every default")
}

#[cfg(test)]
mod tests;
