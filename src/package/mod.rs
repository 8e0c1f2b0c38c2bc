//! Asks the registry of a package whether the package names its server, by the rules of the official registry, and
//! which version of it is the newest.
//!
//! ```text
//! document ─▶ Question ─▶ the file of its type ─▶ Answer ─▶ finding, record
//!                          └ Asker ─ Exchange (who connects)
//! ```
//!
//! A package proves its server by naming it: npm in `mcpName`, PyPI, NuGet and Cargo in the README, an image in a
//! label. A registry that does not answer proves nothing in either direction, and that is an answer of its own.

mod ask;
mod cargo;
mod marker;
mod mcpb;
mod newest;
mod npm;
mod nuget;
mod oci;
mod pypi;
mod question;
mod report;
#[cfg(feature = "import")]
mod store;

pub use ask::{Asker, Doors};
pub use newest::{Newest, newest};
pub use question::{Answer, Question, questions};
pub use report::{finding, merge};
#[cfg(feature = "import")]
pub use store::AnswerStore;

use std::collections::BTreeMap;

use rayon::prelude::*;

/// Most requests at once to one host.
const LANES: usize = 3;

/// The package types, and how each one proves its server.
const TYPES: [(&str, Prove); 6] = [
    ("npm", npm::prove),
    ("pypi", pypi::prove),
    ("nuget", nuget::prove),
    ("cargo", cargo::prove),
    ("oci", oci::prove),
    ("mcpb", mcpb::prove),
];

type Prove = fn(&Asker<'_>, &Question) -> Answer;

/// Asks the registry of one package; `None` when its type is not known.
pub fn prove(asker: &Asker<'_>, question: &Question) -> Option<Answer> {
    let (_, prove) = TYPES.iter().find(|(kind, _)| *kind == question.kind)?;
    Some(prove(asker, question))
}

/// Fetches the digest that a tag of an image has now.
///
/// # Errors
/// Why it is not known.
pub fn image_digest(asker: &Asker<'_>, question: &Question, tag: &str) -> Result<String, String> {
    oci::Image::new(asker, question).digest_of(tag)
}

/// Asks the registries of many packages, few at once at each host, and returns the answers in order. `step` is called
/// for every answer.
pub fn for_each<T: Send>(
    questions: &[Question],
    step: &(dyn Fn() + Sync),
    ask: impl Fn(&Question) -> T + Sync,
) -> Vec<T> {
    let mut by_host: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, question) in questions.iter().enumerate() {
        by_host.entry(question.host()).or_default().push(i);
    }
    let mut lanes: Vec<Vec<usize>> = Vec::new();
    for of_host in by_host.values() {
        let size = of_host.len().div_ceil(LANES);
        lanes.extend(of_host.chunks(size.max(1)).map(<[usize]>::to_vec));
    }
    let answer = |i: usize| {
        let answer = ask(&questions[i]);
        step();
        (i, answer)
    };
    let run = || -> Vec<(usize, T)> {
        let lanes = lanes.par_iter().with_max_len(1);
        lanes.flat_map_iter(|lane| lane.iter().map(|i| answer(*i)).collect::<Vec<_>>()).collect()
    };
    // The threads wait for hosts most of the time.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(12).build();
    let mut answers = pool.map_or_else(|_| run(), |pool| pool.install(run));
    answers.sort_by_key(|(i, _)| *i);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
