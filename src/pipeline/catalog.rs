//! Makes the catalog from settings and the operator's templates, and reports what is wrong with them.
//!
//! Templates are read from the folder on disk even when the data of a revision is built: they are not
//! part of the data. Only where something is held back, they come from the commit that is published.

use std::path::Path;

use crate::config::Config;
use crate::data::read_overrides;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::render::Catalog;
use crate::render::catalog::{Overrides, RemoteRepository, TemplateProblem};

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
