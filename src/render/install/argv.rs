//! A package as a command line: words in order, and its environment.
//!
//! The words are an array, never a line: a shell sees them only after quoting, and an allowlist
//! compares them one by one. A named argument is two words, as published servers expect. An optional
//! argument about which nothing is known is left out.

use crate::model::risk::{self, Risk};
use crate::model::{Argument, ArgumentKind, Format, NamedInput, Package};

use super::identifier::{self, Refusal};
use super::quote;
use super::variables::{Slots, Text};

/// What starts a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Start {
    /// The words; the first is the program.
    pub(crate) argv: Vec<Text>,
    /// The environment, in the author's order.
    pub(crate) env: Vec<(String, Text)>,
}

/// A [`Start`] with what its making taught.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    /// The command.
    pub(crate) start: Start,
    /// Values by the name that a URL's template may use.
    pub(crate) named: Vec<(String, Text)>,
    /// What the reader should know.
    pub(crate) notes: Vec<&'static str>,
}

/// The programs that people have, by ecosystem; the first is the usual one.
const RUNNERS: &[(&str, &[&str])] = &[
    ("npm", &["npx", "bunx"]),
    ("pypi", &["uvx", "pipx"]),
    ("oci", &["docker", "podman"]),
    ("nuget", &["dnx"]),
];

/// Registries that need no option.
const USUAL: &[&str] = &[
    "https://registry.npmjs.org",
    "https://pypi.org",
    "https://pypi.org/simple",
    "https://api.nuget.org",
    "https://api.nuget.org/v3/index.json",
];

/// The command that starts `package`, or why there is none.
pub(crate) fn make(package: &Package, slots: &mut Slots) -> Result<Made, Refusal> {
    let kind = package.registry_type.as_str();
    let Some((_, runners)) = RUNNERS.iter().find(|(known, _)| *known == kind) else {
        return Err("No common program runs this kind of package; see its registry or repository.");
    };
    identifier::package(kind, &package.identifier)?;
    package.version.as_deref().map_or(Ok(()), identifier::version)?;
    let hint = package.runtime_hint.as_deref();
    let runner = hint.and_then(|hint| runners.iter().find(|runner| **runner == hint));
    let mut made = Made::default();
    environment(&package.environment_variables, slots, &mut made)?;
    let own = |word: &str| is_own(package, word);
    // Arguments of a program that we do not start would mean something else here.
    let foreign = hint.is_some() && runner.is_none();
    if foreign {
        made.notes.push("The author names another program to run it with; shown is the usual one.");
    }
    let before = match foreign {
        true => Vec::new(),
        false => words(&package.runtime_arguments, true, slots, &mut made, &own),
    };
    let after = words(&package.package_arguments, false, slots, &mut made, &|_| false);
    let runner = runner.or(runners.first()).copied().unwrap_or_default();
    made.start.argv = assemble(package, runner, before, after, &made.start.env)?;
    if made.start.argv.iter().flat_map(Text::literals).any(|text| text.contains('\0')) {
        return Err("An argument holds a character that no command line can hold.");
    }
    made.notes.extend(risks(&made.start));
    Ok(made)
}

/// Puts runner, package and arguments into the runner's order.
fn assemble(
    package: &Package,
    runner: &str,
    before: Vec<Text>,
    after: Vec<Text>,
    env: &[(String, Text)],
) -> Result<Vec<Text>, Refusal> {
    let pinned = |sign: &str| match &package.version {
        Some(version) => Text::plain(format!("{}{sign}{version}", package.identifier)),
        None => Text::plain(&*package.identifier),
    };
    let mut argv = vec![Text::plain(runner)];
    let mut push = |words: &[&str]| argv.extend(words.iter().map(|word| Text::plain(*word)));
    match runner {
        "npx" => push(&["-y"]),
        "pipx" => push(&["run"]),
        "docker" | "podman" => push(&["run", "-i", "--rm"]),
        _ => {}
    }
    if let Some(url) = package.registry_base_url.as_deref().filter(|url| !is_usual(url)) {
        let url = identifier::web_url(url).ok_or(
            "The package registry's address is not a web address, so no command is shown.",
        )?;
        match runner {
            "npx" | "bunx" => push(&["--registry", url]),
            "uvx" | "pipx" => push(&["--index-url", url]),
            "dnx" => push(&["--source", url]),
            _ => {}
        }
    }
    if matches!(runner, "docker" | "podman") {
        for (name, _) in env.iter().filter(|(name, _)| !passes(&before, name)) {
            push(&["-e", name]);
        }
    }
    argv.extend(before);
    match runner {
        "docker" | "podman" => argv.push(image(package)),
        "pipx" => argv.push(pinned("==")),
        _ => argv.push(pinned("@")),
    }
    if runner == "dnx" {
        argv.push(Text::plain("--yes"));
        argv.extend((!after.is_empty()).then(|| Text::plain("--")));
    }
    argv.extend(after);
    Ok(argv)
}

/// The image's reference; older documents keep the tag in the version.
fn image(package: &Package) -> Text {
    let name = package.identifier.rsplit('/').next().unwrap_or_default();
    match package.version.as_deref().filter(|_| !name.contains([':', '@'])) {
        Some(version) => Text::plain(format!("{}:{version}", package.identifier)),
        None => Text::plain(&*package.identifier),
    }
}

