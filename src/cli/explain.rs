//! `explain`, `completions` and `man`.

use std::path::Path;

use clap::{Command, CommandFactory as _};

use crate::diag::Code;
use crate::error::{Error, ErrorKind, Result};
use crate::model::probe::Trouble;
use crate::text::count;
use crate::world::file;

use super::args::Cli;
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
        return Ok(Outcome::Fine);
    };
    if let Some(trouble) = Trouble::parse(name) {
        let (id, title, fix) = (trouble.id(), trouble.title(), trouble.fix());
        talk.data(&format!("# {id}\n\nA finding of `probe`: {title}.\n\nFix: {fix}.\n"));
        return Ok(Outcome::Fine);
    }
    match Code::parse(name) {
        Ok(code) => {
            talk.data(code.explanation());
            Ok(Outcome::Fine)
        }
        Err(near) => {
            let error = Error::new(ErrorKind::Usage, format!("unknown code {name:?}"));
            Err(match near {
                Some(near) => error.help(format!("run `mcp-static explain {near}`")),
                None => error.help("run `mcp-static explain` for the list"),
            })
        }
    }
}

/// Prints a completion script.
pub(super) fn completions(shell: clap_complete::Shell, talk: &Talk) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "mcp-static", &mut script);
    talk.data(&String::from_utf8_lossy(&script));
    Ok(Outcome::Fine)
}

/// Writes the man pages of the program and of each command into `folder`.
pub(super) fn man(folder: &Path, talk: &Talk) -> Result<Outcome> {
    let mut program = Cli::command().disable_help_subcommand(true);
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
