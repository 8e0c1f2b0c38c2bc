//! Lookups of unknown servers, which policies need a real 404 for.

use super::super::clients::{Client, Unknown};
use super::super::diagnose::spell;
use super::super::visit::Visit;
use super::Assessor;
use crate::model::probe::{Grade, Problem, Trouble};

/// A server that no registry has.
const NO_SERVER: &str = "io.github.mcp-static-probe/no-such-server";

/// A version that no server has.
const NO_VERSION: &str = "0.0.0-no-such-version";

impl Assessor<'_> {
    /// Whether the client sees that something is not there; `None` when it never looks anything up.
    pub(super) fn unknown(&self, client: &'static Client) -> Option<Vec<Problem>> {
        let uses = client.lookups;
        let slash = uses.slash.first()?;
        let at = |name: &str, version: &str| {
            format!("{}/servers/{}/versions/{version}", uses.api, spell(name, slash))
        };
        let mut targets = Vec::new();
        if uses.latest {
            targets.push(at(NO_SERVER, "latest"));
        }
        if uses.version {
            targets.push(at(NO_SERVER, "1.0.0"));
            targets.extend(self.subjects.first().map(|subject| at(&subject.name, NO_VERSION)));
        }
        if targets.is_empty() {
            return None;
        }
        let mut problems: Vec<Problem> = Vec::new();
        for target in targets {
            for problem in verdict(client, &self.visit(client, &target)) {
                if !problems.iter().any(|known| known.id == problem.id) {
                    problems.push(problem);
                }
            }
        }
        Some(problems)
    }
}

/// Returns what the client makes of the answer about something that does not exist.
fn verdict(client: &Client, visit: &Visit) -> Vec<Problem> {
    let mut problems = visit.problems.clone();
    let Some(end) = visit.end.as_ref().filter(|end| end.reply.status != 404) else {
        return problems;
    };
    let status = end.reply.status;
    if visit.is_success() {
        // Readers fail on a page, which is at least an error; a policy has no answer then.
        let (trouble, grade) = match end.body.json() {
            Some(_) => (Trouble::UnknownIsFound, Grade::Fails),
            None if client.enforces => (Trouble::UnknownIsPage, Grade::Fails),
            None => (Trouble::UnknownIsPage, Grade::Partly),
        };
        problems.push(visit.problem(trouble, grade, String::new()));
        return problems;
    }
    let grade = match client.unknown {
        Unknown::BlocksAll => Grade::Fails,
        Unknown::AnyFour if status >= 500 => Grade::Fails,
        Unknown::AnyFour | Unknown::Error => Grade::Partly,
    };
    let fault = visit.status_problem(Trouble::OddStatus);
    problems.extend(fault.map(|problem| Problem { grade, ..problem }));
    problems
}
