//! A package as a command line: words in order, and its environment.
//!
//! The words are an array, never a line: a shell sees them only after quoting, and an allowlist compares
//! them one by one. A named argument is two words, as published servers expect. An optional argument
//! without any known value is left out.

use crate::model::risk::{self, Risk};
use crate::model::{
    Argument, ArgumentKind, Format, NamedInput, Naming, OciReference, PACKAGE_TYPES, Package,
    PackageType, Runner,
};

use super::identifier::{self, Refusal};
use super::quote;
use super::variables::{Slots, Template};

/// What starts a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// The words; the first is the program.
    pub argv: Vec<Template>,
    /// The environment, in the author's order.
    pub env: Vec<(String, Template)>,
}

/// A [`Start`], with what was learned while making it.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// The command.
    pub start: Start,
    /// Values by the name that a URL's template may use.
    pub named: Vec<(String, Template)>,
    /// What the reader should know.
    pub notes: Vec<&'static str>,
}

/// The address of PyPI that Python tools use themselves; documents name it too.
const PYPI_INDEX: &str = "https://pypi.org/simple";

/// Returns the command that starts `package`, or why there is none.
pub fn make(
    kind: Option<&PackageType>,
    package: &Package,
    slots: &mut Slots,
) -> Result<Made, Refusal> {
    let Some((kind, usual)) = kind.and_then(|kind| Some((kind, kind.runners.first()?))) else {
        return Err("No common program runs this kind of package; see its registry or repository.");
    };
    identifier::package(kind, &package.identifier)?;
    package.version.as_deref().map_or(Ok(()), identifier::version)?;
    let hint = package.runtime_hint.as_deref();
    let runner = hint.and_then(|hint| kind.runners.iter().find(|runner| runner.program == hint));
    let mut made = Made::default();
    environment(&package.environment_variables, slots, &mut made)?;
    let own = |word: &str| is_own(kind, package, word);
    // Arguments of a program that we do not start would mean something else here.
    let foreign = hint.is_some() && runner.is_none();
    if foreign {
        made.notes.push("The author names another program to run it with; shown is the usual one.");
    }
    let runtime: &[_] = if foreign { &[] } else { &package.runtime_arguments };
    let before = words(runtime, true, slots, &mut made, &own);
    let after = words(&package.package_arguments, false, slots, &mut made, &|_| false);
    let runner = runner.unwrap_or(usual);
    made.start.argv = assemble(kind, package, runner, before, after, &made.start.env)?;
    if made.start.argv.iter().flat_map(Template::literals).any(|text| text.contains('\0')) {
        return Err("An argument holds a character that no command line can hold.");
    }
    made.notes.extend(risks(&made.start));
    Ok(made)
}

/// Puts runner, package and arguments into the runner's order.
fn assemble(
    kind: &PackageType,
    package: &Package,
    runner: &Runner,
    before: Vec<Template>,
    after: Vec<Template>,
    env: &[(String, Template)],
) -> Result<Vec<Template>, Refusal> {
    let is_image = kind.naming == Naming::Image;
    let mut argv = vec![Template::plain(runner.program)];
    let mut push = |words: &[&str]| argv.extend(words.iter().map(|word| Template::plain(*word)));
    push(runner.before);
    if let Some(url) = package.registry_base_url.as_deref().filter(|url| !is_usual(url)) {
        let url = identifier::web_url(url).ok_or(
            "The package registry's address is not a web address, so no command is shown.",
        )?;
        if let Some(option) = runner.registry_option {
            push(&[option, url]);
        }
    }
    if is_image {
        for (name, _) in env.iter().filter(|(name, _)| !passes(&before, name)) {
            push(&["-e", name]);
        }
    }
    argv.extend(before);
    // Older documents keep the tag of an image in the version.
    let reference = OciReference::split(&package.identifier);
    let is_pinned = is_image && (reference.tag.is_some() || reference.digest.is_some());
    argv.push(match package.version.as_deref().filter(|_| !is_pinned) {
        Some(version) => Template::plain(format!("{}{}{version}", package.identifier, runner.pin)),
        None => Template::plain(&*package.identifier),
    });
    argv.extend(runner.after.iter().map(|word| Template::plain(*word)));
    if !runner.after.is_empty() && !after.is_empty() {
        argv.push(Template::plain("--"));
    }
    argv.extend(after);
    Ok(argv)
}

fn is_usual(url: &str) -> bool {
    let known = PACKAGE_TYPES.iter().flat_map(|kind| kind.base_urls).chain([&PYPI_INDEX]);
    known.into_iter().any(|usual| usual.eq_ignore_ascii_case(url.trim_end_matches('/')))
}

/// Whether the author repeats a word of the runner's usual line, or the package itself, among the
/// runtime arguments.
fn is_own(kind: &PackageType, package: &Package, word: &str) -> bool {
    let usual = kind.runners.iter().any(|runner| {
        runner.program == word
            || [runner.before, runner.synonyms, runner.after].iter().any(|w| w.contains(&word))
    });
    let name = match kind.naming {
        Naming::Image => OciReference::split(&package.identifier).name,
        _ => &package.identifier,
    };
    let repeats = |rest: &str| rest.is_empty() || rest.starts_with(['@', ':']);
    usual || word.strip_prefix(name).is_some_and(repeats)
}

/// Whether the words already hand the variable on to a container.
fn passes(words: &[Template], name: &str) -> bool {
    words.windows(2).any(|pair| {
        let is = |text: &Template, word: &str| text.literals().next() == Some(word);
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
) -> Vec<Template> {
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
fn named(argument: &Argument, name: &str, is_runtime: bool, slots: &mut Slots) -> Vec<Template> {
    let input = &argument.input;
    let flag = || vec![Template::plain(name)];
    if input.format == Format::Boolean && !input.is_secret {
        return match input.value.as_deref().or(input.default.as_deref()) {
            Some("true") => flag(),
            None if input.is_required => flag(),
            Some("false") | None => Vec::new(),
            Some(value) => vec![Template::plain(name), Template::plain(value)],
        };
    }
    match slots.value(name, input) {
        Some(value) => vec![Template::plain(name), value],
        // `--rm` of a container, or `--stdio` without any other member, is a flag.
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

/// Returns warnings about the command.
fn risks(start: &Start) -> Vec<&'static str> {
    let words: Vec<&str> = start.argv.iter().filter_map(|word| word.literals().next()).collect();
    let container = matches!(words.first(), Some(&("docker" | "podman")));
    let found = if container { risk::risks(&words) } else { Vec::new() };
    let has = |wanted| found.iter().any(|(_, risk)| *risk == wanted);
    let mut risks = Vec::new();
    if start.env.iter().any(|(name, _)| risk::is_loader(name)) || has(Risk::Loader) {
        risks.push(
            "This command sets a variable that makes other programs load code. Review it first.",
        );
    }
    if has(Risk::Escape) {
        risks.push("This command gives the container broad permissions. Review it first.");
    }
    risks
}

/// Returns the words for a Windows client that cannot start `.cmd` files; `None` when `cmd` would read
/// one of them differently.
pub fn windows(argv: &[Template]) -> Option<Vec<Template>> {
    let safe = argv.iter().flat_map(Template::literals).all(quote::survives_cmd);
    let cmd = ["cmd", "/c"].into_iter().map(Template::plain);
    safe.then(|| cmd.chain(argv.iter().cloned()).collect())
}

/// Whether the program is a batch file on Windows.
pub fn is_batch(argv: &[Template]) -> bool {
    let program = argv.first().and_then(Template::fixed);
    matches!(program.as_deref(), Some("npx" | "bunx" | "dnx"))
}
