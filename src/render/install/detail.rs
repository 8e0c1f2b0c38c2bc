//! Tells several packages or remotes of one kind apart.

use std::collections::BTreeSet;

use super::recipe::{Recipe, Source};
use crate::model::{Naming, PackageType, Server, TransportType};

/// Returns a detail for every recipe whose method others have too, so that they differ: the transport,
/// the name of a bundle's file, the identifier, the URL, or at last its number.
pub(super) fn details(server: &Server, recipes: &[Recipe]) -> Vec<Option<String>> {
    let mut found = vec![None; recipes.len()];
    let methods: BTreeSet<_> = recipes.iter().map(|recipe| recipe.method).collect();
    for method in methods {
        let same: Vec<usize> =
            (0..recipes.len()).filter(|at| recipes[*at].method == method).collect();
        if same.len() < 2 {
            continue;
        }
        let details = |way: usize| -> Vec<String> {
            let each = same.iter().enumerate().filter_map(|(number, at)| match way {
                0 => transport(server, recipes[*at].source),
                1 => name(server, recipes[*at].source),
                _ => Some((number + 1).to_string()),
            });
            each.collect()
        };
        let is_distinct =
            |details: &Vec<String>| details.iter().collect::<BTreeSet<_>>().len() == same.len();
        let details = (0..3).map(details).find(is_distinct);
        for (at, detail) in same.iter().zip(details.unwrap_or_default()) {
            found[*at] = Some(detail);
        }
    }
    found
}

/// How a package talks.
fn transport(server: &Server, source: Source) -> Option<String> {
    let Source::Package(index) = source else { return None };
    let kind = &server.packages.get(index)?.transport.as_ref()?.kind;
    Some(TransportType::named(kind).map_or_else(|| kind.clone(), |kind| kind.label().to_owned()))
}

/// What a package or a remote is called; a bundle by its file, which usually holds the platform.
fn name(server: &Server, source: Source) -> Option<String> {
    match source {
        Source::Remote(index) => server.remotes.get(index)?.url.clone(),
        Source::Package(index) => {
            let package = server.packages.get(index)?;
            let is_file = PackageType::named(&package.registry_type)
                .is_some_and(|kind| kind.naming == Naming::Url);
            let file = package.identifier.rsplit('/').next().filter(|_| is_file);
            Some(file.unwrap_or(&package.identifier).to_owned())
        }
    }
}
