//! `bench`: measures mcp-static against a *floor*, the least work that makes the same files.
//!
//! A bare time says more about the machine than about the program, so everything here is a ratio
//! of two runs that follow each other closely. The parts:
//!
//! * `corpus` writes a registry of any size, always the same bytes for the same arguments;
//! * `floor-prepare` and `floor` copy a finished site the honest way: every input is read, parsed,
//!   printed and pasted into answers; only the dates come from a side table;
//! * `same` proves that floor and tool made the same tree;
//! * `run` measures, prints a verdict for each bar and ends with status 1 if one is missed.
//!
//! It refuses to know how the tool works: the tool is a child process and nothing else.

mod args;
mod corpus;
mod floor;
mod git;
mod load;
mod measure;
mod nginx;
mod run;
mod tree;

use std::process::ExitCode;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Result of everything that can fail here; the message is all that is needed.
pub(crate) type Res<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What a wrong command line gets to read.
const USAGE: &str = "\
usage:
  bench corpus --servers N --versions V --out DIR [--git linear|bulk|none] [--pins]
  bench floor-prepare SITE --out TABLE
  bench floor --data DATA --out DIR --like SITE|TABLE [--threads N] [--no-write]
  bench same SITE OTHER
  bench run --tool PATH [--small] [--against PATH] [--only api,disk,history,whole,hugo,check,serve,against]
            [--runs N] [--hugo PATH] [--nginx PATH] [--floor self|PATH] [--dates bulk|pins]
            [--work DIR] [--disk DIR] [--json]";

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let verb = words.next().and_then(|w| w.into_string().ok()).unwrap_or_default();
    let rest: Vec<_> = words.collect();
    let done = match verb.as_str() {
        "corpus" => corpus::command(rest),
        "floor" => floor::command(rest),
        "floor-prepare" => floor::table::command(rest),
        "same" => tree::command(rest),
        "run" => run::command(rest),
        // Not for people: runs one program and prints what it cost.
        "measure" => measure::command(rest),
        _ => Err(USAGE.into()),
    };
    done.unwrap_or_else(|e| {
        eprintln!("bench: {e}");
        ExitCode::from(2)
    })
}
