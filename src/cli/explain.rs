//! `explain` and `completions`.

use crate::diag::{Code, nearest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::probe::Trouble;

use super::args::script;
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
    let codes = Code::ALL.iter().map(|code| code.as_str());
    Err(match nearest(name, codes.chain(Trouble::ALL.iter().map(|trouble| trouble.id()))) {
        Some(near) => error.help(format!("did you mean {near}? Run `mcp-static explain {near}`")),
        None => error.help("run `mcp-static explain` for the list"),
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
