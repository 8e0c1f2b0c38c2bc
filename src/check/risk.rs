//! Warns about packages that are riskier to start than they look.
//!
//! Some servers need this, so these are warnings for reviewers.

use serde_json::Value;

use super::look::{Path, each, list, text};
use super::template;
use super::words::quote;
use crate::diag::{Code, Finding};
use crate::model::launch::{Problem, launch};
use crate::model::risk::{Risk, is_loader, risks};
use crate::model::{Package, PackageType};

/// Applies these rules to every package of a document.
pub(super) fn check(document: &Value, found: &mut Vec<Finding>) {
    each(document, "packages", &Path::Root, |package, path| {
        each(package, "environmentVariables", path, |variable, path| {
            let name = text(variable, "name");
            if is_loader(name) {
                found.push(loader(name, &path.key("name")));
            }
        });
        let path = path.key("runtimeArguments");
        check_arguments(list(package, "runtimeArguments"), &path, found);
        check_places(package, &path, found);
    });
}

/// Checks that the usual program would run this package and not one of its runtime arguments.
fn check_places(package: &Value, path: &Path<'_>, found: &mut Vec<Finding>) {
    let Some(package) = Package::read(package) else { return };
    let Some(kind) = PackageType::named(&package.registry_type) else { return };
    let Some((runner, false)) = kind.runner(package.runtime_hint.as_deref()) else { return };
    let Err(wrong) = launch(kind, runner, &package) else { return };
    let program = runner.program;
    let (message, help) = match wrong.problem {
        Problem::TakesPlace => (
            format!("{program} would run this argument instead of the package"),
            "move the arguments of the server to packageArguments, and remove those of another program",
        ),
        Problem::UnknownOption => (
            format!(
                "{program} is not known to have this option, so it may run the next word instead of the package"
            ),
            "move the options of the server to packageArguments, and remove those of another program",
        ),
        Problem::OtherRegistry => (
            format!("this argument lets {program} install from another package registry"),
            "remove it and write the address as registryBaseUrl",
        ),
    };
    let path = path.index(wrong.argument);
    found.push(path.finding(Code::RuntimeArgumentMisplaced, message, help));
}

fn loader(name: &str, path: &Path<'_>) -> Finding {
    let message = format!("the variable {} makes other programs load code", quote(name));
    let help = "remove it, or tell reviewers why the server needs it";
    path.finding(Code::RiskyEnvironment, message, help)
}

/// Checks the arguments as the words that they become.
fn check_arguments(arguments: &[Value], path: &Path<'_>, found: &mut Vec<Finding>) {
    let mut words: Vec<(usize, String)> = Vec::new();
    for (i, argument) in arguments.iter().enumerate() {
        let name = text(argument, "name");
        if text(argument, "type") == "named" && !name.is_empty() {
            words.push((i, name.to_owned()));
        }
        let given = [text(argument, "value"), text(argument, "default")];
        if let Some(given) = given.into_iter().find(|given| !given.is_empty()) {
            words.push((i, filled(given, argument)));
        }
    }
    let plain: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    for (at, risk) in risks(&plain) {
        let (path, option) = (path.index(words[at].0), option(&plain[at..]));
        found.push(match risk {
            Risk::Loader => loader(&option, &path),
            Risk::Escape => {
                let option = quote(&option);
                let message = format!(
                    "the argument {option} gives the container broad permissions on its host"
                );
                let help = "leave it out, or mount only the folder that the server needs";
                path.finding(Code::RiskyContainer, message, help)
            }
        });
    }
}

/// Returns the option as it is written: with the word after it, unless it holds its value.
fn option(words: &[&str]) -> String {
    let alone = words[0].contains('=') || words[0] == "--privileged" || words[0].contains(':');
    words.iter().take(if alone { 1 } else { 2 }).copied().collect::<Vec<_>>().join(" ")
}

/// Most bytes of a value with its variables filled in; no option is longer.
const LONGEST: usize = 4096;

/// Fills in the variables whose values are in the document.
fn filled(given: &str, argument: &Value) -> String {
    let known = |name: &str| {
        let variable = argument.get("variables")?.get(name)?;
        let known = [text(variable, "value"), text(variable, "default")];
        known.into_iter().find(|known| !known.is_empty())
    };
    let (mut filled, mut rest) = (String::new(), given);
    while let Some((before, name, after)) = template::first(rest)
        && filled.len() < LONGEST
    {
        filled.push_str(before);
        match known(name) {
            Some(known) => filled.push_str(known),
            None => filled.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}
