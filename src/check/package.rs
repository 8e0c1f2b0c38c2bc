//! Rules about packages that the official registry applies to every document.

use serde_json::Value;

use super::look::{Path, list, text};
use super::words::quote;
use super::{DocumentRules, Profile, naming, transport};
use crate::diag::{Code, Finding};

/// Applies these rules to every package of a document.
pub(super) fn check(document: &Value, rules: &DocumentRules, found: &mut Vec<Finding>) {
    let packages = Path::Root.key("packages");
    for (i, package) in list(document, "packages").iter().enumerate() {
        let path = packages.index(i);
        check_identifier(text(package, "identifier"), &path, found);
        naming::check_version(text(package, "version"), &path.key("version"), found);
        for key in ["runtimeArguments", "packageArguments"] {
            let arguments = path.key(key);
            for (j, argument) in list(package, key).iter().enumerate() {
                check_argument(argument, rules, &arguments.index(j), found);
            }
        }
        transport::check_package(package, &path, found);
    }
}

/// Only the space itself is refused; other white space passes officially.
fn check_identifier(identifier: &str, path: &Path<'_>, found: &mut Vec<Finding>) {
    if identifier.contains(' ') {
        let message = format!("the identifier {} holds a space", quote(identifier));
        found.push(path.key("identifier").finding(
            Code::PackageNameHasSpaces,
            message,
            "write the package's exact name or address, without spaces",
        ));
    }
}

/// Checks a named argument: its name is only a name, and its value does not repeat it.
fn check_argument(
    argument: &Value,
    rules: &DocumentRules,
    path: &Path<'_>,
    found: &mut Vec<Finding>,
) {
    if text(argument, "type") != "named" {
        return;
    }
    let name = text(argument, "name");
    let pointer = path.key("name");
    if name.is_empty() {
        let message = "a named argument needs a name";
        found.push(pointer.finding(
            Code::NamedArgumentNameRequired,
            message,
            "add \"name\" with its dashes, such as --port, or make it positional",
        ));
        // Every text begins with an empty name; only the official registry reports that.
        if rules.profile == Profile::Strict {
            return;
        }
    } else if name.contains(['<', '>', ' ', '$']) {
        let message = format!("the argument name {} holds more than a name", quote(name));
        let finding = Finding::new(Code::InvalidNamedArgumentName, pointer.pointer(), message);
        let word = name.split(['<', '>', ' ', '$', '=']).next().unwrap_or_default();
        found.push(finding.help(match word {
            "" => {
                "write only the flag, such as --port, and the rest as value or valueHint".to_owned()
            }
            word => format!("write {} as name and the rest as value", quote(word)),
        }));
    }
    let repeats = [
        ("value", Code::ArgumentValueStartsWithName),
        ("default", Code::ArgumentDefaultStartsWithName),
    ];
    for (key, code) in repeats {
        let given = text(argument, key);
        if !given.is_empty() && given.starts_with(name) {
            found.push(repeated_name(code, key, given, name, path));
        }
    }
}

/// A value or default that would write the name twice on the command line.
fn repeated_name(code: Code, key: &str, given: &str, name: &str, path: &Path<'_>) -> Finding {
    let message = format!("the {key} {} begins with the argument's name", quote(given));
    let rest = given[name.len()..].trim_start_matches(['=', ' ']);
    let help = match rest {
        "" => format!("remove the {key}: the name is written on the command line already"),
        rest => format!("write {} without the name", quote(rest)),
    };
    path.key(key).finding(code, message, help)
}
