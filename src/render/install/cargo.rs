//! Crates: no common program runs one without installing it, so the page shows how to install it.
//!
//! Which program a crate installs is not in the document, so there is no configuration of a client.

use super::argv;
use super::identifier::{self, Refusal};
use super::quote;
use super::variables::Slots;
use crate::model::{Package, PackageType};

/// What has to be installed before a client can start a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// The command that installs it.
    pub argv: Vec<String>,
    /// The page of the package.
    pub page: Option<String>,
}

/// Why there is no configuration.
pub(super) const INSTALL_FIRST: Refusal =
    "Install the crate first, then let the client start the program that it installs.";

/// The command that installs a crate.
pub(super) fn first(kind: &PackageType, package: &Package) -> Result<First, Refusal> {
    identifier::package(kind, &package.identifier)?;
    let mut argv = vec!["cargo", "install", "--locked"];
    if let Some(version) = package.version.as_deref() {
        identifier::version(version)?;
        argv.extend(["--version", version]);
    }
    if let Some(url) =
        package.registry_base_url.as_deref().filter(|url| !kind.is_usual_registry(url))
    {
        argv.extend(["--index", identifier::web_url(url).ok_or(argv::NO_ADDRESS)?]);
    }
    argv.push(&package.identifier);
    let page = kind.page(
        &package.identifier,
        package.registry_base_url.as_deref(),
        package.version.as_deref(),
    );
    Ok(First { argv: argv.into_iter().map(str::to_owned).collect(), page })
}

/// What to do after that.
pub(super) fn notes(package: &Package, slots: &mut Slots) -> Vec<String> {
    let at = |version: &String| format!("@{version}");
    let version = package.version.as_ref().map(at).unwrap_or_default();
    let mut notes = vec![format!(
        "cargo binstall {}{version} downloads a built program, if the crate has one.",
        package.identifier
    )];
    let arguments = argv::behind(package, slots);
    let shown: Vec<String> = (arguments.iter())
        .map(|word| quote::posix(&word.show(&slots.list, |slot| slot.word.clone())))
        .collect();
    if !shown.is_empty() {
        notes.push(format!("Start the program with these arguments: {}", shown.join(" ")));
    }
    notes
}
