//! The command line program: arguments in, text and exit status out.
//!
//! The only place that prints, reads the environment or uses a terminal. Reports go to stdout, messages
//! to stderr. Each verb is a file with a `run`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod add;
mod args;
mod build;
mod changes;
mod check;
mod ci;
mod dates;
mod explain;
mod import;
mod init;
mod net;
mod online;
mod outcome;
mod outdated;
mod probe;
mod progress;
mod serve;
mod sign;
mod status;
mod sync;
mod talk;
mod verify;
mod why;

use std::ffi::OsString;
use std::process::ExitCode;

pub use outcome::Outcome;

use args::Verb;
use talk::Talk;

/// Runs the program with `arguments`, the first of which is its own name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match args::answer(&arguments) {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => args::parse(arguments),
        Err(e) => Err(e),
    };
    let cli = match cli {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { 2 } else { 0 });
        }
    };
    let talk = Talk::new(&cli.global);
    let outcome = match &cli.verb {
        Verb::Init(args) => init::run(&cli.global, args, &talk),
        Verb::Add(args) => add::run(&cli.global, args, &talk),
        Verb::Status(args) => status::run(&cli.global, args, &talk),
        Verb::Check(args) => check::run(&cli.global, args, &talk),
        Verb::Serve(args) => serve::run(&cli.global, args, &talk),
        Verb::Build(args) => build::run(&cli.global, args, &talk),
        Verb::Probe(args) => probe::run(&cli.global, args, &talk),
        Verb::Why(args) => why::run(&cli.global, args, &talk),
        Verb::Verify(args) => verify::run(&cli.global, args, &talk),
        Verb::Sign(args) => sign::run(&cli.global, args, &talk),
        Verb::Import(args) => import::run(&cli.global, args, &talk),
        Verb::Sync(args) => sync::run(&cli.global, args, &talk),
        Verb::Outdated(args) => outdated::run(&cli.global, args, &talk),
        Verb::Ci(args) => ci::run(&cli.global, args, &talk),
        Verb::Explain { code } => explain::run(code.as_deref(), &talk),
        Verb::Completions { shell } => explain::completions(shell, &talk),
        Verb::Man { dir } => explain::man(dir, &talk),
        Verb::Dates => dates::run(&cli.global, &talk),
    };
    let outcome = outcome.unwrap_or_else(|e| {
        talk.error(&e);
        Outcome::of(&e)
    });
    ExitCode::from(outcome as u8)
}
