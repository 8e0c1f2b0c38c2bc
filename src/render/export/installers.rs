//! What real installers write for a package: one row of the table each.
//!
//! Managed settings compare a command word by word, so this table decides which installers work once
//! they are in force. Every command in it runs the package of the entry and no other
//! ([`crate::model::launch::run`]); what an installer makes of a package that it misunderstands is
//! left out.

use crate::model::launch::{Run, launch, run};
use crate::model::{Argument, ArgumentKind, Given, Naming, Package, PackageType};

use super::super::install::command_lines;
use super::super::install::recipe::Recipe;

/// A program that writes configurations.
#[derive(Debug)]
pub struct Installer {
    /// What the page for administrators calls it.
    pub name: &'static str,
    /// Whether it writes the exact version.
    pub pins: bool,
    write: fn(&Recipe, &Package, &PackageType) -> Written,
}

/// What an installer writes for a package.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The commands, word by word.
    pub commands: Vec<Vec<String>>,
    /// Whether a part of the command is up to the user in a way that no entry can name.
    pub asks: bool,
}

impl Written {
    fn exactly(command: Option<Vec<String>>) -> Self {
        Self { commands: command.into_iter().collect(), asks: false }
    }
}

/// Every installer.
pub static INSTALLERS: &[Installer] = &[
    Installer { name: "the pages of this catalog", pins: true, write: pages },
    // Read in the source of VS Code of 2025: no address of a package registry, `==` for Python.
    Installer { name: "VS Code's gallery in 2025", pins: true, write: old_gallery },
    // Read in the source of VS Code of 2026; the Copilot language server maps entries likewise.
    Installer {
        name: "VS Code's gallery and the Copilot language server",
        pins: true,
        write: gallery,
    },
    // Read in Copilot CLI 1.0.102: what it writes for a server that people take from a registry.
    Installer { name: "Copilot CLI", pins: true, write: copilot_cli },
    // Read in apm 0.35.0. An image names its version itself.
    Installer { name: "apm (containers)", pins: true, write: apm_image },
    Installer { name: "apm", pins: false, write: apm },
    // Read in add-mcp 2.4.0. Only npm packages.
    Installer { name: "add-mcp", pins: false, write: add_mcp },
    Installer { name: "Copilot CLI (Python)", pins: false, write: copilot_cli_python },
];

impl Installer {
    /// What it writes for a package of an entry.
    pub fn write(&self, recipe: &Recipe, package: &Package) -> Written {
        let Some(kind) = PackageType::named(&package.registry_type) else {
            return Written::default();
        };
        if recipe.action.is_err() {
            return Written::default();
        }
        let mut written = (self.write)(recipe, package, kind);
        written.commands.retain(|argv| match run(kind, package, argv) {
            Some(Run::Named) => true,
            Some(Run::Any) => !self.pins,
            None => false,
        });
        written
    }
}

/// Whether the program that others run the package with takes its runtime arguments. The pages may leave
/// these out, when they are for another program.
fn is_safe(package: &Package, kind: &PackageType) -> bool {
    kind.runners.first().is_some_and(|usual| launch(kind, usual, package).is_ok())
}

fn pages(recipe: &Recipe, _: &Package, _: &PackageType) -> Written {
    let (commands, asks) = command_lines(recipe);
    Written { commands, asks }
}

fn old_gallery(_: &Recipe, package: &Package, kind: &PackageType) -> Written {
    let pin = if kind.name == "pypi" { "==" } else { "@" };
    vscode(package, kind, pin, None)
}

fn gallery(_: &Recipe, package: &Package, kind: &PackageType) -> Written {
    vscode(package, kind, "@", package.registry_base_url.as_deref())
}

