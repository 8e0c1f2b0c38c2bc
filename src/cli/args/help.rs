//! Help: the examples of every command, and the global options shown in one place.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _};

use super::{Cli, Verb};

/// Two examples of each command, by its words.
const EXAMPLES: &[(&str, [&str; 2])] = &[
    ("", ["init my-registry", "check"]),
    (
        "init",
        [
            "init my-registry --host github-pages",
            "init --public --base-url https://registry.example.com --yes",
        ],
    ),
    ("add", ["add weather.json", "add com.example/weather@1.0.0 --from official"]),
    (
        "status",
        [
            "status com.example/weather@1.0.0 deprecated --message \"use 1.1.0\"",
            "status com.example/weather deleted --dry-run",
        ],
    ),
    ("check", ["check", "check weather.json --profile official --online"]),
    ("serve", ["serve", "serve --as github-pages --site _site"]),
    (
        "build",
        [
            "build --for github-pages --base-url https://you.github.io/registry",
            "build --for nginx --for s3 --out sites",
        ],
    ),
    (
        "probe",
        [
            "probe https://registry.example.com",
            "probe http://127.0.0.1:8080 --allow-private --client vscode",
        ],
    ),
    ("verify", ["verify --base origin/main", "verify --all --offline"]),
    ("sign", ["sign key new --domain example.com", "sign entry com.example/weather@1.0.0"]),
    ("sign key", ["sign key new --domain example.com", "sign key show"]),
    (
        "sign key new",
        ["sign key new", "sign key new --alg ecdsap384 --out key --domain example.com"],
    ),
    ("sign key import", ["sign key import key.pem", "sign key import ~/.ssh/id_ed25519 --out key"]),
    ("sign key show", ["sign key show --domain example.com", "sign key show key.pub"]),
    (
        "sign entry",
        ["sign entry com.example/weather", "sign entry com.example/weather@1.0.0 --key my.key"],
    ),
    (
        "sign status",
        [
            "sign status com.example/weather@1.0.0",
            "sign status com.example/weather@1.0.0 --statement-only",
        ],
    ),
    ("sign owners", ["sign owners com.example", "sign owners com.example --key key --dry-run"]),
    (
        "import",
        [
            "import official --include \"com.example/*\"",
            "import .vscode/mcp.json --namespace com.example",
        ],
    ),
    ("sync", ["sync --dry-run", "sync --full"]),
    ("why", ["why com.example/weather", "why com.example/weather@1.0.0 --format json"]),
    ("outdated", ["outdated", "outdated \"com.example/*\" --write"]),
    ("ci", ["ci fetch", "ci judge"]),
    ("ci sync", ["ci sync", "ci sync --work work"]),
    ("ci fetch", ["ci fetch", "ci fetch --branch main"]),
    ("ci judge", ["ci judge", "ci judge --work work"]),
    ("ci report", ["ci report", "ci report --work work"]),
    (
        "ci gate",
        [
            "ci gate --for github-pages",
            "ci gate --for nginx --base-url https://registry.example.com",
        ],
    ),
    ("ci prove", ["ci prove", "ci prove --url https://registry.example.com"]),
    ("ci last-good", ["ci last-good", "ci last-good --work work"]),
    ("ci roll-back", ["ci roll-back", "ci roll-back --page https://you.github.io/your-registry/"]),
    ("ci remember", ["ci remember", "ci remember --work work"]),
    ("ci request", ["ci request draft", "ci request open"]),
    ("explain", ["explain", "explain duplicate-version"]),
    (
        "completions",
        [
            "completions bash >> ~/.bash_completion",
            "completions fish > ~/.config/fish/completions/mcp-static.fish",
        ],
    ),
    ("dates", ["dates", "dates --rev HEAD"]),
    ("man", ["man .", "man /usr/local/share/man/man1"]),
];

/// The last line of a command's help.
const GLOBAL: &str = "Global options, such as --data, --format and --quiet: mcp-static --help";

/// The last line of the program's help.
const STATUS: &str = "Exit status: 0 fine, 1 findings, 2 wrong use or failure, 3 no answer from outside, \
    4 needs a maintainer.";

/// Parses a command line, and finds the data when none is named.
pub(in crate::cli) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Cli, clap::Error> {
    let matches = command().try_get_matches_from(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    let is_default = matches.value_source("data") == Some(ValueSource::DefaultValue);
    if is_default && !matches!(cli.verb, Verb::Init(_)) {
        cli.global.find_data();
    }
    Ok(cli)
}

/// Returns the command line with its help.
pub(in crate::cli) fn command() -> Command {
    let command = Cli::command();
    let is_global = |arg: &&Arg| arg.is_global_set();
    let global: Vec<Arg> =
        command.get_arguments().filter(is_global).map(|arg| arg.clone().hide(true)).collect();
    let command = command.after_help(format!("{}\n\n{STATUS}", examples("")));
    command.mut_subcommands(|verb| {
        let name = verb.get_name().to_owned();
        explained(verb, &name, &global)
    })
}

/// Adds examples to a command and those in it, and hides the global options, which it takes all the same.
fn explained(command: Command, words: &str, global: &[Arg]) -> Command {
    let help = format!("{}\n\n{GLOBAL}", examples(words));
    command.args(global).after_help(help).mut_subcommands(|inner| {
        let words = format!("{words} {}", inner.get_name());
        explained(inner, &words, global)
    })
}

fn examples(words: &str) -> String {
    let lines = EXAMPLES.iter().filter(|(of, _)| *of == words).flat_map(|(_, lines)| lines);
    let lines = lines.map(|line| format!("\n  mcp-static {line}"));
    format!("Examples:{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests;
