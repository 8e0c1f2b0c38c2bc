//! `explain`, `completions` and `man`.

use std::path::Path;

use clap::Command;

use crate::diag::{Code, nearest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::probe::Trouble;
use crate::text::count;
use crate::world::file;

use super::args::{command, script};
use super::outcome::Outcome;
use super::talk::Talk;

/// Prints the page of a code or of a probe's finding, or the list of codes.
pub(super) fn run(code: Option<&str>, talk: &Talk) -> Result<Outcome> {
    let Some(name) = code else {
        let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
        let line = |code: &Code| {
            format!("{:width$}  {:7}  {}\n", code.as_str(), code.severity(), code.summary())
        };
        talk.data(&Code::ALL.iter().map(line).collect::<String>());
        talk.next("`mcp-static explain CODE` explains one of them");
        return Ok(Outcome::Fine);
    };
    if let Some(trouble) = Trouble::parse(name) {
        let (id, title, fix) = (trouble.id(), trouble.title(), trouble.fix());
        talk.data(&format!("# {id}\n\nA finding of `probe`: {title}.\n\nFix: {fix}.\n"));
        return Ok(Outcome::Fine);
    }
    if let Ok(code) = Code::parse(name) {
        talk.data(code.explanation());
        return Ok(Outcome::Fine);
    }
    let error = Error::new(ErrorKind::Usage, format!("unknown code {name:?}"));
    let troubles = Trouble::ALL.iter().map(|trouble| trouble.id());
    let codes = || Code::ALL.iter().map(|code| code.as_str()).chain(troubles.clone());
    let containing: Vec<_> = codes().filter(|id| name.len() > 2 && id.contains(name)).collect();
    Err(match (nearest(name, codes()), containing.as_slice()) {
        (Some(near), _) | (None, &[near]) => {
            error.help(format!("did you mean {near}? Run `mcp-static explain {near}`"))
        }
        (None, []) => error.help("run `mcp-static explain` for the list"),
        (None, several) => error.help(format!("choose from {}", several.join(", "))),
    })
}

/// Prints a completion script.
pub(super) fn completions(shell: &str, talk: &Talk) -> Result<Outcome> {
    let script = script(shell).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("there is no script for {shell}"))
            .help("run `mcp-static completions --help` for the shells")
    })?;
    talk.data(&String::from_utf8_lossy(&script));
    Ok(Outcome::Fine)
}

/// Writes the man pages of the program and of each command into `folder`.
pub(super) fn man(folder: &Path, talk: &Talk) -> Result<Outcome> {
    let mut program = command().disable_help_subcommand(true);
    program.build();
    let written = write_pages(&program, folder)?;
    talk.say(&format!("wrote {} to {}", count(written, "man page"), folder.display()));
    Ok(Outcome::Fine)
}

/// Writes the pages of a command and of those below it that are not hidden; returns how many.
fn write_pages(command: &Command, folder: &Path) -> Result<usize> {
    let mut written = 1;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        written += write_pages(below, folder)?;
    }
    let page = clap_mangen::Man::new(command.clone());
    let path = folder.join(page.get_filename());
    let mut text = Vec::new();
    let done = page.render(&mut text).and_then(|()| file::write(&path, &text));
    done.map_err(|e| Error::io("the man page cannot be written", &path, e))?;
    Ok(written)
}