/// VS Code: runtime arguments as they are, then the package, then its arguments.
fn vscode(package: &Package, kind: &PackageType, pin: &str, registry: Option<&str>) -> Written {
    let Some(runner) = kind.runners.first().filter(|_| is_safe(package, kind)) else {
        return Written::default();
    };
    let is_image = kind.naming == Naming::Image;
    let mut argv = vec![runner.program.to_owned()];
    let mut push = |words: &[&str]| argv.extend(words.iter().map(|word| (*word).to_owned()));
    if is_image {
        push(runner.before);
    }
    let (Some(before), Some(after)) =
        (plain(&package.runtime_arguments), plain(&package.package_arguments))
    else {
        return Written { asks: true, ..Written::default() };
    };
    push(&before);
    if is_image {
        let mut names: Vec<&str> = Vec::new();
        for variable in &package.environment_variables {
            if !names.contains(&variable.name.as_str()) {
                names.push(&variable.name);
                push(&["-e", &variable.name]);
            }
        }
    }
    let behind = !runner.after.is_empty();
    let address: Vec<&str> = match registry.zip(runner.registry_option) {
        Some((url, option)) => vec![option, url],
        None => Vec::new(),
    };
    if !behind {
        push(&address);
    }
    let pin = if is_image { ":" } else { pin };
    let version = package.version.as_deref().map(|version| format!("{pin}{version}"));
    push(&[&format!("{}{}", package.identifier, version.unwrap_or_default())]);
    push(runner.after);
    if behind {
        push(&address);
        push(if package.package_arguments.is_empty() { &[] } else { &["--"] });
    }
    push(&after);
    Written::exactly(Some(argv))
}

/// Arguments as VS Code writes them; `None` when it asks for one of them.
fn plain(arguments: &[Argument]) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    for argument in arguments {
        let input = &argument.input;
        let value = input.value.as_deref().filter(|value| !value.is_empty());
        let asked = |value: &str| {
            input.variables.iter().any(|it| value.contains(&format!("{{{}}}", it.name)))
        };
        let open = input.description.is_some() || input.default.is_some();
        match (&argument.kind, value) {
            (_, Some(value)) if asked(value) => return None,
            (ArgumentKind::Named { name }, Some(value)) => words.extend([name.as_str(), value]),
            (ArgumentKind::Positional { .. }, Some(value)) => words.push(value),
            (ArgumentKind::Named { name }, None) if !open => words.push(name),
            (ArgumentKind::Positional { hint }, None) if !open || hint.is_none() => {
                words.push(hint.as_deref().unwrap_or_default());
            }
            (_, None) => return None,
        }
    }
    Some(words)
}

/// npm packages and images, when nobody enters a value. An image gets no environment.
fn copilot_cli(_: &Recipe, package: &Package, kind: &PackageType) -> Written {
    let (first, usual, pin): (&[&str], &[&str], _) = match kind.name {
        "npm" => (&["npx"], &["-y"], "@"),
        "oci" => (&["docker", "run", "--rm", "-i"], &[], ":"),
        _ => return Written::default(),
    };
    if !is_safe(package, kind) {
        return Written::default();
    }
    let version = package.version.as_deref().map(|version| format!("{pin}{version}"));
    let name = format!("{}{}", package.identifier, version.unwrap_or_default());
    Written::exactly(copilot_line(first, usual, &name, package))
}

/// It names no version of a Python package.
fn copilot_cli_python(_: &Recipe, package: &Package, kind: &PackageType) -> Written {
    let line = || copilot_line(&["uvx"], &[], &package.identifier, package);
    Written::exactly((kind.name == "pypi" && is_safe(package, kind)).then(line).flatten())
}

fn copilot_line(
    first: &[&str],
    usual: &[&str],
    name: &str,
    package: &Package,
) -> Option<Vec<String>> {
    let runtime = unentered(&package.runtime_arguments)?;
    let own = unentered(&package.package_arguments)?;
    let words = [first, &runtime, usual, &[name], &own].concat();
    Some(words.into_iter().map(str::to_owned).collect())
}

/// Arguments as Copilot CLI writes them when nobody enters a value; `None` when it has to ask for one.
fn unentered(arguments: &[Argument]) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    for argument in arguments {
        let text = match argument.input.given() {
            Given::Nothing => continue,
            Given::Text(text) if !text.contains('{') => text,
            Given::Text(_) | Given::User => return None,
        };
        match &argument.kind {
            ArgumentKind::Named { .. } if text == "false" => {}
            ArgumentKind::Named { name } if text == "true" => words.push(name.as_str()),
            ArgumentKind::Named { name } => words.extend([name.as_str(), text]),
            ArgumentKind::Positional { .. } => words.push(text),
        }
    }
    Some(words)
}