fn is_usual(url: &str) -> bool {
    USUAL.iter().any(|usual| usual.eq_ignore_ascii_case(url.trim_end_matches('/')))
}

/// Whether the author repeats a word of the runner's usual line, or the package itself, among the
/// runtime arguments.
fn is_own(package: &Package, word: &str) -> bool {
    let usual: &[&str] = match package.registry_type.as_str() {
        "npm" => &["-y", "--yes", "npx", "bunx"],
        "pypi" => &["uvx"],
        "oci" => &["docker", "podman", "run", "-i", "--interactive", "--rm"],
        _ => &["--yes", "dnx"],
    };
    let name = package.identifier.as_str();
    let bare = match package.registry_type.as_str() {
        "oci" => name.split('@').next().unwrap_or(name),
        _ => name,
    };
    let untagged =
        bare.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(bare, |(n, _)| n);
    let rest = word.strip_prefix(untagged);
    usual.contains(&word)
        || rest
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('@') || rest.starts_with(':'))
}

/// Whether the words already hand the variable on to a container.
fn passes(words: &[Text], name: &str) -> bool {
    words.windows(2).any(|pair| {
        let is = |text: &Text, word: &str| text.literals().next() == Some(word);
        let value = pair[1].literals().next().unwrap_or_default();
        (is(&pair[0], "-e") || is(&pair[0], "--env"))
            && value.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}

/// The words of a list of arguments, without those that are `own`.
fn words(
    arguments: &[Argument],
    is_runtime: bool,
    slots: &mut Slots,
    made: &mut Made,
    own: &impl Fn(&str) -> bool,
) -> Vec<Text> {
    let mut words = Vec::with_capacity(arguments.len() * 2);
    for argument in arguments {
        let given = match &argument.kind {
            ArgumentKind::Named { name } => named(argument, name, is_runtime, slots),
            ArgumentKind::Positional { hint } => {
                let label = hint.as_deref().unwrap_or("argument");
                slots.value(label, &argument.input).into_iter().collect()
            }
        };
        if let (Some(label), Some(value)) = (argument.label(), given.last()) {
            made.named.push((label.to_owned(), value.clone()));
        }
        words.extend(
            given.into_iter().filter(|word| !word.fixed().is_some_and(|fixed| own(&fixed))),
        );
    }
    words
}

/// Name and value; a flag is a name alone, and an optional argument without a value is nothing.
fn named(argument: &Argument, name: &str, is_runtime: bool, slots: &mut Slots) -> Vec<Text> {
    let input = &argument.input;
    let flag = || vec![Text::plain(name)];
    if input.format == Format::Boolean && !input.is_secret {
        return match input.value.as_deref().or(input.default.as_deref()) {
            Some("true") => flag(),
            None if input.is_required => flag(),
            Some("false") | None => Vec::new(),
            Some(value) => vec![Text::plain(name), Text::plain(value)],
        };
    }
    match slots.value(name, input) {
        Some(value) => vec![Text::plain(name), value],
        // `--rm` of a container, or `--stdio` of which nothing more is said, is a flag.
        None if is_runtime || (input.description.is_none() && input.choices.is_empty()) => flag(),
        None => Vec::new(),
    }
}

/// Reads the environment into `made`.
fn environment(list: &[NamedInput], slots: &mut Slots, made: &mut Made) -> Result<(), Refusal> {
    for NamedInput { name, input } in list {
        identifier::variable(name)?;
        let Some(value) = slots.value(name, input) else { continue };
        if value.literals().any(|text| text.contains('\0')) {
            return Err("An environment variable holds a character that none can hold.");
        }
        if let Some(slot) = value.only_slot() {
            slots.name_variable(slot, name);
        }
        made.named.push((name.clone(), value.clone()));
        if !made.start.env.iter().any(|(known, _)| known == name) {
            made.start.env.push((name.clone(), value));
        }
    }
    Ok(())
}

/// What the reader should look at twice.
fn risks(start: &Start) -> Vec<&'static str> {
    let words: Vec<&str> = start.argv.iter().filter_map(|word| word.literals().next()).collect();
    let container = matches!(words.first(), Some(&("docker" | "podman")));
    let found = if container { risk::risks(&words) } else { Vec::new() };
    let has = |wanted| found.iter().any(|(_, risk)| *risk == wanted);
    let mut risks = Vec::new();
    if start.env.iter().any(|(name, _)| risk::is_loader(name)) || has(Risk::Loader) {
        risks.push(
            "It sets a variable that makes other programs load code. Read it before you run it.",
        );
    }
    if has(Risk::Escape) {
        risks.push(
            "It gives the container wide rights over your machine. Read it before you run it.",
        );
    }
    risks
}

/// The words for a Windows client that cannot start `.cmd` files by itself; `None` when `cmd` would
/// read one of them differently.
pub(crate) fn windows(argv: &[Text]) -> Option<Vec<Text>> {
    let sound = argv.iter().flat_map(Text::literals).all(quote::survives_cmd);
    let cmd = ["cmd", "/c"].into_iter().map(Text::plain);
    sound.then(|| cmd.chain(argv.iter().cloned()).collect())
}

/// Whether the program is a batch file on Windows.
pub(crate) fn is_batch(argv: &[Text]) -> bool {
    let program = argv.first().and_then(Text::fixed);
    matches!(program.as_deref(), Some("npx" | "bunx" | "dnx"))
}
