//! The questions of `init`, asked on a terminal only, and only those that no flag answered.
//!
//! The first question is whether the site may be public: a site on GitHub Pages is public even when its
//! repository is private, except on GitHub Enterprise Cloud.

use std::io::{IsTerminal as _, Write as _};

use crate::config::BaseUrl;
use crate::error::{Error, ErrorKind, Result};

use super::super::args::InitArgs;
use super::scaffold::{Forge, Scaffold};

/// Whether the program runs in a terminal, so that it can ask.
pub(super) fn possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for what the flags left open and adds it to the plan.
pub(super) fn fill(plan: &mut Scaffold, args: &InitArgs) -> Result<()> {
    if args.name.is_none() {
        plan.name = ask("Name of the registry", &plan.name)?;
    }
    if args.host.is_none() && !plan.public {
        let readable =
            yes("Can the site be public, so that everybody who knows its address can read it?")?;
        if readable && !args.private {
            plan.public = yes(
                "Is it a public registry, where strangers publish and search engines are welcome?",
            )?;
        }
        if readable && plan.forge == Forge::GitHub && yes("Publish it on GitHub Pages?")? {
            plan.host = Some("github-pages".to_owned());
        }
    }
    while args.base_url.is_none() && plan.base_url.is_none() {
        let likely = plan.likely_url().unwrap_or_default();
        let answer = ask("URL that clients will be given (empty when not known yet)", &likely)?;
        match BaseUrl::parse(&answer) {
            _ if answer.is_empty() => break,
            Ok(url) => plan.base_url = Some(url),
            Err(why) => say(&format!("{why}\n"))?,
        }
    }
    if args.maintainers.is_none() {
        let known = plan.maintainers.clone().unwrap_or_default();
        let answer = ask("Maintainers, as @account or @organisation/team", &known)?;
        plan.maintainers = Some(answer).filter(|answer| !answer.is_empty());
    }
    Ok(())
}

/// Asks a yes-or-no question until it is answered; the default is no.
fn yes(question: &str) -> Result<bool> {
    loop {
        match ask(&format!("{question} (y/n)"), "n")?.to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => say("please answer y or n\n")?,
        }
    }
}

/// Asks a question and returns the answer; the default when it is empty.
fn ask(question: &str, default: &str) -> Result<String> {
    match default {
        "" => say(&format!("{question}: "))?,
        _ => say(&format!("{question} [{default}]: "))?,
    }
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line).map_err(unanswered)?;
    if read == 0 {
        return Err(Error::new(ErrorKind::Usage, "the question was not answered")
            .help("answer it, or give --yes to take every default"));
    }
    let answer = line.trim();
    Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
}

fn say(text: &str) -> Result<()> {
    let mut err = std::io::stderr().lock();
    err.write_all(text.as_bytes()).and_then(|()| err.flush()).map_err(unanswered)
}

fn unanswered(e: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, "the terminal cannot be used")
        .because(e.to_string())
        .help("give --yes to take every default")
}
