//! Rules about packages that the official registry applies to every document.

use serde_json::Value;

use super::look::{Path, each, text};
use super::words::quote;
use super::{DocumentRules, Profile, naming, transport};
use crate::diag::{Code, Finding};

/// Applies these rules to every package of a document.
pub(super) fn check(document: &Value, rules: &DocumentRules, found: &mut Vec<Finding>) {
    each(document, "packages", &Path::Root, |package, path| {
        let identifier = text(package, "identifier");
        // Only the space itself is refused; other white space passes officially.
        if identifier.contains(' ') {
            let message = format!("the identifier {} contains a space", quote(identifier));
            let help = "write the package's exact name or address, without spaces";
            let path = path.key("identifier");
            found.push(path.finding(Code::PackageNameHasSpaces, message, help));
        }
        naming::check_version(text(package, "version"), &path.key("version"), found);
        for key in ["runtimeArguments", "packageArguments"] {
            each(package, key, path, |argument, path| check_argument(argument, rules, path, found));
        }
        transport::check_package(package, path, found);
    });
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
        let help = "add \"name\" with its dashes, such as --port, or make it positional";
        found.push(pointer.finding(Code::NamedArgumentNameRequired, message, help));
        // Every text begins with an empty name; only the official registry reports that.
        if rules.profile == Profile::Strict {
            return;
        }
    } else if name.contains(['<', '>', ' ', '$']) {
        let message = format!("the argument name {} contains other text than a name", quote(name));
        let help = match name.split(['<', '>', ' ', '$', '=']).next().unwrap_or_default() {
            "" => "write only the flag, such as --port, and the rest as value or valueHint".into(),
            word => format!("write {} as name and the rest as value", quote(word)),
        };
        found.push(pointer.finding(Code::InvalidNamedArgumentName, message, help));
    }
    let repeats = [
        ("value", Code::ArgumentValueStartsWithName),
        ("default", Code::ArgumentDefaultStartsWithName),
    ];
    for (key, code) in repeats {
        let given = text(argument, key);
        if !given.is_empty() && given.starts_with(name) {
            let message = format!("the {key} {} begins with the argument's name", quote(given));
            let help = match given[name.len()..].trim_start_matches(['=', ' ']) {
                "" => format!("remove the {key}: the name is written on the command line already"),
                rest => format!("write {} without the name", quote(rest)),
            };
            found.push(path.key(key).finding(code, message, help));
        }
    }
}
