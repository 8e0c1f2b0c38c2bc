//! What real installers write for a package: one row of the table each.
//!
//! Managed settings compare a command word by word, so this table decides which installers work once
//! they are in force. Every command in it runs the package of the entry and no other
//! ([`crate::model::launch::runs`]); what an installer makes of a package that it misunderstands is
//! left out.

use crate::model::launch::{launch, runs};
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
    // Read in apm 0.35.0. A container is started as on the pages of this catalog.
    Installer { name: "apm", pins: false, write: apm },
    // Read in add-mcp 2.4.0. Only npm packages.
    Installer { name: "add-mcp", pins: false, write: add_mcp },
];

impl Installer {
    /// What it writes for a package of an entry.
    pub fn write(&self, recipe: &Recipe, package: &Package) -> Written {
        let Some(kind) = PackageType::named(&package.registry_type) else {
            return Written::default();
        };
        // What has no safe command here has none anywhere.
        let safe = kind.runners.first().is_some_and(|usual| launch(kind, usual, package).is_ok());
        if recipe.action.is_err() || !safe {
            return Written::default();
        }
        let mut written = (self.write)(recipe, package, kind);
        written.commands.retain(|argv| runs(kind, package, argv));
        written
    }
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
    let Some(runner) = kind.runners.first() else { return Written::default() };
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
    if !package.registry_base_url.as_deref().is_none_or(usual) {
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
