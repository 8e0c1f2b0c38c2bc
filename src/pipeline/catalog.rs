//! From settings and an operator's folder to a catalog, and from its problems to diagnostics.
//!
//! Templates come from the folder on disk even when a revision's data is built: they are the operator's
//! present look, not part of the data. Only where something is held back they come from the commit that
//! is published.

use std::path::Path;

use crate::config::Config;
use crate::data::read_overrides;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::render::Catalog;
use crate::render::catalog::{Overrides, Repository, TemplateProblem};

use super::Loaded;
use super::load::LoadOptions;

/// The operator's own templates by name.
pub(super) fn overrides(options: &LoadOptions, config: &Config) -> Result<Overrides> {
    match config.catalog.templates.as_deref() {
        Some(name) => read_overrides(options.data.parent().unwrap_or(Path::new("")), name),
        None => Ok(Overrides::new()),
    }
}

/// Makes the catalog. A broken template is a finding, and then there is none.
pub(super) fn make(
    config: &Config,
    origin: Option<&Repository>,
    overrides: &Overrides,
    findings: &mut Vec<Diagnostic>,
) -> Result<Option<Catalog>> {
    match Catalog::new(&config.catalog, config.visibility, origin, overrides) {
        Ok(catalog) => Ok(Some(catalog)),
        Err(problem) => {
            findings.push(diagnostic(config.catalog.templates.as_deref(), &problem));
            Ok(None)
        }
    }
}

/// Says which template is broken, at which line, as the operator's folder names it.
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

impl Loaded {
    /// What went wrong in templates while pages were rendered.
    pub fn template_problems(&self) -> Vec<Diagnostic> {
        let folder = self.config.catalog.templates.as_deref();
        let problems = self.catalog.iter().flat_map(Catalog::problems);
        problems.map(|problem| diagnostic(folder, &problem)).collect()
    }
}