/// Only images without runtime arguments, which it would put in the place of `run`. For VS Code the
/// container gets no environment; for Copilot CLI it gets every variable, the last one first.
fn apm_image(_: &Recipe, package: &Package, kind: &PackageType) -> Written {
    if kind.naming != Naming::Image || !package.runtime_arguments.is_empty() {
        return Written::default();
    }
    let mut behind = vec!["-i", "--rm", package.identifier.as_str()];
    for argument in &package.package_arguments {
        match argument.input.given() {
            Given::Text(value) if !value.contains('{') => {
                if let ArgumentKind::Named { name } = &argument.kind {
                    behind.push(name);
                }
                behind.push(value);
            }
            _ => return Written::default(),
        }
    }
    let mut names: Vec<&str> = Vec::new();
    for variable in &package.environment_variables {
        if !names.contains(&variable.name.as_str()) {
            names.push(&variable.name);
        }
    }
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let set = |name: &&str| ["-e".to_owned(), format!("{name}=${{{name}}}")];
    let environment: Vec<String> = names.iter().rev().flat_map(set).collect();
    let run = words(&["docker", "run"]);
    let commands =
        [[&run[..], &words(&behind)].concat(), [&run[..], &environment, &words(&behind)].concat()];
    Written { commands: commands.into(), asks: false }
}

/// Only packages without runtime arguments: how those are put in order differs between its targets.
fn apm(recipe: &Recipe, package: &Package, kind: &PackageType) -> Written {
    let first: &[&str] = match kind.name {
        "npm" => &["npx", "-y"],
        "pypi" => &["uvx"],
        _ => return Written::default(),
    };
    let usual = package.runtime_hint.as_deref().is_none_or(|hint| hint == first[0]);
    let plain = usual && package.runtime_arguments.is_empty();
    Written::exactly(unpinned(first, recipe, package, kind).filter(|_| plain))
}

/// Runtime arguments are ignored.
fn add_mcp(recipe: &Recipe, package: &Package, kind: &PackageType) -> Written {
    let is_npm = kind.name == "npm";
    Written::exactly(is_npm.then(|| unpinned(&["npx", "-y"], recipe, package, kind)).flatten())
}

/// A command without version: named arguments have a value or are left out, and what the user supplies
/// is read from the environment as on the pages. `None` when the installer cannot write that, or when the
/// package is in another registry, which the command would not name.
fn unpinned(
    first: &[&str],
    recipe: &Recipe,
    package: &Package,
    kind: &PackageType,
) -> Option<Vec<String>> {
    let usual = |url: &str| kind.is_usual_registry(url);
    if !package.registry_base_url.as_deref().is_none_or(usual) || !is_safe(package, kind) {
        return None;
    }
    let mut behind: Vec<Option<&str>> = Vec::new();
    for argument in &package.package_arguments {
        let is_named = matches!(argument.kind, ArgumentKind::Named { .. });
        let value = match argument.input.given() {
            Given::Nothing if is_named => continue,
            Given::Nothing => return None,
            Given::Text(text) if text.contains('{') || argument.is_repeated => return None,
            Given::Text(text) => Some(text),
            Given::User => None,
        };
        if let ArgumentKind::Named { name } = &argument.kind {
            behind.push(Some(name));
        }
        behind.push(value);
    }
    let mut argv: Vec<String> = first.iter().map(|word| (*word).to_owned()).collect();
    argv.push(package.identifier.clone());
    if behind.contains(&None) {
        let line = command_lines(recipe).0.into_iter().next()?;
        let shown = &line[line.len().checked_sub(behind.len())?..];
        let alike = |(word, shown): (&Option<&str>, &String)| match word {
            Some(word) => word == shown,
            None => shown.contains("${"),
        };
        if !behind.iter().zip(shown).all(alike) {
            return None;
        }
        argv.extend_from_slice(shown);
    } else {
        argv.extend(behind.into_iter().flatten().map(str::to_owned));
    }
    Some(argv)
}
