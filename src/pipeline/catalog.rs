//! Makes the catalog from settings and the operator's templates, and reports what is wrong with them.
//!
//! Templates are read from the folder on disk even when the data of a revision is built: they are not
//! part of the data. Only where something is held back, they come from the commit that is published.

use std::path::Path;

use super::Loaded;
use crate::config::Config;
use crate::data::read_overrides;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::render::catalog::{Enforcement, Overrides, RemoteRepository, TemplateProblem};
use crate::render::{Catalog, Gathered};

/// Reads the operator's own templates, by name; their folder is beside the folder `data`.
pub(super) fn overrides(data: &Path, config: &Config) -> Result<Overrides> {
    match config.catalog.templates.as_deref() {
        Some(name) => read_overrides(data.parent().unwrap_or(Path::new("")), name),
        None => Ok(Overrides::new()),
    }
}

/// Makes the catalog. A broken template becomes a finding, and there is no catalog.
pub(super) fn make(
    config: &Config,
    origin: Option<&RemoteRepository>,
    overrides: &Overrides,
    findings: &mut Vec<Diagnostic>,
) -> Result<Option<Catalog>> {
    match Catalog::new(&config.catalog, config.visibility, origin, overrides) {
        Ok(catalog) => Ok(Some(catalog.with_exports(&config.exports))),
        Err(problem) => {
            findings.push(diagnostic(config.catalog.templates.as_deref(), &problem));
            Ok(None)
        }
    }
}

/// Reports a broken template with its path in the operator's folder and its line.
fn diagnostic(folder: Option<&str>, problem: &TemplateProblem) -> Diagnostic {
    if problem.template == TemplateProblem::CLIENTS {
        let place = Place::file("registry.toml");
        return Diagnostic::new(Code::SettingsInvalid, place, problem.message.clone())
            .help("correct [catalog] clients");
    }
    let folder = folder.map_or("templates", |folder| folder.trim_end_matches('/'));
    let mut place = Place::file(format!("{folder}/{}", problem.template));
    place.line = u32::try_from(problem.line).unwrap_or_default();
    place.column = u32::from(problem.line > 0);
    Diagnostic::new(Code::SettingsInvalid, place, problem.message.clone())
        .help("correct the template, or remove it to use the built-in one")
}

/// Returns what went wrong in templates while pages were rendered.
pub(super) fn problems(config: &Config, catalog: Option<&Catalog>) -> Vec<Diagnostic> {
    let folder = config.catalog.templates.as_deref();
    let problems = catalog.into_iter().flat_map(Catalog::problems);
    problems.map(|problem| diagnostic(folder, &problem)).collect()
}

/// Reports which servers the files for clients leave out, and what the allowlist gives away or blocks.
pub(super) fn exports(loaded: &Loaded, gathered: &[Gathered]) -> Vec<Diagnostic> {
    let Some(made) = loaded.renderer().enforcement(gathered) else { return Vec::new() };
    let note = |code, message: String, help: &str| {
        Diagnostic::new(code, Place::default(), message).help(help)
    };
    let mut found = Vec::new();
    for file in &made.files {
        let (path, clients) = (file.export.path.join("/"), file.export.clients);
        found.extend(file.left_out.iter().map(|left| {
            let message = format!("{} is not in {path}: {}", left.server, left.reason);
            note(
                Code::ExportLeftOut,
                message,
                &format!("{clients} cannot use this server; nothing to do if that is fine"),
            )
        }));
    }
    found.extend(made.by_name.iter().map(|name| {
        let message = format!("managed settings allow {name} by name, so any command of this name can run");
        let help = "ask for values as environmentVariables instead of arguments, or set match = \"command\" in [exports.allowlist]";
        note(Code::AllowlistByName, message, help)
    }));
    if let Some(first) = made.unpinned.first() {
        let installers = Enforcement::unpinned_installers();
        let (count, more) = (made.unpinned.len(), "such as");
        let servers = if count == 1 { "1 server".to_owned() } else { format!("{count} servers") };
        found.push(if made.settings.unpinned {
            let message = format!("managed settings allow {servers}, {more} {first}, in any version");
            note(Code::AllowlistUnpinned, message, "remove unpinned = true from [exports.allowlist] to allow exact versions only")
        } else {
            let message = format!("managed settings block {servers}, {more} {first}, when {installers} installs them without a version");
            note(Code::AllowlistUnpinned, message, "install from the pages of the catalog, or set unpinned = true in [exports.allowlist]")
        });
    }
    found
}
