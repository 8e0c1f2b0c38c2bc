//! A package as a command line: words in order, and its environment.
//!
//! The words are an array, never a line: a shell sees them only after quoting, and an allowlist compares
//! them one by one. A named argument is two words, as published servers expect. An optional argument
//! without any known value is left out.

use crate::model::launch::{Launch, Place, Spot, launch};
use crate::model::risk::{self, Risk};
use crate::model::{
    Argument, ArgumentKind, Format, Given, NamedInput, Naming, OciReference, Package, PackageType,
    Runner,
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
    /// The names of optional inputs that are left out because they have no value.
    pub optional: Vec<String>,
    /// What the reader should know.
    pub notes: Vec<&'static str>,
}

/// Why nothing is installed from a package registry.
pub const NO_ADDRESS: Refusal =
    "The package registry's address is not a web address, so no command is shown.";

/// Returns the command that starts `package`, or why there is none.
pub fn make(
    kind: Option<&PackageType>,
    package: &Package,
    slots: &mut Slots,
) -> Result<Made, Refusal> {
    let hint = package.runtime_hint.as_deref();
    let Some((kind, (runner, foreign))) = kind.and_then(|kind| Some((kind, kind.runner(hint)?)))
    else {
        return Err("No common program runs this kind of package; see its registry or repository.");
    };
    identifier::package(kind, &package.identifier)?;
    package.version.as_deref().map_or(Ok(()), identifier::version)?;
    let mut made = Made::default();
    environment(&package.environment_variables, slots, &mut made)?;
    let mut words = Words::default();
    let mut launched = Launch::default();
    // Arguments of a program that we do not start would mean something else here.
    if foreign {
        made.notes.push("The author names another program to run it with; shown is the usual one.");
    } else {
        launched = launch(kind, runner, package).map_err(|wrong| wrong.problem.reason())?;
        words.place(&package.runtime_arguments, &launched.places, slots, &mut made);
    }
    words.behind(package, slots, &mut made);
    made.start.argv = assemble(kind, package, runner, words, &launched.extras)?;
    if made.start.argv.iter().flat_map(Template::literals).any(|text| text.contains('\0')) {
        return Err("An argument holds a character that no command line can hold.");
    }
    made.notes.extend(risks(&made.start));
    Ok(made)
}

/// Returns the words of the package's own arguments.
pub fn behind(package: &Package, slots: &mut Slots) -> Vec<Template> {
    let mut words = Words::default();
    words.behind(package, slots, &mut Made::default());
    words.after
}

/// Puts runner, package and arguments into the runner's order.
fn assemble(
    kind: &PackageType,
    package: &Package,
    runner: &Runner,
    words: Words,
    extras: &str,
) -> Result<Vec<Template>, Refusal> {
    let is_image = kind.naming == Naming::Image;
    let mut argv = vec![Template::plain(runner.program)];
    let mut push = |words: &[&str]| argv.extend(words.iter().map(|word| Template::plain(*word)));
    push(runner.before);
    let unusual = |url: &&str| !kind.is_usual_registry(url);
    if let Some(url) = package.registry_base_url.as_deref().filter(unusual) {
        let url = identifier::web_url(url).ok_or(NO_ADDRESS)?;
        if let Some(option) = runner.registry_option {
            push(&[option, url]);
        }
    }
    if is_image {
        // A container gets no variable that is not handed on; one that is not set stays unset.
        let mut names: Vec<&str> = Vec::new();
        for NamedInput { name, .. } in &package.environment_variables {
            if !names.contains(&&**name) && !passes(&words.before, name) {
                names.push(name);
                push(&["-e", name]);
            }
        }
    }
    argv.extend(words.before);
    // Older documents keep the tag of an image in the version.
    let reference = OciReference::split(&package.identifier);
    let is_pinned = is_image && (reference.tag.is_some() || reference.digest.is_some());
    let name = format!("{}{extras}", package.identifier);
    argv.push(match package.version.as_deref().filter(|_| !is_pinned) {
        Some(version) => Template::plain(format!("{name}{}{version}", runner.pin)),
        None => Template::plain(name),
    });
    argv.extend(runner.after.iter().map(|word| Template::plain(*word)));
    if !runner.after.is_empty() && !words.after.is_empty() {
        argv.push(Template::plain("--"));
    }
    argv.extend(words.after);
    Ok(argv)
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

/// The words of arguments: before and behind the package.
#[derive(Debug, Default)]
struct Words {
    before: Vec<Template>,
    after: Vec<Template>,
}

impl Words {
    /// Adds the words of the package's own arguments.
    fn behind(&mut self, package: &Package, slots: &mut Slots, made: &mut Made) {
        let place = Place { name: Spot::After, value: Spot::After };
        let places = vec![place; package.package_arguments.len()];
        self.place(&package.package_arguments, &places, slots, made);
    }

    /// Adds the words of a list of arguments at their places.
    fn place(
        &mut self,
        arguments: &[Argument],
        places: &[Place],
        slots: &mut Slots,
        made: &mut Made,
    ) {
        for (argument, place) in arguments.iter().zip(places) {
            let label = argument.label().unwrap_or("argument");
            let value = match place.value {
                Spot::Before => slots.value(label, &argument.input),
                Spot::After => value(argument, label, slots),
                Spot::LeftOut | Spot::Offered => None,
            };
            let behind = place.name == Spot::After && value.is_none();
            if place.name == Spot::Offered || (behind && !is_flag(argument)) {
                if argument.input.given() == Given::Nothing {
                    made.optional.push(label.to_owned());
                }
                continue;
            }
            let name = match &argument.kind {
                ArgumentKind::Named { name } => Some((place.name, Template::plain(&**name))),
                ArgumentKind::Positional { .. } => None,
            };
            let given = name.into_iter().chain(value.map(|value| (place.value, value)));
            let given: Vec<_> = given.filter(|(spot, _)| *spot != Spot::LeftOut).collect();
            if let (Some(label), Some((_, value))) = (argument.label(), given.last()) {
                made.named.push((label.to_owned(), value.clone()));
            }
            for (spot, word) in given {
                if spot == Spot::Before { &mut self.before } else { &mut self.after }.push(word);
            }
        }
    }
}

/// The value of an argument of the package; a switch has none.
fn value(argument: &Argument, label: &str, slots: &mut Slots) -> Option<Template> {
    let input = &argument.input;
    let switch = input.format == Format::Boolean
        && !input.is_secret
        && matches!(argument.kind, ArgumentKind::Named { .. })
        && matches!(input.given(), Given::Text("true" | "false") | Given::User);
    if switch { None } else { slots.value(label, input) }
}

/// Whether an argument of the package without a value is a name alone: a switch that is on, or one such
/// as `--stdio` without any other member.
fn is_flag(argument: &Argument) -> bool {
    let input = &argument.input;
    let named = matches!(argument.kind, ArgumentKind::Named { .. });
    named
        && match (input.format, input.given()) {
            (Format::Boolean, given) => given != Given::Nothing && given != Given::Text("false"),
            _ => input.description.is_none() && input.choices.is_empty(),
        }
}

/// Reads the environment into `made`.
fn environment(list: &[NamedInput], slots: &mut Slots, made: &mut Made) -> Result<(), Refusal> {
    for NamedInput { name, input } in list {
        identifier::variable(name)?;
        let Some(value) = slots.value(name, input) else {
            made.optional.push(name.clone());
            continue;
        };
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
