//! Judgements that need the whole registry: what is published together, and every proof again.

use crate::data::{Held, below, join};
use crate::diag::{Diagnostic, Place, Report, Severity};
use crate::error::Result;
use crate::judge::{self, Judged, Network, Rechecked, Registry, VerifyOptions};

use super::load::{LoadOptions, label, load};
use super::{Silent, check};

/// Judges each commit of the published branch after the base; see `judge::verify_by_commit`.
///
/// # Errors
/// As for [`judge::verify`].
pub fn verify_by_commit(options: &VerifyOptions, network: &dyn Network) -> Result<Judged> {
    judge::verify_by_commit(options, network, &|prefix, head, without| {
        errors(options, prefix, head, without)
    })
}

/// Returns what a build of `head` without the held paths would refuse.
fn errors(
    options: &VerifyOptions,
    prefix: &str,
    head: &str,
    without: Vec<Held>,
) -> Result<Vec<Diagnostic>> {
    let load_options = LoadOptions {
        data: options.data.clone(),
        revision: Some(head.to_owned()),
        levels: options.levels.clone(),
        without,
        ..LoadOptions::default()
    };
    let (_, report) = check(&load(&load_options)?, &Silent)?;
    // A check names files by the data folder as it was given, the judge from the top of the repository.
    let given = label(&options.data);
    let given = if given == "." { "" } else { &given };
    let rename = |place: &mut Place| {
        if let Some(path) = below(given, &place.file).filter(|path| !path.is_empty()) {
            place.file = join(prefix, path);
        }
    };
    let errors = report.into_iter().filter(|d| d.severity == Severity::Error);
    let errors = errors.map(|mut error| {
        rename(&mut error.place);
        error.labels.iter_mut().for_each(|label| rename(&mut label.place));
        error
    });
    Ok(errors.collect())
}

/// Checks every proof file of the registry again; see [`judge::recheck`].
///
/// # Errors
/// When the data cannot be read, or there is no resolver to ask.
pub fn verify_all(options: &LoadOptions, network: &dyn Network) -> Result<(Report, Rechecked)> {
    let loaded = load(options)?;
    let registry = Registry {
        tree: &loaded.tree,
        config: &loaded.config,
        owners: loaded.evidence.owners(),
        findings: &loaded.findings,
    };
    judge::recheck(&registry, network, &options.levels)
}
